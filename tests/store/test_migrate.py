"""Opening: the schema that the migrations make, and everything that is not a workspace."""

from __future__ import annotations

import json
import sqlite3
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import inspect, text

from opspilot_desktop.domain.errors import KnownError
from opspilot_desktop.operations.reconciling import rule_settings
from opspilot_desktop.operations.workspace import open_workspace
from opspilot_desktop.recon.rule_settings import RuleSettings
from opspilot_desktop.store import audit, migrate
from opspilot_desktop.store.database import Database
from opspilot_desktop.store.migrate import current_revision, open_database
from opspilot_desktop.store.rule_versions import newest_version
from opspilot_desktop.store.schema import HEAD, metadata


def test_the_migrations_make_the_schema_that_the_program_declares(target: str) -> None:
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext

    database = open_database(target, create=True)
    try:
        with database.read() as connection:
            context = MigrationContext.configure(connection, opts={"compare_type": True})
            assert compare_metadata(context, metadata) == []
            assert current_revision(connection) == HEAD
            tables = {*metadata.tables, "alembic_version"}
            assert set(inspect(connection).get_table_names()) == tables
    finally:
        database.close()


def test_texts_compare_by_their_bytes(target: str) -> None:
    database = open_database(target, create=True)
    words = ["a", "B", "Z", "b", "é", "~", "_", "10", "9", "\U0001f600", "\uffee"]
    try:
        with database.write() as connection:
            for word in words:
                connection.execute(
                    text("INSERT INTO settings (name, value) VALUES (:word, '')"), {"word": word}
                )
            found = connection.execute(text("SELECT name FROM settings ORDER BY name")).scalars().all()
    finally:
        database.close()
    assert found == sorted(words, key=lambda word: word.encode())


def test_opening_again_changes_nothing(tmp_path: Path) -> None:
    path = tmp_path / "workspace.opspilot"
    open_workspace(str(path), create=True).close()
    before = path.read_bytes()
    open_workspace(str(path), create=True).close()
    open_workspace(str(path), create=False).close()
    assert path.read_bytes() == before
    assert [file.name for file in tmp_path.iterdir()] == [path.name]


def test_a_newer_workspace_is_refused_and_left_alone(target: str) -> None:
    open_workspace(target, create=True).close()
    database = Database(target)
    with database.write() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    for create in (True, False):
        with pytest.raises(KnownError, match="newer version"):
            open_workspace(target, create=create)
    with database.read() as connection:
        assert current_revision(connection) == "9999"
    database.close()


FOREIGN = {
    "another table": ["CREATE TABLE notes (x)"],
    "a view alone": ["CREATE VIEW notes AS SELECT 1"],
    "alembic's table alone, and others": [
        "CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL)",
        "CREATE TABLE notes (x)",
    ],
    "our revision in another program": [
        "CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL)",
        "INSERT INTO alembic_version VALUES ('0001')",
        "CREATE TABLE notes (x)",
    ],
    "another program's revision": [
        "CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL)",
        "INSERT INTO alembic_version VALUES ('ae1027a6acf')",
        "CREATE TABLE notes (x)",
    ],
}


@pytest.mark.parametrize("statements", FOREIGN.values(), ids=FOREIGN.keys())
@pytest.mark.parametrize("create", [True, False])
def test_another_programs_database_is_refused_and_left_alone(
    target: str, statements: list[str], create: bool
) -> None:
    database = Database(target)
    with database.write() as connection:
        for statement in statements:
            integer = " integer" if database.is_postgresql else ""
            connection.execute(text(statement.replace("(x)", f"(x{integer})")))
    database.close()
    before = None if database.is_postgresql else Path(target).read_bytes()
    with pytest.raises(KnownError, match="another program"):
        open_workspace(target, create=create)
    if before is not None:
        assert Path(target).read_bytes() == before
        assert [file.name for file in Path(target).parent.iterdir()] == [Path(target).name]
    with database.read() as connection:
        assert not set(inspect(connection).get_table_names()) & {"trades", "issues"}
    database.close()


@pytest.mark.parametrize(
    "content",
    [b"trade_id,amount\nT1,5\n", b"xy", b"SQLite format 3\x00", b"\x00" * 600, b"PK\x03\x04" * 5000],
)
@pytest.mark.parametrize("create", [True, False])
def test_a_file_that_is_no_database_is_refused_and_left_alone(
    tmp_path: Path, content: bytes, create: bool
) -> None:
    path = tmp_path / "trades.csv"
    path.write_bytes(content)
    with pytest.raises(KnownError) as caught:
        open_workspace(str(path), create=create)
    assert str(path) in caught.value.message
    assert path.read_bytes() == content
    assert [file.name for file in tmp_path.iterdir()] == ["trades.csv"]


def test_paths_that_cannot_be(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_text("x")
    for target, create, sentence in (
        (tmp_path, True, "is a folder; name a file"),
        (tmp_path / "none.opspilot", False, "There is no workspace"),
        (tmp_path / "none" / "x.opspilot", True, "does not exist; create it first"),
        (file / "x.opspilot", True, "does not exist; create it first"),
        (tmp_path / ("x" * 300), True, "cannot be opened"),
        (tmp_path / ("x" * 300), False, "cannot be opened"),
    ):
        with pytest.raises(KnownError) as caught:
            open_workspace(str(target), create=create)
        assert sentence in caught.value.message
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def test_a_place_where_nothing_can_be_written() -> None:
    if not Path("/proc/self").exists():
        pytest.skip("a folder that refuses files even from root is known on Linux only")
    with pytest.raises(KnownError, match="cannot be"):
        open_workspace("/proc/self/workspace.opspilot", create=True)


def test_an_empty_file_becomes_a_workspace_only_if_that_is_asked(tmp_path: Path) -> None:
    path = tmp_path / "workspace.opspilot"
    path.touch()
    with pytest.raises(KnownError, match="There is no workspace"):
        open_workspace(str(path), create=False)
    assert path.read_bytes() == b""
    open_workspace(str(path), create=True).close()
    open_workspace(str(path), create=False).close()


def test_an_empty_server_database_becomes_a_workspace_only_if_that_is_asked(postgres_url: str) -> None:
    with pytest.raises(KnownError, match="There is no workspace"):
        open_workspace(postgres_url, create=False)
    open_workspace(postgres_url, create=True).close()
    open_workspace(postgres_url, create=False).close()


def test_a_migration_that_fails_leaves_the_server_as_it_was(
    postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from alembic import command

    upgrade = command.upgrade

    def fail(*arguments: object) -> None:
        upgrade(*arguments)  # type: ignore[arg-type]
        raise RuntimeError

    monkeypatch.setattr(command, "upgrade", fail)
    with pytest.raises(RuntimeError):
        open_workspace(postgres_url, create=True)
    database = Database(postgres_url)
    with database.read() as connection:
        assert inspect(connection).get_table_names() == []
    database.close()


def make_first_revision(target: str) -> None:
    """A workspace as the first version of the program left it, with settings that somebody changed."""
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(migrate.__file__).parent / "migrations"))
    database = Database(target)
    with database.write() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")
        value = json.dumps({"tolerance": "0.5", "anomaly_factor": "4", "checked_statuses": ["new"]})
        connection.execute(text("INSERT INTO settings (name, value) VALUES ('rules', :v)"), {"v": value})
        audit.append(connection, "mkoller", "change settings", "rules", {}, [])
    database.close()


def test_settings_of_the_first_version_become_a_version(target: str) -> None:
    make_first_revision(target)
    with open_workspace(target, create=False) as workspace:
        assert rule_settings(workspace) == RuleSettings(
            tolerance=Decimal("0.5"), anomaly_factor=Decimal(4), checked_statuses=("new",)
        )
        with workspace.database.read() as connection:
            version = newest_version(connection)
            assert version is not None
            assert (version.number, version.who) == (1, "mkoller")
            assert version.at
            assert audit.first_broken_link(connection) is None


def test_the_file_before_a_migration_is_kept(tmp_path: Path) -> None:
    path = tmp_path / "workspace.opspilot"
    make_first_revision(str(path))
    open_workspace(str(path), create=False).close()
    kept = sqlite3.connect(tmp_path / f"workspace.before-0001-to-{HEAD}.opspilot")
    assert kept.execute("SELECT version_num FROM alembic_version").fetchone() == ("0001",)
    kept.close()

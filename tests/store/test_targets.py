"""What a path or URL tells before the database library is there."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from opspilot_desktop.operations.workspace import open_soon, open_workspace
from opspilot_desktop.store.targets import is_current_file, name_of


def test_a_workspace_of_this_program_is_known_by_a_look(tmp_path: Path) -> None:
    path = tmp_path / "desk #1 %.opspilot"
    open_workspace(str(path), create=True).close()
    before = path.read_bytes()
    assert is_current_file(str(path))
    assert path.read_bytes() == before
    assert [file.name for file in tmp_path.iterdir()] == [path.name]


def test_everything_else_is_left_to_opening(tmp_path: Path) -> None:
    older = tmp_path / "older.opspilot"
    open_workspace(str(older), create=True).close()
    with closing(sqlite3.connect(older)) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '0001'")
        connection.commit()
    foreign = tmp_path / "foreign.db"
    with closing(sqlite3.connect(foreign)) as connection:
        connection.execute("CREATE TABLE alembic_version (version_num)")
        connection.execute("INSERT INTO alembic_version VALUES ('0002')")
        connection.commit()
    text = tmp_path / "notes.txt"
    text.write_text("no database at all")
    others = [
        older,
        foreign,
        text,
        tmp_path,
        tmp_path / "missing.db",
        "postgresql://u:p@h/d",
        "x://y",
        "a\0b",
    ]
    assert [str(other) for other in others if is_current_file(str(other))] == []


def test_a_database_is_opened_by_whoever_needs_it_first(tmp_path: Path) -> None:
    path = str(tmp_path / "desk.opspilot")
    with open_workspace(path, create=True) as made:
        user = made.user
    soon = open_soon(path, create=False)
    assert (soon.name, soon.user, soon.target, soon.is_shared) == ("desk", user, path, False)
    soon.close()
    with open_soon(path, create=False) as workspace:
        assert workspace.database is workspace.database
        with workspace.database.read() as connection:
            assert connection.exec_driver_sql("SELECT count(*) FROM trades").scalar() == 0


@pytest.mark.parametrize(
    ("target", "name"),
    [
        ("/data/Desk 4410.opspilot", "Desk 4410"),
        ("postgresql://u:p@h:5432/desk", "desk"),
        ("postgres://h", "postgres"),
    ],
)
def test_names(target: str, name: str) -> None:
    assert name_of(target) == name

"""The audit trail: its chain, what breaks it, and operations that change more than one row holds."""

from __future__ import annotations

import threading

import pytest
from sqlalchemy import delete, func, insert, select, text, update

from opspilot_desktop.operations.workspace import Workspace, open_workspace
from opspilot_desktop.store import audit
from opspilot_desktop.store.audit import (
    CHANGES_PER_ROW,
    GENESIS,
    Change,
    append,
    changes_of,
    first_broken_link,
)
from opspilot_desktop.store.schema import audit_log


def change(number: int) -> Change:
    return Change("trades", f"T{number}", {"price": "1"}, {"price": f"{number}", "note": "é\u2028\n\"'\\"})


@pytest.fixture
def chain(workspace: Workspace) -> list[int]:
    """The ids of five operations' rows."""
    ids = []
    for number in range(5):
        with workspace.database.write() as connection:
            ids.append(
                append(connection, "wer", "import trades", f"file {number}", {"n": number}, [change(number)])
            )
    return ids


def broken(workspace: Workspace) -> int | None:
    with workspace.database.read() as connection:
        return first_broken_link(connection)


def test_an_untouched_chain_holds(workspace: Workspace, chain: list[int]) -> None:
    assert broken(workspace) is None
    with workspace.database.read() as connection:
        rows = connection.execute(select(audit_log).order_by(audit_log.c.id)).mappings().all()
        assert [row["previous_hash"] for row in rows] == [GENESIS, *[row["hash"] for row in rows[:-1]]]
        assert changes_of(connection, chain[2]) == [change(2)]
        assert changes_of(connection, 10**6) == []


def test_an_empty_chain_holds(workspace: Workspace) -> None:
    assert broken(workspace) is None


@pytest.mark.parametrize("place", [0, 2, 4])
def test_a_changed_value_is_found(workspace: Workspace, chain: list[int], place: int) -> None:
    its_row = audit_log.c.id == chain[place]
    for column in audit_log.columns:
        if column.name == "id":
            continue
        with workspace.database.write() as connection:
            before = connection.execute(select(column).where(its_row)).scalar_one()
            connection.execute(update(audit_log).where(its_row).values({column.name: column + " "}))
        assert broken(workspace) == chain[place], column.name
        with workspace.database.write() as connection:
            connection.execute(update(audit_log).where(its_row).values({column.name: before}))
        assert broken(workspace) is None


@pytest.mark.parametrize("place", [0, 1, 3])
def test_a_removed_row_is_found(workspace: Workspace, chain: list[int], place: int) -> None:
    with workspace.database.write() as connection:
        connection.execute(delete(audit_log).where(audit_log.c.id == chain[place]))
    assert broken(workspace) == chain[place + 1]


@pytest.mark.parametrize("place", [-1, 2, 10**6])
def test_an_inserted_copy_is_found(workspace: Workspace, chain: list[int], place: int) -> None:
    with workspace.database.write() as connection:
        connection.execute(update(audit_log).where(audit_log.c.id > chain[2]).values(id=audit_log.c.id + 100))
        row = dict(connection.execute(select(audit_log).where(audit_log.c.id == chain[1])).mappings().one())
        row["id"] = place if place != 2 else chain[2] + 50
        connection.execute(insert(audit_log).values(row))
    assert broken(workspace) is not None


def test_rows_that_changed_places_are_found(workspace: Workspace, chain: list[int]) -> None:
    with workspace.database.write() as connection:
        for old, new in ((chain[1], 900), (chain[2], chain[1]), (900, chain[2])):
            connection.execute(update(audit_log).where(audit_log.c.id == old).values(id=new))
    assert broken(workspace) == chain[1]


def test_a_rewritten_row_with_a_fitting_hash_is_found_by_the_next(
    workspace: Workspace, chain: list[int]
) -> None:
    with workspace.database.write() as connection:
        row = dict(connection.execute(select(audit_log).where(audit_log.c.id == chain[1])).mappings().one())
        row["who"] = "somebody else"
        row["hash"] = audit._digest(row)
        connection.execute(update(audit_log).where(audit_log.c.id == chain[1]).values(row))
    assert broken(workspace) == chain[2]


@pytest.mark.parametrize("count", [0, 1, CHANGES_PER_ROW, CHANGES_PER_ROW + 1, 2 * CHANGES_PER_ROW + 500])
def test_many_changes_go_on_in_further_rows(workspace: Workspace, count: int) -> None:
    with workspace.database.write() as connection:
        append(connection, "me", "before", "x", {})
        first = append(connection, "me", "many", "x", {"n": count}, (change(n) for n in range(count)))
        append(connection, "me", "after", "x", {}, [change(7)])
    with workspace.database.read() as connection:
        assert changes_of(connection, first) == [change(n) for n in range(count)]
        rows = connection.execute(select(func.count()).where(audit_log.c.operation == "many")).scalar_one()
        longest = connection.execute(select(func.max(func.length(audit_log.c.changes)))).scalar_one()
    assert rows == max(1, -(-count // CHANGES_PER_ROW))
    assert longest < 200 * CHANGES_PER_ROW
    assert broken(workspace) is None


def test_what_is_kept_aside_comes_back_as_it_was() -> None:
    wanted = [change(n) for n in range(50)]
    with audit.kept(iter(wanted)) as changes:
        assert list(changes) == wanted


def test_what_is_rolled_back_is_not_in_the_chain(workspace: Workspace, chain: list[int]) -> None:
    def fail() -> None:
        with workspace.database.write() as connection:
            append(connection, "me", "lost", "x", {})
            raise ValueError("stop")

    with pytest.raises(ValueError, match="stop"):
        fail()
    with workspace.database.write() as connection:
        append(connection, "me", "kept", "x", {})
    assert broken(workspace) is None


def test_two_writers_on_a_server_keep_one_chain(postgres_url: str) -> None:
    with open_workspace(postgres_url, create=True) as workspace:
        errors: list[Exception] = []

        def write(name: str) -> None:
            try:
                for number in range(15):
                    with workspace.database.write(exclusive=False) as connection:
                        connection.execute(text("SELECT 1"))
                        append(connection, name, "write", str(number), {})
            except Exception as error:
                errors.append(error)

        writers = [threading.Thread(target=write, args=[name]) for name in ("a", "b", "c")]
        for writer in writers:
            writer.start()
        for writer in writers:
            writer.join(30)
        assert errors == []
        assert broken(workspace) is None
        with workspace.database.read() as connection:
            assert connection.execute(select(func.count()).select_from(audit_log)).scalar_one() == 45

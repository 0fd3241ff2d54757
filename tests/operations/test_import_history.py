"""Undoing an import: what it added goes, what it amended comes back, and nothing that rests on it is lost."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select, update

from opspilot_desktop.domain.errors import KnownError
from opspilot_desktop.domain.fields import Kind
from opspilot_desktop.domain.jobs import Cancelled, Handle
from opspilot_desktop.operations.import_history import (
    kind_of,
    list_imports,
    look_at_undoing,
    undo_import,
)
from opspilot_desktop.operations.importing import ImportResult, import_file
from opspilot_desktop.operations.issue_work import resolve_issues
from opspilot_desktop.operations.reading import issue_query, list_issues, read_overview, verify
from opspilot_desktop.operations.reconciling import reconcile
from opspilot_desktop.operations.workspace import Workspace
from opspilot_desktop.store.schema import RECORD_TABLES, audit_log, ledger_entries
from tests.helpers.agreement import empty
from tests.helpers.books import remove_trade
from tests.helpers.budget import slow

HEADERS = {
    Kind.TRADES: "trade_id,instrument,side,quantity,price,currency",
    Kind.LEDGER: "entry_id,trade_id,amount,currency",
}


class Desk:
    """A workspace and the files that were imported into it."""

    def __init__(self, workspace: Workspace, folder: Path) -> None:
        self.workspace = workspace
        self.folder = folder
        self.files = 0

    def bring(self, kind: Kind, *lines: str, source: str = "", header: str | None = None) -> ImportResult:
        self.files += 1
        path = self.folder / f"{kind.value}-{self.files}.csv"
        path.write_text("\n".join([header or HEADERS[kind], *lines]) + "\n", encoding="utf-8")
        result = import_file(Handle(), self.workspace, path, kind, source=source)
        assert not result.refused
        return result

    def undo(self, import_id: int) -> Any:
        return undo_import(Handle(), self.workspace, import_id)

    def stored(self) -> dict[str, list[tuple[Any, ...]]]:
        """Both tables' rows, without the numbers that the database gives them."""
        found = {}
        with self.workspace.database.read() as connection:
            for kind in HEADERS:
                table = RECORD_TABLES[kind]
                columns = [column for column in table.columns if column.name != "id"]
                rows = connection.execute(select(*columns)).all()
                found[kind.value] = sorted((tuple(row) for row in rows), key=repr)
        return found

    def newest(self) -> int:
        return int(list_imports(Handle(), self.workspace)[0]["id"])


@pytest.fixture
def desk(workspace: Workspace, tmp_path: Path) -> Desk:
    return Desk(workspace, tmp_path)


def test_added_rows_go_and_their_issues_with_the_next_run(desk: Desk) -> None:
    desk.bring(Kind.TRADES, "A,X,BUY,1,2,EUR")
    desk.bring(Kind.LEDGER, "E1,A,2,EUR")
    before = desk.stored()
    desk.bring(Kind.TRADES, "B,X,BUY,1,2,EUR", "C,X,BUY,1,2,EUR")
    reconcile(Handle(), desk.workspace)
    done = desk.undo(desk.newest())
    assert (done.undoing.removed, done.undoing.restored) == (2, 0)
    assert done.sentence == "Import 3 (trades-3.csv) is undone: 2 rows removed."
    assert done.as_json() == {
        **{"import_id": 3, "file": "trades-3.csv", "kind": "trades"},
        **{"removed": 2, "restored": 0},
    }
    assert desk.stored() == before
    summary = reconcile(Handle(), desk.workspace).summary
    assert (summary.scope, summary.cleared) == ("incremental", 2)
    assert verify(Handle(), desk.workspace).ok


def test_amended_rows_get_their_values_back(desk: Desk) -> None:
    desk.bring(Kind.TRADES, "A,X,BUY,1.5,-2.000000001,EUR", "B,Y,SELL,1,1,")
    desk.bring(Kind.LEDGER, "E1,A,2,EUR", "E2,B,1,EUR")
    before = desk.stored()
    changed = desk.bring(Kind.TRADES, "A,Z,SELL,3,4,", "B,Y,SELL,1,1,USD", "C,X,BUY,1,1,EUR")
    assert (changed.imported, changed.updated) == (1, 2)
    undone = desk.undo(desk.newest()).undoing
    assert (undone.removed, undone.restored) == (1, 2)
    assert desk.stored() == before
    desk.bring(Kind.LEDGER, "E1,B,7,", "E2,B,1,EUR")
    desk.undo(desk.newest())
    assert desk.stored() == before
    assert verify(Handle(), desk.workspace).ok


def test_an_undone_import_is_listed_as_such_and_stays_undone(desk: Desk) -> None:
    desk.bring(Kind.TRADES, "A,X,BUY,1,2,EUR")
    assert read_overview(Handle(), desk.workspace).last_import is not None
    desk.undo(1)
    assert read_overview(Handle(), desk.workspace).last_import is None
    (one,) = list_imports(Handle(), desk.workspace)
    assert (one["undone_by"], one["imported"]) == (desk.workspace.user, 1)
    with pytest.raises(KnownError, match=r"Import 1 was undone by .* nothing left to undo"):
        desk.undo(1)
    assert kind_of(Handle(), desk.workspace, 1) is Kind.TRADES


@pytest.mark.parametrize("number", [2, 0, -1, 2**63])
def test_no_such_import(desk: Desk, number: int) -> None:
    desk.bring(Kind.TRADES, "A,X,BUY,1,2,EUR")
    with pytest.raises(KnownError, match=f"There is no import {number}; look"):
        desk.undo(number)


def test_a_later_import_that_changed_its_rows_comes_first(desk: Desk) -> None:
    desk.bring(Kind.TRADES, "A,X,BUY,1,2,EUR")
    desk.bring(Kind.TRADES, "A,X,BUY,1,3,EUR")
    before = desk.stored()
    with pytest.raises(
        KnownError, match=r"Import 2 \(trades-2.csv\) holds 1 of its rows too.*undo import 2 first"
    ):
        look_at_undoing(Handle(), desk.workspace, 1)
    with pytest.raises(KnownError):
        desk.undo(1)
    assert desk.stored() == before
    desk.undo(2)
    desk.undo(1)
    assert desk.stored() == {"trades": [], "ledger": []}


def test_a_later_import_that_holds_the_same_rows_comes_first(desk: Desk) -> None:
    """Its own file names them, so they must not go with the earlier one."""
    desk.bring(Kind.TRADES, "A,X,BUY,1,2,EUR", "B,X,BUY,1,2,EUR")
    again = desk.bring(Kind.TRADES, "A,X,BUY,1,2,EUR", "C,X,BUY,1,2,EUR")
    assert (again.imported, again.unchanged) == (1, 1)
    with pytest.raises(KnownError, match="holds 1 of its rows too"):
        desk.undo(1)
    desk.undo(2)
    assert desk.undo(1).undoing.removed == 2


def test_entries_linked_by_hand_are_unlinked_first(desk: Desk) -> None:
    desk.bring(Kind.TRADES, "A,X,BUY,1,2,EUR")
    desk.bring(Kind.LEDGER, "E1,Q,2,EUR")
    with desk.workspace.database.write() as connection:
        connection.execute(update(ledger_entries).values(trade_id="A", booked_trade_id="Q"))
    for number in (1, 2):
        with pytest.raises(KnownError, match=r"1 ledger entry is linked by hand .* unlink first"):
            desk.undo(number)


def test_an_amended_entry_that_is_linked_keeps_its_link(desk: Desk) -> None:
    desk.bring(Kind.TRADES, "A,X,BUY,1,2,EUR")
    desk.bring(Kind.LEDGER, "E1,Q,2,EUR")
    with desk.workspace.database.write() as connection:
        connection.execute(update(ledger_entries).values(trade_id="A", booked_trade_id="Q"))
    before = desk.stored()
    desk.bring(Kind.LEDGER, "E1,R,3,EUR")
    with desk.workspace.database.write() as connection:  # as if linked before the amendment was undone
        linked = select(ledger_entries.c.booked_trade_id)
        assert connection.execute(linked).scalar_one() == "R"
    with pytest.raises(KnownError, match="linked by hand"):
        desk.undo(desk.newest())
    assert desk.stored() != before


def test_rows_removed_by_something_else_refuse(desk: Desk) -> None:
    desk.bring(Kind.TRADES, "A,X,BUY,1,2,EUR", "B,X,BUY,1,2,EUR")
    remove_trade(desk.workspace, "A")
    with pytest.raises(KnownError, match="1 of the rows of import 1 were changed or removed since"):
        desk.undo(1)


def test_entries_of_two_sources_are_kept_apart(desk: Desk) -> None:
    desk.bring(Kind.LEDGER, "E1,A,2,EUR", source="ONE")
    desk.bring(Kind.LEDGER, "E1,A,3,EUR", source="TWO")
    before = desk.stored()
    desk.bring(Kind.LEDGER, "E1,A,4,EUR", source="TWO")
    desk.undo(desk.newest())
    assert desk.stored() == before


def test_a_file_without_entry_ids_can_be_imported_again_once_it_is_undone(desk: Desk) -> None:
    header = "trade_id,amount"
    desk.bring(Kind.LEDGER, "A,2", "A,2", header=header)
    before = desk.stored()
    path = desk.folder / "ledger-1.csv"
    again = import_file(Handle(), desk.workspace, path, Kind.LEDGER)
    assert (again.imported, again.unchanged) == (0, 2)
    desk.undo(1)
    assert desk.stored()["ledger"] == []
    assert import_file(Handle(), desk.workspace, path, Kind.LEDGER).imported == 2
    assert [row[:-2] for row in desk.stored()["ledger"]] != []
    assert len(desk.stored()["ledger"]) == len(before["ledger"])


def test_what_people_did_with_the_issues_is_counted_and_survives(desk: Desk) -> None:
    desk.bring(Kind.TRADES, "A,X,BUY,1,2,EUR")
    reconcile(Handle(), desk.workspace)
    (issue,) = list_issues(Handle(), desk.workspace, issue_query("all", None))
    resolve_issues(desk.workspace, [issue["id"]], "TIMING", "next week")
    assert look_at_undoing(Handle(), desk.workspace, 1).worked_on == 1
    desk.undo(1)
    reconcile(Handle(), desk.workspace)
    (kept,) = list_issues(Handle(), desk.workspace, issue_query("all", None))
    assert (kept["status"], kept["comment"]) == ("resolved", "next week")


def test_a_cancelled_undo_leaves_everything(desk: Desk) -> None:
    desk.bring(Kind.TRADES, "A,X,BUY,1,2,EUR")
    desk.bring(Kind.TRADES, "A,X,BUY,1,3,EUR")
    before = desk.stored()
    handle = Handle()
    handle.report = lambda *_: handle.cancel()
    with pytest.raises(Cancelled):
        undo_import(handle, desk.workspace, 2)
    assert desk.stored() == before
    assert list_imports(Handle(), desk.workspace)[0]["undone_at"] is None


def test_a_trail_without_the_old_values_refuses(desk: Desk) -> None:
    desk.bring(Kind.TRADES, "A,X,BUY,1,2,EUR")
    desk.bring(Kind.TRADES, "A,X,BUY,1,3,EUR")
    before = desk.stored()
    with desk.workspace.database.write() as connection:
        connection.execute(update(audit_log).values(changes="[]"))
    with pytest.raises(KnownError, match="The audit trail does not hold all of what import 2 changed"):
        desk.undo(2)
    assert desk.stored() == before


def test_the_audit_row_says_what_was_restored(desk: Desk) -> None:
    desk.bring(Kind.TRADES, "A,X,BUY,1,2,EUR")
    desk.bring(Kind.TRADES, "A,X,BUY,1,3,EUR")
    desk.undo(2)
    with desk.workspace.database.read() as connection:
        row = connection.execute(select(audit_log).order_by(audit_log.c.id.desc())).mappings().first()
    assert row is not None
    assert (row["operation"], row["subject"]) == ("undo import", "trades-2.csv")
    assert json.loads(row["details"]) == {"undoes_import": 2, "removed": 0, "restored": 1}
    (change,) = json.loads(row["changes"])
    assert change["before"] == {"price": "3", "import_id": 2}
    assert change["after"] == {"price": "2", "import_id": 1}


keys = st.sampled_from(["A", "a", "B", "C"])
trade_lines = st.lists(
    st.tuples(keys, st.sampled_from("XY"), st.sampled_from(["1", "2.5"]), st.sampled_from(["1", "-0.1"])),
    min_size=1,
    max_size=3,
    unique_by=lambda row: row[0],
).map(lambda rows: [f"{key},{name},BUY,{quantity},{price},EUR" for key, name, quantity, price in rows])
entry_lines = st.lists(
    st.tuples(st.sampled_from(["E1", "E2", "E3"]), keys, st.sampled_from(["1", "-2.5", "0"])),
    min_size=1,
    max_size=3,
    unique_by=lambda row: row[0],
).map(lambda rows: [f"{entry},{key},{amount},EUR" for entry, key, amount in rows])
files = st.one_of(st.tuples(st.just(Kind.TRADES), trade_lines), st.tuples(st.just(Kind.LEDGER), entry_lines))


@pytest.fixture(scope="module")
def shared_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("undone")


@slow(12)
@given(st.lists(files, min_size=1, max_size=5))
def test_undoing_one_after_the_other_passes_through_every_state_before(
    workspace: Workspace, shared_folder: Path, brought: Sequence[tuple[Kind, list[str]]]
) -> None:
    empty(workspace)
    desk = Desk(workspace, shared_folder)
    states, made = [desk.stored()], []
    for kind, lines in brought:
        desk.bring(kind, *lines)
        states.append(desk.stored())
        made.append(desk.newest())
    for number in reversed(made):
        states.pop()
        desk.undo(number)
        assert desk.stored() == states[-1]
        reconcile(Handle(), workspace)
        assert verify(Handle(), workspace).ok

"""Linking by hand: all or none, refused when it is not as it was seen, audited, undone, and followed."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import select

from opspilot_desktop.domain.errors import KnownError
from opspilot_desktop.domain.fields import Kind
from opspilot_desktop.domain.jobs import Cancelled, Handle
from opspilot_desktop.domain.links import MOST_ENTRIES, Offer
from opspilot_desktop.operations.importing import import_file
from opspilot_desktop.operations.issue_work import Step
from opspilot_desktop.operations.linking import (
    lacking_of,
    link_entries,
    linked_of,
    named_entries,
    offer_for,
    orphans_of,
    unlink_entries,
)
from opspilot_desktop.operations.reading import issue_query, list_issues, read_issue, verify
from opspilot_desktop.operations.reconciling import reconcile
from opspilot_desktop.operations.steps import undo
from opspilot_desktop.operations.workspace import Workspace, open_workspace
from opspilot_desktop.store.schema import audit_log, dirty, entry_links, ledger_entries, trades
from tests.helpers.books import add_entries, add_trades, entry, remove_entries, remove_trade, trade
from tests.helpers.time_zones import time_zone

Rows = dict[str, int]


@pytest.fixture
def rows(workspace: Workspace) -> Rows:
    """The rows, by entry id, of two halves of trade B that are booked under ids of no trade."""
    add_trades(workspace, trade("A"), trade("B"))
    add_entries(
        workspace,
        entry("A", "25", entry_id="E1"),
        entry("X", "10", entry_id="E2"),
        entry("Y", "15", entry_id="E3"),
        entry("Y", "7", entry_id="E4"),
    )
    reconcile(Handle(), workspace)
    return rows_by_id(workspace)


def rows_by_id(workspace: Workspace) -> Rows:
    with workspace.database.read() as connection:
        query = select(ledger_entries.c.entry_id, ledger_entries.c.id)
        return {row[0]: row[1] for row in connection.execute(query)}


def standing(workspace: Workspace) -> dict[str, tuple[str, str | None]]:
    """Under which trade id each entry stands, and that of its file where it is linked."""
    stored = ledger_entries.c
    with workspace.database.read() as connection:
        query = select(stored.entry_id, stored.trade_id, stored.booked_trade_id)
        return {row[0]: (row[1], row[2]) for row in connection.execute(query)}


def marked(workspace: Workspace) -> set[str]:
    with workspace.database.read() as connection:
        return set(connection.execute(select(dirty.c.trade_id)).scalars())


def open_issues(workspace: Workspace) -> set[tuple[str, str]]:
    reconcile(Handle(), workspace)
    found = list_issues(Handle(), workspace, issue_query("open", None))
    return {(issue["issue_type"], issue["trade_id"]) for issue in found}


def issue_of(workspace: Workspace, trade_id: str) -> int:
    found = list_issues(Handle(), workspace, issue_query("all", None))
    return next(int(issue["id"]) for issue in found if issue["trade_id"] == trade_id)


BEFORE = {
    ("MISSING_LEDGER_ENTRY", "B"),
    ("ORPHAN_LEDGER_ENTRY", "X"),
    ("ORPHAN_LEDGER_ENTRY", "Y"),
}


def test_the_engine_follows_a_link_and_its_undoing(workspace: Workspace, rows: Rows) -> None:
    assert open_issues(workspace) == BEFORE
    step = link_entries(workspace, [rows["E2"], rows["E3"]], "B", "WRONG_ID", " seen on the note ")
    assert step.text == "Link 2 entries to B"
    assert standing(workspace) == {
        **{"E1": ("A", None), "E2": ("B", "X"), "E3": ("B", "Y"), "E4": ("Y", None)},
    }
    assert marked(workspace) == {"B", "X", "Y"}
    after = open_issues(workspace)
    assert after == {("ORPHAN_LEDGER_ENTRY", "Y")}
    step = undo(workspace, step)
    assert standing(workspace)["E2"] == ("X", None)
    assert open_issues(workspace) == BEFORE
    step = undo(workspace, step)
    assert open_issues(workspace) == after
    unlink_entries(workspace, [rows["E2"]], "MISTAKE")
    assert standing(workspace)["E2"] == ("X", None)
    assert open_issues(workspace) == {*BEFORE, ("AMOUNT_MISMATCH", "B")} - {("MISSING_LEDGER_ENTRY", "B")}
    assert verify(Handle(), workspace).ok


def test_an_unlink_is_undone_with_the_reason_of_the_link(workspace: Workspace, rows: Rows) -> None:
    link_entries(workspace, [rows["E2"]], "B", "OTHER_REFERENCE", "as the broker calls it")
    step = unlink_entries(workspace, [rows["E2"]], "MISTAKE", "no")
    undo(workspace, step)
    assert standing(workspace)["E2"] == ("B", "X")
    (link,) = read_issue(Handle(), workspace, issue_of(workspace, "B")).links
    assert link is not None
    assert (link.booked_as, link.who, link.said) == (
        "X",
        workspace.user,
        "Another system's reference: as the broker calls it",
    )


def test_a_linked_entry_can_be_linked_on_and_back(workspace: Workspace, rows: Rows) -> None:
    first = link_entries(workspace, [rows["E2"]], "A", "OTHER")
    second = link_entries(workspace, [rows["E2"]], "B", "WRONG_ID")
    assert standing(workspace)["E2"] == ("B", "X")
    undo(workspace, second)
    assert standing(workspace)["E2"] == ("A", "X")
    undo(workspace, first)
    assert standing(workspace)["E2"] == ("X", None)


def refusals(workspace: Workspace, rows: Rows) -> dict[str, Callable[[], Step]]:
    e1, e2, e3 = rows["E1"], rows["E2"], rows["E3"]
    return {
        "There is no trade X": lambda: link_entries(workspace, [e2], "X", "OTHER"),
        "There is no trade ;": lambda: link_entries(workspace, [e2], "", "OTHER"),
        "entry E1 stands under trade A already": lambda: link_entries(workspace, [e2, e1], "A", "OTHER"),
        "no ledger entry in row 999": lambda: link_entries(workspace, [e2, 999], "B", "OTHER"),
        "no ledger entry in row -1": lambda: unlink_entries(workspace, [-1], "OTHER"),
        "no ledger entry in row 1000000": lambda: unlink_entries(workspace, [10**30], "OTHER"),
        "entry E3 is not linked by hand": lambda: unlink_entries(workspace, [e3], "OTHER"),
        "“FEES” is no reason for a link": lambda: link_entries(workspace, [e2], "B", "FEES"),
        "“” is no reason for a link": lambda: link_entries(workspace, [e2], "B", ""),
        "No ledger entry is selected": lambda: link_entries(workspace, [], "B", "OTHER"),
        "too many": lambda: link_entries(workspace, range(1, MOST_ENTRIES + 2), "B", "OTHER"),
        "stands under trade id X now": lambda: link_entries(workspace, [e2], "B", "OTHER", seen={e2: "Q"}),
    }


@pytest.mark.parametrize("place", range(12))
def test_what_is_refused_changes_nothing(workspace: Workspace, rows: Rows, place: int) -> None:
    before = standing(workspace)
    sentence, action = list(refusals(workspace, rows).items())[place]
    with pytest.raises(KnownError, match=sentence):
        action()
    assert standing(workspace) == before
    assert marked(workspace) == set()


def test_linking_to_the_id_of_its_own_file_is_unlinking(workspace: Workspace, rows: Rows) -> None:
    link_entries(workspace, [rows["E1"]], "B", "OTHER")
    with pytest.raises(KnownError, match="unlink it instead"):
        link_entries(workspace, [rows["E1"]], "A", "OTHER")


def test_who_was_faster_is_told_in_local_time(workspace: Workspace, rows: Rows) -> None:
    row = rows["E2"]
    step = link_entries(workspace, [row], "B", "OTHER")
    with open_workspace(workspace.path, create=False) as colleague:
        colleague.user = "bob"
        unlink_entries(colleague, [row], "MISTAKE")
        link_entries(colleague, [row], "A", "OTHER")
    with workspace.database.write() as connection:
        connection.execute(entry_links.update().values(at="2026-11-20T20:15:30.123Z"))
    told = "Entry E2 stands under trade id A now, changed by bob at 2026-11-21 01:45"
    with time_zone("Asia/Kolkata"):
        with pytest.raises(KnownError, match=f"{told}; look at it again"):
            unlink_entries(workspace, [row], "MISTAKE", seen={row: "B"})
        with pytest.raises(KnownError, match=f"{told}, so this can no longer be undone"):
            undo(workspace, step)
    assert standing(workspace)["E2"] == ("A", "X")


def test_undo_is_refused_although_somebody_else_made_the_same_link(workspace: Workspace, rows: Rows) -> None:
    row = rows["E2"]
    step = link_entries(workspace, [row], "B", "OTHER")
    with open_workspace(workspace.path, create=False) as colleague:
        colleague.user = "bob"
        unlink_entries(colleague, [row], "MISTAKE")
        link_entries(colleague, [row], "B", "OTHER")
    with pytest.raises(KnownError, match="changed by bob"):
        undo(workspace, step)


def test_the_audit_row_and_the_histories_tell_of_it(workspace: Workspace, rows: Rows) -> None:
    step = link_entries(workspace, [rows["E2"]], "B", "WRONG_ID", "typed twice")
    with workspace.database.read() as connection:
        row = connection.execute(select(audit_log).where(audit_log.c.id == step.audit_id)).mappings().one()
    assert (row["who"], row["operation"], row["subject"]) == (
        workspace.user,
        "link",
        "entry E2 from X to B",
    )
    (change,) = json.loads(row["changes"])
    nothing = {"reason": "", "comment": ""}
    assert (change["table"], change["key"]) == ("entry_links", str(rows["E2"]))
    assert change["before"] == {"trade_id": "X", "linked_to": None, **nothing}
    assert change["after"] == {
        "trade_id": "B",
        "linked_to": "B",
        "reason": "WRONG_ID",
        "comment": "typed twice",
    }
    for trade_id in ("X", "B"):
        newest = read_issue(Handle(), workspace, issue_of(workspace, trade_id)).events[0]
        assert (newest.kind, newest.text) == (
            "linked",
            "entry E2 from X to B: Wrong trade id in the ledger: typed twice",
        )
    undo(workspace, step)
    newest = read_issue(Handle(), workspace, issue_of(workspace, "B")).events[0]
    assert (newest.kind, newest.text) == ("undone", "The link of entry E2")
    assert [event.kind for event in read_issue(Handle(), workspace, issue_of(workspace, "Y")).events] == [
        "opened"
    ]


def test_an_issue_that_a_link_has_raised_tells_of_it(workspace: Workspace, rows: Rows) -> None:
    link_entries(workspace, [rows["E2"], rows["E3"]], "A", "OTHER", "as told")
    link_entries(workspace, [rows["E4"]], "A", "WRONG_ID")
    reconcile(Handle(), workspace)
    events = read_issue(Handle(), workspace, issue_of(workspace, "A")).events
    assert [(event.kind, event.text) for event in events] == [
        ("opened", ""),
        ("linked", "entry E4 from Y: Wrong trade id in the ledger"),
        ("linked", "entry E2 from X, entry E3 from Y: Other: as told"),
    ]
    # What an issue's own history tells is not told twice.
    events = read_issue(Handle(), workspace, issue_of(workspace, "X")).events
    assert [event.kind for event in events] == ["cleared", "linked", "opened"]


def load(workspace: Workspace, folder: Path, text: str, kind: Kind = Kind.LEDGER) -> None:
    path = folder / "file.csv"
    path.write_text(text, encoding="utf-8")
    import_file(Handle(), workspace, path, kind)


def test_an_amended_file_id_stays_when_the_link_is_undone(
    workspace: Workspace, rows: Rows, tmp_path: Path
) -> None:
    step = link_entries(workspace, [rows["E2"]], "B", "OTHER")
    load(workspace, tmp_path, "entry_id,trade_id,amount\nE2,Z,10\n")
    assert standing(workspace)["E2"] == ("B", "Z")
    assert ("MISSING_LEDGER_ENTRY", "B") not in open_issues(workspace)
    step = undo(workspace, step)
    assert standing(workspace)["E2"] == ("Z", None)
    found = open_issues(workspace)
    assert ("ORPHAN_LEDGER_ENTRY", "Z") in found
    assert ("ORPHAN_LEDGER_ENTRY", "X") not in found
    undo(workspace, step)
    assert standing(workspace)["E2"] == ("B", "Z")


def test_a_file_that_comes_to_name_the_linked_trade(workspace: Workspace, rows: Rows, tmp_path: Path) -> None:
    step = link_entries(workspace, [rows["E2"]], "B", "WRONG_ID")
    load(workspace, tmp_path, "entry_id,trade_id,amount\nE2,B,10\n")
    assert standing(workspace)["E2"] == ("B", "B")
    undo(workspace, step)
    assert standing(workspace)["E2"] == ("B", None)


def test_the_files_own_trade_may_come_later(workspace: Workspace, rows: Rows) -> None:
    step = link_entries(workspace, [rows["E2"]], "B", "OTHER")
    add_trades(workspace, trade("X", "10", "1"))
    assert {("MISSING_LEDGER_ENTRY", "X"), ("AMOUNT_MISMATCH", "B")} <= open_issues(workspace)
    undo(workspace, step)
    found = open_issues(workspace)
    assert ("MISSING_LEDGER_ENTRY", "B") in found
    assert "X" not in {trade_id for _, trade_id in found}


def test_a_link_to_a_trade_that_is_gone_is_not_done_again(workspace: Workspace, rows: Rows) -> None:
    step = undo(workspace, link_entries(workspace, [rows["E2"]], "B", "OTHER"))
    remove_trade(workspace, "B")
    with pytest.raises(KnownError, match="no trade B any more"):
        undo(workspace, step)


def test_an_entry_that_is_gone_takes_its_link_with_it(workspace: Workspace, rows: Rows) -> None:
    step = link_entries(workspace, [rows["E3"]], "B", "OTHER")
    link_entries(workspace, [rows["E2"]], "B", "OTHER")
    remove_entries(workspace, "B")
    with workspace.database.read() as connection:
        assert connection.execute(select(entry_links)).all() == []
    with pytest.raises(KnownError, match="no ledger entry in row"):
        undo(workspace, step)


def test_what_a_selection_means(workspace: Workspace, rows: Rows) -> None:
    x, y, b = (issue_of(workspace, trade_id) for trade_id in ("X", "Y", "B"))
    of_issues, ledger = (Handle(), workspace, Kind.ISSUES), (Handle(), workspace, Kind.LEDGER)
    with workspace.database.read() as connection:
        by_id = dict(connection.execute(select(trades.c.trade_id, trades.c.id)).all())
    assert orphans_of(*of_issues, [y, x, b]) == [rows[name] for name in ("E2", "E3", "E4")]
    assert orphans_of(*ledger, [rows["E1"], rows["E4"]]) == [rows["E4"]]
    assert lacking_of(*of_issues, [b]) == lacking_of(Handle(), workspace, Kind.TRADES, [by_id["B"]]) == "B"
    assert lacking_of(*of_issues, [x]) is None
    assert lacking_of(Handle(), workspace, Kind.TRADES, [by_id["A"]]) is None
    assert offer_for(*of_issues, [x]) == Offer(True, orphans=True)
    assert offer_for(*of_issues, [b]) == Offer(True, lacking=True)
    assert offer_for(*of_issues, [x, b]) == Offer(True, orphans=True)
    assert offer_for(*ledger, [rows["E1"]]) == Offer(True)
    assert offer_for(Handle(), workspace, Kind.TRADES, [by_id["B"]]) == Offer(True, lacking=True)
    link_entries(workspace, [rows["E3"]], "B", "OTHER")
    assert [entry.row_id for entry in linked_of(*of_issues, [b, x])] == [rows["E3"]]
    assert [entry.row_id for entry in linked_of(*ledger, list(rows.values()))] == [rows["E3"]]
    assert offer_for(*of_issues, [b]) == Offer(True, linked=True)
    assert offer_for(*ledger, [rows["E3"], rows["E4"]]) == Offer(True, orphans=True, linked=True)
    with pytest.raises(KnownError, match="Every entry that is selected has a trade"):
        orphans_of(*ledger, [rows["E1"]])
    with pytest.raises(KnownError, match="No entry that is selected is linked"):
        linked_of(*ledger, [rows["E1"]])


def test_entries_are_named_by_id_or_row(workspace: Workspace, rows: Rows) -> None:
    add_entries(workspace, entry("Q", "1", entry_id="E2", source="other"))
    add_entries(workspace, entry("Q", "1", entry_id="12"))
    assert named_entries(Handle(), workspace, ["E3", f"row:{rows['E1']}", str(rows["E1"])]) == [
        rows["E3"],
        rows["E1"],
        rows["E1"],
    ]
    assert named_entries(Handle(), workspace, ["12"]) == [rows_by_id(workspace)["12"]]
    with pytest.raises(KnownError, match=f"say row:{rows['E2']} or row:"):
        named_entries(Handle(), workspace, ["E2"])
    with pytest.raises(KnownError, match="no ledger entry nothing"):
        named_entries(Handle(), workspace, ["nothing"])


def test_many_at_once(workspace: Workspace) -> None:
    add_trades(workspace, trade("B"))
    add_entries(workspace, *[entry(f"X{n}", "1", entry_id=f"E{n}") for n in range(MOST_ENTRIES)])
    reconcile(Handle(), workspace)
    step = link_entries(workspace, sorted(rows_by_id(workspace).values()), "B", "PART_OF_TRADE")
    assert open_issues(workspace) == {("AMOUNT_MISMATCH", "B")}
    undo(workspace, step)
    assert len(open_issues(workspace)) == MOST_ENTRIES + 1
    assert verify(Handle(), workspace).ok


def test_a_cancelled_link_leaves_nothing(workspace: Workspace, rows: Rows) -> None:
    handle, before = Handle(), standing(workspace)
    handle.cancel()
    with pytest.raises(Cancelled):
        link_entries(workspace, [rows["E2"]], "B", "OTHER", handle=handle)
    assert standing(workspace) == before

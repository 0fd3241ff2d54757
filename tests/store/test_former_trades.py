"""What trades were before a file changed them: kept when a rule asks for it, and only what it compares."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import select

from opspilot_desktop.domain.fields import Kind
from opspilot_desktop.domain.issues import IssueType
from opspilot_desktop.domain.jobs import Cancelled, Handle
from opspilot_desktop.operations.importing import import_file
from opspilot_desktop.operations.reconciling import reconcile
from opspilot_desktop.operations.workspace import Workspace, open_workspace
from opspilot_desktop.store.schema import former_trades
from tests.helpers.books import add_trades, change_trade, remove_trade, trade
from tests.helpers.found import open_issues, run, switch_on

HEADER = "trade_id,instrument,side,quantity,price,trader\n"


def kept(workspace: Workspace) -> list[tuple[str, int]]:
    query = select(former_trades.c.instrument, former_trades.c.quantity_units).order_by(former_trades.c.id)
    with workspace.database.read() as connection:
        return [(row[0], row[1]) for row in connection.execute(query)]


def test_an_amendment_keeps_what_it_changes(target: str, tmp_path: Path) -> None:
    def bring(*lines: str, header: str = HEADER) -> None:
        path = tmp_path / "trades.csv"
        path.write_text(header + "".join(f"{line}\n" for line in lines), encoding="utf-8")
        import_file(Handle(), workspace, path, Kind.TRADES)

    with open_workspace(target, create=True) as workspace:
        switch_on(workspace, IssueType.DUPLICATE_TRADE)
        bring("A,X,BUY,5,1,me", "B,X,BUY,5,1,me", "C,X,BUY,6,1,me")
        run(workspace)
        assert list(open_issues(workspace)) == ["B"]
        bring("A,X,BUY,5,1,you", "C,X,BUY,6,1,you")  # nothing that trades are compared by
        assert kept(workspace) == []
        bring("A,X,BUY,6,1,me", "C,X,BUY,6,1,you")
        assert kept(workspace) == [("X", 5)]
        summary = run(workspace)
        assert (summary.scope, summary.cleared, sorted(open_issues(workspace))) == ("incremental", 1, ["C"])
        assert kept(workspace) == []
        remove_trade(workspace, "A")
        assert kept(workspace) == [("X", 6)]
        run(workspace)
        assert open_issues(workspace) == {}


def test_a_run_that_fails_forgets_nothing(target: str) -> None:
    with open_workspace(target, create=True) as workspace:
        switch_on(workspace, IssueType.DUPLICATE_TRADE)
        add_trades(workspace, trade("A"), trade("B"))
        run(workspace)
        change_trade(workspace, trade("A", "7"))
        handle = Handle()
        handle.cancel()
        before = kept(workspace)
        with pytest.raises(Cancelled):
            reconcile(handle, workspace)
        assert kept(workspace) == before == [("ABC", 10)]

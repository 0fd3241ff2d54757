"""Indexes beyond the schema's: there while their rule is on, and in nobody's way."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import inspect, select

from opspilot_desktop.domain.fields import Kind
from opspilot_desktop.domain.issues import IssueType
from opspilot_desktop.domain.jobs import Handle
from opspilot_desktop.operations.importing import import_file
from opspilot_desktop.operations.reconciling import change_rule_settings
from opspilot_desktop.operations.workspace import Workspace, open_workspace
from opspilot_desktop.recon.rule_settings import RuleSettings
from opspilot_desktop.store.schema import trades
from tests.helpers.books import add_trades, trade
from tests.helpers.found import run, switch_on


def own_indexes(workspace: Workspace) -> set[str]:
    with workspace.database.read() as connection:
        names = {str(index["name"]) for index in inspect(connection).get_indexes("trades")}
    return {name for name in names if name.startswith("ix_rules_")}


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        (IssueType.DUPLICATE_TRADE, "ix_rules_alike"),
        (IssueType.ANOMALOUS_QUANTITY_BY_INSTRUMENT, "ix_rules_alike"),
        (IssueType.ANOMALOUS_PRICE, "ix_rules_price"),
        (IssueType.STALE_PENDING, "ix_rules_settlement"),
    ],
)
def test_an_index_is_there_while_its_rule_is_on(target: str, kind: IssueType, name: str) -> None:
    with open_workspace(target, create=True) as workspace:
        add_trades(workspace, trade("A"))
        run(workspace)
        assert own_indexes(workspace) == set()
        switch_on(workspace, kind)
        run(workspace)
        run(workspace)
        assert own_indexes(workspace) == {name}
        change_rule_settings(workspace, RuleSettings())
        assert own_indexes(workspace) == set()


def test_a_large_import_is_not_slowed_by_them(target: str, tmp_path: Path) -> None:
    path = tmp_path / "trades.csv"
    rows = "".join(f"T{number},X,BUY,{number + 1},1\n" for number in range(10_001))
    path.write_text("trade_id,instrument,side,quantity,price\n" + rows, encoding="utf-8")
    with open_workspace(target, create=True) as workspace:
        switch_on(workspace, IssueType.ANOMALOUS_PRICE)
        run(workspace)
        assert own_indexes(workspace) == {"ix_rules_price"}
        import_file(Handle(), workspace, path, Kind.TRADES)
        assert own_indexes(workspace) == set()
        run(workspace)
        assert own_indexes(workspace) == {"ix_rules_price"}


def test_a_rule_is_switched_off_while_somebody_reads(postgres_url: str) -> None:
    """Nobody waits for a reader, who may take minutes, and no later reader is shut out."""
    with open_workspace(postgres_url, create=True) as workspace:
        add_trades(workspace, trade("A"))
        switch_on(workspace, IssueType.STALE_PENDING)
        run(workspace)
        with workspace.database.read() as reading:
            reading.execute(select(trades.c.id)).all()
            change_rule_settings(workspace, RuleSettings())
            with workspace.database.read() as connection:
                assert len(connection.execute(select(trades.c.id)).all()) == 1
        assert own_indexes(workspace) == {"ix_rules_settlement"}
        change_rule_settings(workspace, RuleSettings(missing_days=1))
        assert own_indexes(workspace) == set()

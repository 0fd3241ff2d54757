"""Storing a checked file: new, changed and unchanged rows, absent columns, blank cells, and cancel."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, func, select

from opspilot_desktop.domain.fields import Kind
from opspilot_desktop.domain.jobs import Cancelled, Handle
from opspilot_desktop.operations.importing import (
    ImportResult,
    check_file,
    import_file,
    preview_import,
    store_file,
)
from opspilot_desktop.operations.reading import issue_query, list_issues
from opspilot_desktop.operations.reconciling import reconcile
from opspilot_desktop.operations.workspace import Workspace
from opspilot_desktop.store import merging
from opspilot_desktop.store.merging import StagedRows
from opspilot_desktop.store.queries import TableReader
from opspilot_desktop.store.schema import (
    audit_log,
    dirty,
    import_rejects,
    imports,
    ledger_entries,
    metadata,
    trades,
)

TRADES = "trade_id,instrument,side,quantity,price"
LEDGER = "entry_id,trade_id,amount"


class Desk:
    """Imports text as files, and reads what is stored."""

    def __init__(self, workspace: Workspace, folder: Path) -> None:
        self.workspace = workspace
        self.folder = folder

    def file(self, text: str, name: str = "file.csv") -> Path:
        path = self.folder / name
        path.write_text(text, encoding="utf-8")
        return path

    def load(self, kind: Kind, *lines: str, **options: Any) -> ImportResult:
        return import_file(Handle(), self.workspace, self.file("\n".join(lines) + "\n"), kind, **options)

    def rows(self, kind: Kind) -> dict[str, dict[str, Any]]:
        reader = TableReader(kind, ("pending",))
        names = [field.name for field in reader.record.fields]
        with self.workspace.database.read() as connection:
            ids = connection.execute(select(reader.table.c.id)).scalars().all()
            rows = [dict(zip(names, row, strict=True)) for row in reader.rows(connection, ids).values()]
        return {str(row["trade_id" if kind is Kind.TRADES else "entry_id"]): row for row in rows}

    def counts(self) -> dict[str, int]:
        with self.workspace.database.read() as connection:
            return {
                name: connection.execute(select(func.count()).select_from(table)).scalar_one()
                for name, table in metadata.tables.items()
            }

    def changes(self) -> list[dict[str, Any]]:
        with self.workspace.database.read() as connection:
            newest = connection.execute(
                select(audit_log.c.changes).order_by(audit_log.c.id.desc()).limit(1)
            ).scalar()
        return json.loads(newest or "[]")

    def issues(self) -> set[tuple[str, str]]:
        reconcile(Handle(), self.workspace)
        found = list_issues(Handle(), self.workspace, issue_query("open", None))
        return {(issue["issue_type"], issue["trade_id"]) for issue in found}


@pytest.fixture
def desk(workspace: Workspace, tmp_path: Path) -> Desk:
    return Desk(workspace, tmp_path)


def told(result: ImportResult) -> tuple[int, int, int]:
    return result.imported, result.updated, result.unchanged


def test_new_changed_and_unchanged(desk: Desk) -> None:
    assert told(desk.load(Kind.TRADES, TRADES, "T1,X,BUY,1,2", "T2,X,BUY,1,2", "T3,X,SELL,1,2")) == (3, 0, 0)
    result = desk.load(Kind.TRADES, TRADES, "T2,X,BUY,1,2.5", "T4,X,BUY,1,2", "T1,X,buy,1.0,2.000")
    assert told(result) == (1, 1, 1)
    rows = desk.rows(Kind.TRADES)
    assert set(rows) == {"T1", "T2", "T3", "T4"}
    assert (rows["T2"]["price"], rows["T2"]["gross_amount"]) == ("2.5", "2.5")
    assert desk.changes() == [
        {
            "table": "trades",
            "key": "T2",
            "before": {"price": "2", "import_id": 1},
            "after": {"price": "2.5", "import_id": 2},
        },
    ]


def test_a_gross_amount_follows_in_all_its_digits(desk: Desk) -> None:
    desk.load(Kind.TRADES, TRADES, "T1,X,BUY,0.000000001,0.000000001")
    assert desk.rows(Kind.TRADES)["T1"]["gross_amount"] == "0.000000000000000001"
    desk.load(Kind.TRADES, TRADES, "T1,X,BUY,0.000000001,-0.000000003")
    assert desk.rows(Kind.TRADES)["T1"]["gross_amount"] == "-0.000000000000000003"


def test_an_absent_column_leaves_and_a_blank_cell_clears(desk: Desk) -> None:
    header = f"{TRADES},currency,status,trader"
    desk.load(Kind.TRADES, header, "T1,X,BUY,1,2,EUR,settled,ann", "T2,X,BUY,1,2,EUR,settled,bob")
    assert told(desk.load(Kind.TRADES, TRADES, "T1,X,BUY,1,2", "T2,Y,BUY,1,2")) == (0, 1, 1)
    row = desk.rows(Kind.TRADES)["T2"]
    assert (row["instrument"], row["currency"], row["status"], row["trader"]) == (
        "Y",
        "EUR",
        "settled",
        "bob",
    )
    assert told(desk.load(Kind.TRADES, header, "T1,X,BUY,1,2,,,", "T2,Y,BUY,1,2,EUR,settled,bob")) == (
        0,
        1,
        1,
    )
    row = desk.rows(Kind.TRADES)["T1"]
    assert (row["currency"], row["status"], row["trader"]) == (None, "pending", None)
    assert desk.changes() == [
        {
            "table": "trades",
            "key": "T1",
            "before": {"currency": "EUR", "status": "settled", "trader": "ann", "import_id": 1},
            "after": {"currency": None, "status": "pending", "trader": None, "import_id": 3},
        }
    ]
    assert told(desk.load(Kind.TRADES, header, "T1,X,BUY,1,2,,PENDING,")) == (0, 0, 1)


def test_ids_that_differ_in_case_or_zeros_are_different(desk: Desk) -> None:
    desk.load(
        Kind.TRADES, TRADES, "t1,X,BUY,1,2", "T1,X,BUY,1,3", "007,X,BUY,1,4", "7,X,BUY,1,5", "1e5,X,BUY,1,6"
    )
    assert told(desk.load(Kind.TRADES, TRADES, " T1 ,X,BUY,1,3", "7.0,X,BUY,1,5")) == (1, 0, 1)
    assert {key: row["price"] for key, row in desk.rows(Kind.TRADES).items()} == {
        **{"t1": "2", "T1": "3", "007": "4", "7": "5", "1e5": "6", "7.0": "5"}
    }
    desk.load(Kind.LEDGER, LEDGER, "e1,T1,1", "E1,T1,1")
    assert set(desk.rows(Kind.LEDGER)) == {"e1", "E1"}


def test_an_entry_amended_to_another_trade_has_both_checked_again(desk: Desk) -> None:
    desk.load(Kind.TRADES, TRADES, "A,X,BUY,1,2", "B,X,BUY,1,2", "C,X,BUY,1,2")
    desk.load(Kind.LEDGER, LEDGER, "E1,A,2", "E3,C,2")
    assert desk.issues() == {("MISSING_LEDGER_ENTRY", "B")}
    assert told(desk.load(Kind.LEDGER, LEDGER, "E1,B,2", "E3,C,2")) == (0, 1, 1)
    with desk.workspace.database.read() as connection:
        assert set(connection.execute(select(dirty.c.trade_id)).scalars()) == {"A", "B"}
    assert desk.issues() == {("MISSING_LEDGER_ENTRY", "A")}
    desk.load(Kind.LEDGER, LEDGER, "E1,NOBODY,2")
    assert desk.issues() == {
        ("MISSING_LEDGER_ENTRY", "A"),
        ("MISSING_LEDGER_ENTRY", "B"),
        ("ORPHAN_LEDGER_ENTRY", "NOBODY"),
    }
    desk.load(Kind.LEDGER, LEDGER, "E1,A,2", "E2,B,2")
    assert desk.issues() == set()


def test_what_is_unchanged_is_not_checked_again(desk: Desk) -> None:
    lines = (TRADES, "A,X,BUY,1,2", "B,X,BUY,1,2")
    desk.load(Kind.TRADES, *lines)
    desk.issues()
    desk.load(Kind.TRADES, *lines)
    assert desk.counts()["dirty"] == 0


def test_a_file_without_entry_ids_counts_once(desk: Desk) -> None:
    lines = ("trade_id,amount", "A,1", "A,1", "B,2")
    assert told(desk.load(Kind.LEDGER, *lines)) == (3, 0, 0)
    before = desk.counts()
    result = desk.load(Kind.LEDGER, *lines)
    assert told(result) == (0, 0, 3)
    assert "already imported" in result.message
    assert desk.counts() == before
    assert told(desk.load(Kind.LEDGER, *lines, "C,3", duplicates="append")) == (4, 0, 0)


def test_blank_entry_ids_never_collide(desk: Desk) -> None:
    assert told(desk.load(Kind.LEDGER, LEDGER, ",A,1", " ,A,1", "E,A,1")) == (3, 0, 0)
    with desk.workspace.database.read() as connection:
        assert (
            connection.execute(select(func.count()).where(ledger_entries.c.entry_id.is_(None))).scalar() == 2
        )


def test_an_empty_column_of_entry_ids_is_a_file_without_them(desk: Desk) -> None:
    lines = (LEDGER, ",A,1", ",B,1")
    desk.load(Kind.LEDGER, *lines)
    assert told(desk.load(Kind.LEDGER, *lines)) == (0, 0, 2)


def test_the_import_and_its_rejects_are_kept(desk: Desk) -> None:
    result = desk.load(Kind.TRADES, TRADES, "A,X,BUY,1,2", "B,X,BUY,-1,2", "A,X,BUY,1,2", skip_bad_rows=True)
    assert (result.read, result.imported, result.rejected_total) == (3, 1, 2)
    with desk.workspace.database.read() as connection:
        row = connection.execute(select(imports)).mappings().one()
        kept = connection.execute(select(import_rejects).order_by(import_rejects.c.record)).mappings().all()
        details = json.loads(connection.execute(select(audit_log.c.details)).scalar_one())
    assert (row["read"], row["imported"], row["rejected"], row["sha256"]) == (3, 1, 2, result.sha256)
    assert [(each["line"], each["record"], each["field"], each["value"]) for each in kept] == [
        (3, 2, "quantity", "-1"),
        (4, 3, "trade_id", "A"),
    ]
    assert (details["sha256"], details["imported"], details["rejected"]) == (result.sha256, 1, 2)


def test_a_row_with_several_wrong_cells_is_one_reject(desk: Desk) -> None:
    result = desk.load(Kind.TRADES, TRADES, "A,X,BUY,1,2", "B,X,HOLD,-1,x", skip_bad_rows=True)
    assert (result.imported, result.rejected_total, len(result.rejected)) == (1, 1, 1)
    with desk.workspace.database.read() as connection:
        kept = connection.execute(select(import_rejects)).mappings().all()
    assert [(each["record"], each["field"], each["value"]) for each in kept] == [(2, "side", "HOLD")]
    assert "quantity: " in kept[0]["reason"]
    assert "price: " in kept[0]["reason"]


def test_a_preview_tells_and_changes_nothing(desk: Desk) -> None:
    desk.load(Kind.TRADES, TRADES, "A,X,BUY,1,2", "B,X,BUY,1,2")
    before = desk.counts()
    path = desk.file(f"{TRADES}\nA,X,BUY,1,3\nB,X,BUY,1,2\nC,X,BUY,1,2\n")
    with check_file(Handle(), path, Kind.TRADES) as staged:
        preview = preview_import(Handle(), desk.workspace, staged)
        assert (preview.merge.imported, preview.merge.updated, preview.merge.unchanged) == (1, 1, 1)
        assert [(each.key, each.before, each.after) for each in preview.amendments] == [
            ("A", {"price": "2"}, {"price": "3"})
        ]
        assert desk.counts() == before
        assert told(store_file(Handle(), desk.workspace, staged)) == (1, 1, 1)


def test_many_amendments_are_all_in_the_audit_trail(desk: Desk) -> None:
    rows = [f"T{n:05d},X,BUY,{n + 1},2" for n in range(2500)]
    desk.load(Kind.TRADES, TRADES, *rows)
    assert told(desk.load(Kind.TRADES, TRADES, *[row[:-1] + "3" for row in rows])) == (0, 2500, 0)
    with desk.workspace.database.read() as connection:
        kept = (
            connection.execute(select(audit_log.c.changes).order_by(audit_log.c.id).offset(1)).scalars().all()
        )
        count, price = connection.execute(select(func.count(), func.min(trades.c.price_units))).one()
    changes = [change for part in kept for change in json.loads(part)]
    assert [change["key"] for change in changes] == [f"T{n:05d}" for n in range(2500)]
    assert {(change["before"]["price"], change["after"]["price"]) for change in changes} == {("2", "3")}
    assert (count, price) == (2500, 3)


def test_a_large_file_keeps_its_indexes(desk: Desk) -> None:
    def indexes(connection: Connection) -> set[str]:
        from sqlalchemy import inspect

        return {str(index["name"]) for index in inspect(connection).get_indexes("trades")}

    with desk.workspace.database.read() as connection:
        before = indexes(connection)
    desk.load(Kind.TRADES, TRADES, *[f"T{n},X,BUY,1,2" for n in range(10_500)])
    desk.load(Kind.TRADES, TRADES, *[f"U{n},X,BUY,1,2" for n in range(10_500)], "T7,X,BUY,1,3")
    with desk.workspace.database.read() as connection:
        assert indexes(connection) == before
        assert connection.execute(select(func.count()).select_from(trades)).scalar_one() == 21_000
    # After these, all that are new come later: only what is not by ids is worth making anew.
    desk.load(Kind.TRADES, TRADES, *[f"V{n:05d},X,BUY,{n % 7 + 1},2" for n in range(21_000)])
    with desk.workspace.database.read() as connection:
        assert indexes(connection) == before
        assert desk.workspace.database.integrity(connection) == "ok"
        sevens = select(func.count()).select_from(trades).where(trades.c.quantity_units == 7)
        assert connection.execute(sevens).scalar_one() == 3_000


def test_ids_before_and_after_all_stored_ones_are_new_and_those_between_are_looked_up(desk: Desk) -> None:
    desk.load(Kind.TRADES, TRADES, "T5,X,BUY,1,2", "T7,X,BUY,1,2")
    assert told(desk.load(Kind.TRADES, TRADES, "T1,X,BUY,1,2", "T4,X,BUY,1,2")) == (2, 0, 0)
    assert told(desk.load(Kind.TRADES, TRADES, "T9,X,BUY,1,2", "T8,X,BUY,1,2")) == (2, 0, 0)
    assert told(desk.load(Kind.TRADES, TRADES, "T6,X,BUY,1,2", "T7,X,BUY,1,3", "T9,X,BUY,1,2")) == (1, 1, 1)
    assert told(desk.load(Kind.TRADES, TRADES, "T0,X,BUY,1,2", "T1,X,BUY,1,2")) == (1, 0, 1)
    assert told(desk.load(Kind.TRADES, TRADES, "T9,X,BUY,1,2")) == (0, 0, 1)
    assert sorted(desk.rows(Kind.TRADES)) == ["T0", "T1", "T4", "T5", "T6", "T7", "T8", "T9"]


def test_ids_of_entries_lie_apart_within_their_source(desk: Desk) -> None:
    header = "entry_id,trade_id,amount,currency"

    def load(source: str, *lines: str) -> tuple[int, int, int]:
        file = desk.file("\n".join([header, *lines]))
        return told(import_file(Handle(), desk.workspace, file, Kind.LEDGER, source=source))

    assert load("A", "L5,T1,1,EUR", ",T1,2,EUR") == (2, 0, 0)
    assert load("B", "L5,T1,1,EUR") == (1, 0, 0)
    assert load("B", "L3,T1,1,EUR", "L5,T1,3,EUR") == (1, 1, 0)
    assert load("A", "L6,T1,1,EUR", ",T2,2,EUR") == (2, 0, 0)
    assert load("A", ",T2,3,EUR") == (1, 0, 0)


@pytest.mark.parametrize("step", ["_copy_to_server", "count", "amend", "add"])
def test_a_cancel_in_the_middle_leaves_nothing(
    desk: Desk, step: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.load(Kind.TRADES, TRADES, "A,X,BUY,1,2")
    before, rows = desk.counts(), desk.rows(Kind.TRADES)
    handle = Handle()
    owner: Any = merging if step == "_copy_to_server" else StagedRows
    original = getattr(owner, step)

    def cancel_after(*arguments: Any, **named: Any) -> Any:
        result = original(*arguments, **named)
        handle.cancel()
        return result

    monkeypatch.setattr(owner, step, cancel_after)
    path = desk.file(f"{TRADES}\nA,X,BUY,1,3\nB,X,BUY,1,2\n")
    if step == "_copy_to_server" and not desk.workspace.is_shared:
        return
    with pytest.raises(Cancelled):
        import_file(handle, desk.workspace, path, Kind.TRADES)
    assert desk.counts() == before
    assert desk.rows(Kind.TRADES) == rows
    monkeypatch.undo()
    assert told(import_file(Handle(), desk.workspace, path, Kind.TRADES)) == (1, 1, 0)


def test_a_cancel_stops_the_copying_to_a_server(postgres_url: str, tmp_path: Path) -> None:
    """COPY goes past SQLAlchemy, so its interruption has to be recognised too."""
    from opspilot_desktop.operations.workspace import open_workspace

    with open_workspace(postgres_url, create=True) as workspace:
        desk = Desk(workspace, tmp_path)
        path = desk.file("\n".join([TRADES, *[f"T{n},X,BUY,1,2" for n in range(30_000)]]) + "\n")
        with check_file(Handle(), path, Kind.TRADES) as staged:
            for delay in (0.0, 0.02, 0.05, 0.1):
                cancel_soon(workspace, staged, delay)
        assert desk.counts()["trades"] == 0


def cancel_soon(workspace: Workspace, staged: Any, delay: float) -> None:
    import threading

    handle = Handle()
    timer = threading.Timer(delay, handle.cancel)
    timer.start()
    with pytest.raises(Cancelled):
        store_file(handle, workspace, staged)
    timer.join()

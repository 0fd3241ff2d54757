"""The import as an operation: refuse or skip, and the object that other programs read."""

from __future__ import annotations

import hashlib
import json
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import select, text, update

from opspilot_desktop.domain.errors import KnownError
from opspilot_desktop.domain.fields import Kind
from opspilot_desktop.domain.jobs import Handle
from opspilot_desktop.files.mapping import Mapping
from opspilot_desktop.files.mending import try_again
from opspilot_desktop.files.profile import Profile
from opspilot_desktop.files.taking import Joined
from opspilot_desktop.operations import importing
from opspilot_desktop.operations.demo import load_sample, open_demo, sample_file
from opspilot_desktop.operations.importing import (
    LISTED_REJECTS,
    ImportResult,
    check_file,
    check_only,
    import_file,
    store_file,
)
from opspilot_desktop.operations.profiles import kinds_by_header
from opspilot_desktop.operations.reading import issue_query, list_issues, read_overview, verify
from opspilot_desktop.operations.reconciling import reconcile
from opspilot_desktop.operations.self_test import planted_issues, run_self_test
from opspilot_desktop.operations.workspace import Workspace
from opspilot_desktop.store.schema import audit_log, import_rejects, imports, ledger_entries
from opspilot_desktop.store.schema import trades as trades_table
from tests.helpers.time_zones import time_zone

HEADER = "trade_id,instrument,side,quantity,price"


def write(folder: Path, *lines: str, name: str = "trades.csv") -> Path:
    path = folder / name
    path.write_text("\n".join([HEADER, *lines]) + "\n", encoding="utf-8")
    return path


def trades(workspace: Workspace) -> int:
    return read_overview(Handle(), workspace).trades


def test_one_bad_row_refuses_the_whole_file(workspace: Workspace, tmp_path: Path) -> None:
    path = write(tmp_path, 'A,"X', 'Y",BUY,1,2', "B,X,BUY,0,2", "C,X,HOLD,1,2", "A,X,BUY,1,2")
    result = import_file(Handle(), workspace, path, Kind.TRADES)
    told = result.as_json()
    assert set(told) == {
        *("file", "kind", "sha256", "read", "imported", "updated", "unchanged", "rejected", "rejected_total"),
        *("warnings", "refused", "message"),
    }
    assert (told["file"], told["kind"], told["refused"]) == ("trades.csv", "trades", True)
    assert told["sha256"] == hashlib.sha256(path.read_bytes()).hexdigest()
    assert (told["read"], told["imported"], told["updated"], told["unchanged"]) == (4, 0, 0, 0)
    assert [(each["line"], each["record"], each["column"], each["value"]) for each in told["rejected"]] == [
        (4, 2, "quantity", "0"),
        (5, 3, "side", "HOLD"),
        (6, 4, "trade_id", "A"),
    ]
    assert all(set(each) == {"line", "record", "column", "value", "reason"} for each in told["rejected"])
    assert "line 2" in told["rejected"][2]["reason"]
    assert "3 of 4 rows cannot" in told["message"]
    assert trades(workspace) == 0


def test_one_bad_row_is_said_in_good_english(workspace: Workspace, tmp_path: Path) -> None:
    result = import_file(Handle(), workspace, write(tmp_path, "A,X,BUY,0,2", "B,X,BUY,1,2"), Kind.TRADES)
    assert "1 of 2 rows cannot" in result.message
    result = import_file(Handle(), workspace, write(tmp_path, "A,X,BUY,0,2"), Kind.TRADES)
    assert result.message.startswith("The one row cannot be imported")


def test_skipping_stores_the_good_rows(workspace: Workspace, tmp_path: Path) -> None:
    path = write(tmp_path, "A,X,BUY,1,2", "B,X,BUY,0,2")
    result = import_file(Handle(), workspace, path, Kind.TRADES, skip_bad_rows=True)
    assert (result.imported, result.rejected_total, result.refused) == (1, 1, False)
    assert trades(workspace) == 1


FILLS = Profile(
    Kind.TRADES, mapping=Mapping({"trade_id": Joined(("Day", "instrument", "price"), repeats="number")})
)


def fills(folder: Path, *lines: str) -> Path:
    path = folder / "fills.csv"
    path.write_text("\n".join(["Day,instrument,side,quantity,price", *lines]) + "\n", encoding="utf-8")
    return path


def ids(workspace: Workspace) -> list[str]:
    with workspace.database.read() as connection:
        return sorted(connection.scalars(select(trades_table.c.trade_id)).all())


def test_identical_fills_are_all_imported_once(workspace: Workspace, tmp_path: Path) -> None:
    path = fills(tmp_path, "2,X,BUY,1,5", "1,X,BUY,1,5", "2,X,BUY,1,5", "2,X,BUY,1,5")
    result = import_file(Handle(), workspace, path, Kind.TRADES, FILLS)
    assert (result.imported, result.rejected_total) == (4, 0)
    said = "2 rows have the same trade id as an earlier one and were numbered, such as 2|X|5|2."
    assert result.warnings == (said,)
    again = import_file(Handle(), workspace, path, Kind.TRADES, FILLS)
    assert (again.imported, again.updated, again.unchanged) == (0, 0, 4)
    # The next file has the last day again, with one fill more, and goes on.
    path = fills(tmp_path, "3,X,BUY,1,5", *4 * ["2,X,BUY,1,5"])
    further = import_file(Handle(), workspace, path, Kind.TRADES, FILLS)
    assert (further.imported, further.updated, further.unchanged) == (2, 0, 3)
    assert ids(workspace) == ["1|X|5", "2|X|5", "2|X|5|2", "2|X|5|3", "2|X|5|4", "3|X|5"]
    assert verify(Handle(), workspace).ok


def test_identical_fills_are_refused_where_nobody_has_said_so(workspace: Workspace, tmp_path: Path) -> None:
    refusing = replace(FILLS, mapping=Mapping({"trade_id": Joined(("Day", "instrument", "price"))}))
    path = fills(tmp_path, "2,X,BUY,1,5", "2,X,BUY,1,5")
    result = import_file(Handle(), workspace, path, Kind.TRADES, refusing)
    assert result.refused
    (rejected,) = result.rejected
    assert rejected.reason == (
        "Already on line 2 of this file; where both are real, let the profile number rows that repeat"
    )


def test_ledger_lines_are_numbered_too(workspace: Workspace, tmp_path: Path) -> None:
    columns = {"entry_id": Joined(("trade_id", "amount"), "/", "number")}
    profile = Profile(Kind.LEDGER, mapping=Mapping(columns))
    path = tmp_path / "ledger.csv"
    path.write_text("trade_id,amount\nT2,-5\nT1,-5\nT2,-5\n", encoding="utf-8")
    for imported, unchanged in ((3, 0), (0, 3)):
        result = import_file(Handle(), workspace, path, Kind.LEDGER, profile)
        assert (result.imported, result.unchanged) == (imported, unchanged)
    with workspace.database.read() as connection:
        found = connection.scalars(select(ledger_entries.c.entry_id)).all()
    assert sorted(found) == ["T1/-5", "T2/-5", "T2/-5/2"]


def test_nothing_but_bad_rows_is_refused_even_when_skipping(workspace: Workspace, tmp_path: Path) -> None:
    path = write(tmp_path, *[f"T{n},X,BUY,0,2" for n in range(LISTED_REJECTS + 5)])
    result = import_file(Handle(), workspace, path, Kind.TRADES, skip_bad_rows=True)
    assert result.refused
    assert (len(result.rejected), result.rejected_total) == (LISTED_REJECTS, LISTED_REJECTS + 5)
    assert trades(workspace) == 0


def test_a_file_of_the_other_kind_is_told_by_its_header() -> None:
    assert kinds_by_header(sample_file(Kind.TRADES)) == {Kind.TRADES}
    assert kinds_by_header(sample_file(Kind.LEDGER)) == {Kind.LEDGER}


@pytest.mark.parametrize(
    "content", [b"", b"\n\n", HEADER.encode() + b"\n", b"\xff\xfe\x00", b"a,b,c\n1,2,3\n"]
)
def test_what_is_no_file_of_trades(workspace: Workspace, tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "x.csv"
    path.write_bytes(content)
    with pytest.raises(KnownError):
        import_file(Handle(), workspace, path, Kind.TRADES)
    assert trades(workspace) == 0


def test_the_sample_has_exactly_the_planted_issues(workspace: Workspace) -> None:
    load_sample(Handle(), workspace)
    found = list_issues(Handle(), workspace, issue_query("open", None))
    assert sorted((issue["issue_type"], issue["trade_id"]) for issue in found) == sorted(planted_issues())
    seen = read_overview(Handle(), workspace)
    load_sample(Handle(), workspace)
    again = list_issues(Handle(), workspace, issue_query("all", None))
    assert again == found
    after = read_overview(Handle(), workspace)
    assert (after.trades, after.ledger_entries, after.matched) == (
        seen.trades,
        seen.ledger_entries,
        seen.matched,
    )
    assert reconcile(Handle(), workspace, full=True).summary.opened == 0
    assert verify(Handle(), workspace).ok


def test_the_demo_opens_again_with_what_was_done_in_it(tmp_path: Path) -> None:
    from opspilot_desktop.operations.issue_work import resolve_issues

    target = str(tmp_path / "demo.opspilot")
    with open_demo(Handle(), target) as workspace:
        number = list_issues(Handle(), workspace, issue_query("open", None))[0]["id"]
        resolve_issues(workspace, [number], "FEES")
    with open_demo(Handle(), target) as workspace:
        resolved = list_issues(Handle(), workspace, issue_query("resolved", None))
        assert [issue["id"] for issue in resolved] == [number]


def test_the_self_test_holds() -> None:
    checks = list(run_self_test())
    assert len(checks) == 7
    assert [check.problem for check in checks] == [""] * 7


def test_when_a_file_was_imported_before_is_told_in_local_time(workspace: Workspace, tmp_path: Path) -> None:
    path = tmp_path / "ledger.csv"
    path.write_text("trade_id,amount\nA,1\n")
    import_file(Handle(), workspace, path, Kind.LEDGER)
    with workspace.database.write() as connection:
        connection.execute(update(imports).values(at="2026-11-20T20:15:30.123Z"))
    with time_zone("Asia/Kolkata"):
        again = import_file(Handle(), workspace, path, Kind.LEDGER)
    assert again.message == "ledger.csv was already imported on 2026-11-21 01:45; nothing was changed."


def checked(
    workspace: Workspace, path: Path, *, skip: bool = False, kind: Kind = Kind.TRADES
) -> ImportResult:
    with check_file(Handle(), path, kind) as staged:
        return check_only(Handle(), lambda: nullcontext(workspace), staged, skip_bad_rows=skip)


def test_a_check_says_what_an_import_would_do_and_stores_nothing(
    workspace: Workspace, tmp_path: Path
) -> None:
    import_file(Handle(), workspace, write(tmp_path, "A,X,BUY,1,2", "B,X,BUY,1,2"), Kind.TRADES)
    path = write(tmp_path, "A,X,BUY,1,2", "B,X,BUY,1,3", "C,X,BUY,1,2", "D,X,BUY,0,2", name="next.csv")
    refused = checked(workspace, path)
    assert (refused.refused, refused.checked, refused.rejected_total) == (True, True, 1)
    told = checked(workspace, path, skip=True)
    assert (told.imported, told.updated, told.unchanged, told.rejected_total) == (1, 1, 1, 1)
    assert told.message == (
        "Checked, nothing was stored; an import would give next.csv: 1 imported, 1 updated, 1 unchanged,"
        " 1 rejected."
    )
    assert told.as_json()["checked"] is True
    assert trades(workspace) == 2
    done = import_file(Handle(), workspace, path, Kind.TRADES, skip_bad_rows=True)
    assert (done.imported, done.updated, done.unchanged) == (told.imported, told.updated, told.unchanged)
    assert "checked" not in done.as_json()


def test_a_check_knows_a_ledger_file_that_comes_again(workspace: Workspace, tmp_path: Path) -> None:
    path = tmp_path / "ledger.csv"
    path.write_text("trade_id,amount\nA,1\nA,1\n")
    import_file(Handle(), workspace, path, Kind.LEDGER)
    told = checked(workspace, path, kind=Kind.LEDGER)
    assert (told.imported, told.unchanged) == (0, 2)
    assert "was already imported" in told.warnings[0]


def test_what_was_mended_in_vain_is_told_as_well(workspace: Workspace, tmp_path: Path) -> None:
    path = write(tmp_path, "A,X,BUY,1,2", "B,X,HOLD,1,2")
    with check_file(Handle(), path, Kind.TRADES) as staged:
        try_again(Handle(), staged, {(2, "side"): "HELD\0" + "!" * 600})
        result = store_file(Handle(), workspace, staged)
    assert "mended" not in result.message
    with workspace.database.read() as connection:
        details = json.loads(connection.execute(select(audit_log.c.details)).scalar_one())
        assert connection.execute(select(import_rejects.c.field)).scalar_one() == "side"
    assert "mended" not in details
    (told,) = details["mended_values"]
    assert told | {"after": ""} == {
        **{"line": 3, "record": 2, "column": "side", "before": "HOLD", "after": "", "imported": False},
    }
    assert told["after"].startswith("HELD\0!!!")
    assert len(told["after"]) == 501


def test_many_new_rows_are_looked_through_on_a_server(
    workspace: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not workspace.database.is_postgresql:
        pytest.skip("SQLite has nothing to look through")
    monkeypatch.setattr(importing, "MANY", 1)
    seen = text("SELECT vacuum_count FROM pg_stat_user_tables WHERE relname = 'trades'")
    path = tmp_path / "trades.csv"
    for rows, times in ((1, 0), (3, 1)):
        lines = [f"T{rows}{number},AAPL,BUY,1,2\n" for number in range(rows)]
        path.write_text("trade_id,instrument,side,quantity,price\n" + "".join(lines))
        assert import_file(Handle(), workspace, path, Kind.TRADES).imported == rows
        with workspace.database.read() as connection:
            assert connection.execute(seen).scalar_one() == times

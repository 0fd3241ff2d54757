"""What a profile makes of the first records of a file, for a person to look at."""

from __future__ import annotations

from pathlib import Path

from opspilot_desktop.domain.fields import TRADES, Kind
from opspilot_desktop.files.mapping import Mapping
from opspilot_desktop.files.previewing import read_preview
from opspilot_desktop.files.profile import Profile
from opspilot_desktop.files.profile_toml import load_profile

FOLDER = Path(__file__).parents[1] / "fixtures" / "profiles"


def test_the_rows_of_a_file_and_what_becomes_of_each() -> None:
    profile = load_profile(FOLDER / "custodian.toml")
    preview = read_preview(FOLDER / "custodian.csv", TRADES, profile)
    assert (preview.refused, preview.is_whole, len(preview.rows)) == ("", True, 26)
    first = preview.rows[0]
    assert (first.line, first.record, first.cells[0], first.values["trade_id"]) == (5, 1, "C-0001", "C-0001")
    assert (first.values["price"], first.values["trade_date"]) == ("0.123456789", "2026-12-17")
    assert [row.left_out for row in preview.rows[-3:]] == ["", "a footer row", "a footer row"]
    assert preview.notices[1] == "Lines 1 to 2, above the header: left out."
    assert len(preview.sample.rows) == 25


def test_faults_and_skipped_rows(tmp_path: Path) -> None:
    profile = load_profile(FOLDER / "swissquote.toml")
    preview = read_preview(FOLDER / "swissquote.csv", TRADES, profile, most=10)
    assert (preview.is_whole, len(preview.rows)) == (False, 10)
    assert preview.rows[3].left_out == "Transaction is Forex, Debit or Dividend"
    path = tmp_path / "x.csv"
    path.write_text("trade_id,instrument,side,quantity,price\nT1,X,BUY,0,1\nT2,X\n", encoding="utf-8")
    bad = read_preview(path, TRADES, Profile(Kind.TRADES))
    assert [(fault.column, fault.reason) for row in bad.rows for fault in row.faults] == [
        ("quantity", "Quantity must be greater than 0"),
        ("", "Too few cells: 2 instead of 5"),
    ]


def test_a_mapping_that_does_not_fit_shows_the_bare_cells(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_text("a,b\n1,2\n", encoding="utf-8")
    preview = read_preview(path, TRADES, Profile(Kind.TRADES, mapping=Mapping({"price": "c"})))
    assert preview.refused.startswith("The mapping takes price from the column “c”")
    assert [(row.cells, row.values) for row in preview.rows] == [(("1", "2"), {})]


def test_a_footer_that_is_data_is_a_fault(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_text("trade_id,instrument,side,quantity,price\nT1,X,BUY,1,1\n", encoding="utf-8")
    preview = read_preview(path, TRADES, Profile(Kind.TRADES, footer_rows=1))
    assert "is a row like the others" in preview.rows[0].faults[0].reason

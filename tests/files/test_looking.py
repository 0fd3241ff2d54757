from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from opspilot_desktop.domain.errors import KnownError
from opspilot_desktop.domain.fields import LEDGER, TRADES, Kind
from opspilot_desktop.files.asked import NeedsSheet, ReadAs
from opspilot_desktop.files.looking import FileFacts, facts_of, look_at, needs_no_mapping, preview_held
from opspilot_desktop.files.mapping import Mapping
from opspilot_desktop.files.previewing import PREVIEWED
from opspilot_desktop.files.profile import Profile
from opspilot_desktop.files.taking import NumberFormat
from tests.helpers.workbooks import xlsx_of

FOLDER = Path(__file__).parents[1] / "fixtures" / "profiles"
TABLE = [["trade_id", "amount"], ["T1", 5]]


def test_a_file_is_looked_at_with_its_first_cells() -> None:
    path = FOLDER / "custodian.csv"
    facts = facts_of(path)
    assert facts == FileFacts(path.stat().st_size)
    look = look_at(path, LEDGER, ReadAs(), facts)
    assert (look.read_as.header_row, look.delimiter, look.header[:2]) == (
        3,
        ",",
        ("trade_id", "source_trade_id"),
    )
    assert look.samples["symbol"][:3] == ["text", "NESN", "NOVN"]
    assert look.proposal.mapping().columns["amount"] == "net_amount"
    again = look_at(path, LEDGER, look.read_as, facts, look.proposal)
    assert again == look


def test_a_workbook_is_looked_at_sheet_by_sheet(tmp_path: Path) -> None:
    book = xlsx_of(tmp_path / "book.xlsx", {"Notes": [["x"]], "Day": TABLE})
    facts = facts_of(book)
    assert facts.is_workbook
    with pytest.raises(NeedsSheet):
        look_at(book, LEDGER, ReadAs(), facts)
    assert look_at(book, LEDGER, ReadAs(sheet="Day"), facts).header == ("trade_id", "amount")
    with pytest.raises(KnownError):
        facts_of(tmp_path / "gone.csv")


def test_rows_of_a_workbook_are_held_for_the_next_look(tmp_path: Path) -> None:
    rows = [["Deal", "Amt"], *[[f"T{number}", f"{number},5"] for number in range(3000)]]
    book = xlsx_of(tmp_path / "book.xlsx", {"Day": rows})
    mapping = Mapping({"trade_id": "Deal", "amount": "Amt"})
    first, held = preview_held(book, LEDGER, Profile(Kind.LEDGER, mapping=mapping), None)
    assert held is not None
    assert len(first.rows) == PREVIEWED
    assert not first.is_whole
    book.unlink()
    book.write_bytes(b"PK\x03\x04")  # nothing to be read any more
    footer = Profile(Kind.LEDGER, mapping=mapping, footer_rows=1000)
    assert preview_held(book, LEDGER, footer, held) == (replace(first), held)
    comma = Profile(Kind.LEDGER, mapping=replace(mapping, numbers=NumberFormat(",")))
    assert not held.serve(LEDGER, comma)  # its numbers would have to be marked
    assert not held.serve(LEDGER, replace(footer, read_as=ReadAs(header_row=2)))
    with pytest.raises(KnownError):
        preview_held(book, LEDGER, comma, held)


def test_a_text_is_read_from_its_beginning(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_text("trade_id,amount\nT1,5\n")
    preview, held = preview_held(path, LEDGER, Profile(Kind.LEDGER), None)
    assert (len(preview.rows), held) == (1, None)


def test_whether_a_file_needs_a_mapping(tmp_path: Path) -> None:
    assert not needs_no_mapping(FOLDER / "swissquote.csv", TRADES, ReadAs())
    book = xlsx_of(tmp_path / "book.xlsx", {"Notes": [["x"]], "Day": TABLE})
    assert needs_no_mapping(book, LEDGER, ReadAs(), ("Notes", "Day"))
    assert not needs_no_mapping(book, LEDGER, ReadAs(), ("Notes",))
    plain = tmp_path / "plain.csv"
    plain.write_text("trade_id,amount\nT1,5\n")
    assert needs_no_mapping(plain, LEDGER, ReadAs())

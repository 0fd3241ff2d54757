from __future__ import annotations

from pathlib import Path

import pytest

from opspilot_desktop.domain.errors import KnownError
from opspilot_desktop.domain.fields import LEDGER, TRADES
from opspilot_desktop.files.asked import NeedsSheet, ReadAs
from opspilot_desktop.files.looking import FileFacts, facts_of, look_at, needs_no_mapping
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


def test_the_sheets_of_a_workbook_are_told(tmp_path: Path) -> None:
    book = xlsx_of(tmp_path / "book.xlsx", {"Notes": [["x"]], "Day": TABLE})
    facts = facts_of(book)
    assert (facts.is_workbook, facts.sheets) == (True, ("Notes", "Day"))
    with pytest.raises(NeedsSheet):
        look_at(book, LEDGER, ReadAs(), facts)
    assert look_at(book, LEDGER, ReadAs(sheet="Day"), facts).header == ("trade_id", "amount")
    one = xlsx_of(tmp_path / "one.xlsx", {"Day": TABLE})
    assert facts_of(one).sheets == ()
    with pytest.raises(KnownError):
        facts_of(tmp_path / "gone.csv")


def test_whether_a_file_needs_a_mapping(tmp_path: Path) -> None:
    assert not needs_no_mapping(FOLDER / "swissquote.csv", TRADES, ReadAs())
    book = xlsx_of(tmp_path / "book.xlsx", {"Notes": [["x"]], "Day": TABLE})
    assert needs_no_mapping(book, LEDGER, ReadAs(), ("Notes", "Day"))
    assert not needs_no_mapping(book, LEDGER, ReadAs(), ("Notes",))
    plain = tmp_path / "plain.csv"
    plain.write_text("trade_id,amount\nT1,5\n")
    assert needs_no_mapping(plain, LEDGER, ReadAs())

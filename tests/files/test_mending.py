"""Mending rejected rows in the staging database: checked again as the file's own rows are."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from opspilot_desktop.domain.fields import LONGEST_KEY, RECORDS, Kind
from opspilot_desktop.domain.jobs import Cancelled, Handle
from opspilot_desktop.files import mending
from opspilot_desktop.files.checking import Checker
from opspilot_desktop.files.mapping import Mapping
from opspilot_desktop.files.mending import (
    cell_of,
    list_mended,
    row_text,
    try_again,
    wrong_values,
)
from opspilot_desktop.files.profile import Profile
from opspilot_desktop.files.staging import Staged, stage
from opspilot_desktop.files.taking import (
    DebitCredit,
    Joined,
    NumberFormat,
    Operator,
    Rounding,
    SkipRule,
)
from tests.helpers.workbooks import xlsx_of

HEADER = "trade_id,instrument,side,quantity,price"
Stage = Callable[..., Staged]


@pytest.fixture
def staging(tmp_path: Path) -> Iterator[Stage]:
    """Stages lines as a file of trades, or a file that is there."""
    with ExitStack() as stack:

        def staged(*lines: str, path: Path | None = None, profile: Profile | None = None) -> Staged:
            if path is None:
                path = tmp_path / "file.csv"
                path.write_text("\n".join(lines) + "\n", encoding="utf-8")
            kind = profile.kind if profile is not None else Kind.TRADES
            return stack.enter_context(stage(Handle(), path, RECORDS[kind], profile, directory=tmp_path))

        yield staged


def wrong(staged: Staged) -> list[tuple[int, str, str, str]]:
    return [(each.record, each.column, each.value, each.reason) for each in wrong_values(staged).listed]


def good(staged: Staged, *columns: str) -> list[tuple[object, ...]]:
    """What is staged of the good rows, in the file's order."""
    connection = sqlite3.connect(staged.path)
    try:
        query = f"SELECT {', '.join(columns)} FROM rows ORDER BY record"  # noqa: S608 (the test's own names)
        return connection.execute(query).fetchall()
    finally:
        connection.close()


def mend(staged: Staged, **values: str) -> None:
    """Mends cells, named as in `side_2` for the side of record 2."""
    named = {name.rpartition("_"): value for name, value in values.items()}
    try_again(
        Handle(), staged, {(int(record), column): value for (column, _, record), value in named.items()}
    )


def test_a_mended_row_is_a_good_one(staging: Stage) -> None:
    staged = staging(HEADER, "A,X,BUY,1,2", "B,X,HOLD,1e5,2", "C,X,SELL,1,2")
    mend(staged, side_2="sell", quantity_2=" 7.50 ")
    assert (staged.read, staged.good, staged.rejected_total, staged.mended) == (3, 3, 0, 2)
    assert wrong(staged) == []
    assert staged.rejects() == []
    assert good(staged, "trade_id", "line", "side", "quantity_units", "quantity_nanos", "gross_units") == [
        ("A", 2, "BUY", 1, 0, 2),
        ("B", 3, "SELL", 7, 500_000_000, 15),
        ("C", 4, "SELL", 1, 0, 2),
    ]


def test_what_is_still_wrong_keeps_its_new_value_and_says_why(staging: Stage) -> None:
    staged = staging(HEADER, "A,X,HOLD,x,2", "B,X,BUY,1,2")
    mend(staged, side_1="BUY", quantity_1="0")
    assert (staged.good, staged.rejected_total, staged.mended) == (1, 1, 0)
    (left,) = wrong_values(staged).listed
    assert (left.column, left.value, left.mended, left.before) == ("quantity", "0", True, "x")
    assert "greater than 0" in left.reason
    assert wrong_values(staged).counts == {"quantity": 1}
    mend(staged, quantity_1="3")
    assert [vars(each) for each in list_mended(staged, 10)] == [
        {"line": 2, "record": 1, "column": column, "before": before, "after": after, "imported": 1}
        for column, before, after in (("quantity", "x", "3"), ("side", "HOLD", "BUY"))
    ]
    assert staged.mended == 2


def test_only_the_mended_rows_are_checked_again(staging: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    staged = staging(HEADER, *[f"T{n},X,HOLD,1,2" for n in range(50)])
    seen: list[str] = []
    one = Checker.one

    def counted(checker: object, row: list[str], marks: object = None) -> object:
        seen.append(row[0])
        return one(checker, row, marks)  # type: ignore[arg-type]

    monkeypatch.setattr(Checker, "one", counted)
    mend(staged, side_8="BUY", side_9="SELL")
    assert seen == ["T7", "T8"]
    assert staged.good == 2


def test_a_value_put_back_is_not_mended(staging: Stage) -> None:
    staged = staging(HEADER, "A,X,HOLD,1,2", "B,X,BUY,1,2")
    mend(staged, side_1="HOLT")
    mend(staged, side_1="HOLD")
    assert list_mended(staged, 10) == []
    assert [each.mended for each in wrong_values(staged).listed] == [False]


def test_an_id_must_be_none_of_the_other_rows(staging: Stage) -> None:
    staged = staging(HEADER, "A,X,BUY,1,2", "A,X,BUY,1,3", "A,X,BUY,1,4", "D,X,BUY,0,2")
    mend(staged, trade_id_2="B", trade_id_3="B")  # of two the first
    assert wrong(staged) == [
        (3, "trade_id", "B", "Already on line 3 of this file"),
        (4, "quantity", "0", wrong(staged)[-1][3]),
    ]
    mend(staged, trade_id_3="D")  # which a bad row has, later: that one will be told when it is mended
    assert [row[0] for row in good(staged, "trade_id")] == ["A", "B", "D"]
    mend(staged, quantity_4="1")
    assert wrong(staged) == [(4, "trade_id", "D", "Already on line 4 of this file")]
    mend(staged, trade_id_4=" A ")
    assert wrong(staged) == [(4, "trade_id", "A", "Already on line 2 of this file")]
    mend(staged, trade_id_4="E")
    assert (staged.good, staged.rejected_total) == (4, 0)


def test_rows_that_repeat_an_id_that_is_mended_are_free_of_it(staging: Stage) -> None:
    staged = staging(HEADER, "A,X,BUY,x,2", "A,X,BUY,1,2", "A,X,BUY,1,3")
    assert [each[1] for each in wrong(staged)] == ["quantity", "trade_id", "trade_id"]
    mend(staged, quantity_1="1", trade_id_1="Z")
    assert [row[0] for row in good(staged, "trade_id")] == ["Z", "A"]
    assert wrong(staged) == [(3, "trade_id", "A", "Already on line 3 of this file")]
    assert staged.mended == 2


def joined_by(repeats: Any) -> Profile:
    columns = {"trade_id": Joined(("Day", "instrument"), repeats=repeats)}
    return Profile(Kind.TRADES, mapping=Mapping(columns))


def test_a_mended_row_gets_the_next_number_of_its_id(staging: Stage) -> None:
    lines = ["1,X,BUY,1,2", "1,X,HOLD,1,2", "1,X,BUY,1,2", "1,X,HOLD,1,2", "1,Y,HOLD,1,2", "1,Y,HOLD,1,2"]
    staged = staging("Day,instrument,side,quantity,price", *lines, profile=joined_by("number"))
    assert [row[0] for row in good(staged, "trade_id")] == ["1|X", "1|X|2"]
    assert staged.warnings == (
        "1 row has the same trade id as an earlier one and was numbered: 1|X|2.",
        "2 wrong rows have the same trade id as a good one; mend them in the list of bad rows or in the whole"
        " file: in a file of wrong rows they would be taken for the good one.",
    )
    mend(staged, side_2="BUY", side_5="SELL", side_6="SELL")
    numbers = [(1, "1|X"), (2, "1|X|3"), (3, "1|X|2"), (5, "1|Y"), (6, "1|Y|2")]
    assert good(staged, "record", "trade_id") == numbers
    assert [each[:2] for each in wrong(staged)] == [(4, "side")]
    assert [warning[:60] for warning in staged.warnings] == [
        "1 row has the same trade id as an earlier one and was number",
        "Mended rows: 2 rows have the same trade id as an earlier one",
        "1 wrong row has the same trade id as a good one; mend it in ",
    ]
    mend(staged, side_4="BUY", instrument_4="Z")
    assert good(staged, "trade_id")[3] == ("1|Z",)
    assert (staged.good, staged.rejected_total, len(staged.warnings)) == (6, 0, 2)


def test_a_mended_row_whose_id_has_no_room_for_a_number_is_refused(staging: Stage) -> None:
    name = "x" * (LONGEST_KEY - 2)
    lines = [f"1,{name},BUY,1,2", f"1,{name},HOLD,1,2"]
    staged = staging("Day,instrument,side,quantity,price", *lines, profile=joined_by("number"))
    mend(staged, side_2="BUY")
    said = "Already on line 2 of this file; numbered, its id would be too long or another row's"
    assert wrong(staged) == [(2, "Day + instrument", f"1|{name}", said)]
    mend(staged, side_2="SELL", Day_2="2")
    assert (staged.good, staged.rejected_total) == (2, 0)


def test_a_made_id_that_repeats_names_the_remedy_again(staging: Stage) -> None:
    lines = ["1,X,BUY,1,2", "1,X,HOLD,1,2"]
    staged = staging("Day,instrument,side,quantity,price", *lines, profile=joined_by("refuse"))
    remedy = "Already on line 2 of this file; where both are real, let the profile number rows that repeat"
    assert wrong(staged)[0] == (2, "Day + instrument", "1|X", remedy)
    mend(staged, side_2="BUY")
    assert wrong(staged) == [(2, "Day + instrument", "1|X", remedy)]


def test_a_row_that_is_broken_as_a_whole_cannot_be_mended_here(staging: Stage) -> None:
    staged = staging(HEADER, "A,X,BUY,1", 'B,"X,BUY,1,2', "C,X,HOLD,1,2")
    assert [(each.column, each.mendable) for each in wrong_values(staged).listed] == [
        ("", False),
        ("", False),
        ("side", True),
    ]


def test_columns_that_are_wrong_together_cannot_be_mended_here(staging: Stage) -> None:
    profile = Profile(
        Kind.LEDGER, mapping=Mapping({"trade_id": "Ref", "amount": DebitCredit("Debit", "Credit")})
    )
    staged = staging("Ref,Debit,Credit", "A,1,2", "B,-1,", profile=profile)
    assert [(each.column, each.mendable) for each in wrong_values(staged).listed] == [
        ("Debit + Credit", False),
        ("Debit", True),
    ]
    try_again(Handle(), staged, {(2, "Debit"): "1"})
    assert good(staged, "trade_id", "amount_units") == [("B", -1)]


def test_the_profile_reads_what_is_typed(staging: Stage) -> None:
    profile = Profile(
        Kind.LEDGER,
        mapping=Mapping(
            {"trade_id": "Ref", "amount": "Betrag"},
            numbers=NumberFormat(",", "."),
            rounding={"amount": Rounding(1)},
        ),
        skip=(SkipRule("Ref", Operator.STARTS_WITH, ("total",)),),
    )
    staged = staging("Ref;Betrag", "A;1.234,5", "B;1.5", "C;x", "D;y", profile=profile)
    warnings = staged.warnings
    try_again(Handle(), staged, {(2, "Betrag"): "1.500,25", (3, "Betrag"): "1.5", (4, "Betrag"): "2"})
    assert good(staged, "trade_id", "amount_units", "amount_nanos") == [
        ("A", 1234, 500_000_000),
        ("B", 1500, 200_000_000),
        ("D", 2, 0),
    ]
    assert [each[:3] for each in wrong(staged)] == [(3, "Betrag", "1.5")]
    assert staged.warnings[: len(warnings)] == warnings
    assert staged.warnings[len(warnings) :] == (
        "Mended rows: 1 value of amount rounded to 1 decimals, half-even.",
    )


def test_a_row_that_the_profile_would_skip_stays_and_says_so(staging: Stage) -> None:
    profile = Profile(
        Kind.LEDGER,
        mapping=Mapping({"trade_id": "Ref", "amount": "Amount"}),
        skip=(SkipRule("Ref", Operator.IS, ("Void",)),),
    )
    staged = staging("Ref,Amount", ",5", "A,1", profile=profile)
    try_again(Handle(), staged, {(1, "Ref"): "Void"})
    assert wrong(staged) == [(1, "Ref", "Void", "The profile leaves such rows out: Ref is Void")]
    assert (staged.read, staged.good, staged.rejected_total) == (2, 1, 1)


def test_the_cells_of_a_workbook_stay_what_they_are(staging: Stage, tmp_path: Path) -> None:
    rows: list[list[Any]] = [HEADER.split(","), ["A", "X", "HOLD", 1234.5, 2], [1e17, "X", "BUY", 1, 2]]
    profile = Profile(Kind.TRADES, mapping=Mapping(numbers=NumberFormat(",", ".")))
    staged = staging(path=xlsx_of(tmp_path / "book.xlsx", {"One": rows}), profile=profile)
    assert [each[1] for each in wrong(staged)] == ["side", "trade_id"]
    mend(staged, side_1="BUY", trade_id_2="100000000000000001")
    assert good(staged, "trade_id", "quantity_units", "quantity_nanos") == [
        ("A", 1234, 500_000_000),  # the number of the workbook, and no 12345 by the format of texts
        ("100000000000000001", 1, 0),
    ]


@pytest.mark.parametrize(
    "cell", ["a\0b", 'say "hi", she', "one\r\ntwo", " x\t", "=1+1", "é\u202e", "x" * 600]
)
def test_a_cell_is_given_whole_and_put_back_as_it_is(staging: Stage, cell: str) -> None:
    quoted = '"' + cell.replace('"', '""') + '"'
    staged = staging(HEADER, f"A,{quoted},HOLD,1,2")
    assert cell_of(staged, 1, "instrument") == cell
    mend(staged, side_1="BUYY")
    assert cell_of(staged, 1, "instrument") == cell
    mend(staged, side_1="BUY", instrument_1="Y")
    assert staged.good == 1


def test_the_saved_rejects_have_what_was_mended(staging: Stage, tmp_path: Path) -> None:
    staged = staging(HEADER, "A,X,HOLD,0,2", "B,X,BUY,1,2")
    mend(staged, side_1="BUY")
    staged.save_rejects(tmp_path / "rejects.csv")
    assert (tmp_path / "rejects.csv").read_text("utf-8-sig").splitlines() == [HEADER, "A,X,BUY,0,2"]


def test_a_cancel_leaves_everything_as_it_was(staging: Stage) -> None:
    staged = staging(HEADER, "A,X,HOLD,1,2", "B,X,BUY,1,2")
    before = wrong_values(staged)
    handle = Handle()
    handle.cancel()
    with pytest.raises(Cancelled):
        try_again(handle, staged, {(1, "side"): "BUY"})
    assert wrong_values(staged) == before
    assert (staged.good, staged.rejected_total, staged.mended) == (1, 1, 0)
    assert list_mended(staged, 10) == []
    mend(staged, side_1="BUY")
    assert staged.good == 2


def test_a_long_row_is_shown_from_its_beginning(staging: Stage) -> None:
    long = "x" * 900_000
    staged = staging(HEADER, f"A,{long},HOLD,1,2", "B,X,HOLD,1,2", f"C,{'y' * 1000},HOLD,1,2")
    first = row_text(staged, 1)
    assert (first.text, first.cut) == (f"A,{long},HOLD,1,2"[: mending.LONGEST_LINE], True)
    assert row_text(staged, 2) == mending.RowText("B,X,HOLD,1,2", cut=False)
    assert row_text(staged, 3) == mending.RowText(f"C,{'y' * 1000},HOLD,1,2", cut=False)
    assert cell_of(staged, 1, "instrument") == long

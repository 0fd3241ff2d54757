"""Any table written in any shape that a profile describes comes back equal, and so does the profile."""

from __future__ import annotations

import csv
import io
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from opspilot_desktop.domain import decimals
from opspilot_desktop.domain.fields import RECORDS, Kind
from opspilot_desktop.domain.jobs import Handle
from opspilot_desktop.files.asked import ReadAs
from opspilot_desktop.files.dialect import DELIMITERS
from opspilot_desktop.files.mapping import Mapping
from opspilot_desktop.files.profile import Profile
from opspilot_desktop.files.profile_text import format_profile
from opspilot_desktop.files.profile_toml import parse_profile
from opspilot_desktop.files.staging import stage
from opspilot_desktop.files.taking import (
    Constant,
    DebitCredit,
    Joined,
    NumberFormat,
    Operator,
    SignedBy,
    SignOf,
    SkipRule,
    Taken,
    Unsigned,
)

DATES = {
    "YYYY-MM-DD": "%Y-%m-%d",
    "YYYYMMDD": "%Y%m%d",
    "DD/MM/YYYY": "%d/%m/%Y",
    "MM/DD/YYYY": "%m/%d/%Y",
    "D.M.YYYY": "",
    "DD-MMM-YYYY": "%d-%b-%Y",
    "DD.MM.YY": "%d.%m.%y",
    "DD-MM-YYYY hh:mm:ss": "%d-%m-%Y 23:59:01",
}
FORMS = st.builds(
    NumberFormat,
    st.sampled_from([".", ","]),
    st.sampled_from(["", ".", ",", "'", " "]),
    st.booleans(),
    st.booleans(),
).filter(lambda form: form.decimal != form.thousands)
TEXTS = st.text(
    st.characters(exclude_categories=("Cs", "Cc"), exclude_characters="\0\u2028\u2029\x85|"), max_size=8
)
NAMED = TEXTS.map(str.strip).filter(bool)


@dataclass(frozen=True)
class Row:
    """A trade or an entry, as it is to be stored."""

    parts: tuple[str, str]
    instrument: str
    side: str
    number: Decimal
    price: Decimal
    day: date
    account: str

    @property
    def trade_id(self) -> str:
        return "|".join(self.parts)


def numbers(least: int) -> st.SearchStrategy[Decimal]:
    atoms = st.integers(least, 10**11)
    return st.builds(lambda atom, places: Decimal(atom).scaleb(-places), atoms, st.integers(0, 9))


ROWS = st.lists(
    st.builds(
        Row,
        st.tuples(NAMED, NAMED),
        NAMED,
        st.sampled_from(["BUY", "SELL"]),
        numbers(1),
        numbers(-(10**11)),
        st.dates(date(2000, 1, 1), date(2099, 12, 31)),
        TEXTS.map(str.strip),
    ).filter(lambda row: row.number * abs(row.price) < 10**18),
    min_size=1,
    max_size=6,
    unique_by=lambda row: row.trade_id,
)


@dataclass(frozen=True)
class Shape:
    """What a profile chooses."""

    delimiter: str
    form: NumberFormat
    dates: str
    is_joined: bool
    side: str
    amount: str
    negative: str
    lines_above: int
    lines_between: int
    footer_rows: int
    skipped: tuple[int, ...]


SHAPES = st.builds(
    Shape,
    st.sampled_from(list(DELIMITERS)),
    FORMS,
    st.sampled_from(list(DATES)),
    st.booleans(),
    st.sampled_from(["words", "sign", "both"]),
    st.sampled_from(["plain", "debit", "signed"]),
    st.sampled_from(["BUY", "SELL"]),
    st.integers(0, 3),
    st.integers(0, 2),
    st.integers(0, 3),
    st.lists(st.integers(0, 5), max_size=3).map(tuple),
)


def as_number(value: Decimal, form: NumberFormat) -> str:
    """The number in the file's form."""
    text = format(abs(value), ",f" if form.thousands else "f")
    text = text.replace(",", "t").replace(".", form.decimal).replace("t", form.thousands)
    if not value.is_signed():
        return text
    if form.parentheses:
        return f"({text})"
    return f"{text}-" if form.trailing_minus else f"-{text}"


def as_date(day: date, form: str) -> str:
    return day.strftime(DATES[form]) if DATES[form] else f"{day.day}.{day.month}.{day.year}"


def profile_of(shape: Shape, kind: Kind) -> Profile:
    """The profile that describes files of this shape."""
    columns: dict[str, Taken] = {
        "trade_id": Joined(("Ref", "No")) if shape.is_joined else "Ref",
        "account": "Depot",
        "currency": Constant("CHF"),
    }
    negative = "BUY" if shape.negative == "BUY" else "SELL"
    if kind is Kind.TRADES:
        columns |= {"instrument": "Paper", "price": "Px", "trade_date": "Day"}
        columns["side"] = SignOf("Qty", negative) if shape.side == "sign" else "B/S"
        columns["quantity"] = "Qty" if shape.side == "words" else Unsigned("Qty", negative)
    else:
        columns["value_date"] = "Day"
        words = (("Kauf",), ("Verkauf",))
        columns["amount"] = {
            "plain": "Qty",
            "debit": DebitCredit("Soll", "Haben", "debit" if negative == "BUY" else "credit"),
            "signed": SignedBy("Qty", "B/S", *(words if negative == "BUY" else words[::-1])),
        }[shape.amount]
    return Profile(
        kind,
        "Any shape",
        Mapping(
            columns,
            {"side": {"Kauf": "BUY", "Verkauf": "SELL"}} if kind is Kind.TRADES else {},
            numbers=shape.form,
            dates={"trade_date" if kind is Kind.TRADES else "value_date": shape.dates},
        ),
        ReadAs(
            delimiter=shape.delimiter,
            header_row=shape.lines_above + 1,
            first_row=shape.lines_above + 2 + shape.lines_between if shape.lines_between else 0,
        ),
        (SkipRule("Type", Operator.IS, ("Fee", "Tax")),),
        shape.footer_rows,
    )


def signed(row: Row, shape: Shape) -> Decimal:
    """The row's number with the sign that its side gives it."""
    return -row.number if row.side == shape.negative else row.number


def written(rows: list[Row], shape: Shape, kind: Kind) -> str:
    """The rows in this shape."""
    text = io.StringIO(newline="")
    text.write("Report, whatever\n" * shape.lines_above)
    lines = csv.writer(text, delimiter=shape.delimiter, lineterminator="\n")
    lines.writerow(["Type", "Ref", "No", "Paper", "B/S", "Qty", "Soll", "Haben", "Px", "Day", "Depot"])
    text.write("text\n" * shape.lines_between)
    positive = "credit" if shape.negative == "SELL" else "debit"
    for place, row in enumerate(rows):
        for _ in range(shape.skipped.count(place)):
            lines.writerow(["fee", "?", "?", "?", "?", "1e9", "?", "?", "n/a", "30.02.2026", ""])
        number = row.number
        if (kind is Kind.TRADES and shape.side != "words") or (
            kind is Kind.LEDGER and shape.amount == "plain"
        ):
            number = signed(row, shape)
        amounts = [as_number(row.number, shape.form), ""]
        if (signed(row, shape) > 0) == (positive == "credit"):
            amounts.reverse()
        ids = list(row.parts) if shape.is_joined else [row.trade_id, "no"]
        lines.writerow(
            [
                "Trade",
                *ids,
                row.instrument,
                "Kauf" if row.side == "BUY" else "verkauf ",
                as_number(number, shape.form),
                *amounts,
                as_number(row.price, shape.form),
                as_date(row.day, shape.dates),
                row.account,
            ]
        )
    text.write("Total\n" * shape.footer_rows)
    return text.getvalue()


def stored(path: Path, profile: Profile) -> tuple[list[dict[str, object]], list[str]]:
    """What the import makes of the file, with nothing rejected, and the sentences about rows left out."""
    with stage(Handle(), path, RECORDS[profile.kind], profile) as staged:
        assert staged.rejects() == []
        with closing(sqlite3.connect(staged.path)) as connection:
            connection.row_factory = sqlite3.Row
            rows = [dict(row) for row in connection.execute("SELECT * FROM rows ORDER BY record")]
    return rows, [each for each in staged.warnings if "skipped" in each or "footer" in each]


def number(row: dict[str, object], name: str) -> Decimal:
    units, nanos = row[f"{name}_units"], row[f"{name}_nanos"]
    assert isinstance(units, int)
    assert isinstance(nanos, int)
    return decimals.to_decimal(units, nanos)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(ROWS, SHAPES, st.sampled_from([Kind.TRADES, Kind.LEDGER]))
def test_what_a_profile_describes_comes_back_equal(
    tmp_path: Path, rows: list[Row], shape: Shape, kind: Kind
) -> None:
    profile = profile_of(shape, kind)
    toml = format_profile(profile)
    assert parse_profile(toml, "profile") == profile
    assert format_profile(parse_profile(toml, "profile")) == toml
    path = tmp_path / "table.csv"
    path.write_text(written(rows, shape, kind), encoding="utf-8", newline="")
    found, told = stored(path, profile)
    assert [(each["trade_id"], each["account"] or "", each["currency"]) for each in found] == [
        (row.trade_id, row.account, "CHF") for row in rows
    ]
    if kind is Kind.TRADES:
        assert [
            (
                each["instrument"],
                each["side"],
                number(each, "quantity"),
                number(each, "price"),
                each["trade_date"],
            )
            for each in found
        ] == [(row.instrument, row.side, row.number, row.price, row.day.isoformat()) for row in rows]
    else:
        assert [(number(each, "amount"), each["value_date"]) for each in found] == [
            (signed(row, shape), row.day.isoformat()) for row in rows
        ]
    skipped = len([place for place in shape.skipped if place < len(rows)])
    assert told[0] == f"{skipped} row{'' if skipped == 1 else 's'} skipped: Type is Fee or Tax."
    assert len(told) == 1 + bool(shape.footer_rows)

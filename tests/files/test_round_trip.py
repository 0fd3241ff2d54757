"""Any table of typed values comes back equal, however it was written."""

from __future__ import annotations

import codecs
import gzip
import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from opspilot_desktop.domain import decimals
from opspilot_desktop.domain.fields import TRADES
from opspilot_desktop.domain.jobs import Handle
from opspilot_desktop.files.asked import ReadAs
from opspilot_desktop.files.dialect import DELIMITERS, WINDOWS_1252
from opspilot_desktop.files.staging import stage
from opspilot_desktop.files.totals import totals
from tests.helpers.workbooks import Cell, ods, xls, xlsx, zipped

NAMES = ("trade_id", "instrument", "side", "quantity", "price", "trade_date", "account", "counterparty")
Trade = tuple[str, str, str, Decimal, Decimal, date | None, str, str]


def texts(alphabet: st.SearchStrategy[str], *, least: int = 0) -> st.SearchStrategy[str]:
    return st.text(alphabet, max_size=12).map(str.strip).filter(lambda text: len(text) >= least)


def numbers(digits: int, *, positive: bool = False) -> st.SearchStrategy[Decimal]:
    """Decimals of so many digits, of which up to 9 stand after the point, below 10^16."""

    def number(atoms: int, places: int) -> Decimal:
        return Decimal(atoms).scaleb(-places)

    most = 10**digits - 1
    whole = st.integers(1 if positive else -most, most)
    return st.builds(number, whole, st.integers(0, 9)).filter(lambda value: abs(value) < 10**16)


def tables(alphabet: st.SearchStrategy[str], digits: int) -> st.SearchStrategy[list[Trade]]:
    trade = st.tuples(
        texts(alphabet, least=1).filter(lambda text: text not in totals()),
        texts(alphabet, least=1),
        st.sampled_from(["BUY", "SELL"]),
        numbers(min(digits, 9), positive=True),
        numbers(min(digits, 15)),
        st.none() | st.dates(date(1900, 3, 1), date(9999, 12, 31)),
        texts(alphabet),
        texts(alphabet),
    )
    trade = trade.filter(lambda each: abs(each[3] * each[4]) < 10**18)
    return st.lists(trade, min_size=1, max_size=8, unique_by=lambda each: each[0])


def stored(path: Path, read_as: ReadAs | None = None) -> list[Trade]:
    """What the import makes of the file, with nothing rejected."""
    with stage(Handle(), path, TRADES, read_as=read_as) as staged:
        assert staged.rejects() == []
        with closing(sqlite3.connect(staged.path)) as connection:
            connection.row_factory = sqlite3.Row
            rows = [dict(row) for row in connection.execute("SELECT * FROM rows ORDER BY record")]
    return [_trade(row) for row in rows]


def _trade(row: dict[str, Any]) -> Trade:
    quantity = decimals.to_decimal(row["quantity_units"], row["quantity_nanos"])
    price = decimals.to_decimal(row["price_units"], row["price_nanos"])
    day = date.fromisoformat(row["trade_date"]) if row["trade_date"] else None
    texts = [row[name] or "" for name in ("account", "counterparty")]
    return (row["trade_id"], row["instrument"], row["side"], quantity, price, day, texts[0], texts[1])


@dataclass(frozen=True)
class Dialect:
    """How a text file is written."""

    delimiter: str
    end: str
    quotes_all: bool
    encoding: str
    packed: str


DIALECTS = st.builds(
    Dialect,
    st.sampled_from(list(DELIMITERS)),
    st.sampled_from(["\n", "\r\n", "\r"]),
    st.booleans(),
    st.sampled_from(["utf-8", "utf-8-sig", "utf-16-le", "utf-16-be", "cp1252"]),
    st.sampled_from(["", "gz", "zip"]),
)
_MARKS = {"utf-16-le": codecs.BOM_UTF16_LE, "utf-16-be": codecs.BOM_UTF16_BE}
ANYTHING = st.characters(exclude_categories=("Cs",), exclude_characters="\0")
WESTERN = st.characters(codec="cp1252", exclude_characters="\0")


def as_text(value: object) -> str:
    return format(value, "f") if isinstance(value, Decimal) else "" if value is None else str(value)


def written(table: list[Trade], dialect: Dialect) -> bytes:
    """The table in this dialect."""
    special = {dialect.delimiter, '"', "\r", "\n"}

    def cell(value: object) -> str:
        text = as_text(value)
        return '"' + text.replace('"', '""') + '"' if dialect.quotes_all or special & set(text) else text

    lines = [dialect.delimiter.join(map(cell, row)) + dialect.end for row in (NAMES, *table)]
    data = _MARKS.get(dialect.encoding, b"") + "".join(lines).encode(dialect.encoding)
    if dialect.packed == "gz":
        return gzip.compress(data, 1)
    return zipped({"folder/table.txt": data}) if dialect.packed else data


def is_utf8(data: bytes) -> bool:
    try:
        return not data.decode("utf-8").isascii()
    except UnicodeDecodeError:
        return False


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data(), DIALECTS)
def test_text_files(tmp_path: Path, data: st.DataObject, dialect: Dialect) -> None:
    western = dialect.encoding == "cp1252"
    table = data.draw(tables(WESTERN if western else ANYTHING, 25))
    path = tmp_path / "table.csv"
    path.write_bytes(written(table, dialect))
    if western:
        plain = written(table, Dialect(dialect.delimiter, dialect.end, dialect.quotes_all, "cp1252", ""))
        assume(not is_utf8(plain))  # which is refused
    assert stored(path, ReadAs(encoding=WINDOWS_1252) if western else None) == table


IN_SHEETS = st.characters(exclude_categories=("Cs", "Cc", "Cn"), exclude_characters="\u00a0\ufeff")
WORKBOOKS = [(xlsx, "table.xlsx"), (xls, "table.xls"), (ods, "table.ods")]
Make = Callable[[Path, list[list[Cell]]], Path]


@pytest.mark.parametrize(("make", "name"), WORKBOOKS)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_workbooks(tmp_path: Path, make: Make, name: str, data: st.DataObject) -> None:
    alphabet = IN_SHEETS.filter(lambda character: not character.isspace())  # .ods says spaces otherwise
    table = data.draw(tables(alphabet, 15))
    typed = data.draw(st.lists(st.booleans(), min_size=len(table) * 3, max_size=len(table) * 3))

    def cell(value: object, as_typed: bool) -> Cell:
        if isinstance(value, Decimal):
            return float(value) if as_typed else as_text(value)
        if isinstance(value, date):
            return value if as_typed else as_text(value)
        return None if value is None else str(value)

    rows: list[list[Cell]] = [list(NAMES)]
    for place, trade in enumerate(table):
        flags = [False, False, False, *typed[place * 3 : place * 3 + 3], False, False]
        rows.append([cell(value, flag) for value, flag in zip(trade, flags, strict=True)])
    assert stored(make(tmp_path / name, rows)) == table

"""What a file is, told from its first bytes and its first line."""

from __future__ import annotations

import csv

import pytest
from hypothesis import given
from hypothesis import strategies as st

from opspilot_desktop.domain.errors import KnownError
from opspilot_desktop.files import dialect

KNOWN = frozenset({"tradeid", "quantity", "price", "amount"})


@pytest.mark.parametrize(
    ("head", "encoding"),
    [
        (b"trade_id,price\n", "utf-8"),
        (b"\xef\xbb\xbftrade_id,price\n", "utf-8"),
        ("trade_id".encode("utf-16"), "utf-16-le"),
        (b"\xfe\xff\x00t\x00r", "utf-16-be"),
        (b"PKEY,price\n", "utf-8"),
    ],
)
def test_encoding(head: bytes, encoding: str) -> None:
    assert dialect.encoding_of(head, "trades.csv") == encoding


@pytest.mark.parametrize(
    ("head", "said"),
    [
        (b"", "is empty"),
        (b"%PDF-1.7\n", "a PDF document"),
        (b"PK\x03\x04\x14\x00", "a ZIP archive or a workbook"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old Excel workbook"),
        (b"SQLite format 3\x00\x10\x00", "a SQLite database"),
        (b"\x1f\x8b\x08", "compressed with gzip"),
        (b"\n  <!DOCTYPE html>", "a web page"),
        (b"\xef\xbb\xbf<html>", "a web page"),
        (b"<?xml version", "an XML document"),
        (b'{"trade_id": "T1"}', "JSON"),
        (b"\xff\xfe\x00\x00t\x00\x00\x00", "UTF-32"),
        (b"t\x00r\x00a\x00", "binary data"),
    ],
)
def test_other_kinds_are_refused_with_a_remedy(head: bytes, said: str) -> None:
    with pytest.raises(KnownError) as refused:
        dialect.encoding_of(head, "trades.csv")
    assert said in refused.value.message
    assert refused.value.message.startswith("trades.csv ")
    assert ";" in refused.value.message  # the remedy follows


@pytest.mark.parametrize(
    ("line", "delimiter"),
    [
        ("trade_id,quantity,price", ","),
        ("trade_id;quantity;price", ";"),
        ("trade_id\tquantity\tprice", "\t"),
        ("trade_id|quantity|price", "|"),
        ("Trade ID;Quantity;Price", ";"),
        ('trade_id,"a;b;c;d;e",price', ","),
        ("trade_id,notes; or so; and on,price", ","),
        ("one;two;three", ";"),
        ("nothing", ","),
        ("", ","),
    ],
)
def test_delimiter(line: str, delimiter: str) -> None:
    assert dialect.delimiter_of(line, KNOWN) == delimiter


def test_header_is_trimmed() -> None:
    assert dialect.header_of([" trade_id ", "price\xa0", "", ""], "f.csv") == ("trade_id", "price", "", "")


@pytest.mark.parametrize(
    ("cells", "said"),
    [
        (["price", "trade_id", " price"], "Two columns of f.csv are called “price”"),
        ([], "The first line of f.csv is blank"),
        (["", "  "], "The first line of f.csv is blank"),
        (["a\0b", "c"], "f.csv holds binary data"),
        (["sep=;"], "The first line of f.csv is “sep=;”"),
    ],
)
def test_header_that_is_none(cells: list[str], said: str) -> None:
    with pytest.raises(KnownError) as refused:
        dialect.header_of(cells, "f.csv")
    assert refused.value.message.startswith(said)


@given(st.lists(st.text(), min_size=2), st.sampled_from(list(dialect.DELIMITERS)))
def test_a_formatted_line_parses_back(cells: list[str], delimiter: str) -> None:
    line = dialect.format_line(cells, delimiter)
    assert line.endswith("\r\n")
    assert dialect.parse_line(line, delimiter) == cells


def test_parse_line_is_strict() -> None:
    with pytest.raises(csv.Error):
        dialect.parse_line('"a"b,c', ",")
    assert dialect.parse_line('"a,b', ",", strict=False) == ["a,b"]

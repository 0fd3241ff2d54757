"""Profiles as TOML: what is written is read again, and what is wrong is said in a sentence."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from opspilot_desktop.domain.errors import KnownError
from opspilot_desktop.domain.fields import Kind
from opspilot_desktop.files.asked import ReadAs
from opspilot_desktop.files.mapping import Mapping
from opspilot_desktop.files.profile_text import format_profile, save_profile
from opspilot_desktop.files.profile_toml import load_profile, parse_profile
from opspilot_desktop.files.taking import DebitCredit, Joined


def test_a_mapping_of_columns_alone_is_a_profile(tmp_path: Path) -> None:
    path = tmp_path / "broker.toml"
    path.write_text(
        '[columns]\ntrade_id = " Deal "\nstatus = ""\n[values.side]\nB = "BUY"\nS = "sell"\n'
        '[values.status]\nNEW = "pending"\n[numbers]\nround = true\n',
        encoding="utf-8",
    )
    assert load_profile(path, Kind.TRADES).mapping == Mapping(
        {"trade_id": "Deal", "status": ""},
        {"side": {"B": "BUY", "S": "sell"}, "status": {"NEW": "pending"}},
        rounded=True,
    )


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[columns\n", "The mapping m.toml is not valid TOML: "),
        ('[columns]\ncurrency = { constant = "\\u0000" }', "The mapping m.toml has a NUL character"),
        ('[values.status]\n"N" = "a\\u0000b"', "The mapping m.toml has a NUL character"),
        ('skip = [{ column = "\\u0000" }]', "The mapping m.toml has a NUL character"),
        ("a." * 500_000 + "a = 1", "is not valid TOML: a key has more than 100 parts."),
        ("'a' . " * 101 + "a = 1", "is not valid TOML: a key has more than 100 parts."),
        ("\xff", "is not valid TOML"),
        ("columns = 1", "columns in the mapping m.toml must be a table, [columns]."),
        ('[column]\nprice = "x"', "The mapping m.toml has column, which means nothing for trades"),
        (
            '[columns]\nprise = "x"',
            "has columns.prise, which means nothing for trades; use one of: trade_id,",
        ),
        ('[columns]\ngross_amount = "x"', "has columns.gross_amount, which means nothing"),
        (
            "[columns]\nprice = 1",
            "columns.price in the mapping m.toml must be a column name in quotes, or a choice in braces.",
        ),
        ('[values.side]\nB = "BYE"', "values.side.B in the mapping m.toml must be BUY or SELL, in quotes."),
        ("[values.status]\nB = 1", "values.status.B in the mapping m.toml must be a word, in quotes."),
        ('[values.price]\nB = "1"', "has values.price, which means nothing"),
        ("[values]\nside = 1", "values.side in the mapping m.toml must be a table, [values.side]."),
        ("[numbers]\nround = 1", "round in the mapping m.toml must be true or false."),
    ],
)
def test_mapping_files_that_are_refused(tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "m.toml"
    path.write_bytes(text.encode("latin-1"))
    with pytest.raises(KnownError) as refused:
        load_profile(path, Kind.TRADES)
    assert said in refused.value.message


def test_a_ledger_has_no_values_to_map(tmp_path: Path) -> None:
    path = tmp_path / "m.toml"
    path.write_text('[values.side]\nB = "BUY"\n')
    with pytest.raises(KnownError, match=r"values\.side, which means nothing for ledger; delete it"):
        load_profile(path, Kind.LEDGER)


def test_a_mapping_that_is_no_mapping_by_its_size_is_not_read_to_its_end(tmp_path: Path) -> None:
    path = tmp_path / "data.csv"
    with path.open("wb") as file:
        file.truncate(50_000_000_000)
    with pytest.raises(KnownError, match=r"data\.csv is larger than 4,000,000 bytes, which no mapping is"):
        load_profile(path, Kind.TRADES)


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such files")
def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for path in (tmp_path / "pipe", Path("/dev/zero")):
        with pytest.raises(KnownError, match="is no ordinary file; choose a TOML file"):
            load_profile(path, Kind.TRADES)


def test_a_mapping_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(KnownError, match=r"none\.toml cannot be opened"):
        load_profile(tmp_path / "none.toml", Kind.TRADES)


EVERYTHING = """\
name = "All \\"of\\" it"
kind = "ledger"
source = "Bank"
duplicates = "merge"
header = ["Ref", "Soll\\n(CHF)"]

[file]
encoding = "windows-1252"
delimiter = "\\t"
sheet = "S 1"
header_row = 3
first_row = 5
footer_rows = 2

[[skip]]
column = "Typ"
operator = "is not"
values = ["a", "b"]

[[skip]]
column = "Ref"
operator = "is blank"

[columns]
entry_id = { join = ["A", "B", "C"], separator = "/" }
trade_id = "Ref"
amount = { debit = "Soll\\n(CHF)", credit = "Haben", positive = "debit", reversals = true }
currency = { constant = "CHF" }
account = ""

[numbers]
decimal = ","
thousands = "."
trailing_minus = true
parentheses = true
round = true

[dates]
value_date = "DD.MM.YYYY"

[rounding]
amount = { decimals = 2, mode = "half-up" }
"""


def test_every_choice_is_written_as_it_was_read() -> None:
    profile = parse_profile(EVERYTHING, "x")
    assert format_profile(profile) == EVERYTHING
    assert profile.read_as == ReadAs("windows-1252", "S 1", "\t", 3, 5)
    assert profile.mapping.columns["amount"] == DebitCredit("Soll\n(CHF)", "Haben", "debit", reversals=True)


@pytest.mark.parametrize(("kind", "key"), [("trades", "trade_id"), ("ledger", "entry_id")])
def test_rows_that_repeat_a_made_id_are_refused_unless_said_otherwise(kind: str, key: str) -> None:
    text = f'kind = "{kind}"\n\n[columns]\n{key} = {{ join = ["A", "B"], separator = "|" }}\n'
    assert parse_profile(text, "x").mapping.columns[key] == Joined(("A", "B"))
    said = text.replace('"|"', '"|", repeats = "refuse"')
    assert format_profile(parse_profile(said, "x")) == text
    numbered = text.replace('"|"', '"|", repeats = "number"')
    assert parse_profile(numbered, "x").mapping.columns[key] == Joined(("A", "B"), repeats="number")
    assert format_profile(parse_profile(numbered, "x")) == numbered


def test_the_choices_of_trades_are_written_as_they_were_read(tmp_path: Path) -> None:
    text = (
        'kind = "trades"\n\n[columns]\nside = { sign_of = "Qty", negative = "BUY" }\n'
        'quantity = { unsigned = "Qty", negative = "BUY" }\nprice = { column = "Px", signed_by = "T",'
        ' negative = ["a"], positive = ["b"], reversals = true }\n\n[values.side]\n"B" = "BUY"\n'
    )
    path = tmp_path / "p.toml"
    save_profile(parse_profile(text, "x"), path)
    assert path.read_text(encoding="utf-8") == text
    assert load_profile(path, Kind.TRADES) == parse_profile(text, "x")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "kind in the mapping m must be trades or ledger, in quotes."),
        ('kind = "issues"', "kind in the mapping m must be trades or ledger"),
        (
            'kind = "trades"\nnames = "x"',
            "has names, which means nothing for trades; use one of: name, kind,",
        ),
        ('kind = "trades"\nname = " "', "A profile's name has 1 to 200 printable characters"),
        ('kind = "trades"\nname = "a\\u0007"', "A profile's name has 1 to 200 printable characters"),
        (
            'kind = "trades"\nsource = "x"',
            "source in the mapping m must be left out, since only ledger entries",
        ),
        (
            'kind = "ledger"\nduplicates = "drop"',
            'duplicates in the mapping m must be one of "ask", "append"',
        ),
        ('kind = "ledger"\nheader = "x"', "header in the mapping m must be a list of texts in quotes."),
        ('kind = "ledger"\n[file]\ndelimiter = "^"', "file.delimiter in the mapping m must be one of"),
        ('kind = "ledger"\n[file]\nencoding = "latin"', "file.encoding in the mapping m must be one of"),
        ('kind = "ledger"\n[file]\nfooter_rows = true', "file.footer_rows in the mapping m must be a whole"),
        ('kind = "ledger"\n[file]\nfooter_rows = 1001', "must be a whole number from 0 to 1,000."),
        (
            'kind = "ledger"\n[file]\nheader_row = 3\nfirst_row = 3',
            "file.first_row in the mapping m must be a",
        ),
        ('kind = "ledger"\nskip = 1', "skip in the mapping m must be tables, [[skip]]."),
        ('kind = "ledger"\n[[skip]]\noperator = "is"', "skip.column in the mapping m must be a column name"),
        (
            'kind = "ledger"\n[[skip]]\ncolumn = "x"\noperator = "like"',
            "skip.operator in the mapping m must be",
        ),
        (
            'kind = "ledger"\n[[skip]]\ncolumn = "x"\noperator = "is"',
            "skip.values in the mapping m must be a list",
        ),
        (
            'kind = "ledger"\n[[skip]]\ncolumn = "x"\noperator = "is blank"\nvalues = ["a"]',
            "skip.values in the mapping m must be left out.",
        ),
        (
            'kind = "ledger"\n[numbers]\ndecimal = ","\nthousands = ","',
            "numbers.thousands in the mapping m must be another sign than numbers.decimal.",
        ),
        (
            'kind = "ledger"\n[dates]\nvalue_date = "dd.mm.yy"',
            "“dd.mm.yy” is no form of dates; write it with",
        ),
        ('kind = "ledger"\n[dates]\namount = "DD.MM.YY"', "has dates.amount, which means nothing for ledger"),
        (
            'kind = "ledger"\n[rounding]\namount = {}',
            "rounding.amount.decimals in the mapping m must be a whole",
        ),
        ('kind = "ledger"\n[rounding]\namount = {decimals = 10}', "must be a whole number from 0 to 9."),
        (
            'kind = "ledger"\n[columns]\namount = {deb = "x"}',
            "columns.amount in the mapping m must be a choice with one of constant, join, debit, signed_by,",
        ),
        (
            'kind = "ledger"\n[columns]\namount = {debit = "x", credit = "y", sign = 1}',
            "has columns.amount.sign, which means nothing for ledger; use one of: debit, credit, positive,",
        ),
        (
            'kind = "ledger"\n[columns]\namount = {debit = "x"}',
            "columns.amount.credit in the mapping m must be a",
        ),
        (
            'kind = "ledger"\n[columns]\namount = {join = ["a", "b"]}',
            "columns.amount in the mapping m makes no sense for this field; it is a choice for entry_id,",
        ),
        (
            'kind = "ledger"\n[columns]\ntrade_id = {join = ["a"]}',
            "must be a list of at least two column names",
        ),
        (
            'kind = "trades"\n[columns]\ntrade_id = {join = ["a", "b"], repeats = "count"}',
            'columns.trade_id.repeats in the mapping m must be one of "refuse", "number".',
        ),
        (
            'kind = "ledger"\n[columns]\ntrade_id = {join = ["a", "b"], repeats = "number"}',
            "The mapping m has columns.trade_id.repeats, which means nothing for ledger, where only entry_id"
            " must not repeat; delete it.",
        ),
        (
            'kind = "ledger"\n[columns]\namount = {column = "a", signed_by = "b", negative = ["x"],'
            ' positive = ["X"]}',
            "signed by two lists of words, negative and positive, with no word in both.",
        ),
        (
            'kind = "trades"\n[columns]\nprice = {unsigned = "a"}',
            "a column as it stands, since its sign means",
        ),
        (
            'kind = "trades"\n[columns]\nside = {sign_of = "a", negative = "S"}',
            'must be one of "SELL", "BUY".',
        ),
    ],
)
def test_profiles_that_are_refused(text: str, said: str) -> None:
    with pytest.raises(KnownError) as refused:
        parse_profile(text, "m")
    assert said in refused.value.message


def test_a_profile_of_the_other_kind_is_refused() -> None:
    with pytest.raises(KnownError, match="The mapping m is for ledger, not for trades; choose another one"):
        parse_profile('kind = "ledger"', "m", Kind.TRADES)

"""Profiles and mappings as TOML: read with a sentence about whatever is wrong, written in one fixed order."""

from __future__ import annotations

import re
import stat
import tomllib
from collections.abc import Callable, Sequence
from collections.abc import Mapping as MappingType
from pathlib import Path
from typing import Any

from ..domain.errors import KnownError
from ..domain.fields import LONGEST_KEY, RECORDS, FieldType, Kind
from .asked import ReadAs
from .checking import key_field
from .dialect import DELIMITERS, WINDOWS_1252
from .formats import date_pattern
from .mapping import Mapping, quoted
from .profile import DUPLICATES, MOST_FOOTER_ROWS, Profile
from .taking import (
    Constant,
    DebitCredit,
    Joined,
    NumberFormat,
    Operator,
    Rounding,
    RoundingMode,
    SignedBy,
    SignOf,
    SkipRule,
    Taken,
    Unsigned,
)

_SIDES = ("BUY", "SELL")
_WITH_VALUES = (FieldType.SIDE, FieldType.TRADE_STATUS)
_TOP = (
    "name",
    "kind",
    "source",
    "duplicates",
    "header",
    "file",
    "skip",
    "columns",
    "values",
    "numbers",
    "dates",
    "rounding",
)
_LARGEST = 4_000_000  # bytes; a header of 10,000 columns has a tenth of that
_ENDLESS_KEY = re.compile(r"""(?<![\w-])(?:(?:[\w-]++|"[^"\n]*+"|'[^'\n]*+')[ \t]*+\.[ \t]*+){100}""")
_FILE = ("encoding", "delimiter", "sheet", "header_row", "first_row", "footer_rows")


def load_profile(path: Path, kind: Kind | None = None) -> Profile:
    """Reads a profile or a mapping file; `kind` is what it is for, where it need not say so itself.

    Raises KnownError where it cannot be read, is for another kind, or names what there is not.
    """
    try:
        text = _read(path)
    except OSError as error:
        raise KnownError(
            f"The mapping {path} cannot be opened ({error.strerror or error}); check the path."
        ) from None
    except ValueError as error:
        raise KnownError(f"The mapping {path.name} is not valid TOML: {error}.") from None
    return parse_profile(text, path.name, kind)


def _read(path: Path) -> str:
    """The text of the file. What is named by mistake, a pipe or the data, is not read to its end."""
    mode = path.stat().st_mode
    if not stat.S_ISREG(mode) and not stat.S_ISDIR(mode):
        raise KnownError(f"The mapping {path} is no ordinary file; choose a TOML file.")
    with path.open("rb") as file:
        data = file.read(_LARGEST + 1)
    if len(data) > _LARGEST:
        raise KnownError(
            f"{path.name} is larger than {_LARGEST:,} bytes, which no mapping is; choose a TOML file."
        )
    return data.decode("utf-8-sig").replace("\r\n", "\n").replace("\r", "\n")


def parse_profile(text: str, name: str, kind: Kind | None = None) -> Profile:
    """A profile from its TOML; `name` is what to call the text. Raises KnownError as `load_profile` does."""
    if _ENDLESS_KEY.search(text):  # the time that these take grows with the cube of their length
        raise KnownError(f"The mapping {name} is not valid TOML: a key has more than 100 parts.")
    try:
        tables = tomllib.loads(text)
        has_nul = _has_nul(tables)
    except (ValueError, RecursionError) as error:
        raise KnownError(f"The mapping {name} is not valid TOML: {error}.") from None
    if has_nul:
        raise KnownError(f"The mapping {name} has a NUL character, which no file may have; delete it.")
    said = tables.get("kind", kind.value if kind is not None else None)
    if said not in (Kind.TRADES.value, Kind.LEDGER.value):
        raise KnownError(f"kind in the mapping {name} must be trades or ledger, in quotes.")
    if kind is not None and said != kind.value:
        raise KnownError(f"The mapping {name} is for {said}, not for {kind.value}; choose another one.")
    return _Parts(name, Kind(said)).profile(tables)


def _has_nul(said: object) -> bool:
    """Whether a NUL stands in any of the texts: it must not come into a value by way of a profile."""
    if isinstance(said, dict):
        return any(_has_nul(key) or _has_nul(each) for key, each in said.items())
    if isinstance(said, list):
        return any(map(_has_nul, said))
    return isinstance(said, str) and "\0" in said


class _Parts:
    """The parts of a profile's TOML, checked against the record."""

    def __init__(self, name: str, kind: Kind) -> None:
        self.name = name
        self.kind = kind
        self.fields = {each.name: each for each in RECORDS[kind].importable}

    def profile(self, tables: dict[str, Any]) -> Profile:
        self.refuse_others(tables, _TOP, "")
        file = self.table(tables, "file", "")
        self.refuse_others(file, _FILE, "file.")
        read_as = ReadAs(
            encoding=self.choice(file, "encoding", "file.", ("", WINDOWS_1252)),
            delimiter=self.choice(file, "delimiter", "file.", ("", *DELIMITERS)),
            sheet=self.text(file, "sheet", "file."),
            header_row=self.count(file, "header_row", "file.", 1_000_000),
            first_row=self.count(file, "first_row", "file.", 1_000_000),
        )
        if read_as.first_row and read_as.first_row <= max(read_as.header_row, 1):
            raise self.wrong("file.first_row", "a line after that of the header")
        source = self.text(tables, "source", "").strip()
        if source and self.kind is not Kind.LEDGER:
            raise self.wrong("source", "left out, since only ledger entries have a source")
        return Profile(
            kind=self.kind,
            name=checked_name(self.text(tables, "name", "")) if "name" in tables else "",
            mapping=self.mapping(tables),
            read_as=read_as,
            skip=tuple(self.skip(each) for each in self.tables(tables, "skip")),
            footer_rows=self.count(file, "footer_rows", "file.", MOST_FOOTER_ROWS),
            header=self.texts(tables, "header", ""),
            source=checked_name(source) if source else "",
            duplicates=self.choice(tables, "duplicates", "", DUPLICATES),  # type: ignore[arg-type]
        )

    def mapping(self, tables: dict[str, Any]) -> Mapping:
        numbers = self.table(tables, "numbers", "")
        self.refuse_others(
            numbers, ("round", "decimal", "thousands", "trailing_minus", "parentheses"), "numbers."
        )
        form = NumberFormat(
            decimal=self.choice(numbers, "decimal", "numbers.", (".", ",")),  # type: ignore[arg-type]
            thousands=self.choice(numbers, "thousands", "numbers.", ("", ".", ",", "'", " ")),  # type: ignore[arg-type]
            trailing_minus=self.truth(numbers, "trailing_minus", "numbers."),
            parentheses=self.truth(numbers, "parentheses", "numbers."),
        )
        if form.decimal == form.thousands:
            raise self.wrong("numbers.thousands", "another sign than numbers.decimal")
        return Mapping(
            columns=self.columns(tables),
            values=self.values(tables),
            rounded=self.truth(numbers, "round", "numbers."),
            numbers=form,
            dates=self.dates(tables),
            rounding=self.rounding(tables),
        )

    def wrong(self, key: str, expected: str) -> KnownError:
        return KnownError(f"{key} in the mapping {self.name} must be {expected}.")

    def table(self, tables: dict[str, Any], key: str, within: str) -> dict[str, Any]:
        table = tables.get(key, {})
        if not isinstance(table, dict):
            raise self.wrong(f"{within}{key}", f"a table, [{within}{key}]")
        return table

    def tables(self, tables: dict[str, Any], key: str) -> list[dict[str, Any]]:
        found = tables.get(key, [])
        if not isinstance(found, list) or not all(isinstance(each, dict) for each in found):
            raise self.wrong(key, f"tables, [[{key}]]")
        return found

    def text(self, table: dict[str, Any], key: str, within: str) -> str:
        text = table.get(key, "")
        if not isinstance(text, str):
            raise self.wrong(f"{within}{key}", "a text in quotes")
        return text

    def texts(self, table: dict[str, Any], key: str, within: str) -> tuple[str, ...]:
        texts = table.get(key, [])
        if not isinstance(texts, list) or not all(isinstance(text, str) for text in texts):
            raise self.wrong(f"{within}{key}", "a list of texts in quotes")
        return tuple(texts)

    def choice(self, table: dict[str, Any], key: str, within: str, choices: Sequence[str]) -> str:
        chosen = table.get(key, choices[0])
        if chosen not in choices:
            raise self.wrong(f"{within}{key}", f"one of {', '.join(map(quoted, choices))}")
        return str(chosen)

    def truth(self, table: dict[str, Any], key: str, within: str) -> bool:
        truth = table.get(key, False)
        if not isinstance(truth, bool):
            raise self.wrong(f"{within}{key}", "true or false")
        return truth

    def count(self, table: dict[str, Any], key: str, within: str, most: int) -> int:
        number = table.get(key, 0)
        if not isinstance(number, int) or isinstance(number, bool) or not 0 <= number <= most:
            raise self.wrong(f"{within}{key}", f"a whole number from 0 to {most:,}")
        return number

    def refuse_others(self, table: dict[str, Any], known: Sequence[str], within: str) -> None:
        for key in table:
            if key not in known:
                remedy = f"use one of: {', '.join(known)}" if known else "delete it"
                raise KnownError(
                    f"The mapping {self.name} has {within}{key}, which means nothing for {self.kind.value};"
                    f" {remedy}."
                )

    def columns(self, tables: dict[str, Any]) -> dict[str, Taken]:
        table = self.table(tables, "columns", "")
        self.refuse_others(table, tuple(self.fields), "columns.")
        return {key: self.taken(key, each) for key, each in table.items()}

    def taken(self, name: str, said: object) -> Taken:
        within = f"columns.{name}"
        if isinstance(said, str):
            return said.strip()
        if not isinstance(said, dict):
            raise self.wrong(within, "a column name in quotes, or a choice in braces")
        for marker, (known, make) in _CHOICES.items():
            if marker in said:
                self.refuse_others(said, known, f"{within}.")
                return make(self, name, said)
        raise self.wrong(within, f"a choice with one of {', '.join(_CHOICES)} in it")

    def column(self, table: dict[str, Any], key: str, name: str) -> str:
        column = self.text(table, key, f"columns.{name}.").strip()
        if not column:
            raise self.wrong(f"columns.{name}.{key}", "a column name in quotes")
        return column

    def side(self, table: dict[str, Any], key: str, name: str) -> Any:
        return self.choice(table, key, f"columns.{name}.", ("SELL", "BUY"))

    def of_type(self, name: str, expected: FieldType) -> None:
        if self.fields[name].type is not expected:
            names = [each.name for each in self.fields.values() if each.type is expected]
            can = f"; it is a choice for {', '.join(names)}" if names else ""
            raise KnownError(
                f"columns.{name} in the mapping {self.name} makes no sense for this field{can}; choose"
                " another."
            )

    def values(self, tables: dict[str, Any]) -> dict[str, dict[str, str]]:
        table = self.table(tables, "values", "")
        names = [each.name for each in self.fields.values() if each.type in _WITH_VALUES]
        self.refuse_others(table, names, "values.")
        values = {key: self.table(table, key, "values.") for key in table}
        for key, words in values.items():
            for word, meaning in words.items():
                is_side = self.fields[key].type is FieldType.SIDE
                if not isinstance(meaning, str) or (is_side and meaning.upper() not in _SIDES):
                    raise self.wrong(
                        f"values.{key}.{word}", f"{'BUY or SELL' if is_side else 'a word'}, in quotes"
                    )
        return values

    def dates(self, tables: dict[str, Any]) -> dict[str, str]:
        table = self.table(tables, "dates", "")
        names = [each.name for each in self.fields.values() if each.type is FieldType.DATE]
        self.refuse_others(table, names, "dates.")
        forms = {key: self.text(table, key, "dates.") for key in table}
        for form in forms.values():
            date_pattern(form)
        return forms

    def rounding(self, tables: dict[str, Any]) -> dict[str, Rounding]:
        table = self.table(tables, "rounding", "")
        names = [each.name for each in self.fields.values() if each.type is FieldType.DECIMAL]
        self.refuse_others(table, names, "rounding.")
        rounding = {}
        for key in table:
            each = self.table(table, key, "rounding.")
            self.refuse_others(each, ("decimals", "mode"), f"rounding.{key}.")
            if "decimals" not in each:
                raise self.wrong(f"rounding.{key}.decimals", "a whole number from 0 to 9")
            mode = self.choice(each, "mode", f"rounding.{key}.", [mode.value for mode in RoundingMode])
            decimals = self.count(each, "decimals", f"rounding.{key}.", 9)
            rounding[key] = Rounding(decimals, RoundingMode(mode))
        return rounding

    def skip(self, table: dict[str, Any]) -> SkipRule:
        self.refuse_others(table, ("column", "operator", "values"), "skip.")
        column = self.text(table, "column", "skip.").strip()
        if not column:
            raise self.wrong("skip.column", "a column name in quotes")
        operator = Operator(self.choice(table, "operator", "skip.", [each.value for each in Operator]))
        values = self.texts(table, "values", "skip.")
        if operator.takes_values != bool(values) or "" in map(str.strip, values):
            expected = "a list of texts that are not blank" if operator.takes_values else "left out"
            raise self.wrong("skip.values", expected)
        return SkipRule(column, operator, values)


def checked_name(name: str) -> str:
    """The name of a profile, or of a source, as it is kept. Raises KnownError for one that cannot be."""
    name = name.strip()
    if not name or len(name) > LONGEST_KEY or not name.isprintable():
        raise KnownError(f"A profile's name has 1 to {LONGEST_KEY} printable characters; choose another.")
    return name


def _constant(parts: _Parts, name: str, said: dict[str, Any]) -> Constant:
    return Constant(parts.text(said, "constant", f"columns.{name}."))


def _joined(parts: _Parts, name: str, said: dict[str, Any]) -> Joined:
    parts.of_type(name, FieldType.ID)
    columns = tuple(column.strip() for column in parts.texts(said, "join", f"columns.{name}."))
    if len(columns) < 2 or "" in columns:
        raise parts.wrong(f"columns.{name}.join", "a list of at least two column names in quotes")
    separator = parts.text(said, "separator", f"columns.{name}.") or Joined.separator
    key = key_field(RECORDS[parts.kind])
    if "repeats" in said and name != key:
        raise KnownError(
            f"The mapping {parts.name} has columns.{name}.repeats, which means nothing for"
            f" {parts.kind.value}, where only {key} must not repeat; delete it."
        )
    repeats: Any = parts.choice(said, "repeats", f"columns.{name}.", ("refuse", "number"))
    return Joined(columns, separator, repeats)


def _debit_credit(parts: _Parts, name: str, said: dict[str, Any]) -> DebitCredit:
    parts.of_type(name, FieldType.DECIMAL)
    positive: Any = parts.choice(said, "positive", f"columns.{name}.", ("credit", "debit"))
    reversals = parts.truth(said, "reversals", f"columns.{name}.")
    debit, credit = parts.column(said, "debit", name), parts.column(said, "credit", name)
    return DebitCredit(debit, credit, positive, reversals)


def _signed_by(parts: _Parts, name: str, said: dict[str, Any]) -> SignedBy:
    parts.of_type(name, FieldType.DECIMAL)
    negative = parts.texts(said, "negative", f"columns.{name}.")
    positive = parts.texts(said, "positive", f"columns.{name}.")
    both = {word.strip().lower() for word in negative} & {word.strip().lower() for word in positive}
    if not negative or not positive or both:
        expected = "two lists of words, negative and positive, with no word in both"
        raise parts.wrong(f"columns.{name}", f"signed by {expected}")
    column, by = parts.column(said, "column", name), parts.column(said, "signed_by", name)
    return SignedBy(column, by, negative, positive, parts.truth(said, "reversals", f"columns.{name}."))


def _sign_of(parts: _Parts, name: str, said: dict[str, Any]) -> SignOf:
    parts.of_type(name, FieldType.SIDE)
    return SignOf(parts.column(said, "sign_of", name), parts.side(said, "negative", name))


def _unsigned(parts: _Parts, name: str, said: dict[str, Any]) -> Unsigned:
    parts.of_type(name, FieldType.DECIMAL)
    if not parts.fields[name].positive:
        raise parts.wrong(f"columns.{name}", "a column as it stands, since its sign means something")
    return Unsigned(parts.column(said, "unsigned", name), parts.side(said, "negative", name))


_CHOICES: MappingType[str, tuple[Sequence[str], Callable[[_Parts, str, dict[str, Any]], Taken]]] = {
    "constant": (("constant",), _constant),
    "join": (("join", "separator", "repeats"), _joined),
    "debit": (("debit", "credit", "positive", "reversals"), _debit_credit),
    "signed_by": (("column", "signed_by", "negative", "positive", "reversals"), _signed_by),
    "sign_of": (("sign_of", "negative"), _sign_of),
    "unsigned": (("unsigned", "negative"), _unsigned),
}
"""The choices in braces, by the key that each must have."""

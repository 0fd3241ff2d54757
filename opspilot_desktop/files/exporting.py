"""Writing records to a file: CSV or XLSX for people, JSON Lines for programs.

In CSV and XLSX no cell can run as a formula, and numbers stay exact: a number that a spreadsheet would
round is written as text. JSON Lines has the stored values as they are.
"""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Protocol

from ..domain.errors import KnownError
from ..domain.fields import Field, FieldType
from ..domain.jobs import Handle
from .writing import replacing

Value = str | int | None
"""A value as it is exported: text, decimals as plain text (`-12.5`), whole numbers, or None."""

MOST_XLSX_ROWS = 1_048_575
"""Rows on a sheet, below its header."""
_XLSX_DIGITS = 15  # significant digits that a spreadsheet keeps
_STEP = 1000  # rows between reports
_PLAIN_NUMBER = re.compile(r"-?[0-9]+(?:\.[0-9]+)?")
_FORMULA = re.compile("[\t\r]|[\\s\u200b-\u200f\u2060\ufeff]*[=+\\-@＝＋－＠]")


class Writer(Protocol):
    """Writes one row after another."""

    def write(self, row: Sequence[Value]) -> None:
        """Writes a row's values, one for each field."""


def export(
    handle: Handle, path: Path, fields: Sequence[Field], rows: Iterable[Sequence[Value]], total: int
) -> int:
    """Writes the rows to `path`, in the format that its ending names; returns how many.

    `total` is how many rows there will be, for the progress. An existing file is replaced at the end, in
    one step; when this raises (KnownError, Cancelled) it is as it was, and nothing else is left.
    """
    formats = {".csv": _csv, ".xlsx": _xlsx, ".jsonl": _json_lines}
    opened = formats.get(path.suffix.lower())
    if opened is None:
        raise KnownError(
            f"{path.name} names no format that can be written; let it end in .csv, .xlsx or .jsonl."
        )
    if opened is _xlsx:
        _refuse_too_many(total)
    count = 0
    text = f"Writing {path.name}"
    with replacing(path) as part, opened(part, fields) as writer:
        for row in rows:
            writer.write(row)
            count += 1
            if count % _STEP == 0:
                handle.step(count, max(total, count), text)
        handle.step(count, count, text)
    return count


@contextmanager
def _csv(path: Path, fields: Sequence[Field]) -> Iterator[Writer]:
    """With a byte order mark, by which Excel recognises UTF-8."""
    with path.open("x", encoding="utf-8-sig", newline="") as file:
        rows = csv.writer(file, lineterminator="\r\n")
        rows.writerow([field.name for field in fields])
        yield _CsvWriter(rows, fields)


class _CsvWriter:
    def __init__(self, rows: Any, fields: Sequence[Field]) -> None:
        self._rows = rows
        self._numeric = [field.type.is_numeric for field in fields]

    def write(self, row: Sequence[Value]) -> None:
        self._rows.writerow(
            [
                "" if value is None else as_csv(str(value), numeric=numeric)
                for value, numeric in zip(row, self._numeric, strict=True)
            ]
        )


def as_csv(text: str, *, numeric: bool) -> str:
    """The text as a CSV cell that no spreadsheet takes for a formula; a `numeric` field's numbers stay."""
    if _FORMULA.match(text) is None or (numeric and _PLAIN_NUMBER.fullmatch(text) is not None):
        return text
    return f"'{text}"


@contextmanager
def _json_lines(path: Path, fields: Sequence[Field]) -> Iterator[Writer]:
    with path.open("x", encoding="utf-8", newline="") as file:
        yield _JsonLinesWriter(file, fields)


class _JsonLinesWriter:
    def __init__(self, file: Any, fields: Sequence[Field]) -> None:
        self._file = file
        self._names = [field.name for field in fields]

    def write(self, row: Sequence[Value]) -> None:
        values = dict(zip(self._names, row, strict=True))
        self._file.write(json.dumps(values, ensure_ascii=False) + "\n")


def _refuse_too_many(count: int) -> None:
    if count > MOST_XLSX_ROWS:
        raise KnownError(
            f"An XLSX sheet holds at most {MOST_XLSX_ROWS:,} rows below its header; export to a file that"
            " ends in .csv instead."
        )


@contextmanager
def _xlsx(path: Path, fields: Sequence[Field]) -> Iterator[Writer]:
    """Row by row: the sheet is kept in a temporary folder, never in memory."""
    import xlsxwriter
    from xlsxwriter.exceptions import XlsxWriterException

    with TemporaryDirectory(prefix="opspilot-export-") as folder:
        options = {
            "constant_memory": True,
            "tmpdir": folder,
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
        }
        workbook = xlsxwriter.Workbook(str(path), options)
        sheet = workbook.add_worksheet()
        try:
            writer = _XlsxWriter(workbook, sheet, fields)
            yield writer
            writer.finish()
            workbook.close()
        except XlsxWriterException as error:
            raise KnownError(
                f"The workbook cannot be written ({error}); export to a file that ends in .csv instead."
            ) from error
        finally:
            sheet.row_data_fh.close()  # left open where the workbook is given up


class _XlsxWriter:
    def __init__(self, workbook: Any, sheet: Any, fields: Sequence[Field]) -> None:
        self._workbook = workbook
        self._sheet = sheet
        self._fields = fields
        self._row = 0
        self._number_formats: dict[str, Any] = {}
        self._date_format = workbook.add_format({"num_format": "yyyy-mm-dd"})
        self._long_number = workbook.add_format({"align": "right"})
        heading = workbook.add_format({"bold": True})
        sheet.freeze_panes(1, 0)
        for place, field in enumerate(fields):
            sheet.set_column(place, place, max(field.wide, len(field.name)) + 3)
            sheet.write_string(0, place, field.name, heading)

    def write(self, row: Sequence[Value]) -> None:
        self._row += 1
        _refuse_too_many(self._row)
        for place, (value, field) in enumerate(zip(row, self._fields, strict=True)):
            if value is None or value == "":
                continue
            text = str(value)
            if field.type.is_numeric and _PLAIN_NUMBER.fullmatch(text) is not None:
                self._write_number(place, text, field)
            elif field.type is FieldType.DATE and (day := _spreadsheet_date(text)) is not None:
                self._sheet.write_datetime(self._row, place, day, self._date_format)
            elif self._sheet.write_string(self._row, place, text) != 0:
                raise KnownError(
                    f"A text in row {self._row:,} is longer than a cell of an XLSX sheet can hold; export to"
                    " a file that ends in .csv instead."
                )

    def _write_number(self, place: int, text: str, field: Field) -> None:
        if len(text.lstrip("-").replace(".", "").strip("0")) > _XLSX_DIGITS:
            self._sheet.write_string(self._row, place, text, self._long_number)
            return
        form = "0"
        if field.type is FieldType.DECIMAL:
            decimals = len(text.partition(".")[2])
            form = "#,##0." + "0" * decimals if decimals else "#,##0"
        if form not in self._number_formats:
            self._number_formats[form] = self._workbook.add_format({"num_format": form})
        # A float keeps 15 significant digits, so the sheet shows exactly this number.
        self._sheet.write_number(self._row, place, float(text), self._number_formats[form])

    def finish(self) -> None:
        """Lets every column be filtered, now that the number of rows is known."""
        self._sheet.autofilter(0, 0, self._row, len(self._fields) - 1)


def _spreadsheet_date(text: str) -> date | None:
    """The date, if it is one that spreadsheets know: those begin in 1900."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if day >= date(1900, 3, 1) and day.isoformat() == text else None

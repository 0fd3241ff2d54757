"""Exports: safe to open in a spreadsheet, exact, and all or nothing."""

from __future__ import annotations

import csv
import gc
import io
import json
import re
import tempfile
import zipfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from xml.etree import ElementTree

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from opspilot_desktop.domain.errors import KnownError
from opspilot_desktop.domain.fields import ISSUES, TRADES, Field, FieldType
from opspilot_desktop.domain.jobs import Cancelled, Handle
from opspilot_desktop.files import exporting
from opspilot_desktop.files.exporting import Value, as_csv, export
from opspilot_desktop.files.staging import stage

FIELDS = [TRADES.field(name) for name in ("trade_id", "quantity", "price", "trade_date", "account")]
ROWS: list[Sequence[Value]] = [
    ["007", "1000", "-12.5", "2026-11-09", "=1+1"],
    ["-5", "0.000000001", None, None, None],
    ['ä,"b"\nc', "9999999999999999.123456789", "1234567890.12345", "1899-01-01", "'x"],
]
MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


def write(path: Path, rows: Sequence[Sequence[Value]] = ROWS, fields: Sequence[Field] = FIELDS) -> int:
    return export(Handle(), path, fields, iter(rows), len(rows))


def sheet(path: Path) -> tuple[list[list[tuple[str, str]]], list[str]]:
    """The cells of a workbook as (type, text), with the number format added, and the whole of its XML."""
    with zipfile.ZipFile(path) as archive:
        assert archive.testzip() is None
        parts = [archive.read(name).decode() for name in archive.namelist()]
        tree = ElementTree.fromstring(archive.read("xl/worksheets/sheet1.xml"))
        styles = ElementTree.fromstring(archive.read("xl/styles.xml"))
    codes = {form.get("numFmtId"): form.get("formatCode") for form in styles.iter(f"{MAIN}numFmt")}
    codes |= {"0": "", "1": "0", "3": "#,##0", "4": "#,##0.00"}
    forms = [codes[form.get("numFmtId")] for form in styles.find(f"{MAIN}cellXfs") or []]
    rows = []
    for row in tree.iter(f"{MAIN}row"):
        cells = []
        for cell in row:
            kind, form = cell.get("t", "n"), forms[int(cell.get("s", "0"))]
            text = "".join(part.text or "" for part in cell.iter() if part.tag in (f"{MAIN}t", f"{MAIN}v"))
            cells.append((form if kind == "n" else kind, text))
        rows.append(cells)
    return rows, parts


def test_csv(tmp_path: Path) -> None:
    path = tmp_path / "out.CSV"
    assert write(path) == 3
    data = path.read_bytes().decode()
    assert data.startswith(
        "\ufefftrade_id,quantity,price,trade_date,account\r\n007,1000,-12.5,2026-11-09,'=1+1\r\n"
    )
    records = list(csv.reader(io.StringIO(data.removeprefix("\ufeff"), newline="")))
    assert records[2] == ["'-5", "0.000000001", "", "", ""]
    assert records[3] == ['ä,"b"\nc', "9999999999999999.123456789", "1234567890.12345", "1899-01-01", "'x"]


@pytest.mark.parametrize(
    "text", ["=1", "+1", "-1", "@x", "\tx", "\rx", "  =1", "\n=1", "\xa0=1", "-", "=cmd|' /C'!A0"]
)
def test_formulas_are_disarmed(text: str) -> None:
    assert as_csv(text, numeric=False) == f"'{text}"


@pytest.mark.parametrize("text", ["-1", "-0.5", "12"])
def test_numbers_stay_numbers(text: str) -> None:
    assert as_csv(text, numeric=True) == text
    assert as_csv("-1+2", numeric=True) == "'-1+2"


@given(st.text(), st.booleans())
@example("\x0b=1", False)
def test_no_cell_can_begin_a_formula(text: str, numeric: bool) -> None:
    cell = as_csv(text, numeric=numeric)
    assert cell in (text, "'" + text)
    if not (numeric and re.fullmatch(r"-?[0-9]+(\.[0-9]+)?", cell)):
        assert not cell.lstrip().startswith(("=", "+", "-", "@"))
        assert not cell.startswith(("\t", "\r"))


def test_exported_trades_import_again(tmp_path: Path) -> None:
    path = tmp_path / "trades.csv"
    row = ["T1", "XS1", "BUY", "1.5", "-2.25", "EUR", "2026-01-02", None, None, None, None, "pending", None]
    write(path, [row], TRADES.importable)
    with stage(Handle(), path, TRADES) as staged:
        assert (staged.good, staged.warnings) == (1, ())


def test_json_lines(tmp_path: Path) -> None:
    path = tmp_path / "out.jsonl"
    fields = [*FIELDS[:3], ISSUES.field("id")]
    assert write(path, [["007", "1.5", None, 12], ["=1\nä", "-0.000000001", "1", None]], fields) == 2
    lines = path.read_bytes().decode().split("\n")
    assert lines[0] == '{"trade_id": "007", "quantity": "1.5", "price": null, "id": 12}'
    assert json.loads(lines[1]) == {"trade_id": "=1\nä", "quantity": "-0.000000001", "price": "1", "id": None}
    assert lines[2:] == [""]


def test_xlsx(tmp_path: Path) -> None:
    path = tmp_path / "out.xlsx"
    assert write(path) == 3
    rows, parts = sheet(path)
    text = "inlineStr"
    assert rows[0] == [(text, field.name) for field in FIELDS]
    assert rows[1] == [
        (text, "007"),
        ("#,##0", "1000"),
        ("#,##0.0", "-12.5"),
        ("yyyy-mm-dd", "46335"),
        (text, "=1+1"),
    ]
    assert rows[2] == [(text, "-5"), ("#,##0.000000000", "1E-09")]
    assert rows[3] == [
        (text, 'ä,"b"\nc'),
        (text, "9999999999999999.123456789"),
        ("#,##0.00000", "1234567890.12345"),
        (text, "1899-01-01"),
        (text, "'x"),
    ]
    assert not any("<f>" in part or "hyperlink" in part for part in parts)


@pytest.mark.parametrize(
    "text", ["https://example.com", "=HYPERLINK(1)", "{=1}", "1", "_x0041_", "\x01\x1f", "\ufffe"]
)
def test_xlsx_text_stays_text(tmp_path: Path, text: str) -> None:
    path = tmp_path / "out.xlsx"
    write(path, [[text]], FIELDS[:1])
    rows, parts = sheet(path)
    (cell,) = rows[1]
    assert cell[0] == "inlineStr"
    unescaped = re.sub("_x([0-9A-F]{4})_", lambda code: chr(int(code[1], 16)), cell[1])
    assert unescaped == text
    assert not any("<f>" in part or "hyperlink" in part for part in parts)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=25)
@given(
    st.lists(
        st.from_regex(r"-?(0|[1-9][0-9]{0,15})(\.[0-9]{0,8}[1-9])?", fullmatch=True), min_size=1, max_size=20
    )
)
def test_xlsx_numbers_are_exact(tmp_path: Path, numbers: list[str]) -> None:
    path = tmp_path / "out.xlsx"
    write(path, [[number] for number in numbers], [Field("n", "N", FieldType.DECIMAL)])
    rows, _ = sheet(path)
    for number, ((form, text),) in zip(numbers, rows[1:], strict=True):
        if form == "inlineStr":
            assert text == number
            assert len(re.sub("[-.]", "", number).strip("0")) > 15
        else:
            shown = f"{float(text):.{len(form.partition('.')[2])}f}"
            assert shown.removeprefix("-") == number.removeprefix("-")


def test_issue_numbers_have_no_separators(tmp_path: Path) -> None:
    path = tmp_path / "out.xlsx"
    write(path, [[1042]], [ISSUES.field("id")])
    assert sheet(path)[0][1] == [("0", "1042")]


def test_too_many_rows_for_xlsx(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "out.xlsx"
    with pytest.raises(KnownError, match=r"at most 1,048,575 rows .* \.csv instead"):
        export(Handle(), path, FIELDS, iter(()), 1_048_576)
    monkeypatch.setattr(exporting, "MOST_XLSX_ROWS", 2)
    with pytest.raises(KnownError, match=r"\.csv instead"):
        export(Handle(), path, FIELDS, iter(ROWS), 0)
    assert list(tmp_path.iterdir()) == []


def test_a_text_too_long_for_xlsx(tmp_path: Path) -> None:
    with pytest.raises(KnownError, match="A text in row 1 is longer"):
        write(tmp_path / "out.xlsx", [["x" * 32_768]], FIELDS[:1])
    assert list(tmp_path.iterdir()) == []


def test_unknown_endings_name_the_known_ones(tmp_path: Path) -> None:
    with pytest.raises(KnownError, match=r"\.csv, \.xlsx or \.jsonl"):
        write(tmp_path / "out.pdf")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("ending", ["csv", "xlsx", "jsonl"])
@pytest.mark.parametrize("stop", ["cancel", "error"])
def test_nothing_is_left_of_an_export_that_stops(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ending: str, stop: str
) -> None:
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(temporary))
    path = tmp_path / f"out.{ending}"
    path.write_text("old")
    handle = Handle()

    def rows() -> Iterator[Sequence[Value]]:
        for number in range(5000):
            if number == 2500 and stop == "cancel":
                handle.cancel()
            elif number == 2500:
                raise ZeroDivisionError
            yield ROWS[0]

    with pytest.raises(Cancelled if stop == "cancel" else ZeroDivisionError):
        export(handle, path, FIELDS, rows(), 5000)
    gc.collect()  # a file left open would warn here
    assert path.read_text() == "old"
    assert sorted(tmp_path.rglob("*")) == [path, temporary]


@pytest.mark.parametrize("ending", ["csv", "xlsx", "jsonl"])
def test_an_empty_table_has_its_header(tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"out.{ending}"
    assert write(path, []) == 0
    names = [field.name for field in FIELDS]
    if ending == "xlsx":
        assert [text for _, text in sheet(path)[0][0]] == names
    else:
        assert path.read_text("utf-8-sig") == (",".join(names) + "\n" if ending == "csv" else "")


def test_progress(tmp_path: Path) -> None:
    reports: list[tuple[int, int, str]] = []
    handle = Handle(lambda *report: reports.append(report), interval=0)
    assert export(handle, tmp_path / "out.csv", FIELDS, (ROWS[0] for _ in range(2500)), 2400) == 2500
    assert reports == [
        (1000, 2400, "Writing out.csv"),
        (2000, 2400, "Writing out.csv"),
        (2500, 2500, "Writing out.csv"),
    ]


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    for ending in ("csv", "xlsx", "jsonl"):
        with pytest.raises(KnownError, match="cannot be written"):
            write(tmp_path / "missing" / f"out.{ending}")

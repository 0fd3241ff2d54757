"""Records with the lines they start on, and what is said of those that cannot be read."""

from __future__ import annotations

import csv
import io
import random
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from opspilot_desktop.domain.errors import KnownError
from opspilot_desktop.files import reading
from opspilot_desktop.files.reading import Broken, DelimitedFile, diagnose

KNOWN = frozenset({"a", "b", "c"})


@dataclass
class Read:
    rows: list[list[str]]
    numbered: list[tuple[int, int]]
    broken: list[Broken]

    @property
    def complaints(self) -> list[tuple[int, int, str]]:
        return [(each.record, each.line, each.reason) for each in self.broken]


def read(path: Path, data: str | bytes) -> Read:
    path.write_bytes(data.encode() if isinstance(data, str) else data)
    result = Read([], [], [])
    with DelimitedFile(path, KNOWN) as file:
        for batch in file.batches():
            result.rows += batch.rows
            result.numbered += zip(batch.records, batch.lines, strict=True)
            result.broken += batch.broken
    return result


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "rows.csv"


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_line_numbers(path: Path, end: str) -> None:
    text = end.join(["a,b,c", "1,2,3", "", '4,"5', '5",6', "   ", "7,8,9", '"x","y","z"'])
    found = read(path, text)
    assert found.rows == [["1", "2", "3"], ["4", f"5{end}5", "6"], ["7", "8", "9"], ["x", "y", "z"]]
    assert found.numbered == [(1, 2), (2, 4), (3, 7), (4, 8)]
    assert found.broken == []


def test_a_header_over_two_lines(path: Path) -> None:
    found = read(path, 'a,"b\nb",c\n1,2,3\n')
    assert found.rows == [["1", "2", "3"]]
    assert found.numbered == [(1, 3)]


@pytest.mark.parametrize("header", ['a,"b,c', 'a,"b"x,c', '"a\n' * 30])
def test_a_header_with_broken_quotes(path: Path, header: str) -> None:
    with pytest.raises(KnownError, match=r"The quotes in the header line of rows\.csv do not fit"):
        read(path, header + "\n1,2,3\n")


def test_literal_quotes_in_a_header_take_no_rows_with_them(path: Path) -> None:
    assert read(path, 'a,b",c\n1,2,3\n').rows == [["1", "2", "3"]]


def test_ragged_rows(path: Path) -> None:
    found = read(path, 'a,b,c\n1,2\n1,2,3\n\n1,2,3,4\n5\n"x\ny","z\n",1,"2"\n')
    assert found.rows == [["1", "2", "3"]]
    assert found.numbered == [(2, 3)]
    assert found.complaints == [
        (1, 2, "Too few cells: 2 instead of 3"),
        (3, 5, "Too many cells: 4 instead of 3"),
        (4, 6, "Too few cells: 1 instead of 3"),
        (5, 7, "Too many cells: 4 instead of 3, read from line 7 to line 9"),
    ]
    assert found.broken[1].raw == "1,2,3,4\r\n"
    assert found.broken[3].raw == '"x\ny","z\n",1,2\r\n'


def test_an_unclosed_quote_costs_its_own_row(path: Path) -> None:
    found = read(path, 'a,b,c\n1,2,3\n4,"5,6\n7,8,9\n\n10,11,12\n')
    assert found.rows == [["1", "2", "3"], ["7", "8", "9"], ["10", "11", "12"]]
    assert found.numbered == [(1, 2), (3, 4), (4, 6)]
    assert found.complaints == [(2, 3, "The quote opened on line 3 is never closed")]
    assert found.broken[0].value == '4,"5,6'
    assert next(csv.reader([found.broken[0].raw])) == ['4,"5,6']


def test_the_line_on_which_the_quote_opens_is_named(path: Path) -> None:
    found = read(path, 'a,b,c\n"1\n1","2,3\n4,5,6\n')
    assert found.complaints[0] == (1, 2, "The quote opened on line 3 is never closed")
    assert found.rows == [["4", "5", "6"]]


def test_an_unclosed_quote_before_quoted_rows(path: Path) -> None:
    found = read(path, 'a,b,c\n1,"2,3\n"4","5","6"\n"7","8","9"\n')
    assert found.complaints == [(1, 2, "Text follows the closing quote on line 3")]
    assert found.rows == [["4", "5", "6"], ["7", "8", "9"]]


def test_text_after_a_closing_quote(path: Path) -> None:
    found = read(path, 'a,b,c\n1,"2"x,3\n4,5,6\n')
    assert found.complaints == [(1, 2, "Text follows the closing quote on line 2")]
    assert found.rows == [["4", "5", "6"]]


def test_an_unclosed_quote_far_from_the_end(path: Path) -> None:
    rows = [f"{number},2,3 and more\n" for number in range(150_000)]
    rows[70_000] = '70000,"2,3\n'
    found = read(path, "a,b,c\n" + "".join(rows))
    assert found.complaints == [
        (70_001, 70_002, "The quote opened on line 70,002 is not closed within a million characters")
    ]
    assert len(found.rows) == 149_999
    assert found.numbered[-1] == (150_000, 150_001)


def test_cells_too_long(path: Path) -> None:
    long = "x" * (reading.LONGEST_FIELD + 1)
    found = read(path, f'a,b,c\n1,{long},3\n4,"{long}",6\n7,{long[1:]},9\n')
    said = "The cell on line {} is longer than a million characters"
    assert found.complaints == [(1, 2, said.format(2)), (2, 3, said.format(3))]
    assert found.numbered == [(3, 4)]


def test_a_row_over_too_many_lines(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "LONGEST_RECORD", 100_000)
    cell = '"' + "xxxxxxxxx\n" * 4_000 + '"'
    found = read(path, f"a,b,c\n{','.join([cell] * 3)}\n1,2,3\n")
    assert found.complaints[0] == (
        1,
        2,
        "The row that starts on line 2 is longer than four million characters",
    )
    assert found.rows[-1] == ["1", "2", "3"]
    assert found.numbered[-1][1] == 4_000 * 3 + 3
    assert len(read(path, f"a,b,c\n{','.join([cell] * 2)},1\n").rows) == 1


@pytest.mark.parametrize(("line", "broken"), [('"\n', 0), ('""",\n', 10_000), ('x,"y\n', 20_000)])
def test_a_file_of_broken_quotes_is_read_to_its_end(path: Path, line: str, broken: int) -> None:
    found = read(path, "a,b,c\n" + line * (100_000 // len(line)))
    assert (len(found.rows), len(found.broken)) == (0, broken)


def test_a_file_whose_quotes_never_close_is_given_up(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "_RESCANNED", 2_000_000)
    with pytest.raises(
        KnownError, match=r"Too many quotes of rows\.csv are never closed, one of them on line"
    ):
        read(path, "a,b,c\n" + 'a","x\n' * 100_000)


def test_a_nul_is_told(path: Path) -> None:
    path.write_bytes(b"a,b,c\n1,2\x00,3\n")
    with DelimitedFile(path, KNOWN) as file:
        (batch,) = file.batches()
    assert batch.has_nul
    assert batch.rows == [["1", "2\x00", "3"]]


CELLS = st.text(st.sampled_from('ab"\n\r,;é ') | st.characters(exclude_categories=("Cs",)), max_size=8)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=150)
@given(
    rows=st.lists(st.tuples(CELLS, CELLS, CELLS.map(lambda cell: cell + "!")), max_size=30),
    end=st.sampled_from(["\n", "\r\n", "\r"]),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]),
    quoted=st.booleans(),
    blanks=st.randoms(use_true_random=False),
    final_end=st.booleans(),
)
def test_any_table_comes_back_with_its_lines(
    path: Path,
    rows: list[tuple[str, str, str]],
    end: str,
    encoding: str,
    quoted: bool,
    blanks: random.Random,
    final_end: bool,
) -> None:
    text, wanted = f"a,b,c{end}", []
    for record, row in enumerate(rows, start=1):
        text += end * blanks.choice((0, 0, 0, 1, 3))
        wanted.append((record, 1 + physical_lines(text)))
        line = io.StringIO(newline="")
        # The standard writer only quotes for the line end that it writes itself.
        breaks = {"\r", "\n"} & set("".join(row))
        quoting = csv.QUOTE_ALL if quoted or breaks else csv.QUOTE_MINIMAL
        csv.writer(line, lineterminator=end, quoting=quoting).writerow(row)
        text += line.getvalue()
    found = read(path, (text if final_end else text.removesuffix(end)).encode(encoding))
    assert found.rows == [list(row) for row in rows]
    assert found.numbered == wanted
    assert found.broken == []


def physical_lines(text: str) -> int:
    return text.replace("\r\n", "\n").replace("\r", "\n").count("\n")


@pytest.mark.parametrize(
    ("text", "offset", "reason"),
    [
        ('1,"2', 2, "never closed"),
        ('1,"2""', 2, "never closed"),
        ('1,"2"" ",3,"', 11, "never closed"),
        ('"1"x', 3, "Text follows"),
        ('a"b,"c"d', 7, "Text follows"),
    ],
)
def test_diagnose(text: str, offset: int, reason: str) -> None:
    at, said = diagnose(text, ",")
    assert at == offset
    assert reason in said

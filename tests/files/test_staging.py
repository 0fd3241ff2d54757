"""From a file to staged rows and rejects, as the import uses it."""

from __future__ import annotations

import csv
import hashlib
import io
import os
import sqlite3
import threading
from collections.abc import Callable
from contextlib import closing
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from opspilot_desktop.domain import decimals
from opspilot_desktop.domain.errors import KnownError
from opspilot_desktop.domain.fields import LEDGER, TRADES, Kind, Record
from opspilot_desktop.domain.jobs import Cancelled, Handle
from opspilot_desktop.files import staging
from opspilot_desktop.files.asked import ReadAs
from opspilot_desktop.files.checking import stored_columns
from opspilot_desktop.files.mapping import Mapping, NeedsMapping
from opspilot_desktop.files.profile import Profile
from opspilot_desktop.files.repeats import Settled
from opspilot_desktop.files.staging import Reject, Staged, stage
from opspilot_desktop.files.taking import Joined

HEADER = "trade_id,instrument,side,quantity,price"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "staging"
    folder.mkdir()
    return folder


@pytest.fixture
def stage_text(tmp_path: Path, folder: Path) -> Callable[..., Staged]:
    def stage_text(
        data: str | bytes, record: Record = TRADES, mapping: Mapping | None = None, name: str = "file.csv"
    ) -> Staged:
        path = tmp_path / name
        path.write_bytes(data.encode() if isinstance(data, str) else data)
        profile = None if mapping is None else Profile(record.kind, mapping=mapping)
        return stage(Handle(), path, record, profile, directory=folder)

    return stage_text


def rows(staged: Staged) -> list[dict[str, Any]]:
    with closing(sqlite3.connect(staged.path)) as connection:
        connection.row_factory = sqlite3.Row
        return [dict(row) for row in connection.execute("SELECT * FROM rows ORDER BY record")]


def test_good_rows_are_staged(stage_text: Callable[..., Staged], folder: Path) -> None:
    data = f"{HEADER},desk\nT1,XS1,buy,10.5,-2.5,d\n\n 007 ,XS2,SELL,1,0,d\n"
    with stage_text(data) as staged:
        first, second = rows(staged)
        assert (first["record"], first["line"], second["record"], second["line"]) == (1, 2, 2, 4)
        assert {name: first[name] for name in stored_columns(TRADES)} == {
            **dict.fromkeys(stored_columns(TRADES)),
            **{"trade_id": "T1", "instrument": "XS1", "side": "BUY", "status": "pending"},
            **{"quantity_units": 10, "quantity_nanos": 500_000_000, "price_units": -2},
            **{"price_nanos": -500_000_000, "gross_units": -26, "gross_nanos": -250_000_000, "gross_rest": 0},
        }
        assert second["trade_id"] == "007"
        assert (staged.read, staged.good, staged.rejected_total) == (2, 2, 0)
        assert staged.rejects() == []
        assert staged.faults() == []
        assert staged.fault_counts() == {}
        assert (staged.file, staged.kind, staged.size) == ("file.csv", Kind.TRADES, len(data))
        assert staged.sha256 == hashlib.sha256(data.encode()).hexdigest()
        assert staged.present == ("trade_id", "instrument", "side", "quantity", "price")
        assert staged.header == (*HEADER.split(","), "desk")
        assert staged.warnings == ("Kept out, because no field takes them: desk.",)
        assert staged.path.is_file()
        assert staged.path.is_relative_to(folder)
    assert list(folder.iterdir()) == []
    staged.close()


BAD = f"""{HEADER},settle_date,note
T1,XS1,BUY,1,2,,a
T2,XS1,BUYY,1e400,2,,b
T3,XS1,SELL,1,,2026-02-30,"c
d"
T1,XS1,SELL,1,2,,e
T4,"XS1,SELL,1,2,,f
T5,XS1,SELL,1,2
T3,XS1,SELL,0,2,,g
T6,XS1,SELL,1,12.0000000001,,h
T7,XS1,SELL,1,1,2026-02-28,i
"""
WANTED = [
    Reject(3, 2, "side", "BUYY", "Side must be BUY or SELL; quantity: Not a plain decimal number"),
    Reject(4, 3, "price", "", "Price is required; settle_date: This date does not exist; use YYYY-MM-DD"),
    Reject(6, 4, "trade_id", "T1", "Already on line 2 of this file"),
    Reject(7, 5, "", 'T4,"XS1,SELL,1,2,,f', "The quote opened on line 7 is never closed"),
    Reject(8, 6, "", "T5,XS1,SELL,1,2", "Too few cells: 5 instead of 7"),
    Reject(
        9, 7, "trade_id", "T3", "Already on line 4 of this file; quantity: Quantity must be greater than 0"
    ),
    Reject(10, 8, "price", "12.0000000001", "More than 9 decimals; a mapping can allow rounding"),
]


def test_rejects(stage_text: Callable[..., Staged]) -> None:
    with stage_text(BAD) as staged:
        assert staged.rejects() == WANTED
        assert staged.rejects(limit=2) == WANTED[:2]
        assert staged.rejects(limit=-1) == WANTED
        twice = dict.fromkeys(("quantity", "", "price", "trade_id"), 2)
        assert staged.fault_counts() == {**twice, "settle_date": 1, "side": 1}
        assert (staged.read, staged.good, staged.rejected_total) == (9, 2, 7)
        assert [row["line"] for row in rows(staged)] == [2, 11]
        with closing(sqlite3.connect(staged.path)) as connection:
            keys = connection.execute("SELECT key FROM rejects ORDER BY record").fetchall()
    assert keys == [("T2",), ("T3",), ("T1",), (None,), (None,), ("T3",), ("T6",)]


def test_faults_name_every_wrong_cell_of_every_row(stage_text: Callable[..., Staged]) -> None:
    with stage_text(BAD) as staged:
        faults = staged.faults()
        assert faults[:4] == [
            Reject(3, 2, "side", "BUYY", "Side must be BUY or SELL"),
            Reject(3, 2, "quantity", "1e400", "Not a plain decimal number"),
            Reject(4, 3, "price", "", "Price is required"),
            Reject(4, 3, "settle_date", "2026-02-30", "This date does not exist; use YYYY-MM-DD"),
        ]
        later = [(4, "trade_id"), (5, ""), (6, ""), (7, "trade_id"), (7, "quantity"), (8, "price")]
        assert [(each.record, each.column) for each in faults[4:]] == later
        assert staged.faults(limit=3) == faults[:3]
        assert sum(staged.fault_counts().values()) == len(faults) == staged.rejected_total + 3


def test_saved_rejects_import_once_mended(stage_text: Callable[..., Staged], tmp_path: Path) -> None:
    saved = tmp_path / "rejects.csv"
    with stage_text(BAD) as staged:
        staged.save_rejects(saved)
    data = saved.read_bytes()
    assert data.startswith(b"\xef\xbb\xbf" + HEADER.encode() + b",settle_date,note\r\n")
    with saved.open(encoding="utf-8-sig", newline="") as file:
        records = list(csv.reader(file, strict=True))
    assert records[2] == ["T3", "XS1", "SELL", "1", "", "2026-02-30", "c\nd"]
    assert records[3] == ["T1", "XS1", "SELL", "1", "2", "", "e"]
    assert records[4] == ['T4,"XS1,SELL,1,2,,f']
    with stage_text(data, name="again.csv") as again:
        assert again.rejected_total == 6  # the row that repeated an id is fine without the other
    mended = [
        ["T2", "XS1", "BUY", "1", "2", "", "b"],
        ["T3", "XS1", "SELL", "1", "5", "2026-02-28", "c\nd"],
        ["T1a", "XS1", "SELL", "1", "2", "", "e"],
        ["T4", "XS1", "SELL", "1", "2", "", "f"],
        ["T5", "XS1", "SELL", "1", "2", "", ""],
        ["T3a", "XS1", "SELL", "1", "2", "", "g"],
        ["T6", "XS1", "SELL", "1", "12", "", "h"],
    ]
    text = io.StringIO(newline="")
    csv.writer(text).writerows([records[0], *mended])
    with stage_text(text.getvalue()) as staged:
        assert (staged.good, staged.rejected_total) == (7, 0)


def test_saving_where_it_cannot_be(stage_text: Callable[..., Staged], tmp_path: Path) -> None:
    with stage_text(BAD) as staged, pytest.raises(KnownError, match="cannot be written"):
        staged.save_rejects(tmp_path / "missing" / "rejects.csv")


def test_rejects_never_take_the_place_of_the_file_that_they_are_from(
    stage_text: Callable[..., Staged], tmp_path: Path
) -> None:
    with stage_text(BAD) as staged:
        before = staged.source.read_bytes()
        other = tmp_path / "link.csv"
        other.symlink_to(staged.source)
        for path in (staged.source, other):
            with pytest.raises(KnownError, match="save the rejects under another name"):
                staged.save_rejects(path)
        assert staged.source.read_bytes() == before


def test_ledger_ids_repeat_unless_blank(stage_text: Callable[..., Staged]) -> None:
    data = "entry_id,trade_id,amount\nL1,T1,1\n,T1,2\n,T1,2\nL1,T2,-3\nl1,T1,4\n"
    with stage_text(data, LEDGER) as staged:
        assert staged.rejects() == [Reject(5, 4, "entry_id", "L1", "Already on line 2 of this file")]
        assert [row["entry_id"] for row in rows(staged)] == ["L1", None, None, "l1"]
        assert rows(staged)[0]["amount_units"] == 1
    with stage_text("trade_id,amount\nT1,1\nT1,1\n", LEDGER) as staged:
        assert staged.good == 2


def test_ids_that_ascend_are_not_looked_through(
    stage_text: Callable[..., Staged], monkeypatch: pytest.MonkeyPatch
) -> None:
    looked = []
    settle = staging.settle_repeated

    def counted(*of: Any) -> Settled:
        looked.append(of)
        return settle(*of)

    monkeypatch.setattr(staging, "settle_repeated", counted)
    mapping = Mapping({"trade_id": Joined(("instrument", "price"), repeats="number")})
    header = HEADER.removeprefix("trade_id,")
    with stage_text(f"{header}\nA,BUY,1,1\nA,BUY,1,2\nB,BUY,1,1\n", TRADES, mapping) as staged:
        assert (staged.key_ends, looked) == (("A|1", "B|1"), [])
    with stage_text(f"{header}\nA,BUY,1,1\nB,BUY,1,2\nB,BUY,1,2\n", TRADES, mapping) as staged:
        assert (staged.key_ends, len(looked)) == (None, 1)
        assert [row["trade_id"] for row in rows(staged)] == ["A|1", "B|2", "B|2|2"]


def test_repeats_far_apart_keep_their_text(stage_text: Callable[..., Staged], tmp_path: Path) -> None:
    lines = [f'T{number % 4000},"XS\n{number}",BUY,1,{number}' for number in range(6000)]
    with stage_text("\n".join([HEADER, *lines])) as staged:
        assert (staged.good, staged.rejected_total) == (4000, 2000)
        assert staged.rejects(limit=1) == [
            Reject(8002, 4001, "trade_id", "T0", "Already on line 2 of this file")
        ]
        staged.save_rejects(tmp_path / "rejects.csv")
    with (tmp_path / "rejects.csv").open(encoding="utf-8-sig", newline="") as file:
        saved = list(csv.reader(file, strict=True))
    assert saved[1:] == [[f"T{n % 4000}", f"XS\n{n}", "BUY", "1", str(n)] for n in range(4000, 6000)]


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ("", "file.csv is empty"),
        (f"{HEADER}\n\n \n", "file.csv has a header and no rows"),
        (b"%PDF-1.7", "file.csv is a PDF document"),
        (f"{HEADER},price\nT1,X,BUY,1,2,2\n", "Two columns of file.csv are called “price”"),
        (f'{HEADER},"a\nb","a\nb"\nT1,X,BUY,1,2,,\n', "Two columns of file.csv are called “a␊b”; rename"),
        (HEADER.encode() + b"\nT1,\xff,BUY,1,2\n", "line 2 has the byte 0xFF"),
        ("trade_id,amount\nT1,1\n", "No column was recognised as instrument, side, quantity, price"),
        (b"a\0b\xff,c\n1,2\n", "file.csv holds binary data"),
    ],
)
def test_files_that_are_refused(
    stage_text: Callable[..., Staged], folder: Path, data: str | bytes, said: str
) -> None:
    with pytest.raises(KnownError) as refused:
        stage_text(data)
    assert said in refused.value.message
    assert list(folder.iterdir()) == []


def test_aliases_need_a_mapping(stage_text: Callable[..., Staged], folder: Path) -> None:
    data = "Deal Ref;Symbol;B/S;Qty;Px\nT1;XS1;B;1;2.00000000055\n"
    with pytest.raises(NeedsMapping) as needed:
        stage_text(data)
    assert list(folder.iterdir()) == []
    columns = needed.value.proposal.mapping().columns
    mapping = Mapping(columns, {"side": {"B": "BUY"}}, rounded=True)
    with stage_text(data, mapping=mapping) as staged:
        (row,) = rows(staged)
        assert (row["side"], row["price_nanos"], staged.present[0]) == ("BUY", 1, "trade_id")
        assert staged.warnings == (
            "The columns are separated by semicolons; decimals are read with a point.",
            "The mapping allows rounding to 9 decimals, half to even: 1 number rounded.",
        )


@pytest.mark.parametrize("delimiter", [";", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_other_delimiters_and_encodings(
    stage_text: Callable[..., Staged], delimiter: str, encoding: str
) -> None:
    data = f"{HEADER}\nT1,Ä€,BUY,1,2\n".replace(",", delimiter)
    with stage_text(data.encode(encoding)) as staged:
        assert [row["instrument"] for row in rows(staged)] == ["Ä€"]
    with stage_text(data.replace("2", "1,5").encode(encoding)) as staged:
        assert staged.rejects() == [Reject(2, 1, "price", "1,5", "Not a plain decimal number")]


def test_a_nul_is_a_row_error(stage_text: Callable[..., Staged]) -> None:
    data = f"{HEADER}\nT1,XS1,BUY,1,2\nT\0,XS1,BUY,1,2\nT3,XS1,BUY,1,2\n"
    with stage_text(data) as staged:
        assert staged.rejects() == [Reject(3, 2, "trade_id", "T\0", "The cell has a NUL character")]
        assert staged.good == 2


def test_progress_is_in_bytes(tmp_path: Path, folder: Path) -> None:
    path = tmp_path / "file.csv"
    path.write_text(HEADER + "\n" + "".join(f"T{n},XS1,BUY,1,2\n" for n in range(60_000)))
    reports: list[tuple[int, int, str]] = []
    handle = Handle(lambda *report: reports.append(report), interval=0)
    stage(handle, path, TRADES, directory=folder).close()
    size = path.stat().st_size
    assert {total for _, total, _ in reports} == {size}
    assert [done for done, _, _ in reports] == sorted(done for done, _, _ in reports)
    assert reports[0][2] == "Reading file.csv"
    assert reports[-1][0] == size
    assert len(reports) > 10


@pytest.mark.parametrize("at", ["Reading", "Looking", "Collecting"])
def test_cancel_leaves_nothing(tmp_path: Path, folder: Path, at: str) -> None:
    path = tmp_path / "file.csv"
    path.write_text(HEADER + "\n" + "".join(f"T{n % 900},XS1,BUY,1,2\n" for n in range(1000)))

    def report(done: int, total: int, text: str) -> None:
        if text.startswith(at):
            handle.cancel()

    handle = Handle(report, interval=0)
    with pytest.raises(Cancelled):
        stage(handle, path, TRADES, directory=folder)
    assert list(folder.iterdir()) == []


def test_cancel_interrupts_a_long_statement(
    tmp_path: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "file.csv"
    path.write_text(f"{HEADER}\nT2,XS1,BUY,1,2\nT1,XS1,BUY,1,2\n")
    handle = Handle()

    def endless(connection: sqlite3.Connection, *_: object) -> Settled:
        threading.Timer(0.1, handle.cancel).start()
        connection.execute(
            "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT max(i) FROM n"
        ).fetchone()
        return Settled()

    monkeypatch.setattr(staging, "settle_repeated", endless)
    with pytest.raises(Cancelled):
        stage(handle, path, TRADES, directory=folder)
    assert list(folder.iterdir()) == []
    handle.cancel()  # once more, with the database closed


def test_a_file_that_changes_meanwhile_is_refused(tmp_path: Path, folder: Path) -> None:
    path = tmp_path / "file.csv"
    path.write_text(f"{HEADER}\nT1,XS1,BUY,1,2\n")

    def append(done: int, total: int, text: str) -> None:
        with path.open("a") as file:
            file.write("T2,XS1,BUY,1,2\n")

    with pytest.raises(KnownError, match="changed while it was being read"):
        stage(Handle(append), path, TRADES, directory=folder)
    assert list(folder.iterdir()) == []


def test_a_full_disk_is_said(tmp_path: Path, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "file.csv"
    path.write_text(HEADER + "\n" + "".join(f"T{n:07},XS1,BUY,1,2\n" for n in range(20_000)))
    create = staging.create_tables

    def create_small(connection: sqlite3.Connection, record: Record, key: str) -> None:
        create(connection, record, key)
        connection.execute("PRAGMA max_page_count = 10")

    monkeypatch.setattr(staging, "create_tables", create_small)
    with pytest.raises(KnownError, match="is full or cannot be written"):
        stage(Handle(), path, TRADES, directory=folder)
    assert list(folder.iterdir()) == []


def test_no_place_for_temporary_files(tmp_path: Path) -> None:
    path = tmp_path / "file.csv"
    path.write_text(f"{HEADER}\nT1,XS1,BUY,1,2\n")
    with pytest.raises(KnownError, match="No temporary folder can be made"):
        stage(Handle(), path, TRADES, directory=tmp_path / "missing")


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="needs /proc")
def test_no_file_stays_open(stage_text: Callable[..., Staged]) -> None:
    before = len(os.listdir("/proc/self/fd"))
    stage_text(BAD).close()
    with pytest.raises(KnownError):
        stage_text("a,b\n1,2\n")
    assert len(os.listdir("/proc/self/fd")) == before


TEXT = st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\0"), max_size=6)
POSITIVE = st.integers(1, 10**12).map(lambda nanos: Decimal(nanos).scaleb(-9)) | st.integers(1, 10**6).map(
    Decimal
)
PRICE = st.integers(-(10**15), 10**15).map(lambda nanos: Decimal(nanos).scaleb(-9))
VALUES = {
    "instrument": TEXT.filter(str.strip),
    "side": st.sampled_from(["BUY", "sell", " Buy"]),
    "quantity": POSITIVE,
    "price": PRICE,
    "currency": TEXT,
    "trade_date": st.none() | st.dates(),
    "status": TEXT,
}


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(
    trades=st.lists(st.fixed_dictionaries(VALUES), min_size=1, max_size=12),
    end=st.sampled_from(["\n", "\r\n", "\r"]),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]),
    order=st.permutations(["trade_id", *VALUES]),
)
def test_typed_values_come_back(
    stage_text: Callable[..., Staged], trades: list[dict[str, Any]], end: str, encoding: str, order: list[str]
) -> None:
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator=end, quoting=csv.QUOTE_ALL)
    writer.writerow(order)
    lines = []
    for number, trade in enumerate(trades):
        lines.append(1 + text.getvalue().replace("\r\n", "\n").replace("\r", "\n").count("\n"))
        values = {"trade_id": f"T{number}", **trade}
        writer.writerow([as_cell(values[name]) for name in order])
    with stage_text(text.getvalue().encode(encoding)) as staged:
        assert staged.rejects() == []
        found = rows(staged)
    assert [row["line"] for row in found] == lines
    for number, (row, trade) in enumerate(zip(found, trades, strict=True)):
        assert row["trade_id"] == f"T{number}"
        assert row["instrument"] == trade["instrument"].strip()
        assert row["side"] == trade["side"].strip().upper()
        assert decimals.to_decimal(row["quantity_units"], row["quantity_nanos"]) == trade["quantity"]
        assert decimals.to_decimal(row["price_units"], row["price_nanos"]) == trade["price"]
        gross = decimals.to_decimal(row["gross_units"], row["gross_nanos"], row["gross_rest"])
        assert gross == Decimal(trade["quantity"]) * trade["price"]
        assert row["currency"] == (trade["currency"].strip() or None)
        assert row["trade_date"] == (trade["trade_date"].isoformat() if trade["trade_date"] else None)
        assert row["status"] == (trade["status"].strip().lower() or "pending")


def as_cell(value: str | Decimal | date | None) -> str:
    if value is None:
        return ""
    return format(value, "f") if isinstance(value, Decimal) else str(value)


def test_rejects_have_the_row_as_it_stands_in_the_file(stage_text: Callable[..., Staged]) -> None:
    with stage_text(BAD) as staged:
        raw = [each.raw for each in staged.rejects()]
    lines = BAD.splitlines()
    assert raw == [lines[2], "\n".join(lines[3:5]), *lines[5:10]]
    with stage_text(f"{HEADER}\r\nT1, XS1 ,BUY,0,2\r\n") as staged:
        assert [each.raw for each in staged.faults()] == ["T1, XS1 ,BUY,0,2"]


def test_saved_rejects_are_read_by_the_same_profile(tmp_path: Path, folder: Path) -> None:
    """Which looks for the header, the first row and a footer where they stood in the file."""
    profile = Profile(
        Kind.TRADES, read_as=ReadAs("windows-1252", "Sheet 1", ";", 3, 6), footer_rows=2, name="Broker"
    )
    data = ["T1;Zürich;BUY;1;?", "T2;X;BUY;1;1"]
    lines = ["", "Title", HEADER.replace(",", ";"), "units", "", *data, "Total", "End"]
    path = tmp_path / "file.csv"
    path.write_bytes("\n".join(lines).encode("cp1252"))
    with stage(Handle(), path, TRADES, profile, directory=folder) as staged:
        assert (staged.good, staged.rejected_total) == (1, 1)
        staged.save_rejects(tmp_path / "rejects.csv")
    mended = (tmp_path / "rejects.csv").read_bytes().replace(b"?", b"5")
    (tmp_path / "rejects.csv").write_bytes(mended)
    with stage(Handle(), tmp_path / "rejects.csv", TRADES, profile, directory=folder) as staged:
        (row,) = rows(staged)
        assert (row["instrument"], row["price_units"], row["line"]) == ("Zürich", 5, 6)

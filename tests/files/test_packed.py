"""Compressed files: what is in them, and what is said of those that cannot be read."""

from __future__ import annotations

import gzip
import hashlib
import zipfile
from pathlib import Path

import pytest

from tests.helpers.importing import TRADES, Importer
from tests.helpers.workbooks import zipped


def gzipped(data: bytes) -> bytes:
    return gzip.compress(data, mtime=0)  # the names of the tests are the same at any time


GOOD = f"{TRADES}\nT1,XS1,BUY,10,2.5\n".encode()


@pytest.mark.parametrize(
    "packed",
    [
        gzipped(GOOD),
        gzipped(GOOD[:20]) + gzipped(GOOD[20:]),
        zipped({"a.csv": GOOD}),
        zipped({"../../etc/a.csv": GOOD, "__MACOSX/._a.csv": b"x", ".DS_Store": b"x", "folder/": b""}),
        gzipped(b"\xff\xfe" + GOOD.decode().encode("utf-16-le")),
    ],
    ids=["gzip", "two gzip parts", "zip", "zip with others", "gzip of UTF-16"],
)
def test_one_text_file_is_read_and_the_hash_is_of_the_packed_one(desk: Importer, packed: bytes) -> None:
    told = desk.run(packed, name="whatever.dat")
    assert told.json["imported"] == 1
    assert told.json["sha256"] == hashlib.sha256(packed).hexdigest()
    assert told.json["file"] == "whatever.dat"
    assert len(list(desk.folder.iterdir())) == len({"whatever.dat", "desk.opspilot"})  # nothing is unpacked


@pytest.mark.parametrize(
    ("packed", "said"),
    [
        (zipped({}), "an empty ZIP archive"),
        (zipped({"a.csv": GOOD, "b.csv": GOOD}), "holds 2 files"),
        (zipped({"folder/": b""}), "holds no file"),
        (zipped({"a.csv.gz": gzipped(GOOD)}), "a.csv.gz in x.bin is compressed with gzip"),
        (zipped({"a.zip": zipped({"a.csv": GOOD})}), "a.zip in x.bin is a ZIP archive"),
        (gzipped(gzipped(GOOD)), "is compressed with gzip"),
        (gzipped(GOOD)[:-6], "it ends too early"),
        (gzipped(GOOD)[:-6] + b"junk!!", "its data are damaged"),
        (gzipped(GOOD) + b"junk", "its data are damaged"),
        (zipped({"a.csv": GOOD}).replace(b"\x50\x4b\x01\x02", b"\x50\x4b\x01\x03"), "its data are damaged"),
        (zipped({"\u202ea.csv": b""}), "⟨U+202E⟩a.csv in x.bin is empty"),
    ],
)
def test_what_cannot_be_unpacked_is_said(desk: Importer, packed: bytes, said: str) -> None:
    assert said in desk.refused(packed, name="x.bin")


def test_a_password(desk: Importer) -> None:
    packed = bytearray(zipped({"a.csv": GOOD}))
    packed[6] |= 1
    at = packed.index(b"PK\x01\x02")
    packed[at + 8] |= 1
    assert "is protected by a password" in desk.refused(bytes(packed))


def test_a_compression_that_is_not_known(desk: Importer) -> None:
    packed = bytearray(zipped({"a.csv": GOOD}))
    packed[8] = packed[packed.index(b"PK\x01\x02") + 10] = 97
    assert "cannot be unpacked here" in desk.refused(bytes(packed))


def test_a_size_that_is_not_true(desk: Importer) -> None:
    packed = zipped({"a.csv": GOOD * 50})
    size = len(GOOD * 50).to_bytes(4, "little")
    assert "its data are damaged" in desk.refused(packed.replace(size, (100).to_bytes(4, "little")))


def test_bad_rows_of_packed_files_have_their_lines(desk: Importer) -> None:
    told = desk.rows_refused(gzipped(GOOD + b"T2,XS1,BUY,1,x\nT1,XS1,BUY,1,2\n"))
    assert told.rejected == [(3, "price", "x"), (4, "trade_id", "T1")]


def test_undecodable_bytes_in_a_packed_file_are_named_with_their_line(desk: Importer) -> None:
    data = "trade_id,amount,description\nT1,5,Café\n".encode("cp1252")
    with zipfile.ZipFile(desk.folder / "x.zip", "w") as archive:
        archive.writestr("a.csv", data)
    message = desk.refused(Path(archive.filename or ""), kind="ledger")
    assert "a.csv in x.zip is not UTF-8 text: line 2 has the byte 0xE9 (byte 37 of the text)" in message


def test_a_file_without_a_name_is_read(desk: Importer) -> None:
    packed = bytearray(zipped({"a": GOOD}))
    at = packed.index(b"PK\x01\x02")
    packed[26], packed[28] = 0, 1  # its name becomes an extra of one byte, in both places
    packed[at + 28], packed[at + 30] = 0, 1
    assert desk.run(bytes(packed)).json["imported"] == 1

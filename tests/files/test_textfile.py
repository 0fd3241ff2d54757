"""A file as lines, hashed and counted on the way."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

import pytest

from opspilot_desktop.domain.errors import KnownError
from opspilot_desktop.files.asked import NeedsEncoding
from opspilot_desktop.files.textfile import TextFile


def read(path: Path) -> tuple[list[str], TextFile]:
    with TextFile(path) as file:
        lines = [file.next_line()]
        while more := file.next_lines():
            lines += more
    return lines, file


def test_lines_keep_their_ends_and_bytes_are_hashed(tmp_path: Path) -> None:
    data = "\ufeffä,b\r\nc\rd\n\ne\x0b\x85\u2028f".encode()
    path = tmp_path / "lines.csv"
    path.write_bytes(data)
    lines, file = read(path)
    assert lines == ["ä,b\r\n", "c\r", "d\n", "\n", "e\x0b\x85\u2028f"]
    assert file.sha256 == hashlib.sha256(data).hexdigest()
    assert file.bytes_read == file.size == len(data)
    assert not file.has_nul


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_utf_16(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "wide.csv"
    path.write_bytes("\ufeffa,ä\nb,€\n".encode(encoding))
    assert read(path)[0] == ["a,ä\n", "b,€\n"]


def test_a_large_file_comes_in_parts(tmp_path: Path) -> None:
    path = tmp_path / "large.csv"
    wanted = [f"{number},é\r\n" for number in range(100_000)]
    path.write_text("".join(wanted), encoding="utf-8", newline="")
    with TextFile(path) as file:
        part = file.next_lines()
        assert 100 < len(part) < 10_000
        assert len(file.next_lines(200_000)) > 10_000
    assert read(path)[0] == wanted


@pytest.mark.parametrize("line_end", [b"\n", b"\r\n", b"\r"])
@pytest.mark.parametrize("rows", [0, 1, 200_000])
def test_undecodable_bytes_are_named_with_their_line(tmp_path: Path, line_end: bytes, rows: int) -> None:
    path = tmp_path / "latin.csv"
    before = line_end.join([b"header", *[b"row"] * rows, b"caf"])
    path.write_bytes(before + b"\xe9" + line_end + b"more")
    with pytest.raises(KnownError) as refused:
        read(path)
    assert refused.value.message == (
        f"latin.csv is not UTF-8 text: line {rows + 2:,} has the byte 0xE9 (byte {len(before) + 1:,} of the"
        " file); if “café” is what should stand there, import it as Windows-1252 (--encoding windows-1252),"
        " otherwise save it as UTF-8 and import it again."
    )
    assert isinstance(refused.value, NeedsEncoding)
    assert refused.value.word == "café"


def test_a_character_cut_off_at_the_end_is_undecodable(tmp_path: Path) -> None:
    path = tmp_path / "cut.csv"
    path.write_bytes(b"header\n" + "€".encode()[:2])
    with pytest.raises(KnownError, match=r"line 2 has the byte 0xE2 \(byte 8 of"):
        read(path)


def test_undecodable_utf_16_is_named_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "wide.csv"
    path.write_bytes("\ufeffa\nb\n".encode("utf-16-be") + b"\xdc\x00\x00a")
    with pytest.raises(KnownError, match=r"is not UTF-16 text: line 3 has the byte 0xDC \(byte 11 of"):
        read(path)


def test_what_cannot_be_opened(tmp_path: Path) -> None:
    with pytest.raises(KnownError, match="there is no such file"):
        TextFile(tmp_path / "missing.csv")
    with pytest.raises(KnownError, match="it is a folder"):
        TextFile(tmp_path)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs named pipes")
def test_a_pipe_is_refused_and_not_waited_for(tmp_path: Path) -> None:
    path = tmp_path / "pipe.csv"
    os.mkfifo(path)
    with pytest.raises(KnownError, match="no ordinary file"):
        TextFile(path)


def test_a_line_without_end_is_refused_before_it_fills_the_memory(tmp_path: Path) -> None:
    path = tmp_path / "endless.csv"
    path.write_bytes(b"header\n" + b"x" * (1 << 24) + b"x" * (1 << 20))
    with pytest.raises(KnownError, match="a line longer than 16 MB"):
        read(path)


def test_a_header_of_a_million_characters_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "wide.csv"
    path.write_bytes(b"x" * 1_000_001)
    with pytest.raises(KnownError, match="longer than a million characters"):
        read(path)


def test_a_nul_is_noticed(tmp_path: Path) -> None:
    path = tmp_path / "nul.csv"
    path.write_bytes(b"header\na\0b\n")
    assert read(path)[1].has_nul


@pytest.mark.parametrize("change", ["longer", "touched", "gone"])
def test_a_changed_file_is_refused(tmp_path: Path, change: str) -> None:
    path = tmp_path / "growing.csv"
    path.write_bytes(b"header\n")
    with TextFile(path) as file:
        file.refuse_if_changed()
        if change == "longer":
            path.write_bytes(b"header\nrow\n")
        elif change == "touched":
            os.utime(path, ns=(1, 1))
        else:
            path.unlink()
        with pytest.raises(KnownError, match="changed while it was being read"):
            file.refuse_if_changed()

"""A file as lines of text, its bytes counted and hashed in the same pass.

Compressed files are unpacked on the way; what is counted and hashed is the file as it lies on the disk.
"""

from __future__ import annotations

import codecs
import hashlib
import io
import os
import re
import stat
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, TypeVar

from ..domain.errors import KnownError
from ..paths import as_text
from . import dialect
from .asked import Misread, NeedsEncoding

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

_Read = TypeVar("_Read")
_BLOCK = 1 << 18  # bytes read at a time
_LINES = 1 << 15  # characters of lines given at a time; more, and their rows outgrow the processor's cache
LONGEST_LINE = 1 << 24
"""Bytes in a line, the longest that is taken into memory."""
LONGEST_HEADER = 1_000_000
"""Characters in the header line."""


class TextFile:
    """An open text file: UTF-8 with or without its mark, or UTF-16 with it; plain, `.gz` or `.zip`.

    `encoding` is what a person says it is in, for want of a mark: "windows-1252", which no bytes can
    prove. Raises KnownError, on opening and on reading, for what is no readable text: a missing file, a
    folder, another kind of file, undecodable bytes (with their line; NeedsEncoding where Windows-1252
    might be meant), a line longer than 16 MB. `start` leaves out what stands before a line of plain UTF-8.
    Lines end at \\n, \\r\\n or \\r and keep their ends, so that
    line breaks inside quotes come through unchanged.
    """

    def __init__(self, path: Path, encoding: str = "", start: int = 0) -> None:
        self.path = path
        self.name = as_text(path.name)
        """What to call it: with the name of the archive where it is in one."""
        self._raw = open_binary(path)
        self._said = encoding
        try:
            self._opened = os.fstat(self._raw.fileno())
            self.size = self._opened.st_size
            """In bytes, on the disk, when the file was opened."""
            self.length = self.size - start
            """How many of the bytes on the disk are read here."""
            self._disk = _HashedBytes(self._raw, self.length)
            if start:
                self._raw.seek(start)
                self._is_plain, self._is_zip, self.encoding = True, False, "utf-8"
                self._bytes = _TextBytes(self._disk, self.name, looks_for_utf8=False)
            else:
                self._bytes, self.name, head = self._decoded(lambda: self._unpack(self._raw, self._disk))
                self.encoding = dialect.encoding_of(head, self.name, encoding)
        except BaseException:
            self._raw.close()
            raise
        buffered = io.BufferedReader(self._bytes, _BLOCK)
        self._text = io.TextIOWrapper(buffered, encoding=self.encoding, newline="")
        self._at_start = not start

    def end_at(self, place: int) -> bool:
        """Reads no further than this byte; says whether it can, of plain UTF-8 not read so far yet."""
        if not self._is_plain or self.encoding != "utf-8" or self._disk.count >= place:
            return False
        self.length = self._disk.size = place
        return True

    def _unpack(self, raw: io.FileIO, disk: io.RawIOBase) -> tuple[_TextBytes, str, bytes]:
        """The text's bytes, the name to call them by, and the first of them."""
        name = as_text(self.path.name)
        magic = raw.read(4)
        raw.seek(0)
        inner = disk
        self._is_zip = magic == dialect.ZIP
        self._is_plain = not self._is_zip and not magic.startswith(dialect.GZIP)
        if not self._is_plain:
            from . import packed

            if self._is_zip:
                inner, name = packed.from_zip(raw, name, self.size)
            else:
                inner = packed.from_gzip(disk, name, self.size)
        content = _TextBytes(inner, name, looks_for_utf8=bool(self._said))
        return content, name, content.peek(4096)

    def __enter__(self) -> TextFile:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Closes the file."""
        self._text.close()
        self._raw.close()

    @property
    def bytes_read(self) -> int:
        """How many of the bytes on the disk have been read so far."""
        return self._raw.tell() if self._is_zip else self._disk.count

    @property
    def has_nul(self) -> bool:
        """Whether a NUL byte has been read so far; in UTF-16 that says nothing of the text."""
        return self._bytes.has_nul

    @property
    def sha256(self) -> str:
        """The SHA-256 of the bytes on the disk that have been read so far, in hexadecimal; of all in a ZIP.

        A ZIP archive is not read from its beginning to its end, so it is read once more, as is a file of
        which only a part is read here.
        """
        if self._is_zip or self.length < self.size:
            return hash_of(self.path)
        return self._disk.digest.hexdigest()

    def next_line(self) -> str:
        """The next line, without the mark that may stand at the file's start; nothing at the end."""
        line = self._decoded(lambda: self._text.readline(LONGEST_HEADER))
        if len(line) >= LONGEST_HEADER:
            raise KnownError(
                f"The header line of {self.name} is longer than a million characters; choose a CSV file whose"
                " first line holds the column names."
            )
        if self._at_start:
            self._at_start = False
            return line.removeprefix("\ufeff")
        return line

    def next_lines(self, at_least: int = 0) -> list[str]:
        """The next lines, some hundred at a time and `at_least` so many characters; none at the end."""
        lines = self._decoded(lambda: self._text.readlines(max(_LINES, at_least)))
        if not lines and self.encoding == "cp1252" and self._bytes.is_utf8:
            raise Misread(
                f"{self.name} is UTF-8, not Windows-1252: its letters would come out wrong; import it without"
                " naming an encoding."
            )
        return lines

    def refuse_if_changed(self) -> None:
        """Raises KnownError when the file is not what it was when it was opened."""
        refuse_if_changed(self.path, self._opened)

    def _decoded(self, read: Callable[[], _Read]) -> _Read:
        try:
            return read()
        except UnicodeDecodeError:
            self.refuse_if_changed()
            raise self._undecodable() from None
        except OSError as error:
            raise KnownError(f"{self.name} cannot be read to its end: {_because(error)}.") from None

    def _undecodable(self) -> KnownError:
        """The refusal of a file that is not in its encoding, naming the line and the byte."""
        line, offset = 1, 0
        decoder = codecs.getincrementaldecoder(self.encoding)()
        after_return = False
        with open_binary(self.path) as raw:
            content, _, _ = self._unpack(raw, _HashedBytes(raw, self.size))
            while True:
                block = content.read(_BLOCK) or b""
                pending = len(decoder.getstate()[0])
                try:
                    text = decoder.decode(block, final=not block)
                except UnicodeDecodeError as error:
                    before = error.object[: error.start].decode(self.encoding, "ignore")
                    line += _line_ends(before, after_return)
                    return self._not_in_its_encoding(error, line, offset - pending + error.start + 1)
                if not block:  # the bytes differ from those that failed a moment ago
                    return KnownError(_CHANGED.format(name=self.name))
                line += _line_ends(text, after_return)
                after_return = text.endswith("\r") if text else after_return
                offset += len(block)

    def _not_in_its_encoding(self, error: UnicodeDecodeError, line: int, place: int) -> KnownError:
        what = dialect.ENCODINGS[self.encoding]
        fact = (
            f"{self.name} is not {what} text: line {line:,} has the byte 0x{error.object[error.start]:02X}"
            f" (byte {place:,} of the {'text' if self.name != self.path.name else 'file'})"
        )
        word = _in_windows_1252(error) if self.encoding == "utf-8" else ""
        if word:
            return NeedsEncoding(fact, word)
        return KnownError(f"{fact}; save it as UTF-8 and import it again.")


_CHANGED = "{name} changed while it was being read; import it again once it is complete."
_WORD = re.compile(r"\w+")
_AROUND = 40  # bytes around an undecodable one in which its word is looked for


def _in_windows_1252(error: UnicodeDecodeError) -> str:
    """The word around an undecodable byte as Windows-1252; nothing where it is none."""
    start = max(error.start - _AROUND, 0)
    part = error.object[start : error.start + _AROUND]
    try:
        part[error.start - start : error.start - start + 1].decode("cp1252")
    except UnicodeDecodeError:
        return ""
    text = part.decode("cp1252", "replace")
    words = [word for word in _WORD.finditer(text) if word.start() <= error.start - start < word.end()]
    return words[0].group() if words else text[error.start - start]


def _line_ends(text: str, after_return: bool) -> int:
    """How many lines end in the text; a \\n at its start belongs to a \\r just before it."""
    ends = text.count("\n") + text.count("\r") - text.count("\r\n")
    return ends - (after_return and text.startswith("\n"))


def hash_of(path: Path) -> str:
    """The SHA-256 of a file as it lies on the disk, in hexadecimal."""
    with open_binary(path) as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def refuse_if_changed(path: Path, opened: os.stat_result) -> None:
    """Raises KnownError when the file is not what it was when it was opened."""
    try:
        now = os.stat(path)
    except OSError:
        now = None
    if now is None or (now.st_size, now.st_mtime_ns) != (opened.st_size, opened.st_mtime_ns):
        raise KnownError(_CHANGED.format(name=as_text(path.name)))


def open_binary(path: Path) -> io.FileIO:
    """The file's bytes; raises KnownError when it cannot be opened or is no ordinary file."""
    try:
        # Asked before opening: to open a pipe that nobody writes to would wait for ever.
        mode = os.stat(path).st_mode
        if stat.S_ISDIR(mode):
            raise IsADirectoryError
        if not stat.S_ISREG(mode):
            raise KnownError(f"{path} is no ordinary file; copy its data into a CSV file and import that.")
        return io.FileIO(path)
    except OSError as error:
        raise KnownError(f"{path} cannot be opened: {_because(error)}.") from None


def _because(error: OSError) -> str:
    if isinstance(error, FileNotFoundError):
        return "there is no such file; check the path"
    if isinstance(error, IsADirectoryError):
        return "it is a folder; choose a file in it"
    if isinstance(error, PermissionError):
        return "it is locked, or you may not read it; close it elsewhere or ask for access"
    return f"{error.strerror or error}; copy it to this computer and try again"


class _HashedBytes(io.RawIOBase):
    """The first `size` bytes of a file, counted and hashed in passing.

    To read on for as long as something else appends to the file might never end.
    """

    def __init__(self, raw: io.FileIO, size: int) -> None:
        self._raw = raw
        self.size = size
        self.count = 0
        self.digest = hashlib.sha256()

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: WriteableBuffer, /) -> int:
        target = memoryview(buffer)
        read = self._raw.readinto(target[: min(len(target), self.size - self.count)]) or 0
        self.count += read
        self.digest.update(target[:read])
        return read


class _TextBytes(io.RawIOBase):
    """The bytes of a text, with what is learnt of them in passing."""

    def __init__(self, inner: io.RawIOBase, name: str, *, looks_for_utf8: bool) -> None:
        self._utf8 = codecs.getincrementaldecoder("utf-8")() if looks_for_utf8 else None
        self._is_ascii = True
        self._inner = inner
        self._name = name
        self._ahead = b""
        self._since_line_end = 0
        self.has_nul = False

    def readable(self) -> bool:
        return True

    def close(self) -> None:
        self._inner.close()
        super().close()

    @property
    def is_utf8(self) -> bool:
        """Whether the bytes, which have more than ASCII among them, are UTF-8; told only if looked for."""
        return self._utf8 is not None and not self._is_ascii

    def _look_for_utf8(self, data: bytes) -> None:
        if self._utf8 is not None:
            self._is_ascii = self._is_ascii and data.isascii()
            try:
                self._utf8.decode(data, final=not data)
            except UnicodeDecodeError:
                self._utf8 = None

    def peek(self, most: int) -> bytes:
        """The first bytes, which are read again afterwards."""
        while len(self._ahead) < most and (more := self._inner.read(most - len(self._ahead))):
            self._ahead += more
        return self._ahead

    def readinto(self, buffer: WriteableBuffer, /) -> int:
        target = memoryview(buffer)
        data = self._ahead[: len(target)] or self._inner.read(len(target)) or b""
        self._ahead = self._ahead[len(target) :]
        target[: len(data)] = data
        self.has_nul = self.has_nul or b"\0" in data
        self._look_for_utf8(data)
        # A file without line ends would otherwise be taken into memory whole.
        end = max(data.rfind(b"\n"), data.rfind(b"\r"))
        self._since_line_end = self._since_line_end + len(data) if end < 0 else len(data) - end - 1
        if self._since_line_end > LONGEST_LINE:
            raise KnownError(
                f"{self._name} has a line longer than {LONGEST_LINE >> 20} MB; choose a CSV file with one row"
                " a line."
            )
        return len(data)

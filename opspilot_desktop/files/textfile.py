"""A file as lines of text, its bytes counted and hashed in the same pass."""

from __future__ import annotations

import codecs
import hashlib
import io
import os
import stat
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, TypeVar

from ..domain.errors import KnownError
from . import dialect

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

_Read = TypeVar("_Read")
_BLOCK = 1 << 18  # bytes read at a time
_LINES = 1 << 15  # characters of lines given at a time; more, and their rows outgrow the processor's cache
_LONGEST_LINE = 1 << 24  # bytes; the longest line that is taken into memory
_LONGEST_HEADER = 1_000_000  # characters


class TextFile:
    """An open text file: UTF-8 with or without its mark, or UTF-16 with it.

    Raises KnownError, on opening and on reading, for what is no readable text: a missing file, a folder,
    another kind of file, undecodable bytes (with their line), a line longer than 16 MB. Lines end at
    \\n, \\r\\n or \\r and keep their ends, so that line breaks inside quotes come through unchanged.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.name = path.name
        raw = _open(path)
        try:
            self._opened = os.fstat(raw.fileno())
            self.size = self._opened.st_size
            """In bytes, when the file was opened."""
            self.encoding = dialect.encoding_of(raw.read(4096) or b"", self.name)
            raw.seek(0)
        except BaseException:
            raw.close()
            raise
        self._bytes = _HashedBytes(raw, self.name, self.size)
        buffered = io.BufferedReader(self._bytes, _BLOCK)
        self._text = io.TextIOWrapper(buffered, encoding=self.encoding, newline="")
        self._at_start = True

    def __enter__(self) -> TextFile:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Closes the file."""
        self._text.close()

    @property
    def bytes_read(self) -> int:
        """How many bytes have been read so far."""
        return self._bytes.count

    @property
    def has_nul(self) -> bool:
        """Whether a NUL byte has been read so far; in UTF-16 that says nothing of the text."""
        return self._bytes.has_nul

    @property
    def sha256(self) -> str:
        """The SHA-256 of the bytes read so far, in hexadecimal."""
        return self._bytes.digest.hexdigest()

    def next_line(self) -> str:
        """The next line, without the mark that may stand at the file's start; nothing at the end."""
        line = self._decoded(lambda: self._text.readline(_LONGEST_HEADER))
        if len(line) >= _LONGEST_HEADER:
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
        return self._decoded(lambda: self._text.readlines(max(_LINES, at_least)))

    def refuse_if_changed(self) -> None:
        """Raises KnownError when the file is not what it was when it was opened."""
        try:
            now = os.stat(self.path)
        except OSError:
            now = None
        if now is None or (now.st_size, now.st_mtime_ns) != (self.size, self._opened.st_mtime_ns):
            raise KnownError(
                f"{self.name} changed while it was being read; import it again once it is complete."
            )

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
        with self.path.open("rb") as file:
            while True:
                block = file.read(_BLOCK)
                pending = len(decoder.getstate()[0])
                try:
                    text = decoder.decode(block, final=not block)
                except UnicodeDecodeError as error:
                    before = error.object[: error.start].decode(self.encoding, "ignore")
                    line += _line_ends(before, after_return)
                    place = offset - pending + error.start + 1
                    return KnownError(
                        f"{self.name} is not {self.encoding[:6].upper()} text: line {line:,} has the byte"
                        f" 0x{error.object[error.start]:02X} (byte {place:,} of the file); save it as UTF-8"
                        " and import it again."
                    )
                if not block:  # the bytes differ from those that failed a moment ago
                    return KnownError(
                        f"{self.name} changed while it was being read; import it again once it is complete."
                    )
                line += _line_ends(text, after_return)
                after_return = text.endswith("\r") if text else after_return
                offset += len(block)


def _line_ends(text: str, after_return: bool) -> int:
    """How many lines end in the text; a \\n at its start belongs to a \\r just before it."""
    ends = text.count("\n") + text.count("\r") - text.count("\r\n")
    return ends - (after_return and text.startswith("\n"))


def _open(path: Path) -> io.FileIO:
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
    """The first `size` bytes of a file, with what is learnt of them in passing.

    To read on for as long as something else appends to the file might never end.
    """

    def __init__(self, raw: io.FileIO, name: str, size: int) -> None:
        self._raw = raw
        self._name = name
        self._size = size
        self._since_line_end = 0
        self.count = 0
        self.has_nul = False
        self.digest = hashlib.sha256()

    def readable(self) -> bool:
        return True

    def close(self) -> None:
        self._raw.close()
        super().close()

    def readinto(self, buffer: WriteableBuffer, /) -> int:
        target = memoryview(buffer)
        data = self._raw.read(min(len(target), self._size - self.count)) or b""
        target[: len(data)] = data
        self.count += len(data)
        self.digest.update(data)
        self.has_nul = self.has_nul or b"\0" in data
        # A file without line ends would otherwise be taken into memory whole.
        end = max(data.rfind(b"\n"), data.rfind(b"\r"))
        self._since_line_end = self._since_line_end + len(data) if end < 0 else len(data) - end - 1
        if self._since_line_end > _LONGEST_LINE:
            raise KnownError(
                f"{self._name} has a line longer than 16 MB; choose a CSV file with one row a line."
            )
        return len(data)

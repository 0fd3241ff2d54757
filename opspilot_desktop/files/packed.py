"""Files in a compressed container: `.gz`, and `.zip` with one file in it, unpacked as they are read.

What a container may grow to is limited, so that a few kilobytes never fill the memory or the disk.
"""

from __future__ import annotations

import errno
import gzip
import io
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import PurePosixPath
from typing import IO, TYPE_CHECKING

from ..domain.errors import KnownError
from ..domain.text import visible

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

LARGEST_UNPACKED = 8 << 30
"""Bytes that a compressed file may unpack to."""
LARGEST_RATIO = 200
"""How many times its own size a compressed file may unpack to; ordinary tables reach 5 to 40."""
_RATIO_FROM = 64 << 20  # bytes; a small file of equal rows may well exceed the ratio
_BLOCK = 1 << 18  # bytes read at a time
_HIDDEN = ("__MACOSX/", "META-INF/")  # what archiving programs add of their own


def from_gzip(file: io.RawIOBase, name: str, size: int) -> io.RawIOBase:
    """The bytes that the gzip file called `name`, of `size` bytes, holds.

    Raises KnownError on reading, where it is damaged, cut off, or unpacks to more than the limits.
    """
    return _Limited(gzip.GzipFile(fileobj=io.BufferedReader(file, _BLOCK)), name, size)


def shown_name(member: str) -> str:
    """The name of a file in an archive without its folders, safe to show; nothing is written under it."""
    return visible(PurePosixPath(member.replace("\\", "/")).name) or "a file without a name"


def members(archive: zipfile.ZipFile) -> list[zipfile.ZipInfo]:
    """The files in an archive, without folders and what archiving programs add of their own."""
    return [
        entry
        for entry in archive.infolist()
        if not entry.filename.endswith("/")
        and not entry.filename.startswith(_HIDDEN)
        and PurePosixPath(entry.filename).name not in (".DS_Store", "Thumbs.db")
    ]


@contextmanager
def reading_zip(name: str) -> Iterator[None]:
    """Turns whatever is wrong with a ZIP archive into a sentence."""
    try:
        yield
    except (zipfile.BadZipFile, gzip.BadGzipFile, zlib.error, EOFError) as error:
        raise _damaged(name, error) from None
    except (ValueError, LookupError, OverflowError) as error:
        raise _damaged(name, error) from None
    except OSError as error:
        if error.errno != errno.EINVAL:  # how a place before the file's beginning is refused
            raise
        raise _damaged(name, error) from None
    except (NotImplementedError, RuntimeError) as error:  # how zipfile says: not my compression, encrypted
        raise KnownError(
            f"{name} cannot be unpacked here ({error}); unpack it yourself and import what is in it."
        ) from None


def _damaged(name: str, error: Exception) -> KnownError:
    reason = "it ends too early" if isinstance(error, EOFError) else "its data are damaged"
    return KnownError(f"{name} cannot be unpacked to its end: {reason}; fetch it again and import that.")


def from_zip(file: io.FileIO, name: str, size: int) -> tuple[io.RawIOBase, str]:
    """The bytes of the one file in a ZIP archive called `name`, and the name to call them by.

    Raises KnownError, here and on reading, for an archive that holds more or less, or cannot be read.
    """
    with reading_zip(name):
        archive = zipfile.ZipFile(file)
        inside = members(archive)
        if len(inside) != 1:
            holds = f"{len(inside):,} files" if inside else "no file"
            raise KnownError(f"{name} holds {holds}; choose a ZIP archive with one file, or unpack it first.")
        entry = inside[0]
        if entry.flag_bits & 1:
            raise KnownError(
                f"{name} is protected by a password; unpack it with the password and import what is in it."
            )
        return _Limited(archive.open(entry), name, size), f"{shown_name(entry.filename)} in {name}"


class _Limited(io.RawIOBase):
    """Unpacked bytes, as many as the limits allow; what is wrong with them is said in a sentence."""

    def __init__(self, inner: IO[bytes] | gzip.GzipFile, name: str, size: int) -> None:
        self._inner = inner
        self._name = name
        self._most = min(LARGEST_UNPACKED, max(size * LARGEST_RATIO, _RATIO_FROM))
        self._count = 0

    def readable(self) -> bool:
        return True

    def close(self) -> None:
        self._inner.close()
        super().close()

    def readinto(self, buffer: WriteableBuffer, /) -> int:
        target = memoryview(buffer)
        with reading_zip(self._name):
            data = self._inner.read(len(target))
        target[: len(data)] = data
        self._count += len(data)
        if self._count > self._most:
            raise KnownError(
                f"{self._name} unpacks to more than {self._most >> 20:,} MB, which no table of its size does;"
                " if you trust it, unpack it and import what is in it."
            )
        return len(data)

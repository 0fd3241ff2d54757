"""One program at a time works in a watched folder.

The lock is the operating system's, which lets go of it however the program ends, on this computer and on a
share alike. It needs two calls of the standard library, one on each kind of system, and keeps order only:
that no file is imported twice rests on the database and on renaming. So no library is taken for it.
"""

from __future__ import annotations

import errno
import os
import sys
from pathlib import Path

if sys.platform == "win32":
    import msvcrt

    def _lock(number: int) -> None:
        msvcrt.locking(number, msvcrt.LK_NBLCK, 1)

else:
    import fcntl

    def _lock(number: int) -> None:
        fcntl.flock(number, fcntl.LOCK_EX | fcntl.LOCK_NB)


_HELD_BY_ANOTHER = (errno.EACCES, errno.EAGAIN, errno.EDEADLK)


class FolderLock:
    """The lock that a file in the folder stands for; the file stays when it is let go of."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._number: int | None = None

    def acquire(self) -> bool:
        """Takes the lock; False when another program has it. Raises OSError where there can be none."""
        number = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o666)
        try:
            _lock(number)
        except OSError as error:
            os.close(number)
            if error.errno in _HELD_BY_ANOTHER:
                return False
            raise
        self._number = number
        return True

    def release(self) -> None:
        """Lets go of it; more than once is fine."""
        if self._number is not None:
            os.close(self._number)
            self._number = None

"""Writing a file so that there is the whole of it or none."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ..domain.errors import KnownError


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """Gives a path beside `path` to write to; it takes the place of `path` when the block ends well.

    When the block raises, nothing is left of it and `path` is as it was. Raises KnownError where the file
    system refuses.
    """
    part = path.with_name(f".{path.name}.{secrets.token_hex(4)}.part")
    try:
        try:
            yield part
            # Without this a power cut can leave the new name with no data behind it.
            with part.open("rb+") as file:
                os.fsync(file.fileno())
            os.replace(part, path)
        finally:
            part.unlink(missing_ok=True)
    except OSError as error:
        raise KnownError(
            f"{path} cannot be written ({error.strerror or error}); close it elsewhere or choose another"
            " place."
        ) from error

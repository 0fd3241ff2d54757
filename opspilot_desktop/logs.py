"""The program's log: one JSON object a line, rotated, without the values of anybody's data.

Messages are constant sentences; what varies goes into `extra=` as counts, names of operations and
durations. Of an exception only its type and its place in the code are written, since its text may
quote a row.
"""

from __future__ import annotations

import contextlib
import json
import logging
import logging.handlers
import os
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from .redaction import redact, trace, type_name

FILE_NAME = "opspilot.log"
MAX_BYTES = 2_000_000
KEPT_FILES = 5

_STANDARD = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}


class JsonFormatter(logging.Formatter):
    """Writes a record as one line of JSON: at (UTC), level, logger, thread, message, then its extras."""

    def format(self, record: logging.LogRecord) -> str:
        """The record as one line."""
        line: dict[str, object] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")[:-6] + "Z",
            "level": record.levelname,
            "logger": record.name,
            "thread": record.threadName,
            "message": redact(record.getMessage()),
        }
        for name, value in vars(record).items():
            if name not in _STANDARD and name not in line:
                plain = value is None or isinstance(value, int | float)
                line[name] = value if plain else redact(str(value))
        if record.exc_info and record.exc_info[1] is not None:
            line["error"] = list(trace(record.exc_info[1]))
        return json.dumps(line, ensure_ascii=False)


def _rename(source: str, target: str) -> None:
    """Rotates the file, or leaves it where another process keeps it from being renamed."""
    with contextlib.suppress(OSError):
        os.replace(source, target)


def setup(folder: Path, console: bool = False, level: int = logging.INFO) -> logging.Handler:
    """Sends the root logger's records to a rotating file in the folder; returns the file's handler.

    With `console`, warnings also go to standard error. A folder that cannot be written costs the
    log, never the program: records then go to standard error.
    """
    root = logging.getLogger()
    root.setLevel(level)
    handler: logging.Handler
    try:
        folder.mkdir(parents=True, exist_ok=True)
        rotating = logging.handlers.RotatingFileHandler(
            folder / FILE_NAME, maxBytes=MAX_BYTES, backupCount=KEPT_FILES, encoding="utf-8"
        )
        rotating.rotator = _rename
        handler = rotating
    except OSError:
        handler = logging.StreamHandler(sys.stderr)
        handler.setLevel(logging.WARNING)
        console = False
    handler.setFormatter(JsonFormatter())
    root.addHandler(handler)
    if console:
        stream = logging.StreamHandler(sys.stderr)
        stream.setLevel(logging.WARNING)
        stream.setFormatter(logging.Formatter("%(levelname)s %(name)s: %(message)s"))
        root.addHandler(stream)
    return handler


@contextlib.contextmanager
def to_folder(folder: Path) -> Iterator[None]:
    """Has the log written into the folder meanwhile, for a process that does not live on afterwards."""
    root = logging.getLogger()
    before = root.level
    handler = setup(folder)
    try:
        yield
    finally:
        root.removeHandler(handler)
        root.setLevel(before)
        handler.close()


Number = int | float | str | bool
"""A count, a duration, or the name of something of the program's own; never a value of anybody's data."""


@contextlib.contextmanager
def operation(logger: logging.Logger, name: str, **facts: Number) -> Iterator[dict[str, Number]]:
    """Logs that an operation began, and how it ended: with what, after how long, or by which type of error.

    What is put into the yielded dictionary is logged at the end. What it is called and its facts are the
    program's own words and numbers; an error's text, which may quote a row, is left out.
    """
    logger.info("Begun", extra={"operation": name, **facts})
    started = time.perf_counter()
    outcome: dict[str, Number] = {}
    try:
        yield outcome
    except BaseException as error:
        outcome = {"error_type": type_name(error)}
        logger.info("Not done", extra={"operation": name, **outcome, "seconds": _since(started)})
        raise
    logger.info("Done", extra={"operation": name, **outcome, "seconds": _since(started)})


def _since(started: float) -> float:
    return round(time.perf_counter() - started, 3)

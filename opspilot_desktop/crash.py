"""What is kept and shown when the program meets a defect of its own."""

from __future__ import annotations

import faulthandler
import logging
import platform
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import IO

from . import __version__
from .redaction import redact, trace, type_name

logger = logging.getLogger(__name__)

_LIBRARIES = ("PySide6", "sqlalchemy", "alembic", "psycopg", "anthropic", "keyring", "xlsxwriter")
_MESSAGE_LENGTH = 500


@dataclass(frozen=True)
class Crash:
    """A defect that was caught: its redacted report and, where it could be written, the file with it."""

    report: str
    path: Path | None


OnCrash = Callable[[Crash], None]
"""Called with a crash, on the thread that it happened on."""


def report(error: BaseException, at: datetime | None = None) -> str:
    """A report to copy: versions, platform, the error and its place in the code.

    Without local variables; keys, passwords and the home folder are masked, a long message is cut.
    """
    message = redact(str(error))
    if len(message) > _MESSAGE_LENGTH:
        message = message[:_MESSAGE_LENGTH] + "…"
    when = (at or datetime.now(UTC)).strftime("%Y-%m-%dT%H:%M:%SZ")
    head = [f"OpsPilot Desktop {__version__}, {when}", *_versions(), "", f"{type_name(error)}: {message}", ""]
    return "\n".join([*head, *trace(error)]) + "\n"


def _versions() -> Iterator[str]:
    yield f"{platform.platform()}, Python {platform.python_version()}"
    # Only what is loaded is looked up: a report must not import a library that may be the culprit.
    loaded = [(name, getattr(sys.modules.get(name), "__version__", None)) for name in _LIBRARIES]
    yield ", ".join(f"{name} {version}" for name, version in loaded if version)


def save(folder: Path, text: str, at: datetime | None = None) -> Path | None:
    """Writes a report into the folder; None when it cannot be written."""
    when = (at or datetime.now(UTC)).strftime("%Y%m%d-%H%M%S-%f")
    path = folder / f"crash-{when}.txt"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    except OSError:
        return None
    return path


def caught(error: BaseException, folder: Path) -> Crash:
    """Logs an unexpected error, writes its report and returns both."""
    logger.error("Unexpected error", exc_info=error)
    text = report(error)
    return Crash(text, save(folder, text))


def install_hook(on_crash: OnCrash, folder: Path) -> Callable[[], None]:
    """Sends every uncaught exception, on any thread, to `on_crash`; returns the hook's removal.

    A crash within `on_crash` itself goes to standard error, never round again.
    """
    before = (sys.excepthook, threading.excepthook)
    busy = threading.local()

    def handle(error: BaseException) -> None:
        if getattr(busy, "now", False):
            sys.__excepthook__(type(error), error, error.__traceback__)
            return
        busy.now = True
        try:
            on_crash(caught(error, folder))
        except Exception as second:
            sys.__excepthook__(type(second), second, second.__traceback__)
        finally:
            busy.now = False

    def on_main(kind: type[BaseException], error: BaseException, place: TracebackType | None) -> None:
        if issubclass(kind, Exception):
            handle(error)
        else:  # Ctrl+C and the like are no defects
            before[0](kind, error, place)

    def on_thread(args: threading.ExceptHookArgs) -> None:
        if isinstance(args.exc_value, Exception):
            handle(args.exc_value)
        else:
            before[1](args)

    def remove() -> None:
        sys.excepthook, threading.excepthook = before

    sys.excepthook, threading.excepthook = on_main, on_thread
    return remove


def enable_fault_log(folder: Path) -> IO[str] | None:
    """Lets a crash below Python leave its stack in the folder; the returned file must stay open."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        file = (folder / "fault.log").open("a", encoding="utf-8")
    except OSError:
        return None
    faulthandler.enable(file)
    return file

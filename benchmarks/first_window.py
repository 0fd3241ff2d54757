"""When a program's first window appears on an X display, told by the X server itself.

Nothing is asked of the program: it is started as a person would, on a display of its own (Xvfb), and the
server says when a window of its is mapped.
"""

from __future__ import annotations

import ctypes
import ctypes.util
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

_SUBSTRUCTURE_NOTIFY = 1 << 19
_MAP_NOTIFY = 19
_LONGEST = 60.0
_LOOK = 0.001
_SCREEN = "1600x1000x24"


class _MapEvent(ctypes.Structure):
    _fields_ = (
        ("type", ctypes.c_int),
        ("serial", ctypes.c_ulong),
        ("send_event", ctypes.c_int),
        ("display", ctypes.c_void_p),
        ("event", ctypes.c_ulong),
        ("window", ctypes.c_ulong),
        ("override_redirect", ctypes.c_int),
    )


class _Event(ctypes.Union):
    _fields_ = (("map", _MapEvent), ("room", ctypes.c_long * 24))


def can_watch() -> bool:
    """Whether this machine has what it takes: Linux, an X server without a screen, and the X library."""
    return sys.platform == "linux" and bool(shutil.which("Xvfb") and ctypes.util.find_library("X11"))


@contextmanager
def display() -> Iterator[str]:
    """An X display of its own, by its name."""
    reading, writing = os.pipe()
    command = ["Xvfb", "-displayfd", str(writing), "-screen", "0", _SCREEN, "-nolisten", "tcp", "-noreset"]
    server = subprocess.Popen(command, pass_fds=[writing], stderr=subprocess.DEVNULL)
    os.close(writing)
    try:
        with os.fdopen(reading) as told:  # the server says its number when it is ready
            yield f":{told.readline().strip()}"
    finally:
        server.terminate()
        server.wait()


@dataclass(frozen=True)
class Shown:
    """How long it took until the window was there, and the same without the time in which the program's
    first thread was ready to run and others had the processors."""

    seconds: float
    own: float


def until_window(command: Sequence[str], environment: dict[str, str], name: str) -> Shown:
    """How long it takes from starting the command to its first mapped window on the display of that name.

    Raises RuntimeError when the program ends, or a minute passes, without one.
    """
    with _watching(name) as is_mapped:
        began = time.perf_counter()
        program = subprocess.Popen(
            command,
            env={**environment, "DISPLAY": name},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            while not is_mapped():
                if program.poll() is not None or time.perf_counter() - began > _LONGEST:
                    raise RuntimeError("the window was not shown")
                time.sleep(_LOOK)
            seconds = time.perf_counter() - began
            return Shown(seconds, seconds - _queued(program.pid))
        finally:
            program.terminate()
            program.wait()


def _queued(process: int) -> float:
    """The seconds in which the first thread of a process has waited for a processor."""
    return int(Path(f"/proc/{process}/schedstat").read_text(encoding="ascii").split()[1]) / 1e9


@contextmanager
def _watching(name: str) -> Iterator[Callable[[], bool]]:
    """A function that says whether a window has been mapped on the display meanwhile."""
    library = ctypes.CDLL(ctypes.util.find_library("X11"))
    library.XOpenDisplay.restype = ctypes.c_void_p
    library.XDefaultRootWindow.restype = ctypes.c_ulong
    opened = ctypes.c_void_p(library.XOpenDisplay(name.encode()))
    if not opened:
        raise RuntimeError(f"the display {name} cannot be opened")
    root = ctypes.c_ulong(library.XDefaultRootWindow(opened))
    library.XSelectInput(opened, root, ctypes.c_long(_SUBSTRUCTURE_NOTIFY))
    library.XSync(opened, 0)
    event = _Event()

    def is_mapped() -> bool:
        while library.XPending(opened):
            library.XNextEvent(opened, ctypes.byref(event))
            # Menus and tooltips manage themselves; the window does not.
            if event.map.type == _MAP_NOTIFY and not event.map.override_redirect:
                return True
        return False

    try:
        yield is_mapped
    finally:
        library.XCloseDisplay(opened)


def bundle() -> Path | None:
    """The packaged program, where `make package` has made it."""
    program = Path(__file__).resolve().parent.parent / "dist" / "opspilot-desktop" / "opspilot-desktop"
    return program if program.exists() else None

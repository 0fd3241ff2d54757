"""How much memory this process has used."""

from __future__ import annotations

import sys
from pathlib import Path

MIB = 1024 * 1024


def peak_memory() -> int:
    """The most memory that this process has had resident, in bytes.

    Not `getrusage`: what the parent had at the fork would count.
    """
    if sys.platform.startswith("linux"):
        for line in Path("/proc/self/status").read_text(encoding="ascii").splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) * 1024
    import psutil  # not in the environment of the rivals

    memory = psutil.Process().memory_info()
    return int(getattr(memory, "peak_wset", memory.rss))


def forget_peak() -> None:
    """Begins to measure the peak anew, where the system can (Linux)."""
    if sys.platform.startswith("linux"):
        Path("/proc/self/clear_refs").write_text("5", encoding="ascii")

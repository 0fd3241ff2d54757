"""Arguments to the command line or the window; nothing else."""

from __future__ import annotations

import gc
import multiprocessing
import sys
from collections.abc import Sequence


def opens_window(argv: Sequence[str]) -> bool:
    """Whether the arguments ask for the window: nothing but `--db TARGET` and `--demo`."""
    rest = list(argv)
    while rest:
        argument = rest.pop(0)
        if argument == "--demo" or argument.startswith("--db="):
            continue
        if argument != "--db" or not rest or rest.pop(0).startswith("-"):
            return False
    return True


def main() -> int:
    """Runs the program with the process's arguments; returns its exit status."""
    multiprocessing.freeze_support()
    try:
        return _run(sys.argv[1:])
    except KeyboardInterrupt:  # before the command line was there to say so itself
        print("Cancelled; nothing was changed.", file=sys.stderr)
        return 1


def _run(argv: Sequence[str]) -> int:
    if opens_window(argv):
        # Loading makes hundreds of thousands of objects that stay: looking for garbage among them only
        # costs time. The window has it done again, in its own time.
        gc.disable()
        from . import app

        return app.main(argv)
    from . import cli

    return cli.main(argv)


if __name__ == "__main__":
    sys.exit(main())

"""Makes `.venv` what requirements.lock and pyproject.toml say; does nothing when it already is.

With `--rivals`, the same for `.venv-bench`, which has what the benchmarks compare the program with.
Runs on the machine's own Python, so it uses the standard library alone.
"""

from __future__ import annotations

import argparse
import hashlib
import importlib.util
import json
import os
import platform
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import system_libraries

ROOT = Path(__file__).resolve().parent.parent
OLDEST_PYTHON = (3, 11)


class EnvironmentFailure(Exception):
    """The environment cannot be made; the text says what to do about it."""


@dataclass(frozen=True)
class Environment:
    """A checkout's virtual environment: its folder, the lock of its libraries, and whether the program is
    installed in it."""

    folder: str
    lock: str
    has_program: bool


PROGRAM = Environment(".venv", "requirements.lock", has_program=True)
RIVALS = Environment(".venv-bench", "benchmarks/requirements.lock", has_program=False)


def wanted(root: Path, environment: Environment) -> dict[str, str]:
    """What an up-to-date environment was made from: the Python, the place, and its files' digests."""
    state = {"python": platform.python_version(), "place": str(root)}
    for name in (environment.lock, *(["pyproject.toml"] if environment.has_program else [])):
        state[name] = hashlib.sha256((root / name).read_bytes()).hexdigest()
    return state


def found(stamp: Path) -> dict[str, str]:
    """What the present environment was made from; empty when there is none or it was cut short."""
    try:
        state = json.loads(stamp.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return state if isinstance(state, dict) else {}


def prepare(root: Path, environment: Environment = PROGRAM) -> None:
    """Makes or renews the environment in `root`; raises EnvironmentFailure with a remedy."""
    venv = root / environment.folder
    stamp = venv / "opspilot-environment.json"
    want, have = wanted(root, environment), found(stamp) if python_of(venv).exists() else {}
    if want == have:
        return
    stamp.unlink(missing_ok=True)
    # Only a change of pyproject.toml leaves the installed libraries as they are.
    keep = have and all(have.get(name) == want[name] for name in ("python", "place", environment.lock))
    if not keep:
        made_with = f"Making {environment.folder} with Python {platform.python_version()}"
        print(f"{made_with}; this takes about a minute", flush=True)
        _check_python()
        shutil.rmtree(venv, ignore_errors=True)
        _run([sys.executable, "-m", "venv", str(venv)], "The virtual environment could not be made")
        _pip(venv, "--require-hashes", "-r", str(root / environment.lock))
    if environment.has_program:
        _pip(venv, "--no-deps", "--no-build-isolation", "-e", str(root))
    stamp.write_text(json.dumps(want, indent=2) + "\n", encoding="utf-8")


def _check_python() -> None:
    if sys.version_info < OLDEST_PYTHON:
        raise EnvironmentFailure(f"Python 3.11 or newer is needed; this is {platform.python_version()}.")
    if importlib.util.find_spec("ensurepip") and importlib.util.find_spec("venv"):
        return
    package = f"python{sys.version_info.major}.{sys.version_info.minor}-venv"
    if not system_libraries.install([package]):
        raise EnvironmentFailure(f"Python's venv module is missing: install the package {package}.")


def python_of(venv: Path) -> Path:
    """The Python of a virtual environment."""
    return venv / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def _pip(venv: Path, *arguments: str) -> None:
    options = ["install", "--quiet", "--disable-pip-version-check", "--no-input"]
    _run([str(python_of(venv)), "-m", "pip", *options, *arguments], "The libraries could not be installed")


def _run(command: list[str], failure: str) -> None:
    if subprocess.run(command, check=False).returncode:
        raise EnvironmentFailure(f"{failure}; the lines above say why. Command: {' '.join(command)}")


def main() -> int:
    """Prepares an environment of the checkout that this file is in."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rivals", action="store_true", help=f"makes {RIVALS.folder} instead")
    arguments = parser.parse_args()
    try:
        prepare(ROOT, RIVALS if arguments.rivals else PROGRAM)
    except EnvironmentFailure as failure:
        print(failure, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())

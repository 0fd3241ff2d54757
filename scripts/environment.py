"""Makes `.venv` what requirements.lock and pyproject.toml say; does nothing when it already is.

Runs on the machine's own Python, so it uses the standard library alone.
"""

from __future__ import annotations

import hashlib
import importlib.util
import json
import os
import platform
import shutil
import subprocess
import sys
from pathlib import Path

import system_libraries

ROOT = Path(__file__).resolve().parent.parent
OLDEST_PYTHON = (3, 11)


class EnvironmentFailure(Exception):
    """The environment cannot be made; the text says what to do about it."""


def wanted(root: Path) -> dict[str, str]:
    """What an up-to-date environment was made from: the Python, the place, and both files' digests."""
    state = {"python": platform.python_version(), "place": str(root)}
    for name in ("requirements.lock", "pyproject.toml"):
        state[name] = hashlib.sha256((root / name).read_bytes()).hexdigest()
    return state


def found(stamp: Path) -> dict[str, str]:
    """What the present environment was made from; empty when there is none or it was cut short."""
    try:
        state = json.loads(stamp.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return state if isinstance(state, dict) else {}


def prepare(root: Path) -> None:
    """Makes or renews `root/.venv`; raises EnvironmentFailure with a remedy."""
    venv, stamp = root / ".venv", root / ".venv" / "opspilot-environment.json"
    want, have = wanted(root), found(stamp) if _python(venv).exists() else {}
    if want == have:
        return
    stamp.unlink(missing_ok=True)
    # Only a change of pyproject.toml leaves the installed libraries as they are.
    keep = have and all(have.get(name) == want[name] for name in ("python", "place", "requirements.lock"))
    if not keep:
        print(f"Making .venv with Python {platform.python_version()}; this takes about a minute", flush=True)
        _check_python()
        shutil.rmtree(venv, ignore_errors=True)
        _run([sys.executable, "-m", "venv", str(venv)], "The virtual environment could not be made")
        _pip(venv, "--require-hashes", "-r", str(root / "requirements.lock"))
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


def _python(venv: Path) -> Path:
    return venv / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def _pip(venv: Path, *arguments: str) -> None:
    options = ["install", "--quiet", "--disable-pip-version-check", "--no-input"]
    _run([str(_python(venv)), "-m", "pip", *options, *arguments], "The libraries could not be installed")


def _run(command: list[str], failure: str) -> None:
    if subprocess.run(command, check=False).returncode:
        raise EnvironmentFailure(f"{failure}; the lines above say why. Command: {' '.join(command)}")


def main() -> int:
    """Prepares the environment of the checkout that this file is in."""
    try:
        prepare(ROOT)
    except EnvironmentFailure as failure:
        print(failure, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())

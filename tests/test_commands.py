"""The commands that a fresh checkout promises, without running what they run."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="make is not used on Windows")


def script(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("#!/bin/sh\n" + text + "\n")
    path.chmod(0o755)
    return path


@pytest.mark.parametrize(
    ("target", "command"),
    [
        ("run", ".venv/bin/opspilot-desktop --demo"),
        ("test", ".venv/bin/pytest"),
        ("lint", ".venv/bin/mypy"),
        ("bench", ".venv/bin/python -m benchmarks"),
        ("package", ".venv/bin/python scripts/package.py"),
        ("screenshots", ".venv/bin/python scripts/screenshots.py"),
    ],
)
def test_target_makes_the_environment_first(target: str, command: str) -> None:
    run = subprocess.run(
        ["make", "-n", target, "PYTHON=some-python"], cwd=ROOT, check=True, capture_output=True, text=True
    )
    assert '"some-python" scripts/environment.py' in run.stdout
    assert run.stdout.index("scripts/environment.py") < run.stdout.index(command)


@pytest.mark.parametrize("failing", ["", "lint", "test"])
def test_ci_runs_both_and_reports_a_failure(tmp_path: Path, failing: str) -> None:
    script(tmp_path / "make", f'echo "make $1"; [ "$1" != "{failing}" ]')
    path = f"{tmp_path}:{os.environ['PATH']}"
    run = subprocess.run(
        [ROOT / ".ci" / "run"], env={"PATH": path}, check=False, capture_output=True, text=True, cwd=tmp_path
    )
    assert run.stdout == "make lint\nmake test\n"
    assert run.returncode == (1 if failing else 0)


@pytest.mark.parametrize(
    ("new_enough", "found"),
    [
        (["python3", "python3.12"], "python3\n"),
        (["python3.11", "python3.12"], "python3.12\n"),
        (["python"], "python\n"),
        ([], ""),
    ],
)
def test_find_python_takes_the_first_that_is_new_enough(
    tmp_path: Path, new_enough: list[str], found: str
) -> None:
    for name in ("python3", "python3.12", "python3.11", "python"):
        script(tmp_path / name, f"exit {int(name not in new_enough)}")
    run = subprocess.run(
        ["/bin/sh", ROOT / "scripts" / "find_python.sh"],
        env={"PATH": str(tmp_path)},
        check=True,
        capture_output=True,
        text=True,
    )
    assert run.stdout == found


def test_without_python_make_says_what_is_needed() -> None:
    run = subprocess.run(["make", "lint", "PYTHON="], cwd=ROOT, check=False, capture_output=True, text=True)
    assert run.returncode != 0
    assert "Python 3.11 or newer is needed" in run.stderr

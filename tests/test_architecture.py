"""What holds for the project as a whole."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
MAX_LINES = 400

# Put together here, so that this file does not name them either.
REGISTRIES = [
    "pypi" + ".org",
    "python" + "hosted.org",
    "npmjs" + ".com",
    "npmjs" + ".org",
    "anaconda" + ".org",
    "debian" + ".org",
    "ubuntu" + ".com",
]
SLOW_LIBRARIES = ["anthropic", "keyring", "alembic", "psycopg", "xlsxwriter", "python_calamine"]


def files_of_the_project() -> list[Path]:
    """Every file that is, or is about to be, under version control."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    names = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout.split("\0")
    return [ROOT / name for name in names if name and (ROOT / name).is_file()]


def test_imports_follow_the_design() -> None:
    command = [Path(sys.executable).with_name("lint-imports"), "--no-cache"]
    run = subprocess.run(command, cwd=ROOT, check=False, capture_output=True, text=True)
    assert run.returncode == 0, run.stdout + run.stderr


def test_every_folder_of_the_package_is_a_package() -> None:
    """A folder without __init__.py would go unseen by the checks above and by mypy."""
    package = ROOT / "opspilot_desktop"
    migrations = package / "store" / "migrations"  # read by Alembic as files, not imported
    folders = {path.parent for path in package.rglob("*.py") if migrations not in path.parents}
    assert [folder for folder in folders if not (folder / "__init__.py").exists()] == []


def test_no_file_is_too_long() -> None:
    lengths = {
        path.relative_to(ROOT): len(path.read_text(encoding="utf-8").splitlines())
        for path in (ROOT / "opspilot_desktop").rglob("*.py")
    }
    assert lengths
    assert {path: length for path, length in lengths.items() if length > MAX_LINES} == {}


def test_no_file_names_a_package_registry() -> None:
    files = files_of_the_project()
    assert ROOT / "requirements.lock" in files
    named = [
        (path.relative_to(ROOT), host)
        for path in files
        for host in REGISTRIES
        if host.encode() in path.read_bytes().lower()
    ]
    assert named == []


@pytest.mark.parametrize(
    ("module", "unwanted"),
    [
        ("opspilot_desktop.cli", [*SLOW_LIBRARIES, "PySide6"]),
        ("opspilot_desktop.app", [*SLOW_LIBRARIES, "sqlalchemy", "pluggy"]),
    ],
)
def test_slow_libraries_wait_until_they_are_used(module: str, unwanted: list[str]) -> None:
    code = f"import json, sys, {module}; print(json.dumps(sorted(sys.modules)))"
    run = subprocess.run(
        [sys.executable, "-c", code], env=os.environ, check=True, capture_output=True, text=True
    )
    loaded = json.loads(run.stdout)
    assert module in loaded
    assert [name for name in unwanted if name in loaded] == []


def test_the_lock_pins_and_hashes_everything() -> None:
    text = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    entries = [line for line in text.splitlines() if line and not line.startswith((" ", "#"))]
    assert len(entries) > 20
    assert [line for line in entries if "==" not in line or not line.endswith("\\")] == []
    assert text.count("--hash=sha256:") >= len(entries)

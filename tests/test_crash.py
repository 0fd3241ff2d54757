from __future__ import annotations

import platform
import subprocess
import sys
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from opspilot_desktop import __version__, crash

AT = datetime(2026, 11, 20, 9, 30, 5, 120000, tzinfo=UTC)


def failing(secret_local: str) -> None:
    raise RuntimeError(f"cannot use sk-ant-abcdef in {Path.home() / 'desk'} {len(secret_local)}")


def a_report() -> str:
    try:
        failing("T-20481937")
    except RuntimeError as error:
        return crash.report(error, AT)
    raise AssertionError


def test_report() -> None:
    lines = a_report().splitlines()
    assert lines[0] == f"OpsPilot Desktop {__version__}, 2026-11-20T09:30:05Z"
    assert f"Python {platform.python_version()}" in lines[1]
    assert "RuntimeError: cannot use sk-*** in ~/desk 10" in lines
    assert any(line.endswith(" in failing") and "test_crash.py:" in line for line in lines)


def test_report_has_no_locals_key_or_home() -> None:
    text = a_report()
    for hidden in ("T-20481937", "abcdef", str(Path.home()) + "/"):
        assert hidden not in text


def test_report_cuts_a_long_message() -> None:
    text = crash.report(ValueError("x" * 10_000), AT)
    assert len(text) < 2_000
    assert "x…" in text


def test_report_names_loaded_libraries_and_loads_none() -> None:
    code = (
        "import sys; from opspilot_desktop import crash; text = crash.report(ValueError('x'));"
        "assert 'sqlalchemy' not in text and 'sqlalchemy' not in sys.modules;"
        "import sqlalchemy; assert 'sqlalchemy 2.' in crash.report(ValueError('x'))"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_save(tmp_path: Path) -> None:
    path = crash.save(tmp_path / "logs", "text", AT)
    assert path == tmp_path / "logs" / "crash-20261120-093005-120000.txt"
    assert path.read_text() == "text"


def test_save_where_nothing_can_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    assert crash.save(tmp_path / "file" / "logs", "text", AT) is None


@pytest.fixture
def crashes(tmp_path: Path) -> Iterator[list[crash.Crash]]:
    """The crashes that an installed hook has reported."""
    seen: list[crash.Crash] = []
    remove = crash.install_hook(seen.append, tmp_path)
    yield seen
    remove()


@pytest.mark.expects_log("Unexpected error")
def test_hook_catches_on_the_main_thread(crashes: list[crash.Crash], tmp_path: Path) -> None:
    try:
        failing("x")
    except RuntimeError as error:
        sys.excepthook(type(error), error, error.__traceback__)
    (seen,) = crashes
    assert seen.path is not None
    assert seen.path.parent == tmp_path
    assert seen.path.read_text() == seen.report


@pytest.mark.expects_log("Unexpected error")
def test_hook_catches_on_another_thread(crashes: list[crash.Crash]) -> None:
    thread = threading.Thread(target=failing, args=("x",))
    thread.start()
    thread.join()
    assert "in failing" in crashes[0].report


def test_hook_leaves_ctrl_c_alone(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "excepthook", sys.__excepthook__)
    seen: list[crash.Crash] = []
    remove = crash.install_hook(seen.append, tmp_path)
    sys.excepthook(KeyboardInterrupt, KeyboardInterrupt(), None)
    remove()
    assert seen == []
    assert "KeyboardInterrupt" in capsys.readouterr().err


@pytest.mark.expects_log("Unexpected error")
def test_crash_within_the_crash_dialog_ends(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    calls = []

    def on_crash(seen: crash.Crash) -> None:
        calls.append(seen)
        nested = OSError("dialog")
        sys.excepthook(OSError, nested, None)
        raise nested

    remove = crash.install_hook(on_crash, tmp_path)
    sys.excepthook(ValueError, ValueError("first"), None)
    remove()
    assert len(calls) == 1
    assert capsys.readouterr().err.count("OSError: dialog") == 2


def test_removal_restores_the_hooks(tmp_path: Path) -> None:
    before = (sys.excepthook, threading.excepthook)
    remove = crash.install_hook(lambda seen: None, tmp_path)
    assert (sys.excepthook, threading.excepthook) != before
    remove()
    assert (sys.excepthook, threading.excepthook) == before


def test_fault_log_takes_the_stack_of_a_native_crash(tmp_path: Path) -> None:
    code = (
        "import sys, pathlib, faulthandler; from opspilot_desktop import crash;"
        "file = crash.enable_fault_log(pathlib.Path(sys.argv[1])); faulthandler._sigsegv()"
    )
    run = subprocess.run([sys.executable, "-c", code, tmp_path], check=False, capture_output=True)
    assert run.returncode != 0
    assert "Segmentation fault" in (tmp_path / "fault.log").read_text()

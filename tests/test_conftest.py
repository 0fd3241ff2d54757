"""The test harness itself: what it must refuse, tried on small test files in a run of their own."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent

SLOPPY_TESTS = """
import logging, os, threading, time, warnings, weakref
import pytest

def test_tidy(qtbot):
    from PySide6.QtWidgets import QWidget
    widget = QWidget()
    qtbot.addWidget(widget)
    widget.show()

def test_leaves_window(qtbot):
    from PySide6.QtWidgets import QLabel
    test_leaves_window.label = QLabel("still here")
    test_leaves_window.label.show()

def test_leaves_thread():
    threading.Thread(target=time.sleep, args=(4,), daemon=True, name="straggler").start()

def test_leaves_qt_thread(qtbot):
    from PySide6.QtCore import QThread
    thread = test_leaves_qt_thread.thread = QThread()
    thread.setObjectName("lane")
    thread.start()

def test_ends_qt_thread():
    thread = test_leaves_qt_thread.thread
    thread.quit()
    assert thread.wait(2000)

def test_logs_warning():
    logging.getLogger("somewhere").warning("odd thing")

@pytest.mark.expects_log("odd")
def test_logs_expected_warning():
    logging.getLogger("somewhere").warning("odd thing")

@pytest.mark.expects_log("odd")
def test_misses_expected_warning():
    pass

class Circle:
    gone = []
    def __init__(self):
        self.itself = self
        weakref.finalize(self, self.gone.append, True)

def test_a_worker_collects_nothing(qtbot):
    Circle()
    worker = threading.Thread(target=lambda: [[] for _ in range(100_000)])
    worker.start()
    worker.join()
    assert not Circle.gone

def test_it_was_collected_after_the_test():
    assert Circle.gone

def test_qt_warning(qtbot):
    from PySide6.QtCore import qWarning
    qWarning("Qt does not like this")

def test_python_warning():
    warnings.warn("deprecated", DeprecationWarning)

def test_own_home():
    assert os.environ["OPSPILOT_HOME"] and not os.path.exists(os.path.expanduser("~/.opspilot"))
    assert os.environ["OPSPILOT_OFFLINE"] == "1"
    assert "ANTHROPIC_API_KEY" not in os.environ and "PGHOST" not in os.environ

def test_no_keychain():
    import keyring
    keyring.set_password("OpsPilot Desktop", "key", "value")
    assert keyring.get_password("OpsPilot Desktop", "key") is None

def test_leaves_connection(postgres_url):
    import psycopg
    test_leaves_connection.kept = psycopg.connect(postgres_url)
"""

OUTCOMES = {
    "test_tidy": "PASSED",
    "test_leaves_window": "ERROR",
    "test_leaves_thread": "ERROR",
    "test_leaves_qt_thread": "ERROR",
    "test_ends_qt_thread": "PASSED",
    "test_a_worker_collects_nothing": "PASSED",
    "test_it_was_collected_after_the_test": "PASSED",
    "test_logs_warning": "ERROR",
    "test_logs_expected_warning": "PASSED",
    "test_misses_expected_warning": "ERROR",
    "test_qt_warning": "FAILED",
    "test_python_warning": "FAILED",
    "test_own_home": "PASSED",
    "test_no_keychain": "PASSED",
    "test_leaves_connection": "ERROR",
}


@pytest.fixture(scope="module")
def sloppy_run(tmp_path_factory: pytest.TempPathFactory) -> str:
    folder = tmp_path_factory.mktemp("sloppy")
    (folder / "test_sloppy.py").write_text(SLOPPY_TESTS)
    options = "-m pytest -rA -p tests.conftest -p no:cacheprovider -p no:xdist"
    run = subprocess.run(
        [sys.executable, *options.split(), "-c", ROOT / "pyproject.toml", folder / "test_sloppy.py"],
        cwd=ROOT,
        env=os.environ | {"ANTHROPIC_API_KEY": "sk-test", "PGHOST": "elsewhere"},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    return run.stdout + run.stderr


@pytest.mark.parametrize(("name", "outcome"), OUTCOMES.items())
def test_outcome(sloppy_run: str, name: str, outcome: str) -> None:
    summary = sloppy_run.rpartition("short test summary info")[2]
    said = {line.split()[0] for line in summary.splitlines() if line.split(" - ")[0].endswith("::" + name)}
    assert outcome in said, sloppy_run
    assert said <= ({"PASSED", "ERROR"} if outcome == "ERROR" else {outcome}), sloppy_run


@pytest.mark.parametrize(
    "reason",
    ["window QLabel", "thread straggler", "QThread lane", "odd thing", "1 connections to the database"],
)
def test_reason(sloppy_run: str, reason: str) -> None:
    assert reason in sloppy_run


def test_target_is_free(target: str) -> None:
    """A target names an empty database, or a file that is not there yet in a folder that is."""
    if not target.startswith("postgresql://"):
        assert not Path(target).exists()
        assert Path(target).parent.is_dir()
        return
    import psycopg

    with psycopg.connect(target) as connection:
        tables = "SELECT count(*) FROM pg_tables WHERE schemaname NOT IN ('pg_catalog', 'information_schema')"
        assert connection.execute(tables).fetchone() == (0,)
        connection.execute("CREATE TABLE left_over (x integer)")
    connection.close()

"""The window as a program: that it ends, whatever still hangs."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

# A job that hears of no cancel, as one that waits for a server or a share that does not answer.
HANGING = """
import sys, time
from PySide6.QtCore import QTimer
from opspilot_desktop import app
from opspilot_desktop.ui.runner import Lane, Runner

shutdown = Runner.shutdown
Runner.shutdown = lambda runner: shutdown(runner, 0.2)

def close_beside_a_hanging_job(window):
    def hang(handle):
        QTimer.singleShot(0, window, window.close)
        time.sleep(60)
    window.desk.runner.run(Lane.READ, hang)

app.collect_garbage_when_idle = close_beside_a_hanging_job
sys.exit(app.main([]))
"""


def test_the_program_ends_beside_a_job_that_hangs(tmp_path: Path) -> None:
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen", "OPSPILOT_HOME": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, "-c", HANGING], env=environment, capture_output=True, timeout=40, check=False
    )
    assert (done.returncode, done.stdout) == (0, b"")
    assert b"QThread" not in done.stderr

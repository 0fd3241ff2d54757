"""What the demo does where there is no display: a picture of the window, and the issues as a table."""

from __future__ import annotations

from PySide6.QtCore import QEventLoop, QTimer
from PySide6.QtWidgets import QApplication

from opspilot_desktop import operations, paths
from opspilot_desktop.domain.jobs import Handle

from .main_window import MainWindow

PICTURE = "demo.png"
_AT_MOST_MS = 15_000
_SETTLE_MS = 300


def settle(window: MainWindow) -> None:
    """Lets the window's jobs finish, so that what it shows is what there is."""
    loop = QEventLoop()
    quiet = QTimer()
    quiet.setSingleShot(True)
    quiet.setInterval(_SETTLE_MS)
    quiet.timeout.connect(lambda: loop.quit() if not window.desk.runner.active else quiet.start())
    QTimer.singleShot(_AT_MOST_MS, loop.quit)
    quiet.start()
    loop.exec()


def show_off_screen(app: QApplication, window: MainWindow) -> int:
    """Shows the window off screen, saves a picture of it, prints the issues; returns the exit status."""
    window.show()
    settle(window)
    picture = paths.data() / PICTURE
    picture.parent.mkdir(parents=True, exist_ok=True)
    saved = window.grab().save(str(picture))
    issues = operations.reading.list_issues(
        Handle(), window.desk.workspace, operations.reading.issue_query("open", None)
    )
    print(operations.issue_table.issue_table(issues), end="")
    print(f"A picture of the window is in {picture}." if saved else f"{picture} could not be written.")
    window.close()
    app.processEvents()
    return 0 if saved else 1

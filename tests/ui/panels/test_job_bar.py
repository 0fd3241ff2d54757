from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMainWindow
from pytestqt.qtbot import QtBot

from opspilot_desktop.ui.icons import Icons
from opspilot_desktop.ui.measures import STATUS_BAR
from opspilot_desktop.ui.panels.job_bar import JobBar, duration, progress_text
from opspilot_desktop.ui.theme import Theme


class Clock:
    """Seconds that pass only when told."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def bar(theme: Theme, icons: Icons, clock: Clock, qtbot: QtBot) -> Iterator[JobBar]:
    window = QMainWindow()
    qtbot.addWidget(window)
    window.resize(1000, 200)
    bar = JobBar(theme, icons, "j.meyer", window, monotonic=clock)
    window.setStatusBar(bar)
    window.show()
    yield bar
    window.close()


def test_it_is_ready_and_names_the_user(bar: JobBar) -> None:
    assert bar.text.text() == "Ready"
    assert bar.user.text() == "j.meyer"
    assert not bar.cancel.isVisible()
    assert not bar.spinner.is_turning
    assert bar.height() == STATUS_BAR


def test_a_job_shows_how_far_it_is_and_how_long_it_takes(bar: JobBar, clock: Clock) -> None:
    bar.start("Importing ledger.csv")
    assert bar.is_running
    assert bar.spinner.is_turning
    assert not bar.progress.isVisible()  # the size is not known yet
    clock.now = 14.0
    bar.set_progress(612_000, 1_000_000, unit="rows")
    assert bar.numbers.text() == "612,000 of 1,000,000 rows, 9 s left"
    assert bar.progress.isVisible()
    assert bar.progress.value() / bar.progress.maximum() == pytest.approx(0.612)
    bar.set_progress(700_000, 1_000_000, "Storing ledger.csv", "rows")
    assert bar.text.text() == "Storing ledger.csv"


def test_cancel_asks_once(bar: JobBar, qtbot: QtBot) -> None:
    bar.start("Importing ledger.csv")
    with qtbot.waitSignal(bar.cancelRequested):
        qtbot.mouseClick(bar.cancel, Qt.MouseButton.LeftButton)
    assert bar.text.text() == "Cancelling…"
    assert not bar.cancel.isEnabled()
    bar.start("Another")
    assert bar.cancel.isEnabled()
    with qtbot.waitSignal(bar.cancelRequested):
        qtbot.keyClick(bar.cancel, Qt.Key.Key_Space)


def test_it_says_what_came_of_it_and_then_is_ready_again(
    bar: JobBar, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("opspilot_desktop.ui.panels.job_bar.SAID_FOR_MS", 20)
    bar.start("Importing trades.csv")
    bar.finish("trades.csv: 1,204 imported.")
    assert bar.text.text() == "trades.csv: 1,204 imported."
    assert bar.sign.isVisible()
    assert bar.sign.icon_name == "resolved"
    assert not bar.spinner.is_turning
    qtbot.waitUntil(lambda: bar.text.text() == "Ready")
    assert not bar.sign.isVisible()


def test_a_late_report_of_a_finished_job_changes_nothing(bar: JobBar) -> None:
    bar.start("Importing trades.csv")
    bar.finish()
    bar.set_progress(5, 10, "Importing trades.csv", "rows")
    assert bar.text.text() == "Ready"
    assert not bar.progress.isVisible()


def test_a_running_job_is_not_talked_over(bar: JobBar) -> None:
    bar.start("Importing trades.csv")
    bar.say("Copied 3 rows.", "ok")
    assert bar.text.text() == "Importing trades.csv"


def test_a_warning_has_an_icon_and_a_colour(bar: JobBar) -> None:
    bar.say("3 rows were left out.", "warn")
    assert bar.sign.icon_name == "warning"
    assert bar.text.property("tone") == "warn"
    bar.say("Copied.")
    assert not bar.sign.isVisible()


def test_the_selection_stands_at_the_right(bar: JobBar) -> None:
    bar.set_selection("1 selected of 164")
    assert bar.selection.text() == "1 selected of 164"
    assert bar.selection.x() > bar.text.x()


@pytest.mark.parametrize(
    ("done", "total", "unit", "elapsed", "text"),
    [
        (0, 0, "rows", 5.0, ""),
        (1_500, 0, "rows", 5.0, "1,500 rows"),
        (0, 100, "rows", 5.0, "0 of 100 rows"),
        (50, 100, "rows", 0.5, "50 of 100 rows"),
        (50, 100, "rows", 4.0, "50 of 100 rows, 4 s left"),
        (99, 100, "rows", 2.0, "99 of 100 rows, 1 s left"),
        (100, 100, "rows", 2.0, "100 of 100 rows"),
        (120, 100, "rows", 2.0, "100 of 100 rows"),
        (612, 1_000, "", 14.0, "61 %, 9 s left"),
    ],
)
def test_how_far(done: int, total: int, unit: str, elapsed: float, text: str) -> None:
    assert progress_text(done, total, unit, elapsed) == text


@pytest.mark.parametrize(
    ("seconds", "text"), [(9, "9 s"), (89, "89 s"), (90, "2 min"), (3_900, "65 min"), (7_500, "2 h 5 min")]
)
def test_how_long(seconds: int, text: str) -> None:
    assert duration(seconds) == text


def test_what_there_is_to_do_stays_until_something_else_is_said(bar: JobBar, qtbot: QtBot) -> None:
    done: list[str] = []
    bar.start("Reconciling")
    bar.say("Run 3: 220 checked.", "ok", ("Summary…", lambda: done.append("summary")))
    assert not bar.action.isVisible()
    bar.finish()
    assert bar.text.text() == "Run 3: 220 checked."
    assert bar.action.isVisible()
    assert bar.action.accessibleName() == "Summary…"
    qtbot.mouseClick(bar.action, Qt.MouseButton.LeftButton)
    assert done == ["summary"]
    assert bar.action.isVisible()
    bar.say("2 rows copied.")
    assert not bar.action.isVisible()
    bar.say("Rules saved.", "ok", ("Reconcile now", lambda: done.append("run")))
    bar.start("Storing trades.csv")
    assert not bar.action.isVisible()

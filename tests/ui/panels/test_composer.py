import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QSignalSpy
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from opspilot_desktop.ui.icons import Icons
from opspilot_desktop.ui.panels.composer import Composer
from opspilot_desktop.ui.theme import Theme


@pytest.fixture
def composer(qtbot: QtBot, theme: Theme, icons: Icons) -> Composer:
    composer = Composer(theme, icons)
    qtbot.addWidget(composer)
    composer.resize(336, 70)
    with qtbot.waitActive(composer):
        composer.show()
    composer.input.setFocus()
    return composer


def sent(spy: QSignalSpy) -> list[str]:
    return [spy.at(index)[0] for index in range(spy.count())]


@pytest.mark.parametrize("key", [Qt.Key.Key_Return, Qt.Key.Key_Enter])
def test_enter_sends(qtbot: QtBot, composer: Composer, key: Qt.Key) -> None:
    spy = QSignalSpy(composer.send)
    qtbot.keyClicks(composer.input, " Why? ")
    qtbot.keyClick(composer.input, key)
    assert sent(spy) == ["Why?"]


def test_shift_enter_begins_a_line(qtbot: QtBot, composer: Composer) -> None:
    spy = QSignalSpy(composer.send)
    low = composer.input.height()
    qtbot.keyClicks(composer.input, "One")
    qtbot.keyClick(composer.input, Qt.Key.Key_Return, Qt.KeyboardModifier.ShiftModifier)
    qtbot.keyClicks(composer.input, "two")
    assert sent(spy) == []
    assert composer.question() == "One\ntwo"
    assert composer.input.height() > low


def test_the_box_grows_up_to_six_lines(qtbot: QtBot, composer: Composer) -> None:
    heights = []
    for lines in (1, 3, 6, 20):
        composer.input.setPlainText("x\n" * (lines - 1) + "x")
        QApplication.processEvents()
        heights.append(composer.input.height())
    assert heights[0] < heights[1] < heights[2] == heights[3]


def test_nothing_is_not_sent(qtbot: QtBot, composer: Composer) -> None:
    spy = QSignalSpy(composer.send)
    assert not composer.send_button.isEnabled()
    qtbot.keyClicks(composer.input, "   ")
    assert not composer.send_button.isEnabled()
    qtbot.keyClick(composer.input, Qt.Key.Key_Return)
    assert sent(spy) == []
    qtbot.keyClicks(composer.input, "x")
    assert composer.send_button.isEnabled()
    qtbot.mouseClick(composer.send_button, Qt.MouseButton.LeftButton)
    assert sent(spy) == ["x"]


def test_stop_stands_where_send_stood(qtbot: QtBot, composer: Composer) -> None:
    stop, send = QSignalSpy(composer.stop), QSignalSpy(composer.send)
    qtbot.keyClicks(composer.input, "Why?")
    place = composer.send_button.mapTo(composer, composer.send_button.rect().topLeft())
    assert not composer.stop_button.isVisible()
    composer.set_busy(True)
    assert composer.stop_button.isVisible()
    assert not composer.send_button.isVisible()
    assert composer.stop_button.mapTo(composer, composer.stop_button.rect().topLeft()) == place
    qtbot.keyClick(composer.input, Qt.Key.Key_Return)
    assert send.count() == 0
    qtbot.mouseClick(composer.stop_button, Qt.MouseButton.LeftButton)
    qtbot.keyClick(composer.input, Qt.Key.Key_Escape)
    assert stop.count() == 2
    composer.set_busy(False)
    assert composer.send_button.isVisible()
    qtbot.keyClick(composer.input, Qt.Key.Key_Escape)
    assert stop.count() == 2


def test_the_keyboard_finds_everything(qtbot: QtBot, composer: Composer) -> None:
    qtbot.keyClicks(composer.input, "x")
    reached = []
    for _ in range(3):
        focus = QApplication.focusWidget()
        assert focus is not None
        reached.append(focus.objectName())
        qtbot.keyClick(focus, Qt.Key.Key_Tab)
    assert set(reached) == {"copilotInput", "copilotPreview", "copilotSend"}


def test_the_focus_ring_goes_around_the_box(qtbot: QtBot, composer: Composer, theme: Theme) -> None:
    middle = composer.height() // 2
    assert composer.grab().toImage().pixelColor(0, middle).name() == theme.roles.focus.lower()
    composer.input.clearFocus()
    assert composer.grab().toImage().pixelColor(0, middle).name() == theme.roles.control.lower()

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QSignalSpy
from PySide6.QtWidgets import QApplication, QPushButton
from pytestqt.qtbot import QtBot

from opspilot_desktop.ui.icons import Icons
from opspilot_desktop.ui.panels.transcript import Bubble, Transcript
from opspilot_desktop.ui.theme import Theme

PARAGRAPH = "The ledger is below the trade by an amount that is exactly twice the fee.\n\n"


@pytest.fixture
def transcript(qtbot: QtBot, theme: Theme, icons: Icons) -> Transcript:
    transcript = Transcript(theme, icons)
    qtbot.addWidget(transcript)
    transcript.resize(364, 400)
    with qtbot.waitActive(transcript):
        transcript.show()
    return transcript


def at_end(transcript: Transcript) -> bool:
    bar = transcript.verticalScrollBar()
    return bar.maximum() > 0 and bar.value() == bar.maximum()


def fill(qtbot: QtBot, transcript: Transcript) -> None:
    before = transcript.verticalScrollBar().maximum()
    answer = transcript.begin_answer("")
    answer.feed(PARAGRAPH * 20)
    answer.finish()
    qtbot.waitUntil(lambda: transcript.verticalScrollBar().maximum() > before + 300)


def test_it_follows_what_arrives(qtbot: QtBot, transcript: Transcript) -> None:
    for _ in range(2):
        fill(qtbot, transcript)
        qtbot.waitUntil(lambda: at_end(transcript))


def test_whoever_scrolls_up_is_left_in_peace(qtbot: QtBot, transcript: Transcript) -> None:
    fill(qtbot, transcript)
    transcript.verticalScrollBar().setValue(40)
    fill(qtbot, transcript)
    assert transcript.verticalScrollBar().value() == 40
    transcript.add_question("And now?")
    qtbot.waitUntil(lambda: at_end(transcript))


def test_the_keyboard_scrolls(qtbot: QtBot, transcript: Transcript) -> None:
    fill(qtbot, transcript)
    qtbot.waitUntil(lambda: at_end(transcript))
    transcript.setFocus()
    before = transcript.verticalScrollBar().value()
    qtbot.keyClick(transcript, Qt.Key.Key_PageUp)
    assert transcript.verticalScrollBar().value() < before


def test_the_focus_ring_is_seen(transcript: Transcript, theme: Theme) -> None:
    def ring() -> str:
        return str(transcript.grab().toImage().pixelColor(3, 200).name())

    transcript.setFocus()
    assert ring() == theme.roles.focus.lower()
    transcript.clearFocus()
    assert ring() != theme.roles.focus.lower()


def test_a_bubble_is_no_wider_than_its_text(qtbot: QtBot, transcript: Transcript) -> None:
    transcript.add_question("Why?")
    transcript.add_question("Why does this not match, and what would you do first if you were me? " * 3)
    QApplication.processEvents()
    short, long = transcript.findChildren(Bubble)
    assert short.label.width() < 60
    assert long.label.width() > 200

    def right(bubble: Bubble) -> int:
        return bubble.label.mapTo(transcript, bubble.label.rect().topRight()).x()

    qtbot.waitUntil(lambda: right(short) == right(long))
    assert long.label.height() >= 4 * long.label.fontMetrics().height()


def test_a_question_is_no_markup(transcript: Transcript) -> None:
    transcript.add_question("<b>Why</b>\n# not?")
    label = transcript.findChildren(Bubble)[0].label
    assert label.textFormat() == Qt.TextFormat.PlainText
    assert transcript.toPlainText() == "<b>Why</b>\n# not?"


def test_only_the_newest_notice_offers_retry(qtbot: QtBot, transcript: Transcript) -> None:
    retry, settings = QSignalSpy(transcript.retry_requested), QSignalSpy(transcript.settings_requested)
    transcript.add_question("One?")
    transcript.add_notice("It failed.", "warn", retry=True, settings=True)
    first = transcript.findChild(QPushButton, "copilotRetry")
    assert first is not None
    qtbot.mouseClick(first, Qt.MouseButton.LeftButton)
    button = transcript.findChild(QPushButton, "copilotSettings")
    assert button is not None
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert (retry.count(), settings.count()) == (1, 1)
    transcript.add_question("Two?")
    assert not first.isVisible()


def test_clearing_brings_the_empty_state_back(qtbot: QtBot, transcript: Transcript) -> None:
    assert transcript.empty.isVisible()
    transcript.add_question("Why?")
    fill(qtbot, transcript)
    assert not transcript.empty.isVisible()
    transcript.clear()
    assert transcript.empty.isVisible()
    assert transcript.toPlainText() == ""

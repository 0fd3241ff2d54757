import time

import pytest
from PySide6.QtCore import QPoint, Qt, QUrl
from PySide6.QtGui import QDesktopServices, QGuiApplication
from PySide6.QtWidgets import QToolButton
from pytestqt.qtbot import QtBot

from opspilot_desktop.ui.icons import Icons
from opspilot_desktop.ui.panels import answer_view
from opspilot_desktop.ui.panels.answer_view import AnswerView
from opspilot_desktop.ui.panels.markdown_view import MarkdownView
from opspilot_desktop.ui.theme import Theme

BLOCK = (
    "The ledger is **1,250.00** below, which is exactly twice the fee of the second entry.\n\n- a\n- b\n\n"
)


@pytest.fixture
def answer(qtbot: QtBot, theme: Theme, icons: Icons) -> AnswerView:
    answer = AnswerView(theme, icons, "Asking Claude…")
    qtbot.addWidget(answer)
    answer.resize(340, 600)
    answer.show()
    return answer


def test_pieces_are_shown_together_and_not_one_by_one(
    qtbot: QtBot, answer: AnswerView, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn: list[float] = []
    draw = MarkdownView.show_markdown

    def counted(view: MarkdownView, text: str, *, is_first: bool = True) -> None:
        drawn.append(time.perf_counter())
        draw(view, text, is_first=is_first)

    monkeypatch.setattr(MarkdownView, "show_markdown", counted)
    for word in ["The", "ledger", "is", "below", "the", "trade", "by", "an", "amount"]:
        answer.feed(word + " ")
    assert drawn == []
    qtbot.waitUntil(lambda: answer.plain_text().strip().endswith("amount"))
    assert len(drawn) == 1


def test_finished_blocks_are_laid_out_once(answer: AnswerView, monkeypatch: pytest.MonkeyPatch) -> None:
    laid_out: list[int] = []
    draw = MarkdownView.show_markdown

    def counted(view: MarkdownView, text: str, *, is_first: bool = True) -> None:
        laid_out.append(len(text))
        draw(view, text, is_first=is_first)

    monkeypatch.setattr(MarkdownView, "show_markdown", counted)
    for _ in range(100):  # 10 KB
        answer.feed(BLOCK)
        answer._render()
    assert max(laid_out) < answer_view.PART + 2 * len(BLOCK)
    assert answer.plain_text().count("exactly twice the fee") == 100
    answer.finish()
    assert laid_out[-1] == 100 * len(BLOCK)
    assert answer.plain_text().count("exactly twice the fee") == 100
    assert answer.markdown == BLOCK * 100


def test_until_something_arrives_it_says_that_it_waits(qtbot: QtBot, answer: AnswerView) -> None:
    assert answer.is_empty
    assert answer._waiting.isVisible()
    assert answer._spinner.is_running
    answer.feed("x")
    qtbot.waitUntil(lambda: not answer._waiting.isVisible())
    assert not answer._spinner.is_running


def test_the_answer_can_be_copied_as_it_came(qtbot: QtBot, answer: AnswerView) -> None:
    answer.feed(BLOCK)
    answer.finish("about $0.02")
    button = answer.findChild(QToolButton, "copilotCopy")
    assert button is not None
    assert button.isVisible()
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert QGuiApplication.clipboard().text() == BLOCK


def test_a_link_is_copied_and_not_opened(
    qtbot: QtBot, answer: AnswerView, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[QUrl] = []
    monkeypatch.setattr(QDesktopServices, "openUrl", opened.append)
    answer.feed("[here](https://example.com/?leak=1)")
    answer.finish()
    view = answer.findChildren(MarkdownView)[-1]
    place = view.cursorRect().center() - QPoint(12, 0)  # on the word, which the cursor stands behind
    assert view.anchorAt(place) == "https://example.com/?leak=1"
    qtbot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert QGuiApplication.clipboard().text() == "https://example.com/?leak=1"
    assert "Address copied, not opened: https://example.com/?leak=1" in answer._note.text()
    assert view.toPlainText() == "here"
    assert opened == []


def test_another_theme_is_taken_on(answer: AnswerView, theme: Theme) -> None:
    answer.feed("[T-1](x)")
    answer.finish()
    theme.set_mode("dark")
    view = answer.findChildren(MarkdownView)[-1]
    assert theme.roles.link.lower() in view.document().toHtml()

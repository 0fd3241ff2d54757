import time
from collections.abc import Callable, Iterator
from typing import Any, cast

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QSignalSpy
from PySide6.QtWidgets import QApplication, QLabel, QMainWindow, QPushButton, QTableView, QWidget
from pytestqt.qtbot import QtBot

from opspilot_desktop.copilot.keychain import Keychain
from opspilot_desktop.copilot.session import Session
from opspilot_desktop.ui.dialogs.sent_dialog import SentDialog
from opspilot_desktop.ui.icons import Icons
from opspilot_desktop.ui.panels import copilot_dock
from opspilot_desktop.ui.panels.copilot_dock import CopilotDock
from opspilot_desktop.ui.panels.markdown_view import MarkdownView
from opspilot_desktop.ui.theme import Theme
from tests.helpers import situations
from tests.helpers.fake_claude import FakeClaude, refused_port, serving


class Desk:
    """A window with the dock, and the hands of a user."""

    def __init__(self, qtbot: QtBot, window: QMainWindow, dock: CopilotDock, keychain: Keychain) -> None:
        self.qtbot = qtbot
        self.window = window
        self.dock = dock
        self.keychain = keychain

    def type(self, question: str) -> None:
        self.qtbot.keyClicks(self.dock.composer.input, question)
        self.qtbot.keyClick(self.dock.composer.input, Qt.Key.Key_Return)

    def click(self, name: str) -> None:
        self.qtbot.mouseClick(self.find(name), Qt.MouseButton.LeftButton)

    def find(self, name: str) -> QWidget:
        """The visible widget of that object name, as soon as it is there."""
        self.qtbot.waitUntil(lambda: self.offers(name))
        (found,) = (each for each in self.dock.findChildren(QWidget, name) if each.isVisible())
        return cast(QWidget, found)

    def offers(self, name: str) -> bool:
        return any(each.isVisible() for each in self.dock.findChildren(QWidget, name))

    def text(self) -> str:
        return self.dock.transcript.toPlainText()

    def wait_for(self, *texts: str) -> None:
        def arrived() -> None:
            for text in texts:
                assert text in self.text()

        self.qtbot.waitUntil(arrived, timeout=10_000)

    def wait_until_idle(self) -> None:
        self.qtbot.waitUntil(lambda: not self.dock.composer.is_busy, timeout=10_000)

    def subject(self) -> str:
        return " ".join(label.text() for label in self.dock.titleBarWidget().findChildren(QLabel))


OpenDesk = Callable[..., Desk]


@pytest.fixture
def fake() -> Iterator[FakeClaude]:
    with serving() as server:
        yield server


@pytest.fixture
def open_desk(
    qtbot: QtBot, theme: Theme, icons: Icons, fake: FakeClaude, monkeypatch: pytest.MonkeyPatch
) -> Iterator[OpenDesk]:
    """Opens a window whose copilot asks the fake server, about issue 1042."""
    monkeypatch.setattr(copilot_dock, "CHECK_MS", 0)
    sessions: list[Session] = []

    def open_(environ: dict[str, str] | None = None, selected: bool = True) -> Desk:
        environ = fake.environ if environ is None else environ
        keychain = Keychain(environ, backend=lambda: None)
        session = Session(keychain, environ=environ)
        sessions.append(session)
        window = QMainWindow()
        window.setCentralWidget(QTableView())
        dock = CopilotDock(theme, icons, session)
        window.addDockWidget(Qt.DockWidgetArea.RightDockWidgetArea, dock)
        window.resize(1100, 700)
        qtbot.addWidget(window)
        with qtbot.waitActive(window):
            window.show()
        detail = situations.fee_with_wrong_sign() if selected else None
        dock.set_situation(situations.overview(), detail)
        dock.focus_input()
        return Desk(qtbot, window, dock, keychain)

    yield open_
    for session in sessions:
        session.close()


def test_a_typed_question_is_answered_as_it_streams(open_desk: OpenDesk, fake: FakeClaude) -> None:
    desk = open_desk()
    fake.reply("The ledger is ", "**1,250.00 EUR** ", "below.", "\n\nThe ", "fee", delay=0.15)
    desk.type("Why does 1042 not match?")
    assert desk.dock.composer.question() == ""
    desk.wait_for("Why does 1042 not match?", "The ledger is 1,250.00 EUR")
    assert desk.dock.composer.is_busy
    assert desk.offers("copilotStop")
    assert not desk.offers("copilotSend")
    desk.wait_for("below.\nThe fee")
    desk.wait_until_idle()
    assert desk.offers("copilotSend")
    assert "under $0.01" in [label.text() for label in desk.dock.findChildren(QLabel)]
    assert "1042" in fake.requests[0].body["messages"][0]["content"][0]["text"]


def test_stop_ends_a_stalled_answer_within_100_ms(open_desk: OpenDesk, fake: FakeClaude) -> None:
    desk = open_desk()
    fake.reply("The ledger", end="stall")
    desk.type("Why?")
    desk.wait_for("The ledger")
    assert fake.stalled.wait(10)
    start = time.perf_counter()
    desk.click("copilotStop")
    assert time.perf_counter() - start < 0.1
    assert desk.offers("copilotSend")
    desk.wait_for("Stopped.")
    assert fake.left.wait(5)
    assert "The ledger" in desk.text()
    desk.click("copilotRetry")
    desk.wait_for("Hello.")
    desk.wait_until_idle()
    assert fake.requests[0].body == fake.requests[1].body


def test_escape_stops_too(open_desk: OpenDesk, fake: FakeClaude) -> None:
    desk = open_desk()
    fake.reply("The ledger", end="stall")
    desk.type("Why?")
    desk.wait_for("The ledger")
    desk.qtbot.keyClick(desk.dock.composer.input, Qt.Key.Key_Escape)
    desk.wait_for("Stopped.")


def test_without_a_key_one_sentence_and_the_offline_explanation(
    open_desk: OpenDesk, fake: FakeClaude
) -> None:
    desk = open_desk({"ANTHROPIC_BASE_URL": fake.url})
    desk.qtbot.waitUntil(lambda: "Offline" in desk.subject())
    desk.type("Why?")
    desk.wait_for("No API key is set", "Offline explanation", "1,250.00 too little", "Next steps")
    desk.wait_until_idle()
    wanted = QSignalSpy(desk.dock.settingsRequested)
    desk.click("copilotSettings")
    assert wanted.count() == 1
    assert fake.requests == []
    desk.keychain.set(fake.key)
    desk.dock.key_changed()
    desk.qtbot.waitUntil(lambda: "Offline" not in desk.subject())
    desk.click("copilotRetry")
    desk.wait_for("Hello.")
    desk.wait_until_idle()


def _refused_key(fake: FakeClaude) -> None:
    fake.refuse(401, "authentication_error")


def _rate_limit(fake: FakeClaude) -> None:
    fake.refuse(429, "rate_limit_error", retry_after="60")


def _broken(fake: FakeClaude) -> None:
    fake.reply("The ledger ", "is", end="disconnect")


@pytest.mark.parametrize(
    ("script", "sentence", "kept"),
    [
        (_refused_key, "The API key was refused", ""),
        (_rate_limit, "The rate limit of the API key is reached; try again in 60 s", ""),
        (_broken, "The connection broke off in the middle", "The ledger is"),
    ],
)
def test_a_failure_is_one_sentence_and_then_the_offline_explanation(
    open_desk: OpenDesk,
    fake: FakeClaude,
    script: Callable[[FakeClaude], None],
    sentence: str,
    kept: str,
) -> None:
    desk = open_desk()
    script(fake)
    desk.type("Why?")
    desk.wait_for(kept, sentence, "Offline explanation", "Likely causes")
    desk.wait_until_idle()
    assert desk.text().index(kept) <= desk.text().index(sentence) < desk.text().index("Offline explanation")
    desk.click("copilotRetry")
    desk.wait_for("Hello.")
    desk.wait_until_idle()
    assert not desk.offers("copilotRetry")


def test_no_network(open_desk: OpenDesk, fake: FakeClaude) -> None:
    desk = open_desk(fake.environ | {"ANTHROPIC_BASE_URL": refused_port()})
    desk.type("Why?")
    desk.wait_for("cannot be reached", "Offline explanation")
    desk.wait_until_idle()


def test_what_is_sent_is_what_goes_out(open_desk: OpenDesk, fake: FakeClaude) -> None:
    desk = open_desk()
    desk.qtbot.waitUntil(lambda: desk.dock._availability is not None)
    desk.qtbot.keyClicks(desk.dock.composer.input, "Why does it not match?")
    desk.click("copilotPreview")
    dialog = desk.window.findChild(SentDialog)
    assert dialog is not None
    assert dialog.isVisible()
    shown = dialog.text.toPlainText()
    desk.qtbot.keyClick(dialog, Qt.Key.Key_Escape)
    desk.dock.focus_input()
    desk.qtbot.keyClick(desk.dock.composer.input, Qt.Key.Key_Return)
    desk.wait_for("Hello.")
    desk.wait_until_idle()
    (request,) = fake.requests
    (system,) = request.body["system"]
    data, question = request.body["messages"][0]["content"]
    for title, text in (("Instructions", system), ("Data", data), ("Question", question)):
        assert f"—— {title} ——\n\n{text['text']}" in shown


def test_the_subject_follows_the_selection(open_desk: OpenDesk) -> None:
    desk = open_desk({"OPSPILOT_OFFLINE": "1"}, selected=False)
    desk.qtbot.waitUntil(lambda: desk.subject().endswith("Offline"))
    assert desk.dock.composer.input.placeholderText() == "Ask about this workspace…"
    assert desk.dock.composer.summary.text() == "Counts only"
    assert desk.dock.transcript.empty.isVisible()
    assert not desk.dock.transcript.empty.settings.isVisible()
    desk.dock.set_situation(situations.overview(), situations.fee_with_wrong_sign())
    assert desk.subject().endswith("Issue 1042 · Offline")
    assert desk.dock.composer.input.placeholderText() == "Ask about issue 1042…"
    assert desk.dock.composer.summary.text() == "1 issue, 1 trade, 2 entries"


def test_the_empty_state_leads_to_settings(open_desk: OpenDesk, fake: FakeClaude) -> None:
    desk = open_desk({}, selected=False)
    desk.qtbot.waitUntil(lambda: desk.subject().endswith("Offline"))
    wanted = QSignalSpy(desk.dock.settingsRequested)
    desk.qtbot.mouseClick(desk.dock.transcript.empty.settings, Qt.MouseButton.LeftButton)
    assert wanted.count() == 1
    assert "until you add a key" in desk.dock.transcript.empty.text.text()
    desk.keychain.set(fake.key)
    desk.dock.key_changed()
    desk.qtbot.waitUntil(lambda: not desk.dock.transcript.empty.settings.isVisible())


def test_explain_asks_about_what_is_selected(open_desk: OpenDesk) -> None:
    desk = open_desk({"OPSPILOT_OFFLINE": "1"})
    desk.dock.explain()
    desk.wait_for("Explain issue 1042.", "What is wrong")
    desk.wait_until_idle()
    desk.dock.set_situation(situations.overview(), None)
    desk.dock.explain()
    desk.wait_for("What should be done first?", "Begin with the critical issues (23)")
    desk.wait_until_idle()


def test_a_new_chat_forgets_everything(open_desk: OpenDesk, fake: FakeClaude) -> None:
    desk = open_desk()
    desk.type("Why?")
    desk.wait_for("Hello.")
    fake.reply("Two more", end="stall")
    desk.type("Others?")
    desk.wait_for("Two more")
    desk.click("copilotNewChat")
    assert desk.text() == ""
    assert desk.dock.transcript.empty.isVisible()
    assert not desk.dock.composer.is_busy
    desk.type("Again?")
    desk.wait_for("Again?", "Hello.")
    desk.wait_until_idle()
    assert len(fake.requests[-1].body["messages"]) == 1
    assert "Two more" not in desk.text()


def test_asking_again_ends_the_answer_before(open_desk: OpenDesk, fake: FakeClaude) -> None:
    desk = open_desk()
    fake.reply("One", end="stall")
    desk.type("First?")
    desk.wait_for("One")
    desk.dock.explain()
    desk.wait_for("Hello.")
    desk.wait_until_idle()
    text = desk.text()
    assert text.index("First?") < text.index("One") < text.index("Explain issue 1042.") < text.index("Hello.")


def test_a_hostile_answer_does_nothing(open_desk: OpenDesk, fake: FakeClaude) -> None:
    desk = open_desk()
    fake.reply(f"<img src='{fake.url}/a.png'> ![shot]({fake.url}/b.png) [go]({fake.url}/c)")
    desk.type("Why?")
    desk.wait_for("[shot]", "<img src=")
    desk.wait_until_idle()
    assert fake.violations == []  # nothing was fetched


def test_the_answer_follows_the_theme(open_desk: OpenDesk, fake: FakeClaude, theme: Theme) -> None:
    desk = open_desk()
    fake.reply("See [T-1](x).")
    desk.type("Why?")
    desk.wait_for("See T-1.")
    desk.wait_until_idle()
    theme.set_mode("dark")
    QApplication.processEvents()
    (view,) = (view for view in desk.dock.findChildren(MarkdownView) if view.isVisible())
    assert theme.roles.link.lower() in view.document().toHtml()
    image = desk.dock.grab().toImage()
    assert image.pixelColor(image.width() // 2, image.height() // 2).name() == theme.roles.alt.lower()


def test_the_keyboard_alone_asks_and_copies(open_desk: OpenDesk, fake: FakeClaude) -> None:
    desk = open_desk()
    desk.type("Why?")
    desk.wait_for("Hello.")
    desk.wait_until_idle()
    reached: list[str] = []
    for _ in range(12):
        focus = QApplication.focusWidget()
        assert focus is not None
        reached.append(focus.objectName())
        if focus.objectName() == "copilotCopy":
            break
        desk.qtbot.keyClick(focus, Qt.Key.Key_Tab)
    assert reached[-1] == "copilotCopy", reached
    desk.qtbot.keyClick(desk.find("copilotCopy"), Qt.Key.Key_Space)
    assert QGuiApplication.clipboard().text() == "Hello."


def test_the_dock_closes_and_looks_for_the_key_once(
    open_desk: OpenDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    checks: list[int] = []
    check = Session.check

    def counted(session: Session) -> None:
        checks.append(1)
        check(session)

    monkeypatch.setattr(Session, "check", counted)
    desk = open_desk({})
    desk.qtbot.waitUntil(lambda: desk.subject().endswith("Offline"))
    desk.qtbot.mouseClick(desk.dock.close_button, Qt.MouseButton.LeftButton)
    assert not desk.dock.isVisible()
    desk.dock.show()
    desk.qtbot.wait(50)
    assert checks == [1]


def test_names_for_people_and_programs(open_desk: OpenDesk) -> None:
    desk = open_desk()
    assert desk.dock.objectName() == "copilotDock"
    for name in ("copilotInput", "copilotSend", "copilotTranscript", "copilotNewChat", "copilotPreview"):
        assert desk.find(name).accessibleName(), name
    assert desk.dock.findChild(QPushButton, "copilotStop").accessibleName() == "Stop"


def test_the_names_do_not_wait_for_a_window(theme: Theme, icons: Icons, qtbot: QtBot) -> None:
    session = Session(Keychain({}, lambda: None), environ={})
    dock: Any = CopilotDock(theme, icons, session)
    qtbot.addWidget(dock)
    assert dock.findChild(QWidget, "copilotInput") is not None
    session.close()

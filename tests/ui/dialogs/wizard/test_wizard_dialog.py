"""The window itself: what it asks for, which answers it takes, and what it never loses."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QSignalSpy
from PySide6.QtWidgets import QMainWindow, QPushButton
from pytestqt.qtbot import QtBot

from opspilot_desktop.domain.errors import KnownError
from opspilot_desktop.domain.fields import RECORDS, Kind
from opspilot_desktop.files.asked import NeedsEncoding, NeedsSheet, ReadAs
from opspilot_desktop.files.looking import FileFacts, facts_of, look_at
from opspilot_desktop.files.previewing import read_preview
from opspilot_desktop.files.profile import Profile
from opspilot_desktop.files.taking import Operator, SkipRule
from opspilot_desktop.ui.dialogs.frame import WINDOW_MARGIN
from opspilot_desktop.ui.dialogs.wizard.opening import Opening, size_words
from opspilot_desktop.ui.dialogs.wizard.wizard_dialog import SETTLE_MS, ImportWizard
from opspilot_desktop.ui.icons import Icons
from opspilot_desktop.ui.theme import Theme
from tests.helpers.wizard_panels import click, pick, write

BANK = "Ref;Betrag;Text\nT1;1,50;a\nT2;-2.000,25;b\n"


class Desk:
    """Answers the wizard at once, as its flow does in workers."""

    def __init__(self, path: Path, dialog: ImportWizard, kind: Kind) -> None:
        self.path, self.dialog, self.record = path, dialog, RECORDS[kind]
        self.asked: list[tuple[Profile, int]] = []
        dialog.lookWanted.connect(self.look)
        dialog.previewWanted.connect(lambda profile, number: self.asked.append((profile, number)))

    def look(self, read_as: ReadAs) -> None:
        try:
            self.dialog.show_look(look_at(self.path, self.record, read_as, facts_of(self.path)))
        except KnownError as error:
            self.dialog.show_trouble(error)

    def answer(self) -> None:
        profile, number = self.asked[-1]
        self.dialog.show_preview(number, profile, read_preview(self.path, self.record, profile))


@pytest.fixture
def opened(
    theme: Theme, icons: Icons, qtbot: QtBot, desk_window: QMainWindow, tmp_path: Path
) -> Iterator[Callable[..., tuple[ImportWizard, Desk]]]:
    """The wizard about a file of this text, which has been read."""
    dialogs = []

    def open_(text: str = BANK, kind: Kind = Kind.LEDGER, **more: object) -> tuple[ImportWizard, Desk]:
        path = tmp_path / "bank.csv"
        path.write_text(text, encoding="utf-8")
        opening = Opening("bank.csv", kind, facts_of(path), **more)  # type: ignore[arg-type]
        dialog = ImportWizard(theme, icons, opening, parent=desk_window)
        desk = Desk(path, dialog, kind)
        dialogs.append(dialog)
        dialog.open()
        qtbot.waitExposed(dialog)
        desk.look(opening.profile.read_as if opening.profile else ReadAs())
        qtbot.wait(SETTLE_MS + 60)
        return dialog, desk

    yield open_
    for each in dialogs:
        each.close()


Opened = Callable[..., tuple[ImportWizard, Desk]]


def test_it_asks_once_when_changes_settle(opened: Opened, qtbot: QtBot) -> None:
    dialog, desk = opened()
    assert len(desk.asked) == 1
    desk.answer()
    pick(dialog.fields.rows["amount"].box, "Betrag")
    pick(dialog.fields.rows["description"].box, "Text")
    assert dialog.preview.spinner.is_running
    assert not dialog.preview.table.isEnabled()
    qtbot.wait(SETTLE_MS + 60)
    assert len(desk.asked) == 2
    desk.answer()
    assert not dialog.preview.spinner.is_running
    assert dialog.preview.summary.text() == "All 2 rows could be imported."


def test_an_answer_that_comes_too_late_is_dropped(opened: Opened, qtbot: QtBot) -> None:
    dialog, desk = opened()
    late = desk.asked[-1]
    desk.answer()
    pick(dialog.fields.rows["amount"].box, "Betrag")
    before = dialog.preview.summary.text()
    preview = read_preview(desk.path, desk.record, late[0])
    dialog.show_preview(late[1], late[0], preview)
    dialog.show_trouble(KnownError("Too late."), late[1])
    assert dialog.preview.spinner.is_running
    assert dialog.preview.summary.text() == before
    qtbot.wait(SETTLE_MS + 60)
    dialog.show_preview(late[1], late[0], preview)
    assert dialog.preview.spinner.is_running


def test_what_was_chosen_stays_when_the_file_is_read_in_another_way_and_back(
    opened: Opened, qtbot: QtBot
) -> None:
    dialog, _ = opened()
    pick(dialog.fields.rows["amount"].box, "Betrag")
    dialog.skip.set_rules((SkipRule("Text", Operator.IS, ("b",)),))
    pick(dialog.file.delimiter, "Comma")
    assert dialog.fields.rows["amount"].box.currentText() != "Betrag"
    assert dialog.skip.rules() == ()
    pick(dialog.file.delimiter, "Semicolon")
    assert dialog.fields.rows["amount"].box.currentText() == "Betrag"
    assert dialog.skip.rules() == (SkipRule("Text", Operator.IS, ("b",)),)


def test_a_line_that_cannot_be_is_said_and_loses_nothing(opened: Opened) -> None:
    dialog, _ = opened()
    pick(dialog.fields.rows["amount"].box, "Betrag")
    write(dialog.file.header_line, "40")
    dialog.keep.keep.setFocus()
    assert "ends on line 3" in dialog.preview.summary.text()
    assert not dialog.primary.isEnabled()
    write(dialog.file.header_line, "1")
    dialog.keep.keep.setFocus()
    assert dialog.fields.rows["amount"].box.currentText() == "Betrag"


def test_encoding_and_sheet_are_asked_for(opened: Opened, qtbot: QtBot) -> None:
    dialog, _ = opened()
    dialog.show_trouble(NeedsEncoding("bank.csv is not UTF-8 text: line 2 has the byte 0xE9", "Café"))
    assert dialog.banner.isVisible()
    assert dialog.banner.text.endswith("line 2 has the byte 0xE9. Is “Café” what should stand there?")
    assert not dialog.primary.isEnabled()
    dialog.show_trouble(NeedsSheet("book.xlsx", ("A", "B")))
    assert dialog.preview.summary.text().startswith("Several sheets")
    assert not dialog.primary.isEnabled()


def test_it_waits_while_the_file_is_checked_and_goes_on_when_it_is_refused(
    opened: Opened, qtbot: QtBot
) -> None:
    dialog, desk = opened()
    pick(dialog.fields.rows["amount"].box, "Betrag")
    pick(dialog.fields.numbers.box, "1.234,56")
    qtbot.wait(SETTLE_MS + 60)
    desk.answer()
    spy = QSignalSpy(dialog.checkWanted)
    qtbot.mouseClick(dialog.primary, Qt.MouseButton.LeftButton)
    qtbot.keyClick(dialog, Qt.Key.Key_Return)
    assert spy.count() == 1
    assert not dialog.fields.isEnabled()
    dialog.say_progress("Checking the whole file, 50 %…")
    dialog.stop_waiting(KnownError("It ends too soon."))
    assert dialog.banner.text == "It ends too soon."
    assert dialog.fields.isEnabled()
    assert dialog.primary.isEnabled()
    profile: Profile = spy.at(0)[0]
    assert profile.mapping.columns["amount"] == "Betrag"
    assert (profile.name, profile.header, profile.read_as.delimiter) == ("", ("Ref", "Betrag", "Text"), ";")


def test_a_profile_needs_a_name_to_be_kept(opened: Opened, qtbot: QtBot) -> None:
    dialog, desk = opened()
    pick(dialog.fields.rows["amount"].box, "Betrag")
    click(dialog.keep.keep)
    assert dialog.keep.name.isVisible()
    qtbot.wait(SETTLE_MS + 60)
    desk.answer()
    assert not dialog.primary.isEnabled()
    write(dialog.keep.name, "Bank")
    write(dialog.keep.source, "The bank")
    pick(dialog.keep.duplicates, "Add only what is not stored yet")
    assert dialog.primary.isEnabled()
    spy = QSignalSpy(dialog.checkWanted)
    qtbot.mouseClick(dialog.primary, Qt.MouseButton.LeftButton)
    profile, keep = spy.at(0)
    assert (profile.name, profile.source, profile.duplicates, keep) == ("Bank", "The bank", "merge", True)


def test_trades_have_no_source_and_no_lines_without_ids(opened: Opened) -> None:
    dialog, _ = opened("Ref;Symbol\nT1;ABC\n", Kind.TRADES)
    assert not dialog.keep.source.isVisible()
    assert not dialog.keep.duplicates.isVisible()


def test_staying_keeps_everything(opened: Opened, qtbot: QtBot) -> None:
    dialog, _ = opened()
    pick(dialog.fields.rows["amount"].box, "Betrag")
    qtbot.keyClick(dialog, Qt.Key.Key_Escape)
    assert dialog.banner.isVisible()
    buttons = dialog.banner.findChildren(QPushButton)
    stay = next(button for button in buttons if button.text() == "Keep editing")
    qtbot.mouseClick(stay, Qt.MouseButton.LeftButton)
    assert dialog.isVisible()
    assert not dialog.banner.isVisible()
    assert dialog.fields.rows["amount"].box.currentText() == "Betrag"


def test_tab_goes_through_the_panels_as_they_stand(opened: Opened, qtbot: QtBot) -> None:
    dialog, desk = opened()
    desk.answer()
    dialog.file.delimiter.setFocus()
    panels = []
    for _ in range(60):
        focus = dialog.focusWidget()
        panel = next(
            (
                name
                for name in ("file", "fields", "skip", "keep", "preview")
                if getattr(dialog, name).isAncestorOf(focus)
            ),
            "foot",
        )
        if panel not in panels:
            panels.append(panel)
        qtbot.keyClick(focus, Qt.Key.Key_Tab)
    assert panels == ["file", "fields", "skip", "keep", "preview", "foot"]


def test_enter_ends_typing_and_does_not_check_the_file(opened: Opened, qtbot: QtBot) -> None:
    dialog, desk = opened()
    pick(dialog.fields.rows["amount"].box, "Betrag")
    qtbot.wait(SETTLE_MS + 60)
    desk.answer()
    spy = QSignalSpy(dialog.checkWanted)
    dialog.keep.source.setFocus()
    qtbot.keyClick(dialog.keep.source, Qt.Key.Key_Return)
    assert spy.count() == 0
    qtbot.keyClick(dialog.keep.source, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert spy.count() == 1


@pytest.mark.parametrize("size", [(1280, 800), (1600, 1000)])
@pytest.mark.parametrize("mode", ["light", "dark"])
def test_it_stays_within_its_window_whatever_the_names_are(
    opened: Opened, qtbot: QtBot, theme: Theme, desk_window: QMainWindow, size: tuple[int, int], mode: str
) -> None:
    theme.set_mode(mode)  # type: ignore[arg-type]
    desk_window.resize(*size)
    name = "A name of a column that is far longer than anybody would have it, or so one should think"
    header = ";".join(f"{name} {number}" for number in range(300))
    row = ";".join("<b>cell</b> " * 90 for _ in range(300))
    dialog, desk = opened(f"{header}\n{row}\n" + f"{row}\n" * 3, notice="Something has changed. " * 8)
    desk.answer()
    assert dialog.width() <= size[0] - 2 * WINDOW_MARGIN
    assert dialog.height() <= size[1] - 2 * WINDOW_MARGIN
    assert dialog.preview.width() >= 500
    assert not dialog._area.horizontalScrollBar().isVisible()
    assert dialog._area.inner.minimumSizeHint().width() <= dialog._area.viewport().width()
    assert not dialog.grab().isNull()


def test_the_size_of_a_file_in_words() -> None:
    assert [size_words(size) for size in (12, 1_500, 2_300_000)] == ["12 bytes", "1.5 KB", "2.3 MB"]
    assert Opening("x", Kind.TRADES, FileFacts(12, is_workbook=True)).fact(None) == "x, 12 bytes, a workbook"

from __future__ import annotations

from collections.abc import Sequence

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QSignalSpy
from pytestqt.qtbot import QtBot

from opspilot_desktop.domain.fields import Kind
from opspilot_desktop.files.asked import ReadAs
from opspilot_desktop.files.looking import FileFacts
from opspilot_desktop.files.profile import Profile
from opspilot_desktop.ui.dialogs.wizard.file_panel import FilePanel
from opspilot_desktop.ui.icons import Icons
from opspilot_desktop.ui.theme import Theme
from tests.helpers.wizard_panels import pick, steps, write


class Panels:
    def __init__(self, theme: Theme, icons: Icons, qtbot: QtBot) -> None:
        self.theme, self.icons, self.qtbot = theme, icons, qtbot

    def show(self, *, is_workbook: bool = False, profiles: Sequence[Profile] = ()) -> FilePanel:
        panel = FilePanel(self.theme, self.icons, FileFacts(10, is_workbook), profiles)
        self.qtbot.addWidget(panel)
        panel.show()
        return panel


@pytest.fixture
def panels(theme: Theme, icons: Icons, qtbot: QtBot) -> Panels:
    return Panels(theme, icons, qtbot)


def test_what_is_not_known_yet_is_not_shown_as_a_fact(panels: Panels) -> None:
    panel = panels.show()
    panel.set_read_as(ReadAs())
    assert panel.delimiter.currentText() == ""
    assert panel.read_as() == ReadAs()
    assert not panel.sheet.isVisible()
    assert not panel.profile.isVisible()


def test_each_choice_is_told_once(panels: Panels) -> None:
    panel = panels.show()
    with steps(panel):
        pick(panel.delimiter, "Tab")
    with steps(panel):
        pick(panel.encoding, "Windows-1252")
    with steps(panel):
        write(panel.header_line, "3")
        panels.qtbot.keyClick(panel.header_line, Qt.Key.Key_Return)
    with steps(panel):
        write(panel.first_line, "5")
        panels.qtbot.keyClick(panel.first_line, Qt.Key.Key_Return)
    assert panel.read_as() == ReadAs("windows-1252", "", "\t", 3, 5)
    with steps(panel):
        write(panel.first_line, "")
        panels.qtbot.keyClick(panel.first_line, Qt.Key.Key_Return)
    assert panel.read_as().first_row == 0
    with steps(panel, 0):
        panels.qtbot.keyClick(panel.first_line, Qt.Key.Key_Return)


def test_a_workbook_has_sheets_and_no_delimiter(panels: Panels) -> None:
    panel = panels.show(is_workbook=True)
    assert not panel.delimiter.isVisible()
    assert not panel.encoding.isVisible()
    panel.offer_sheets(("Day 1", "Day\t2"))
    assert panel.sheet.isVisible()
    assert panel.sheet.currentIndex() == -1
    with steps(panel):
        pick(panel.sheet, "Day␉2")
    assert panel.read_as().sheet == "Day\t2"
    other = panels.show(is_workbook=True)
    other.set_read_as(ReadAs(sheet="Cash"))  # which a profile says
    assert other.sheet.currentText() == "Cash"


def test_the_lines_of_one_sheet_are_not_those_of_another(panels: Panels) -> None:
    panel = panels.show(is_workbook=True)
    panel.set_read_as(ReadAs(header_row=3))  # which a profile says of whatever sheet there is
    panel.offer_sheets(("Day 1", "Day 2"))
    pick(panel.sheet, "Day 1")
    assert panel.read_as() == ReadAs(sheet="Day 1", header_row=3)
    with steps(panel):
        pick(panel.sheet, "Day 2")
    assert panel.read_as() == ReadAs(sheet="Day 2")


def test_a_kept_profile_is_chosen(panels: Panels) -> None:
    bank = Profile(Kind.LEDGER, "Bank & co")
    panel = panels.show(profiles=(bank,))
    spy = QSignalSpy(panel.profileChosen)
    panel.show_profile("Bank & co")
    assert spy.count() == 0
    pick(panel.profile, "None, as proposed")
    pick(panel.profile, "Bank & co")
    assert [spy.at(place) for place in range(spy.count())] == [[None], [bank]]

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QLineEdit, QMainWindow, QPushButton
from pytestqt.qtbot import QtBot

from opspilot_desktop.domain.issues import IssueType, Severity
from opspilot_desktop.operations.rules import Choices, RuleShown, RulesNow, RulesPreview, SavedMeanwhile
from opspilot_desktop.recon.advice import Advice
from opspilot_desktop.recon.preview import Example, RuleChange
from opspilot_desktop.recon.rule_facts import EVERY_SETTING, FACTS
from opspilot_desktop.recon.rule_settings import RuleSettings, SignConvention, Tolerance
from opspilot_desktop.recon.rule_typing import as_typed
from opspilot_desktop.store.offers import Offers
from opspilot_desktop.store.rule_versions import RuleVersion
from opspilot_desktop.ui.dialogs.rules.calendar_input import CalendarInput
from opspilot_desktop.ui.dialogs.rules.inputs import INPUTS, TableInput, TypedInput, WordsInput
from opspilot_desktop.ui.dialogs.rules.rule_list import FOR_ALL, switch_in
from opspilot_desktop.ui.dialogs.rules.rules_dialog import RulesDialog
from opspilot_desktop.ui.dialogs.rules.signs_input import SignsInput
from opspilot_desktop.ui.icons import Icons
from opspilot_desktop.ui.theme import Theme

PLUGIN = "ROUND_AMOUNT"
RULES = (
    *[RuleShown(name, name.replace("_", " ").capitalize(), Severity.HIGH) for name in FACTS],
    RuleShown(PLUGIN, "Round amount", Severity.LOW, is_ours=False),
)
VERSION = RuleVersion(4, "2026-11-20T09:31:00.123Z", "a.okafor", RuleSettings().to_json())
SETTINGS = replace(
    RuleSettings(),
    tolerances=(
        Tolerance(Decimal(1), currency="EUR"),
        Tolerance(Decimal(0), Decimal("2.5"), instrument="AZN.L", account="A1"),
    ),
    signs={"bank": SignConvention.BUY_NEGATIVE},
    accounts={"L1": "T1"},
    calendar="DE",
    enabled=RuleSettings().enabled | {"A_RULE_THAT_IS_NOT_HERE"},
)
CHOICES = Choices(
    Offers(
        statuses={"pending": 206, "settled": 14},
        sources={"": 200, "bank": 42, "custodian": 3},
        entry_types={"FEE": 2, "fee": 1},
        values={"instrument": ("AZN.L", "SAP.DE"), "account": ("A1",)},
    ),
    (("XNYS", "New York Stock Exchange"), ("DE", "Germany"), ("FR", "France")),
)


@pytest.fixture
def dialog(theme: Theme, icons: Icons, desk_window: QMainWindow, qtbot: QtBot) -> Iterator[RulesDialog]:
    dialog = RulesDialog(theme, icons, RulesNow(SETTINGS, VERSION, RULES), parent=desk_window)
    dialog.open()
    qtbot.waitUntil(dialog.rules.hasFocus)
    qtbot.waitUntil(lambda: set(dialog.pages.inputs) == set(EVERY_SETTING))
    yield dialog
    dialog.close()


def typed(dialog: RulesDialog, name: str) -> QLineEdit:
    found = dialog.pages.inputs[name]
    assert isinstance(found, TypedInput)
    return found.edit


def error_of(dialog: RulesDialog, name: str) -> str:
    found = dialog.pages.inputs[name]
    assert isinstance(found, TypedInput)
    return found.field.error


def button(dialog: RulesDialog, text: str) -> QPushButton:
    return next(each for each in dialog.banner.findChildren(QPushButton) if each.text() == text)


def foot(dialog: RulesDialog) -> str:
    return dialog._reason.text()


def test_every_setting_has_an_input() -> None:
    assert set(INPUTS) == set(EVERY_SETTING)


def test_it_shows_what_is_in_force_and_changes_nothing_by_that(dialog: RulesDialog) -> None:
    shown = dialog.settings()
    assert shown is not None
    assert replace(shown, tolerances=()) == replace(SETTINGS, tolerances=())
    assert set(shown.tolerances) == set(SETTINGS.tolerances)
    assert not dialog.is_changed
    assert not dialog.primary.isEnabled()
    assert foot(dialog).startswith("Version 4, a.okafor, 2026-11-20")
    assert "Nothing changed here yet" in foot(dialog)


def test_a_click_on_the_switch_and_the_space_bar_turn_a_rule_on_and_off(
    dialog: RulesDialog, qtbot: QtBot
) -> None:
    rules = dialog.rules
    rules.choose("STALE_PENDING")
    rect = rules.visualItemRect(rules.currentItem())
    qtbot.mouseClick(rules.viewport(), Qt.MouseButton.LeftButton, pos=switch_in(rect).center())
    assert rules.is_on("STALE_PENDING")
    qtbot.mouseClick(rules.viewport(), Qt.MouseButton.LeftButton, pos=rect.center())
    assert rules.is_on("STALE_PENDING"), "beside the switch a click chooses only"
    settings = dialog.settings()
    assert settings is not None
    assert settings.enabled == SETTINGS.enabled | {"STALE_PENDING"}
    assert dialog.primary.isEnabled()
    qtbot.keyClick(rules, Qt.Key.Key_Space)
    assert not rules.is_on("STALE_PENDING")
    assert not dialog.is_changed


def test_a_plug_in_rule_has_a_switch_and_no_settings(dialog: RulesDialog) -> None:
    assert dialog.rules.note_of(PLUGIN) == "Low, from a plug-in"
    assert PLUGIN not in dialog.pages.page_of.values()
    dialog.rules.switch(PLUGIN, on=True)
    settings = dialog.settings()
    assert settings is not None
    assert settings.is_on(PLUGIN)


@pytest.mark.parametrize(
    ("name", "text", "words"),
    [
        ("tolerance", "1e5", "tolerance must be a plain number"),
        ("tolerance", "-1", "must not be negative"),
        ("basis_points", "10001", "at most 10,000"),
        ("anomaly_factor", "0", "must be greater than 0"),
        ("checked_statuses", " , ", "Name at least one trade status"),
        ("stale_days", "1.5", "whole number"),
        ("sample_size", "2", "from 3"),
        ("price_deviations", "", "plain number"),
    ],
)
def test_what_cannot_be_is_said_at_its_input_and_never_lost(
    name: str, text: str, words: str, dialog: RulesDialog, qtbot: QtBot
) -> None:
    edit = typed(dialog, name)
    before = edit.text()
    page = dialog.pages.page_of[name]
    dialog.rules.choose(page)
    edit.selectAll()
    qtbot.keyClicks(edit, text) if text else edit.clear()
    assert words in error_of(dialog, name)
    assert edit.text() == text
    assert dialog.settings() is None
    assert not dialog.primary.isEnabled()
    assert foot(dialog) == "1 setting has to be mended"
    assert dialog.preview.lines == ["Mend what is marked to see what the next run would do."]
    with qtbot.assertNotEmitted(dialog.saveWanted):
        qtbot.keyClick(edit, Qt.Key.Key_Return)
    edit.setText(before)
    assert error_of(dialog, name) == ""
    assert not dialog.is_changed


def test_a_tolerance_is_added_typed_and_removed(dialog: RulesDialog, qtbot: QtBot) -> None:
    dialog.rules.choose("AMOUNT_MISMATCH")
    found = dialog.pages.inputs["tolerances"]
    assert isinstance(found, TableInput)
    table = found.table
    assert [line[:2] for line in table.lines] == [["AZN.L", "A1"], ["", ""]], "the most specific first"
    qtbot.mouseClick(table.add_button, Qt.MouseButton.LeftButton)
    assert "Line 3 names nothing" in table.error
    assert foot(dialog) == "1 setting has to be mended"
    for column, text in ((2, "Bank"), (4, "0.05")):
        table.view.setCurrentIndex(table.view.model().index(2, column))
        edit = table.view.viewport().findChildren(QLineEdit)[-1]  # those before are about to go
        qtbot.keyClicks(edit, text)  # it counts at once, though the cell is still open
    assert table.error == ""
    settings = dialog.settings()
    assert settings is not None
    assert Tolerance(Decimal("0.05"), counterparty="Bank") in settings.tolerances
    assert len(settings.tolerances) == 3
    qtbot.mouseClick(table.remove_button, Qt.MouseButton.LeftButton)
    assert not dialog.is_changed


def test_statuses_are_offered_from_the_data(dialog: RulesDialog, qtbot: QtBot) -> None:
    dialog.set_choices(CHOICES)
    assert not dialog.is_changed
    found = dialog.pages.inputs["checked_statuses"]
    assert isinstance(found, WordsInput)
    assert {word: each.isChecked() for word, each in found.buttons.items()} == {
        "pending": True,
        "settled": False,
    }
    qtbot.mouseClick(found.buttons["settled"], Qt.MouseButton.LeftButton)
    assert found.edit.text() == "pending, settled"
    qtbot.mouseClick(found.buttons["pending"], Qt.MouseButton.LeftButton)
    settings = dialog.settings()
    assert settings is not None
    assert settings.checked_statuses == ("settled",)
    types = dialog.pages.inputs["debit_types"]
    assert isinstance(types, WordsInput)
    assert types.buttons["fee"].accessibleName() == "fee, 3 in the data"


def test_enter_on_an_offered_word_takes_it_and_saves_nothing(dialog: RulesDialog, qtbot: QtBot) -> None:
    dialog.set_choices(CHOICES)
    found = dialog.pages.inputs["checked_statuses"]
    assert isinstance(found, WordsInput)
    found.buttons["settled"].setFocus()
    with qtbot.assertNotEmitted(dialog.saveWanted):
        qtbot.keyClick(found.buttons["settled"], Qt.Key.Key_Return)
    assert found.edit.text() == "pending, settled"


def test_signs_are_said_source_by_source(dialog: RulesDialog) -> None:
    found = dialog.pages.inputs["signs"]
    assert isinstance(found, SignsInput)
    assert list(found.boxes) == ["", "bank"]
    dialog.set_choices(CHOICES)
    assert list(found.boxes) == ["", "bank", "custodian"]
    assert not dialog.is_changed
    box = found.boxes["custodian"]
    box.setCurrentIndex(box.findText("Unsigned, by entry type"))
    settings = dialog.settings()
    assert settings is not None
    assert settings.signs == {"bank": SignConvention.BUY_NEGATIVE, "custodian": SignConvention.BY_ENTRY_TYPE}


def test_a_calendar_is_chosen_by_code_or_name(dialog: RulesDialog, qtbot: QtBot) -> None:
    found = dialog.pages.inputs["calendar"]
    assert isinstance(found, CalendarInput)
    assert found.value() == "DE"
    dialog.set_choices(CHOICES)
    assert found.box.currentText() == "DE – Germany"
    assert not dialog.is_changed
    for text, code in (("xnys", "XNYS"), ("FR – France", "FR"), ("None: weekends alone", "")):
        found.box.setEditText(text)
        assert found.value() == code
    found.box.setEditText("Atlantis")
    assert "no holiday calendar “Atlantis”" in found.field.error
    assert not dialog.primary.isEnabled()


def test_advice_is_given_for_rules_that_are_off_by_default(dialog: RulesDialog) -> None:
    dialog.set_advice(
        {
            "STALE_PENDING": Advice(True, "31 waiting trades are past the settlement date."),
            "ACCOUNT_MISMATCH": Advice(False, "No entry names an account."),
        }
    )
    assert dialog.rules.note_of("STALE_PENDING") == "High · Recommended"
    assert dialog.rules.note_of("ACCOUNT_MISMATCH") == "High"
    dialog.rules.choose("STALE_PENDING")
    assert dialog.pages.advice_of("STALE_PENDING").startswith("Recommended. 31 waiting trades")
    assert dialog.pages.advice_of("ACCOUNT_MISMATCH") == "Not recommended. No entry names an account."
    assert not dialog.is_changed


def test_a_pause_asks_what_would_change_and_the_answer_is_shown(dialog: RulesDialog, qtbot: QtBot) -> None:
    with qtbot.waitSignal(dialog.previewWanted) as wanted:
        typed(dialog, "tolerance").setText("1")
        typed(dialog, "tolerance").setText("1.5")
        assert dialog.preview.spinner.is_running
    assert wanted.args is not None
    assert wanted.args[0].tolerance == Decimal("1.5")
    examples = (
        Example("cleared", 12, "T-3", "The ledger's one entry is 9.98."),
        Example("opened", None, None, "Odd."),
    )
    change = RuleChange(IssueType.AMOUNT_MISMATCH, 1, 0, 0, 1204, examples)
    dialog.show_preview(RulesPreview((change,), ("AMOUNT_MISMATCH",), True, VERSION, 0.4))
    assert dialog.preview.lines == [
        "Amount mismatch: opens 1, clears 1,204",
        "Clears issue 12, T-3: The ledger's one entry is 9.98.",
        "Opens a new issue: Odd.",
    ]
    assert [label.text() for label in dialog.preview.figures.values()] == ["1", "0", "0", "1,204"]
    assert dialog.preview.note.isVisible()
    assert not dialog.preview.spinner.is_running
    dialog.show_preview(RulesPreview((), (), False, VERSION, 0.0))
    assert dialog.preview.lines == ["Nothing would change."]
    assert not dialog.preview.note.isVisible()


def test_saving_waits_and_hands_over_what_was_seen(dialog: RulesDialog, qtbot: QtBot) -> None:
    typed(dialog, "tolerance").setText("2")
    with qtbot.waitSignal(dialog.saveWanted) as wanted:
        qtbot.mouseClick(dialog.primary, Qt.MouseButton.LeftButton)
    assert wanted.args is not None
    assert (wanted.args[0].tolerance, wanted.args[1]) == (Decimal(2), VERSION)
    assert not dialog.pages.isEnabled()
    assert foot(dialog) == "Being saved…"
    dialog.stop_waiting()
    assert dialog.pages.isEnabled()
    assert dialog.primary.isEnabled()
    assert typed(dialog, "tolerance").text() == "2"


def newer() -> RuleVersion:
    return RuleVersion(
        5, "2026-11-20T10:00:00.000Z", "b.roth", replace(SETTINGS, tolerance=Decimal(9)).to_json()
    )


def test_what_somebody_else_saved_is_said_and_mine_can_be_kept(dialog: RulesDialog, qtbot: QtBot) -> None:
    typed(dialog, "anomaly_factor").setText("7")
    dialog.refuse(SavedMeanwhile(newer()))
    assert "b.roth saved version 5 on 2026-11-20" in dialog.banner.text
    qtbot.mouseClick(button(dialog, "Keep mine"), Qt.MouseButton.LeftButton)
    assert not dialog.banner.isVisible()
    assert typed(dialog, "anomaly_factor").text() == "7"
    with qtbot.waitSignal(dialog.saveWanted) as wanted:
        qtbot.mouseClick(dialog.primary, Qt.MouseButton.LeftButton)
    assert wanted.args is not None
    assert wanted.args[0].tolerance == Decimal("0.01")
    assert wanted.args[1].number == 5
    dialog.stop_waiting()


def test_theirs_can_be_loaded(dialog: RulesDialog, qtbot: QtBot) -> None:
    typed(dialog, "anomaly_factor").setText("7")
    dialog.show_preview(RulesPreview((), (), False, newer(), 0.1))  # noticed by looking
    qtbot.mouseClick(button(dialog, "Load theirs"), Qt.MouseButton.LeftButton)
    assert typed(dialog, "tolerance").text() == "9"
    assert typed(dialog, "anomaly_factor").text() == "5"
    assert not dialog.is_changed
    assert foot(dialog).startswith("Version 5, b.roth")


def test_leaving_asks_before_anything_is_lost(dialog: RulesDialog, qtbot: QtBot) -> None:
    typed(dialog, "tolerance").setText("1e5")
    qtbot.keyClick(dialog, Qt.Key.Key_Escape)
    assert dialog.isVisible()
    assert dialog.banner.text == "What you changed here has not been saved."
    qtbot.mouseClick(button(dialog, "Keep editing"), Qt.MouseButton.LeftButton)
    assert not dialog.banner.isVisible()
    assert typed(dialog, "tolerance").text() == "1e5"
    qtbot.keyClick(dialog, Qt.Key.Key_Escape)
    qtbot.mouseClick(button(dialog, "Discard changes"), Qt.MouseButton.LeftButton)
    assert not dialog.isVisible()


def test_leaving_without_a_change_asks_nothing(dialog: RulesDialog, qtbot: QtBot) -> None:
    qtbot.keyClick(dialog, Qt.Key.Key_Escape)
    assert not dialog.isVisible()


def test_an_earlier_version_is_loaded_as_if_typed(dialog: RulesDialog) -> None:
    dialog.load(replace(RuleSettings(), tolerance=Decimal(3), calendar="XNYS"))
    settings = dialog.settings()
    assert settings is not None
    assert (settings.tolerance, settings.calendar, settings.signs) == (Decimal(3), "XNYS", {})
    assert dialog.primary.isEnabled()
    assert foot(dialog).startswith("Version 4")


def test_before_all_pages_are_made_nothing_is_missing(
    theme: Theme, icons: Icons, desk_window: QMainWindow
) -> None:
    dialog = RulesDialog(theme, icons, RulesNow(SETTINGS, VERSION, RULES), parent=desk_window)
    assert "tolerance" not in dialog.pages.inputs
    assert dialog.settings() == as_typed(SETTINGS) != SETTINGS
    assert not dialog.is_changed
    dialog.set_choices(CHOICES)
    dialog.set_advice({"STALE_PENDING": Advice(True, "31 waiting trades are late.")})
    dialog.rules.choose("STALE_PENDING")
    assert typed(dialog, "stale_days").text() == "0"
    assert "31 waiting trades" in dialog.pages.advice_of("STALE_PENDING")
    dialog.rules.choose("AMOUNT_MISMATCH")
    typed(dialog, "tolerance").setText("2")
    settings = dialog.settings()
    assert settings == replace(as_typed(SETTINGS), tolerance=Decimal(2))
    typed(dialog, "tolerance").setText("0.01")
    assert not dialog.is_changed
    assert settings.accounts == {"L1": "T1"}
    dialog.close()


@pytest.mark.parametrize("size", [(1280, 800), (1920, 1080)])
def test_it_fits_into_the_window(
    theme: Theme, icons: Icons, desk_window: QMainWindow, size: tuple[int, int]
) -> None:
    desk_window.resize(*size)
    dialog = RulesDialog(theme, icons, RulesNow(SETTINGS, VERSION, RULES), parent=desk_window)
    dialog.open()
    dialog.set_choices(CHOICES)
    assert dialog.width() <= size[0]
    assert dialog.height() <= size[1]
    for name in (FOR_ALL, *FACTS):
        dialog.rules.choose(name)
        page = dialog.pages.currentWidget()
        assert dialog.rect().contains(page.mapTo(dialog, QPoint(page.width() - 1, page.height() - 1)))
    dialog.close()

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QMainWindow
from pytestqt.qtbot import QtBot

from opspilot_desktop.store.lookalikes import Example
from opspilot_desktop.ui.dialogs.lookalikes_dialog import LookalikesDialog
from opspilot_desktop.ui.icons import Icons
from opspilot_desktop.ui.theme import Theme

EXAMPLES = (
    Example(2, {"trade_id": "T1", "amount": "-1250.5", "currency": "EUR", "description": "<b>fee</b>\t"}),
    Example(3, {"trade_id": "T2", "amount": "3", "currency": None, "description": None}),
)


class Asked:
    """Makes dialogs, keeps what was chosen in them, and closes them afterwards."""

    def __init__(self, theme: Theme, icons: Icons, window: QMainWindow) -> None:
        self._parts = (theme, icons, window)
        self.dialogs: list[LookalikesDialog] = []
        self.chosen: list[tuple[str, bool]] = []

    def __call__(self, **changes: Any) -> LookalikesDialog:
        theme, icons, window = self._parts
        values: dict[str, Any] = {"file": "day.csv", "lines": 1_204, "stored": 312, "examples": EXAMPLES}
        dialog = LookalikesDialog(theme, icons, **(values | changes), parent=window)
        dialog.chosen.connect(lambda choice, keep: self.chosen.append((choice, keep)))
        self.dialogs.append(dialog)
        dialog.open()
        return dialog


@pytest.fixture
def ask(theme: Theme, icons: Icons, desk_window: QMainWindow) -> Iterator[Asked]:
    asked = Asked(theme, icons, desk_window)
    yield asked
    for dialog in asked.dialogs:
        dialog.close()


def said(dialog: LookalikesDialog) -> list[str]:
    return [label.text() for label in dialog.findChildren(QLabel) if label.isVisible()]


def test_it_says_how_many_and_shows_the_first(ask: Asked) -> None:
    dialog = ask()
    assert dialog.windowTitle() == "312 of 1,204 lines without an entry id are already stored"
    assert dialog.accessibleDescription() == (
        "day.csv has them word for word. Append all lines, or import only those that are new?"
    )
    assert [column.label for column in dialog.table.list_model.columns] == [
        *("Line", "Trade", "Amount", "Ccy", "Description"),
    ]
    assert [tuple(row) for row in dialog.table.list_model.rows] == [
        (2, "T1", "\u22121,250.5", "EUR", "<b>fee</b>␉"),
        (3, "T2", "3", "(blank)", "(blank)"),
    ]
    assert "The first 2 of 312 lines are listed." in said(dialog)
    assert dialog.primary.text() == "Import only 892 new lines"
    assert dialog.append.text() == "Append all 1,204 lines"
    assert not dialog.keep.isVisible()


def test_the_choice_is_told(ask: Asked, qtbot: QtBot) -> None:
    for button in ("primary", "append"):
        dialog = ask()
        qtbot.mouseClick(getattr(dialog, button), Qt.MouseButton.LeftButton)
        assert not dialog.isVisible()
    assert ask.chosen == [("merge", False), ("append", False)]


def test_cancelling_chooses_nothing(ask: Asked, qtbot: QtBot) -> None:
    dialog = ask()
    with qtbot.waitSignal(dialog.rejected):
        qtbot.keyClick(dialog.table, Qt.Key.Key_Escape)
    assert ask.chosen == []


def test_a_profile_can_keep_the_choice(ask: Asked, qtbot: QtBot) -> None:
    dialog = ask(profile="Bank & Sons")
    assert dialog.keep.text() == "Keep this choice in the profile “Bank && Sons”"
    qtbot.keyClick(dialog.keep, Qt.Key.Key_Space)
    qtbot.mouseClick(dialog.append, Qt.MouseButton.LeftButton)
    assert ask.chosen == [("append", True)]


def test_nothing_new_and_a_single_line(ask: Asked) -> None:
    dialog = ask(lines=1, stored=1, examples=EXAMPLES[:1])
    assert dialog.windowTitle() == "1 of 1 line without an entry id is already stored"
    assert "day.csv has it word for word." in dialog.accessibleDescription()
    assert (dialog.append.text(), dialog.primary.text()) == ("Append it", "Leave it as it is")
    assert not any("are listed" in sentence for sentence in said(dialog))
    assert ask(lines=5, stored=5).primary.text() == "Leave them as they are"

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QMainWindow
from pytestqt.qtbot import QtBot

from opspilot_desktop.domain.fields import LEDGER, TRADES
from opspilot_desktop.ui.dialogs.changes_dialog import ChangesDialog
from opspilot_desktop.ui.icons import Icons
from opspilot_desktop.ui.theme import Theme


@dataclass(frozen=True)
class Amendment:
    key: str
    before: Mapping[str, str | None]
    after: Mapping[str, str | None]


AMENDMENTS = [
    Amendment(
        "T-1", {"price": "684.3", "counterparty": None}, {"price": "1684.4", "counterparty": "UBS AG "}
    ),
    Amendment("T-2", {"status": "pending"}, {"status": "settled"}),
]


def dialog_over(window: QMainWindow, theme: Theme, icons: Icons, updated: int = 2) -> ChangesDialog:
    dialog = ChangesDialog(
        theme,
        icons,
        file="trades.csv",
        record=TRADES,
        imported=1,
        updated=updated,
        amendments=AMENDMENTS,
        parent=window,
    )
    dialog.open()
    return dialog


def test_every_value_that_changes_is_listed(
    theme: Theme, icons: Icons, desk_window: QMainWindow, qtbot: QtBot
) -> None:
    dialog = dialog_over(desk_window, theme, icons)
    assert dialog.windowTitle() == "2 stored rows will change"
    assert dialog.primary.text() == "Import and change 2 rows"
    assert "1 new row will be added" in dialog.accessibleDescription()
    assert [tuple(row) for row in dialog.table.list_model.rows] == [
        ("T-1", "Price", "684.3", "1,684.4"),
        ("T-1", "Counterparty", "(blank)", "UBS AG␠"),
        ("T-2", "Status", "pending", "settled"),
    ]
    with qtbot.waitSignal(dialog.accepted):
        qtbot.mouseClick(dialog.primary, Qt.MouseButton.LeftButton)


def test_cancel_and_escape_change_nothing(
    theme: Theme, icons: Icons, desk_window: QMainWindow, qtbot: QtBot
) -> None:
    dialog = dialog_over(desk_window, theme, icons)
    with qtbot.waitSignal(dialog.rejected):
        qtbot.mouseClick(dialog.cancel, Qt.MouseButton.LeftButton)
    dialog = dialog_over(desk_window, theme, icons)
    with qtbot.waitSignal(dialog.rejected):
        qtbot.keyClick(dialog.table, Qt.Key.Key_Escape)


def test_a_cut_list_says_so(theme: Theme, icons: Icons, desk_window: QMainWindow) -> None:
    dialog = dialog_over(desk_window, theme, icons, updated=1_500)
    texts = [label.text() for label in dialog.findChildren(QLabel)]
    assert any(text.startswith("The first 2 rows are listed") for text in texts)
    dialog.close()


def test_one_entry_is_a_row(theme: Theme, icons: Icons, desk_window: QMainWindow) -> None:
    amendment = Amendment("LE-1", {"amount": "-1265330"}, {"amount": "-1265330.5"})
    dialog = ChangesDialog(
        theme,
        icons,
        file="ledger.csv",
        record=LEDGER,
        imported=0,
        updated=1,
        amendments=[amendment],
        parent=desk_window,
    )
    assert dialog.windowTitle() == "1 stored row will change"
    assert dialog.primary.text() == "Import and change 1 row"
    assert [tuple(row) for row in dialog.table.list_model.rows] == [
        ("LE-1", "Amount", "−1,265,330", "−1,265,330.5")
    ]
    assert "new row" not in dialog.accessibleDescription()

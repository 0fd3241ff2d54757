from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QMainWindow
from pytestqt.qtbot import QtBot

from opspilot_desktop.domain.fields import LEDGER, TRADES, Record
from opspilot_desktop.files.mapping import Mapping as ColumnMapping
from opspilot_desktop.files.mapping import propose, resolve
from opspilot_desktop.ui.dialogs.mapping_dialog import ColumnRow, MappingDialog
from opspilot_desktop.ui.icons import Icons
from opspilot_desktop.ui.theme import Theme

HEADER = ("TRADE_REF", "SYMBOL", "B/S", "QTY", "PX", "BOOK")
SAMPLES = {
    "TRADE_REF": ["T-1", "T-2", "T-3"],
    "B/S": ["B", "s"],
    "QTY": ["12000", " 850"],
}


class Asked:
    """Makes dialogs for headers and closes them afterwards."""

    def __init__(self, theme: Theme, icons: Icons, window: QMainWindow) -> None:
        self._parts = (theme, icons, window)
        self.dialogs: list[MappingDialog] = []

    def __call__(
        self,
        header: Sequence[str] = HEADER,
        record: Record = TRADES,
        samples: Mapping[str, Sequence[str]] | None = None,
    ) -> MappingDialog:
        theme, icons, window = self._parts
        dialog = MappingDialog(
            theme,
            icons,
            record=record,
            proposal=propose(header, record),
            file="fo.csv",
            samples=SAMPLES if samples is None else samples,
            parent=window,
        )
        self.dialogs.append(dialog)
        dialog.open()
        return dialog


@pytest.fixture
def ask(theme: Theme, icons: Icons, desk_window: QMainWindow) -> Iterator[Asked]:
    asked = Asked(theme, icons, desk_window)
    yield asked
    for dialog in asked.dialogs:
        dialog.close()


def row(dialog: MappingDialog, header: str) -> ColumnRow:
    return next(each for each in dialog.rows if each.header == header)


def choose(dialog: MappingDialog, header: str, label: str) -> None:
    combo = row(dialog, header).combo
    combo.setCurrentIndex(combo.findText(label))


def reason(dialog: MappingDialog) -> str:
    texts = [label.text() for label in dialog.findChildren(QLabel) if label.isVisible()]
    return next((text for text in texts if text.startswith("No column") or "need" in text), "")


def test_what_was_recognised_is_proposed(ask: Asked) -> None:
    dialog = ask()
    assert [row.field for row in dialog.rows] == ["trade_id", "instrument", "side", "quantity", "price", ""]
    assert row(dialog, "TRADE_REF").first.text() == "T-1, T-2"
    assert row(dialog, "QTY").first.text() == "12000, ␠850"
    assert row(dialog, "TRADE_REF").how.text() == "By a known name"
    assert row(dialog, "BOOK").how.text() == "Kept out"
    assert dialog.primary.isEnabled()


def test_confirming_gives_a_mapping_that_reads_the_file(ask: Asked, qtbot: QtBot) -> None:
    dialog = ask()
    with qtbot.waitSignal(dialog.confirmed) as confirmed:
        qtbot.mouseClick(dialog.primary, Qt.MouseButton.LeftButton)
    (mapping,) = confirmed.args
    assert mapping == ColumnMapping(
        {
            "trade_id": "TRADE_REF",
            "instrument": "SYMBOL",
            "side": "B/S",
            "quantity": "QTY",
            "price": "PX",
        },
        {"side": {"B": "BUY", "S": "SELL"}},
    )
    columns = resolve(HEADER, TRADES, mapping)
    assert columns.indexes["trade_id"] == 0
    assert columns.warnings == ("Kept out, because no field takes them: BOOK.",)


def test_short_words_for_the_sides_are_said_to_stand_for_them(ask: Asked) -> None:
    assert row(ask(), "B/S").how.text() == "B is BUY and S is SELL"
    assert row(ask(samples={"B/S": ["BUY", "S"]}), "B/S").how.text() == "B is BUY and S is SELL"
    assert ask(samples={"B/S": ["B", "SHORT"]}).mapping().values == {}
    plain = ask(samples={"B/S": ["BUY", "SELL"]})
    assert row(plain, "B/S").how.text() == "By a known name"
    assert plain.mapping().values == {}


def test_a_missing_field_is_named_and_keeps_the_primary_off(ask: Asked, qtbot: QtBot) -> None:
    dialog = ask(("TRADE_REF", "SYMBOL", "B/S", "QTY", "WHAT"))
    assert not dialog.primary.isEnabled()
    assert reason(dialog) == "No column for Price"
    with qtbot.assertNotEmitted(dialog.confirmed):
        qtbot.keyClick(dialog, Qt.Key.Key_Return)
    choose(dialog, "WHAT", "Price")
    assert dialog.primary.isEnabled()
    assert row(dialog, "WHAT").how.text() == "Chosen by you"


def test_an_undecided_column_has_to_be_decided(ask: Asked, qtbot: QtBot) -> None:
    header = ("trade_id", "instrument", "side", "quantity", "price", "Settlement", "Settle dt")
    dialog = ask(header)
    undecided = [each for each in dialog.rows if each.combo.currentIndex() < 0]
    assert [each.header for each in undecided] == ["Settlement", "Settle dt"]
    assert reason(dialog) == "2 columns need a field"
    assert undecided[0].how.text() == "Settlement date?"
    qtbot.waitUntil(undecided[0].combo.hasFocus)
    choose(dialog, "Settlement", "Settlement date")
    choose(dialog, "Settle dt", "Not imported")
    assert dialog.primary.isEnabled()
    assert dialog.mapping().columns["settle_date"] == "Settlement"


def test_one_field_cannot_come_from_two_columns(ask: Asked) -> None:
    dialog = ask()
    choose(dialog, "BOOK", "Quantity")
    assert not dialog.primary.isEnabled()
    assert row(dialog, "BOOK").how.text() == "Also chosen for QTY"
    assert row(dialog, "QTY").how.text() == "Also chosen for BOOK"
    assert row(dialog, "QTY").combo.property("invalid") == "true"
    choose(dialog, "BOOK", "Account")
    assert dialog.primary.isEnabled()
    assert row(dialog, "QTY").combo.property("invalid") == "false"


def test_a_column_of_a_fields_own_name_can_be_kept_out(ask: Asked) -> None:
    header = (*(field.name for field in TRADES.required), "currency")
    dialog = ask(header)
    choose(dialog, "currency", "Not imported")
    mapping = dialog.mapping()
    assert mapping.columns["currency"] == ""
    assert "currency" not in resolve(header, TRADES, mapping).indexes


def test_the_keyboard_alone_chooses(ask: Asked, qtbot: QtBot) -> None:
    dialog = ask(("TRADE_REF", "SYMBOL", "B/S", "QTY", "WHAT"))
    combo = row(dialog, "WHAT").combo
    combo.setFocus()
    qtbot.keyClicks(combo, "Price")
    with qtbot.waitSignal(dialog.confirmed):
        qtbot.keyClick(combo, Qt.Key.Key_Return)


def test_ledger_files_have_their_own_fields(ask: Asked) -> None:
    dialog = ask(("trade_id", "amt"), LEDGER)
    assert dialog.windowTitle() == "Import ledger entries"
    assert row(dialog, "amt").field == "amount"
    labels = [row(dialog, "amt").combo.itemText(place) for place in range(row(dialog, "amt").combo.count())]
    assert "Price" not in labels
    assert labels[-1] == "Not imported"


def test_a_wide_file_scrolls_inside_the_window(ask: Asked, desk_window: QMainWindow) -> None:
    dialog = ask((*HEADER, *(f"EXTRA_{number}" for number in range(60))))
    assert dialog.height() <= desk_window.height()
    assert len(dialog.rows) == 66

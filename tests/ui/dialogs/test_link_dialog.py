from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QMainWindow
from pytestqt.qtbot import QtBot

from opspilot_desktop.domain.links import Candidates, LinkEntry, LinkTrade
from opspilot_desktop.recon.nearness import nearness
from opspilot_desktop.ui.dialogs.link_dialog import LinkDialog
from opspilot_desktop.ui.dialogs.unlink_dialog import UnlinkDialog
from opspilot_desktop.ui.dialogs.work_dialog import LONGEST_COMMENT
from opspilot_desktop.ui.icons import Icons
from opspilot_desktop.ui.theme import Theme

ONE = 10**18
HOSTILE = "<b>&T</b>\n\u202e"


def booked(row: int, amount: int = 500, **others: object) -> LinkEntry:
    values = {"entry_id": f"LE-{row}", "currency": "EUR", "is_orphan": True, **others}
    return LinkEntry(row, "X", amount * ONE, str(amount), **values)  # type: ignore[arg-type]


def traded(row: int, gross: int = 1000, **others: object) -> LinkTrade:
    values = {"currency": "EUR", "instrument": "ASML.AS", "side": "BUY", "quantity": "10", **others}
    return LinkTrade(row, f"T-{row}", gross * ONE, str(gross), **values)  # type: ignore[arg-type]


ENTRIES = (booked(1), booked(2))
TRADES = tuple(traded(row, gross) for row, gross in ((1, 1000), (2, 1001), (3, 5)))
FOUND = Candidates(ENTRIES, None, tuple(nearness(trade, ENTRIES) for trade in TRADES))


@pytest.fixture
def dialog(theme: Theme, icons: Icons, desk_window: QMainWindow, qtbot: QtBot) -> Iterator[LinkDialog]:
    dialog = LinkDialog(theme, icons, count=2, parent=desk_window)
    dialog.open()
    qtbot.waitUntil(dialog.search.hasFocus)
    yield dialog
    dialog.close()


@pytest.fixture
def of_trade(theme: Theme, icons: Icons, desk_window: QMainWindow, qtbot: QtBot) -> Iterator[LinkDialog]:
    dialog = LinkDialog(theme, icons, trade_id="T-1", parent=desk_window)
    dialog.open()
    qtbot.waitUntil(dialog.search.hasFocus)
    yield dialog
    dialog.close()


def labels(dialog: LinkDialog) -> list[str]:
    return [label.text() for label in dialog.findChildren(QLabel) if label.isVisible()]


def test_it_says_that_it_is_looking(dialog: LinkDialog) -> None:
    assert dialog.windowTitle() == "Link 2 entries to a trade"
    assert dialog.message.heading == "Looking for the nearest trades…"
    assert dialog.message.isVisible()
    assert not dialog.primary.isEnabled()
    assert "Wait until it has been looked up" in labels(dialog)


def test_nothing_is_chosen_beforehand(dialog: LinkDialog) -> None:
    dialog.set_candidates("", FOUND)
    assert dialog.table.isVisible()
    assert dialog.chosen == []
    assert not dialog.primary.isEnabled()
    assert {"Choose a trade first", "The nearest 3", "LE-1", "LE-2", "500.00"} <= set(labels(dialog))
    assert dialog.accessibleDescription() == (
        "2 entries, in all 1,000.00 EUR, stand under trade id X, which no trade has."
    )


def test_the_arrows_choose_while_the_search_keeps_the_keyboard(dialog: LinkDialog, qtbot: QtBot) -> None:
    dialog.set_candidates("", FOUND)
    qtbot.keyClick(dialog.search, Qt.Key.Key_Down)
    assert [near.trade.trade_id for near in dialog.chosen] == ["T-1"]
    assert dialog.search.hasFocus()
    assert dialog.preview.text().endswith("becomes 1,000.00 EUR and agrees with the trade.")
    assert dialog.primary.text() == "Link 2 entries to T-1"
    assert "Choose a reason first" in labels(dialog)
    qtbot.keyClick(dialog.search, Qt.Key.Key_PageDown)
    assert [near.trade.trade_id for near in dialog.chosen] == ["T-3"]
    qtbot.keyClick(dialog.search, Qt.Key.Key_Up)
    assert dialog.preview.text().endswith("; a difference of 1.00 remains.")


def test_enter_confirms_once_all_is_there(dialog: LinkDialog, qtbot: QtBot) -> None:
    dialog.set_candidates("", FOUND)
    qtbot.keyClick(dialog.search, Qt.Key.Key_Down)
    with qtbot.assertNotEmitted(dialog.decided):
        qtbot.keyClick(dialog.search, Qt.Key.Key_Return)
    dialog.reason.setCurrentIndex(0)
    dialog.comment.setText("  on the phone ")
    with qtbot.waitSignal(dialog.decided) as decided:
        qtbot.keyClick(dialog.search, Qt.Key.Key_Return)
    assert decided.args == ["WRONG_ID", "on the phone"]
    assert dialog.isVisible()
    assert not dialog.search.isEnabled()
    with qtbot.assertNotEmitted(dialog.decided):
        qtbot.keyClick(dialog, Qt.Key.Key_Return)


def test_a_refusal_keeps_what_was_typed_and_asks_again(dialog: LinkDialog, qtbot: QtBot) -> None:
    dialog.set_candidates("", FOUND)
    qtbot.keyClick(dialog.search, Qt.Key.Key_Down)
    dialog.reason.setCurrentIndex(1)
    dialog.comment.setText("why")
    dialog.submit()
    with qtbot.waitSignal(dialog.searchRequested) as asked:
        dialog.refuse("Somebody was faster.")
    assert asked.args == [""]
    assert dialog.banner.isVisible()
    assert dialog.banner.text == "Somebody was faster."
    assert (dialog.reason_code, dialog.comment.text()) == ("OTHER_REFERENCE", "why")
    taken = replace(FOUND, entries=(replace(ENTRIES[0], is_orphan=False, trade_id="T-9"), ENTRIES[1]))
    dialog.set_candidates("", taken)
    assert [near.trade.trade_id for near in dialog.chosen] == ["T-1"]
    assert "Entry LE-1 has a trade by now" in labels(dialog)
    assert not dialog.primary.isEnabled()
    dialog.set_candidates("", FOUND)
    assert dialog.primary.isEnabled()


def test_what_is_typed_is_asked_for_once_it_has_settled(dialog: LinkDialog, qtbot: QtBot) -> None:
    dialog.set_candidates("", FOUND)
    asked: list[str] = []
    dialog.searchRequested.connect(asked.append)
    qtbot.keyClicks(dialog.search, "asml ")
    qtbot.waitUntil(lambda: asked == ["asml"])
    dialog.set_candidates("asm", Candidates(ENTRIES))  # an answer to what is no longer typed
    assert dialog.table.list_model.rowCount() == 3
    dialog.set_candidates("asml", Candidates(ENTRIES, None, FOUND.found[:1], more=True))
    assert dialog.table.list_model.rowCount() == 1
    assert "1 found; type to find others" in labels(dialog)


def test_nothing_found_says_what_to_do(dialog: LinkDialog, qtbot: QtBot) -> None:
    dialog.set_candidates("", Candidates(ENTRIES))
    assert dialog.message.line == "No trade is near by amount or id; search for one above."
    dialog.search.setText("zz<b>")
    dialog.set_candidates("zz<b>", Candidates(ENTRIES))
    assert dialog.message.line == "No trade has “zz<b>” as id, instrument, amount or date."
    assert dialog.primary.text() == "Link"


def test_a_search_that_fails_says_why_and_can_be_tried_again(dialog: LinkDialog, qtbot: QtBot) -> None:
    dialog.set_candidates("", FOUND)
    dialog.set_failed("", "The disk is gone.")
    assert dialog.message.line == "The disk is gone."
    assert not dialog.primary.isEnabled()
    again = dialog.message.findChild(type(dialog.primary))
    assert again is not None
    with qtbot.waitSignal(dialog.searchRequested):
        qtbot.mouseClick(again, Qt.MouseButton.LeftButton)


def test_several_entries_are_chosen_for_a_trade(of_trade: LinkDialog, qtbot: QtBot) -> None:
    trade = traded(1)
    found = tuple(nearness(trade, [entry], among_trades=False) for entry in ENTRIES)
    of_trade.set_candidates("", Candidates((), trade, found))
    assert of_trade.windowTitle() == "Link ledger entries to trade T-1"
    assert "Choose one or more entries first" in labels(of_trade)
    of_trade.table.selectAll()
    of_trade.reason.setCurrentIndex(0)
    assert of_trade.primary.text() == "Link 2 entries to T-1"
    assert [entry.row_id for entry in of_trade.entries] == [1, 2]
    assert of_trade.trade == trade
    assert of_trade.preview.text().endswith("agrees with the trade.")


def test_names_from_files_are_shown_and_never_obeyed(
    theme: Theme, icons: Icons, desk_window: QMainWindow, qtbot: QtBot
) -> None:
    dialog = LinkDialog(theme, icons, count=1, parent=desk_window)
    dialog.open()
    entry = booked(1, entry_id=HOSTILE * 20, description=HOSTILE)
    trade = replace(traded(1), trade_id=HOSTILE)
    dialog.set_candidates("", Candidates((entry,), None, (nearness(trade, [entry]),)))
    dialog.table.select_row(0)
    assert "\u202e" not in dialog.primary.text()
    assert "\n" not in dialog.primary.text()
    assert dialog.primary.text().endswith("to <b>&&T</b>␊⟨U+202E⟩")
    assert dialog.width() <= desk_window.width()
    dialog.close()


def test_a_comment_that_is_too_long_is_not_cut_but_said(dialog: LinkDialog) -> None:
    dialog.set_candidates("", FOUND)
    dialog.table.select_row(0)
    dialog.reason.setCurrentIndex(0)
    assert dialog.primary.isEnabled()
    dialog.comment.setText("x" * (LONGEST_COMMENT + 1))
    assert "at most 4,000" in dialog.comment_field.error
    assert not dialog.primary.isEnabled()


def test_unlinking_says_where_the_entries_go(
    theme: Theme, icons: Icons, desk_window: QMainWindow, qtbot: QtBot
) -> None:
    entries = [replace(entry, trade_id="T-1", booked_as=f"X{entry.row_id}") for entry in ENTRIES]
    dialog = UnlinkDialog(theme, icons, entries, parent=desk_window)
    dialog.open()
    assert dialog.primary.text() == "Unlink 2 entries"
    assert dialog.accessibleDescription() == (
        "They were linked by hand to trade T-1 and go back to 2 trade ids, as their files say."
    )
    assert not dialog.primary.isEnabled()
    dialog.reason.setCurrentIndex(0)
    with qtbot.waitSignal(dialog.decided) as decided:
        dialog.submit()
    assert decided.args == ["MISTAKE", ""]
    dialog.refuse("Somebody was faster.")
    dialog.show_entries(entries[:1])
    assert dialog.primary.text() == "Unlink entry LE-1"
    dialog.show_entries([])
    assert not dialog.primary.isEnabled()
    assert dialog.entries == (entries[0],)
    dialog.close()

"""Several files at once: each is asked about, stored or left out before the next one is."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QApplication, QDialog
from pytestqt.qtbot import QtBot

from opspilot_desktop.domain.fields import Kind
from opspilot_desktop.domain.jobs import Handle
from opspilot_desktop.operations.import_history import list_imports
from opspilot_desktop.operations.profiles import import_profile
from opspilot_desktop.ui.dialogs.confirm_dialog import ConfirmDialog
from opspilot_desktop.ui.dialogs.error_dialog import MessageDialog
from opspilot_desktop.ui.dialogs.kind_dialog import KindDialog
from opspilot_desktop.ui.dialogs.row_errors_dialog import RowErrorsDialog
from opspilot_desktop.ui.dialogs.sheet_dialog import SheetDialog
from opspilot_desktop.ui.dialogs.wizard.wizard_dialog import ImportWizard
from opspilot_desktop.ui.main_window import MainWindow
from tests.helpers.opening import open_window
from tests.helpers.window import choose_file, click, press, settle, shown, wait_for, wait_until
from tests.helpers.workbooks import xlsx_of

UNCLEAR = "trade_id,one,two\nT1,5,EUR\n"


@pytest.fixture
def window(qtbot: QtBot, tmp_path: Path) -> Iterator[MainWindow]:
    window = open_window(qtbot, str(tmp_path / "empty.opspilot"))
    yield window
    window.close()


def file(folder: Path, name: str, content: str) -> Path:
    path = folder / name
    path.write_text(content)
    return path


def drop(window: MainWindow, files: Sequence[Path]) -> None:
    """Drops the files on the window, as the mouse does."""
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path)) for path in files])
    at, actions, button = QPointF(300, 300), Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton
    none = Qt.KeyboardModifier.NoModifier
    QApplication.sendEvent(window, QDragEnterEvent(at.toPoint(), actions, data, button, none))
    QApplication.sendEvent(window, QDropEvent(at, actions, data, button, none))


def open_dialogs() -> list[QDialog]:
    return [each for each in QApplication.topLevelWidgets() if isinstance(each, QDialog) and each.isVisible()]


def about(qtbot: QtBot, window: MainWindow, name: str) -> KindDialog:
    """Waits for the question about this file, which is the only one."""
    wait_until(
        qtbot,
        lambda: (dialog := shown(KindDialog)) is not None and name in dialog.accessibleDescription(),
    )
    settle(qtbot, window)
    assert len(open_dialogs()) == 1
    dialog = shown(KindDialog)
    assert dialog is not None
    return dialog


def test_files_of_unclear_kind_are_asked_about_one_after_the_other(
    qtbot: QtBot, window: MainWindow, tmp_path: Path
) -> None:
    clear = file(tmp_path, "clear.csv", "trade_id,instrument,side,quantity,price\nT1,ABC,BUY,1,2\n")
    unclear = [file(tmp_path, f"{name}.csv", UNCLEAR) for name in ("first", "second")]
    drop(window, [*unclear, clear])
    about(qtbot, window, "first.csv")
    assert window.watch.overview.trades == 0  # what was dropped last has to wait for its turn
    press(qtbot, Qt.Key.Key_Escape)
    second = about(qtbot, window, "second.csv")
    click(qtbot, second.choices[Kind.LEDGER])
    click(qtbot, second.primary)
    mapping = wait_for(qtbot, ImportWizard)
    assert open_dialogs() == [mapping]
    press(qtbot, Qt.Key.Key_Escape)
    settle(qtbot, window)
    assert open_dialogs() == []
    assert window.watch.overview.trades == 1
    assert not window.imports.is_busy


def test_a_file_that_is_refused_is_read_about_before_the_next_is_asked_about(
    qtbot: QtBot, window: MainWindow, tmp_path: Path
) -> None:
    drop(window, [tmp_path / "gone.csv", file(tmp_path, "unclear.csv", UNCLEAR)])
    message = wait_for(qtbot, MessageDialog)
    settle(qtbot, window)
    assert open_dialogs() == [message]
    assert message.windowTitle() == "gone.csv was not imported"
    click(qtbot, message.primary)
    about(qtbot, window, "unclear.csv")
    press(qtbot, Qt.Key.Key_Escape)
    settle(qtbot, window)
    assert not window.imports.is_busy


def test_every_wrong_cell_of_a_row_is_listed_and_the_row_counts_once(
    qtbot: QtBot, window: MainWindow, tmp_path: Path
) -> None:
    header, row = "trade_id,instrument,side,quantity,price", "T2,ABC,HOLD,1e400,x"
    bad = file(tmp_path, "bad.csv", f"{header}\nT1,ABC,BUY,1,1\n{row}\nT3,ABC,SELL,-2,2\n")
    drop(window, [bad])
    dialog = wait_for(qtbot, RowErrorsDialog)
    assert dialog.windowTitle() == "2 of 3 rows cannot be imported"
    assert dialog.primary.text() == "Import 1 good row"
    assert [tuple(each[:4]) for each in dialog.table.list_model.rows] == [
        *[(3, 2, "side", "HOLD"), (3, 2, "quantity", "1e400"), (3, 2, "price", "x")],
        (4, 3, "quantity", "-2"),
    ]
    assert [chip.accessibleName() for chip in dialog.chips.values()] == ["quantity 2", "price 1", "side 1"]
    click(qtbot, dialog.chips["price"])
    assert [each[2] for each in dialog.table.list_model.rows] == ["price"]
    click(qtbot, dialog.save)
    choose_file(qtbot, "saveRejectsDialog", tmp_path / "rejects.csv")
    settle(qtbot, window)
    assert (tmp_path / "rejects.csv").read_text("utf-8-sig").splitlines()[1:] == [row, "T3,ABC,SELL,-2,2"]
    click(qtbot, dialog.primary)
    settle(qtbot, window)
    last = window.watch.overview.last_import
    assert last is not None
    assert (last.imported, last.rejected) == (1, 2)


def test_closing_the_window_asks_nothing_more(qtbot: QtBot, tmp_path: Path) -> None:
    window = open_window(qtbot, str(tmp_path / "empty.opspilot"))
    drop(window, [file(tmp_path, f"{number}.csv", UNCLEAR) for number in range(3)])
    about(qtbot, window, "0.csv")
    window.close()
    qtbot.wait(200)
    assert open_dialogs() == []
    assert not window.imports.is_busy


TABLE = [["trade_id", "instrument", "side", "quantity", "price"], ["T1", "ABC", "BUY", 1, 2.5]]


def test_a_file_is_imported_by_the_profile_that_it_was_made_for(
    qtbot: QtBot, window: MainWindow, tmp_path: Path
) -> None:
    profile = file(
        tmp_path,
        "bank.toml",
        'name = "Bank"\nkind = "ledger"\nheader = ["Ref", "Betrag"]\n[columns]\ntrade_id = "Ref"\n'
        'amount = "Betrag"\n[numbers]\ndecimal = ","\n',
    )
    import_profile(Handle(), window.desk.workspace, profile)
    drop(window, [file(tmp_path, "bank.csv", 'Ref,Betrag\nT1,"10,5"\n')])
    wait_until(qtbot, lambda: window.watch.overview.ledger_entries == 1)
    settle(qtbot, window)
    assert open_dialogs() == []
    (one,) = list_imports(Handle(), window.desk.workspace)
    assert (one["profile"], one["imported"]) == ("Bank", 1)


def test_a_header_further_down_is_found_and_confirmed(
    qtbot: QtBot, window: MainWindow, tmp_path: Path
) -> None:
    path = file(tmp_path, "report.csv", "A report\n\nDeal Ref,Amount\nT1,5\n")
    window.imports.start([path], Kind.LEDGER)
    dialog = wait_for(qtbot, ImportWizard)
    wait_until(qtbot, dialog.primary.isEnabled)
    assert dialog.file.header_line.text() == "3"
    click(qtbot, dialog.primary)
    wait_until(qtbot, lambda: window.watch.overview.ledger_entries == 1)
    settle(qtbot, window)


def test_the_sheet_of_a_workbook_is_asked_for(qtbot: QtBot, window: MainWindow, tmp_path: Path) -> None:
    other = [TABLE[0], ["T2", "ABC", "SELL", 3, 4], ["T3", "ABC", "SELL", 3, 4]]
    book = xlsx_of(tmp_path / "book.xlsx", {"Notes": [["about this file"]], "Day 1": TABLE, "Day 2": other})
    drop(window, [book])
    dialog = wait_for(qtbot, SheetDialog)
    assert not dialog.primary.isEnabled()
    assert [dialog.choice.itemText(index) for index in range(3)] == ["Notes", "Day 1", "Day 2"]
    dialog.choice.setCurrentIndex(2)
    click(qtbot, dialog.primary)
    settle(qtbot, window)
    assert open_dialogs() == []
    assert window.watch.overview.trades == 2


def test_a_sheet_not_chosen_imports_nothing(qtbot: QtBot, window: MainWindow, tmp_path: Path) -> None:
    drop(window, [xlsx_of(tmp_path / "book.xlsx", {"Day 1": TABLE, "Day 2": TABLE})])
    wait_for(qtbot, SheetDialog)
    press(qtbot, Qt.Key.Key_Escape)
    settle(qtbot, window)
    assert window.watch.overview.trades == 0
    assert not window.imports.is_busy


@pytest.mark.parametrize("agreed", [True, False])
def test_windows_1252_is_read_once_it_is_confirmed(
    qtbot: QtBot, window: MainWindow, tmp_path: Path, agreed: bool
) -> None:
    path = tmp_path / "latin.csv"
    path.write_bytes("trade_id,amount,description\nT1,5,Café\n".encode("cp1252"))
    drop(window, [path])
    dialog = wait_for(qtbot, ConfirmDialog)
    assert "line 2 has the byte 0xE9" in dialog.accessibleDescription()
    assert "Is “Café” what should stand there?" in dialog.accessibleDescription()
    if agreed:
        click(qtbot, dialog.primary)
    else:
        press(qtbot, Qt.Key.Key_Escape)
    settle(qtbot, window)
    assert open_dialogs() == []
    assert window.watch.overview.ledger_entries == int(agreed)


def test_numbers_with_decimal_commas_are_asked_about_in_the_wizard(
    qtbot: QtBot, window: MainWindow, tmp_path: Path
) -> None:
    drop(window, [file(tmp_path, "comma.csv", "trade_id;amount\nT1;1,5\nT2;1.234\n")])
    dialog = wait_for(qtbot, ImportWizard)
    assert "has decimal commas, such as “1,5” on line 2" in dialog.notice.text
    assert window.watch.overview.ledger_entries == 0
    qtbot.wait(300)
    settle(qtbot, window)
    model = dialog.preview.table.preview
    assert [model.value(row, 1) for row in range(2)] == ["1.5", "1,234"]
    click(qtbot, dialog.primary)
    settle(qtbot, window)
    assert not window.imports.is_busy
    assert window.watch.overview.ledger_entries == 2


def test_a_name_of_several_lines_is_asked_about_on_one(
    qtbot: QtBot, window: MainWindow, tmp_path: Path
) -> None:
    drop(window, [file(tmp_path, "one\ntwo\u202e.csv", UNCLEAR)])
    about(qtbot, window, "one␊two⟨U+202E⟩.csv")
    press(qtbot, Qt.Key.Key_Escape)
    settle(qtbot, window)
    assert window.job_bar.text.text() == "one␊two⟨U+202E⟩.csv was not imported; nothing was changed."


def test_a_file_that_was_imported_before_is_told_of_once(
    qtbot: QtBot, window: MainWindow, tmp_path: Path
) -> None:
    path = tmp_path / "ledger.csv"
    path.write_text("trade_id,amount\nT1,5\n")
    for _ in range(2):
        window.imports.start([path], Kind.LEDGER)
        wait_until(qtbot, lambda: not window.imports.is_busy)
        settle(qtbot, window)
    assert window.job_bar.text.text().count("was already imported on") == 1


def test_files_with_nothing_new_are_named_once_all_are_through(
    qtbot: QtBot, window: MainWindow, tmp_path: Path
) -> None:
    def ledger(name: str, amount: int) -> Path:
        return file(tmp_path, name, f"trade_id,amount\nT1,{amount}\n")

    first, second = ledger("a.csv", 5), ledger("b.csv", 6)
    window.imports.start([first, second], Kind.LEDGER)
    wait_until(qtbot, lambda: not window.imports.is_busy)
    settle(qtbot, window)
    window.imports.start([first, ledger("c.csv", 7), second], Kind.LEDGER)
    message = wait_for(qtbot, MessageDialog)
    assert message.windowTitle() == "Nothing new in 2 of 3 files"
    told = message.sentence.text().split("\n")
    assert [line.split()[0] for line in told] == ["a.csv", "b.csv"]
    assert all("was already imported on" in line for line in told)
    press(qtbot, Qt.Key.Key_Return)
    settle(qtbot, window)

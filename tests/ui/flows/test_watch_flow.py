"""Watched folders as a person meets them: added in the dialog, taken from by themselves, told of."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QObject, Qt, QUrl, Slot
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QDialog, QLineEdit
from pytestqt.qtbot import QtBot

from opspilot_desktop.domain.errors import NotNow
from opspilot_desktop.domain.fields import Kind
from opspilot_desktop.domain.jobs import Handle
from opspilot_desktop.files.mapping import Mapping
from opspilot_desktop.files.profile import Profile
from opspilot_desktop.operations import taking_files, watched_folders, watching
from opspilot_desktop.operations.import_history import list_imports
from opspilot_desktop.operations.profiles import keep_profile
from opspilot_desktop.operations.run_history import list_runs
from opspilot_desktop.operations.watched_folders import list_watched
from opspilot_desktop.operations.workspace import open_workspace
from opspilot_desktop.ui.dialogs.confirm_dialog import ConfirmDialog
from opspilot_desktop.ui.dialogs.error_dialog import CrashDialog
from opspilot_desktop.ui.dialogs.watched_folder_dialog import WatchedFolderDialog
from opspilot_desktop.ui.dialogs.watched_folders_dialog import WatchedFoldersDialog
from opspilot_desktop.ui.flows import watch_flow
from opspilot_desktop.ui.main_window import MainWindow
from opspilot_desktop.ui.palette import CommandPalette
from tests.helpers.opening import open_window
from tests.helpers.watching import LEDGER, TRADES, WITH_IDS, leftovers_in, names_in, put, rows_of, watched
from tests.helpers.window import click, press, settle, shown, type_text, wait_for, wait_until

CTRL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture(autouse=True)
def often(monkeypatch: pytest.MonkeyPatch) -> None:
    """The window looks more often than people would notice."""
    monkeypatch.setattr(watch_flow, "LOOK_MS", 40)
    monkeypatch.setattr(watching, "RETRY_SECONDS", 0.2)


@pytest.fixture
def target(tmp_path: Path) -> str:
    return str(tmp_path / "desk.opspilot")


@pytest.fixture
def window(qtbot: QtBot, target: str) -> Iterator[MainWindow]:
    window = open_window(qtbot, target)
    yield window
    window.close()


def open_list(qtbot: QtBot, window: MainWindow) -> WatchedFoldersDialog:
    window.actions_["watchedFolders"].trigger()
    return wait_for(qtbot, WatchedFoldersDialog)


def said(qtbot: QtBot, window: MainWindow, text: str) -> None:
    """Waits until the status bar says it."""
    wait_until(qtbot, lambda: text in window.job_bar.text.text())


def close(qtbot: QtBot, dialog: QDialog) -> None:
    press(qtbot, Qt.Key.Key_Escape)
    wait_until(qtbot, lambda: not dialog.isVisible())


def states_of(dialog: WatchedFoldersDialog) -> list[str]:
    return [str(row[2]) for row in dialog.table.list_model.rows]


def test_a_folder_is_added_with_the_mouse_and_its_files_are_taken(
    qtbot: QtBot, window: MainWindow, tmp_path: Path
) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    workspace = window.desk.workspace
    keep_profile(Handle(), workspace, Profile(Kind.TRADES, "Desk", Mapping({"trade_id": "Ref"})))
    keep_profile(Handle(), workspace, Profile(Kind.LEDGER, "Bank", Mapping({"trade_id": "Ref"})))
    window.activateWindow()
    press(qtbot, Qt.Key.Key_K, CTRL)
    palette = wait_for(qtbot, CommandPalette)
    type_text(qtbot, "watched")
    press(qtbot, Qt.Key.Key_Return)
    wait_until(qtbot, lambda: not palette.isVisible())
    dialog = wait_for(qtbot, WatchedFoldersDialog)
    assert dialog.note.text() == "No folder is watched yet."
    assert not dialog.remove.isEnabled()

    click(qtbot, dialog.primary)
    edit = wait_for(qtbot, WatchedFolderDialog)
    assert not edit.primary.isEnabled()
    assert edit.settle.isVisible()
    assert not edit.marker.isVisible()
    offered = [edit.profile.itemText(index) for index in range(edit.profile.count())]
    assert offered == ["Recognised by the columns of each file", "Desk"]
    edit.path.setFocus()
    qtbot.keyClicks(edit.path, str(tmp_path))
    click(qtbot, edit.primary)
    wait_until(qtbot, edit.banner.isVisible)
    assert "holds the workspace itself" in edit.banner.text
    qtbot.keyClicks(edit.path, "/in")
    edit.complete.setFocus()
    press(qtbot, Qt.Key.Key_Down)
    assert edit.marker.isVisible()
    assert not edit.settle.isVisible()
    click(qtbot, edit.primary)
    wait_until(qtbot, lambda: shown(WatchedFolderDialog) is None)
    wait_until(qtbot, lambda: states_of(dialog) == ["Watching"])
    (kept,) = list_watched(Handle(), workspace)
    assert (kept.path, kept.kind, kept.marker) == (str(folder), Kind.TRADES, ".done")

    put(folder, "t.csv", TRADES)
    wait_until(qtbot, lambda: states_of(dialog) == ["Waiting for t.csv to be complete"])
    (folder / "t.csv.done").touch()
    wait_until(qtbot, lambda: dialog.table.list_model.rows[0][3] == "t.csv: 2 imported.")
    close(qtbot, dialog)
    settle(qtbot, window)
    assert "t.csv: 2 imported." in window.job_bar.text.text()
    assert window.watch.overview.trades == 2
    assert leftovers_in(folder) == []


def test_files_that_stand_there_already_are_asked_about(
    qtbot: QtBot, window: MainWindow, tmp_path: Path
) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    put(folder, "t.csv", TRADES)
    (folder / "holiday.jpg").write_bytes(b"\xff\xd8\xff")
    dialog = open_list(qtbot, window)
    click(qtbot, dialog.primary)
    edit = wait_for(qtbot, WatchedFolderDialog)
    edit.path.setFocus()
    qtbot.keyClicks(edit.path, str(folder))
    click(qtbot, edit.primary)
    asked = wait_for(qtbot, ConfirmDialog)
    assert (
        "2 files stand there already and will be taken too: holiday.jpg and t.csv."
        in asked.accessibleDescription()
    )
    press(qtbot, Qt.Key.Key_Escape)
    wait_until(qtbot, lambda: shown(ConfirmDialog) is None)
    assert list_watched(Handle(), window.desk.workspace) == []
    assert edit.primary.isEnabled()
    (folder / "holiday.jpg").unlink()
    click(qtbot, edit.primary)
    asked = wait_for(qtbot, ConfirmDialog)
    assert "1 file stands there already and will be taken too: t.csv." in asked.accessibleDescription()
    click(qtbot, asked.primary)
    wait_until(qtbot, lambda: shown(WatchedFolderDialog) is None)
    wait_until(qtbot, lambda: window.watch.overview.trades == 2)
    close(qtbot, dialog)
    settle(qtbot, window)


def test_a_dialog_closed_while_the_folder_is_looked_at_asks_nothing(
    qtbot: QtBot, window: MainWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "in").mkdir()
    put(tmp_path / "in", "t.csv", TRADES)
    looking, go_on = threading.Event(), threading.Event()

    def slow(*_arguments: object) -> list[str]:
        looking.set()
        assert go_on.wait(15)
        return ["t.csv"]

    monkeypatch.setattr(watched_folders, "files_to_be_taken", slow)
    dialog = open_list(qtbot, window)
    click(qtbot, dialog.primary)
    edit = wait_for(qtbot, WatchedFolderDialog)
    edit.path.setFocus()
    qtbot.keyClicks(edit.path, str(tmp_path / "in"))
    click(qtbot, edit.primary)
    wait_until(qtbot, looking.is_set)
    press(qtbot, Qt.Key.Key_Escape)
    wait_until(qtbot, lambda: shown(WatchedFolderDialog) is None)
    go_on.set()
    settle(qtbot, window)
    assert shown(ConfirmDialog) is None
    assert list_watched(Handle(), window.desk.workspace) == []
    close(qtbot, dialog)


@pytest.mark.expects_log("Unexpected error")
def test_a_defect_while_the_folder_is_looked_at_loses_nothing_typed(
    qtbot: QtBot, window: MainWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_arguments: object) -> list[str]:
        raise ZeroDivisionError

    monkeypatch.setattr(watched_folders, "files_to_be_taken", broken)
    dialog = open_list(qtbot, window)
    click(qtbot, dialog.primary)
    edit = wait_for(qtbot, WatchedFolderDialog)
    edit.path.setFocus()
    qtbot.keyClicks(edit.path, str(tmp_path))
    click(qtbot, edit.primary)
    crash = wait_for(qtbot, CrashDialog)
    press(qtbot, Qt.Key.Key_Escape)
    wait_until(qtbot, lambda: not crash.isVisible())
    assert edit.path.text() == str(tmp_path)
    assert edit.primary.isEnabled()
    press(qtbot, Qt.Key.Key_Escape)
    wait_until(qtbot, lambda: shown(WatchedFolderDialog) is None)
    close(qtbot, dialog)


def test_several_files_are_reconciled_once_and_told_together(
    qtbot: QtBot, window: MainWindow, tmp_path: Path
) -> None:
    workspace = window.desk.workspace
    trades, ledger = tmp_path / "trades", tmp_path / "ledger"
    watched(workspace, trades, marker=".ok")
    watched(workspace, ledger, Kind.LEDGER, marker=".ok")
    put(trades, "t.csv", TRADES, marker=".ok")
    put(ledger, "l.csv", WITH_IDS, marker=".ok")
    put(ledger, "bad.csv", "trade_id,amount\nT1,x\n", marker=".ok")
    window.watching.look_anew()
    said(qtbot, window, "3 files from watched folders: 2 imported, 1 rejected. Run 1: 0 opened, 0 cleared.")
    settle(qtbot, window)
    assert len(list_runs(Handle(), workspace).runs) == 1
    assert names_in(ledger)[-3:] == [
        f"rejected/bad.csv{one}" for one in (".ok", ".rejects.csv", ".report.txt")
    ]
    assert (window.watch.overview.trades, window.watch.overview.ledger_entries) == (2, 2)
    click(qtbot, window.job_bar.action)
    dialog = wait_for(qtbot, WatchedFoldersDialog)
    settle(qtbot, window)
    dialog.table.select_row(1)
    assert "bad.csv was rejected" in dialog.note.text() or "l.csv: 2 imported" in dialog.note.text()
    close(qtbot, dialog)


def test_an_unreachable_folder_is_told_once(qtbot: QtBot, window: MainWindow, tmp_path: Path) -> None:
    folder = tmp_path / "in"
    watched(window.desk.workspace, folder, marker=".ok")
    told: list[str] = []
    window.desk.said.connect(lambda text, _tone, _action: told.append(text))
    shutil.rmtree(folder)
    window.watching.look_anew()
    said(qtbot, window, "in: Cannot be reached: no such file or directory")
    qtbot.wait(400)
    assert len(told) == 1
    assert shown(QDialog) is None
    folder.mkdir()
    put(folder, "t.csv", TRADES, marker=".ok")
    said(qtbot, window, "t.csv: 2 imported.")
    shutil.rmtree(folder)
    said(qtbot, window, "Cannot be reached")
    assert len(told) == 3


def test_a_folder_is_changed_paused_resumed_and_removed(
    qtbot: QtBot, window: MainWindow, tmp_path: Path
) -> None:
    workspace, folder = window.desk.workspace, tmp_path / "in"
    watched(workspace, folder, marker=".ok")
    dialog = open_list(qtbot, window)
    wait_until(qtbot, lambda: states_of(dialog) == ["Watching"])
    click(qtbot, dialog.pause)
    wait_until(qtbot, lambda: states_of(dialog) == ["Paused"])
    put(folder, "t.csv", TRADES, marker=".ok")
    qtbot.wait(300)
    assert rows_of(workspace, Kind.TRADES) == 0
    assert dialog.pause.accessibleName() == "Resume"
    click(qtbot, dialog.edit)
    edit = wait_for(qtbot, WatchedFolderDialog)
    assert edit.marker.text() == ".ok"
    edit.kind.setFocus()
    press(qtbot, Qt.Key.Key_Down)
    click(qtbot, edit.primary)
    wait_until(qtbot, lambda: list_watched(Handle(), workspace)[0].kind is Kind.LEDGER)
    wait_until(qtbot, lambda: shown(WatchedFolderDialog) is None)
    click(qtbot, dialog.pause)
    wait_until(qtbot, lambda: "was rejected" in str(dialog.table.list_model.rows[0][3]))
    click(qtbot, dialog.remove)
    confirm = wait_for(qtbot, ConfirmDialog)
    click(qtbot, confirm.cancel)
    wait_until(qtbot, lambda: not confirm.isVisible())
    assert len(list_watched(Handle(), workspace)) == 1
    click(qtbot, dialog.remove)
    click(qtbot, wait_for(qtbot, ConfirmDialog).primary)
    wait_until(qtbot, lambda: dialog.table.list_model.rows == [])
    assert list_watched(Handle(), workspace) == []
    assert names_in(folder) == [f"rejected/t.csv{one}" for one in ("", ".ok", ".report.txt")]
    close(qtbot, dialog)


def test_a_folder_is_chosen_in_a_dialog(qtbot: QtBot, window: MainWindow, tmp_path: Path) -> None:
    from PySide6.QtWidgets import QFileDialog

    (tmp_path / "in").mkdir()
    dialog = open_list(qtbot, window)
    click(qtbot, dialog.primary)
    edit = wait_for(qtbot, WatchedFolderDialog)
    click(qtbot, edit.choose)
    chooser = wait_for(qtbot, QFileDialog, "watchedFolderChooser")
    name = chooser.findChild(QLineEdit, "fileNameEdit")
    assert name is not None
    name.setCompleter(None)  # type: ignore[arg-type]
    qtbot.wait(250)
    name.setText(str(tmp_path / "in"))
    qtbot.keyClick(name, Qt.Key.Key_Return)
    wait_until(qtbot, lambda: edit.path.text() == str(tmp_path / "in"))
    close(qtbot, edit)
    close(qtbot, dialog)
    assert list_watched(Handle(), window.desk.workspace) == []


class _Opened(QObject):
    def __init__(self) -> None:
        super().__init__()
        self.urls: list[QUrl] = []

    @Slot(QUrl)
    def take(self, url: QUrl) -> None:
        self.urls.append(url)


def test_the_done_folder_is_opened(qtbot: QtBot, window: MainWindow, tmp_path: Path) -> None:
    watched(window.desk.workspace, tmp_path / "in")
    opened = _Opened()
    QDesktopServices.setUrlHandler("file", opened, "take")
    try:
        dialog = open_list(qtbot, window)
        wait_until(qtbot, lambda: states_of(dialog) == ["Watching"])
        click(qtbot, dialog.done_folder)
        assert [url.toLocalFile() for url in opened.urls] == [str(tmp_path / "in" / "done")]
    finally:
        QDesktopServices.unsetUrlHandler("file")
    close(qtbot, dialog)


def test_closing_the_window_lets_go_of_the_folder(qtbot: QtBot, target: str, tmp_path: Path) -> None:
    folder = tmp_path / "in"
    with open_workspace(target, create=True) as workspace:
        watched(workspace, folder, Kind.LEDGER, marker=".ok")
    for number in range(4):
        put(folder, f"{number}.csv", LEDGER.replace("T", f"T{number}"), marker=".ok")
    window = open_window(qtbot, target)  # it begins at once
    window.close()
    window = open_window(qtbot, target)
    wait_until(qtbot, lambda: leftovers_in(folder) == [])
    settle(qtbot, window)
    assert rows_of(window.desk.workspace, Kind.LEDGER) == 12
    assert len(list_imports(Handle(), window.desk.workspace)) == 4
    window.close()


def test_closing_in_the_middle_of_reading(
    qtbot: QtBot, window: MainWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, workspace = tmp_path / "in", window.desk.workspace
    watched(workspace, folder, marker=".ok")
    begun: list[bool] = []

    def endless(handle: Handle, *_: object) -> object:
        begun.append(True)
        while True:
            handle.check()

    monkeypatch.setattr(taking_files, "check_known_file", endless)
    put(folder, "t.csv", TRADES, marker=".ok")
    window.watching.look_anew()
    wait_until(qtbot, lambda: bool(begun))
    window.close()
    monkeypatch.undo()
    assert leftovers_in(folder) != []
    again = open_window(qtbot, workspace.path)
    wait_until(qtbot, lambda: leftovers_in(folder) == [])
    settle(qtbot, again)
    assert rows_of(again.desk.workspace, Kind.TRADES) == 2
    again.close()


def test_a_cancel_stops_the_folder_until_it_is_resumed(
    qtbot: QtBot, window: MainWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, workspace = tmp_path / "in", window.desk.workspace
    watched(workspace, folder, marker=".ok")

    def endless(handle: Handle, *_: object) -> object:
        while True:
            handle.check()

    check = taking_files.check_known_file
    monkeypatch.setattr(taking_files, "check_known_file", endless)
    put(folder, "t.csv", TRADES, marker=".ok")
    window.watching.look_anew()
    wait_until(qtbot, window.job_bar.cancel.isVisible)
    click(qtbot, window.job_bar.cancel)
    said(qtbot, window, "in: Stopped: it was cancelled")
    monkeypatch.setattr(taking_files, "check_known_file", check)
    qtbot.wait(200)
    assert rows_of(workspace, Kind.TRADES) == 0
    dialog = open_list(qtbot, window)
    wait_until(qtbot, lambda: states_of(dialog) == ["Stopped: it was cancelled"])
    click(qtbot, dialog.pause)
    wait_until(qtbot, lambda: dialog.table.list_model.rows[0][3] == "t.csv: 2 imported.")
    assert states_of(dialog) == ["Watching"]
    close(qtbot, dialog)


@pytest.mark.expects_log("Unexpected error")
def test_a_defect_is_reported_once(
    qtbot: QtBot, window: MainWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object, **__: object) -> object:
        raise ZeroDivisionError

    folder = tmp_path / "in"
    watched(window.desk.workspace, folder, marker=".ok")
    monkeypatch.setattr(taking_files, "store_or_refuse", broken)
    put(folder, "t.csv", TRADES, marker=".ok")
    window.watching.look_anew()
    crash = wait_for(qtbot, CrashDialog)
    qtbot.wait(300)
    crash.close()
    assert shown(CrashDialog) is None
    said(qtbot, window, "in: Stopped: an error in the program was in the way")


def test_a_server_that_is_down_is_told_once_and_tried_again(
    qtbot: QtBot, window: MainWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def down(*_: object, **__: object) -> object:
        raise NotNow("The server cannot be used; check that it runs.")

    folder = tmp_path / "in"
    watched(window.desk.workspace, folder, marker=".ok")
    store = taking_files.store_or_refuse
    monkeypatch.setattr(taking_files, "store_or_refuse", down)
    told: list[str] = []
    window.desk.said.connect(lambda text, _tone, _action: told.append(text))
    put(folder, "t.csv", TRADES, marker=".ok")
    window.watching.look_anew()
    said(qtbot, window, "The server cannot be used")
    qtbot.wait(300)
    assert len([text for text in told if "The server" in text]) == 1
    assert shown(QDialog) is None
    monkeypatch.setattr(taking_files, "store_or_refuse", store)
    said(qtbot, window, "t.csv: 2 imported.")
    assert leftovers_in(folder) == []


def test_another_workspace_has_folders_of_its_own(qtbot: QtBot, window: MainWindow, tmp_path: Path) -> None:
    folder, other = tmp_path / "in", tmp_path / "other.opspilot"
    watched(window.desk.workspace, folder, marker=".ok")
    open_workspace(str(other), create=True).close()
    window.watching.look_anew()
    dialog = open_list(qtbot, window)
    wait_until(qtbot, lambda: states_of(dialog) == ["Watching"])
    close(qtbot, dialog)
    window.workspaces.open_target(str(other))
    wait_until(qtbot, lambda: window.desk.workspace.path == str(other))
    settle(qtbot, window)
    put(folder, "t.csv", TRADES, marker=".ok")
    qtbot.wait(300)
    assert leftovers_in(folder) == ["t.csv", "t.csv.ok"]
    dialog = open_list(qtbot, window)
    settle(qtbot, window)
    assert dialog.table.list_model.rows == []
    close(qtbot, dialog)

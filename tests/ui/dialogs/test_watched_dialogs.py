"""The dialogs about watched folders by themselves: what is offered, what is said, what stays selected."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMainWindow
from pytestqt.qtbot import QtBot

from opspilot_desktop.domain.fields import Kind
from opspilot_desktop.domain.watched import WatchedFolder
from opspilot_desktop.operations.watching import FolderState
from opspilot_desktop.ui.dialogs.watched_folder_dialog import WatchedFolderDialog
from opspilot_desktop.ui.dialogs.watched_folders_dialog import WatchedFoldersDialog
from opspilot_desktop.ui.icons import Icons
from opspilot_desktop.ui.theme import Theme
from tests.helpers.window import click

ONE = WatchedFolder("1", "/in/one", Kind.TRADES, settle=9)
TWO = WatchedFolder("2", "/in/two\u202e<b>", Kind.LEDGER, "Bank", marker=".ok", skip_bad_rows=True)
PROFILES = [("Bank", "ledger"), ("Desk", "trades")]


@pytest.fixture
def folders(theme: Theme, icons: Icons, desk_window: QMainWindow) -> WatchedFoldersDialog:
    dialog = WatchedFoldersDialog(theme, icons, parent=desk_window)
    dialog.open()
    return dialog


def test_the_selected_folder_stays_selected_while_states_change(folders: WatchedFoldersDialog) -> None:
    folders.set_states([FolderState(ONE, "Watching"), FolderState(TWO, "Watching")])
    folders.table.select_row(1)
    folders.set_states([FolderState(ONE, "Watching"), FolderState(TWO, "Cannot be reached: away", True)])
    assert folders.selected is not None
    assert folders.selected.folder == TWO
    assert (
        folders.note.text()
        == "Cannot be reached: away. Files are taken once NAME.ok is there; good rows only."
    )
    folders.set_states([FolderState(TWO, "Watching", last="x.csv: 1 imported.")])
    assert folders.selected.folder == TWO
    assert folders.note.text().endswith("Last: x.csv: 1 imported.")
    folders.set_states([])
    assert folders.selected is None
    folders.reject()


def test_names_are_shown_as_they_are(folders: WatchedFoldersDialog) -> None:
    folders.set_states([FolderState(TWO, "Waiting for <b>x\u202e to be complete")])
    model = folders.table.list_model
    assert model.data(model.index(0, 0)) == "/in/two⟨U+202E⟩<b>"
    assert folders.note.textFormat() == Qt.TextFormat.PlainText
    assert "⟨U+202E⟩" in folders.note.text()
    folders.reject()


@pytest.mark.parametrize(
    ("state", "word"),
    [
        (FolderState(ONE, "Watching"), "Pause"),
        (FolderState(replace(ONE, paused=True), "Paused"), "Resume"),
        (FolderState(ONE, "Stopped: it was cancelled", True, is_stopped=True), "Resume"),
    ],
)
def test_each_button_says_which_folder(
    folders: WatchedFoldersDialog, qtbot: QtBot, state: FolderState, word: str
) -> None:
    asked: list[tuple[str, WatchedFolder]] = []
    folders.set_states([state])
    assert folders.pause.accessibleName() == word
    for name, button, signal in (
        ("edit", folders.edit, folders.editRequested),
        ("pause", folders.pause, folders.pauseRequested),
        ("remove", folders.remove, folders.removeRequested),
        ("done", folders.done_folder, folders.doneRequested),
    ):
        signal.connect(lambda folder, name=name: asked.append((name, folder)))
        click(qtbot, button)
    assert asked == [(name, state.folder) for name in ("edit", "pause", "remove", "done")]
    added: list[bool] = []
    folders.addRequested.connect(lambda: added.append(True))
    click(qtbot, folders.primary)
    assert added == [True]
    assert folders.isVisible()
    folders.reject()


@pytest.mark.parametrize("folder", [ONE, TWO, replace(TWO, profile="Gone")])
def test_what_is_kept_comes_back_as_it_is(
    folder: WatchedFolder, theme: Theme, icons: Icons, desk_window: QMainWindow, qtbot: QtBot
) -> None:
    dialog = WatchedFolderDialog(theme, icons, folder, PROFILES, parent=desk_window)
    dialog.open()
    saved: list[WatchedFolder] = []
    dialog.saved.connect(saved.append)
    click(qtbot, dialog.primary)
    assert saved == [folder if not folder.marker else replace(folder, settle=dialog.settle.value())]
    assert not dialog.primary.isEnabled()  # until it is known whether it was kept
    dialog.refuse("No.")
    assert dialog.banner.text == "No."
    assert dialog.primary.isEnabled()
    assert dialog.path.text() == folder.path
    dialog.reject()


def test_another_kind_has_other_profiles(theme: Theme, icons: Icons, desk_window: QMainWindow) -> None:
    dialog = WatchedFolderDialog(theme, icons, TWO, PROFILES, parent=desk_window)
    dialog.open()
    assert dialog.profile.currentText() == "Bank"
    dialog.kind.setCurrentIndex(dialog.kind.findData("trades"))
    assert [dialog.profile.itemData(index) for index in range(dialog.profile.count())] == ["", "Desk"]
    assert dialog.folder().profile == ""
    dialog.complete.setCurrentIndex(dialog.complete.findData("settle"))
    assert dialog.folder().marker == ""
    assert dialog.settle.isVisible()
    dialog.complete.setCurrentIndex(dialog.complete.findData("marker"))
    dialog.marker.clear()
    assert not dialog.primary.isEnabled()
    dialog.reject()

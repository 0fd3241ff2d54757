"""The watched folders: how each stands, adding, changing, pausing and removing them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import QWidget

from opspilot_desktop.domain.watched import WatchedFolder
from opspilot_desktop.ui.icons import Icons
from opspilot_desktop.ui.theme import Theme
from opspilot_desktop.ui.widgets.buttons import set_button_text
from opspilot_desktop.ui.widgets.edges import boxed
from opspilot_desktop.ui.widgets.plain_label import plain_label

from .frame import DialogFrame
from .list_table import Column, ListTable, text_of

WIDTH, TABLE_HEIGHT = 1120, 190
_FACT = (
    "A file that is complete is imported by itself, reconciled and moved into done or rejected, with a report"
    " beside it. All who share this workspace watch the same folders."
)
_NONE = "No folder is watched yet."
_COLUMNS = (
    Column("Folder", widest=300, ends=True),
    Column("Read as", widest=180),
    Column("State", widest=300),
    Column("Last file", widest=0),
)


class FolderState(Protocol):
    """What is shown of a folder; see operations.watching."""

    @property
    def folder(self) -> WatchedFolder:
        """The folder and its rules."""
        ...

    @property
    def words(self) -> str:
        """How it stands."""
        ...

    @property
    def problem(self) -> bool:
        """Whether somebody has to do something about it."""
        ...

    @property
    def is_stopped(self) -> bool:
        """Whether nothing is taken before somebody says so."""
        ...

    @property
    def last(self) -> str:
        """What became of the file that was taken last."""
        ...


class WatchedFoldersDialog(DialogFrame):
    """Stays open while things are done: each signal but the first carries a `WatchedFolder`; `set_states`
    then shows how the folders stand."""

    addRequested = Signal()
    editRequested = Signal(object)
    pauseRequested = Signal(object)
    removeRequested = Signal(object)
    doneRequested = Signal(object)

    def __init__(self, theme: Theme, icons: Icons, *, parent: QWidget | None = None) -> None:
        super().__init__(
            theme,
            icons,
            "Watched folders",
            _FACT,
            primary="Add folder…",
            cancel="Close",
            icon=("folder", "link"),
            width=WIDTH,
            resizable=True,
            parent=parent,
        )
        self.setObjectName("watchedFoldersDialog")
        self.primary.setObjectName("watchedAdd")
        self.cancel.setObjectName("watchedClose")
        self._states: list[FolderState] = []
        self.table = ListTable(theme, icons, _COLUMNS, sort_by=None)
        self.table.setObjectName("watchedTable")
        self.table.setAccessibleName("Watched folders")
        self.note = plain_label(font=theme.fonts.small, wrap=True)
        self.note.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.edit = self.add_side_action("Edit…", "edit")
        self.pause = self.add_side_action("Pause")
        self.remove = self.add_side_action("Remove…", "trash")
        self.done_folder = self.add_side_action("Open done folder", "folder")
        for name, button, signal in (
            ("watchedEdit", self.edit, self.editRequested),
            ("watchedPause", self.pause, self.pauseRequested),
            ("watchedRemove", self.remove, self.removeRequested),
            ("watchedDone", self.done_folder, self.doneRequested),
        ):
            button.setObjectName(name)
            button.clicked.connect(lambda _on=False, signal=signal: self._ask(signal))
        self.table.doubleClicked.connect(lambda _index: self._ask(self.editRequested))
        self.table.selectionModel().currentRowChanged.connect(lambda _now, _before: self._show_selected())
        self._lay_out_body()
        self._show_selected()
        self.set_first_focus(self.table)

    @property
    def selected(self) -> FolderState | None:
        """The folder that is selected, as it stands."""
        row = self.table.currentIndex().row()
        return self._states[row] if 0 <= row < len(self._states) else None

    def set_states(self, states: Sequence[FolderState]) -> None:
        """Shows how the folders stand now; the one that is selected stays so."""
        if list(states) == self._states:
            return
        before = self.selected
        self._states = list(states)
        with QSignalBlocker(self.table.selectionModel()):
            self.table.show_rows([_row(state) for state in self._states])
        ids = [state.folder.id for state in self._states]
        if ids:
            wanted = before.folder.id if before is not None else ""
            self.table.select_row(ids.index(wanted) if wanted in ids else 0)
        self.table.viewport().update()
        self._show_selected()

    def submit(self) -> None:
        """Asks for a folder; the dialog stays."""
        self.addRequested.emit()

    def _ask(self, signal: object) -> None:
        state = self.selected
        if state is not None:
            signal.emit(state.folder)  # type: ignore[attr-defined]

    def _show_selected(self) -> None:
        state = self.selected
        for button in (self.edit, self.pause, self.remove, self.done_folder):
            button.setEnabled(state is not None)
        if state is None:
            self.note.setText(_NONE)
            return
        goes_on = state.folder.paused or state.is_stopped
        set_button_text(self.pause, "Resume" if goes_on else "Pause")
        last = f" Last: {state.last}" if state.last else ""
        self.note.setText(text_of(f"{state.words}. Files are taken {state.folder.rule}.{last}"))

    def _lay_out_body(self) -> None:
        edge = boxed(self.table)
        edge.setMinimumHeight(TABLE_HEIGHT)
        self.note.setMinimumHeight(2 * self.note.fontMetrics().lineSpacing())
        self.note.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.body.setSpacing(10)
        self.body.addWidget(edge, 1)
        self.body.addWidget(self.note)


def _row(state: FolderState) -> tuple[str, str, str, str]:
    return (state.folder.path, state.folder.read_by, state.words, state.last or "–")

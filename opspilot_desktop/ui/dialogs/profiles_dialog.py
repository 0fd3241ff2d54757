"""The source profiles that the workspace keeps: by which its files are read."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from opspilot_desktop.domain.clock import local_minute
from opspilot_desktop.domain.fields import RECORDS, Kind
from opspilot_desktop.domain.text import visible
from opspilot_desktop.ui.icons import Icons
from opspilot_desktop.ui.theme import Theme
from opspilot_desktop.ui.widgets.banner import Banner
from opspilot_desktop.ui.widgets.edges import boxed
from opspilot_desktop.ui.widgets.plain_label import plain_label

from .frame import DialogFrame
from .list_table import Column, ListTable

WIDTH = 780
TABLE_HEIGHT = 240
_FACT = (
    "A profile says once how the files of a source are read. A file with its columns is then imported"
    " without a question."
)
_NONE = "None is kept yet: tick “Keep these choices” in the import wizard, or import a TOML file."
_COLUMNS = (
    Column("Name", widest=0),
    Column("For"),
    Column("Columns", numeric=True),
    Column("Kept"),
    Column("By", widest=120),
    Column("Last used"),
)


class Kept(Protocol):
    """What is shown of a profile as it is kept; see store.source_profiles."""

    @property
    def name(self) -> str:
        """Its name."""
        ...

    @property
    def kind(self) -> str:
        """The kind of record that its files bring."""
        ...

    @property
    def who(self) -> str:
        """Who kept it."""
        ...

    @property
    def at(self) -> str:
        """When that was."""
        ...


class Use(Protocol):
    """A kept profile and its use; see operations.profiles."""

    @property
    def saved(self) -> Kept:
        """The profile."""
        ...

    @property
    def columns(self) -> int:
        """How many columns its files have."""
        ...

    @property
    def last_used(self) -> str:
        """When a file was last imported by it."""
        ...


class ProfilesDialog(DialogFrame):
    """``exportWanted(name)``, ``removeWanted(name)``, ``importWanted()`` and ``restoreWanted()``: whoever
    does so shows the list anew. The dialog stays open."""

    exportWanted = Signal(str)
    importWanted = Signal()
    removeWanted = Signal(str)
    restoreWanted = Signal()

    def __init__(
        self, theme: Theme, icons: Icons, uses: Sequence[Use], *, parent: QWidget | None = None
    ) -> None:
        super().__init__(
            theme,
            icons,
            "Source profiles",
            _FACT,
            primary="Export as TOML…",
            cancel="Close",
            icon=("bookmark", "link"),
            width=WIDTH,
            parent=parent,
        )
        self.setObjectName("profilesDialog")
        self.primary.setObjectName("profilesExport")
        self.cancel.setObjectName("profilesClose")
        self._uses: list[Use] = []
        self.table = ListTable(theme, icons, _COLUMNS, sort_by=None)
        self.table.setObjectName("profilesTable")
        self.table.setAccessibleName("Source profiles")
        self.note = plain_label(_NONE, tone="dim", wrap=True)
        self.banner = Banner(theme, icons, "ok")
        self.banner.setObjectName("profilesBanner")
        self.bring = self.add_side_action("Import from TOML…", "import")
        self.bring.setObjectName("profilesImport")
        self.remove = self.add_side_action("Delete", "trash")
        self.remove.setObjectName("profilesDelete")
        self.bring.clicked.connect(self.importWanted)
        self.remove.clicked.connect(self._remove)
        self.table.selectionModel().currentRowChanged.connect(lambda _now, _before: self._check())
        self._lay_out_body()
        self.show_profiles(uses)
        self.set_first_focus(self.table if uses else self.bring)

    def show_profiles(self, uses: Sequence[Use], selected: str = "") -> None:
        """Shows other profiles, that one selected or the first."""
        self._uses = list(uses)
        names = [use.saved.name for use in uses]
        self.table.show_rows([_row(use) for use in uses])
        if names:
            self.table.select_row(names.index(selected) if selected in names else 0)
        self.note.setVisible(not names)
        self._check()

    def say(self, sentence: str, *, restorable: bool = False) -> None:
        """Says what was done; what was deleted can be put back."""
        self.banner.clear_actions()
        self.banner.set_message(visible(sentence), "ok")
        if restorable:
            restore = self.banner.add_action("Put it back")
            restore.setObjectName("profilesRestore")
            restore.clicked.connect(self.restoreWanted)
        self.banner.show()

    @property
    def selected(self) -> str:
        """The name of the selected profile, "" where there is none."""
        row = self.table.currentIndex().row()
        return self._uses[row].saved.name if 0 <= row < len(self._uses) else ""

    def submit(self) -> None:
        """Asks to export the selected profile; the dialog stays."""
        if self.selected:
            self.exportWanted.emit(self.selected)

    def _remove(self) -> None:
        if self.selected:
            self.removeWanted.emit(self.selected)

    def _check(self) -> None:
        self.set_primary(enabled=bool(self.selected))
        self.remove.setEnabled(bool(self.selected))

    def _lay_out_body(self) -> None:
        edge = boxed(self.table)
        edge.setMinimumHeight(TABLE_HEIGHT)
        self.banner.hide()
        self.body.setSpacing(10)
        self.body.addWidget(self.banner)
        self.body.addWidget(edge, 1)
        self.body.addWidget(self.note)


def _row(use: Use) -> tuple[str | int, ...]:
    saved = use.saved
    return (
        saved.name,
        RECORDS[Kind(saved.kind)].label,
        use.columns if use.columns else "–",
        local_minute(saved.at),
        saved.who,
        local_minute(use.last_used) if use.last_used else "–",
    )

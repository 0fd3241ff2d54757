"""The earlier versions of the rules' settings, to look at and to take up again."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QPlainTextEdit, QWidget

from opspilot_desktop.domain.clock import local_minute
from opspilot_desktop.recon.rule_settings import RuleSettings
from opspilot_desktop.recon.rule_words import differences, settings_lines
from opspilot_desktop.store.rule_versions import RuleVersion
from opspilot_desktop.ui.dialogs.frame import DialogFrame
from opspilot_desktop.ui.dialogs.list_table import Column, ListTable
from opspilot_desktop.ui.icons import Icons
from opspilot_desktop.ui.theme import Theme
from opspilot_desktop.ui.widgets.field import Field
from opspilot_desktop.ui.widgets.plain_label import PlainLabel

WIDTH = 760
_TABLE_HEIGHT, _TEXT_HEIGHT = 190, 230
_COLUMNS = (Column("Version", numeric=True), Column("When"), Column("Who"), Column("What changed", widest=0))
_FACT = "Each change made a version. Loading one shows it in the rules' dialog; it is in force once saved."


class VersionsDialog(DialogFrame):
    """``loadWanted(settings)`` carries the settings of the version that was chosen."""

    loadWanted = Signal(object)

    def __init__(
        self, theme: Theme, icons: Icons, versions: Sequence[RuleVersion], *, parent: QWidget | None = None
    ) -> None:
        """`versions` are the newest first; the program's own settings stand below the first of them."""
        super().__init__(
            theme,
            icons,
            "Earlier versions",
            _FACT,
            primary="Load",
            cancel="Close",
            icon=("history", "dim"),
            width=WIDTH,
            parent=parent,
        )
        self.setObjectName("ruleVersionsDialog")
        self._settings = {version.number: RuleSettings.from_json(version.value) for version in versions}
        self._settings[0] = RuleSettings()
        older = [*self._settings.values()][1:]
        rows: list[tuple[int | str, ...]] = []
        for version, before in zip(versions, older, strict=True):
            found = differences(before, self._settings[version.number])
            changes = "; ".join(f"{one.label}: {one.before} → {one.after}" for one in found)
            rows.append((version.number, local_minute(version.at), version.who, changes or "nothing"))
        rows.append((0, "–", "–", "The program's own settings"))
        self.table = ListTable(theme, icons, _COLUMNS, rows, sort_by=None)
        self.table.setObjectName("ruleVersions")
        self.table.setAccessibleName("Versions")
        self.table.setFixedHeight(_TABLE_HEIGHT)
        self.text = QPlainTextEdit()
        self.text.setReadOnly(True)
        self.text.setTabChangesFocus(True)
        self.text.setFixedHeight(_TEXT_HEIGHT)
        self._field = Field(theme, icons, "All settings of this version", self.text)
        self.body.addWidget(self.table)
        self.body.addWidget(self._field)
        self.table.selectionModel().currentRowChanged.connect(lambda *_: self._show())
        self.table.doubleClicked.connect(lambda _index: self.submit())
        self.table.select_row(0)
        self.set_first_focus(self.table)

    @property
    def number(self) -> int:
        """The version that is chosen; 0 are the program's own settings."""
        row = max(self.table.currentIndex().row(), 0)
        return int(self.table.list_model.rows[row][0])

    def submit(self) -> None:
        """Hands the settings over and closes."""
        self.loadWanted.emit(self._settings[self.number])
        self.accept()

    def _show(self) -> None:
        lines = settings_lines(self._settings[self.number])
        self.text.setPlainText(PlainLabel("\n".join(f"{label}: {value}" for label, value in lines)).text())
        number = self.number
        self.set_primary(f"Load version {number}" if number else "Load the program's own")

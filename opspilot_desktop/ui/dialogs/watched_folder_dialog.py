"""One watched folder: where it is, how its files are read, and when one of them is complete."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QLineEdit, QSpinBox, QWidget

from opspilot_desktop.domain.fields import Kind
from opspilot_desktop.domain.text import visible
from opspilot_desktop.domain.watched import LONGEST_SETTLE, WatchedFolder
from opspilot_desktop.ui.icons import Icons
from opspilot_desktop.ui.theme import Theme
from opspilot_desktop.ui.widgets.banner import Banner
from opspilot_desktop.ui.widgets.buttons import text_button
from opspilot_desktop.ui.widgets.field import Field
from opspilot_desktop.ui.widgets.plain_label import plain_label

from .choice import Choice
from .frame import DialogFrame

WIDTH, SECONDS_WIDTH = 560, 84
USUAL_MARKER = ".done"
_BY_ITSELF = "Recognised by the columns of each file"
_KINDS = ((Kind.TRADES, "Trades"), (Kind.LEDGER, "Ledger entries"))


class WatchedFolderDialog(DialogFrame):
    """``saved(WatchedFolder)`` comes with Save; the dialog then waits for `accept`, or for `refuse`, which
    says why it was not kept. `profiles` are those of the workspace: name and kind."""

    saved = Signal(object)

    def __init__(
        self,
        theme: Theme,
        icons: Icons,
        folder: WatchedFolder,
        profiles: Sequence[tuple[str, str]],
        *,
        parent: QWidget | None = None,
    ) -> None:
        title = "Change a watched folder" if folder.id else "Watch a folder"
        primary = "Save folder" if folder.id else "Watch folder"
        super().__init__(theme, icons, title, primary=primary, width=WIDTH, parent=parent)
        self.setObjectName("watchedFolderDialog")
        self.primary.setObjectName("watchedSave")
        self.cancel.setObjectName("watchedCancel")
        self._before = folder
        self._profiles = list(profiles)
        self._waiting = False
        self.banner = Banner(theme, icons, "warn", wrap=True)
        self.banner.setObjectName("watchedRefused")
        self.banner.hide()
        self.path = QLineEdit(folder.path)
        self.choose = text_button(icons, "Choose…", "folder")
        self.kind = Choice()
        self.profile = Choice()
        self.complete = Choice()
        self.settle = QSpinBox()
        self.marker = QLineEdit(folder.marker or USUAL_MARKER)
        self._after = plain_label("seconds")
        self._before_marker = plain_label("named NAME")
        self.bad_rows = Choice()
        self._fill(folder)
        self._lay_out_body()
        self._connect_inputs()
        self._check()
        self.set_first_focus(self.path)

    def folder(self) -> WatchedFolder:
        """What is typed and chosen."""
        by_marker = self.complete.currentData() == "marker"
        return replace(
            self._before,
            path=self.path.text().strip(),
            kind=Kind(self.kind.currentData()),
            profile=str(self.profile.currentData()),
            settle=self.settle.value(),
            marker=self.marker.text().strip() if by_marker else "",
            skip_bad_rows=self.bad_rows.currentData() == "skip",
        )

    def submit(self) -> None:
        """Says what was decided and waits."""
        self._waiting = True
        self.banner.hide()
        self._check()
        self.saved.emit(self.folder())

    def refuse(self, sentence: str) -> None:
        """Says why it was not kept, and goes on with what was typed."""
        self.stop_waiting()
        self.banner.set_message(visible(sentence))
        self.banner.show()
        self.grow()

    def stop_waiting(self) -> None:
        """It was not kept: the dialog is as it was before."""
        self._waiting = False
        self._check()

    def _fill(self, folder: WatchedFolder) -> None:
        for name, widget in (
            ("watchedPath", self.path),
            ("watchedChoose", self.choose),
            ("watchedKind", self.kind),
            ("watchedProfile", self.profile),
            ("watchedComplete", self.complete),
            ("watchedSettle", self.settle),
            ("watchedMarker", self.marker),
            ("watchedBadRows", self.bad_rows),
        ):
            widget.setObjectName(name)
        for kind, label in _KINDS:
            self.kind.addItem(label, kind.value)
        self.kind.setCurrentIndex(self.kind.findData(folder.kind.value))
        self._offer_profiles(folder.profile)
        self.complete.addItem("Once it has stayed the same for", "settle")
        self.complete.addItem("Once a marker file is there,", "marker")
        self.complete.setCurrentIndex(self.complete.findData("marker" if folder.marker else "settle"))
        self.settle.setRange(1, LONGEST_SETTLE)
        self.settle.setValue(folder.settle)
        self.settle.setAccessibleName("Seconds")
        self.settle.setMinimumWidth(SECONDS_WIDTH)
        self.settle.lineEdit().setTextMargins(5, 0, 0, 0)
        self.marker.setAccessibleName("Ending of the marker file")
        self.bad_rows.addItem("Reject the whole file", "refuse")
        self.bad_rows.addItem("Import the good rows, save the others beside the report", "skip")
        self.bad_rows.setCurrentIndex(self.bad_rows.findData("skip" if folder.skip_bad_rows else "refuse"))

    def _offer_profiles(self, wanted: str) -> None:
        self.profile.clear()
        self.profile.addItem(_BY_ITSELF, "")
        names = [name for name, kind in self._profiles if kind == self.kind.currentData()]
        for name in names:
            self.profile.addItem(visible(name), name)
        if wanted and wanted not in names and self.kind.currentData() == self._before.kind.value:
            self.profile.addItem(f"{visible(wanted)} (no longer there)", wanted)
        self.profile.setCurrentIndex(max(self.profile.findData(wanted), 0))

    def _lay_out_body(self) -> None:
        theme, icons = self.theme, self.icons
        where = _row(self.path, self.choose)
        complete = _row(self.complete, self.settle, self._after, self._before_marker, self.marker)
        self.body.addWidget(self.banner)
        self.path_field = Field(theme, icons, "Folder", where)
        self.path.setAccessibleName("Folder")
        self.body.addWidget(self.path_field)
        self.body.addWidget(Field(theme, icons, "Its files hold", self.kind))
        self.body.addWidget(Field(theme, icons, "Source profile", self.profile))
        self.body.addWidget(Field(theme, icons, "A file is complete", complete))
        self.complete.setAccessibleName("A file is complete")
        self.body.addWidget(Field(theme, icons, "Where rows cannot be imported", self.bad_rows))

    def _connect_inputs(self) -> None:
        self.choose.clicked.connect(self._choose)
        self.path.textChanged.connect(self._check)
        self.marker.textChanged.connect(self._check)
        self.complete.currentIndexChanged.connect(lambda _index: self._check())
        self.kind.currentIndexChanged.connect(
            lambda _index: self._offer_profiles(str(self.profile.currentData()))
        )

    def _check(self) -> None:
        by_marker = self.complete.currentData() == "marker"
        parts = ((self.settle, False), (self._after, False), (self._before_marker, True), (self.marker, True))
        for widget, is_of_marker in parts:
            widget.setVisible(is_of_marker == by_marker)
        reason = ""
        if self._waiting:
            reason = "Being stored…"
        elif not self.path.text().strip():
            reason = "Choose a folder first"
        elif by_marker and not self.marker.text().strip():
            reason = "Name the marker's ending"
        self.set_primary(enabled=not reason, reason=reason)

    def _choose(self) -> None:
        chooser = QFileDialog(self, "Watch a folder", self.path.text())
        chooser.setObjectName("watchedFolderChooser")
        chooser.setFileMode(QFileDialog.FileMode.Directory)
        chooser.setOption(QFileDialog.Option.ShowDirsOnly)
        chooser.setLabelText(QFileDialog.DialogLabel.Accept, "Choose")
        chooser.fileSelected.connect(self.path.setText)
        chooser.finished.connect(lambda _result: chooser.deleteLater())
        chooser.open()


def _row(*widgets: QWidget) -> QWidget:
    holder = QWidget()
    row = QHBoxLayout(holder)
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(8)
    for place, widget in enumerate(widgets):
        row.addWidget(widget, 1 if place == 0 else 0)
    return holder

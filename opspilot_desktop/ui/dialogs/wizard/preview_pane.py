"""What would come of the first rows by the choices as they are made."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QFrame, QHBoxLayout, QVBoxLayout

from opspilot_desktop.domain.fields import Record
from opspilot_desktop.domain.text import visible
from opspilot_desktop.files.mapping import Mapping
from opspilot_desktop.files.previewing import FilePreview
from opspilot_desktop.ui.icons import Icons
from opspilot_desktop.ui.theme import Theme
from opspilot_desktop.ui.widgets.buttons import text_button
from opspilot_desktop.ui.widgets.edges import boxed
from opspilot_desktop.ui.widgets.icon_label import IconLabel
from opspilot_desktop.ui.widgets.plain_label import plain_label
from opspilot_desktop.ui.widgets.spinner import Spinner

from .preview_model import summary_of
from .preview_table import PreviewTable

LEAST_WIDTH = 420
_NOTHING_YET = "The file’s own cells: say at the left which column is which field to see the values."
_SAID_ELSEWHERE = ("Kept out", "The columns are separated by")  # beside the fields, and at the file


class PreviewPane(QFrame):
    """What was shown stays, dimmed, until it is known anew. ``shown`` comes with each new preview."""

    shown = Signal()

    def __init__(self, theme: Theme, icons: Icons, record: Record) -> None:
        super().__init__()
        self.setProperty("ground", "alt")
        self.setMinimumWidth(LEAST_WIDTH)
        self.setObjectName("wizardPreview")
        self.setAccessibleName("Preview of the first rows")
        self._theme = theme
        self.spinner = Spinner(theme)
        self._title = plain_label("The first rows", font=theme.fonts.strong)
        self.compare = QCheckBox("Show the file’s cells below")
        self.compare.setObjectName("wizard:compare")
        self.compare.setChecked(True)
        self.next_problem = text_button(icons, "Next problem", kind="link")
        self.next_problem.setObjectName("wizard:nextProblem")
        self._sign = IconLabel(theme, icons, "info", "dim")
        self.summary = plain_label(wrap=True)
        self.notes = plain_label(tone="dim", font=theme.fonts.small, wrap=True)
        self.table = PreviewTable(theme, icons, record)
        self._connect()
        self._lay_out()
        self.notes.hide()
        self.next_problem.hide()

    def wait(self) -> None:
        """Says that the rows are being read; those shown are of before."""
        self.spinner.start()
        self.table.setEnabled(False)

    def stop(self, sentence: str) -> None:
        """Says why there is nothing new to be shown; the rows of before stay, dimmed."""
        self.spinner.stop()
        self._sign.set_icon("high", "HIGH")
        self.summary.setText(sentence)
        self.next_problem.hide()
        self.table.setEnabled(False)

    def show_preview(
        self, preview: FilePreview, mapping: Mapping, hidden: frozenset[str], *, undecided: bool
    ) -> None:
        """Shows what would become of the rows. Of the `hidden` fields no value is shown."""
        self.spinner.stop()
        self.table.setEnabled(True)
        bare = bool(preview.refused)
        self.table.show_preview(preview, mapping, hidden, bare=bare)
        problems = self.table.preview.problems()
        if bare:
            self._sign.set_icon("high", "HIGH")
            self.summary.setText(visible(preview.refused))
        else:
            self._sign.set_icon(*(("warning", "bad") if problems else ("resolved", "ok")))
            if undecided or not preview.rows:
                self._sign.set_icon("help", "link")
            self.summary.setText(
                _NOTHING_YET if self.table.preview.is_bare else summary_of(preview, undecided)
            )
        notes = [note for note in preview.notices if not note.startswith(_SAID_ELSEWHERE)]
        self.notes.setText(visible(" ".join(notes)))
        self.notes.setVisible(bool(notes))
        self.next_problem.setVisible(bool(problems) and not bare)
        self.shown.emit()

    def _step(self) -> None:
        problems = self.table.preview.problems()
        if problems:
            current = self.table.currentIndex().row()
            self.table.select_row(next((row for row in problems if row > current), problems[0]))

    def _connect(self) -> None:
        self.compare.toggled.connect(self.table.set_compares)
        self.next_problem.clicked.connect(self._step)

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(self._title)
        head.addWidget(self.spinner)
        head.addStretch(1)
        head.addWidget(self.compare)
        told = QHBoxLayout()
        told.setSpacing(8)
        told.addWidget(self._sign)
        told.addWidget(self.summary, 1)
        told.addWidget(self.next_problem)
        box = boxed(self.table)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 12, 16, 16)
        column.setSpacing(8)
        column.addLayout(head)
        column.addLayout(told)
        column.addWidget(self.notes)
        column.addWidget(box, 1)

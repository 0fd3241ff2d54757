"""What the next run would do by the settings as they are typed."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from opspilot_desktop.domain.text import visible
from opspilot_desktop.operations.rules import RulesPreview
from opspilot_desktop.recon.preview import Example, RuleChange
from opspilot_desktop.ui.icons import Icons
from opspilot_desktop.ui.theme import Theme
from opspilot_desktop.ui.widgets.elided_label import ElidedLabel
from opspilot_desktop.ui.widgets.plain_label import plain_label
from opspilot_desktop.ui.widgets.spinner import Spinner

WIDTH = 340
NOTHING = "Nothing would change."
PENDING = "Data changed since the last run, or there was none: its outcome is in these figures."
WAITING = "Looking at the data…"
_SORTS = (("opened", "Opens"), ("reopened", "Reopens"), ("updated", "Changes"), ("cleared", "Clears"))
_VERBS = {"opened": "Opens", "reopened": "Reopens", "changed": "Changes", "cleared": "Clears"}


class PreviewPane(QFrame):
    """Figures, then rule by rule with examples. What was shown stays, dimmed, until it is known anew."""

    def __init__(self, theme: Theme, icons: Icons) -> None:
        super().__init__()
        self.setProperty("ground", "alt")
        self.setFixedWidth(WIDTH)
        self.setObjectName("rulesPreview")
        self.setAccessibleName("What the next run would do")
        self._theme = theme
        self.spinner = Spinner(theme)
        self.state = ElidedLabel(tone="dim", font=theme.fonts.small)
        self.figures = {name: plain_label("–", font=theme.fonts.heading) for name, _ in _SORTS}
        self.note = plain_label(tone="dim", font=theme.fonts.small, wrap=True)
        self.lines: list[str] = []
        """What is shown below the figures, line by line."""
        self.examples = QScrollArea()
        self._body = QVBoxLayout()
        self._lay_out()
        self.note.hide()

    def wait(self, text: str = WAITING) -> None:
        """Says that it is being looked at; what is shown is of before."""
        self.spinner.start()
        self.state.setText(text)
        self._dim(True)

    def stop(self, sentence: str) -> None:
        """Says why there is nothing to be shown."""
        self.spinner.stop()
        self.state.setText("")
        for label in self.figures.values():
            label.setText("–")
        self._empty()
        self._say(sentence)
        self._dim(False)

    def show_preview(self, preview: RulesPreview) -> None:
        """Shows what would be done."""
        self.spinner.stop()
        self.state.setText(f"{preview.seconds:.1f} s" if preview.seconds >= 0.1 else "")
        for name, label in self.figures.items():
            label.setText(f"{sum(getattr(change, name) for change in preview.changes):,}")
        self._name_figures()
        self._empty()
        for change in preview.changes:
            self._add_rule(change)
        if not preview.changes:
            self._say(NOTHING)
        notes = [*([PENDING] if preview.pending else []), *map(visible, preview.warnings)]
        self.note.setText(" ".join(notes))
        self.note.setVisible(bool(notes))
        self._dim(False)

    def _name_figures(self) -> None:
        for name, label in _SORTS:
            self.figures[name].setAccessibleName(f"{label}: {self.figures[name].text()}")

    def _add_rule(self, change: RuleChange) -> None:
        fonts = self._theme.fonts
        parts = [
            f"{label.lower()} {getattr(change, name):,}" for name, label in _SORTS if getattr(change, name)
        ]
        head = QHBoxLayout()
        head.addWidget(ElidedLabel(change.kind.label, font=fonts.strong), 1)
        count = plain_label(", ".join(parts), tone="dim", font=fonts.small)
        head.addWidget(count)
        self.lines.append(f"{change.kind.label}: {', '.join(parts)}")
        box = QWidget()
        column = QVBoxLayout(box)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addLayout(head)
        for example in change.examples:
            column.addLayout(self._example(example))
        self._body.insertWidget(self._body.count() - 1, box)

    def _example(self, example: Example) -> QVBoxLayout:
        issue = f"issue {example.issue_id}" if example.issue_id is not None else "a new issue"
        first = f"{_VERBS[example.outcome]} {issue}" + (f", {example.trade_id}" if example.trade_id else "")
        self.lines.append(f"{first}: {example.description}")
        lines = QVBoxLayout()
        lines.setSpacing(0)
        lines.addWidget(ElidedLabel(first, font=self._theme.fonts.small))
        lines.addWidget(plain_label(example.description, tone="dim", font=self._theme.fonts.small, wrap=True))
        return lines

    def _say(self, sentence: str) -> None:
        self.lines.append(sentence)
        label = plain_label(sentence, tone="dim", wrap=True)
        self._body.insertWidget(self._body.count() - 1, label)

    def _empty(self) -> None:
        self.lines = []
        while self._body.count() > 1:
            item = self._body.takeAt(0)
            widget = item.widget() if item is not None else None
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        self.note.hide()

    def _dim(self, dim: bool) -> None:
        self._inner.setEnabled(not dim)
        for label in self.figures.values():
            label.setEnabled(not dim)

    def _lay_out(self) -> None:
        fonts = self._theme.fonts
        head = QHBoxLayout()
        head.setSpacing(6)
        head.addWidget(plain_label("What the next run would do", font=fonts.strong))
        head.addStretch(1)
        head.addWidget(self.spinner)
        head.addWidget(self.state)
        grid = QGridLayout()
        grid.setHorizontalSpacing(8)
        grid.setVerticalSpacing(0)
        for place, (name, label) in enumerate(_SORTS):
            grid.addWidget(plain_label(label, tone="dim", font=fonts.small), 0, place)
            grid.addWidget(self.figures[name], 1, place)
            grid.setColumnStretch(place, 1)
        self._inner = QWidget()
        self._body = QVBoxLayout(self._inner)
        self._body.setContentsMargins(0, 0, 8, 0)
        self._body.setSpacing(12)
        self._body.addStretch(1)
        area = self.examples
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setWidgetResizable(True)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setWidget(self._inner)
        area.setAccessibleName("Examples, rule by rule")
        self._inner.setAutoFillBackground(False)
        area.viewport().setAutoFillBackground(False)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 12, 8, 12)
        column.setSpacing(10)
        column.addLayout(head)
        column.addLayout(grid)
        column.addWidget(self.note)
        column.addWidget(area, 1)

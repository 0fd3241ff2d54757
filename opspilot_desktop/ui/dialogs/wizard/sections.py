"""The wizard's left side: panels one below the other, under headings, that scroll together."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QScrollArea, QSizePolicy, QVBoxLayout, QWidget

from opspilot_desktop.ui.measures import DIALOG_GUTTER
from opspilot_desktop.ui.theme import Theme
from opspilot_desktop.ui.widgets.edges import hairline
from opspilot_desktop.ui.widgets.plain_label import plain_label

from .editor import inputs_in

LEAST_WIDTH, WIDEST, LEAST_HEIGHT = 560, 660, 300


class Sections(QScrollArea):
    """`inner` holds the panels; one that is not there yet is filled in later."""

    def __init__(self, theme: Theme, panels: Sequence[tuple[str, QWidget | None]]) -> None:
        super().__init__()
        self.inner = QWidget()
        column = QVBoxLayout(self.inner)
        column.setContentsMargins(DIALOG_GUTTER, 12, 16, DIALOG_GUTTER)
        column.setSpacing(10)
        self._later: list[QWidget] = []
        self._boxes: dict[str, QVBoxLayout] = {}
        for place, (heading, panel) in enumerate(panels):
            box = QWidget()
            inside = QVBoxLayout(box)
            inside.setContentsMargins(0, 0, 0, 0)
            inside.setSpacing(10)
            if place:
                inside.addSpacing(4)
                inside.addWidget(hairline(flat=True))
                inside.addSpacing(2)
                self._later.append(box)
            inside.addWidget(plain_label(heading, font=theme.fonts.strong))
            self._boxes[heading] = inside
            if panel is not None:
                inside.addWidget(panel)
            column.addWidget(box)
        column.addStretch(1)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setWidget(self.inner)
        self.inner.setAutoFillBackground(False)
        self.viewport().setAutoFillBackground(False)
        self.fit()
        self.setMinimumHeight(LEAST_HEIGHT)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Expanding)

    def fill(self, heading: str, panel: QWidget) -> None:
        """Puts a panel under its heading."""
        self._boxes[heading].addWidget(panel)

    def show_all(self, on: bool) -> None:
        """Shows all panels, or only the first one."""
        for box in self._later:
            box.setVisible(on)

    def fit(self) -> None:
        """Takes the width that the panels need as they are now: nothing scrolls sideways."""
        needed = self.inner.minimumSizeHint().width() + self.verticalScrollBar().sizeHint().width()
        self.setMinimumWidth(max(LEAST_WIDTH, min(needed, WIDEST)))


def order_tabs(panels: Sequence[QWidget], after: Sequence[QWidget]) -> None:
    """Lets Tab go through the panels as they stand, whenever their inputs were made."""
    inputs = [each for panel in panels for each in inputs_in(panel)]
    for one, following in pairwise([*inputs, *after]):
        QWidget.setTabOrder(one, following)

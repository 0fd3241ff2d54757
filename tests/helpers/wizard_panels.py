"""What tests of the wizard's panels share: a file shown, and a person who chooses in it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from itertools import pairwise
from typing import Protocol

from PySide6.QtCore import QPoint, Qt, SignalInstance
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QComboBox,
    QFrame,
    QLineEdit,
    QScrollArea,
    QWidget,
)
from pytestqt.qtbot import QtBot

from opspilot_desktop.domain.fields import Kind
from opspilot_desktop.files.proposing import ProfileProposal, Sample, propose_profile
from opspilot_desktop.ui.dialogs.wizard.fields_panel import FieldsPanel

WIDTH = 480
Rows = Sequence[Sequence[str]]
Show = Callable[..., FieldsPanel]


def scrolled(panel: QWidget, qtbot: QtBot) -> QScrollArea:
    """The panel in a scroll area, shown."""
    area = QScrollArea()
    qtbot.addWidget(area)
    area.setWidgetResizable(True)
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setWidget(panel)
    area.resize(WIDTH, 700)
    area.show()
    return area


def samples_of(header: Sequence[str], rows: Rows) -> dict[str, list[str]]:
    """The cells by column."""
    return {name: [row[place] for row in rows] for place, name in enumerate(header)}


def proposal_of(header: Sequence[str], rows: Rows, kind: Kind) -> ProfileProposal:
    """What the program makes of the cells."""
    return propose_profile(Sample(tuple(header), tuple(map(tuple, rows))), kind)


def pick(box: QComboBox, label: str) -> None:
    """Chooses from the list with the keyboard."""
    place = box.findText(label)
    assert place >= 0, [box.itemText(each) for each in range(box.count())]
    box.setFocus()
    box.showPopup()
    box.view().setCurrentIndex(box.model().index(place, 0))
    QTest.keyClick(box.view(), Qt.Key.Key_Return)
    box.window().activateWindow()
    QTest.qWaitForWindowActive(box.window())
    assert box.currentText() == label


def click(widget: QWidget) -> None:
    """Presses the mouse on a button, at its left end where a box stands."""
    at = QPoint(8, widget.height() // 2) if isinstance(widget, QAbstractButton) else widget.rect().center()
    QTest.mouseClick(widget, Qt.MouseButton.LeftButton, pos=at)


def write(edit: QLineEdit, text: str) -> None:
    """Types in place of what is there."""
    edit.setFocus()
    edit.selectAll()
    if text:
        QTest.keyClicks(edit, text)
    else:
        QTest.keyClick(edit, Qt.Key.Key_Delete)


class Changing(Protocol):
    """Something that tells of changes."""

    changed: SignalInstance


@contextmanager
def steps(panel: Changing, count: int = 1) -> Iterator[None]:
    """Within, the panel says so often that something has changed."""
    heard: list[bool] = []

    def hear() -> None:
        heard.append(True)

    panel.changed.connect(hear)
    yield
    panel.changed.disconnect(hear)
    assert len(heard) == count


def tabbed(panel: QWidget, first: QWidget) -> list[QWidget]:
    """What Tab goes to within the panel, from the first on."""
    QApplication.processEvents()
    first.setFocus()
    seen: list[QWidget] = []
    widget: QWidget | None = first
    while widget is not None and widget not in seen and panel.isAncestorOf(widget):
        seen.append(widget)
        QTest.keyClick(widget, Qt.Key.Key_Tab)
        widget = QApplication.focusWidget()
    return seen


def is_as_the_eye_goes(panel: QWidget, widgets: Sequence[QWidget]) -> bool:
    """Whether each stands right of the one before, or below it."""
    places = [each.mapTo(panel, QPoint(0, each.height() // 2)) for each in widgets]
    return all(
        after.y() > before.y() + 4 or (abs(after.y() - before.y()) <= 4 and after.x() > before.x())
        for before, after in pairwise(places)
    )

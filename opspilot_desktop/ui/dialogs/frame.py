"""The frame of every dialog: title, one sentence of fact, body, and a foot with the buttons."""

from __future__ import annotations

from itertools import pairwise

from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtGui import (
    QKeySequence,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QShortcut,
    QShowEvent,
)
from PySide6.QtWidgets import QDialog, QFrame, QHBoxLayout, QPushButton, QSizeGrip, QVBoxLayout, QWidget

from opspilot_desktop.ui.icons import Icons
from opspilot_desktop.ui.measures import (
    DIALOG_FOOT,
    DIALOG_GUTTER,
    ICON_LARGE,
    RADIUS_CARD,
)
from opspilot_desktop.ui.style import set_property
from opspilot_desktop.ui.theme import Theme
from opspilot_desktop.ui.widgets.buttons import set_button_text, text_button
from opspilot_desktop.ui.widgets.elided_label import ElidedLabel
from opspilot_desktop.ui.widgets.icon_label import IconLabel
from opspilot_desktop.ui.widgets.painting import paint_ground
from opspilot_desktop.ui.widgets.plain_label import plain_label
from opspilot_desktop.ui.widgets.round_window import corners_blend, cut_corners

from .scrim import Scrim

WINDOW_MARGIN = 24


class DialogFrame(QDialog):
    """Add the body's widgets to ``body``; show it with ``open()``, which shades the window behind.

    Esc and Cancel reject; Enter presses the primary button unless another button or a text of several
    lines has the focus, and Ctrl+Enter presses it from there too. ``submit`` is what the primary does.
    """

    def __init__(
        self,
        theme: Theme,
        icons: Icons,
        title: str,
        fact: str = "",
        *,
        primary: str,
        cancel: str = "Cancel",
        icon: tuple[str, str] | None = None,
        width: int = 540,
        resizable: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent, Qt.WindowType.Dialog | Qt.WindowType.FramelessWindowHint)
        self.theme = theme
        self.icons = icons
        self._width = width
        self._grip = QSizeGrip(self) if resizable else None
        self._first_focus: QWidget | None = None
        self._title = plain_label(font=theme.fonts.heading, wrap=True)
        self._fact = plain_label(fact, tone="dim", wrap=True)
        name, role = icon or ("", "dim")
        self._sign = IconLabel(theme, icons, name, role, size=ICON_LARGE)
        self._reason_sign = IconLabel(theme, icons)
        self._reason = ElidedLabel(tone="dim", font=theme.fonts.small)
        self.primary = text_button(icons, primary, kind="primary")
        self.cancel = text_button(icons, cancel)
        self.body = QVBoxLayout()
        """Where a dialog puts its own widgets."""
        self._side_actions: list[QPushButton] = []
        self._secondaries: list[QPushButton] = []
        self._side = QHBoxLayout()
        self._buttons = QHBoxLayout()
        self.setAttribute(Qt.WidgetAttribute.WA_TranslucentBackground, corners_blend())
        self.setModal(True)
        self._lay_out()
        self._connect()
        self.set_title(title)
        self.set_fact(fact)

    def set_title(self, title: str) -> None:
        """Names the dialog, on screen and to the desktop."""
        self._title.setText(title)
        self.setWindowTitle(title)
        self.setAccessibleName(title)

    def set_fact(self, fact: str) -> None:
        """Shows the sentence under the title."""
        self._fact.setText(fact)
        self._fact.setVisible(bool(fact))
        self.setAccessibleDescription(fact)

    def set_primary(self, text: str = "", *, enabled: bool = True, reason: str = "") -> None:
        """Names the primary button and switches it; ``reason`` says at the left why it is off."""
        if text:
            set_button_text(self.primary, text)
        self.primary.setEnabled(enabled)
        self.set_reason(reason, ("high", "HIGH") if reason and not enabled else None)

    def set_reason(self, text: str, icon: tuple[str, str] | None = None) -> None:
        """Shows a remark at the left of the foot, with an icon as (name, colour role)."""
        self._reason.setText(text)
        set_property(self._reason, "tone", "text" if icon else "dim")
        if icon is None:
            self._reason_sign.clear()
        else:
            self._reason_sign.set_icon(*icon)

    def add_side_action(self, text: str, icon: str = "") -> QPushButton:
        """Adds a button at the left of the foot."""
        button = text_button(self.icons, text, icon)
        self._side.insertWidget(len(self._side_actions), button)
        self._side_actions.append(button)
        self._order_tabs()
        return button

    def add_secondary(self, text: str) -> QPushButton:
        """Adds a button between Cancel and the primary."""
        button = text_button(self.icons, text)
        self._buttons.insertWidget(self._buttons.count() - 1, button)
        self._secondaries.append(button)
        self._order_tabs()
        return button

    def set_first_focus(self, widget: QWidget) -> None:
        """Names the input that has the focus at first; without, it is the first one of the body."""
        self._first_focus = widget

    def submit(self) -> None:
        """What the primary button does; a dialog that checks first overrides it."""
        self.accept()

    def open(self) -> None:
        """Shows the dialog over its window, which is shaded until it is done."""
        parent = self.parentWidget()
        if parent is not None and parent.window().isVisible():
            Scrim(self.theme, parent.window(), self)
        super().open()

    def showEvent(self, event: QShowEvent) -> None:
        """Takes its place in the middle of the window, and the focus."""
        if not event.spontaneous():
            self._take_place()
            self._order_tabs()
            self._take_focus()
        super().showEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keeps the grip in its corner, and cuts the corners where they cannot be transparent."""
        super().resizeEvent(event)
        if self._grip is not None:
            size = self._grip.sizeHint()
            self._grip.setGeometry(
                QRect(self.rect().bottomRight() - QPoint(size.width(), size.height()), size)
            )
            self._grip.raise_()
        cut_corners(self)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Moves the dialog by its head, as it has no title bar."""
        handle = self.windowHandle()
        on_head = event.position().y() < self._head.geometry().bottom()
        if event.button() == Qt.MouseButton.LeftButton and on_head and handle is not None:
            handle.startSystemMove()
        super().mousePressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paints the ground, the foot and the edge."""
        painter = QPainter(self)
        color = self.theme.color
        paint_ground(painter, self.rect(), RADIUS_CARD, color("surface"))
        foot = self._foot.geometry()
        painter.save()
        painter.setClipRect(foot)
        paint_ground(painter, self.rect(), RADIUS_CARD, color("alt"))
        painter.restore()
        painter.fillRect(QRect(foot.left(), foot.top(), foot.width(), 1), color("line"))
        paint_ground(painter, self.rect(), RADIUS_CARD, None, color("control"))

    def _lay_out(self) -> None:
        gutter = DIALOG_GUTTER
        words = QVBoxLayout()
        words.setSpacing(5)
        words.addWidget(self._title)
        words.addWidget(self._fact)
        self._head = QHBoxLayout()
        self._head.setContentsMargins(gutter, gutter, gutter, 0)
        self._head.setSpacing(12)
        self._head.addWidget(self._sign, 0, Qt.AlignmentFlag.AlignTop)
        self._head.addLayout(words, 1)
        self.body.setContentsMargins(gutter, 16, gutter, gutter)
        self.body.setSpacing(12)
        self._foot = QFrame()
        self._foot.setFixedHeight(DIALOG_FOOT)
        row = QHBoxLayout(self._foot)
        row.setContentsMargins(gutter, 1, gutter, 0)
        row.setSpacing(8)
        self._side.setSpacing(8)
        self._side.addWidget(self._reason_sign)
        self._side.addWidget(self._reason, 1)
        self._buttons.setSpacing(8)
        self._buttons.addWidget(self.cancel)
        self._buttons.addWidget(self.primary)
        row.addLayout(self._side, 1)
        row.addLayout(self._buttons)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(self._head)
        column.addLayout(self.body, 1)
        column.addWidget(self._foot)

    def _connect(self) -> None:
        self.primary.setDefault(True)
        self.primary.clicked.connect(self.submit)
        self.cancel.clicked.connect(self.reject)
        for keys in ("Ctrl+Return", "Ctrl+Enter"):
            QShortcut(QKeySequence(keys), self).activated.connect(self.primary.click)
        self.theme.changed.connect(self.update)

    def _take_place(self) -> None:
        parent = self.parentWidget()
        window = parent.window() if parent is not None else None
        room = window.size() if window is not None and window.isVisible() else self.screen().size()
        width = max(self.minimumSizeHint().width(), min(self._width, room.width() - 2 * WINDOW_MARGIN))
        height = self.height_for(width)
        self.resize(QSize(width, max(min(height, room.height() - 2 * WINDOW_MARGIN), self.minimumHeight())))
        if window is not None and window.isVisible():
            middle = window.geometry().center()
            self.move(middle.x() - self.width() // 2, middle.y() - self.height() // 2)

    def height_for(self, width: int) -> int:
        """The height that shows everything at this width, wrapped texts included."""
        layout = self.layout()
        if layout is None or not layout.hasHeightForWidth():
            return self.sizeHint().height()
        return max(layout.totalHeightForWidth(width), self.minimumSizeHint().height())

    def grow(self) -> None:
        """Makes the dialog high enough for what has been added to it, and keeps it within its window."""
        layout = self.layout()
        if layout is not None:
            layout.activate()
        self.resize(self.width(), max(self.height(), self.height_for(self.width())))
        parent = self.parentWidget()
        if parent is not None and parent.window().isVisible():
            room = parent.window().geometry()
            lowest = room.bottom() + 1 - WINDOW_MARGIN - self.height()
            self.move(self.x(), max(min(self.y(), lowest), room.top()))

    def _order_tabs(self) -> None:
        """Lets Tab go through the foot as the eye does; the order of creation would be another."""
        buttons = [*self._side_actions, self.cancel, *self._secondaries, self.primary]
        for one, following in pairwise(buttons):
            QWidget.setTabOrder(one, following)

    def _take_focus(self) -> None:
        first = self._first_focus or self._first_input()
        if first is not None:
            first.setFocus(Qt.FocusReason.OtherFocusReason)

    def _first_input(self) -> QWidget | None:
        """The first input in tab order; buttons only where there is no input."""
        chain: list[QWidget] = []
        widget = self.nextInFocusChain()
        while widget is not None and widget is not self:
            tabs = bool(widget.focusPolicy() & Qt.FocusPolicy.TabFocus)
            if tabs and widget.isEnabled() and widget.isVisibleTo(self) and self.isAncestorOf(widget):
                chain.append(widget)
            widget = widget.nextInFocusChain()
        inputs = [widget for widget in chain if not isinstance(widget, QPushButton)]
        buttons = [widget for widget in (self.primary, self.cancel) if widget in chain]
        return next(iter(inputs or buttons), None)

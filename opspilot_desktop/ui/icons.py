"""Icons: one-colour SVG drawings, coloured by role and drawn at the screen's own resolution."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QByteArray, QObject, QRectF, Qt, Slot
from PySide6.QtGui import QAction, QGuiApplication, QIcon, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QAbstractButton

from opspilot_desktop import paths
from opspilot_desktop.domain.issues import IssueStatus, Severity

from .measures import ICON
from .roles import NEEDS_APPROVAL
from .style import recolour
from .theme import Theme

TINT_ICONS: dict[str, str] = {
    Severity.CRITICAL.value: "critical",
    Severity.HIGH.value: "high",
    Severity.MEDIUM.value: "medium",
    Severity.LOW.value: "low",
    IssueStatus.OPEN.value: "open",
    IssueStatus.INVESTIGATING.value: "investigating",
    NEEDS_APPROVAL: "hourglass",
    IssueStatus.RESOLVED.value: "resolved",
    IssueStatus.IGNORED.value: "ignore",
    IssueStatus.CLEARED.value: "cleared",
}
"""The icon of each severity and status, by its value."""


class Icons(QObject):
    """The drawings in ``resources/icons``, by file name without ending."""

    def __init__(self, theme: Theme, folder: Path | None = None) -> None:
        super().__init__(theme)
        self._theme = theme
        self._folder = folder if folder is not None else paths.resources() / "icons"
        self._drawings: dict[str, str] = {}
        self._pixmaps: dict[tuple[str, int, str, float], QPixmap] = {}
        self._icons: dict[tuple[str, str, int], QIcon] = {}
        theme.changed.connect(self._forget_colours)

    @property
    def theme(self) -> Theme:
        """The theme whose colours the drawings have."""
        return self._theme

    def names(self) -> list[str]:
        """The names of all drawings, in order."""
        return sorted(path.stem for path in self._folder.glob("*.svg"))

    def pixmap(self, name: str, size: int = ICON, role: str = "dim", ratio: float = 1.0) -> QPixmap:
        """The drawing, ``size`` device-independent pixels square, for a screen of this ratio.

        Raises KeyError for an unknown role and FileNotFoundError for an unknown name.
        """
        key = (name, size, role, ratio)
        found = self._pixmaps.get(key)
        if found is None:
            found = self._pixmaps[key] = self._draw(name, size, self._theme.roles.hex(role), ratio)
        return found

    def icon(self, name: str, role: str = "dim", size: int = ICON) -> QIcon:
        """The drawing as an icon, pale when disabled. It keeps its colours: see ``bind``."""
        key = (name, role, size)
        found = self._icons.get(key)
        if found is None:
            found = self._icons[key] = self._make_icon(name, role, size)
        return found

    def application_icon(self) -> QIcon:
        """The program's own icon, in the sizes desktops ask for; it has its own colours in every theme."""
        icon = QIcon()
        for size in (16, 20, 24, 32, 48, 64, 128, 256):
            icon.addPixmap(self.pixmap("app", size))
        return icon

    def bind(self, target: QAction | QAbstractButton, name: str, role: str = "dim", size: int = ICON) -> None:
        """Gives an action or button the icon and keeps it in the theme's colours for as long as it lives.

        Binding the same target again replaces its icon.
        """
        binding = target.findChild(_Binding, options=Qt.FindChildOption.FindDirectChildrenOnly)
        if binding is None:
            binding = _Binding(self, target)
            self._theme.changed.connect(binding.refresh)
        binding.choose(name, role, size)

    def _make_icon(self, name: str, role: str, size: int) -> QIcon:
        icon = QIcon()
        ratios = {screen.devicePixelRatio() for screen in QGuiApplication.screens()} | {1.0}
        for ratio in sorted(ratios):
            plain = self.pixmap(name, size, role, ratio)
            # All modes are given, because Qt would otherwise make its own by tinting.
            for mode in (QIcon.Mode.Normal, QIcon.Mode.Active, QIcon.Mode.Selected):
                icon.addPixmap(plain, mode)
            icon.addPixmap(self.pixmap(name, size, "scroll", ratio), QIcon.Mode.Disabled)
        return icon

    def _draw(self, name: str, size: int, color: str, ratio: float) -> QPixmap:
        renderer = QSvgRenderer(QByteArray(recolour(self._drawing(name), color).encode()))
        pixels = round(size * ratio)
        pixmap = QPixmap(pixels, pixels)
        pixmap.fill(Qt.GlobalColor.transparent)
        painter = QPainter(pixmap)
        renderer.render(painter, QRectF(0, 0, pixels, pixels))
        painter.end()
        pixmap.setDevicePixelRatio(ratio)
        return pixmap

    def _drawing(self, name: str) -> str:
        text = self._drawings.get(name)
        if text is None:
            text = self._drawings[name] = (self._folder / f"{name}.svg").read_text(encoding="utf-8")
        return text

    @Slot()
    def _forget_colours(self) -> None:
        self._pixmaps.clear()
        self._icons.clear()


class _Binding(QObject):
    """Lives as a child of what it serves, so that it goes when that goes."""

    def __init__(self, icons: Icons, target: QAction | QAbstractButton) -> None:
        super().__init__(target)
        self._icons = icons
        self._choice: tuple[str, str, int] | None = None

    def choose(self, name: str, role: str, size: int) -> None:
        self._choice = (name, role, size)
        self.refresh()

    @Slot()
    def refresh(self) -> None:
        target = self.parent()
        if self._choice is not None and isinstance(target, QAction | QAbstractButton):
            target.setIcon(self._icons.icon(*self._choice))

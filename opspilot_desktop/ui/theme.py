"""The theme: which colours and fonts are in force, and their application to the whole program."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontInfo, QGuiApplication, QPalette
from PySide6.QtWidgets import QApplication

from opspilot_desktop import paths

from .roles import DARK, LIGHT, Roles
from .style import build_style_sheet
from .widgets.round_window import corners_blend

__all__ = ["DARK", "LIGHT", "Fonts", "Mode", "Roles", "Theme", "build_palette"]

Mode = Literal["light", "dark", "system"]

SMALLEST_PIXELS = 11


@dataclass(frozen=True, slots=True)
class Fonts:
    """The type scale, derived from the system's UI font; all with figures of equal width."""

    base: QFont
    medium: QFont  # tabs; looks like base where the family has no such weight
    strong: QFont
    small: QFont  # chips and secondary text
    small_strong: QFont
    tiny: QFont
    badge: QFont  # the count beside a tab
    pill: QFont
    header: QFont  # of a table's columns
    heading: QFont
    figure: QFont

    @classmethod
    def from_base(cls, system: QFont) -> Fonts:
        """The scale over the given font, whatever unit its size is in."""
        size = QFontInfo(system).pixelSize()

        def font(pixels: int, weight: QFont.Weight = QFont.Weight.Normal) -> QFont:
            result = QFont(system)
            result.setPixelSize(max(pixels, SMALLEST_PIXELS))
            result.setWeight(weight)
            # Figures in a column must stand under each other; some families' own are proportional.
            result.setFeature(QFont.Tag("tnum"), 1)
            return result

        return cls(
            base=font(size),
            medium=font(size, QFont.Weight.Medium),
            strong=font(size, QFont.Weight.DemiBold),
            small=font(size - 1),
            small_strong=font(size - 1, QFont.Weight.DemiBold),
            tiny=font(size - 2),
            badge=font(size - 2, QFont.Weight.Medium),
            pill=font(size - 1, QFont.Weight.Medium),
            header=font(size - 1, QFont.Weight.Medium),
            heading=font(size + 3, QFont.Weight.DemiBold),
            figure=font(size + 6, QFont.Weight.DemiBold),
        )


def build_palette(roles: Roles) -> QPalette:
    """The palette that makes Fusion draw flat in these colours, selection included."""
    palette = QPalette()
    role = QPalette.ColorRole
    everywhere = {
        role.Window: roles.surface,
        role.WindowText: roles.text,
        role.Base: roles.surface,
        role.AlternateBase: roles.alt,
        role.Text: roles.text,
        role.Button: roles.surface,
        role.ButtonText: roles.text,
        role.BrightText: roles.on_accent,
        role.ToolTipBase: roles.raised,
        role.ToolTipText: roles.text,
        role.PlaceholderText: roles.faint,
        role.Link: roles.link,
        role.LinkVisited: roles.link,
        role.Accent: roles.accent,
        role.Highlight: roles.sel,
        role.HighlightedText: roles.text,
        role.Light: roles.surface,
        role.Midlight: roles.surface,
        role.Mid: roles.line,
        role.Dark: roles.line,
        role.Shadow: roles.line,
    }
    for key, value in everywhere.items():
        palette.setColor(key, QColor(value))
    palette.setColor(QPalette.ColorGroup.Inactive, role.Highlight, QColor(roles.sel_idle))
    for key in (role.WindowText, role.Text, role.ButtonText, role.HighlightedText, role.PlaceholderText):
        palette.setColor(QPalette.ColorGroup.Disabled, key, QColor(roles.control))
    palette.setColor(QPalette.ColorGroup.Disabled, role.Highlight, QColor(roles.sel_idle))
    return palette


class Theme(QObject):
    """The colours and fonts in force. Passed to whatever paints; ``changed`` says when to paint again."""

    changed = Signal()

    def __init__(self, mode: Mode = "system", parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._mode: Mode = mode
        self._app: QApplication | None = None
        self._applying = False
        self._colors: dict[str, QColor] = {}
        self._roles = self._wanted_roles()
        self.fonts = Fonts.from_base(QApplication.font())
        """The type scale; the same in every mode."""

    @property
    def mode(self) -> Mode:
        """What the user chose: "light", "dark", or "system" to follow the desktop."""
        return self._mode

    @property
    def roles(self) -> Roles:
        """The colours in force."""
        return self._roles

    @property
    def is_dark(self) -> bool:
        """Whether the dark colours are in force."""
        return self._roles is DARK

    def color(self, role: str) -> QColor:
        """The colour of a role as ``Roles.hex`` names them. Do not change the object it returns.

        Raises KeyError for a name that is none of these.
        """
        color = self._colors.get(role)
        if color is None:
            color = self._colors[role] = QColor(self._roles.hex(role))
        return color

    def desktop_scheme(self) -> Qt.ColorScheme:
        """What the desktop prefers; Unknown where it does not say."""
        return QGuiApplication.styleHints().colorScheme()

    def set_mode(self, mode: Mode) -> None:
        """Changes the mode, and the look of the whole program when ``apply`` was called before."""
        self._mode = mode
        if self._app is not None:
            self.tell_desktop()
        self._refresh()

    def apply(self, app: QApplication) -> None:
        """Gives the program its style, fonts, palette and style sheet, and keeps them up to date."""
        self._app = app
        app.setStyle("Fusion")
        app.setFont(self.fonts.base)
        # Some desktops leave menu icons out; here they belong to the look on every one.
        app.setAttribute(Qt.ApplicationAttribute.AA_DontShowIconsInMenus, False)
        app.styleHints().colorSchemeChanged.connect(self._refresh)
        self.tell_desktop()
        self._roles = self._wanted_roles()
        self._colors.clear()
        self._dress(app)
        self.changed.emit()

    def _refresh(self) -> None:
        if self._applying:
            return  # our own request to the desktop is coming back to us
        wanted = self._wanted_roles()
        if wanted is self._roles:
            return
        self._roles = wanted
        self._colors.clear()
        if self._app is not None:
            self._dress(self._app)
        self.changed.emit()

    def _dress(self, app: QApplication) -> None:
        self._applying = True
        try:
            app.setPalette(build_palette(self._roles))
            images = paths.resources() / "themes" / self._roles.name
            app.setStyleSheet(build_style_sheet(self._roles, images, round_menus=corners_blend()))
        finally:
            self._applying = False

    def tell_desktop(self) -> None:
        """Asks the desktop to draw the windows' title bars in the same scheme."""
        schemes: dict[Mode, Qt.ColorScheme] = {
            "light": Qt.ColorScheme.Light,
            "dark": Qt.ColorScheme.Dark,
            "system": Qt.ColorScheme.Unknown,
        }
        self._applying = True
        try:
            QGuiApplication.styleHints().setColorScheme(schemes[self._mode])
        finally:
            self._applying = False

    def _wanted_roles(self) -> Roles:
        if self._mode == "system":
            return DARK if self.desktop_scheme() == Qt.ColorScheme.Dark else LIGHT
        return DARK if self._mode == "dark" else LIGHT

from __future__ import annotations

import gc

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QFont, QGuiApplication, QPalette
from PySide6.QtWidgets import QApplication, QLabel, QWidget
from pytestqt.qtbot import QtBot

from opspilot_desktop.ui.roles import DARK, LIGHT
from opspilot_desktop.ui.theme import Fonts, Theme, build_palette
from opspilot_desktop.ui.widgets.pills import PillLabel, Pills
from tests.helpers.pixels import colors, shows


class DesktopTheme(Theme):
    """A theme on a desktop whose scheme the test decides."""

    scheme = Qt.ColorScheme.Light

    def desktop_scheme(self) -> Qt.ColorScheme:
        return self.scheme


def test_applying_gives_the_program_its_style_palette_and_font(theme: Theme, qapp: QApplication) -> None:
    assert qapp.palette().color(QPalette.ColorRole.Window).name().upper() == LIGHT.surface
    assert qapp.font().pixelSize() == theme.fonts.base.pixelSize()
    assert LIGHT.accent in qapp.styleSheet()


def test_a_change_of_mode_reaches_labels_and_pixmaps(theme: Theme, pills: Pills, qtbot: QtBot) -> None:
    pill = PillLabel(pills, "CRITICAL")
    label = QLabel("████")
    label.setProperty("tone", "bad")
    for widget in (pill, label):
        qtbot.addWidget(widget)
    light = colors(pill)
    assert light[LIGHT.hex("CRITICAL.ground").lower()] > 100
    assert light[LIGHT.hex("CRITICAL").lower()] > 10
    assert shows(label, LIGHT.bad)

    with qtbot.waitSignal(theme.changed):
        theme.set_mode("dark")

    dark = colors(pill)
    assert dark[DARK.hex("CRITICAL.ground").lower()] > 100
    assert dark[DARK.hex("CRITICAL").lower()] > 10
    assert dark[LIGHT.hex("CRITICAL.ground").lower()] == 0
    assert shows(label, DARK.bad)
    assert not shows(label, LIGHT.bad)


def test_choosing_the_same_colours_again_repaints_nothing(theme: Theme, qtbot: QtBot) -> None:
    with qtbot.assertNotEmitted(theme.changed):
        theme.set_mode("light")


def test_system_follows_the_desktop_and_the_others_do_not(qapp: QApplication, theme: Theme) -> None:
    hints = QGuiApplication.styleHints()
    followed = DesktopTheme("system")
    heard: list[str] = []
    followed.changed.connect(lambda: heard.append(followed.roles.name))
    followed.apply(qapp)
    assert heard == ["light"]

    followed.scheme = Qt.ColorScheme.Dark
    hints.colorSchemeChanged.emit(Qt.ColorScheme.Dark)
    hints.colorSchemeChanged.emit(Qt.ColorScheme.Dark)
    assert heard == ["light", "dark"]
    assert followed.is_dark
    assert qapp.palette().color(QPalette.ColorRole.Window).name().upper() == DARK.surface

    followed.set_mode("light")
    hints.colorSchemeChanged.emit(Qt.ColorScheme.Dark)
    assert heard == ["light", "dark", "light"]
    assert followed.mode == "light"

    followed.set_mode("system")
    assert heard[-1] == "dark"


def test_a_desktop_that_echoes_our_own_wish_makes_no_loop(qapp: QApplication, theme: Theme) -> None:
    echoes: list[str] = []

    class EchoingTheme(DesktopTheme):
        def tell_desktop(self) -> None:
            super().tell_desktop()
            echoes.append(self.mode)
            assert len(echoes) < 10
            QGuiApplication.styleHints().colorSchemeChanged.emit(self.scheme)

    echoing = EchoingTheme("system")
    echoing.apply(qapp)
    echoing.set_mode("dark")
    assert echoes == ["system", "dark"]
    assert echoing.is_dark


def test_an_unknown_desktop_scheme_is_light(qapp: QApplication) -> None:
    unknown = DesktopTheme("system")
    unknown.scheme = Qt.ColorScheme.Unknown
    assert unknown.roles is LIGHT


def test_a_widget_that_is_gone_does_not_mind_a_change(theme: Theme, pills: Pills) -> None:
    parent = QWidget()
    PillLabel(pills, "open", parent)
    del parent
    gc.collect()
    theme.set_mode("dark")
    assert theme.is_dark


def test_colours_are_looked_up_by_role_severity_and_status(theme: Theme) -> None:
    assert theme.color("accent").name().upper() == LIGHT.accent
    assert theme.color("HIGH").name().upper() == LIGHT.tints["HIGH"].text
    theme.set_mode("dark")
    assert theme.color("accent").name().upper() == DARK.accent
    with pytest.raises(KeyError):
        theme.color("turquoise")


@pytest.mark.parametrize("roles", [LIGHT, DARK], ids=lambda roles: roles.name)
def test_the_palette_leaves_nothing_of_the_old_bevels(roles: object) -> None:
    palette = build_palette(LIGHT if roles is LIGHT else DARK)
    role, group = QPalette.ColorRole, QPalette.ColorGroup
    chosen = LIGHT if roles is LIGHT else DARK
    flat = {chosen.line, chosen.surface}
    for bevel in (role.Light, role.Midlight, role.Mid, role.Dark, role.Shadow):
        assert palette.color(bevel).name().upper() in flat
    assert palette.color(group.Active, role.Highlight).name().upper() == chosen.sel
    assert palette.color(group.Inactive, role.Highlight).name().upper() == chosen.sel_idle
    assert palette.color(role.HighlightedText).name().upper() == chosen.text
    assert palette.color(role.PlaceholderText).name().upper() == chosen.faint


def test_the_type_scale_hangs_on_the_systems_font(qapp: QApplication) -> None:
    system = QFont()
    system.setPixelSize(13)
    fonts = Fonts.from_base(system)
    sizes = {
        name: getattr(fonts, name).pixelSize() for name in ("base", "small", "tiny", "heading", "figure")
    }
    assert sizes == {"base": 13, "small": 12, "tiny": 11, "heading": 16, "figure": 19}
    system.setPixelSize(12)
    assert Fonts.from_base(system).tiny.pixelSize() == 11  # never under 11
    assert fonts.base.featureValue(QFont.Tag("tnum")) == 1
    assert fonts.figure.weight() == QFont.Weight.DemiBold

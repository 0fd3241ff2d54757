from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QLineEdit,
    QPlainTextEdit,
    QPushButton,
    QRadioButton,
    QSpinBox,
    QToolButton,
    QVBoxLayout,
    QWidget,
)
from pytestqt.qtbot import QtBot

from opspilot_desktop import paths
from opspilot_desktop.ui import measures
from opspilot_desktop.ui.roles import DARK, LIGHT, Roles
from opspilot_desktop.ui.style import build_images, build_style_sheet, recolour, set_property
from opspilot_desktop.ui.theme import Theme
from tests.helpers.pixels import colors, shows

REMEDY = (
    "the images under resources/themes are not those of the icons and colours; write them with: python -c "
    "'from opspilot_desktop import paths; from opspilot_desktop.ui import roles, style; "
    "[style.write_images(r, paths.resources()) for r in (roles.LIGHT, roles.DARK)]'"
)


def combo() -> QComboBox:
    box = QComboBox()
    box.addItem("Fees")
    return box


def kind(name: str) -> Callable[[], QPushButton]:
    def make() -> QPushButton:
        button = QPushButton("Apply")
        button.setProperty("kind", name)
        return button

    return make


def tool_button() -> QToolButton:
    button = QToolButton()
    button.setText("Export")
    return button


CONTROLS = [
    QLineEdit,
    QPlainTextEdit,
    QSpinBox,
    combo,
    tool_button,
    lambda: QCheckBox("Keep"),
    lambda: QRadioButton("Skip"),
    lambda: QPushButton("Cancel"),
    kind("link"),
    kind("quiet"),
]
IDS = ["line", "text", "spin", "combo", "tool", "check", "radio", "button", "link", "quiet"]


@pytest.mark.parametrize("roles", [LIGHT, DARK], ids=lambda roles: roles.name)
def test_the_sheet_has_no_colour_of_its_own(roles: Roles) -> None:
    sheet = build_style_sheet(roles, paths.resources() / "themes" / roles.name)
    known = {roles.hex(name) for name in roles.__slots__ if name not in ("name", "tints")}
    known |= {tint.text for tint in roles.tints.values()}
    assert set(re.findall("#[0-9A-Fa-f]{6}", sheet)) <= known
    assert "$" not in sheet


@pytest.mark.parametrize("roles", [LIGHT, DARK], ids=lambda roles: roles.name)
def test_the_themes_images_are_those_of_the_icons_and_colours(roles: Roles) -> None:
    folder = paths.resources() / "themes" / roles.name
    stored = {path.name: path.read_text(encoding="utf-8") for path in folder.iterdir()}
    assert stored == build_images(roles, paths.resources() / "icons"), REMEDY
    named = set(re.findall(r'url\("([^"]+)"\)', build_style_sheet(roles, folder)))
    assert named == {(folder / name).as_posix() for name in stored}


def test_recolouring_changes_the_one_colour_only() -> None:
    svg = '<path stroke="currentColor" fill="none"/><text>currentColors</text>'
    assert recolour(svg, "#123456") == '<path stroke="#123456" fill="none"/><text>currentColors</text>'


@pytest.mark.parametrize("mode", ["light", "dark"])
@pytest.mark.parametrize("make", CONTROLS, ids=IDS)
def test_focus_shows_a_ring_and_moves_nothing(
    make: Callable[[], QWidget], mode: str, theme: Theme, qtbot: QtBot
) -> None:
    theme.set_mode("dark" if mode == "dark" else "light")
    window = QWidget()
    qtbot.addWidget(window)
    first, control = QLineEdit(), make()
    layout = QVBoxLayout(window)
    layout.addWidget(first)
    layout.addWidget(control)
    window.show()
    window.activateWindow()
    first.setFocus()
    qtbot.waitUntil(first.hasFocus)
    before, hint = control.geometry(), control.sizeHint()
    ring = theme.roles.focus.lower()
    plain = colors(control)[ring]

    control.setFocus()
    qtbot.waitUntil(control.hasFocus)

    # A ring of two pixels all round, corners and a link's text in the same colour aside.
    assert colors(control)[ring] - plain > 2 * (control.width() + control.height())
    layout.invalidate()
    layout.activate()
    assert (control.geometry(), control.sizeHint()) == (before, hint)


@pytest.mark.parametrize(
    "make", [QLineEdit, combo, QSpinBox, lambda: QPushButton("Resolve"), tool_button, kind("primary")]
)
def test_controls_are_as_high_as_the_look_has_them(
    make: Callable[[], QWidget], theme: Theme, qtbot: QtBot
) -> None:
    control = make()
    qtbot.addWidget(control)
    control.ensurePolished()
    assert control.sizeHint().boundedTo(control.maximumSize()).height() == measures.CONTROL


def test_a_property_changes_the_look_at_once(theme: Theme, qtbot: QtBot) -> None:
    field = QLineEdit()
    qtbot.addWidget(field)
    field.show()
    assert not shows(field, LIGHT.bad)
    set_property(field, "invalid", "true")
    assert shows(field, LIGHT.bad)
    size = field.sizeHint()
    set_property(field, "invalid", "false")
    assert not shows(field, LIGHT.bad)
    assert field.sizeHint() == size


@pytest.mark.parametrize(
    ("name", "ground"), [("primary", LIGHT.accent), ("", LIGHT.surface)], ids=["primary", "plain"]
)
def test_only_a_primary_button_is_filled(name: str, ground: str, theme: Theme, qtbot: QtBot) -> None:
    button = kind(name)()
    qtbot.addWidget(button)
    (color, _), *_ = colors(button).most_common(1)
    assert color == ground.lower()
    button.setEnabled(False)
    assert not shows(button, LIGHT.accent)

from __future__ import annotations

import gc
import re
from pathlib import Path

import pytest
from PySide6.QtCore import QByteArray, QSize
from PySide6.QtGui import QAction, QIcon
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from opspilot_desktop import paths
from opspilot_desktop.domain.issues import IssueStatus, Severity
from opspilot_desktop.ui.icons import TINT_ICONS, Icons
from opspilot_desktop.ui.roles import DARK, LIGHT, NEEDS_APPROVAL
from opspilot_desktop.ui.theme import Theme
from tests.helpers.pixels import image_colors

DRAWINGS = sorted((paths.resources() / "icons").glob("*.svg"))


@pytest.mark.parametrize("path", DRAWINGS, ids=lambda path: path.stem)
def test_every_drawing_is_valid_and_has_one_colour(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert QSvgRenderer(QByteArray(text.encode())).isValid()
    if path.stem != "app":
        assert "currentColor" in text
        assert re.findall("#[0-9A-Fa-f]{3,}", text) == []


def test_every_severity_and_status_has_a_drawing_of_its_own(icons: Icons) -> None:
    assert set(TINT_ICONS) == {*Severity, *IssueStatus, NEEDS_APPROVAL}
    assert set(TINT_ICONS.values()) <= set(icons.names())
    shapes = [icons.pixmap(name, 32, "text").toImage() for name in TINT_ICONS.values()]
    assert all(one != other for n, one in enumerate(shapes) for other in shapes[n + 1 :])


def test_a_pixmap_has_the_screens_resolution_and_the_roles_colour(icons: Icons) -> None:
    pixmap = icons.pixmap("stop", 16, "bad", 1.5)
    assert pixmap.size() == QSize(24, 24)
    assert pixmap.deviceIndependentSize().toSize() == QSize(16, 16)
    assert set(image_colors(pixmap.toImage())) == {LIGHT.bad.lower()}


def test_drawings_are_kept_until_the_theme_changes(icons: Icons, theme: Theme) -> None:
    first = icons.pixmap("stop")
    assert icons.pixmap("stop").cacheKey() == first.cacheKey()
    theme.set_mode("dark")
    assert set(image_colors(icons.pixmap("stop").toImage())) == {DARK.dim.lower()}


def test_a_disabled_icon_is_pale(icons: Icons) -> None:
    icon = icons.icon("stop", "text")
    size = QSize(16, 16)
    assert set(image_colors(icon.pixmap(size, QIcon.Mode.Normal).toImage())) == {LIGHT.text.lower()}
    assert set(image_colors(icon.pixmap(size, QIcon.Mode.Selected).toImage())) == {LIGHT.text.lower()}
    assert set(image_colors(icon.pixmap(size, QIcon.Mode.Disabled).toImage())) == {LIGHT.scroll.lower()}


def test_unknown_names_and_roles_are_refused(icons: Icons) -> None:
    with pytest.raises(FileNotFoundError):
        icons.pixmap("unicorn")
    with pytest.raises(KeyError):
        icons.pixmap("stop", role="turquoise")


def test_a_bound_icon_follows_the_theme(icons: Icons, theme: Theme, qtbot: QtBot) -> None:
    button = QPushButton()
    qtbot.addWidget(button)
    icons.bind(button, "stop", "text")
    icons.bind(button, "dot", "bad")
    assert LIGHT.bad.lower() in image_colors(button.icon().pixmap(16).toImage())
    theme.set_mode("dark")
    assert set(image_colors(button.icon().pixmap(16).toImage())) == {DARK.bad.lower()}


def test_a_bound_action_keeps_following_when_only_qt_holds_it(
    icons: Icons, theme: Theme, qtbot: QtBot
) -> None:
    button = QPushButton()
    qtbot.addWidget(button)
    icons.bind(QAction("Stop", button), "stop", "text")
    gc.collect()
    theme.set_mode("dark")
    (action,) = button.findChildren(QAction)
    assert set(image_colors(action.icon().pixmap(16).toImage())) == {DARK.text.lower()}


def test_what_was_bound_may_go(icons: Icons, theme: Theme) -> None:
    button = QPushButton()
    icons.bind(button, "stop")
    del button
    gc.collect()
    theme.set_mode("dark")
    assert theme.is_dark


def test_the_programs_icon_comes_in_many_sizes(icons: Icons) -> None:
    sizes = {size.width() for size in icons.application_icon().availableSizes()}
    assert {16, 32, 48, 256} <= sizes

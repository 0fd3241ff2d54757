from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from opspilot_desktop.ui.icons import Icons
from opspilot_desktop.ui.roles import DARK, LIGHT
from opspilot_desktop.ui.theme import Theme
from opspilot_desktop.ui.widgets.banner import Banner, BannerKind
from tests.helpers.pixels import colors

LONG = "10 critical issues need a second person. They wait; the other 2 are resolved now. " * 2


@pytest.mark.parametrize(
    ("kind", "ground"),
    [("info", "sel"), ("ok", "sunken"), ("warn", "diff"), ("bad", "CRITICAL.ground")],
)
def test_each_kind_has_its_ground(
    kind: BannerKind, ground: str, theme: Theme, icons: Icons, qtbot: QtBot
) -> None:
    banner = Banner(theme, icons, kind, "Nothing was stored.")
    qtbot.addWidget(banner)
    banner.resize(400, 36)
    assert banner.accessibleName() == "Nothing was stored."
    assert colors(banner).most_common(1)[0][0] == LIGHT.hex(ground).lower()
    theme.set_mode("dark")
    assert colors(banner).most_common(1)[0][0] == DARK.hex(ground).lower()


def test_it_is_closed_with_its_cross(theme: Theme, icons: Icons, qtbot: QtBot) -> None:
    banner = Banner(theme, icons, "info", "3 columns were kept out.", closable=True)
    qtbot.addWidget(banner)
    banner.show()
    with qtbot.waitSignal(banner.closed):
        qtbot.mouseClick(banner.close_button, Qt.MouseButton.LeftButton)
    assert not banner.isVisible()


def test_without_a_cross_it_stays(theme: Theme, icons: Icons, qtbot: QtBot) -> None:
    banner = Banner(theme, icons, "info", "Read only.")
    qtbot.addWidget(banner)
    banner.show()
    assert not banner.close_button.isVisible()


def test_it_has_room_for_two_actions(theme: Theme, icons: Icons, qtbot: QtBot) -> None:
    banner = Banner(theme, icons, "warn", "Not checked since the last import.")
    qtbot.addWidget(banner)
    banner.resize(500, 36)
    banner.show()
    first, second = banner.add_action("Reconcile"), banner.add_action("Later")
    with qtbot.waitSignal(first.clicked):
        qtbot.mouseClick(first, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: 0 < first.geometry().right() < second.geometry().left())
    with pytest.raises(ValueError, match="two actions"):
        banner.add_action("Never")
    banner.clear_actions()
    qtbot.waitUntil(banner.add_action("Reconcile").isVisible)


def test_one_line_gives_way_and_several_lines_grow(theme: Theme, icons: Icons, qtbot: QtBot) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    column = QVBoxLayout(window)
    line = Banner(theme, icons, "warn", LONG)
    lines = Banner(theme, icons, "warn", LONG, wrap=True)
    column.addWidget(line)
    column.addWidget(lines)
    window.resize(400, 300)
    window.show()
    assert window.width() == 400
    assert line.height() == 36
    assert lines.heightForWidth(lines.width()) > 50


def test_another_message_replaces_all_of_the_first(theme: Theme, icons: Icons, qtbot: QtBot) -> None:
    banner = Banner(theme, icons, "info", "First")
    qtbot.addWidget(banner)
    banner.resize(300, 36)
    banner.set_message("Second", "warn")
    assert (banner.text, banner.accessibleName()) == ("Second", "Second")
    assert colors(banner).most_common(1)[0][0] == LIGHT.diff.lower()

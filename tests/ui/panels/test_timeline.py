from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot

from opspilot_desktop.domain.situation import Event
from opspilot_desktop.ui.icons import Icons
from opspilot_desktop.ui.panels.timeline import MOST, Timeline
from opspilot_desktop.ui.theme import Theme

EVENTS = (
    Event("2026-11-20T09:31:00.000Z", "J. Meyer", "investigating", ""),
    Event("2026-11-19T16:02:00.000Z", "J. Meyer", "comment", "<b>Asked</b> the desk"),
    Event("2026-11-10T09:10:00.000Z", "ops", "opened", "", 306),
)


@pytest.fixture
def timeline(theme: Theme, icons: Icons, qtbot: QtBot) -> Timeline:
    timeline = Timeline(theme, icons)
    qtbot.addWidget(timeline)
    timeline.resize(250, 160)
    timeline.show()
    timeline.show_events(EVENTS, "CRITICAL")
    QApplication.processEvents()
    return timeline


def test_the_newest_stands_first(timeline: Timeline) -> None:
    assert [entry.text.text() for entry in timeline.entries] == [
        "Started investigating",
        "<b>Asked</b> the desk",
        "Opened",
    ]
    assert timeline.entries[0].y() < timeline.entries[1].y() < timeline.entries[2].y()


def test_comments_are_text_and_never_markup(timeline: Timeline) -> None:
    label = timeline.entries[1].text
    assert label.textFormat() == Qt.TextFormat.PlainText
    assert label.textInteractionFlags() & Qt.TextInteractionFlag.TextSelectableByMouse


def test_a_short_history_needs_no_scroll_bar(timeline: Timeline) -> None:
    assert timeline.verticalScrollBar().maximum() == 0


def test_a_long_comment_wraps_and_scrolls(timeline: Timeline, qtbot: QtBot) -> None:
    comment = Event("2026-11-19T16:02:00.000Z", "J. Meyer", "comment", "word " * 300)
    timeline.show_events((comment, *EVENTS), "CRITICAL")
    qtbot.waitUntil(lambda: timeline.verticalScrollBar().maximum() > 0)
    assert timeline.horizontalScrollBar().maximum() == 0
    assert timeline.entries[0].width() <= timeline.viewport().width()


def test_another_issue_replaces_the_events_and_begins_at_the_top(timeline: Timeline, qtbot: QtBot) -> None:
    timeline.show_events(EVENTS * 10, "CRITICAL")
    qtbot.waitUntil(lambda: timeline.verticalScrollBar().maximum() > 50)
    timeline.verticalScrollBar().setValue(50)
    timeline.show_events(EVENTS[:1], "HIGH")
    assert len(timeline.entries) == 1
    assert timeline.verticalScrollBar().value() == 0


def test_what_is_beyond_the_limit_is_counted(timeline: Timeline) -> None:
    timeline.show_events(EVENTS[:1] * (MOST + 5), "CRITICAL")
    assert len(timeline.entries) == MOST
    assert "and 5 earlier" in [label.text() for label in timeline.findChildren(QLabel)]


def test_where_something_around_it_scrolls_it_takes_all_its_height(timeline: Timeline) -> None:
    assert timeline.minimumSizeHint().height() < 100
    timeline.set_whole(True)
    heights = sum(entry.height() for entry in timeline.entries)
    assert timeline.minimumSizeHint().height() >= heights

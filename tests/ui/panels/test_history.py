from __future__ import annotations

from datetime import UTC, datetime

import pytest

from opspilot_desktop.domain.situation import Event
from opspilot_desktop.ui.icons import Icons
from opspilot_desktop.ui.panels.history import happening
from opspilot_desktop.ui.theme import Theme

pytestmark = pytest.mark.usefixtures("utc")

NOW = datetime(2026, 11, 20, 18, 0, tzinfo=UTC)
AT = "2026-11-20T09:31:00.000Z"

EVENTS = [
    (Event(AT, "ops", "opened", "", 306), "Opened", "Run 306, 20 Nov 09:31"),
    (Event(AT, "ops", "changed", "−1,500.00 became −1,250.00", 314), "−1,500.00 became −1,250.00", "Run 314"),
    (Event(AT, "ops", "changed", "", 314), "Changed", "Run 314"),
    (Event(AT, "ops", "gone", "The data no longer show it", 314), "The data no longer show it", "Run 314"),
    (Event(AT, "ops", "cleared", "No longer checked", 314), "Cleared: No longer checked", "Run 314"),
    (Event(AT, "j.meyer", "reopened", ""), "Reopened", "j.meyer, 20 Nov 09:31"),
    (Event(AT, "j.meyer", "assigned", "a.okafor"), "Assigned to a.okafor", "j.meyer"),
    (Event(AT, "j.meyer", "investigating", ""), "Started investigating", "j.meyer"),
    (Event(AT, "j.meyer", "comment", "Asked the desk"), "Asked the desk", "j.meyer"),
    (Event(AT, "j.meyer", "resolved", "Fees: see LE-2"), "Resolved: Fees: see LE-2", "j.meyer"),
    (Event(AT, "j.meyer", "ignored", "Other"), "Ignored: Other", "j.meyer"),
    (Event(AT, "j.meyer", "undone", "resolve"), "Undone: resolve", "j.meyer"),
    (
        Event(AT, "j.meyer", "linked", "entry E1 from X to T: Other"),
        "Linked: entry E1 from X to T: Other",
        "j",
    ),
    (Event(AT, "j.meyer", "unlinked", "entry E1 back to X"), "Unlinked: entry E1 back to X", "j.meyer"),
    (Event(AT, "", "reopened", ""), "Reopened", "20 Nov 09:31"),
]


@pytest.mark.parametrize(("event", "text", "by"), EVENTS)
def test_what_happened_is_told_in_words(event: Event, text: str, by: str) -> None:
    told = happening(event, "CRITICAL", NOW)
    assert told.text == text
    assert told.by.startswith(by)
    assert told.tip == "2026-11-20 09:31:00"


def test_every_kind_has_an_icon_and_a_colour_that_there_are(theme: Theme, icons: Icons) -> None:
    for event, _, _ in EVENTS:
        told = happening(event, "MEDIUM", NOW)
        assert not icons.pixmap(told.icon, 14, told.role).isNull()


def test_an_opening_stands_in_the_colour_of_its_severity() -> None:
    told = happening(EVENTS[0][0], "HIGH", NOW)
    assert (told.icon, told.role) == ("high", "HIGH")

"""What happened to an issue, in words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from opspilot_desktop.domain.clock import local
from opspilot_desktop.domain.issues import IssueStatus
from opspilot_desktop.domain.situation import Event

from .local_time import day_and_clock, in_full


@dataclass(frozen=True)
class Happening:
    """One line of the timeline: an icon with its colour role, what happened, who or what did it, when."""

    icon: str
    role: str
    text: str
    by: str
    tip: str


# kind: (icon, colour role, what it is called, whether the event's own text follows)
_KINDS: dict[str, tuple[str, str, str]] = {
    "reopened": ("reopen", IssueStatus.OPEN.value, "Reopened"),
    "cleared": ("cleared", IssueStatus.CLEARED.value, "Cleared"),
    "changed": ("history", "dim", ""),
    "gone": ("cleared", "dim", ""),
    "comment": ("comment", "dim", ""),
    "assigned": ("assign", "dim", "Assigned to"),
    "investigating": ("investigating", IssueStatus.INVESTIGATING.value, "Started investigating"),
    "resolved": ("resolved", IssueStatus.RESOLVED.value, "Resolved"),
    "ignored": ("ignore", IssueStatus.IGNORED.value, "Ignored"),
    "linked": ("link", "dim", "Linked"),
    "unlinked": ("unlink", "dim", "Unlinked"),
    "undone": ("undo", "dim", "Undone"),
}
_BARE = {"changed": "Changed", "gone": "No longer shown by the data", "assigned": "Assigned"}


def happening(event: Event, severity: str, now: datetime | None = None) -> Happening:
    """An event as the timeline shows it; an issue's opening stands in the colour of its severity."""
    moment = local(event.at)
    by = f"Run {event.run_id}" if event.run_id is not None else event.who
    when = day_and_clock(moment, now)
    by = f"{by}, {when}" if by else when
    if event.kind == "opened":
        return Happening(severity.lower(), severity, event.text or "Opened", by, in_full(moment))
    icon, role, name = _KINDS.get(event.kind, ("info", "dim", event.kind.capitalize()))
    return Happening(icon, role, _words(event, name), by, in_full(moment))


def _words(event: Event, name: str) -> str:
    if not event.text:
        return name if name and event.kind != "assigned" else _BARE.get(event.kind, name)
    if not name:
        return event.text
    return f"{name} {event.text}" if event.kind == "assigned" else f"{name}: {event.text}"

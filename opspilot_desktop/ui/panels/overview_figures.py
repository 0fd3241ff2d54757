"""What each tile of the dashboard says, worked out from the workspace's counts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from opspilot_desktop.domain.clock import local
from opspilot_desktop.domain.issues import Severity
from opspilot_desktop.domain.situation import Overview

from .local_time import clock, day, in_full, is_today

NONE = "–"
_THINGS = {"trades": "trade", "ledger": "entry"}
_PLURALS = {"trade": "trades", "entry": "entries"}


@dataclass(frozen=True)
class Figures:
    """What one tile says, as it is to be read.

    `short` takes the place of `line` where there is less room; `tip` is what never fits on a tile.
    """

    figure: str
    line: str = ""
    short: str = ""
    tip: str = ""
    label: str = ""


def trades_figures(overview: Overview) -> Figures:
    """The trades, and the ledger entries beside them."""
    entries = overview.ledger_entries
    noun = "entry" if entries == 1 else "entries"
    return Figures(f"{overview.trades:,}", f"{entries:,} ledger {noun}", f"{entries:,} {noun}")


def checked_label(overview: Overview) -> str:
    """The statuses that are matched with the ledger, as a label: `Pending`, `Pending, confirmed`."""
    return ", ".join(overview.checked_statuses).capitalize()


def pending_figures(overview: Overview) -> Figures:
    """The trades of the statuses that are matched, and their share."""
    count = sum(overview.trades_by_status.get(status, 0) for status in overview.checked_statuses)
    share = f"{percent(count, overview.trades, 1)} of trades" if overview.trades else ""
    return Figures(f"{count:,}", share, label=checked_label(overview))


def matched_figures(overview: Overview) -> Figures:
    """The share of matched trades among the checked ones."""
    if overview.last_run is None:
        return Figures(NONE, "Not reconciled yet")
    if not overview.checked:
        return Figures(NONE, "No trade is checked")
    line = f"{overview.matched:,} of {overview.checked:,}"
    return Figures(percent(overview.matched, overview.checked, 2), f"{line} checked", line)


def not_checked_figures(overview: Overview) -> Figures:
    """The trades of other statuses, and those that wait for the next run."""
    counts = [
        (status, count)
        for status, count in overview.trades_by_status.items()
        if status not in overview.checked_statuses and count
    ]
    counts.sort(key=lambda pair: -pair[1])
    waiting = overview.not_checked - sum(count for _, count in counts)
    parts = [f"{waiting:,} waiting"] if waiting > 0 else []
    parts += [f"{count:,} {status}" for status, count in counts]
    tip = f"{waiting:,} wait for the next run" if waiting > 0 else ""
    return Figures(f"{overview.not_checked:,}", ", ".join(parts) or "Every trade is checked", tip=tip)


def import_figures(overview: Overview, now: datetime | None = None) -> Figures:
    """When the newest import was, and what it brought."""
    newest = overview.last_import
    if newest is None:
        return Figures(NONE, "Nothing imported yet")
    thing = _THINGS.get(newest.kind, "row")
    counted = f"{newest.imported:,} {thing if newest.imported == 1 else _PLURALS.get(thing, 'rows')}"
    parts = [counted]
    if newest.updated:
        parts.append(f"{newest.updated:,} updated")
    short = f"{newest.imported:,}, {newest.rejected:,} rejected" if newest.rejected else counted
    parts.append(f"{newest.rejected:,} rejected")
    return _at(newest.at, ", ".join(parts), short, newest.file, now)


def run_figures(overview: Overview, now: datetime | None = None) -> Figures:
    """When the engine ran last, and what became of the issues."""
    newest = overview.last_run
    if newest is None:
        return Figures(NONE, "Not reconciled yet")
    back = f"{newest.reopened:,} reopened, " if newest.reopened else ""
    line = f"{newest.opened:,} opened, {back}{newest.cleared:,} cleared"
    return _at(newest.at, line, f"{newest.opened:,} opened", f"Run {newest.run_id}, {newest.scope}", now)


def _at(at: str, line: str, short: str, tip: str, now: datetime | None) -> Figures:
    """The time of day as the figure, or the date where it was not today; the tip has both."""
    moment = local(at)
    tip = f"{tip}\n{in_full(moment)}"
    figure = clock(moment) if is_today(moment, now) else day(moment, now)
    return Figures(figure, line, short, tip)


def percent(part: int, whole: int, decimals: int) -> str:
    """The share cut off, never rounded up: 100 % is only said of everything."""
    scale = 10**decimals
    hundredths = part * 100 * scale // whole if whole else 0
    return f"{hundredths // scale:,}.{hundredths % scale:0{decimals}d} %"


def status_filter(overview: Overview) -> str:
    """The filter text for the trades of the statuses that are matched.

    A filter has no "or", so that for several statuses the others are left out instead.
    """
    checked = overview.checked_statuses
    if len(checked) == 1:
        return f"status={_word(checked[0])}"
    others = [status for status in overview.trades_by_status if status not in checked]
    return " ".join(f"-status={_word(status)}" for status in others)


def severity_filter(severity: Severity) -> str:
    """The filter text for the issues of one severity."""
    return f"severity:{severity.value.lower()}"


def _word(text: str) -> str:
    return f'"{text}"' if any(character.isspace() for character in text) else text

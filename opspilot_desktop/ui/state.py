"""What the window is showing, as far as it decides which commands make sense."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from opspilot_desktop.domain.fields import Kind
from opspilot_desktop.domain.issues import IssueAction, IssueStatus, is_allowed
from opspilot_desktop.domain.links import MOST_ENTRIES, Offer


@dataclass(frozen=True)
class State:
    """A snapshot; `statuses` are those of the selected issues, each once, and empty until they are known."""

    tab: Kind = Kind.ISSUES
    selected: int = 0
    statuses: frozenset[IssueStatus] = frozenset()
    trades: int = 0
    entries: int = 0
    issues: int = 0
    next_undo: str = ""
    next_redo: str = ""
    writing: bool = False
    links: Offer = field(default_factory=Offer)

    @property
    def has_data(self) -> bool:
        """Whether anything has been imported."""
        return bool(self.trades or self.entries)


# Each says why a command makes no sense now, in a few words, or "" when it does.


def always(_state: State) -> str:
    """A command that always makes sense."""
    return ""


def with_data(state: State) -> str:
    """Something to work on."""
    return "" if state.has_data else "Import a file first"


def when_idle_with_data(state: State) -> str:
    """Something to work on, issues about rows that are gone included, and nothing that changes it already."""
    if state.writing:
        return "Something is being stored"
    return "" if state.issues else with_data(state)


def with_rows(state: State) -> str:
    """A selection in the table shown."""
    return "" if state.selected else "Select a row first"


def with_issues(state: State) -> str:
    """A selection in the table of issues."""
    return "" if state.tab is Kind.ISSUES and state.selected else "Select an issue first"


def with_issue_for(action: IssueAction) -> Callable[[State], str]:
    """An issue that the action applies to, or several with one among them, as far as is known.

    What is done is done to those it applies to; the others are left out and counted.
    """

    def check(state: State) -> str:
        missing, known = with_issues(state), state.statuses
        if missing or not known or any(is_allowed(action, status) for status in known):
            return missing
        labels = " or ".join(status.label.lower() for status in IssueStatus if status in known)
        return f"This issue is {labels}" if state.selected == 1 else f"These issues are {labels}"

    return check


def with_trade_or_entry(state: State) -> str:
    """A selection in one of the tables of records."""
    is_record = state.tab in (Kind.TRADES, Kind.LEDGER)
    return "" if is_record and state.selected else "Select a trade or an entry first"


def with_import(state: State) -> str:
    """One selected import, and nothing being stored."""
    if state.tab is not Kind.IMPORTS or state.selected != 1:
        return "Select one import first"
    return "Something is being stored" if state.writing else ""


def with_orphans(state: State) -> str:
    """An entry without a trade, or an issue about one, as far as is known."""
    if state.tab not in (Kind.LEDGER, Kind.ISSUES) or not state.selected:
        return "Select an entry without a trade first"
    return _linking(
        state, state.links.orphans, "Only entries without a trade can be linked", "This is no orphan entry"
    )


def with_lacking_trade(state: State) -> str:
    """A trade without entries, or an issue about one, as far as is known."""
    if state.tab not in (Kind.TRADES, Kind.ISSUES) or not state.selected:
        return "Select a trade without entries first"
    if state.selected > 1:
        return "Select one trade only" if state.tab is Kind.TRADES else "Select one issue only"
    return _linking(state, state.links.lacking, "This trade has entries", "No trade without entries")


def with_linked(state: State) -> str:
    """An entry linked by hand, or an issue with one, as far as is known."""
    if state.tab not in (Kind.LEDGER, Kind.ISSUES) or not state.selected:
        return "Select an entry that is linked by hand first"
    return _linking(state, state.links.linked, "Not linked by hand", "No entry of it is linked by hand")


def _linking(state: State, applies: bool, of_records: str, of_issues: str) -> str:
    if state.selected > MOST_ENTRIES:
        return f"Select at most {MOST_ENTRIES:,} rows"
    if applies or not state.links.known:
        return ""
    return of_issues if state.tab is Kind.ISSUES else of_records


def with_undo(state: State) -> str:
    """Something to undo."""
    return "" if state.next_undo else "Nothing to undo"


def with_redo(state: State) -> str:
    """Something to do again."""
    return "" if state.next_redo else "Nothing to redo"

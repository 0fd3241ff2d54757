"""What the window is showing, as far as it decides which commands make sense."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from opspilot_desktop.domain.fields import Kind
from opspilot_desktop.domain.issues import IssueAction, IssueStatus, is_allowed


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
    """Something to work on, and nothing that changes it already."""
    return "Something is being stored" if state.writing else with_data(state)


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


def with_undo(state: State) -> str:
    """Something to undo."""
    return "" if state.next_undo else "Nothing to undo"


def with_redo(state: State) -> str:
    """Something to do again."""
    return "" if state.next_redo else "Nothing to redo"

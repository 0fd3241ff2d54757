from __future__ import annotations

import pytest

from opspilot_desktop.domain.fields import Kind
from opspilot_desktop.domain.issues import IssueAction, IssueStatus
from opspilot_desktop.ui.state import State, with_issue_for

OPEN, INVESTIGATING = IssueStatus.OPEN, IssueStatus.INVESTIGATING
RESOLVED, CLEARED = IssueStatus.RESOLVED, IssueStatus.CLEARED


@pytest.mark.parametrize(
    ("action", "selected", "statuses", "reason"),
    [
        (IssueAction.REOPEN, 1, {OPEN}, "This issue is open"),
        (IssueAction.REOPEN, 3, {OPEN, INVESTIGATING}, "These issues are open or investigating"),
        (IssueAction.REOPEN, 3, {OPEN, RESOLVED}, ""),
        (IssueAction.REOPEN, 3, set(), ""),  # not yet known
        (IssueAction.REOPEN, 0, set(), "Select an issue first"),
        (IssueAction.RESOLVE, 2, {RESOLVED, CLEARED}, "These issues are resolved or cleared"),
        (IssueAction.RESOLVE, 2, {RESOLVED, OPEN}, ""),
        (IssueAction.INVESTIGATE, 2, {INVESTIGATING}, "These issues are investigating"),
    ],
)
def test_a_verb_is_offered_when_it_applies_to_one_at_least(
    action: IssueAction, selected: int, statuses: set[IssueStatus], reason: str
) -> None:
    state = State(tab=Kind.ISSUES, selected=selected, statuses=frozenset(statuses))
    assert with_issue_for(action)(state) == reason
    assert with_issue_for(action)(State(tab=Kind.TRADES, selected=1)) == "Select an issue first"

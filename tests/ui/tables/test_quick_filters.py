from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from opspilot_desktop.domain.fields import RECORDS, Kind
from opspilot_desktop.domain.jobs import Handle
from opspilot_desktop.domain.query import Operator, Query, Term, parse_filter
from opspilot_desktop.domain.text import visible
from opspilot_desktop.operations.reading import list_ids
from opspilot_desktop.operations.workspace import Workspace
from opspilot_desktop.ui.tables.quick_filters import (
    NOT_CLOSED,
    QuickFilter,
    default_filters,
    field_is,
    offered_filters,
    spelled,
)
from tests.helpers.workspaces import add_issues, issue

STATUSES = ("open", "investigating", "resolved", "ignored", "cleared")


def hits(workspace: Workspace, quick: QuickFilter) -> list[int]:
    return list(list_ids(Handle(), workspace, Kind.ISSUES, Query(quick.terms)))


@pytest.fixture
def issues(workspace: Workspace) -> Workspace:
    people = ("j.meyer", None, "a.okafor", None, "j.meyer")
    kinds = (
        "AMOUNT_MISMATCH",
        "MISSING_LEDGER_ENTRY",
        "ANOMALOUS_QUANTITY",
        "AMOUNT_MISMATCH",
        "AMOUNT_MISMATCH",
    )
    add_issues(
        workspace,
        [
            issue(number, status=status, assigned_to=person, issue_type=kind)
            for number, (status, person, kind) in enumerate(zip(STATUSES, people, kinds, strict=True), 1)
        ],
    )
    return workspace


def test_not_closed_is_what_still_asks_for_work(issues: Workspace) -> None:
    assert default_filters(Kind.ISSUES) == (NOT_CLOSED,)
    assert NOT_CLOSED.text == "Status is not closed"
    assert hits(issues, NOT_CLOSED) == [1, 2]


def test_what_is_offered_finds_what_it_says(issues: Workspace) -> None:
    offered = {quick.text: hits(issues, quick) for quick in offered_filters(Kind.ISSUES, "j.meyer")}
    assert offered == {
        "Status is not closed": [1, 2],
        "Severity is Critical": [1, 4, 5],
        "Severity is High": [2],
        "Assignee is j.meyer": [1, 5],
        "Assignee is nobody": [2, 4],
    }


def test_trades_can_be_had_by_how_they_match() -> None:
    offered = offered_filters(Kind.TRADES, "j.meyer")
    assert [quick.text for quick in offered] == ["Match is broken", "Match is unchecked", "Match is matched"]
    assert offered_filters(Kind.LEDGER, "j.meyer") == ()
    assert default_filters(Kind.TRADES) == default_filters(Kind.LEDGER) == ()


def test_a_field_can_have_any_value(workspace: Workspace) -> None:
    odd = 'T "1", -x:y'
    add_issues(workspace, [issue(1), issue(2, trade_id=odd)])
    quick = field_is(Kind.ISSUES, "trade_id", odd)
    assert quick.text == f"Trade is {odd}"
    assert hits(workspace, quick) == [2]
    assert spelled(quick.terms) is None
    assert spelled(field_is(Kind.TRADES, "counterparty", "a\0b").terms) is None
    assert spelled(field_is(Kind.TRADES, "trade_id", "T\u200b1").terms) is None


def test_spelled_terms_are_readable() -> None:
    assert spelled(NOT_CLOSED.terms) == "-status=resolved -status=ignored -status=cleared"
    assert spelled(field_is(Kind.ISSUES, "trade_id", "T 1").terms) == 'trade_id="T 1"'
    assert spelled((Term("", "assigned_to", Operator.EQUALS),)) == 'assigned_to=""'


@given(
    st.lists(
        st.builds(
            Term,
            st.text(st.characters(exclude_characters='"')).filter(lambda text: visible(text) == text),
            st.sampled_from(["counterparty", "status", "trade_id", "entry_id"]),
            st.sampled_from([Operator.CONTAINS, Operator.EQUALS]),
            st.booleans(),
        ),
        max_size=4,
    )
)
def test_what_is_spelled_is_read_back_as_it_was(terms: list[Term]) -> None:
    text = spelled(tuple(terms))
    assert text is not None
    assert list(parse_filter(text, RECORDS[Kind.ISSUES])) == terms

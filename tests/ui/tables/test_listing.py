from __future__ import annotations

from array import array

import pytest
from hypothesis import given
from hypothesis import strategies as st

from opspilot_desktop.domain.errors import KnownError
from opspilot_desktop.domain.fields import RECORDS, Kind
from opspilot_desktop.domain.jobs import Cancelled, Handle
from opspilot_desktop.domain.query import Query, Sort, parse_filter
from opspilot_desktop.operations.workspace import Workspace
from opspilot_desktop.ui.tables import listing
from opspilot_desktop.ui.tables.listing import RowSource, find_places, list_rows
from opspilot_desktop.ui.tables.table_spec import columns_of
from tests.helpers.workspaces import add_issues, add_trades, issue, trade


def trades_query(text: str, sort: Sort | None = None) -> Query:
    return Query(parse_filter(text, RECORDS[Kind.TRADES]), sort)


@given(st.lists(st.integers(0, 10_000), unique=True, max_size=200), st.sets(st.integers(0, 10_000)))
def test_places_are_where_the_wanted_ids_stand(ids: list[int], wanted: set[int]) -> None:
    expected = {row_id: row for row, row_id in enumerate(ids) if row_id in wanted}
    assert find_places(Handle(), array("q", ids), wanted) == expected


def test_places_are_found_far_down_and_the_search_can_be_cancelled() -> None:
    ids = array("q", range(100_000))
    assert find_places(Handle(), ids, {99_999, 3}) == {3: 3, 99_999: 99_999}
    handle = Handle()
    handle.cancel()
    with pytest.raises(Cancelled):
        find_places(handle, ids, {99_999})


def test_a_listing_has_ids_the_total_and_places(workspace: Workspace) -> None:
    add_trades(workspace, [trade(number) for number in range(1, 21)])
    sort = Sort("quantity", descending=True)
    found = list_rows(Handle(), workspace, Kind.TRADES, trades_query("quantity>115", sort), {18, 3})
    assert list(found.ids) == [20, 19, 18, 17, 16]
    assert found.total == 20
    assert dict(found.places) == {18: 2}


def test_without_a_filter_the_total_is_what_is_listed(workspace: Workspace) -> None:
    add_trades(workspace, [trade(number) for number in range(1, 4)])
    found = list_rows(Handle(), workspace, Kind.TRADES, Query(), ())
    assert (list(found.ids), found.total) == ([1, 2, 3], 3)


def test_a_page_is_worded_in_the_order_of_the_ids(workspace: Workspace) -> None:
    add_trades(workspace, [trade(number) for number in range(1, 4)])
    columns = columns_of(Kind.TRADES)
    page = RowSource(workspace, Kind.TRADES, columns).page(Handle(), [3, 99, 1])
    assert [row[0] for row in page.rows] == ["T-000003", "–", "T-000001"]
    assert page.rows[2][3:6] == ("101", "11.50", "1,161.50")


def test_urgent_issues_stand_first_and_older_ones_before_younger(workspace: Workspace) -> None:
    kinds = ("ANOMALOUS_QUANTITY", "AMOUNT_MISMATCH", "MISSING_LEDGER_ENTRY", "AMOUNT_MISMATCH")
    # Detected in this order, as the engine numbers them.
    rows = [issue(number, issue_type=kind, age=9 - number) for number, kind in enumerate(kinds)]
    add_issues(workspace, rows)
    found = list_rows(Handle(), workspace, Kind.ISSUES, Query(sort=Sort("severity", descending=True)), ())
    assert list(found.ids) == [2, 4, 3, 1]


def test_copied_rows_are_tab_separated_with_plain_numbers(workspace: Workspace) -> None:
    odd = trade(2, trade_id="=T\t2", counterparty=None, price_units=-1, price_nanos=-250_000_000)
    add_trades(workspace, [trade(1), odd, trade(3)])
    source = RowSource(workspace, Kind.TRADES, columns_of(Kind.TRADES))
    fields = ("counterparty", "price", "trade_id")
    text = source.copy(Handle(), [3, 2], fields, headers=True)
    assert text == 'Counterparty\tPrice\tTrade\nDeutsche Bank\t13.5\tT-000003\n\t-1.25\t"\'=T\t2"'
    assert source.copy(Handle(), [1], ("trade_id",), headers=False) == "T-000001"


def test_many_rows_are_copied_page_by_page(workspace: Workspace) -> None:
    add_trades(workspace, [trade(number) for number in range(1, 601)])
    steps: list[int] = []
    handle = Handle(report=lambda done, _total, _text: steps.append(done), interval=0)
    source = RowSource(workspace, Kind.TRADES, columns_of(Kind.TRADES))
    text = source.copy(handle, range(1, 601), ("trade_id",), headers=False)
    assert text.split("\n") == [f"T-{number:06d}" for number in range(1, 601)]
    assert steps == [0, 256, 512]


def test_too_many_rows_are_refused(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listing, "MOST_COPIED", 2)
    source = RowSource(workspace, Kind.TRADES, columns_of(Kind.TRADES))
    with pytest.raises(KnownError, match=r"3 rows are too many to copy; select at most 2"):
        source.copy(Handle(), [1, 2, 3], ("trade_id",), headers=False)

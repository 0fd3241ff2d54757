"""The sum of selected rows is exact, whatever their number, sign and currency."""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal, localcontext

from hypothesis import given
from hypothesis import strategies as st

from opspilot_desktop.domain.decimals import from_decimal
from opspilot_desktop.domain.fields import Kind
from opspilot_desktop.domain.jobs import Handle
from opspilot_desktop.domain.query import Query
from opspilot_desktop.operations.adding_up import CurrencySum, sum_rows
from opspilot_desktop.operations.reading import list_ids
from opspilot_desktop.operations.workspace import Workspace
from tests.helpers import workspaces
from tests.helpers.budget import slow
from tests.helpers.workspaces import add_entries, add_issues, add_trades, entry, issue


def ids_of(workspace: Workspace, kind: Kind) -> list[int]:
    return list(list_ids(Handle(), workspace, kind, Query()))


def entries_of(amounts: list[tuple[Decimal, str | None]], first: int) -> list[dict[str, object]]:
    exact = [(from_decimal(amount), currency) for amount, currency in amounts]
    return [
        entry(first + place, amount_units=one.units, amount_nanos=one.nanos, currency=currency)
        for place, (one, currency) in enumerate(exact)
    ]


amounts = st.decimals(-(Decimal(10) ** 16) + 1, Decimal(10) ** 16 - 1, places=9)


@slow(20)
@given(st.lists(st.tuples(amounts, st.sampled_from(["EUR", "GBP", None])), min_size=1, max_size=40))
def test_amounts_add_up_as_decimals_do(workspace: Workspace, given: list[tuple[Decimal, str | None]]) -> None:
    before = set(ids_of(workspace, Kind.LEDGER))
    add_entries(workspace, entries_of(given, len(before) + 1))
    added = sorted(set(ids_of(workspace, Kind.LEDGER)) - before)
    wanted: dict[str, list[Decimal]] = defaultdict(list)
    for amount, currency in given:
        wanted[currency or ""].append(amount)
    with localcontext(prec=60):
        sums = {currency: (len(some), sum(some, Decimal())) for currency, some in wanted.items()}
        found = sum_rows(Handle(), workspace, Kind.LEDGER, added)
        assert {one.currency: (one.rows, Decimal(one.total)) for one in found} == sums


def test_a_sum_may_be_larger_than_any_single_number(workspace: Workspace) -> None:
    largest = Decimal(10) ** 16 - Decimal("0.000000001")
    add_entries(workspace, entries_of([(largest, "EUR")] * 2500, 1))
    found = sum_rows(Handle(), workspace, Kind.LEDGER, ids_of(workspace, Kind.LEDGER))
    assert found == (CurrencySum("EUR", 2500, "24999999999999999999.9999975"),)


def test_trades_come_to_their_gross_amounts_to_the_last_digit(workspace: Workspace) -> None:
    add_trades(
        workspace,
        [
            workspaces.trade(1, gross_units=1, gross_nanos=999_999_999, gross_rest=999_999_999),
            workspaces.trade(2, gross_units=0, gross_nanos=0, gross_rest=1, currency="GBP"),
            workspaces.trade(3, gross_units=-2, gross_nanos=-1, gross_rest=0),
        ],
    )
    assert sum_rows(Handle(), workspace, Kind.TRADES, ids_of(workspace, Kind.TRADES)) == (
        CurrencySum("EUR", 2, "-0.000000001000000001"),
        CurrencySum("GBP", 1, "0.000000000000000001"),
    )


def test_issues_without_a_difference_are_left_out_and_imports_have_no_number(workspace: Workspace) -> None:
    add_issues(
        workspace,
        [
            issue(1, currency="EUR", difference_units=-3, difference_nanos=-500_000_000, difference_rest=0),
            issue(2, currency="EUR", difference_units=None, difference_nanos=None, difference_rest=None),
        ],
    )
    ids = ids_of(workspace, Kind.ISSUES)
    assert sum_rows(Handle(), workspace, Kind.ISSUES, ids) == (CurrencySum("EUR", 1, "-3.5"),)
    assert sum_rows(Handle(), workspace, Kind.IMPORTS, [1, 2]) == ()
    assert sum_rows(Handle(), workspace, Kind.ISSUES, []) == ()

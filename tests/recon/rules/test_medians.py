"""Prices and quantities far from their instrument's median: from where on exactly, and who is asked again."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction
from statistics import median

import pytest
from hypothesis import given
from hypothesis import strategies as st

from opspilot_desktop.domain.issues import IssueType
from opspilot_desktop.domain.jobs import Cancelled, Handle
from opspilot_desktop.operations.reconciling import reconcile
from opspilot_desktop.operations.workspace import Workspace
from opspilot_desktop.recon import medians
from tests.helpers.books import add_trades, change_trade, remove_trade, trade
from tests.helpers.found import open_issues, run, switch_on
from tests.recon.test_rules import LARGEST

SMALLEST = "0.000000001"

PRICE = IssueType.ANOMALOUS_PRICE
QUANTITY = IssueType.ANOMALOUS_QUANTITY_BY_INSTRUMENT
NEARLY = "9999999999999999.999999998"


def add_prices(workspace: Workspace, prices: Sequence[str], instrument: str = "X", first: int = 0) -> None:
    add_trades(
        workspace,
        *[
            trade(f"{instrument}{number}", "1", price, instrument=instrument)
            for number, price in enumerate(prices, start=first)
        ],
    )


FAR: dict[str, list[tuple[list[str], list[int]]]] = {
    "5": [
        # Median 3, distances 2 1 0 1 x: a MAD of 1.
        (["1", "2", "3", "4", "8"], []),
        (["1", "2", "3", "4", "8.000000001"], [4]),
        (["5", "4", "3", "2", "-2"], []),
        (["5", "4", "3", "2", "-2.000000001"], [4]),
    ],
    "7.5": [
        # An even number: median 2.5, distances 1.5 0.5 0.5 7.5, a MAD of 1.
        (["1", "2", "3", "10"], []),
        (["1", "2", "3", "10.000000001"], [3]),
    ],
    "4": [
        # More than half are equal: the mean distance, 4/4, takes the place of a MAD of 0.
        (["1", "1", "1", "5"], []),
        (["1", "1", "1", "1", "6"], [4]),
        # As large as numbers can be.
        ([f"-{LARGEST}", f"-{LARGEST}", f"-{LARGEST}", LARGEST], []),
    ],
    "3.999999999": [
        (["1", "1", "1", "5"], [3]),
        ([f"-{LARGEST}", f"-{LARGEST}", f"-{LARGEST}", LARGEST], [3]),
    ],
    "1": [
        # A median of half a nano, around 0.
        (["0", SMALLEST, f"-{SMALLEST}", "0.000000002"], [2, 3]),
        ([f"-{LARGEST}", "0", LARGEST], []),
        ([f"-{LARGEST}", "0", NEARLY], [0]),
    ],
    "0": [(["1", "1", "1"], []), (["1", "1", SMALLEST], [2])],
}


@pytest.mark.parametrize("deviations", FAR)
def test_exactly_from_where_on(workspace: Workspace, deviations: str) -> None:
    switch_on(workspace, PRICE, price_deviations=Decimal(deviations), sample_size=2)
    for number, (prices, _far) in enumerate(FAR[deviations]):
        add_prices(workspace, prices, f"I{number}-")
    run(workspace)
    wanted = {f"I{number}-{place}" for number, case in enumerate(FAR[deviations]) for place in case[1]}
    assert set(open_issues(workspace)) == wanted


@pytest.mark.parametrize(("size", "found"), [(5, ["X4"]), (6, [])])
def test_fewer_trades_than_a_sample_say_nothing(workspace: Workspace, size: int, found: list[str]) -> None:
    switch_on(workspace, PRICE, price_deviations=Decimal(1), sample_size=size)
    add_prices(workspace, ["1", "1", "1", "1", "100"])
    add_prices(workspace, ["7"], "Y")
    run(workspace)
    assert sorted(open_issues(workspace)) == found


def test_the_evidence_says_what_is_usual(workspace: Workspace) -> None:
    switch_on(workspace, QUANTITY, quantity_deviations=Decimal("2.5"), sample_size=5)
    quantities = ["90", "100", "110", "120", "100000"]
    add_trades(workspace, *[trade(f"T{n}", each, status="settled") for n, each in enumerate(quantities)])
    run(workspace)
    found = open_issues(workspace)["T4"]
    assert found == {
        "instrument": "ABC",
        "quantity": "100000",
        "median": "110",
        "spread": "10",
        "spread_kind": "median",
        "deviations": "2.5",
        "low": "85",
        "high": "135",
        "trades": 5,
    }


@pytest.mark.parametrize("kind", [PRICE, QUANTITY])
def test_the_instrument_that_a_trade_leaves_is_looked_at_again(workspace: Workspace, kind: IssueType) -> None:
    name = "price" if kind is PRICE else "quantity"
    deviations = {f"{name}_deviations": Decimal(3), "sample_size": 3}
    switch_on(workspace, kind, **deviations)
    values = {"A": "1", "B": "2", "C": "3", "D": "100"}
    rows = {key: trade(key, **{"instrument": "X", name: value}) for key, value in values.items()}
    add_trades(workspace, *rows.values())
    run(workspace)
    assert list(open_issues(workspace)) == ["D"]
    change_trade(workspace, {**rows["B"], "instrument": "Y"})
    change_trade(workspace, {**rows["C"], "instrument": "Y"})  # X has too few trades now
    summary = run(workspace)
    assert (summary.scope, summary.checked, summary.cleared) == ("incremental", 2, 1)
    change_trade(workspace, rows["B"])
    change_trade(workspace, rows["C"])
    assert run(workspace).reopened == 1
    remove_trade(workspace, "A")
    remove_trade(workspace, "B")
    assert run(workspace).cleared == 1
    assert reconcile(Handle(), workspace, full=True).summary.opened == 0


def test_a_moving_median_reopens_and_updates_nothing(workspace: Workspace) -> None:
    switch_on(workspace, PRICE, sample_size=3)
    add_prices(workspace, ["1", "1.1", "1.2", "100"])
    run(workspace)
    before = open_issues(workspace)
    add_prices(workspace, ["1.3", "1.4", "1.5"], first=10)
    summary = run(workspace)
    assert (summary.opened, summary.updated, summary.reopened, summary.cleared) == (0, 0, 0, 0)
    assert open_issues(workspace) == before


VALUES = st.lists(st.integers(-5, 5) | st.integers(-(10**25), 10**25), min_size=1, max_size=12)


@given(VALUES, st.integers(1, 4))
def test_the_middles_are_those_of_all_whatever_is_sorted_at_once(values: list[int], piece: int) -> None:
    split = [medians._split(value) for value in values]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(medians, "_PIECE", piece)
        found = medians._Around.values(
            [units for units, _ in split], [nanos for _, nanos in split], Handle().check
        )
    twice = [Fraction(2 * value) for value in values]
    middle = median(twice)
    distances = [abs(value - middle) for value in twice]
    wanted = (len(values), middle, 2 * median(distances), max(distances), sum(distances))
    assert (found.number, found.median, found.middle, found.largest, found.total) == wanted


def test_a_cancel_is_heard_while_a_median_is_worked_out() -> None:
    handle = Handle()
    handle.cancel()
    with pytest.raises(Cancelled):
        medians._Around.values([1, 2], [0, 0], handle.check)

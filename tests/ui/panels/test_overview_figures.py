from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from decimal import ROUND_DOWN, Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from opspilot_desktop.domain.fields import ISSUES, TRADES
from opspilot_desktop.domain.issues import Severity
from opspilot_desktop.domain.query import Operator, parse_filter
from opspilot_desktop.domain.situation import LastImport, LastRun, Overview
from opspilot_desktop.ui.panels import overview_figures as say
from tests.helpers.situations import overview

pytestmark = pytest.mark.usefixtures("utc")

TODAY = datetime(2026, 11, 20, 18, 0, tzinfo=UTC)
TOMORROW = datetime(2026, 11, 21, 18, 0, tzinfo=UTC)


def test_a_workspace_in_the_middle_of_its_work() -> None:
    now = overview()
    assert say.trades_figures(now) == say.Figures("48,210", "51,877 ledger entries", "51,877 entries")
    assert say.pending_figures(now) == say.Figures("46,904", "97.2 % of trades", label="Pending")
    matched = say.matched_figures(now)
    assert (matched.figure, matched.line) == ("99.56 %", "46,698 of 46,904 checked")
    assert say.not_checked_figures(now) == say.Figures("1,306", "1,306 settled")


def test_an_empty_workspace_says_so_instead_of_dividing_by_nothing() -> None:
    empty = Overview()
    assert say.trades_figures(empty).figure == "0"
    assert say.pending_figures(empty) == say.Figures("0", label="Pending")
    assert say.matched_figures(empty) == say.Figures("–", "Not reconciled yet")
    assert say.import_figures(empty) == say.Figures("–", "Nothing imported yet")
    assert say.run_figures(empty) == say.Figures("–", "Not reconciled yet")
    assert say.not_checked_figures(empty) == say.Figures("0", "Every trade is checked")


def test_a_run_that_checked_nothing_gives_no_percentage() -> None:
    assert say.matched_figures(overview(checked=0, matched=0)).figure == "–"
    assert say.matched_figures(overview(checked=0, matched=0)).line == "No trade is checked"


@given(st.integers(0, 10**7), st.integers(1, 10**7), st.integers(0, 3))
def test_a_share_is_cut_off_and_never_says_all_of_what_is_not_all(
    part: int, whole: int, decimals: int
) -> None:
    part = min(part, whole)
    shown = Decimal(say.percent(part, whole, decimals).removesuffix(" %").replace(",", "") or "0")
    exact = (Decimal(part) * 100 / whole).quantize(Decimal(1).scaleb(-decimals), ROUND_DOWN)
    assert shown == exact
    assert (shown == 100) == (part == whole)


def test_nearly_all_is_not_all() -> None:
    assert say.percent(999_999, 1_000_000, 2) == "99.99 %"


def test_the_last_import_is_told_by_time_today_and_by_date_later() -> None:
    today = say.import_figures(overview(), TODAY)
    assert (today.figure, today.line) == ("09:02", "1,204 trades, 0 rejected")
    assert today.tip == "trades_2026-11-20.csv\n2026-11-20 09:02:00"
    assert say.import_figures(overview(), TOMORROW).figure == "20 Nov"


def test_an_import_of_one_entry_with_amendments_and_rejects() -> None:
    newest = LastImport("2026-11-20T09:02:00Z", "ledger", "l.csv", 1, 3, 2)
    figures = say.import_figures(overview(last_import=newest), TODAY)
    assert figures.line == "1 entry, 3 updated, 2 rejected"
    assert figures.short == "1, 2 rejected"


def test_the_last_run() -> None:
    run = LastRun(314, "2026-11-20T09:14:00Z", "incremental", 1204, 1198, 6, 4)
    figures = say.run_figures(overview(last_run=run), TODAY)
    assert (figures.figure, figures.line) == ("09:14", "6 opened, 4 cleared")
    assert figures.tip.startswith("Run 314, incremental")
    back = overview(last_run=replace(run, reopened=2))
    assert say.run_figures(back, TODAY).line == "6 opened, 2 reopened, 4 cleared"


def test_trades_that_wait_for_a_run_are_told_apart_from_other_statuses() -> None:
    figures = say.not_checked_figures(overview(not_checked=1_316))
    assert figures.line == "10 waiting, 1,306 settled"
    assert figures.tip == "10 wait for the next run"


def test_several_checked_statuses_are_named_and_counted_together() -> None:
    both = overview(
        checked_statuses=("pending", "confirmed"),
        trades_by_status={"pending": 3, "confirmed": 2, "settled": 5},
        trades=10,
    )
    assert say.pending_figures(both) == say.Figures("5", "50.0 % of trades", label="Pending, confirmed")


def test_the_filters_mean_what_their_tiles_say() -> None:
    (term,) = parse_filter(say.status_filter(overview()), TRADES)
    assert (term.field, term.operator, term.value, term.negated) == (
        "status",
        Operator.EQUALS,
        "pending",
        False,
    )
    for severity in Severity:
        (term,) = parse_filter(say.severity_filter(severity), ISSUES)
        assert (term.field, term.value.upper()) == ("severity", severity.value)


def test_several_statuses_are_filtered_by_leaving_out_the_others() -> None:
    both = overview(
        checked_statuses=("pending", "confirmed"),
        trades_by_status={"pending": 3, "confirmed": 2, "part settled": 5, "cancelled": 1},
    )
    terms = parse_filter(say.status_filter(both), TRADES)
    assert [(term.field, term.value, term.negated) for term in terms] == [
        ("status", "part settled", True),
        ("status", "cancelled", True),
    ]

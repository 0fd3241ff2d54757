import pytest
from hypothesis import given
from hypothesis import strategies as st

from opspilot_desktop.domain.issues import IssueType
from opspilot_desktop.domain.situation import IssueDetail
from opspilot_desktop.recon.causes import likely_causes
from tests.helpers import situations
from tests.helpers.situations import amount_evidence, detail, entry, trade


def mismatch(gross: str, total: str, *amounts: str, **evidence: str) -> IssueDetail:
    rows = [entry(f"LE-{number}", amount) for number, amount in enumerate(amounts, 1)]
    return detail(IssueType.AMOUNT_MISMATCH, amount_evidence(gross, total, "1", **evidence), *rows)


def first(found: IssueDetail) -> str:
    return likely_causes(found)[0]


def test_a_wrong_sign() -> None:
    assert first(situations.fee_with_wrong_sign()) == (
        "With its sign turned round, LE-771204 (625.00) would make both sides agree:"
        " it may have been booked with the wrong sign."
    )


def test_a_duplicate() -> None:
    causes = likely_causes(mismatch("1000", "-1300", "-700", "-300", "-300"))
    assert causes[0].startswith(
        "Without LE-2 (−300.00) both sides would agree, and 2 entries have that amount"
    )
    assert "may be a duplicate" in causes[0]


def test_a_fee() -> None:
    assert first(mismatch("1000", "1012.5", "1000", "12.5")).startswith(
        "Without LE-2 (12.50) both sides would agree: it may be a fee"
    )


def test_a_second_entry_is_missing() -> None:
    assert first(mismatch("1000", "750", "500", "250")).startswith(
        "The difference is the amount of LE-2 (250.00): a second entry of that amount may be missing"
    )


@pytest.mark.parametrize(
    ("gross", "total", "says"),
    [
        ("1265955", "126595500", "The ledger is 100 times the trade: one side may be in pence or cents"),
        ("1265955", "-12659.55", "The trade is 100 times the ledger: one side may be in pence or cents"),
        ("1265955", "1265.955", "The trade is 1,000 times the ledger: a decimal point or a unit"),
        ("1265955", "2531910", "The ledger is 2 times the trade: the trade may have been booked twice"),
        ("1265955", "632977.5", "The trade is 2 times the ledger: one of two equal bookings may be missing"),
        ("1265955", "1256955", "1,265,955.00 and 1,256,955.00 differ by two digits that have changed places"),
        ("1265955", "1265955.05", "The difference is small (0.05)"),
        ("1265955", "0", "The entries cancel each other out"),
        ("0", "25", "The trade is worth nothing (its price is 0)"),
        ("1265955", "1081194", "At the trade's price the ledger would be right for a quantity of 1,580"),
        ("1265955", "1267220.955", "The difference is about 10.00 bp of the trade: a commission"),
        ("1265955", "900000", "The ledger covers part of the trade"),
    ],
)
def test_what_the_figures_point_at(gross: str, total: str, says: str) -> None:
    assert first(mismatch(gross, total, total)).startswith(says)


def test_figures_that_point_at_nothing_say_so() -> None:
    assert first(mismatch("1265955", "9999999", "9999999")).startswith("The price or the quantity may")
    assert "do not tell" in first(detail("OTHER_RULE", {}))
    assert "do not tell" in first(detail(IssueType.AMOUNT_MISMATCH, {}))


def test_entries_that_changed_since_point_at_nothing() -> None:
    changed = mismatch("1000", "1012.5", "1000", "13")
    assert not any("LE-2" in cause for cause in likely_causes(changed))


def test_tiny_amounts_are_not_called_a_factor() -> None:
    causes = likely_causes(mismatch("0.0001", "0.0151", "0.0151"))
    assert not any("times" in cause for cause in causes)


@given(st.integers(1, 10**12), st.integers(1, 10**12), st.integers(1, 10**12))
def test_a_named_entry_really_makes_the_sides_agree(gross: int, one: int, other: int) -> None:
    cents = [f"{value // 100}.{value % 100:02d}" for value in (gross, one + other, one, other)]
    causes = likely_causes(mismatch(cents[0], cents[1], cents[2], cents[3]))
    without = [cause for cause in causes if cause.startswith("Without")]
    assert bool(without) == (abs(one - gross) <= 1 or abs(other - gross) <= 1)


def currencies(own: str | None, *sums: tuple[str | None, str]) -> IssueDetail:
    evidence = {
        "gross": "1000",
        "currency": own,
        "sums": [{"currency": name, "sum": total, "entries": 1} for name, total in sums],
        "entries": len(sums),
    }
    return detail(IssueType.CURRENCY_MISMATCH, evidence)


@pytest.mark.parametrize(
    ("found", "says"),
    [
        (currencies("GBP", ("GBp", "-100000")), "GBp is the hundredth part of GBP: one side may be in pence"),
        (currencies("EUR", ("eur", "-1000")), "EUR and eur may be two spellings of one currency."),
        (currencies("EUR", ("USD", "-1000")), "The figures are the same (1,000.00) and only the currency"),
        (
            currencies("EUR", ("USD", "-1085.5")),
            "The ledger may hold the settlement amount in USD; that would mean a rate of about 1.085500 USD",
        ),
        (currencies("EUR", ("USD", "-1000"), ("EUR", "-5")), "The ledger uses more than one currency"),
        (currencies(None, ("USD", "-1000"), ("EUR", "-5")), "The ledger uses more than one currency"),
    ],
)
def test_currencies(found: IssueDetail, says: str) -> None:
    assert first(found).startswith(says)


def test_a_trade_that_settles_later_may_not_be_booked_yet() -> None:
    evidence = {"gross": "1265955"}
    late = detail(IssueType.MISSING_LEDGER_ENTRY, evidence, of_trade=trade(settle_date="2026-11-12"))
    assert "settles on 2026-11-12 and the issue was found on 2026-11-10" in first(late)
    early = detail(IssueType.MISSING_LEDGER_ENTRY, evidence, of_trade=trade(settle_date="2026-11-09"))
    assert not any("settles on" in cause for cause in likely_causes(early))


def test_a_free_delivery_may_have_no_entry() -> None:
    assert "there may rightly be no ledger entry" in first(
        detail(IssueType.MISSING_LEDGER_ENTRY, {"gross": "0"})
    )


def test_orphans_that_cancel_out() -> None:
    evidence = {"entries": 2, "sums": [{"currency": "EUR", "sum": "0", "entries": 2}]}
    assert "cancel each other out" in first(detail(IssueType.ORPHAN_LEDGER_ENTRY, evidence))
    single = {"entries": 1, "sums": [{"currency": "EUR", "sum": "0", "entries": 1}]}
    assert "cancel each other out" not in first(detail(IssueType.ORPHAN_LEDGER_ENTRY, single))


def test_a_quantity_in_another_unit() -> None:
    evidence = {"quantity": "5000000", "mean": "12345.5", "factor": "5", "trades": 480}
    assert first(detail(IssueType.ANOMALOUS_QUANTITY, evidence)).startswith(
        "Divided by 1,000 the quantity would be 5,000, as usual here: it may have been entered in another"
    )
    few = first(detail(IssueType.ANOMALOUS_QUANTITY, evidence | {"quantity": "70001", "trades": 12}))
    assert few.startswith("The mean is taken over 12 trades only")

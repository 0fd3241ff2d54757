"""Proposals for a whole profile: what is recognised, how sure that is, why, and what is left to ask."""

from __future__ import annotations

from pathlib import Path

import pytest

from opspilot_desktop.domain.fields import LEDGER, TRADES, Kind
from opspilot_desktop.domain.jobs import Handle
from opspilot_desktop.files.asked import ReadAs
from opspilot_desktop.files.mapping import NeedsMapping
from opspilot_desktop.files.profile_text import format_profile
from opspilot_desktop.files.profile_toml import parse_profile
from opspilot_desktop.files.proposing import ProfileProposal, Sample, propose_for_file, propose_profile
from opspilot_desktop.files.staging import stage
from opspilot_desktop.files.taking import (
    DebitCredit,
    Joined,
    NumberFormat,
    Operator,
    SignedBy,
    SignOf,
    SkipRule,
    Unsigned,
)

FOLDER = Path(__file__).parents[1] / "fixtures" / "profiles"


def proposed(text: str, kind: Kind = Kind.TRADES) -> ProfileProposal:
    header, *rows = [tuple(line.split(";")) for line in text.splitlines()]
    return propose_profile(Sample(header, tuple(rows)), kind)


def of(proposal: ProfileProposal) -> dict[str, tuple[str | None, str, int, tuple[str, ...]]]:
    return {each.header: (each.field, each.how, each.confidence, each.reasons) for each in proposal.columns}


def test_names_likeness_and_content() -> None:
    proposal = proposed(
        "trade_id;Symbol;Quantityy;Price (CHF);Action;Devise;What\nT1;A;5;1.5;Kauf;CHF;x\nT2;B;6;2;SELL;EUR;"
    )
    assert of(proposal) == {
        "trade_id": ("trade_id", "name", 100, ("By its own name",)),
        "Symbol": ("instrument", "alias", 95, ("By a known name",)),
        "Quantityy": ("quantity", "similar", 85, ("Its name is like “quantity”",)),
        "Price (CHF)": ("price", "similar", 70, ("Its name has “price” in it",)),
        "Action": ("side", "content", 80, ("Its cells are sides, such as Kauf",)),
        "Devise": ("currency", "content", 75, ("Its cells are currency codes",)),
        "What": (None, "", 0, ()),
    }
    assert proposal.missing == ()
    assert proposal.mapping().values == {"side": {"Kauf": "BUY"}}


def test_a_name_whose_cells_do_not_fit_is_doubted() -> None:
    proposal = proposed("trade_id;instrument;side;quantity;price\nT1;A;BUY;many;1")
    assert of(proposal)["quantity"] == (
        "quantity",
        "name",
        60,
        ("By its own name", "its cells do not look like it"),
    )


@pytest.mark.parametrize(
    ("cells", "form", "choices"),
    [
        (("20260403", "20260404"), "YYYYMMDD", ()),
        (("13/04/2026", "03/04/2026"), "DD/MM/YYYY", ()),
        (("2026-04-03", ""), None, ()),
        (("03/04/2026", "05/06/2026"), None, ("DD/MM/YYYY", "MM/DD/YYYY")),
        (("3.4.2026", "13.4.2026"), "D.M.YYYY", ()),
        (("30/02/2026", "31/02/2026"), None, ()),
    ],
)
def test_dates_are_told_or_asked(cells: tuple[str, str], form: str | None, choices: tuple[str, ...]) -> None:
    rows = "\n".join(f"T{place};1;{cell}" for place, cell in enumerate(cells))
    proposal = proposed(f"trade_id;amount;Value Date\n{rows}", Kind.LEDGER)
    assert proposal.mapping().dates.get("value_date") == form
    assert [question.choices for question in proposal.questions] == ([choices] if choices else [])


@pytest.mark.parametrize(
    ("cells", "form", "asked"),
    [
        (("1.5", "2"), NumberFormat(), False),
        (("1,5", "2"), NumberFormat(","), False),
        (("1.234,5", "2"), NumberFormat(",", "."), False),
        (("1,234.5", "2"), NumberFormat(".", ","), False),
        (("1'234.5", "2-"), NumberFormat(".", "'", trailing_minus=True), False),
        (("1.234", "2"), NumberFormat(), True),
        (("1,234", "(2)"), NumberFormat(",", parentheses=True), True),
    ],
)
def test_numbers_are_told_or_asked(cells: tuple[str, str], form: NumberFormat, *, asked: bool) -> None:
    rows = "\n".join(f"T{place};{cell}" for place, cell in enumerate(cells))
    proposal = proposed(f"Trade Ref;Amount\n{rows}", Kind.LEDGER)
    assert proposal.mapping().numbers == form
    assert len(proposal.questions) == asked


def test_a_quantity_with_a_sign_and_no_side_is_asked_about() -> None:
    proposal = proposed("trade_id;instrument;Qty;Price\nT1;A;-5;1\nT2;B;6;2")
    columns = proposal.mapping().columns
    assert (columns["side"], columns["quantity"]) == (SignOf("Qty"), Unsigned("Qty"))
    assert [question.choices for question in proposal.questions] == [("SELL", "BUY")]


def test_debit_and_credit() -> None:
    proposal = proposed("trade_id;Soll;Haben\nT1;5;\nT2;;6", Kind.LEDGER)
    assert proposal.mapping().columns["amount"] == DebitCredit("Soll", "Haben")
    assert proposal.missing == ()


@pytest.mark.parametrize(
    ("words", "pair"),
    [(("DR", "CR"), ("dr", "cr")), (("Debit", "debit"), ("debit", "credit")), (("H", "S"), ("s", "h"))],
)
def test_a_column_that_says_debit_or_credit_is_asked_about(
    words: tuple[str, str], pair: tuple[str, str]
) -> None:
    text = f"Trade Ref;Kind;Amount\nT1;{words[0]};10.50\nT2;{words[1]};3.25\n"
    found = proposed(text, Kind.LEDGER)
    assert found.profile.mapping.columns["amount"] == SignedBy("Amount", "Kind", (pair[0],), (pair[1],))
    (question,) = [each for each in found.questions if each.fields == ("amount",)]
    assert question.choices == ("negative", "positive", "none")


@pytest.mark.parametrize(
    "rows", ["T1;DR;-10.50\nT2;CR;3.25", "T1;DR;10.50\nT2;FEE;3.25", "T1;;1.50\nT2;;3.25"]
)
def test_other_columns_beside_an_amount_ask_nothing_of_its_sign(rows: str) -> None:
    found = proposed(f"Trade Ref;Kind;Amount\n{rows}\n", Kind.LEDGER)
    assert found.profile.mapping.columns["amount"] == "Amount"
    assert found.questions == ()


def test_interactive_brokers() -> None:
    proposal = propose_for_file(FOLDER / "interactive_brokers.csv", TRADES, ReadAs())
    columns = proposal.mapping().columns
    assert columns["trade_id"] == Joined(("TradeDate", "ISIN", "Buy/Sell", "Quantity", "TradePrice"))
    assert (columns["quantity"], columns["price"]) == (Unsigned("Quantity"), "TradePrice")
    assert proposal.profile.skip == (SkipRule("Buy/Sell", Operator.IS, ("BUY (Ca.)", "SELL (Ca.)")),)
    assert proposal.mapping().dates == {"trade_date": "YYYYMMDD"}
    undecided = [each.header for each in proposal.columns if each.candidates]
    assert undecided == ["CurrencyPrimary", "IBCommissionCurrency"]


def test_swissquote() -> None:
    proposal = propose_for_file(FOLDER / "swissquote.csv", TRADES, ReadAs("windows-1252"))
    columns = proposal.mapping().columns
    assert columns == {
        "trade_id": "Order #",
        "side": "Transaction",
        "quantity": Unsigned("Quantity", "BUY"),
        "price": "Unit price",
        "currency": "Currency",
        "trade_date": "Date",
    }
    assert proposal.missing == ("instrument",)  # the symbol or the ISIN: that is to be chosen
    assert proposal.profile.skip[0].values == ("Forex", "Debit", "Dividend")
    assert proposal.mapping().numbers == NumberFormat(".", "'")
    assert proposal.mapping().dates == {"trade_date": "DD-MM-YYYY hh:mm:ss"}


def test_a_header_further_down_is_found() -> None:
    proposal = propose_for_file(FOLDER / "custodian.csv", LEDGER, ReadAs())
    assert proposal.profile.read_as.header_row == 3
    assert proposal.mapping().columns["amount"] == "net_amount"


@pytest.mark.parametrize("kind", [TRADES, LEDGER])
@pytest.mark.parametrize("name", ["interactive_brokers", "custodian"])
def test_a_refusal_has_a_proposal_that_is_a_profile(tmp_path: Path, name: str, kind: object) -> None:
    with pytest.raises(NeedsMapping) as needed:
        stage(Handle(), FOLDER / f"{name}.csv", kind, directory=tmp_path)  # type: ignore[arg-type]
    proposal = needed.value.proposal
    assert isinstance(proposal, ProfileProposal)
    assert parse_profile(format_profile(proposal.profile), "x") == proposal.profile


def test_a_file_without_rows_has_a_proposal_too() -> None:
    proposal = proposed("Deal Ref;Symbol;B/S;Qty;Px")
    assert proposal.missing == ()
    assert proposal.questions == ()


def test_a_cell_that_is_no_number_leaves_the_format_of_the_others() -> None:
    proposal = proposed("Trade Ref;Amount\nT1;1.234,50\nT2;12.0x0\nT3;n/a\nT4;7,5", Kind.LEDGER)
    assert proposal.mapping().numbers == NumberFormat(",", ".")
    asked = proposed("Trade Ref;Amount\nT1;1.234\nT2;12.0x0", Kind.LEDGER)
    assert len(asked.questions) == 1


def test_rows_that_look_like_totals_are_asked_about() -> None:
    proposal = proposed("Deal;Amount\nT1;5\nSubtotal:;5\nT2;6\nTotal;11\ntotal;11", Kind.LEDGER)
    assert proposal.profile.skip == (SkipRule("Deal", Operator.IS, ("Subtotal:", "Total")),)
    (asked,) = proposal.questions
    assert asked.text == "Rows whose “Deal” is Subtotal: or Total look like totals: skip them?"
    assert (asked.fields, asked.choices) == (("trade_id",), ("skip", "keep"))
    assert proposed("Deal;Amount\nTotal-1;5\n;6", Kind.LEDGER).profile.skip == ()
    for word in ("Sub-Total", "GrandTotal", "TOTAL :", "*** Total ***", "tOTAL."):
        proposal = proposed(f"Deal;Amount\nT1;5\n{word};5", Kind.LEDGER)
        assert proposal.profile.skip == (SkipRule("Deal", Operator.IS, (word,)),)

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from opspilot_desktop.domain.issues import IssueType
from opspilot_desktop.recon.explain import as_plain_text, describe, explain
from tests.helpers import situations
from tests.helpers.situations import amount_evidence, detail, entry, linked_by_hand
from tests.helpers.time_zones import time_zone

EVIDENCE: dict[str, dict[str, Any]] = {
    IssueType.MISSING_LEDGER_ENTRY: {
        "quantity": "1850",
        "price": "684.3",
        "gross": "1265955",
        "currency": "EUR",
    },
    IssueType.AMOUNT_MISMATCH: amount_evidence("1265955", "-1264705", "-1250"),
    IssueType.ANOMALOUS_QUANTITY: {
        "quantity": "5000000",
        "mean": "12345.123456789",
        "factor": "5",
        "threshold": "61725.617283945",
        "trades": 480,
    },
    IssueType.ORPHAN_LEDGER_ENTRY: {
        "entries": 2,
        "sums": [
            {"currency": "EUR", "sum": "100", "entries": 1},
            {"currency": None, "sum": "-5.25", "entries": 1},
        ],
        "entry_rows": [4, 5],
    },
    IssueType.CURRENCY_MISMATCH: {
        "quantity": "1850",
        "price": "684.3",
        "gross": "1265955",
        "currency": "EUR",
        "sums": [{"currency": "USD", "sum": "-1373561.175", "entries": 1}],
        "entries": 1,
        "entry_rows": [9],
    },
}


@pytest.mark.parametrize(
    ("issue_type", "sentence"),
    [
        (
            IssueType.MISSING_LEDGER_ENTRY,
            "The trade of 1,265,955.00 EUR has no ledger entry.",
        ),
        (
            IssueType.AMOUNT_MISMATCH,
            "The ledger's 2 entries sum to −1,264,705.00 and the trade is 1,265,955.00 EUR:"
            " 1,250.00 too little.",
        ),
        (
            IssueType.ANOMALOUS_QUANTITY,
            "The quantity 5,000,000 is more than 5 times the mean quantity of about 12,345.12"
            " over 480 trades.",
        ),
        (
            IssueType.ORPHAN_LEDGER_ENTRY,
            "2 ledger entries, in all 100.00 EUR and −5.25 without a currency,"
            " stand under a trade id that no trade has.",
        ),
        (
            IssueType.CURRENCY_MISMATCH,
            "The trade is 1,265,955.00 EUR and its ledger entries sum to −1,373,561.175 USD:"
            " the currencies differ.",
        ),
    ],
)
def test_an_issue_in_one_sentence(issue_type: str, sentence: str) -> None:
    assert describe(issue_type, EVIDENCE[issue_type]) == sentence


def test_one_entry_that_is_too_much() -> None:
    evidence = amount_evidence("100", "100.010000001", "0.010000001", entries=1)
    assert (
        describe(IssueType.AMOUNT_MISMATCH, evidence)
        == "The ledger's one entry is 100.010000001 and the trade is 100.00 EUR: 0.010000001 too much."
    )


def test_a_small_mean_keeps_its_digits() -> None:
    evidence = {"quantity": "0.5", "mean": "0.012345679", "factor": "5", "trades": 1}
    assert (
        describe(IssueType.ANOMALOUS_QUANTITY, evidence)
        == "The quantity 0.5 is more than 5 times the mean quantity of about 0.012345679 over 1 trade."
    )


def test_an_unknown_type_is_named() -> None:
    assert describe("STALE_PRICE", {"gross": "1"}) == "Stale price."


@given(st.sampled_from(list(EVIDENCE)), st.data())
def test_a_missing_or_odd_value_only_shortens_the_text(issue_type: str, data: st.DataObject) -> None:
    evidence = dict(EVIDENCE[issue_type])
    for key in data.draw(st.sets(st.sampled_from(sorted(evidence)))):
        odd = data.draw(st.sampled_from(["drop", None, "", "n/a", "0", [], [None], {}]))
        if odd == "drop":
            del evidence[key]
        else:
            evidence[key] = odd
    sentence = describe(issue_type, evidence)
    assert sentence.endswith(".")
    assert "None" not in sentence
    text = explain(detail(issue_type, evidence, {"amount": None}, {}))
    assert "### What is wrong" in text
    assert "None" not in text


@pytest.mark.parametrize("issue_type", list(EVIDENCE))
def test_the_four_parts(issue_type: str) -> None:
    text = explain(detail(issue_type, EVIDENCE[issue_type], entry("LE-1", "12.5")))
    headings = re.findall(r"(?m)^### (.*)$", text)
    assert headings == ["What is wrong", "Evidence", "Likely causes", "Next steps"]
    causes = text.split("### Likely causes")[1].split("### Next steps")[0].strip().splitlines()
    assert causes
    for cause in causes:
        assert re.search(r"\b(may|might)\b", cause), f"stated as a fact: {cause}"
    assert re.search(r"\*\*(Resolve…|Ignore…)\*\*", text)


def test_the_figures_of_the_evidence() -> None:
    text = explain(situations.fee_with_wrong_sign())
    for line in (
        "- Trade T-20481937: 1,850 × 684.30 = **1,265,955.00 EUR**",
        "- Ledger: 2 entries, together **−1,264,705.00**",
        "- LE-771204, FEE, 2026-11-09: 625.00 EUR",
        "- Difference: **−1,250.00** (about 9.87 bp of the trade); 0.01 is tolerated",
    ):
        assert line in text.splitlines()


def test_entries_left_out_are_counted() -> None:
    rows = [entry(f"LE-{number}", "1") for number in range(50)]
    text = explain(detail(IssueType.AMOUNT_MISMATCH, {}, *rows, entry_count=1250))
    assert "LE-9," in text
    assert "LE-10," not in text
    assert "1,240 further entries, not listed here" in text


def test_entries_that_changed_since_are_pointed_out() -> None:
    changed = detail(
        IssueType.AMOUNT_MISMATCH,
        amount_evidence("100", "90", "-10"),
        entry("LE-1", "60"),
        entry("LE-2", "40"),
    )
    assert "have changed since they were measured" in explain(changed)
    assert "have changed" not in explain(situations.fee_with_wrong_sign())


@pytest.mark.parametrize(
    ("status", "says"),
    [
        ("cleared", "issue is cleared"),
        ("resolved", "issue is resolved (Fees)"),
        ("ignored", "issue is ignored"),
    ],
)
def test_an_issue_that_is_done_with(status: str, says: str) -> None:
    text = explain(
        detail(IssueType.AMOUNT_MISMATCH, EVIDENCE[IssueType.AMOUNT_MISMATCH], status=status, reason="FEES")
    )
    assert says in text
    assert "Nothing is to be done" in text
    assert "Resolve…" not in text


def test_data_cannot_write_markup() -> None:
    text = explain(
        detail(
            IssueType.AMOUNT_MISMATCH,
            amount_evidence("1", "2", "1", currency="<b>EUR</b>"),
            entry("**x** ![i](http://e.example/i.png)", "1", entry_type="<script>", currency="[a](b)"),
            of_trade=situations.trade(counterparty="# Head\n\n- list", instrument="`x`"),
            trade_id="T_1_*2*",
        )
    )
    for raw in ("**x**", "![i]", "<script>", "<b>", "[a](b)", "\n# Head", "\n- list", "`x` ", "T_1_*2*"):
        assert raw not in text
    plain = as_plain_text(text)
    assert "**x** ![i](http://e.example/i.png)".replace("**", "") in plain.replace("**", "")


def test_a_link_made_by_hand_is_told() -> None:
    with time_zone("UTC"):
        told = explain(linked_by_hand("*a slip*"))
    assert (
        "- Entry LE-771204 was linked by hand by a.okafor on 2026-11-20 09:31; its file names the trade"
        " T20481937: Wrong trade id in the ledger: \\*a slip\\*"
    ) in told

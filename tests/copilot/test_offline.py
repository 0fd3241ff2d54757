import asyncio

import pytest

from opspilot_desktop.copilot.context import build
from opspilot_desktop.copilot.offline import Offline, answer
from opspilot_desktop.copilot.protocol import Done, Piece, Text, Turn
from opspilot_desktop.domain.situation import LastRun, Overview
from tests.helpers import situations


def test_it_speaks_the_protocol() -> None:
    async def pieces() -> list[Piece]:
        turn = Turn("Why?", build(situations.overview(), situations.fee_with_wrong_sign()))
        return [piece async for piece in Offline().ask(turn)]

    *texts, done = asyncio.run(pieces())
    assert done == Done()
    assert all(isinstance(piece, Text) for piece in texts)


def test_the_selected_issue_is_explained() -> None:
    text = answer(build(situations.overview(), situations.fee_with_wrong_sign()))
    assert text.startswith("*Offline explanation")
    assert "issue 1042" in text
    assert "1,250.00 too little" in text
    for heading in ("What is wrong", "Evidence", "Likely causes", "Next steps"):
        assert f"### {heading}" in text


def test_without_a_selection_the_workspace_is_told() -> None:
    text = answer(build(situations.overview(), None))
    assert text.startswith("*Offline answer")
    for part in (
        "48,210 trades and 51,877 ledger entries",
        "**46,698** of 46,904 checked (about 99.56 %)",
        "Not checked: 1,306 (only trades that are pending are checked)",
        "**214** in all: 23 critical, 149 high and 42 medium.",
        "- Missing ledger entry: 149\n- Anomalous quantity: 42\n- Amount mismatch: 23",
        "Begin with the critical issues (23)",
    ):
        assert part in text


RUN = LastRun(1, "2026-11-20T09:14:00Z", "full", 10, 10, 0, 0)


@pytest.mark.parametrize(
    ("overview", "says"),
    [
        (Overview(), "**File → Import trades…**"),
        (Overview(trades=5), "**File → Import ledger…**"),
        (Overview(trades=5, ledger_entries=5), "Run **Reconcile**"),
        (Overview(trades=5, ledger_entries=5, last_run=RUN), "No trade was checked"),
        (Overview(trades=5, ledger_entries=5, checked=5, matched=5, last_run=RUN), "Nothing is open."),
        (
            Overview(trades=5, ledger_entries=5, checked=5, last_run=RUN, open_by_severity={"LOW": 2}),
            "Begin with the low issues (2)",
        ),
    ],
)
def test_what_to_do_first(overview: Overview, says: str) -> None:
    assert says in answer(build(overview, None)).split("### What to do first")[1]


def test_a_plug_ins_type_is_named() -> None:
    overview = Overview(trades=1, open_by_type={"STALE_*PRICE*": 3})
    assert "Stale \\*price\\*: 3" in answer(build(overview, None))

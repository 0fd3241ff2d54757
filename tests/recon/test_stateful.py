"""Whatever happens, in any order: an incremental run leaves what a full one would, as the contract has it.

The models of the book, of the issues' lifecycle and of what there is to find stand in tests/helpers; here is
what can happen. `make test ARGS="--hypothesis-profile=long -k stateful"` tells a thousand stories on each
database.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test

from opspilot_desktop.domain.fields import Kind
from opspilot_desktop.domain.issues import IssueType
from opspilot_desktop.operations.workspace import Workspace
from opspilot_desktop.recon.rule_settings import CONTRACT_RULES, RuleSettings, SignConvention, Tolerance
from tests.helpers.agreement import empty, tidy
from tests.helpers.book_model import TRADE_FIELDS
from tests.helpers.budget import slow
from tests.helpers.oracle import EXACT, gross_of
from tests.helpers.story import PEOPLE, Story

_TIDIED_EVERY = 25
EVERY_RULE = frozenset(kind.value for kind in IssueType)
AT_FIRST = RuleSettings(
    anomaly_factor=Decimal(1),
    price_deviations=Decimal(1),
    quantity_deviations=Decimal(1),
    sample_size=2,
    signs={"BANK": SignConvention.BUY_NEGATIVE},
)
"""The program's own but that a few trades are enough for every rule."""

keys = st.sampled_from(["A", "a", "B", "C"])
currencies = st.sampled_from(["", "EUR", "USD"])
days = st.sampled_from(["", "2026-11-05", "2026-11-06", "2026-12-24"])
accounts = st.sampled_from(["", "A1", "A2"])
sources = st.sampled_from(["", "BANK"])
people = st.sampled_from(PEOPLE)
places = st.integers(0, 9)
several_places = st.lists(places, min_size=1, max_size=2)
cancels = st.sampled_from([None] * 12 + list(range(9)))
# From long before the settlement dates to after the holidays.
dates = st.sampled_from(
    [None, None, *(date(2026, *day) for day in ((11, 4), (11, 6), (11, 9), (12, 25), (12, 28)))]
)

trade_cells = {
    "trade_id": keys,
    "instrument": st.sampled_from(["X", "X", "Y"]),
    "side": st.sampled_from(["BUY", "BUY", "BUY", "SELL"]),
    "quantity": st.sampled_from(["1", "1", "1", "2", "3", "50"]),
    "price": st.sampled_from(["1", "1", "1.01", "-1", "100"]),
}
further_trade_cells = {
    "currency": currencies,
    "status": st.sampled_from(["", "pending", "pending", "settled"]),
    "trade_date": days,
    "settle_date": days,
    "counterparty": st.sampled_from(["", "K"]),
    "account": accounts,
}
entry_cells = {"trade_id": keys, "amount": st.sampled_from(["1", "-1", "2", "0.01", "1.01", "100", "-0.5"])}
further_entry_cells = {
    "entry_id": st.sampled_from(["E1", "E1", "e1", "E2", ""]),
    "currency": currencies,
    "entry_type": st.sampled_from(["", "Debit", "CREDIT"]),
    "value_date": days,
    "account": accounts,
}


mostly = st.sampled_from([True, True, True, False])


@st.composite
def files(
    draw: st.DrawFn,
    key: str,
    cells: Mapping[str, st.SearchStrategy[str]],
    further: Mapping[str, st.SearchStrategy[str]],
) -> list[dict[str, str]]:
    """The rows of a file, in which some columns are absent and some cells blank; no id stands twice in it."""
    names = draw(st.sets(st.sampled_from(sorted(further)), min_size=draw(st.sampled_from([0, 3, 3]))))
    row = st.fixed_dictionaries({**cells, **{name: further[name] for name in further if name in names}})
    return draw(
        st.lists(row, min_size=1, max_size=4).map(
            lambda rows: list({row.get(key) or number: row for number, row in enumerate(rows)}.values())
        )
    )


small_changes = st.one_of(
    *[st.just({})] * 5,
    *[
        values.map(lambda value, name=name: {name: value})
        for name, values in {**trade_cells, **further_trade_cells}.items()
        if name != "trade_id"
    ],
)
small_entry_changes = st.one_of(
    *[
        values.map(lambda value, name=name: {name: value})
        for name, values in {**entry_cells, **further_entry_cells}.items()
        if name != "entry_id"
    ]
)
trade_files = files("trade_id", trade_cells, further_trade_cells)
entry_files = files("entry_id", entry_cells, further_entry_cells)

amounts = st.sampled_from([Decimal(text) for text in ("0", "0.000000001", "0.01", "1", "50")])
shares = st.sampled_from([Decimal(text) for text in ("0", "0.0001", "1", "100", "10000")])
lines = st.lists(
    st.builds(
        Tolerance,
        amounts,
        shares,
        instrument=st.sampled_from([None, "X", "Y"]),
        account=st.sampled_from([None, "A1"]),
        counterparty=st.sampled_from([None, "K"]),
        currency=st.sampled_from([None, "EUR", "USD"]),
    ),
    max_size=3,
)
setting_changes: st.SearchStrategy[dict[str, Any]] = st.one_of(
    *[
        st.fixed_dictionaries({name: values})
        for name, values in {
            "tolerance": amounts,
            "basis_points": shares,
            "tolerances": lines.map(tuple),
            "anomaly_factor": st.sampled_from(
                [Decimal(text) for text in ("5", "1", "1.000000001", "0.5", "2")]
            ),
            "checked_statuses": st.sampled_from([("pending",), ("pending", "settled"), ("ghost",)]),
            "signs": st.dictionaries(sources, st.sampled_from(SignConvention)),
            "debit_types": st.sampled_from([("debit",), ("credit",)]),
            "missing_days": st.integers(0, 2),
            "calendar": st.sampled_from(["", "DE", "XNYS"]),
            "stale_days": st.integers(0, 2),
            "settlement_days": st.integers(0, 2),
            "accounts": st.sampled_from([{}, {"A2": "A1"}]),
            "duplicate_ignored": st.sampled_from([(), ("settled",)]),
            "price_deviations": st.sampled_from([Decimal(0), Decimal(1), Decimal(3)]),
            "quantity_deviations": st.sampled_from([Decimal(0), Decimal(1), Decimal(3)]),
            "sample_size": st.integers(1, 3),
        }.items()
    ]
)


rule_choices = st.one_of(
    st.sampled_from([CONTRACT_RULES, EVERY_RULE, EVERY_RULE]),
    st.frozensets(st.sampled_from(sorted(EVERY_RULE)), min_size=2),
)


class Happenings(RuleBasedStateMachine):
    """What can happen to a workspace. Each step's name says what it is; Story does it and checks."""

    def __init__(self, workspace: Workspace, folder: Path) -> None:
        super().__init__()
        empty(workspace)
        self.story = Story(workspace, folder)
        self.numbers = count(1)

    @initialize(rows=trade_files, entries=entry_files, source=sources, enabled=rule_choices)
    def begin(
        self, rows: list[dict[str, str]], entries: list[dict[str, str]], source: str, enabled: frozenset[str]
    ) -> None:
        """With something to work on; the rest then is less often about nothing."""
        self.story.change_settings(replace(AT_FIRST, enabled=enabled))
        self.import_trades(rows, None)
        self.import_entries(entries, source, None)
        self.story.run("ann", full=False, as_of=None)

    @rule(rows=trade_files, cancel=cancels)
    def import_trades(self, rows: list[dict[str, str]], cancel: int | None) -> None:
        self.story.import_rows(Kind.TRADES, rows, cancel=cancel)

    @rule(rows=entry_files, source=sources, cancel=cancels)
    def import_entries(self, rows: list[dict[str, str]], source: str, cancel: int | None) -> None:
        for row in rows:
            row["description"] = str(next(self.numbers))
        self.story.import_rows(Kind.LEDGER, rows, source, cancel)

    @rule(place=places, trade_id=st.one_of(st.none(), keys), change=small_changes)
    def import_copy(self, place: int, trade_id: str | None, change: dict[str, str]) -> None:
        """A trade that there is, with a small change or none, perhaps under another id."""
        for stored in self._one_of(list(self.story.book.trades.values()), place):
            cells = {name: stored[name] or "" for name in TRADE_FIELDS}
            row = cells | change | {"trade_id": trade_id or cells["trade_id"]}
            self.story.import_rows(Kind.TRADES, [row])

    @rule(place=places, change=small_entry_changes)
    def amend_entry(self, place: int, change: dict[str, str]) -> None:
        """An entry that has an id, with a small change."""
        named = [entry for entry in self.story.book.entries if entry["entry_id"]]
        for stored in self._one_of(named, place):
            cells = {name: stored[name] or "" for name in (*entry_cells, *further_entry_cells)}
            cells["trade_id"] = stored["booked_trade_id"] or stored["trade_id"]
            self.story.import_rows(Kind.LEDGER, [cells | change], stored["source"])

    @rule(place=places, beside=st.sampled_from(["0", "0", "0.01", "0.02", "1"]), source=sources)
    def book(self, place: int, beside: str, source: str) -> None:
        """An entry of about what a trade is worth."""
        for stored in self._one_of(list(self.story.book.trades.values()), place):
            amount = EXACT.add(gross_of(stored), Decimal(beside)).normalize(EXACT)
            row = {"trade_id": stored["trade_id"], "amount": f"{amount:f}"}
            row |= {"currency": stored["currency"] or "", "entry_id": f"B{place}"}
            self.import_entries([row], source, None)

    def _one_of(self, records: list[dict[str, Any]], place: int) -> list[dict[str, Any]]:
        return [records[place % len(records)]] if records else []

    @rule(place=places, source=sources)
    def import_again(self, place: int, source: str) -> None:
        if self.story.files:
            kind, content, rows, _ = self.story.files[place % len(self.story.files)]
            self.story.import_text(kind, content, rows, source, None)

    @rule(trade_id=keys)
    def remove_trade(self, trade_id: str) -> None:
        self.story.remove_trade(trade_id)

    @rule(trade_id=keys)
    def remove_entries(self, trade_id: str) -> None:
        self.story.remove_entries(trade_id)

    @rule(source=sources)
    def remove_source(self, source: str) -> None:
        self.story.remove_source(source)

    @rule(who=people, chosen=several_places, place=places)
    def link(self, who: str, chosen: list[int], place: int) -> None:
        known = [*self.story.book.trades, "NOBODY"]
        self.story.link(who, chosen, known[place % len(known)], f"link {next(self.numbers)}")

    @rule(who=people, chosen=several_places)
    def unlink(self, who: str, chosen: list[int]) -> None:
        self.story.link(who, chosen, None, f"no link {next(self.numbers)}")

    @rule(enabled=rule_choices, and_run=mostly)
    def switch_rules(self, enabled: frozenset[str], and_run: bool) -> None:
        self._set({"enabled": enabled}, and_run)

    @rule(change=setting_changes, and_run=mostly)
    def change_settings(self, change: dict[str, Any], and_run: bool) -> None:
        self._set(change, and_run)

    @rule(and_run=mostly)
    def forget_settings(self, and_run: bool) -> None:
        self._set(vars(AT_FIRST), and_run)

    def _set(self, change: Mapping[str, Any], and_run: bool) -> None:
        """Mostly with a run at once, which is a full one, so that the next one can be incremental."""
        self.story.change_settings(replace(self.story.settings, **change))
        if and_run:
            self.story.run("ann", full=False, as_of=None)

    @rule(who=people, chosen=several_places)
    def resolve(self, who: str, chosen: list[int]) -> None:
        self.story.act(who, "resolve", chosen, f"note {next(self.numbers)}")

    @rule(who=people, chosen=several_places)
    def ignore(self, who: str, chosen: list[int]) -> None:
        self.story.act(who, "ignore", chosen, "")

    @rule(who=people, chosen=several_places)
    def reopen(self, who: str, chosen: list[int]) -> None:
        self.story.act(who, "reopen", chosen, "")

    @rule(who=people, action=st.sampled_from(["investigate", "assign"]), chosen=several_places)
    def take(self, who: str, action: str, chosen: list[int]) -> None:
        self.story.act(who, action, chosen, who)

    @rule(who=people, chosen=several_places)
    def comment(self, who: str, chosen: list[int]) -> None:
        self.story.comment(who, chosen, f"5 became {next(self.numbers)}")

    @rule(who=people, place=places)
    def undo(self, who: str, place: int) -> None:
        self.story.undo(who, place)

    @rule(who=people, as_of=dates, full=st.sampled_from([False, False, False, True]), cancel=cancels)
    def run(self, who: str, as_of: date | None, full: bool, cancel: int | None) -> None:
        self.story.run(who, full=full, as_of=as_of, cancel=cancel)

    @rule()
    def run_what_changed(self) -> None:
        self.story.run("ann", full=False, as_of=None)

    @rule(who=people, as_of=dates)
    def run_as_of(self, who: str, as_of: date | None) -> None:
        self.story.run(who, full=False, as_of=as_of)

    def teardown(self) -> None:
        self.story.run_to_rest()


@pytest.mark.long
def test_stateful(workspace: Workspace, tmp_path: Path) -> None:
    stories = count()

    def next_story() -> Happenings:
        if next(stories) % _TIDIED_EVERY == 0:
            tidy(workspace)
        return Happenings(workspace, tmp_path)

    run_state_machine_as_test(next_story, settings=slow(12, at_length=1_000, stateful_step_count=20))

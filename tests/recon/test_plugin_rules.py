"""Rules of plug-ins in the engine: what they find, and that what is wrong with one harms nothing else."""

from __future__ import annotations

from decimal import Decimal, getcontext
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from opspilot_desktop import paths
from opspilot_desktop.domain.fields import Kind
from opspilot_desktop.domain.jobs import Handle
from opspilot_desktop.domain.query import Query
from opspilot_desktop.operations.issue_work import resolve_issues
from opspilot_desktop.operations.plugins import rulebook, switch_plugin
from opspilot_desktop.operations.reading import (
    PageReader,
    issue_query,
    list_ids,
    list_issues,
    read_issue,
)
from opspilot_desktop.operations.reconciling import reconcile, rule_settings
from opspilot_desktop.operations.workspace import Workspace
from opspilot_desktop.recon import engine
from opspilot_desktop.recon.engine import Request, RunSummary
from opspilot_desktop.recon.explain import explain
from opspilot_desktop.store.schema import issues, trades
from tests.helpers.agreement import empty, issues_and_history
from tests.helpers.books import (
    add_entries,
    add_trades,
    change_trade,
    entry,
    remove_entries,
    remove_trade,
    trade,
)
from tests.helpers.budget import slow
from tests.helpers.oracle import EXACT
from tests.helpers.plugins import put_example, put_python, put_sql, switch_on

HUGE = "9999999999999999.999999999"


def run(workspace: Workspace, *, full: bool = False) -> RunSummary:
    return reconcile(Handle(), workspace, full=full).summary


def found(workspace: Workspace, issue_type: str, status: str = "open") -> dict[str, dict[str, Any]]:
    listed = list_issues(Handle(), workspace, issue_query(status, issue_type))
    return {issue["trade_id"]: issue for issue in listed}


def matched_pair(workspace: Workspace, trade_id: str, quantity: str = "10", price: str = "2.5") -> None:
    add_trades(workspace, trade(trade_id, quantity, price))
    amount = EXACT.multiply(Decimal(quantity), Decimal(price))
    add_entries(workspace, entry(trade_id, f"-{amount:f}"))


def test_the_samples_find_explain_and_clear(workspace: Workspace) -> None:
    put_example("round_amount")
    put_example("large_notional")
    matched_pair(workspace, "SMALL")
    add_trades(workspace, trade("LARGE", "800000", "2.5"), trade("BELOW", "800000", "2.499999999"))
    add_trades(workspace, trade("SHORT", "800000", "-2.5"), trade("ROUND", "3", "1.5"))
    add_entries(workspace, entry("ROUND", "-2000"), entry("ROUND", "1995.5"), entry("SMALL", "0"))
    run(workspace)
    assert found(workspace, "LARGE_NOTIONAL") == {}  # off until somebody switches it on
    switch_on(workspace, "round_amount", "large_notional")
    summary = run(workspace)
    assert summary.scope == "full"
    assert "Round amount" in summary.notes[0]
    large = found(workspace, "LARGE_NOTIONAL")
    assert sorted(large) == ["LARGE", "SHORT"]
    assert large["LARGE"]["severity"] == "MEDIUM"
    assert large["SHORT"]["evidence"]["gross"] == "-2000000"
    assert large["LARGE"]["description"] == (
        "The trade is worth 2,000,000 EUR, and 2,000,000 or more is to be looked at."
    )
    rounded = found(workspace, "ROUND_AMOUNT")
    assert rounded["ROUND"]["evidence"] | {"says": ""} == {
        "amount": "-2000",
        "entries": 1,
        "gross": "4.5",
        "currency": "EUR",
        "says": "",
    }
    told = explain(read_issue(Handle(), workspace, rounded["ROUND"]["id"]))
    assert "An entry of −2,000 is a whole thousand, and the trade is 4.5 EUR." in told
    assert "Amount: **−2,000**" in told
    remove_entries(workspace, "ROUND")
    change_trade(workspace, trade("LARGE", "1", "2.5"))
    summary = run(workspace)
    assert (summary.scope, sorted(found(workspace, "LARGE_NOTIONAL"))) == ("incremental", ["SHORT"])
    assert found(workspace, "ROUND_AMOUNT") == {}
    assert sorted(found(workspace, "ROUND_AMOUNT", "cleared")) == ["ROUND"]


def test_an_issue_outlives_its_plugin_and_no_run_becomes_full_for_it(workspace: Workspace) -> None:
    path = put_example("large_notional")
    add_trades(workspace, trade("LARGE", "800000", "2.5"))
    switch_on(workspace, "large_notional")
    run(workspace)
    path.unlink()
    change_trade(workspace, trade("LARGE", "1", "2.5"))
    assert run(workspace).scope == "incremental"
    issue = found(workspace, "LARGE_NOTIONAL")["LARGE"]  # nobody looked, so it is as it was
    assert issue["description"].startswith("The trade is worth 2,000,000 EUR")
    run(workspace, full=True)
    assert sorted(found(workspace, "LARGE_NOTIONAL")) == ["LARGE"]
    put_example("large_notional")
    assert run(workspace).scope == "full"  # what changed meanwhile was not looked at by this rule
    assert sorted(found(workspace, "LARGE_NOTIONAL", "cleared")) == ["LARGE"]
    assert run(workspace).scope == "incremental"


def test_another_version_of_a_rule_checks_everything_once(workspace: Workspace) -> None:
    put_python("odd", "return Finding({'trade': trade.trade_id}) if trade.trade_id == 'A' else None")
    matched_pair(workspace, "A")
    matched_pair(workspace, "B")
    switch_on(workspace, "odd")
    run(workspace)
    assert sorted(found(workspace, "ODD")) == ["A"]
    put_python("odd", "return Finding({'trade': trade.trade_id}) if trade.trade_id == 'B' else None")
    assert run(workspace).scope == "full"
    assert sorted(found(workspace, "ODD")) == ["B"]
    assert run(workspace).scope == "incremental"


def test_switched_off_by_hand_clears_its_issues(workspace: Workspace) -> None:
    put_python("odd", "return Finding({'trade': trade.trade_id})")
    matched_pair(workspace, "A")
    switch_on(workspace, "odd")
    run(workspace)
    switch_plugin(workspace, "odd", on=False)
    run(workspace)
    assert (len(found(workspace, "ODD")), len(found(workspace, "ODD", "cleared"))) == (0, 1)


def test_python_rules_see_exact_numbers_and_everything_that_is_stored(workspace: Workspace) -> None:
    put_python(
        "exact",
        """
        assert trade.quantity * trade.price == trade.gross_amount, "rounded"
        total = sum((entry.amount for entry in entries), Decimal(0))
        return Finding(
            {"trade": trade.settle_date, "total": total, "first": entries[0].value_date,
             "twice": trade.gross_amount * 2, "text": 'é"\\\\', "none": None},
            difference=total - trade.gross_amount,
        )
        """,
    )
    path = paths.plugins() / "exact.py"
    path.write_text("from decimal import Decimal\n" + path.read_text())
    add_trades(workspace, trade("T", "99999999.999999999", "9999.999999999", settle_date="2026-11-30"))
    add_entries(
        workspace,
        entry("T", "0.000000001", value_date="2026-12-01"),
        entry("T", HUGE, value_date=None),
    )
    switch_on(workspace, "exact")
    summary = run(workspace)
    assert summary.warnings == ()
    evidence = found(workspace, "EXACT")["T"]["evidence"]
    gross = Decimal("999999999999.899990000000000001")
    assert evidence["total"] == "10000000000000000"
    assert Decimal(evidence["difference"]) == EXACT.subtract(Decimal(10) ** 16, gross)
    assert (evidence["trade"], evidence["first"]) == ("2026-11-30", "2026-12-01")
    assert Decimal(evidence["twice"]) == EXACT.multiply(2, gross)
    assert (evidence["text"], evidence["none"]) == ('é"\\', None)


def test_a_rule_that_changes_how_decimals_are_calculated_changes_it_for_itself(workspace: Workspace) -> None:
    for name in ("first", "second"):
        path = put_python(
            name,
            """
            product = trade.quantity * trade.price
            getcontext().prec = 3
            return Finding({"trade": product})
            """,
        )
        path.write_text(f"from decimal import getcontext\ngetcontext().prec = 2\n{path.read_text()}")
    matched_pair(workspace, "A", "123456.789", "1.5")
    matched_pair(workspace, "B", "123456.789", "1.5")
    switch_on(workspace, "first", "second")
    run(workspace)
    for issue_type in ("FIRST", "SECOND"):
        figures = [issue["evidence"]["trade"] for issue in found(workspace, issue_type).values()]
        assert figures == ["185185.1835"] * 2
    assert getcontext().prec == 28


def test_material_figures_alone_open_a_resolved_issue_again(workspace: Workspace) -> None:
    body = "return Finding({'trade': trade.trader, 'price': trade.price})"
    put_python("told", body, more=", material=('price',)")
    add_trades(workspace, trade("T", "1", "2", trader="ann"))
    switch_on(workspace, "told")
    run(workspace)
    resolve_issues(workspace, [found(workspace, "TOLD")["T"]["id"]], "ACCEPTED")
    change_trade(workspace, trade("T", "1", "2", trader="bob"))
    run(workspace)
    assert found(workspace, "TOLD") == {}
    change_trade(workspace, trade("T", "1", "3", trader="bob"))
    run(workspace)
    assert found(workspace, "TOLD")["T"]["evidence"]["price"] == "3"


def test_a_matching_rule_sees_checked_trades_and_breaks_them(workspace: Workspace) -> None:
    put_python("pass_one", "return Finding({'trade': 1})", rule="PYTHON_BREAK", more=", matching=True")
    put_sql("pass_two", "return select(trades.c.trade_id)", rule="SQL_BREAK", more=", matching=True")
    matched_pair(workspace, "A")
    add_trades(workspace, trade("S", "1", "1", status="settled"))
    switch_on(workspace, "pass_one", "pass_two")
    summary = run(workspace)
    assert (summary.checked, summary.matched) == (1, 0)
    for issue_type in ("PYTHON_BREAK", "SQL_BREAK"):
        assert sorted(found(workspace, issue_type)) == ["A"]
    for name in ("pass_one", "pass_two"):
        (paths.plugins() / f"{name}.py").unlink()
    ids = list_ids(Handle(), workspace, Kind.TRADES, Query())
    names = [row for row in PageReader(workspace, Kind.TRADES).rows(ids) if row is not None]
    assert [("broken" in row, row[0]) for row in names] == [(True, "A"), (False, "S")]
    put_python("pass_one", "return Finding({'trade': 1})", rule="PYTHON_BREAK", more=", matching=True")
    run(workspace)
    change_trade(workspace, trade("A", "10", "2.5", status="settled"))
    run(workspace)
    issue = found(workspace, "PYTHON_BREAK", "cleared")["A"]
    assert read_issue(Handle(), workspace, issue["id"]).events[0].text == "No longer checked"


def test_further_keys_of_a_sql_rule_keep_an_incremental_run_right(workspace: Workspace) -> None:
    body = """
        others = trades.alias()
        twin = (others.c.instrument == trades.c.instrument) & (others.c.trade_id != trades.c.trade_id)
        return select(trades.c.trade_id).where(select(others.c.id).where(twin).exists())
    """
    further = "lambda book: select(trades.c.trade_id)"
    put_sql("twins", body, more=f", further={further}")
    add_trades(workspace, trade("A", instrument="ONE"), trade("B", instrument="TWO"))
    switch_on(workspace, "twins")
    run(workspace)
    assert found(workspace, "TWINS") == {}
    change_trade(workspace, trade("B", instrument="ONE"))
    assert run(workspace).scope == "incremental"
    assert sorted(found(workspace, "TWINS")) == ["A", "B"]
    change_trade(workspace, trade("A", instrument="THREE"))
    run(workspace)
    assert found(workspace, "TWINS") == {}


def test_a_sql_rule_fills_the_columns_of_the_issue(workspace: Workspace) -> None:
    body = """
        e = ledger_entries.c
        return select(
            e.trade_id, e.entry_id, e.currency, e.amount_units.label("difference_units"),
            e.amount_nanos.label("difference_nanos"), (e.amount_units > 0).label("positive"),
            func.lower(e.currency).label("small"), literal(None).label("none"),
        ).where(book.in_scope(e.trade_id))
    """
    put_sql("columns", body)
    add_entries(workspace, entry("X", "-0.5", entry_id='E"1', currency="EUR"))
    switch_on(workspace, "columns")
    run(workspace)
    issue = found(workspace, "COLUMNS")["X"]
    assert (issue["entry_id"], issue["currency"], issue["evidence"]["difference"]) == ('E"1', "EUR", "-0.5")
    assert (issue["evidence"]["small"], issue["evidence"]["none"]) == ("eur", None)
    with workspace.database.read() as connection:
        row = connection.execute(select(issues).where(issues.c.issue_type == "COLUMNS")).mappings().one()
    assert (row["difference_units"], row["difference_nanos"], row["difference_rest"]) == (0, -500_000_000, 0)


keys = st.sampled_from(["A", "B", "C"])
prices = st.sampled_from(["2.5", "400"])
changes = st.one_of(
    st.tuples(st.just("trade"), keys, st.sampled_from(["1", "3", "800000"]), st.sampled_from(["2.5", "400"])),
    st.tuples(st.just("status"), keys, st.sampled_from(["pending", "settled"])),
    st.tuples(st.just("entry"), keys, st.sampled_from(["1000", "-2000", "7.5"])),
    st.tuples(st.just("no entries"), keys),
    st.tuples(st.just("no trade"), keys),
    st.tuples(st.just("run")),
)


def change(workspace: Workspace, name: str, key: str = "", *values: str) -> None:
    with workspace.database.read() as connection:
        stored = connection.execute(select(trades.c.trade_id).where(trades.c.trade_id == key)).first()
    if name == "trade":
        (change_trade if stored else add_trades)(workspace, trade(key, *values))
    elif name == "status" and stored:
        change_trade(workspace, trade(key, status=values[0]))
    elif name == "entry":
        add_entries(workspace, entry(key, values[0]))
    elif name == "no entries":
        remove_entries(workspace, key)
    elif name == "no trade":
        remove_trade(workspace, key)
    elif name == "run":
        run(workspace)


@slow(12)
@given(st.lists(changes, min_size=3, max_size=14))
def test_an_incremental_run_gives_what_a_full_one_does(
    workspace: Workspace, story: list[tuple[str, ...]]
) -> None:
    empty(workspace)
    put_example("round_amount")
    put_example("large_notional")
    put_python(
        "counts",
        "return Finding({'trade': len(entries)}) if len(entries) > 1 else None",
        more=", matching=True",
    )
    put_sql(
        "orphans",
        "return select(ledger_entries.c.trade_id).where(ledger_entries.c.amount_units > 999).distinct()",
    )
    switch_on(workspace, "round_amount", "large_notional", "counts", "orphans")
    run(workspace)
    for step in story:
        change(workspace, *step)
    settings = rule_settings(workspace)
    with workspace.database.scratch() as connection:
        rules = rulebook(connection, workspace).rules
        engine.run(connection, Handle(), rules, Request(workspace.user, settings, full=True))
        by_full_run = issues_and_history(connection)
    assert run(workspace).scope == "incremental"
    with workspace.database.read() as connection:
        assert issues_and_history(connection) == by_full_run


def test_python_rules_go_through_many_batches(workspace: Workspace) -> None:
    put_python("all", "return Finding({'trade': len(entries)})")
    add_trades(workspace, *[trade(f"T{number:05d}") for number in range(1203)])
    add_entries(workspace, *[entry(f"T{number:05d}", "25") for number in range(0, 1203, 2) for _ in "ab"])
    switch_on(workspace, "all")
    run(workspace)
    issues_found = found(workspace, "ALL")
    assert len(issues_found) == 1203
    assert issues_found["T00002"]["evidence"]["trade"] == 2
    assert issues_found["T00003"]["evidence"]["trade"] == 0
    change_trade(workspace, trade("T00003", "11"))
    assert run(workspace).checked == 1
    assert len(found(workspace, "ALL")) == 1203

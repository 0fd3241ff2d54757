"""What is wrong with a plug-in harms nothing else in a run."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from opspilot_desktop import paths
from opspilot_desktop.domain.jobs import Cancelled, Handle
from opspilot_desktop.operations.plugins import list_plugins, switch_plugin
from opspilot_desktop.operations.reading import issue_query, list_issues, verify
from opspilot_desktop.operations.reconciling import reconcile, rule_settings
from opspilot_desktop.operations.workspace import Workspace, open_workspace
from opspilot_desktop.recon.engine import RunSummary
from opspilot_desktop.store.schema import audit_log, runs, trades
from tests.helpers.books import add_entries, add_trades, entry, trade
from tests.helpers.plugins import put, put_python, put_sql, switch_on
from tests.helpers.workspaces import new_workspace

FINE = {"python": "return Finding({'trade': 1})", "sql": "return select(trades.c.trade_id)"}

IN_PYTHON = {
    "raises": ("raise ValueError('secret-T1')", "ValueError in check (bad.py"),
    "exits": ("raise SystemExit(3)", "SystemExit in check (bad.py"),
    "claims a cancel": (
        "from opspilot_desktop.domain.jobs import Cancelled\nraise Cancelled",
        "Cancelled in check (bad.py",
    ),
    "is no exception": ("class Odd(BaseException): pass\nraise Odd", "Odd in check (bad.py"),
    "recurses": ("return check(trade, entries)", "RecursionError in check (bad.py"),
    "returns something": ("return True", "it returned a bool"),
    "gives a float": ("return Finding({'trade': 1.5})", "is a float; use Decimal"),
    "divides by zero": ("return Finding({'trade': trade.price / 0})", "DivisionByZero in check (bad.py"),
    "gives nan": ("return Finding({'trade': type(trade.price)('nan')})", "not finite"),
    "gives half a character": ("return Finding({'trade': '\\ud800'})", "half a character"),
    "gives a NUL": ("return Finding({'trade': 'a\\0'})", "NUL"),
    "gives too large a difference": (
        "return Finding({'trade': 1}, difference=trade.price * 10**20)",
        "too large",
    ),
    "calls a figure says": ("return Finding({'says': 1})", "no figure can be called says"),
    "names a figure badly": ("return Finding({'Trade-Id': 1})", "a dictionary with names"),
    "lacks a figure": ("return Finding({})", "names the figure trade and does not give it"),
    "changes a trade": ("trade.price = 0", "FrozenInstanceError in check (bad.py"),
}

_CTE = "cte = update(trades).values(trader='x').returning(trades.c.trade_id).cte()\n"
IN_SQL = {
    "fails at a row": (
        "return select(trades.c.trade_id, func.json('{').label('x'))",
        "malformed JSON|InvalidTextRepresentation",
    ),
    "names no column": (
        "return select(literal_column('nowhere').label('x'), trades.c.trade_id)",
        "nowhere",
    ),
    "names no table": (
        "return select(literal_column('trade_id').label('trade_id')).select_from(text('elsewhere'))",
        "elsewhere",
    ),
    "gives no select": ("return 'SELECT 1'", "must give a select"),
    "inserts": ("return insert(trades)", "must give a select"),
    "updates within": (f"{_CTE}return select(cte.c.trade_id)", "would change data"),
    "gives no trade id": (
        "return select(trades.c.id.label('trade_id'))",
        "must hold trade ids",
    ),
    "has no trade id": ("return select(trades.c.instrument)", "needs a column trade_id"),
    "gives a trade twice": (
        "one = select(trades.c.trade_id)\nreturn one.union_all(one).subquery().select()",
        "IntegrityError|UniqueViolation",
    ),
    "gives a float": ("return select(trades.c.trade_id, literal(1.5).label('x'))", "is not exact"),
    "names no figures": ("return select(trades.c.trade_id, literal(1).label('Not A Name'))", "label"),
    "calls a figure says": ("return select(trades.c.trade_id, literal(1).label('says'))", "no figure"),
    "lacks a part": (
        "return select(trades.c.trade_id, literal(1).label('difference_units'))",
        "needs a column difference_nanos",
    ),
    "raises": ("raise KeyError('secret-T1')", "KeyError in query (bad.py"),
}


def run(workspace: Workspace) -> RunSummary:
    return reconcile(Handle(), workspace).summary


def found(workspace: Workspace, issue_type: str, status: str = "open") -> dict[str, dict[str, Any]]:
    listed = list_issues(Handle(), workspace, issue_query(status, issue_type))
    return {issue["trade_id"]: issue for issue in listed}


def put_bad(form: str, body: str) -> None:
    (put_python if form == "python" else put_sql)("bad", body)


def check_that_a_failure_harms_nothing(workspace: Workspace, form: str, body: str, reason: str) -> None:
    put_python("good", "return Finding({'trade': trade.trade_id})")
    put_bad(form, FINE[form])
    add_trades(workspace, trade("T1"), trade("T2"))
    add_entries(workspace, entry("T1", "-25"))
    switch_on(workspace, "good", "bad")
    assert run(workspace).warnings == ()
    assert sorted(found(workspace, "BAD")) == ["T1", "T2"]

    put_bad(form, body)
    add_trades(workspace, trade("T3"))
    summary = run(workspace)
    (warning,) = summary.warnings
    assert warning.startswith("The plug-in bad failed and was switched off (")
    assert any(part in warning for part in reason.split("|")), warning
    assert "secret" not in warning
    assert sorted(found(workspace, "BAD")) == ["T1", "T2"]  # as they were
    assert sorted(found(workspace, "GOOD")) == ["T1", "T2", "T3"]
    assert sorted(found(workspace, "MISSING_LEDGER_ENTRY")) == ["T2", "T3"]
    assert (summary.checked, summary.matched) == (3, 1)
    (state,) = [one for one in list_plugins(Handle(), workspace) if one.name == "bad"]
    assert (state.state, state.failed_for) == ("switched off", workspace.user)
    assert state.problem in warning
    (report,) = paths.logs().glob("crash-*.txt")
    assert "Plug-in bad, BAD" in report.read_text()
    assert "secret" not in report.read_text()
    assert verify(Handle(), workspace).ok
    with workspace.database.read() as connection:
        operations = connection.execute(select(audit_log.c.operation, audit_log.c.subject)).all()
        assert connection.execute(select(trades.c.trader)).scalars().all() == [None] * 3
    assert ("switch off plug-in", "bad") in operations

    again = run(workspace)
    assert (again.scope, again.warnings) == ("incremental", ())  # it is not asked any more
    switch_plugin(workspace, "bad", on=True)
    put_bad(form, FINE[form])
    assert run(workspace).warnings == ()
    assert sorted(found(workspace, "BAD")) == ["T1", "T2", "T3"]


@pytest.mark.parametrize("fault", IN_PYTHON)
def test_a_failing_rule_in_python(tmp_path: Path, fault: str) -> None:
    with new_workspace(tmp_path) as workspace:
        check_that_a_failure_harms_nothing(workspace, "python", *IN_PYTHON[fault])


@pytest.mark.parametrize("fault", IN_SQL)
def test_a_failing_rule_in_sql(workspace: Workspace, fault: str) -> None:
    check_that_a_failure_harms_nothing(workspace, "sql", *IN_SQL[fault])


def test_a_rule_cannot_write_through_a_function(postgres_url: str) -> None:
    """Where the database has functions that write, the rule's part of the transaction only reads."""
    with open_workspace(postgres_url, create=True) as workspace:
        with workspace.database.write() as connection:
            connection.exec_driver_sql(
                "CREATE FUNCTION meddle() RETURNS int LANGUAGE sql VOLATILE AS"
                " 'UPDATE trades SET trader = ''x''; SELECT 1'"
            )
        body = "return select(trades.c.trade_id, func.meddle().label('x'))"
        check_that_a_failure_harms_nothing(workspace, "sql", body, "ReadOnlySqlTransaction")


def test_all_that_a_failing_plugin_found_before_is_taken_back(workspace: Workspace) -> None:
    put(
        "two",
        """
        def early(book):
            return select(trades.c.trade_id)

        def late(trade, entries):
            assert trade.trade_id != "Z"
            return Finding({})

        @hookimpl
        def opspilot_rules():
            return [
                SqlRule(name="EARLY", severity=Severity.LOW, says="So.", query=early),
                PythonRule(name="LATE", severity=Severity.LOW, says="So.", check=late),
            ]
        """,
    )
    add_trades(workspace, trade("A"), trade("Z"))
    switch_on(workspace, "two")
    summary = run(workspace)
    assert summary.opened == 2  # the missing entries
    assert (found(workspace, "EARLY"), found(workspace, "LATE")) == ({}, {})


def test_a_failing_query_for_further_keys(workspace: Workspace) -> None:
    further = "lambda book: select(literal_column('nowhere').label('trade_id'))"
    put_sql("bad", "return select(trades.c.trade_id)", more=f", further={further}")
    add_trades(workspace, trade("A"))
    switch_on(workspace, "bad")
    run(workspace)  # full: nobody asks for further keys
    add_trades(workspace, trade("B"))
    assert "nowhere" in run(workspace).warnings[0]
    assert sorted(found(workspace, "BAD")) == ["A"]
    assert sorted(found(workspace, "MISSING_LEDGER_ENTRY")) == ["A", "B"]


def test_a_plugin_that_cannot_be_loaded_is_named_and_the_run_goes_on(workspace: Workspace) -> None:
    put("broken", "import no_such_module_anywhere")
    add_trades(workspace, trade("A"))
    summary = run(workspace)
    assert summary.warnings == (
        "The plug-in broken cannot be used: ModuleNotFoundError: No module named 'no_such_module_anywhere'"
        " in <module> (broken.py, line 4).",
    )
    assert summary.opened == 1


@pytest.mark.parametrize("form", ["python", "sql"])
def test_a_cancel_is_no_failure_of_the_plugin(workspace: Workspace, form: str) -> None:
    """Also where the rule swallows every error, or runs for ever in the database."""
    if form == "python":
        put_python("slow", "import time\ntime.sleep(0.005)\nreturn None")
    else:
        endless = (
            "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT max(i) FROM n WHERE i < 0"
        )
        put_sql("slow", f"return select(trades.c.trade_id).where(text('1 = ({endless})'))")
    add_trades(workspace, *[trade(f"T{number}") for number in range(400)])
    switch_on(workspace, "slow")
    handle = Handle()
    cancel = threading.Timer(0.7, handle.cancel)
    cancel.start()
    with pytest.raises(Cancelled):
        reconcile(handle, workspace)
    cancel.join()
    with workspace.database.read() as connection:
        assert connection.execute(select(runs.c.id)).all() == []
    assert [one.state for one in list_plugins(Handle(), workspace)] == ["on"]
    assert list(paths.logs().glob("crash-*.txt")) == []
    assert "SLOW" in rule_settings(workspace).enabled

"""Which rules and plug-ins there are, and switching them."""

from __future__ import annotations

import json

import pytest
from sqlalchemy import select

from opspilot_desktop import cli, paths
from opspilot_desktop.domain.errors import KnownError
from opspilot_desktop.domain.jobs import Handle
from opspilot_desktop.operations.plugins import available_rules, list_plugins, switch_plugin
from opspilot_desktop.operations.reconciling import reconcile, rule_settings
from opspilot_desktop.operations.workspace import Workspace
from opspilot_desktop.recon.rules import built_in
from opspilot_desktop.store.rule_versions import all_versions
from opspilot_desktop.store.schema import audit_log
from tests.helpers.books import add_entries, add_trades, entry, trade
from tests.helpers.plugins import put, put_example, put_python, put_sql, switch_on


def test_every_rule_is_listed_with_where_it_comes_from(workspace: Workspace) -> None:
    put_example("large_notional")
    put_python("odd", "raise ValueError")
    put("broken", "1 / 0")
    switch_on(workspace, "odd")
    add_trades(workspace, trade("A"))
    reconcile(Handle(), workspace)
    rules = {rule.name: rule for rule in available_rules(workspace)}
    own = [rule.issue_type.value for rule in built_in()]
    assert list(rules) == [*own, "LARGE_NOTIONAL", "ODD"]
    assert {rules[name].origin for name in own} == {"Built in"}
    large, odd = rules["LARGE_NOTIONAL"], rules["ODD"]
    assert (large.label, large.severity, large.origin) == ("Large notional", "MEDIUM", "large_notional")
    assert (large.is_on, large.is_slow, large.problem) == (False, False, "")
    assert (odd.is_on, odd.is_slow) == (True, True)
    assert odd.problem.startswith("ValueError in check (odd.py")
    assert [(one.name, one.state) for one in list_plugins(Handle(), workspace)] == [
        ("broken", "cannot be used"),
        ("large_notional", "off"),
        ("odd", "switched off"),
    ]


def test_switching_is_a_version_of_the_settings_and_audited(workspace: Workspace) -> None:
    put_python("odd", "raise ValueError")
    add_trades(workspace, trade("A"))
    assert switch_plugin(workspace, "odd", on=True).settings
    assert not switch_plugin(workspace, "odd", on=True).settings  # it is on already
    reconcile(Handle(), workspace)
    assert switch_plugin(workspace, "odd", on=True).settings  # it had failed
    assert switch_plugin(workspace, "odd", on=False).settings
    assert "ODD" not in rule_settings(workspace).enabled
    with workspace.database.read() as connection:
        assert len(all_versions(connection)) == 2
        done = connection.execute(select(audit_log.c.operation).order_by(audit_log.c.id)).scalars().all()
    assert done == [
        *("change settings", "reconcile", "switch off plug-in"),
        *("switch on plug-in", "change settings"),
    ]


def test_what_cannot_be_switched_is_refused(workspace: Workspace) -> None:
    put("broken", "1 / 0")
    with pytest.raises(KnownError, match="no plug-in called nobody"):
        switch_plugin(workspace, "nobody", on=True)
    with pytest.raises(KnownError, match="cannot be used: ZeroDivisionError"):
        switch_plugin(workspace, "broken", on=True)


def test_a_plugin_that_failed_here_runs_in_another_workspace(workspace: Workspace) -> None:
    """What a workspace holds may be the reason, and nobody's word but its own people's switches it off."""
    put_python("odd", "assert trade.trade_id != 'A'")
    add_trades(workspace, trade("A"))
    switch_on(workspace, "odd")
    assert reconcile(Handle(), workspace).summary.failures
    assert [one.state for one in list_plugins(Handle(), workspace)] == ["switched off"]
    target = str(paths.default_workspace())
    paths.default_workspace().parent.mkdir(parents=True, exist_ok=True)
    from opspilot_desktop.operations.workspace import open_workspace

    with open_workspace(target, create=True) as other:
        assert [one.state for one in list_plugins(Handle(), other)] == ["off"]


def test_on_the_command_line(workspace: Workspace, capsys: pytest.CaptureFixture[str]) -> None:
    target = workspace.database.target
    put_sql("odd", "print('from the plug-in')\nreturn select(trades.c.trade_id)")
    put("broken\u202e", "print('while it loads')\n1 / 0")
    add_trades(workspace, trade("A"))
    add_entries(workspace, entry("A", "25"))

    def answer(*arguments: str) -> str:
        assert cli.main([*arguments, "--db", target]) == 0
        return capsys.readouterr().out

    listed = json.loads(answer("plugins", "--json"))
    assert listed["folder"] == str(paths.plugins())
    assert [(one["name"], one["state"], one["rules"]) for one in listed["plugins"]] == [
        ("broken\u202e", "cannot be used", []),
        ("odd", "off", ["ODD"]),
    ]
    assert "odd  on  ODD" in answer("plugins", "--on", "odd")
    told = json.loads(answer("reconcile", "--json"))
    assert "cannot be used" in told["warnings"][0]
    assert (told["notes"], told["open_by_type"], "failures" in told) == ([], {"ODD": 1}, False)
    assert [one["issue_type"] for one in json.loads(answer("issues", "--type", "ODD", "--format", "json"))]
    assert "⟨U+202E⟩" in answer("plugins")
    (paths.plugins() / "odd.py").unlink()
    assert "It is so." in answer("issues", "--type", "ODD")
    assert cli.main(["issues", "--type", "NO_SUCH", "--db", target]) == 1
    assert "There is no issue type NO_SUCH; use one of" in capsys.readouterr().err
    assert cli.main(["plugins", "--on", "nobody", "--db", target]) == 1
    assert "no plug-in called nobody" in capsys.readouterr().err


def test_no_plugins(workspace: Workspace, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["plugins", "--db", workspace.database.target]) == 0
    assert capsys.readouterr().out == f"No plug-ins; put them into {paths.plugins()}\n"

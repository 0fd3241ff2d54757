"""Puts plug-ins into the user's folder, as a user would."""

from __future__ import annotations

import textwrap
from pathlib import Path

from opspilot_desktop import paths
from opspilot_desktop.operations.plugins import switch_plugin
from opspilot_desktop.operations.workspace import Workspace

EXAMPLES = Path(__file__).parents[2] / "docs" / "examples"

HEAD = """
from opspilot_desktop.plugins.api import *
from sqlalchemy import func, insert, literal, literal_column, select, text, update
"""


def put(name: str, source: str) -> Path:
    """Writes `plugins/NAME.py`."""
    path = paths.plugins() / f"{name}.py"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(HEAD + textwrap.dedent(source), encoding="utf-8")
    return path


def put_python(name: str, body: str, *, rule: str = "", more: str = "") -> Path:
    """A plug-in with one Python rule: `body` is that of `check(trade, entries)`."""
    return _put(name, "PythonRule", "check(trade, entries)", body, f"says='It is {{trade}}.'{more}", rule)


def put_sql(name: str, body: str, *, rule: str = "", more: str = "") -> Path:
    """A plug-in with one SQL rule: `body` is that of `query(book)`."""
    return _put(name, "SqlRule", "query(book)", body, f"says='It is so.'{more}", rule)


def _put(name: str, form: str, function: str, body: str, given: str, rule: str) -> Path:
    called = function.partition("(")[0]
    source = f"""
def {function}:
{textwrap.indent(textwrap.dedent(body), "    ")}

@hookimpl
def opspilot_rules():
    rule = dict(name={rule or name.upper()!r}, severity=Severity.LOW, {called}={called}, {given})
    return [{form}(**rule)]
"""
    return put(name, source)


def put_example(name: str) -> Path:
    """One of the samples in docs/examples."""
    path = paths.plugins() / f"{name}.py"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes((EXAMPLES / f"{name}.py").read_bytes())
    return path


def switch_on(workspace: Workspace, *names: str) -> None:
    """Switches plug-ins on."""
    for name in names:
        switch_plugin(workspace, name, on=True)

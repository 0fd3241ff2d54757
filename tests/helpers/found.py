"""Runs the engine with some rules switched on, and tells what it found."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from sqlalchemy import select

from opspilot_desktop.domain.issues import IssueType
from opspilot_desktop.domain.jobs import Handle
from opspilot_desktop.operations.reconciling import change_rule_settings, reconcile
from opspilot_desktop.operations.workspace import Workspace
from opspilot_desktop.recon.engine import RunSummary
from opspilot_desktop.recon.rule_settings import RuleSettings
from opspilot_desktop.store.schema import issues


def switch_on(workspace: Workspace, kind: IssueType, **values: Any) -> None:
    """Lets the workspace use this rule alone, with these settings."""
    settings = replace(RuleSettings(), enabled=frozenset({kind.value}), **values)
    change_rule_settings(workspace, settings)


def run(workspace: Workspace, as_of: date | None = None) -> RunSummary:
    """Reconciles what changed."""
    return reconcile(Handle(), workspace, as_of=as_of).summary


def open_issues(workspace: Workspace) -> dict[str, Mapping[str, Any]]:
    """The evidence of the open issues, by their keys."""
    query = select(issues.c.issue_key, issues.c.evidence).where(issues.c.status == "open")
    with workspace.database.read() as connection:
        return {key: json.loads(evidence) for key, evidence in connection.execute(query)}

"""Answers with no network and no model: the selected issue from its evidence, or the workspace's state."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Iterator

from opspilot_desktop.domain.issues import IssueType, Severity
from opspilot_desktop.domain.situation import Overview
from opspilot_desktop.recon.explain import explain
from opspilot_desktop.recon.wording import bullets, count, escape, listed, ratio

from .context import Context
from .protocol import Done, Piece, Text, Turn

NOTICE_ISSUE = "*Offline explanation, worked out on this machine from the evidence of issue {id}.*"
NOTICE_WORKSPACE = "*Offline answer, worked out on this machine from the workspace's counts.*"


class Offline:
    """The answerer without a network. It does not read the question, and says what it answers instead."""

    async def ask(self, turn: Turn) -> AsyncGenerator[Piece, None]:
        """The whole answer in one piece; cannot fail."""
        yield Text(answer(turn.context))
        yield Done()


def answer(context: Context) -> str:
    """The offline answer in Markdown, said to be one."""
    if context.detail is not None:
        notice = NOTICE_ISSUE.format(id=escape(context.detail.issue.get("id", "")))
        return f"{notice}\n\n{explain(context.detail)}"
    return f"{NOTICE_WORKSPACE}\n\n{_workspace(context.overview)}"


def _workspace(overview: Overview) -> str:
    parts = [bullets(_counts(overview))]
    if overview.trades or overview.ledger_entries:
        parts += ["### Open issues", _issues(overview)]
    parts += ["### What to do first", bullets(_first_steps(overview))]
    return "\n\n".join(parts)


def _counts(overview: Overview) -> Iterator[str]:
    entries = count(overview.ledger_entries, "ledger entry", "ledger entries")
    yield f"{count(overview.trades, 'trade')} and {entries}"
    if overview.checked:
        share = ratio(100 * overview.matched, overview.checked, 2)
        yield f"Matched: **{overview.matched:,}** of {overview.checked:,} checked (about {share} %)"
    if overview.not_checked:
        statuses = listed([escape(status) for status in overview.checked_statuses])
        yield f"Not checked: {overview.not_checked:,} (only trades that are {statuses} are checked)"
    last = overview.last_import
    if last is not None:
        yield f"Last import: {escape(last.kind)}, {last.imported:,} new, {last.rejected:,} rejected"


def _issues(overview: Overview) -> str:
    if not sum(overview.open_by_type.values()):
        return "None." if overview.last_run is not None else "Not known: nothing has been reconciled yet."
    by_severity = [
        f"{overview.open_by_severity[severity]:,} {severity.label.lower()}"
        for severity in Severity
        if overview.open_by_severity.get(severity)
    ]
    by_type = [
        f"{_type_label(issue_type)}: {number:,}"
        for issue_type, number in sorted(overview.open_by_type.items(), key=lambda item: -item[1])
        if number
    ]
    head = f"**{sum(overview.open_by_type.values()):,}** in all"
    return (
        f"{head}: {listed(by_severity)}.\n\n{bullets(by_type)}"
        if by_severity
        else f"{head}.\n\n{bullets(by_type)}"
    )


def _type_label(issue_type: str) -> str:
    known = issue_type in set(IssueType)
    return IssueType(issue_type).label if known else escape(issue_type.replace("_", " ").capitalize())


def _first_steps(overview: Overview) -> Iterator[str]:
    if not overview.trades:
        yield "Import the trades: **File → Import trades…**"
    if not overview.ledger_entries:
        yield "Import the ledger entries: **File → Import ledger…**"
    if not overview.trades or not overview.ledger_entries:
        return
    if overview.last_run is None:
        yield "Run **Reconcile**: the differences show up as issues."
        return
    if overview.checked == 0:
        yield "No trade was checked: look at the statuses of the trades and at the setting that lists them."
    for severity in Severity:
        number = overview.open_by_severity.get(severity)
        if number:
            yield (
                f"Begin with the {severity.label.lower()} issues ({number:,}): click one in the Issues tab"
                " and ask again; its evidence explains it."
            )
            return
    yield "Nothing is open. Import the next files and run **Reconcile**."

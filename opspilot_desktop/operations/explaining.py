"""Explaining an issue on the command line: by Claude when that is possible, else from its evidence."""

from __future__ import annotations

from collections.abc import Iterator

from ..copilot.context import build
from ..copilot.keychain import Keychain
from ..copilot.protocol import Failed, Text
from ..copilot.session import Session, Source, Started
from ..domain.jobs import Handle
from .reading import read_issue, read_overview
from .workspace import Workspace


def explain_issue(
    handle: Handle, workspace: Workspace, issue_id: int, *, offline: bool = False
) -> Iterator[str]:
    """The explanation in Markdown, in pieces as they come; a failure's sentence is a piece of its own.

    Raises KnownError when there is no such issue.
    """
    detail = read_issue(handle, workspace, issue_id)
    context = build(read_overview(handle, workspace), detail)
    session = Session(Keychain(), offline=offline)
    written = False
    try:
        for event in session.answers(f"Explain issue {issue_id}.", context):
            if isinstance(event, Text):
                written = True
                yield event.delta
            elif isinstance(event, Failed) and not offline:
                yield f"{_gap(written)}*{event.sentence}*"
                written = True
            elif isinstance(event, Started) and event.source is Source.OFFLINE and written:
                yield "\n\n"
    finally:
        session.close()


def _gap(written: bool) -> str:
    return "\n\n" if written else ""

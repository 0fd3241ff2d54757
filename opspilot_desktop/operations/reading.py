"""What the window, the command line and the copilot read; nothing here changes anything."""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from ..domain.errors import KnownError
from ..domain.fields import Kind
from ..domain.issues import IssueStatus, IssueType
from ..domain.jobs import Handle
from ..domain.query import PAGE, Operator, Query, Sort, Term
from ..domain.situation import IssueDetail, Overview
from ..recon.explain import describe
from ..store.audit import first_broken_link
from ..store.lookups import issue_statuses, issue_types, numbered_issues, trade_ids, trades_like
from ..store.queries import TableReader
from ..store.situations import issue_detail, issue_rows, overview
from ..store.soundness import has_every_table, miscounted, unrecorded
from .reconciling import rule_settings
from .workspace import Workspace

_STATUS_BATCH = 500


def list_ids(handle: Handle, workspace: Workspace, kind: Kind, query: Query) -> array[int]:
    """The ids of the rows that pass the query, in its order, 8 bytes each."""
    reader = TableReader(kind, rule_settings(workspace).checked_statuses)
    with workspace.database.read(handle) as connection:
        return reader.ids(connection, query)


def count_rows(handle: Handle, workspace: Workspace, kind: Kind) -> int:
    """How many rows there are, whatever filter a table has."""
    with workspace.database.read(handle) as connection:
        return TableReader(kind, ()).count(connection)


class PageReader:
    """Reads pages of one table, each over a connection of its own, in whichever thread asks.

    The settings on which a trade's match status rests are those of the moment it was made.
    """

    def __init__(self, workspace: Workspace, kind: Kind) -> None:
        self._reader = TableReader(kind, rule_settings(workspace).checked_statuses)
        self._database = workspace.database

    def rows(self, ids: Sequence[int], handle: Handle | None = None) -> list[tuple[Any, ...] | None]:
        """A tuple of values for each id, in the order of the record's fields; None where a row is gone."""
        with self._database.read(handle) as connection:
            found = self._reader.rows(connection, ids)
        return [found.get(row_id) for row_id in ids]


def read_overview(handle: Handle, workspace: Workspace) -> Overview:
    """The workspace's counts."""
    checked = rule_settings(workspace).checked_statuses
    with workspace.database.read(handle) as connection:
        return overview(connection, checked)


def read_issue(handle: Handle, workspace: Workspace, issue_id: int) -> IssueDetail:
    """An issue with everything that explains it. Raises KnownError when there is no such issue."""
    checked = rule_settings(workspace).checked_statuses
    with workspace.database.read(handle) as connection:
        return issue_detail(connection, issue_id, checked, describe)


def issue_query(status: str | None, issue_type: str | None) -> Query:
    """Issues by status (None or `all` for every status) and type, in the order of their ids."""
    terms = []
    if status and status != "all":
        terms.append(Term(IssueStatus(status).value, "status", Operator.EQUALS))
    if issue_type:
        terms.append(Term(issue_type, "issue_type", Operator.EQUALS))
    return Query(tuple(terms), Sort("id"))


def known_type(handle: Handle, workspace: Workspace, issue_type: str) -> str:
    """The type of issue itself. Raises KnownError for one that no rule and no stored issue has."""
    from .plugins import available_rules

    with workspace.database.read(handle) as connection:
        known = {kind.value for kind in IssueType} | issue_types(connection)
    if issue_type not in known:
        known |= {rule.name for rule in available_rules(workspace)}
    if issue_type not in known:
        raise KnownError(f"There is no issue type {issue_type}; use one of {', '.join(sorted(known))}.")
    return issue_type


def list_issues(handle: Handle, workspace: Workspace, query: Query) -> list[dict[str, Any]]:
    """Issues as `issues --format json` gives them."""
    reader = TableReader(Kind.ISSUES, ())
    with workspace.database.read(handle) as connection:
        return issue_rows(connection, reader.ids(connection, query), describe)


def issues_by_id(handle: Handle, workspace: Workspace, ids: Sequence[int]) -> list[dict[str, Any]]:
    """These issues as `issues --format json` gives them, in this order; one that is gone is left out."""
    with workspace.database.read(handle) as connection:
        return issue_rows(connection, ids, describe)


def statuses_of(handle: Handle, workspace: Workspace, ids: Sequence[int]) -> frozenset[IssueStatus]:
    """The statuses that these issues have, each once."""
    found: set[str] = set()
    with workspace.database.read(handle) as connection:
        for start in range(0, len(ids), _STATUS_BATCH):
            handle.check()
            found |= issue_statuses(connection, ids[start : start + _STATUS_BATCH])
            if len(found) == len(IssueStatus):
                break
    return frozenset(IssueStatus(status) for status in found)


def stream_rows(
    connection: Connection, kind: Kind, checked_statuses: Sequence[str], ids: Sequence[int]
) -> Iterator[tuple[Any, ...]]:
    """All the rows of these ids, page by page."""
    reader = TableReader(kind, checked_statuses)
    for start in range(0, len(ids), PAGE):
        part = ids[start : start + PAGE]
        found = reader.rows(connection, part)
        yield from (found[row_id] for row_id in part if row_id in found)


@dataclass(frozen=True)
class Verdict:
    """Whether a workspace is sound: the database's own check, and the chain of the audit trail."""

    database_ok: bool
    database_message: str
    audit_ok: bool
    broken_audit_row: int | None
    unrecorded: str = ""
    """An import or a run whose audit row is missing."""

    @property
    def ok(self) -> bool:
        """Whether everything holds."""
        return self.database_ok and self.audit_ok

    def as_json(self) -> Mapping[str, Any]:
        """The object that `verify --json` prints."""
        return {"ok": self.ok, **vars(self)}


_INCOMPLETE = "tables are missing"


def verify(handle: Handle, workspace: Workspace) -> Verdict:
    """Checks the database's integrity and the audit chain."""
    with workspace.database.read(handle) as connection:
        message = workspace.database.integrity(connection) if has_every_table(connection) else _INCOMPLETE
        if message == _INCOMPLETE:
            return Verdict(False, message, False, None)
        if message == "ok":
            message = miscounted(connection) or message
        broken = first_broken_link(connection)
        missing = unrecorded(connection) if broken is None else ""
    return Verdict(message == "ok", message, broken is None and not missing, broken, missing)


@dataclass(frozen=True)
class Found:
    """A record that a search found: its kind and row, what it is called, and a few words about it."""

    kind: Kind
    row_id: int
    name: str
    detail: str


MOST_FOUND = 6


def find_records(handle: Handle, workspace: Workspace, text: str) -> list[Found]:
    """Issues and trades by number or id: `#12` and `12` find issue 12, `T-20` the trades beginning so."""
    wanted = text.replace("\0", "").strip().removeprefix("#")
    if not wanted:
        return []
    with workspace.database.read(handle) as connection:
        issues = numbered_issues(connection, wanted, MOST_FOUND, describe)
        trades = [] if text.strip().startswith("#") else trades_like(connection, wanted, MOST_FOUND)
    return [
        *[Found(Kind.ISSUES, issue["id"], f"Issue {issue['id']}", issue["description"]) for issue in issues],
        *[Found(Kind.TRADES, trade["id"], trade["trade_id"], trade["detail"]) for trade in trades],
    ]


def trade_ids_of(handle: Handle, workspace: Workspace, kind: Kind, ids: Sequence[int]) -> list[str]:
    """The trade ids of these rows."""
    with workspace.database.read(handle) as connection:
        return trade_ids(connection, kind, ids)


def engine_version(handle: Handle, workspace: Workspace) -> str:
    """The database engine and its version, for a person to read."""
    with workspace.database.read(handle) as connection:
        return workspace.database.version(connection)

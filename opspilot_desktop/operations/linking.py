"""Linking ledger entries to trades by hand, and finding what may belong together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ..domain.errors import KnownError
from ..domain.fields import LEDGER, TRADES, Kind
from ..domain.jobs import Changes, Handle
from ..domain.links import MOST_ENTRIES, Candidates, LinkEntry, LinkReason, Offer
from ..domain.query import parse_filter
from ..domain.text import visible
from ..recon import candidates as near
from ..store import linkable, links
from .reconciling import rule_settings
from .steps import Step, kept_text
from .workspace import Workspace

Seen = Mapping[int, str] | None
"""The trade id under which the person saw each entry, by row id; None where nobody looked first."""

_CHANGED = Changes(trades=True, ledger=True, issues=True)


def link_entries(
    workspace: Workspace,
    entry_rows: Sequence[int],
    trade_id: str,
    reason: str,
    comment: str = "",
    seen: Seen = None,
    *,
    handle: Handle | None = None,
) -> Step:
    """Links the entries in these rows to the trade, all or none; the next run follows the link.

    Raises KnownError for an unknown row, trade or reason, an entry that stands under the trade already, or
    one that has come under another trade id since `seen`.
    """
    rows, code, text = _selected(entry_rows), _reason(reason), kept_text(comment)
    with workspace.database.write(handle) as connection:
        states = links.lock_entries(connection, rows, seen)
        if not links.has_trade(connection, trade_id):
            raise KnownError(
                f"There is no trade {trade_id}; look for the right trade id, or import the trade first."
            )
        for state in states:
            if state.trade_id == trade_id:
                raise KnownError(
                    f"Nothing to link: {state.name} stands under trade {trade_id} already;"
                    " leave it out, or choose another trade."
                )
            if state.file_id == trade_id:
                raise KnownError(
                    f"The file of {state.name} names trade {trade_id} itself; unlink it instead."
                )
        target = links.Target(trade_id, code.value, text)
        said = _said(code, text)
        audit_id = links.change_links(connection, workspace.user, "link", states, target, said)
    return Step(visible(f"Link {_named(states)} to {trade_id}"), audit_id, _CHANGED)


def unlink_entries(
    workspace: Workspace,
    entry_rows: Sequence[int],
    reason: str,
    comment: str = "",
    seen: Seen = None,
    *,
    handle: Handle | None = None,
) -> Step:
    """Puts the entries back under the trade ids of their files, all or none.

    Raises KnownError as `link_entries`, and for an entry that is not linked by hand.
    """
    rows, code, text = _selected(entry_rows), _reason(reason), kept_text(comment)
    with workspace.database.write(handle) as connection:
        states = links.lock_entries(connection, rows, seen)
        for state in states:
            if state.linked_to is None:
                raise KnownError(f"Nothing to unlink: {state.name} is not linked by hand; leave it out.")
        target = links.Target(None, code.value, text)
        said = _said(code, text)
        audit_id = links.change_links(connection, workspace.user, "unlink", states, target, said)
    return Step(visible(f"Unlink {_named(states)}"), audit_id, _CHANGED)


def _selected(
    rows: Sequence[int], otherwise: str = "No ledger entry is selected; select one first."
) -> list[int]:
    """The rows, each once. Raises KnownError when there are none, or too many for one decision."""
    if not rows:
        raise KnownError(otherwise)
    chosen = list(dict.fromkeys(rows))
    if len(chosen) > MOST_ENTRIES:
        raise KnownError(f"{len(chosen):,} entries are too many for one link; take at most {MOST_ENTRIES:,}.")
    return chosen


def _reason(code: str) -> LinkReason:
    try:
        return LinkReason(code)
    except ValueError:
        codes = ", ".join(reason.value for reason in LinkReason)
        raise KnownError(f"“{code}” is no reason for a link; use one of {codes}.") from None


def _said(code: LinkReason, text: str) -> str:
    return f"{code.label}: {text}" if text else code.label


def _named(states: Sequence[links.EntryState]) -> str:
    return states[0].name if len(states) == 1 else f"{len(states):,} entries"


def candidates(
    handle: Handle,
    workspace: Workspace,
    *,
    entry_rows: Sequence[int] = (),
    trade_id: str = "",
    text: str = "",
) -> Candidates:
    """What the entries in these rows (or the trade) may be linked with, the nearest first.

    A `text` is read as in a filter box: words to be found in an id, an instrument, an amount or a date.
    Raises KnownError when the entries, or the trade, are no longer there.
    """
    settings = rule_settings(workspace)
    with workspace.database.read(handle) as connection:
        if entry_rows:
            entries = near.entries_in(connection, _selected(entry_rows), settings)
            found, more = near.near_trades(connection, entries, parse_filter(text, TRADES), settings)
            return Candidates(tuple(entries), None, tuple(found), more)
        trade = near.trade_named(connection, trade_id, settings)
        found, more = near.near_entries(connection, trade, parse_filter(text, LEDGER), settings)
        return Candidates((), trade, tuple(found), more)


def orphans_of(handle: Handle, workspace: Workspace, kind: Kind, ids: Sequence[int]) -> list[int]:
    """The rows of the entries without a trade that a selection means: entries themselves, those of issues.

    Raises KnownError when there are none, or more than can be linked at once.
    """
    with workspace.database.read(handle) as connection:
        rows = linkable.orphan_rows(connection, kind, ids, MOST_ENTRIES + 1)
    return _selected(rows, "Every entry that is selected has a trade; select one that has none.")


def linked_of(handle: Handle, workspace: Workspace, kind: Kind, ids: Sequence[int]) -> list[LinkEntry]:
    """The entries linked by hand that a selection means; raises as `orphans_of`."""
    settings = rule_settings(workspace)
    with workspace.database.read(handle) as connection:
        linked = linkable.linked_rows(connection, kind, ids, MOST_ENTRIES + 1)
        rows = _selected(linked, "No entry that is selected is linked by hand; select one that is.")
        return near.entries_in(connection, rows, settings)


def lacking_of(handle: Handle, workspace: Workspace, kind: Kind, ids: Sequence[int]) -> str | None:
    """The id of the one selected trade (or that of the one selected issue), if it has no entry."""
    with workspace.database.read(handle) as connection:
        return linkable.lacking_trade(connection, kind, ids)


def offer_for(handle: Handle, workspace: Workspace, kind: Kind, ids: Sequence[int]) -> Offer:
    """What of linking applies to the selected rows."""
    with workspace.database.read(handle) as connection:
        return linkable.offer(connection, kind, ids)


def named_entries(handle: Handle, workspace: Workspace, names: Sequence[str]) -> list[int]:
    """The rows of entries as a command line names them: by entry id, or by row (`row:12`, `12`).

    Raises KnownError for a name that no entry has, or that entries of several sources have.
    """
    with workspace.database.read(handle) as connection:
        return [_row_named(links.rows_named(connection, name), name) for name in names]


def _row_named(rows: Sequence[int], name: str) -> int:
    if len(rows) > 1:
        either = " or ".join(f"row:{row}" for row in rows)
        raise KnownError(f"{len(rows)} entries of different sources are called {name}; say {either}.")
    if rows:
        return rows[0]
    number = name.removeprefix("row:")
    if number.isascii() and number.isdigit():
        return int(number)
    raise KnownError(f"There is no ledger entry {name}; look for its id, or its row, in the ledger.")

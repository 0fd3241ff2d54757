"""What trades were before they changed, kept for the rules that compare trades with one another.

Whether a trade is a duplicate, or a price far from its instrument's median, depends on other trades. When one
of these leaves (it is amended to another instrument, or taken away), the ones it leaves behind have to be
looked at again, and the changed trade no longer tells which they were. So, while such a rule is on, whatever
changes a trade keeps its former values here, in the same transaction; the next run reads and empties the
table. While no such rule is on, nothing is kept: switching one on changes the settings, and the run after
that looks at everything.

The caller holds the lock that imports and runs share, so that nothing comes between a run's reading and its
emptying.
"""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import ColumnElement, Connection, FromClause, delete, insert, or_, select

from .schema import former_trades, trades
from .workspace_settings import forget_setting, read_setting, write_setting

VALUES = tuple(column.name for column in former_trades.columns if column.name != "id")
"""The columns by which trades are compared with one another."""

_NAME = "engine.former_trades"


def keeps_former(connection: Connection) -> bool:
    """Whether former values are kept."""
    return read_setting(connection, _NAME) is not None


def keep_former(connection: Connection, *, on: bool) -> None:
    """Begins, goes on or ends keeping former values; those that were kept are forgotten."""
    kept = keeps_former(connection)
    if kept:
        connection.execute(delete(former_trades))
    if on and not kept:
        write_setting(connection, _NAME, "on")
    elif kept and not on:
        forget_setting(connection, _NAME)


def note_leaving(connection: Connection, *which: ColumnElement[bool]) -> None:
    """Keeps the values of the trades that meet the conditions, which are about to change or to go."""
    if keeps_former(connection):
        _note(connection, trades, *which)


def note_amended(
    connection: Connection, rows: FromClause, concerned: ColumnElement[bool], names: Iterable[str]
) -> None:
    """Keeps the values of the trades that rows of new values, joined by the condition, are about to change.

    `names` are the columns that the rows change.
    """
    changing = [trades.c[name].is_distinct_from(rows.c[name]) for name in names if name in VALUES]
    if changing and keeps_former(connection):
        changed = or_(*changing)
        _note(connection, rows.join(trades, concerned), changed)


def _note(connection: Connection, source: FromClause, *which: ColumnElement[bool]) -> None:
    values = select(*[trades.c[name] for name in VALUES]).select_from(source).where(*which).distinct()
    connection.execute(insert(former_trades).from_select(VALUES, values))

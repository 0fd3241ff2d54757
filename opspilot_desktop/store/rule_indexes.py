"""Indexes that a rule needs beyond the schema's: made by the first run in which the rule is on.

Nobody else pays for them. They hold no data of their own, so that anybody may drop them: a large import does
before it adds its rows, and the next run makes them again. None begins with a status or a trade id, lest the
database prefer one of them to the indexes of the matching.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from sqlalchemy import Connection, inspect
from sqlalchemy.exc import DBAPIError

from ..domain.issues import IssueType

_LOCK_NOT_AVAILABLE = "55P03"
_BY_QUANTITY = ("instrument", "quantity_units", "quantity_nanos", "price_units", "price_nanos")
_ON_TRADES: Mapping[str, tuple[str, ...]] = {
    "ix_rules_alike": (*_BY_QUANTITY, "side", "trade_date", "counterparty", "status"),
    "ix_rules_price": ("instrument", "price_units", "price_nanos"),
    "ix_rules_settlement": ("settle_date", "status", "trade_id"),
}
_OF_RULE: Mapping[str, str] = {
    IssueType.DUPLICATE_TRADE: "ix_rules_alike",
    IssueType.ANOMALOUS_QUANTITY_BY_INSTRUMENT: "ix_rules_alike",
    IssueType.ANOMALOUS_PRICE: "ix_rules_price",
    IssueType.STALE_PENDING: "ix_rules_settlement",
}


def make_rule_indexes(connection: Connection, enabled: Iterable[str]) -> None:
    """Makes the indexes that the rules of these names need, where they are not there yet."""
    for name in sorted({_OF_RULE[rule] for rule in enabled if rule in _OF_RULE}):
        columns = ", ".join(_ON_TRADES[name])
        connection.exec_driver_sql(f"CREATE INDEX IF NOT EXISTS {name} ON trades ({columns})")


def has_rule_index(connection: Connection, rule: IssueType) -> bool:
    """Whether the index that the rule needs is there."""
    return inspect(connection).has_index("trades", _OF_RULE[rule])


def drop_rule_indexes(connection: Connection, *, needed_by: Iterable[str] = ()) -> None:
    """Drops the indexes that no rule of these names needs.

    On PostgreSQL this waits for readers and shuts later ones out, until the transaction ends. So an index
    that somebody is reading beside stays there; it only costs some room.
    """
    kept = {_OF_RULE[rule] for rule in needed_by if rule in _OF_RULE}
    for name in sorted(set(_ON_TRADES) - kept):
        drop = f"DROP INDEX IF EXISTS {name}"
        if connection.dialect.name == "postgresql":
            _try_at_once(connection, drop)
        else:
            connection.exec_driver_sql(drop)


def _try_at_once(connection: Connection, statement: str) -> None:
    try:
        with connection.begin_nested():
            connection.exec_driver_sql("SET LOCAL lock_timeout = '50ms'")
            connection.exec_driver_sql(statement)
            connection.exec_driver_sql("SET LOCAL lock_timeout TO DEFAULT")
    except DBAPIError as error:
        if getattr(error.orig, "sqlstate", None) != _LOCK_NOT_AVAILABLE:
            raise

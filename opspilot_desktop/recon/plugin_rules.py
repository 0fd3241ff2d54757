"""Rules of plug-ins as the engine runs them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Float,
    FromClause,
    Integer,
    Numeric,
    Select,
    String,
    Table,
    Text,
    case,
    cast,
    or_,
    select,
)
from sqlalchemy.sql import visitors
from sqlalchemy.sql.dml import UpdateBase
from sqlalchemy.types import NullType

from ..domain.issues import Severity, type_label
from ..plugins.api import PythonRule, SqlRule
from ..plugins.faults import PluginFault, is_names
from ..store.schema import trades
from . import sql
from .findings import finding
from .rule import Check
from .scope import Scope
from .templates import SAYS, figures_named

_OWN_COLUMNS = ("trade_id", "currency", "entry_id", "difference_units", "difference_nanos")


@dataclass(frozen=True)
class PluginType:
    """The type of a plug-in rule's issues (see IssueKind)."""

    value: str
    severity: Severity
    is_matching: bool

    @property
    def label(self) -> str:
        """The words on screen."""
        return type_label(self.value)


class FromPlugin:
    """What the rules of plug-ins have in common. `folder` is where the plug-in's code is."""

    is_slow = False

    def __init__(
        self, declared: PythonRule | SqlRule, plugin: str, version: str, folder: Path | None
    ) -> None:
        self.plugin = plugin
        self.version = version
        self.folder = folder
        self.says = declared.says
        self.material = tuple(declared.material)
        self.issue_type = PluginType(declared.name, declared.severity, declared.matching)

    def further_keys(self, check: Check) -> Select[Any] | None:
        """See Rule."""
        return None

    def query(self, check: Check) -> Select[Any] | None:
        """See Rule."""
        return None


class RuleInPython(FromPlugin):
    """A function of a trade and its entries; `python_pass` calls it, so there is no query."""

    is_slow = True

    def __init__(self, declared: PythonRule, plugin: str, version: str, folder: Path | None) -> None:
        super().__init__(declared, plugin, version, folder)
        self.check = declared.check


class RuleInSql(FromPlugin):
    """A query, put into another one that keeps it to the scope and makes findings of its rows."""

    def __init__(self, declared: SqlRule, plugin: str, version: str, folder: Path | None) -> None:
        super().__init__(declared, plugin, version, folder)
        self._declared = declared

    def further_keys(self, check: Check) -> Select[Any] | None:
        """See Rule."""
        if self._declared.further is None:
            return None
        rows = self._asked(self._declared.further, check)
        return select(_column(rows, "trade_id"))

    def query(self, check: Check) -> Select[Any]:
        """See Rule."""
        rows = self._asked(self._declared.query, check)
        trade_id = _column(rows, "trade_id")
        figures = {name: column for name, column in rows.c.items() if name not in _OWN_COLUMNS}
        shown = {name: _as_json(name, column) for name, column in figures.items()}
        currency, entry_id = (
            None if name not in rows.c else cast(rows.c[name], Text) for name in ("currency", "entry_id")
        )
        if currency is not None:
            shown["currency"] = sql.json_text(currency)
        difference = _difference(rows)
        if difference is not None:
            parts = (rows.c.difference_units, rows.c.difference_nanos)
            shown["difference"] = sql.json_text(sql.stored_text(*parts))
        check_figures(self, shown)
        material = {name: shown[name] for name in self.material or shown}
        found = finding(
            rows,
            self.issue_type,
            trade_id=trade_id,
            currency=currency,
            entry_id=entry_id,
            difference=difference,
            material=sql.json_object(**material),
            evidence=sql.json_object(**shown, **{SAYS: sql.json_text(self.says)}),
        ).where(trade_id.is_not(None), check.scope.looks_at(self.issue_type, trade_id))
        if self.issue_type.is_matching:
            is_checked = trades.c.status.in_(check.settings.checked_statuses)
            found = found.where(trade_id.in_(select(trades.c.trade_id).where(is_checked)))
        return found

    def _asked(self, function: Callable[[Any], Any], check: Check) -> FromClause:
        """The rows of a query that the plug-in gives."""
        statement = function(_Book(check.scope, check.settings.checked_statuses, check.as_of))
        if not isinstance(statement, Select):
            raise PluginFault(f"{self.issue_type.value} must give a select; it gave something else")
        if any(isinstance(part, UpdateBase) for part in visitors.iterate(statement)):
            raise PluginFault(f"{self.issue_type.value} would change data; a rule only reads")
        rows = statement.subquery("found")
        if not is_names(list(rows.c.keys())):
            raise PluginFault(f"give every column of {self.issue_type.value} a name with label(), as in a_b")
        return rows


@dataclass(frozen=True)
class _Book:
    """See plugins.api.Book."""

    scope: Scope
    checked_statuses: tuple[str, ...]
    as_of: date | None

    def in_scope(self, trade_id: ColumnElement[Any]) -> ColumnElement[bool]:
        return self.scope.contains(trade_id)

    def decimal(self, table: Table | Any, name: str) -> ColumnElement[str]:
        parts = [f"{name}_{part}" for part in ("units", "nanos", "rest")]
        return sql.stored_text(*[table.c[part] for part in parts if part in table.c])


def check_figures(rule: FromPlugin, figures: Any) -> None:
    """Raises PluginFault if the rule names a figure that it does not give."""
    for name in (*rule.material, *figures_named(rule.says)):
        if name not in figures:
            raise PluginFault(f"{rule.issue_type.value} names the figure {name} and does not give it")


def _column(rows: FromClause, name: str) -> ColumnElement[Any]:
    if name not in rows.c:
        raise PluginFault(f"a rule's query needs a column {name}")
    column: ColumnElement[Any] = rows.c[name]
    if name == "trade_id" and not isinstance(column.type, String | NullType):
        raise PluginFault("the column trade_id must hold trade ids, which are texts")
    return column


def _as_json(name: str, column: ColumnElement[Any]) -> ColumnElement[str]:
    if name == SAYS:
        raise PluginFault(f"no figure can be called {SAYS}; rename it")
    if isinstance(column.type, Float | Numeric):
        raise PluginFault(f"the figure {name} is not exact; use book.decimal, or whole numbers")
    if isinstance(column.type, Integer):
        return case((column.is_(None), "null"), else_=sql.json_number(column))
    return sql.json_text(cast(column, Text))


def _difference(rows: FromClause) -> tuple[ColumnElement[Any], sql.Limbs] | None:
    """The sign and the limbs of the difference, where the query gives one."""
    if "difference_units" not in rows.c and "difference_nanos" not in rows.c:
        return None
    units, nanos = sql.whole(_column(rows, "difference_units")), sql.whole(_column(rows, "difference_nanos"))
    direction = case((or_(units < 0, nanos < 0), -1), else_=1)
    return direction, (*sql.limbs(sql.absolute(units), sql.absolute(nanos)), sql.zero())

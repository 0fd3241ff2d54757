"""Statements of a run that are spelled out once in the life of the program.

Looking a large statement up among those that SQLAlchemy has compiled takes longer than a run over a thousand
trades needs to execute it. A statement that is the same object each time is known at once.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, CursorResult, Dialect, SelectBase, UpdateBase
from sqlalchemy.sql.compiler import SQLCompiler


def execute(
    connection: Connection, statement: SelectBase | UpdateBase, values: Mapping[str, Any] | None = None
) -> CursorResult[*tuple[Any, ...]]:
    """Executes a statement of whole numbers and texts that its caller keeps; `values` are its parameters."""
    text, defaults, order = _spelled_out(statement, connection.dialect)
    given = {**defaults, **values} if values else defaults
    return connection.exec_driver_sql(text, given if order is None else tuple(given[name] for name in order))


@lru_cache(maxsize=256)
def _spelled_out(
    statement: SelectBase | UpdateBase, dialect: Dialect
) -> tuple[str, dict[str, Any], list[str] | None]:
    """The text, the parameters that it has of itself, and their order where they have no names."""
    compiled = statement.compile(dialect=dialect, compile_kwargs={"render_postcompile": True})
    assert isinstance(compiled, SQLCompiler)
    return compiled.string, dict(compiled.params), compiled.positiontup

"""Temporary tables: they live as long as a run's connection, and nobody else sees them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    Column,
    Connection,
    CreateTableAs,
    Dialect,
    Insert,
    MetaData,
    Select,
    SelectBase,
    Table,
    insert,
)
from sqlalchemy.schema import CreateTable

from ..store.schema import PlainText
from .prepared import execute

_FEW = 5_000
"""For up to as many rows PostgreSQL's guess from the size of a table is good enough."""


def key_table(name: str) -> Table:
    """A temporary table of trade ids, to be created by each run that needs it."""
    return Table(
        name,
        MetaData(),
        Column("trade_id", PlainText, primary_key=True),
        prefixes=["TEMPORARY"],
        sqlite_with_rowid=False,
    )


def create(connection: Connection, *tables: Table) -> None:
    """Makes the tables."""
    for table in tables:
        connection.exec_driver_sql(_statement(table, connection.dialect))


def create_as(connection: Connection, name: str, query: SelectBase) -> None:
    """Makes a temporary table of what a query finds.

    Unlike an INSERT, PostgreSQL works on it with several processes. A query that is the same object as
    before is not spelled out again.
    """
    made = connection.exec_driver_sql(_creation(name, query, connection.dialect))
    if connection.dialect.name == "postgresql" and made.rowcount > _FEW:
        # To look at all of their columns takes longer than to know about them saves.
        known = [column.name for column in query.selected_columns if column.name in ("trade_id", "status")]
        columns = f" ({', '.join(known)})" if known else ""
        connection.exec_driver_sql(f"ANALYZE {name}{columns}")


def fill(connection: Connection, table: Table, query: Select[Any]) -> None:
    """Makes the table and fills it with what a query finds: the columns of the table, in their order.

    SQLite goes through a table by its primary key; PostgreSQL rather works with several processes.
    """
    if connection.dialect.name == "postgresql":
        create_as(connection, table.name, query)
        return
    create(connection, table)
    execute(connection, _filling(table, query))


@lru_cache(maxsize=64)
def _filling(table: Table, query: Select[Any]) -> Insert:
    return insert(table).from_select([column.name for column in table.columns], query)


def analyze(connection: Connection, *tables: Table) -> None:
    """Tells PostgreSQL's planner how much is in the tables; SQLite goes by their indexes."""
    if connection.dialect.name == "postgresql":
        for table in tables:
            connection.exec_driver_sql(f"ANALYZE {table.name}")


def plan_for_many_rows(connection: Connection) -> None:
    """Lets PostgreSQL hold a run's joins in memory, until the transaction ends.

    Its usual 4 MB of working memory make a million rows go through files, and compiling a statement takes
    longer than a run's statements do.
    """
    if connection.dialect.name == "postgresql":
        # How many rows disagree is guessed too high by far, and handing them over then seems too dear.
        wanted = {"work_mem": "128MB", "jit": "off", "parallel_tuple_cost": "0"}
        settings = [f"set_config('{name}', '{value}', true)" for name, value in wanted.items()]
        connection.exec_driver_sql(f"SELECT {', '.join(settings)}")


def plan_for_few_rows(connection: Connection) -> None:
    """Lets SQLite use the same memory again and again for the pages of a run that looks at few rows, and
    PostgreSQL look them up by their indexes, until the transaction ends.

    They lie scattered, and each is read once or twice: fresh memory for each takes longer than reading it.
    PostgreSQL, which takes every look at a disk for slow, would go through all issues several times.
    """
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("PRAGMA cache_size = -4096")
    elif connection.dialect.name == "postgresql":
        connection.exec_driver_sql("SET LOCAL random_page_cost = 1.1")


@contextmanager
def sorted_groups(connection: Connection) -> Iterator[None]:
    """Lets PostgreSQL group by sorting: with several processes, or in the order of an index.

    For groups of hardly more than one row each, of which one process would make a table of them all.
    """
    is_postgresql = connection.dialect.name == "postgresql"
    if is_postgresql:
        connection.exec_driver_sql("SET LOCAL enable_hashagg = off")
    yield
    if is_postgresql:
        connection.exec_driver_sql("SET LOCAL enable_hashagg TO DEFAULT")


@lru_cache(maxsize=64)
def _statement(table: Table, dialect: Dialect) -> str:
    """The text of CREATE TABLE: spelling it out takes longer than the database needs to obey."""
    return str(CreateTable(table).compile(dialect=dialect))


@lru_cache(maxsize=64)
def _creation(name: str, query: SelectBase, dialect: Dialect) -> str:
    return str(CreateTableAs(query, name, temporary=True).compile(dialect=dialect))

"""Keeps what goes wrong in a plug-in from everything else in a run."""

from __future__ import annotations

import logging
import sqlite3
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from sqlalchemy import Connection, delete, text
from sqlalchemy.exc import DBAPIError

from .. import crash, paths
from ..domain.jobs import Handle
from ..plugins.faults import reason_of
from ..redaction import trace
from .findings import findings
from .plugin_rules import FromPlugin
from .rule import Rule

logger = logging.getLogger(__name__)
R = TypeVar("R", bound=Rule)

# Of these errors of SQLite the machine is to blame, and not what was asked.
_OF_THE_MACHINE = frozenset(
    {
        sqlite3.SQLITE_BUSY,
        sqlite3.SQLITE_CANTOPEN,
        sqlite3.SQLITE_CORRUPT,
        sqlite3.SQLITE_FULL,
        sqlite3.SQLITE_INTERRUPT,
        sqlite3.SQLITE_IOERR,
        sqlite3.SQLITE_LOCKED,
        sqlite3.SQLITE_NOMEM,
        sqlite3.SQLITE_NOTADB,
    }
)


@dataclass(frozen=True)
class Failure:
    """A plug-in that failed in a run; the reason holds no data."""

    plugin: str
    version: str
    reason: str

    @property
    def warning(self) -> str:
        """The sentence for whoever started the run."""
        return (
            f"The plug-in {self.plugin} failed and was switched off ({self.reason}); its issues stay as they"
            " were."
        )


class Guard:
    """Of one run. A plug-in that failed once is not asked again, and nothing that it found is kept."""

    def __init__(self, connection: Connection, handle: Handle) -> None:
        self.connection = connection
        self.handle = handle
        self.failures: dict[str, Failure] = {}

    def standing(self, rules: Sequence[R]) -> list[R]:
        """The rules without those of plug-ins that have failed."""
        return [
            rule for rule in rules if not isinstance(rule, FromPlugin) or rule.plugin not in self.failures
        ]

    def ask(self, rule: Rule, work: Callable[[], None]) -> None:
        """Does some work for a rule: a plug-in's may only read, and what it did is undone if it fails."""
        if not isinstance(rule, FromPlugin):
            work()
            return
        if rule.plugin in self.failures:
            return
        try:
            with self.connection.begin_nested():
                if self.connection.dialect.name == "postgresql":
                    # Until the savepoint ends; temporary tables can be written all the same.
                    self.connection.execute(text("SET TRANSACTION READ ONLY"))
                work()
        except KeyboardInterrupt:
            raise
        except BaseException as error:  # whatever a plug-in thinks of, SystemExit included
            if self.handle.cancelled or _is_of_the_machine(error):
                raise
            self.fail(rule, error)

    def fail(self, rule: FromPlugin, error: BaseException) -> None:
        """Keeps why a rule failed. The report in the folder of the logs has the place, and no values."""
        failure = Failure(rule.plugin, rule.version, reason_of(error, rule.folder))
        self.failures[rule.plugin] = failure
        # Not as a warning: without a log file, logging would write it to standard error, values included.
        logger.info("A plug-in failed", extra={"plugin": rule.plugin}, exc_info=error)
        where = f"Plug-in {rule.plugin}, {rule.issue_type.value}: {failure.reason}"
        crash.save(paths.logs(), "\n".join([where, "", *trace(error), ""]))

    def forget(self, rules: Sequence[Rule]) -> None:
        """Takes back what the plug-ins that failed had found before."""
        failed = [
            rule.issue_type.value
            for rule in rules
            if isinstance(rule, FromPlugin) and rule.plugin in self.failures
        ]
        if failed:
            self.connection.execute(delete(findings).where(findings.c.issue_type.in_(failed)))


def _is_of_the_machine(error: BaseException) -> bool:
    """Whether the database failed for a reason of its own: a full disk, a server that is gone."""
    if not isinstance(error, DBAPIError):
        return False
    origin = error.orig
    if isinstance(origin, sqlite3.Error):
        return (getattr(origin, "sqlite_errorcode", None) or 0) & 0xFF in _OF_THE_MACHINE
    psycopg = sys.modules.get("psycopg")
    if psycopg is None or not isinstance(origin, psycopg.OperationalError):
        return False
    return not isinstance(origin, psycopg.errors.QueryCanceled)  # the server's own limit of time

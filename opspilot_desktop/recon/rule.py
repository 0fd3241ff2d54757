"""What a rule is, and what a run gives it to work with."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any, Protocol, runtime_checkable

from sqlalchemy import Connection, Select

from ..domain.issues import IssueKind
from ..domain.jobs import Handle
from .rule_settings import RuleSettings
from .scope import Scope


@dataclass(frozen=True)
class Check:
    """One run, as its rules see it. `as_of` is the date that was asked for, None without one; `today` is that
    date, or else the day it is where the program runs. A rule that works long outside the database asks
    `handle.check()` meanwhile, which raises Cancelled."""

    connection: Connection
    scope: Scope
    settings: RuleSettings
    as_of: date | None = None
    handle: Handle = field(default_factory=Handle)

    @cached_property
    def today(self) -> date:
        """The day as which the run looks: the same to its end, even if that is after midnight."""
        return self.as_of or date.today()


@runtime_checkable
class Rule(Protocol):
    """A kind of issue and the query that finds it; its name is the type's value.

    An issue's identity is its type and a key (a trade id, where the rule does not say otherwise). What a rule
    names as *material* decides alone whether an issue counts as changed; the evidence is what is shown and
    explained.
    """

    @property
    def issue_type(self) -> IssueKind:
        """The type of issue it finds."""
        ...

    def further_keys(self, check: Check) -> Select[Any] | None:
        """Of an incremental run: a query for issue keys beyond the scope that have to be looked at again,
        because what changed elsewhere may decide about them; None without any.

        For every key that a rule looks at, its query must find the issue or the issue is gone.
        """
        ...

    def query(self, check: Check) -> Select[Any] | None:
        """The offending keys that the rule looks at (`Scope.looks_at`), with their evidence, as
        `findings.finding` makes it; None if there can be none.

        It may use the temporary table `matching.pairs`, which holds pairs in scope only.
        """
        ...


@runtime_checkable
class Countable(Protocol):
    """A rule that knows how many findings its query has without going through them all."""

    def counting(self) -> Select[Any]:
        """A query for the number of findings of the query that the rule made last."""
        ...


class InScope:
    """What most rules have in common: an issue depends on its own trade and entries alone."""

    def further_keys(self, check: Check) -> Select[Any] | None:
        """None: nothing beyond the scope."""
        return None


class ComparesTrades:
    """What rules have in common whose findings depend on other trades.

    While one of them is on, the former values of changed trades are kept (see store.former_trades).
    """

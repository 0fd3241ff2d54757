"""What a rule is."""

from __future__ import annotations

from typing import Any, Protocol

from sqlalchemy import Connection, Select

from ...domain.issues import IssueType
from ..rule_settings import RuleSettings
from ..scope import Scope


class Rule(Protocol):
    """A kind of issue and the query that finds it.

    Its identity is the issue type and a key (the trade id). What it names as *material* decides alone
    whether an issue counts as changed; the evidence is what is shown and explained.
    """

    issue_type: IssueType
    covers_everything: bool
    """Whether the query looks at everything even in an incremental run."""

    def query(self, connection: Connection, scope: Scope, settings: RuleSettings) -> Select[Any] | None:
        """The offending keys with their evidence, as `findings.finding` makes it; None if there can be none.

        It may use the temporary table `matching.pairs`.
        """
        ...

"""Source profiles: all that somebody has said of one source's files, under a name.

A file that has a profile is read, mapped and checked by it and by nothing else. Each part has a default
that changes nothing, so that a mapping of columns alone is a profile as well.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from ..domain.fields import Kind
from .asked import ReadAs
from .mapping import Mapping
from .taking import SkipRule, columns_of

Duplicates = Literal["ask", "append", "merge"]
"""What becomes of lines without an id that are stored already."""
DUPLICATES: tuple[Duplicates, ...] = ("ask", "append", "merge")
MOST_FOOTER_ROWS = 1000
"""How many rows at the end of a file a profile can leave out."""


@dataclass(frozen=True)
class Profile:
    """How the files of one source are read.

    `name` is "" for one that has not been saved. `read_as` says how a file becomes records; `skip` and
    `footer_rows` which of those are no data; `mapping` which column is which field and how it is written.
    `header` are the column names of the file that the profile was made for, in the file's order: by these
    such files are recognised; without any they are not. `source` is the source that ledger entries get.
    """

    kind: Kind
    name: str = ""
    mapping: Mapping = field(default_factory=Mapping)
    read_as: ReadAs = field(default_factory=ReadAs)
    skip: tuple[SkipRule, ...] = ()
    footer_rows: int = 0
    header: tuple[str, ...] = ()
    source: str = ""
    duplicates: Duplicates = "ask"

    @property
    def columns(self) -> frozenset[str]:
        """The column names that a file must have to be read by the profile."""
        taken = [name for each in self.mapping.columns.values() for name in columns_of(each)]
        return frozenset([*taken, *[rule.column for rule in self.skip]])

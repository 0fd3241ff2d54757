"""What becomes of ledger lines without an id that were stored before.

Lines with an id are recognised by it. Those without are recognised only by what they say: of the very same
file that comes again, all were stored; of another file, those that are alike word for word may be the same
lines or others, and that is for a person, or for the profile of the source, to say.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace

from sqlalchemy import Connection

from ..domain.clock import local_minute
from ..domain.errors import KnownError
from ..domain.fields import Kind
from ..files.profile import Duplicates
from ..files.staging import Staged
from ..store.lookalikes import Lookalikes, set_lookalikes_aside
from ..store.merging import Merge, StagedRows, imported_before


@dataclass(frozen=True)
class Decision:
    """What storing the file does.

    `repeated` is when this very file was imported before, `choice` what was done of lines without an id
    ("append" or "merge"; "" where there was nothing to choose). While somebody has to choose, `lookalikes`
    are the lines concerned, and `merge` leaves them as they are.
    """

    merge: Merge
    repeated: str | None = None
    lookalikes: Lookalikes | None = None
    choice: str = ""


def decide(
    connection: Connection, staged: Staged, rows: StagedRows, said: Duplicates | None = None
) -> Decision:
    """Leaves out of `rows` what is not to be stored again; `said` is what somebody says of this import.

    The same file with mended rows is another one.
    """
    if staged.kind is not Kind.LEDGER or not rows.has_blank_keys():
        return Decision(rows.count())
    if said is None and not staged.mended:
        repeated = imported_before(connection, staged.kind, staged.sha256, rows.source, staged.good)
        if repeated is not None:
            return Decision(_without_blank_keys(rows), repeated)
    choice = said or staged.profile.duplicates
    if choice == "append":
        return Decision(rows.count(), choice=choice)
    found = set_lookalikes_aside(rows)
    merge = rows.count()
    if found is not None:
        merge = _with(merge, found)
    if choice == "ask":
        return Decision(merge, lookalikes=found)
    return Decision(merge, choice=choice)


def _without_blank_keys(rows: StagedRows) -> Merge:
    """What storing the rows with an id does. Where that is something, the import holds the lines without an
    id as well that were stored before: they must not go as long as it is there."""
    every = rows.rows
    left_out = rows.leave_out_blank_keys()
    merge = rows.count()
    if not merge.imported and not merge.updated:  # no import is recorded
        return replace(merge, unchanged=merge.unchanged + left_out)
    rows.rows = every
    found = set_lookalikes_aside(rows)
    rows.leave_out_blank_keys()
    held = {} if found is None else found.rests_on
    return replace(merge, unchanged=merge.unchanged + left_out, rests_on=_together(merge.rests_on, held))


def _with(merge: Merge, found: Lookalikes) -> Merge:
    """What is stored, with the lines that are stored already among the unchanged ones."""
    rests_on = _together(merge.rests_on, found.rests_on)
    return Merge(merge.imported, merge.updated, merge.unchanged + found.stored, rests_on, found.stored)


def _together(one: Mapping[int, int], other: Mapping[int, int]) -> dict[int, int]:
    """How many rows each import wrote, of both."""
    return dict(Counter(one) + Counter(other))


def checked_choice(choice: Duplicates | None, kind: Kind) -> Duplicates | None:
    """The choice of a person as it is used. Raises KnownError where there is nothing to choose."""
    if choice is not None and kind is not Kind.LEDGER:
        raise KnownError(
            "Every trade has an id, so there are no lines without one to append or to merge; leave"
            " --duplicates out."
        )
    return choice


def left_out_notice(repeated: str) -> str:
    """What is said where the lines without an id of a file that was imported before were left out."""
    return (
        f"This file was imported before, on {local_minute(repeated)}: its rows without an entry id were left"
        " as they are."
    )


def undecided_fact(found: Lookalikes) -> str:
    """How many lines are stored already, as the beginning of a sentence."""
    if found.lines == 1:
        return "The one line without an entry id is already stored, word for word"
    lines = f"{found.lines:,} lines without an entry id"
    return f"{found.stored:,} of {lines} {'is' if found.stored == 1 else 'are'} already stored, word for word"


def undecided_message(file: str, found: Lookalikes) -> str:
    """Why a file is refused as long as nobody has said what becomes of such lines."""
    return (
        f"{file}: {undecided_fact(found)}, so nothing was stored; say --duplicates append to add them all, or"
        " --duplicates merge to add only those that are new."
    )


def unsaid_message(found: Lookalikes) -> str:
    """The same for a file that nobody imports by hand, where the profile has to say it."""
    return (
        f"{undecided_fact(found)}, so nothing was stored; say under duplicates in the source's profile what"
        " becomes of such lines (append or merge), or import the file by hand."
    )

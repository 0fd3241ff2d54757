"""Records that a profile leaves out: rows that its rules skip, and a file's last rows. All are counted."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence

from ..domain.errors import KnownError
from .asked import Misread
from .reading import Batch
from .specials import Mark
from .taking import Operator, SkipRule

_SHOWN = 60  # characters of a footer row that are told


class RowFilter:
    """Takes the rows out of batches that some rule skips.

    `counts` says how many each rule has taken, in the rules' order; a row counts for the first that does.
    Raises KnownError for a rule whose column the header lacks.
    """

    def __init__(self, rules: Sequence[SkipRule], header: Sequence[str]) -> None:
        self._rules = rules
        self._tests = [(header.index(rule.column), _test(rule)) for rule in rules if rule.column in header]
        if len(self._tests) < len(rules):
            gone = next(rule.column for rule in rules if rule.column not in header)
            raise KnownError(
                f"The profile skips rows by the column “{gone}”, which this file does not have; correct the"
                " profile or choose another file."
            )
        self.counts = [0] * len(rules)

    @property
    def total(self) -> int:
        """How many rows were skipped so far."""
        return sum(self.counts)

    def count_also(self, counts: Sequence[int]) -> None:
        """Counts what the same rules have skipped elsewhere in the file."""
        self.counts = [own + other for own, other in zip(self.counts, counts, strict=True)]

    def skips(self, row: Sequence[str]) -> int | None:
        """Which rule, if any, skips the row."""
        for place, (index, test) in enumerate(self._tests):
            if test(row[index].strip().lower()):
                return place
        return None

    def apply(self, batch: Batch) -> None:
        """Takes the rows out that are skipped."""
        if not self._tests:
            return
        kept = []
        for place, row in enumerate(batch.rows):
            rule = self.skips(row)
            if rule is None:
                kept.append(place)
            else:
                self.counts[rule] += 1
        if len(kept) < len(batch.rows):
            keep_only(batch, kept)

    @property
    def notices(self) -> list[str]:
        """What was skipped, as sentences; a rule that skipped nothing says so too."""
        return [
            f"{count:,} row{'' if count == 1 else 's'} skipped: {rule.words}."
            for rule, count in zip(self._rules, self.counts, strict=True)
        ]


def _test(rule: SkipRule) -> Callable[[str], bool]:
    values = tuple(value.strip().lower() for value in rule.values)
    match rule.operator:
        case Operator.IS:
            return frozenset(values).__contains__
        case Operator.IS_NOT:
            return lambda cell: cell not in values
        case Operator.CONTAINS:
            return lambda cell: any(value in cell for value in values)
        case Operator.STARTS_WITH:
            return lambda cell: cell.startswith(values)
        case Operator.IS_BLANK:
            return lambda cell: not cell
        case Operator.IS_NOT_BLANK:
            return bool


def keep_only(batch: Batch, places: Sequence[int]) -> None:
    """Leaves only the rows at these places in the batch, in their order."""
    marks: dict[int, dict[int, Mark]] = {}
    for new, old in enumerate(places):
        if old in batch.marks:
            marks[new] = batch.marks[old]
    batch.marks = marks
    batch.rows = [batch.rows[place] for place in places]
    batch.records = [batch.records[place] for place in places]
    batch.lines = [batch.lines[place] for place in places]


class Footer:
    """Leaves out the last rows of a file. `is_data` tells of a whole row whether it could be imported.

    A row that could is no footer: then the file is refused, since one would be lost without a word.
    """

    def __init__(self, rows: int, name: str, is_data: Callable[[list[str], dict[int, Mark]], bool]) -> None:
        self._rows = rows
        self._name = name
        self._is_data = is_data
        self._left_out: list[tuple[int, str]] = []

    def before(self, batches: Iterable[Batch]) -> Iterator[Batch]:
        """The batches without the last rows."""
        held: deque[Batch] = deque()
        for batch in batches:
            held.append(batch)
            while self._rows <= sum(map(_size, held)) - _size(held[0]):
                yield held.popleft()
        ends = sorted(record for batch in held for record in _records(batch))[-self._rows :]
        for batch in held:
            if ends:
                self._cut(batch, ends[0])
            yield batch

    def _cut(self, batch: Batch, first: int) -> None:
        kept = [place for place, record in enumerate(batch.records) if record < first]
        for place in range(len(kept), len(batch.rows)):
            row = batch.rows[place]
            if self._is_data(row, batch.marks.get(place, {})):
                raise Misread(
                    f"Line {batch.lines[place]:,} of {self._name} would be left out as a footer, but is a row"
                    " like the others; correct the number of footer rows in the profile."
                )
            self._left_out.append((batch.lines[place], " ".join(filter(None, map(str.strip, row)))))
        for each in batch.broken:
            if each.record >= first:
                self._left_out.append((each.line, each.value))
        keep_only(batch, kept)
        batch.broken = [each for each in batch.broken if each.record < first]

    @property
    def notices(self) -> list[str]:
        """What was left out, as a sentence."""
        if not self._left_out:
            return []
        rows = [
            f"line {line:,} ({text[:_SHOWN]}{'…' if len(text) > _SHOWN else ''})"
            for line, text in sorted(self._left_out)[:3]
        ]
        more = f" and {len(self._left_out) - 3:,} more" if len(self._left_out) > 3 else ""
        count = len(self._left_out)
        return [f"{count:,} footer row{'' if count == 1 else 's'} left out: {', '.join(rows)}{more}."]


def _records(batch: Batch) -> list[int]:
    return [*batch.records, *[each.record for each in batch.broken]]


def _size(batch: Batch) -> int:
    return len(batch.records) + len(batch.broken)

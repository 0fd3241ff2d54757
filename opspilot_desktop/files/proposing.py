"""What the profile of a file without one may be: by names, by likeness of names, and by what the cells hold.

A proposal is for a person to confirm. What the cells leave open is a question, never an answer.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from ..domain.errors import KnownError
from ..domain.fields import RECORDS, FieldType, Kind, Record
from .asked import Misread, ReadAs
from .content import FORMATS, Looks, debit_and_credit, fits, looks_of, numbers_among, side_of
from .dialect import normalised
from .formats import NumberText
from .leaving_out import RowFilter
from .likeness import with_likeness
from .mapping import Mapping, Proposal, propose
from .opening import opener
from .profile import Profile
from .source import RecordFile, may_be_workbook
from .taking import (
    PLAIN,
    DebitCredit,
    Joined,
    NumberFormat,
    Operator,
    Side,
    SignedBy,
    SignOf,
    SkipRule,
    Taken,
    Unsigned,
    columns_of,
)
from .totals import TOTAL_WORDS

_SAMPLE = 200  # rows that are looked at
_DEBITS = frozenset(("debit", "dr", "soll", "debitamount", "withdrawal", "withdrawals", "belastung", "debe"))
_CREDITS = frozenset(("credit", "cr", "haben", "creditamount", "deposit", "deposits", "gutschrift", "haber"))
_HEADER_LINES = 10  # how many lines are tried for the header
_SKIP_OR_KEEP = ("skip", "keep")
SIGNS = ("negative", "positive", "none")
"""What debits count, as choices of a question; none where the column does not tell the sign."""
_ID_OF = ("trade_date", "instrument", "side", "quantity", "price")


@dataclass(frozen=True)
class Sample:
    """The first rows of a file, and how it was opened."""

    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    read_as: ReadAs = field(default_factory=ReadAs)

    @classmethod
    def of(cls, file: RecordFile, read_as: ReadAs, most: int = _SAMPLE) -> Sample:
        """The first rows of a file that is open and has not been read."""
        rows: list[tuple[str, ...]] = []
        for batch in file.batches():
            rows += map(tuple, batch.rows[: most - len(rows)])
            if len(rows) >= most:
                break
        return cls(file.header, tuple(rows), read_as)

    def column(self, name: str) -> list[str]:
        """The cells of a column."""
        index = self.header.index(name)
        return [row[index] for row in self.rows]


@dataclass(frozen=True)
class Question:
    """What the file leaves open: a sentence, the fields it is about, and the choices in the profile's words.

    `choices` are forms of dates, number formats as words, or fields.
    """

    text: str
    fields: tuple[str, ...]
    choices: tuple[str, ...]


@dataclass(frozen=True)
class ProfileProposal(Proposal):
    """A proposal for all of a profile.

    `columns` tell of each column what it may be, how sure that is and why; `reasons` tell, by field, why its
    value is made of more than a column; `questions` are to be answered.
    """

    profile: Profile = field(default_factory=lambda: Profile(Kind.TRADES))
    reasons: dict[str, str] = field(default_factory=dict)
    questions: tuple[Question, ...] = ()

    @property
    def lines(self) -> tuple[str, ...]:
        """The proposal as lines of a mapping file that are no matter of course."""
        from .profile_text import taken_text

        made = [
            f"{name} = {taken_text(taken)}"
            for name, taken in self.profile.mapping.columns.items()
            if not isinstance(taken, str)
        ]
        single = [
            line
            for line, each in zip(super().lines, self.recognised, strict=True)
            if isinstance(self.profile.mapping.columns.get(each.field or ""), str)
        ]
        return (*single, *made)

    def mapping(self) -> Mapping:
        """The proposal as a mapping."""
        return self.profile.mapping


def propose_for_file(path: Path, record: Record, read_as: ReadAs) -> ProfileProposal:
    """What the profile of a file may be. Where its first line names too little, one of the next is taken for
    the header if it names more. Raises KnownError for a file that cannot be read."""
    try:
        with opener(path, record, Profile(record.kind, read_as=read_as), is_mapped=False)() as file:
            best = propose_profile(Sample.of(file, read_as), record.kind)
            if not best.missing or read_as.header_row:
                return best
            return _propose_below(path, record, read_as, file, len(best.missing)) or best
    except Misread:  # the first line can be no header
        if read_as.header_row or may_be_workbook(path):
            raise
        below = _propose_below(path, record, read_as, None, len(record.required))
        if below is None:
            raise
        return below


def _propose_below(
    path: Path, record: Record, read_as: ReadAs, file: RecordFile | None, missing: int
) -> ProfileProposal | None:
    """What the profile may be with the header on one of the lines below the first, where that leaves fewer
    than so many required fields `missing`."""
    best: ProfileProposal | None = None
    for line in range(2, _HEADER_LINES + 1):
        try:
            other = _propose_from(path, record, file, replace(read_as, header_row=line))
        except KnownError:  # it is no header, or the file ends before it
            continue
        if len(other.missing) < missing:
            best, missing = other, len(other.missing)
    return best


def _propose_from(path: Path, record: Record, file: RecordFile | None, read_as: ReadAs) -> ProfileProposal:
    """What the profile may be with the header elsewhere in the `file`."""
    from .workbook import WorkbookFile

    if isinstance(file, WorkbookFile):
        return propose_profile(Sample.of(file.again(lambda _cells: False, read_as), read_as), record.kind)
    with opener(path, record, Profile(record.kind, read_as=read_as), is_mapped=False)() as other:
        return propose_profile(Sample.of(other, read_as), record.kind)


def propose_profile(records: Sample, kind: Kind) -> ProfileProposal:
    """What the profile of the file may be, from its header and its first rows.

    Rows that seem to be no trades are looked at no further: what they hold says nothing of the others.
    """
    first = _proposal(records, kind)
    if not first.profile.skip:
        return first
    rules = RowFilter(first.profile.skip, records.header)
    rows = tuple(row for row in records.rows if rules.skips(row) is None)
    again = _proposal(replace(records, rows=rows), kind)
    asked = tuple(each for each in first.questions if each.choices == _SKIP_OR_KEEP)
    return replace(
        again,
        profile=replace(again.profile, skip=first.profile.skip),
        questions=(*asked, *again.questions),
    )


def _proposal(records: Sample, kind: Kind) -> ProfileProposal:
    record = RECORDS[kind]
    looks = {name: looks_of(records.column(name)) for name in records.header if name}
    columns = with_likeness(propose(records.header, record), record, looks)
    maker = _Making(records, record, looks, {each.field: each.header for each in columns if each.field})
    maker.make()
    missing = tuple(each.name for each in record.required if each.name not in maker.taken)
    profile = Profile(
        kind,
        mapping=Mapping(maker.taken, maker.values, numbers=maker.numbers, dates=maker.dates),
        read_as=records.read_as,
        skip=tuple(maker.skip),
        header=records.header,
    )
    return ProfileProposal(columns, missing, profile, maker.reasons, tuple(maker.questions))


class _Making:
    """Completes a proposal beyond single columns: formats, words, signs, ids, rows that are no data."""

    def __init__(
        self, sample: Sample, record: Record, looks: dict[str, Looks], taken: dict[str, str]
    ) -> None:
        self._sample = sample
        self._record = record
        self._looks = looks
        self.taken: dict[str, Taken] = dict(taken)
        self.values: dict[str, dict[str, str]] = {}
        self.numbers: NumberFormat = PLAIN
        self.dates: dict[str, str] = {}
        self.skip: list[SkipRule] = []
        self.reasons: dict[str, str] = {}
        self.questions: list[Question] = []

    def make(self) -> None:
        """Finds what there is."""
        self._debit_and_credit()
        self._gross_or_net()
        self._signed_by()
        self._sides()
        self._totals()
        self._numbers()
        self._signs()
        self._dates()
        self._id()

    def _looks_of(self, name: str) -> Looks | None:
        taken = self.taken.get(name)
        return self._looks[taken] if isinstance(taken, str) and taken else None

    def _debit_and_credit(self) -> None:
        if "amount" in self.taken or self._record.kind is not Kind.LEDGER:
            return
        named = {normalised(name): name for name in self._looks}
        debit = next((named[name] for name in named if name in _DEBITS), None)
        credit = next((named[name] for name in named if name in _CREDITS), None)
        if debit is not None and credit is not None:
            self.taken["amount"] = DebitCredit(debit, credit)
            self.reasons["amount"] = f"“{credit}” counts positive and “{debit}” negative"

    def _gross_or_net(self) -> None:
        amount = self.taken.get("amount")
        others = [
            name
            for name, looks in self._looks.items()
            if looks.is_number and name != amount and ("gross" in name.lower() or "net" in name.lower())
        ]
        if isinstance(amount, str) and amount and others:
            listed = " or ".join(f"“{name}”" for name in others)
            text = f"The amount is “{amount}”; is {listed} meant?"
            self.questions.append(Question(text, ("amount",), (amount, *others)))

    def _signed_by(self) -> None:
        """Amounts without a sign beside a column that says debit or credit: which way only a person knows."""
        amount, looks = self.taken.get("amount"), self._looks_of("amount")
        if self._record.kind is not Kind.LEDGER or not isinstance(amount, str) or not looks:
            return
        for name in self._looks:
            pair = debit_and_credit(self._sample.column(name))
            if pair is not None and not looks.has_negative:
                self.taken["amount"] = SignedBy(amount, name, (pair[0],), (pair[1],))
                text = f"“{name}” says debit or credit, and “{amount}” has no sign: what do debits count?"
                self.questions.append(Question(text, ("amount",), SIGNS))
                return

    def _sides(self) -> None:
        looks = self._looks_of("side")
        if looks is None:
            return
        words = {
            word: side for word in _once(looks.sides) if (side := side_of(word)) and word.upper() != side
        }
        if words:
            self.values["side"] = dict(words)
            self.reasons["side"] = " and ".join(f"{word} is {side}" for word, side in words.items())
        column = self.taken["side"]
        if looks.others and isinstance(column, str):
            others = _once(looks.others)
            self.skip.append(SkipRule(column, Operator.IS, others))
            self.questions.append(
                Question(
                    f"Rows whose “{column}” is {' or '.join(others)} are no trades: skip them?",
                    ("side",),
                    _SKIP_OR_KEEP,
                )
            )

    def _totals(self) -> None:
        """A row whose id is “Total” is no record; one question about rows that are left out is enough."""
        column = self.taken.get("trade_id")
        if not isinstance(column, str) or not column or self.skip:
            return
        cells = [cell.strip() for cell in self._sample.column(column) if normalised(cell) in TOTAL_WORDS]
        if cells:
            words = _once(cells)
            self.skip.append(SkipRule(column, Operator.IS, words))
            text = f"Rows whose “{column}” is {' or '.join(words)} look like totals: skip them?"
            self.questions.append(Question(text, ("trade_id",), _SKIP_OR_KEEP))

    def _numbers(self) -> None:
        decimals = [each.name for each in self._record.importable if each.type is FieldType.DECIMAL]
        names = [column for name in decimals for column in columns_of(self.taken.get(name, ""))]
        texts = [text for name in names for cell in self._sample.column(name) if (text := cell.strip())]
        forms = number_forms(texts)
        if forms:
            self.numbers = forms[0]
        if len(forms) > 1:
            self.questions.append(number_question(texts, forms, decimals))

    def _signs(self) -> None:
        quantity = self.taken.get("quantity")
        looks = self._looks_of("quantity")
        if looks is None or not looks.has_negative or not isinstance(quantity, str):
            return
        if "side" not in self.taken:
            self.taken["side"] = SignOf(quantity)
            self.taken["quantity"] = Unsigned(quantity)
            self.reasons["side"] = f"Negative “{quantity}” is SELL"
            text = f"No column tells the side; is a negative “{quantity}” a SELL or a BUY?"
            self.questions.append(Question(text, ("side",), ("SELL", "BUY")))
            return
        side = self.taken["side"]
        if isinstance(side, str):
            cells = zip(self._sample.column(quantity), self._sample.column(side), strict=True)
            told = {(side_of(word), cell.strip()[:1] in ("-", "(")) for cell, word in cells if side_of(word)}
            negative: Side = "BUY" if ("BUY", True) in told else "SELL"
            self.taken["quantity"] = Unsigned(quantity, negative)
            self.reasons["quantity"] = f"A negative “{quantity}” is {negative}, as “{side}” says"

    def _dates(self) -> None:
        for each in self._record.importable:
            looks = self._looks_of(each.name)
            if each.type is not FieldType.DATE or looks is None or not looks.dates:
                continue
            form = looks.dates[0]
            if len(looks.dates) > 1:
                self.questions.append(date_question(each.name, str(self.taken[each.name]), looks.dates))
            elif form != "YYYY-MM-DD":
                self.dates[each.name] = form

    def _id(self) -> None:
        if "trade_id" in self.taken or self._record.kind is not Kind.TRADES:
            return
        columns = [columns_of(self.taken[name])[0] for name in _ID_OF if name in self.taken]
        columns = list(dict.fromkeys(columns))
        rows = list(zip(*[self._sample.column(name) for name in columns], strict=True))
        if len(columns) > 2 and rows and len(set(rows)) == len(rows):
            self.taken["trade_id"] = Joined(tuple(columns))
            named = ", ".join(f"“{name}”" for name in columns)
            self.reasons["trade_id"] = f"No column is an id; {named} together differ in each row"


def number_forms(texts: Sequence[str]) -> tuple[NumberFormat, ...]:
    """The formats that such cells can have, one for each meaning that they can have, the plainest first.

    A cell that is a number in no format tells nothing of the others.
    """
    texts = numbers_among(texts)
    found: dict[tuple[str, ...], NumberFormat] = {}
    for form in FORMATS:
        tolerant = replace(form, trailing_minus=_ends(texts, "-"), parentheses=_ends(texts, ")"))
        if texts and fits(NumberText(tolerant), texts):
            found.setdefault(_meaning(texts, tolerant), tolerant)
    return tuple(found.values())


def number_question(texts: Sequence[str], forms: Sequence[NumberFormat], fields: Sequence[str]) -> Question:
    """Asks which of the formats the numbers have."""
    texts = numbers_among(texts)
    meanings = [_meaning(texts, form) for form in forms]
    example = next(text for text, *others in zip(texts, *meanings, strict=True) if len(set(others)) > 1)
    choices = tuple(form.words for form in forms)
    text = f"{example} can be read in two ways: {' or '.join(choices)}."
    return Question(text, tuple(fields), choices)


def date_question(field: str, column: str, forms: Sequence[str]) -> Question:
    """Asks which of the forms the dates of a column have."""
    text = f"Every date of “{column}” can be read as {' or '.join(forms)}."
    return Question(text, (field,), tuple(forms))


def _meaning(texts: Sequence[str], form: NumberFormat) -> tuple[str, ...]:
    return tuple(_value(text) for text in NumberText(form).many(texts))


def _value(text: str) -> str:
    """A plain decimal in one spelling, so that two can be compared."""
    return text.rstrip("0").rstrip(".") if "." in text else text


def _once(words: Sequence[str]) -> tuple[str, ...]:
    """The words without those that differ from an earlier one in case alone."""
    return tuple({word.lower(): word for word in reversed(words)}.values())[::-1]


def _ends(texts: Sequence[str], sign: str) -> bool:
    return any(text.endswith(sign) for text in texts)

"""Which column may be which field, by names that are like one another and by what the cells hold."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import product

from ..domain.fields import Field, FieldType, Record
from .checking import key_field
from .content import Looks
from .dialect import normalised
from .mapping import Proposal, Suggestion

_ALIKE = 84  # of 100, from which names count as like one another
_ID_WORDS = ("order", "ref", "deal", "number", "nummer")  # in the names of columns that are ids


def with_likeness(base: Proposal, record: Record, looks: dict[str, Looks]) -> tuple[Suggestion, ...]:
    """The suggestions, with those fields that no column has the name of found by likeness and content."""
    taken = {each.field for each in base.columns}
    free = [each for each in record.importable if each.name not in taken]
    claimed = {name for each in base.columns for name in each.candidates}
    open_columns = [
        each for each in base.columns if each.field is None and not each.candidates and each.header
    ]
    dated = [header for header, each in looks.items() if each.dates]
    scored = [
        (score, each.header, wanted.name, how, reason)
        for each, wanted in product(open_columns, free)
        if wanted.name not in claimed
        for score, how, reason in [
            *_scores(each.header, wanted, looks[each.header], record),
            *_by_date(wanted, dated == [each.header]),
        ]
    ]
    best = _assign(scored)
    return tuple(_judged(each, best.get(each.header), record, looks) for each in base.columns)


def _scores(header: str, wanted: Field, looks: Looks, record: Record) -> list[tuple[int, str, str]]:
    """How sure it is that the column is the field, how that is known, and why, for each way to know it."""
    from rapidfuzz import fuzz

    if not _suits(looks, wanted, record):
        return []
    scores = []
    own = normalised(header)
    names = (wanted.name, wanted.label, *wanted.aliases)
    likeness, name = max((fuzz.ratio(own, normalised(name)), name) for name in names)
    if likeness >= _ALIKE:
        scores.append((round(likeness * 0.9), "similar", f"Its name is like “{name}”"))
    elif (
        len(own) >= 3 and wanted.type is not FieldType.ID and normalised(wanted.name) in own and looks.filled
    ):
        scores.append((70, "similar", f"Its name has “{wanted.label.lower()}” in it"))
    if looks.filled and wanted.type is FieldType.SIDE:
        scores.append((80, "content", f"Its cells are sides, such as {looks.sides[0]}"))
    if looks.filled and wanted.type is FieldType.CURRENCY:
        scores.append((75, "content", "Its cells are currency codes"))
    is_id = looks.filled and not looks.dates and any(word in own for word in _ID_WORDS)
    if is_id and wanted.name == "trade_id":
        scores.append((65, "similar", "Its name is that of an id"))
    if looks.is_isin and wanted.name == "instrument":
        scores.append((80, "content", "Its cells are ISINs"))
    return scores


def _by_date(wanted: Field, is_only_one: bool) -> list[tuple[int, str, str]]:
    if is_only_one and wanted.name in ("trade_date", "value_date"):
        return [(60, "content", "It is the only column of dates")]
    return []


def _suits(looks: Looks, wanted: Field, record: Record) -> bool:
    """Whether the field could be made of such cells; an id that must not repeat, only of different ones."""
    is_key = wanted.name == key_field(record)
    return looks.suits(wanted.type) and (not is_key or looks.is_distinct or looks.filled < 2)


def _assign(scored: Sequence[tuple[int, str, str, str, str]]) -> dict[str, list[tuple[int, str, str, str]]]:
    """The best field of each column, the surest first; several where two are as sure."""
    found: dict[str, list[tuple[int, str, str, str]]] = {}
    used: set[str] = set()
    for score in sorted({each[0] for each in scored}, reverse=True):
        level = [each for each in scored if each[0] == score and each[1] not in found and each[2] not in used]
        for _, header, name, how, reason in level:
            found.setdefault(header, []).append((score, name, how, reason))
        claims = [name for header in found for _, name, _, _ in found[header]]
        for header in {each[1] for each in level}:
            names = {name for _, name, _, _ in found[header]}
            if any(claims.count(name) > 1 for name in names):
                found[header] = [(score, name, "", "") for name in sorted(names)]
        used |= {each[2] for each in level}
    return found


def _judged(
    each: Suggestion, best: list[tuple[int, str, str, str]] | None, record: Record, looks: dict[str, Looks]
) -> Suggestion:
    if each.field is not None:
        suits = _suits(looks[each.header], record.field(each.field), record)
        reason = "By its own name" if each.how == "name" else "By a known name"
        sure = (100 if each.how == "name" else 95) if suits else 60
        doubt = () if suits else ("its cells do not look like it",)
        return replace(each, confidence=sure, reasons=(reason, *doubt))
    if best is None:
        return each
    names = list(dict.fromkeys(name for _, name, _, _ in best))
    if len(names) > 1 or not best[0][2]:
        return replace(each, candidates=tuple(names), confidence=0)
    score, name, how, reason = best[0]
    known = "similar" if how == "similar" else "content"
    return replace(each, field=name, how=known, confidence=score, reasons=(reason,))  # type: ignore[arg-type]

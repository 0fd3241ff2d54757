"""Reading what runs did (see domain.run_history).

Runs follow each other under one lock, so that the numbers of the issues and of the history's lines rise
with the number of the run that wrote them: a run's own are a range of ids, found by halving. No index has
to be kept for it, and a run among a million issues is read as fast as among ten.
"""

from __future__ import annotations

import json
from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from typing import Any

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    FromClause,
    Select,
    Subquery,
    and_,
    case,
    func,
    literal,
    or_,
    select,
    union_all,
)

from ..domain.errors import KnownError
from ..domain.run_history import Effect, InputFile, PastRun, Touched, TouchedIssue
from .schema import LARGEST_ID, PlainText, imports, issue_comments, issues, rule_versions, runs
from .situations import Describe, issue_rows, readable

_BATCH = 500
_NOT_SHOWN = (Effect.CLEARED.value, Effect.GONE.value)
_ORDER = {effect.value: place for place, effect in enumerate(Effect)}


def past_runs(connection: Connection, *, before: int | None = None, most: int | None = None) -> list[PastRun]:
    """Runs with a smaller number than `before`, the newest first, at most so many."""
    query = _runs().order_by(runs.c.id.desc())
    if before is not None:
        query = query.where(runs.c.id < before)
    if most is not None:
        query = query.limit(most + 1)  # one more, for what came in since
    rows = [dict(row) for row in connection.execute(query).mappings()]
    wanted = rows if most is None else rows[:most]
    if not wanted:
        return []
    following = rows[len(wanted)]["until"] if len(rows) > len(wanted) else 0
    since = [*[row["until"] for row in rows[1 : len(wanted)]], following]
    files = input_files(connection, since[-1] or 0, wanted[0]["until"] or 0)
    numbers = [one.import_id for one in files]
    place = partial(bisect_right, numbers)
    return [
        _past_run(row, tuple(files[place(low or 0) : place(row["until"] or 0)]))
        for row, low in zip(wanted, since, strict=True)
    ]


def past_run(connection: Connection, number: int) -> PastRun:
    """The run of that number. Raises KnownError when there is none."""
    found = past_runs(connection, before=number + 1, most=1) if 0 < number < LARGEST_ID else []
    if not found or found[0].number != number:
        raise KnownError(f"There is no run {number}; look at the list of runs for the right number.")
    return found[0]


def settings_of(connection: Connection, number: int) -> str:
    """The rules' settings that a run used, as they were recorded."""
    return str(connection.execute(select(runs.c.settings).where(runs.c.id == number)).scalar_one())


def last_import_of(connection: Connection, number: int) -> int:
    """The number of the newest import that a run saw; 0 without any."""
    return int(connection.execute(_runs().where(runs.c.id == number)).mappings().one()["until"] or 0)


def input_files(connection: Connection, after: int, until: int) -> list[InputFile]:
    """The imports with numbers above `after`, up to and with `until`, the oldest first."""
    names = [name for name in InputFile.__dataclass_fields__ if name != "import_id"]
    query = select(imports.c.id, *[imports.c[name] for name in names])
    query = query.where(imports.c.id > after, imports.c.id <= until).order_by(imports.c.id)
    return [InputFile(*row) for row in connection.execute(query)]


def _runs() -> Select[Any]:
    # Runs of the program's first version did not note the newest import: theirs is found by the time.
    earlier = select(func.max(imports.c.id)).where(imports.c.at <= runs.c.at).scalar_subquery()
    return select(
        runs,
        rule_versions.c.at.label("settings_at"),
        rule_versions.c.who.label("settings_who"),
        func.coalesce(runs.c.last_import, earlier).label("until"),
    ).select_from(runs.outerjoin(rule_versions, rule_versions.c.id == runs.c.rules_version))


def _past_run(row: Mapping[str, Any], inputs: tuple[InputFile, ...]) -> PastRun:
    same = (
        *("at", "who", "scope", "as_of", "settings_at", "settings_who", "checked", "matched"),
        *("opened", "reopened", "updated", "cleared"),
    )
    return PastRun(
        number=row["id"],
        settings_version=row["rules_version"],
        not_checked=json.loads(row["not_checked"]),
        seconds=row["milliseconds"] / 1000,
        inputs=inputs,
        **{name: row[name] for name in same},
    )


def touched_by(connection: Connection, number: int, most: int, describe: Describe) -> Touched:
    """The issues that a run opened, reopened, changed or cleared; at most so many are listed."""
    opened = select(
        issues.c.id.label("issue_id"),
        literal(Effect.OPENED.value, PlainText).label("effect"),
    ).where(_written_by(connection, issues.c.opened_run, number, number))
    noted = select(issue_comments.c.issue_id, issue_comments.c.kind).where(
        _written_by(connection, issue_comments.c.run_id, number, number)
    )
    effects = union_all(opened, noted).subquery()
    return _touched(connection, effects, (number, number), most, describe)


def touched_between(
    connection: Connection, older: int, newer: int, most: int, describe: Describe, shown_again: str
) -> Touched:
    """How the issues stand after the run `newer` against after the run `older`, by what the data show.

    After a run an issue is shown if the run, or the last one before that wrote of it, did not find it gone.
    *Opened* are issues shown after `newer` and not (or not yet there) after `older`, *cleared* those shown
    after `older` and not after `newer`, *changed* those shown after both whose evidence some run in between
    found changed, even if a later one changed it back. So an issue that was opened and cleared in between
    is neither, and what people did to an issue plays no part. `shown_again` is the note by which a run
    opens an issue again whose evidence is the same.
    """
    first = older + 1
    in_between = _written_by(connection, issue_comments.c.run_id, first, newer)
    new_evidence = or_(
        issue_comments.c.kind == Effect.CHANGED.value,
        and_(issue_comments.c.kind == Effect.REOPENED.value, issue_comments.c.text != shown_again),
    )
    last = (
        select(
            issue_comments.c.issue_id,
            func.max(_stamp(issue_comments)).label("stamp"),
            func.max(case((new_evidence, 1), else_=0)).label("changed"),
        )
        .where(in_between)
        .group_by(issue_comments.c.issue_id)
        .subquery()
    )
    is_shown = func.coalesce(last.c.stamp, _SHOWN) % 2
    effect = case(
        {
            2: literal(Effect.CLEARED.value, PlainText),
            1: literal(Effect.OPENED.value, PlainText),
            3: case((last.c.changed == 1, literal(Effect.CHANGED.value, PlainText))),
        },
        # One value, so that what it takes to find it is done once.
        value=_was_shown(connection, first, last.c.issue_id) * 2 + is_shown,
    )
    was_there = last.c.issue_id < _first_id(connection, issues.c.opened_run, first)
    before = select(last.c.issue_id, effect.label("effect")).where(was_there)
    fresh = (
        select(issues.c.id, literal(Effect.OPENED.value, PlainText))
        .select_from(issues.outerjoin(last, last.c.issue_id == issues.c.id))
        .where(_written_by(connection, issues.c.opened_run, first, newer), is_shown == _SHOWN)
    )
    return _touched(connection, union_all(before, fresh).subquery(), (first, newer), most, describe)


_SHOWN = 1


def _stamp(lines: FromClause) -> ColumnElement[int]:
    """Rises with the run that wrote a line, and is odd if the data showed the issue then: so that the
    largest one tells how the last run left it."""
    return lines.c.run_id * 2 + case((lines.c.kind.in_(_NOT_SHOWN), 0), else_=_SHOWN)


def _was_shown(connection: Connection, first: int, issue_id: ColumnElement[int]) -> ColumnElement[int]:
    """1 if the data showed an issue, which was there, before the run `first`; else 0."""
    lines = issue_comments.alias()
    until = _first_id(connection, issue_comments.c.run_id, first)
    newest = (
        select(_stamp(lines))
        .where(lines.c.issue_id == issue_id, lines.c.id < until, lines.c.run_id.is_not(None))
        .order_by(lines.c.id.desc())
        .limit(1)
    )
    return func.coalesce(newest.scalar_subquery(), _SHOWN) % 2


def _written_by(connection: Connection, column: Column[Any], first: int, last: int) -> ColumnElement[bool]:
    """Whether a row was written by one of these runs, which its `column` names."""
    key = column.table.c.id
    low, high = _first_id(connection, column, first), _first_id(connection, column, last + 1)
    return and_(key >= low, key < high, column.between(first, last))


def _first_id(connection: Connection, column: Column[Any], run: int) -> int:
    """The id from which on rows are of this run or of later ones."""
    key = column.table.c.id
    low, high = 1, int(connection.execute(select(func.max(key))).scalar() or 0) + 1
    while low < high:
        middle = (low + high) // 2
        following = select(key, column).where(key >= middle, column.is_not(None)).order_by(key).limit(1)
        row = connection.execute(following).first()
        if row is None or row[1] >= run:
            high = middle
        else:
            low = row[0] + 1
    return low


def _touched(
    connection: Connection, effects: Subquery, between: tuple[int, int], most: int, describe: Describe
) -> Touched:
    """The effects counted by type, and the first of them as a list."""
    joined = effects.join(issues, issues.c.id == effects.c.issue_id)
    order = case(_ORDER, value=effects.c.effect, else_=len(_ORDER))  # without an effect, last
    counted = (
        select(effects.c.effect, issues.c.issue_type, func.count())
        .select_from(joined)
        .group_by(effects.c.effect, issues.c.issue_type)
        .order_by(order, issues.c.issue_type)
    )
    counts: dict[Effect, dict[str, int]] = {}
    for effect, issue_type, number in connection.execute(counted):
        if effect is not None:
            counts.setdefault(Effect(effect), {})[issue_type] = number
    listed = select(effects).order_by(order, effects.c.issue_id).limit(most)
    found = {row.issue_id: Effect(row.effect) for row in connection.execute(listed) if row.effect}
    notes = dict(_notes(connection, list(found), between))
    rows = issue_rows(connection, list(found), describe)
    same = ("issue_type", "severity", "status", "trade_id", "entry_id", "description")
    listing = tuple(
        TouchedIssue(
            row["id"],
            found[row["id"]],
            notes.get(row["id"], ""),
            **{name: row[name] for name in same},
        )
        for row in rows
    )
    return Touched(counts, listing)


def _notes(connection: Connection, ids: Sequence[int], between: tuple[int, int]) -> Iterator[tuple[int, str]]:
    """What these runs wrote of each issue: its figures before the first and after the last, or their note."""
    told: dict[int, list[str]] = {}
    for start in range(0, len(ids), _BATCH):
        lines = (
            select(issue_comments.c.issue_id, issue_comments.c.text)
            .where(
                issue_comments.c.issue_id.in_(ids[start : start + _BATCH]),
                issue_comments.c.run_id.between(*between),
            )
            .order_by(issue_comments.c.issue_id, issue_comments.c.run_id)
        )
        for issue_id, text in connection.execute(lines):
            told.setdefault(issue_id, []).append(text)
    for issue_id, texts in told.items():
        figures = [text.split(" became ") for text in texts if " became " in text]
        if figures and " became " in texts[-1]:
            yield issue_id, readable(f"{figures[0][0]} became {figures[-1][1]}")
        else:
            yield issue_id, texts[-1]

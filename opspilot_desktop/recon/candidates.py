"""Which trade an entry may belong to, and which entries a trade may lack.

A few bounded ways lead to candidates, each by an index or by one pass over a covering one: the same or a
near amount, an id that is near in the order of ids or shares its digits, an id named in the description,
what has an issue already. Only those rows are read and put in order (see nearness).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, Table, and_, case, func, or_, select

from ..domain.decimals import NANO, split, to_text
from ..domain.errors import KnownError
from ..domain.fields import Kind
from ..domain.issues import UNDER_WORK, IssueType
from ..domain.links import LinkEntry, LinkTrade, Near
from ..domain.query import Query, Term
from ..store.queries import TableReader
from ..store.schema import LARGEST_ID, entry_links, issues, ledger_entries, trades
from .nearness import nearness, ordered
from .rule_settings import RuleSettings
from .signs import summed_amount

MOST = 100
"""So many candidates are given."""
_MOST_EACH = 200
"""So many rows one way may lead to."""
_NEIGHBOURS = 30
_SHARE = 20  # an amount is near when it is less than a twentieth away
_SPLIT = 2**30  # sums of halves cannot leave 64 bits
_BATCH = 500
_WORDS = {Kind.TRADES: ("trade_id", "instrument"), Kind.LEDGER: ("entry_id", "trade_id", "description")}
_AMOUNTS = {Kind.TRADES: ("gross_amount",), Kind.LEDGER: ("amount",)}
_DATES = {Kind.TRADES: ("trade_date", "settle_date"), Kind.LEDGER: ("value_date",)}
_DATE = re.compile(r"[0-9]{4}-[0-9-]{0,5}", re.ASCII)
_DIGITS = re.compile(r"[0-9]{4,}", re.ASCII)
_ID_LIKE = re.compile(r"\w[\w./:-]{2,40}\w")

Found = tuple[list[Near], bool]
"""The nearest first, and whether there are more."""


def entries_in(connection: Connection, rows: Sequence[int], settings: RuleSettings) -> list[LinkEntry]:
    """The entries in these rows, in that order. Raises KnownError for a row that there is not."""
    found = _entries(connection, rows, settings)
    missing = [row for row in rows if row not in found]
    if missing:
        raise KnownError(f"There is no ledger entry in row {missing[0]} (any more); look for it again.")
    return [found[row] for row in rows]


def trade_named(connection: Connection, trade_id: str, settings: RuleSettings) -> LinkTrade:
    """The trade of that id. Raises KnownError when there is none."""
    row = connection.execute(select(trades.c.id).where(trades.c.trade_id == trade_id)).scalar()
    if row is None:
        raise KnownError(f"There is no trade {trade_id} (any more); look for it in the trades again.")
    return next(iter(_trades(connection, [row], settings)))


def near_trades(
    connection: Connection, entries: Sequence[LinkEntry], terms: Sequence[Term], settings: RuleSettings
) -> Found:
    """The trades that the entries may be linked to together."""
    where = _conditions(Kind.TRADES, terms, settings)
    rows = _gathered(connection, trades.c.id, where, _ways_to_trades(entries))
    present = {entry.trade_id for entry in entries}
    found = [
        nearness(trade, entries)
        for trade in _trades(connection, rows, settings)
        if trade.trade_id not in present
    ]
    return ordered(found)[:MOST], len(found) > MOST


def near_entries(
    connection: Connection, trade: LinkTrade, terms: Sequence[Term], settings: RuleSettings
) -> Found:
    """The entries that the trade may lack: those without a trade, and those of its own linked elsewhere."""
    where = _conditions(Kind.LEDGER, terms, settings)
    free = or_(_is_orphan(), _is_own(trade))
    rows = _gathered(
        connection, ledger_entries.c.id, [*where, free], _ways_to_entries(trade), every=not where
    )
    found = [
        nearness(trade, [entry], among_trades=False)
        for entry in _entries(connection, rows, settings).values()
        if entry.trade_id != trade.trade_id
    ]
    return ordered(found)[:MOST], len(found) > MOST


def _conditions(kind: Kind, terms: Iterable[Term], settings: RuleSettings) -> list[ColumnElement[bool]]:
    """What a row has to meet to be found by a text; a word is looked for only where it can stand."""
    reader = TableReader(kind, settings.checked_statuses)
    found = []
    for term in terms:
        shown = _WORDS[kind]
        if any(character.isdigit() for character in term.value):
            shown += _DATES[kind] if _DATE.fullmatch(term.value) else _AMOUNTS[kind]
        found += reader.conditions(Query((term,), shown=shown))
    return found


def _gathered(
    connection: Connection,
    row: ColumnElement[int],
    where: Sequence[ColumnElement[bool]],
    ways: Iterable[Select[Any]],
    *,
    every: bool = False,
) -> list[int]:
    """The rows that a text finds; if it finds very many, or there is none, those to which the ways lead."""
    rows: dict[int, None] = {}
    if where and not every:
        rows = dict.fromkeys(connection.execute(select(row).where(*where).limit(_MOST_EACH)).scalars())
        if len(rows) < _MOST_EACH:
            return list(rows)
    near: dict[int, None] = {}
    for way in ways:
        near |= dict.fromkeys(connection.execute(way).scalars())
    wanted = list(near)
    for start in range(0, len(wanted), _BATCH):
        part = select(row).where(row.in_(wanted[start : start + _BATCH]), *where)
        rows |= dict.fromkeys(connection.execute(part).scalars())
    return list(rows)


def _ways_to_trades(entries: Sequence[LinkEntry]) -> Iterator[Select[Any]]:
    row, trade_id = trades.c.id, trades.c.trade_id
    ids = list(dict.fromkeys(name for entry in entries for name in (entry.trade_id, entry.booked_as) if name))
    yield _by_amount(row, _GROSS, abs(sum(entry.exact for entry in entries)), _has_no_entry())
    yield from _by_id(row, trade_id, ids[:3])
    named = [word for entry in entries for word in _ID_LIKE.findall(entry.description or "")]
    yield select(row).where(trade_id.in_([*ids, *named][:_BATCH])).limit(_MOST_EACH)
    lacking = _of_issues(IssueType.MISSING_LEDGER_ENTRY)
    yield select(row).where(trade_id.in_(select(lacking.c.trade_id)))


def _ways_to_entries(trade: LinkTrade) -> Iterator[Select[Any]]:
    row, trade_id = ledger_entries.c.id, ledger_entries.c.trade_id
    own = select(entry_links.c.entry_row)
    yield select(row).where(row.in_(own), _is_own(trade)).limit(_MOST_EACH)
    yield _by_amount(row, _AMOUNT, abs(trade.gross), _is_orphan()).where(_is_orphan())
    yield from _by_id(row, trade_id, [trade.trade_id])
    orphans = _of_issues(IssueType.ORPHAN_LEDGER_ENTRY)
    yield select(row).where(trade_id.in_(select(orphans.c.trade_id))).limit(_MOST_EACH)


_GROSS = (trades.c.gross_units, trades.c.gross_nanos)
_AMOUNT = (ledger_entries.c.amount_units, ledger_entries.c.amount_nanos)


def _by_amount(
    row: ColumnElement[int],
    stored: tuple[ColumnElement[int], ColumnElement[int]],
    wanted: int,
    better: ColumnElement[bool],
) -> Select[Any]:
    """Rows of a near amount, of either sign: exactly that amount first, and of these the `better` ones."""
    units, nanos = stored
    whole, part, _ = split(wanted)
    least, most = whole - whole // _SHARE - 1, whole + whole // _SHARE + 1
    exactly = or_(*[and_(units == sign * whole, nanos == sign * part) for sign in (1, -1)])
    place = case((and_(exactly, better), 0), (exactly, 1), else_=2)
    near = or_(units.between(max(least, 0), most), units.between(-most, -max(least, 0)))
    return select(row).where(near).order_by(place, func.abs(func.abs(units) - whole), row).limit(_MOST_EACH)


def _by_id(row: ColumnElement[int], name: ColumnElement[str], ids: Sequence[str]) -> Iterator[Select[Any]]:
    """Rows whose id stands beside one of these in the order of ids, or has its longest run of digits."""
    for one in ids:
        yield select(row).where(name >= one).order_by(name).limit(_NEIGHBOURS)
        yield select(row).where(name < one).order_by(name.desc()).limit(_NEIGHBOURS)
        digits = max(_DIGITS.findall(one), key=len, default="")
        if digits:
            yield select(row).where(name.contains(digits)).limit(_NEIGHBOURS)


def _of_issues(kind: IssueType) -> Any:
    """The trade ids of some issues of that type that are under work, as a subquery."""
    under_work = issues.c.status.in_([status.value for status in UNDER_WORK])
    query = select(issues.c.trade_id).where(under_work, issues.c.issue_type == kind.value)
    return query.limit(_MOST_EACH).subquery()


def _has_no_entry() -> ColumnElement[bool]:
    return _is_missing(
        select(ledger_entries.c.id).where(ledger_entries.c.trade_id == trades.c.trade_id), trades
    )


def _is_orphan() -> ColumnElement[bool]:
    return _is_missing(
        select(trades.c.id).where(trades.c.trade_id == ledger_entries.c.trade_id), ledger_entries
    )


def _is_missing(rows: Select[Any], of: Table) -> ColumnElement[bool]:
    """Whether there is no such row. Not as NOT EXISTS, for which PostgreSQL would go through the whole other
    table first, where one look into its index for each of a few rows will do."""
    return rows.limit(1).correlate(of).scalar_subquery().is_(None)


def _is_own(trade: LinkTrade) -> ColumnElement[bool]:
    return ledger_entries.c.booked_trade_id == trade.trade_id


def _entries(connection: Connection, rows: Sequence[int], settings: RuleSettings) -> dict[int, LinkEntry]:
    entry = ledger_entries.c
    names = ("entry_id", "currency", "value_date", "account", "entry_type", "description")
    found: dict[int, LinkEntry] = {}
    possible = [row for row in rows if 0 < row <= LARGEST_ID]
    for start in range(0, len(possible), _BATCH):
        query = select(
            entry.id,
            entry.trade_id,
            *summed_amount(settings),
            entry.amount_units,
            entry.amount_nanos,
            _is_orphan().label("is_orphan"),
            entry.booked_trade_id.label("booked_as"),
            *[entry[name] for name in names],
        ).where(entry.id.in_(possible[start : start + _BATCH]))
        for row in connection.execute(query):
            exact, amount = (row[2] * NANO + row[3]) * NANO, to_text(row[4], row[5])
            others = dict(zip(names, row[8:], strict=True))
            found[row[0]] = LinkEntry(
                row[0], row[1], exact, amount, booked_as=row[7], is_orphan=bool(row[6]), **others
            )
    return found


def _trades(connection: Connection, rows: Sequence[int], settings: RuleSettings) -> Iterator[LinkTrade]:
    trade = trades.c
    names = ("trade_date", "settle_date", "account", "counterparty", "status")
    for start in range(0, len(rows), _BATCH):
        query = select(trades).where(trade.id.in_(list(rows[start : start + _BATCH])))
        read = connection.execute(query).mappings().all()
        booked = _booked(connection, [row["trade_id"] for row in read], settings)
        for row in read:
            gross = (row["gross_units"], row["gross_nanos"], row["gross_rest"])
            count, total, currencies = booked.get(row["trade_id"], (0, 0, ()))
            yield LinkTrade(
                row["id"],
                row["trade_id"],
                (gross[0] * NANO + gross[1]) * NANO + gross[2],
                to_text(*gross),
                row["instrument"],
                row["side"],
                to_text(row["quantity_units"], row["quantity_nanos"]),
                row["currency"],
                **{name: row[name] for name in names},
                is_checked=row["status"] in settings.checked_statuses,
                entries=count,
                booked=total,
                currencies=currencies,
            )


def _booked(
    connection: Connection, ids: Sequence[str], settings: RuleSettings
) -> dict[str, tuple[int, int, tuple[str, ...]]]:
    """For each trade id with entries: their number, their exact sum in 1e-18, and two of their currencies."""
    entry = ledger_entries.c
    units, nanos = summed_amount(settings)
    query = (
        select(
            entry.trade_id,
            func.count(),
            func.sum(units // _SPLIT),
            func.sum(units % _SPLIT),
            func.sum(nanos),
            func.min(entry.currency),
            func.max(entry.currency),
        )
        .where(entry.trade_id.in_(ids))
        .group_by(entry.trade_id)
    )
    found = {}
    for trade_id, count, high, low, small, first, last in connection.execute(query):
        exact = ((int(high) * _SPLIT + int(low)) * NANO + int(small)) * NANO
        found[trade_id] = (count, exact, tuple(dict.fromkeys(name for name in (first, last) if name)))
    return found

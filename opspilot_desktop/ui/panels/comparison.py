"""The trade beside its ledger entries, field by field: what is equal and what differs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import Enum

from opspilot_desktop.domain.clock import local_minute
from opspilot_desktop.domain.fields import LEDGER, TRADES, Field, FieldType, Record
from opspilot_desktop.domain.issues import IssueType
from opspilot_desktop.domain.situation import IssueDetail, Row
from opspilot_desktop.domain.text import visible
from opspilot_desktop.recon.wording import atoms, money, number

NONE = "–"
_MONEY = ("gross_amount", "amount", "price")


class Mark(Enum):
    """What is to be seen in a row or a cell."""

    EQUAL = "equal"
    DIFFERS = "differs"
    UNUSUAL = "unusual"


@dataclass(frozen=True)
class Cell:
    """One value as it is to be read, and as it is copied; `raw` has an ASCII minus and no separators."""

    text: str
    raw: str
    mark: Mark = Mark.EQUAL


@dataclass(frozen=True)
class CompareRow:
    """One field: its label and a cell for the trade and each entry."""

    label: str
    cells: tuple[Cell, ...]
    mark: Mark = Mark.EQUAL
    numeric: bool = False


@dataclass(frozen=True)
class Comparison:
    """The table: a header for each column after the field, and the rows, those that differ first."""

    headers: tuple[str, ...]
    rows: tuple[CompareRow, ...]
    left_out: int = 0
    """How many entries are not shown."""


@dataclass(frozen=True)
class _Line:
    """A line of the table: the trade's field and the entries' field that are the same thing."""

    label: str
    of_trade: str = ""
    of_entry: str = ""


_LINES = (
    _Line("Amount", "gross_amount", "amount"),
    _Line("Account", "account", "account"),
    _Line("Value date", "settle_date", "value_date"),
    _Line("Currency", "currency", "currency"),
    _Line("Entry type", of_entry="entry_type"),
    _Line("Quantity", "quantity"),
    _Line("Price", "price"),
    _Line("Side", "side"),
    _Line("Instrument", "instrument"),
    _Line("Counterparty", "counterparty"),
    _Line("Trade date", "trade_date"),
    _Line("Trader", "trader"),
    _Line("Trade status", "status"),
    _Line("Description", of_entry="description"),
    _Line("Timestamp", "timestamp", "timestamp"),
)
_ALWAYS = ("Amount", "Currency", "Account", "Value date", "Entry type", "Quantity", "Price")
"""The lines that stand there even where nobody has a value."""


def compare(detail: IssueDetail) -> Comparison:
    """Puts the rows of an issue side by side."""
    trade, entries = detail.trade, detail.entries
    marks = _marks(detail)
    rows = []
    for line in _LINES:
        values = [
            _cell(TRADES, line.of_trade, trade),
            *(_cell(LEDGER, line.of_entry, row) for row in entries),
        ]
        if not entries:
            values.append(Cell(NONE, ""))
        if line.label in _ALWAYS or any(cell.raw for cell in values):
            cells = marks[line.label](values) if line.label in marks else values
            mark = next((cell.mark for cell in cells if cell.mark is not Mark.EQUAL), Mark.EQUAL)
            rows.append(CompareRow(line.label, tuple(cells), mark, _is_numeric(line)))
    rows[:0] = _links(detail)
    rows.sort(key=lambda row: row.mark is Mark.EQUAL)
    return Comparison(_headers(detail), tuple(rows), max(0, detail.entry_count - len(entries)))


def _links(detail: IssueDetail) -> list[CompareRow]:
    """Which entries a person linked to the trade, from which id, and why."""
    if not detail.linked:
        return []
    cells = [Cell(NONE, "")]
    for link in detail.links:
        if link is None:
            cells.append(Cell(NONE, ""))
            continue
        said = f": {visible(link.said)}" if link.said else ""
        text = f"From {visible(link.booked_as)} by {link.who} on {local_minute(link.at)}{said}"
        cells.append(Cell(text, text))
    return [CompareRow("Linked by hand", tuple(cells))]


_OF_AMOUNTS = (IssueType.AMOUNT_MISMATCH, IssueType.MISSING_LEDGER_ENTRY, IssueType.ORPHAN_LEDGER_ENTRY)

_UNUSUAL: dict[str, tuple[str, ...]] = {
    IssueType.ANOMALOUS_QUANTITY: ("Quantity",),
    IssueType.ANOMALOUS_QUANTITY_BY_INSTRUMENT: ("Quantity",),
    IssueType.ANOMALOUS_PRICE: ("Price",),
    IssueType.STALE_PENDING: ("Value date", "Trade status"),
    IssueType.DUPLICATE_TRADE: (*("Instrument", "Side", "Quantity", "Price", "Trade date", "Counterparty"),),
}
"""What of the trade itself is unusual."""

Marker = Callable[[Sequence[Cell]], list[Cell]]


def _marks(detail: IssueDetail) -> dict[str, Marker]:
    """How each line is marked, by its label."""
    issue_type = detail.issue.get("issue_type")
    marks: dict[str, Marker] = {}
    if detail.trade is not None and detail.entries:
        marks |= dict.fromkeys(("Currency", "Account", "Value date"), _differing)
    if issue_type in _OF_AMOUNTS and _amounts_differ(detail):
        # The sum differs from the trade, or one of them is missing: it is no single entry's fault.
        marks["Amount"] = _all(Mark.DIFFERS)
    if issue_type == IssueType.SIDE_MISMATCH:
        marks |= {"Amount": _all(Mark.DIFFERS), "Side": _first(Mark.DIFFERS)}
    marks |= dict.fromkeys(_UNUSUAL.get(str(issue_type), ()), _first(Mark.UNUSUAL))
    return marks


def _amounts_differ(detail: IssueDetail) -> bool:
    """Whether the rows, as they are now, differ by more than was tolerated when the issue was found.

    Where not all entries are at hand, the issue is believed.
    """
    if detail.trade is None or not detail.entries:
        return True
    amounts = [atoms(row.get("amount")) for row in detail.entries]
    gross = atoms(detail.trade.get("gross_amount"))
    if gross is None or None in amounts or len(amounts) < detail.entry_count:
        return True
    total = sum(amount for amount in amounts if amount is not None)
    return abs(abs(gross) - abs(total)) > (atoms(detail.evidence.get("tolerance")) or 0)


def _all(mark: Mark) -> Marker:
    return lambda cells: [Cell(cell.text, cell.raw, mark) for cell in cells]


def _first(mark: Mark) -> Marker:
    return lambda cells: [Cell(cells[0].text, cells[0].raw, mark), *cells[1:]]


def _differing(cells: Sequence[Cell]) -> list[Cell]:
    """Marks the cells that differ from the first that has a value, and that one; a blank agrees with any."""
    first = next((cell.raw for cell in cells if cell.raw), "")
    if all(cell.raw in ("", first) for cell in cells):
        return list(cells)
    marked = []
    seen = False
    for cell in cells:
        is_first = bool(cell.raw) and not seen
        seen = seen or bool(cell.raw)
        differs = is_first or cell.raw not in ("", first)
        marked.append(Cell(cell.text, cell.raw, Mark.DIFFERS if differs else Mark.EQUAL))
    return marked


def _headers(detail: IssueDetail) -> tuple[str, ...]:
    trade_id = detail.issue.get("trade_id")
    named = f"rade {visible(str(trade_id))}" if trade_id else "rade"
    trade = f"T{named}" if detail.trade else f"No t{named}"
    entries = [
        f"Entry {visible(str(row['entry_id']))}" if row.get("entry_id") else f"Entry {place}"
        for place, row in enumerate(detail.entries, start=1)
    ]
    return (trade, *(entries or ["No ledger entry"]))


def _field(record: Record, name: str) -> Field | None:
    return record.field(name) if name else None


def _is_numeric(line: _Line) -> bool:
    fields = (_field(TRADES, line.of_trade), _field(LEDGER, line.of_entry))
    return any(field is not None and field.type.is_numeric for field in fields)


def _cell(record: Record, name: str, row: Row | None) -> Cell:
    """The value of a field as it is to be read; a dash where there is none."""
    value = row.get(name) if row is not None and name else None
    if value is None or value == "":
        return Cell(NONE, "")
    text: str | None = None
    if record.field(name).type is FieldType.DECIMAL:
        text = money(value) if name in _MONEY else number(value)
    return Cell(text if text is not None else visible(str(value)), str(value))

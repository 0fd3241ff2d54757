"""What is to be linked, and what it may be linked with, as rows of a dialog."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QGridLayout, QWidget

from opspilot_desktop.domain.links import LinkEntry, LinkTrade, Near
from opspilot_desktop.recon.wording import flat, money, money_of, number
from opspilot_desktop.ui.theme import Theme
from opspilot_desktop.ui.widgets.elided_label import ElidedLabel
from opspilot_desktop.ui.widgets.plain_label import plain_label, plain_tool_tip

from .link_frame import short
from .list_table import Column

NONE = "–"
MOST_SHOWN = 3

TRADE_COLUMNS = (
    Column("Trade", widest=260),
    Column("Instrument", widest=140),
    Column("Side"),
    Column("Quantity", numeric=True, widest=400),
    Column("Gross amount", numeric=True, widest=400),
    Column("Ccy"),
    Column("Traded"),
    Column("Settles"),
    Column("Difference", numeric=True, widest=400),
    Column("Why it is near", widest=0),
)
ENTRY_COLUMNS = (
    Column("Entry", widest=260),
    Column("Trade id in its file", widest=260),
    Column("Amount", numeric=True, widest=400),
    Column("Ccy"),
    Column("Value date"),
    Column("Account", widest=140),
    Column("Description", widest=200),
    Column("Difference", numeric=True, widest=400),
    Column("Why it is near", widest=0),
)


def trade_row(near: Near) -> tuple[str, ...]:
    """A trade that the entries may be linked to."""
    return (*_trade(near.trade, both_dates=True), money_of(near.difference), ", ".join(near.why))


def entry_row(near: Near) -> tuple[str, ...]:
    """An entry that may be linked to the trade."""
    entry = near.entry
    assert entry is not None
    return (*_entry(entry), money_of(near.difference), ", ".join(near.why))


def _trade(trade: LinkTrade, *, both_dates: bool) -> tuple[str, ...]:
    dates = (trade.trade_date, trade.settle_date) if both_dates else (trade.settle_date,)
    return (
        trade.trade_id,
        trade.instrument,
        trade.side,
        number(trade.quantity) or NONE,
        money(trade.gross_amount) or NONE,
        trade.currency or NONE,
        *(day or NONE for day in dates),
    )


def _entry(entry: LinkEntry) -> tuple[str, ...]:
    return (
        entry.entry_id or f"Row {entry.row_id}",
        entry.booked_as or entry.trade_id,
        money(entry.amount) or NONE,
        entry.currency or NONE,
        entry.value_date or NONE,
        entry.account or NONE,
        entry.description or NONE,
    )


def facts_card(theme: Theme, trade: LinkTrade | None, entries: Sequence[LinkEntry]) -> QWidget:
    """The figures of what is to be linked: the trade, or the first of the entries."""
    card = QFrame()
    card.setObjectName("linkFacts")
    card.setAccessibleName("What is linked")
    card.setProperty("ground", "panel")
    grid = QGridLayout(card)
    grid.setContentsMargins(14, 8, 14, 8)
    grid.setHorizontalSpacing(20)
    grid.setVerticalSpacing(3)
    if trade is not None:
        columns = [*TRADE_COLUMNS[:6], TRADE_COLUMNS[7]]
        rows = [_trade(trade, both_dates=False)]
    else:
        columns = list(ENTRY_COLUMNS[:7])
        rows = [_entry(entry) for entry in entries[:MOST_SHOWN]]
    for place, column in enumerate(columns):
        side = Qt.AlignmentFlag.AlignRight if column.numeric else Qt.AlignmentFlag.AlignLeft
        grid.addWidget(plain_label(column.label, tone="dim", font=theme.fonts.small), 0, place, side)
        for line, row in enumerate(rows, start=1):
            text = flat(row[place])
            if column.label in ("Description", "Instrument", "Account"):
                grid.addWidget(ElidedLabel(text), line, place)
            else:
                label = plain_label(short(text), font=theme.fonts.strong)
                label.setToolTip(plain_tool_tip(text) if short(text) != text else "")
                grid.addWidget(label, line, place, side)
    grid.setColumnStretch(len(columns) - 1, 1)
    more = len(entries) - MOST_SHOWN
    if trade is None and more > 0:
        said = f"and {more:,} more {'entry' if more == 1 else 'entries'}"
        grid.addWidget(plain_label(said, tone="dim", font=theme.fonts.small), MOST_SHOWN + 1, 0, 1, 3)
    return card


def said_together(entries: Sequence[LinkEntry]) -> str:
    """The entries in one sentence of fact: how many, their sum, where they stand."""
    currencies = {entry.currency for entry in entries}
    ids = sorted({entry.trade_id for entry in entries})
    where = f"under trade id {flat(ids[0])}" if len(ids) == 1 else f"under {len(ids):,} trade ids"
    if any(not entry.is_orphan for entry in entries):
        lacking = "some of them with a trade"
    else:
        lacking = "which no trade has" if len(ids) == 1 else "which no trades have"
    if len(entries) == 1:
        return f"It stands {where}, {lacking if entries[0].is_orphan else 'which has a trade'}."
    total = ""
    if len(currencies) == 1:
        amount = money_of(sum(entry.exact for entry in entries))
        currency = currencies.pop()
        total = f", in all {amount}{f' {flat(currency)}' if currency else ''},"
    return f"{len(entries):,} entries{total} stand {where}, {lacking}."

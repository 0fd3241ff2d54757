"""A merge in pandas, as in a notebook."""

import sys
import time

import pandas as pd

from .answer import answer


def main(trades: str, ledger: str, breaks: str | None = None) -> None:
    """Compares the gross amounts with the sums of the entries."""
    started = time.perf_counter()
    booked = pd.read_csv(trades, usecols=["trade_id", "quantity", "price", "status"])
    booked = booked[booked["status"] == "pending"]
    entries = pd.read_csv(ledger, usecols=["trade_id", "amount"])
    ready = time.perf_counter()
    sums = entries.groupby("trade_id", as_index=False)["amount"].sum()
    both = booked.merge(sums, on="trade_id", how="outer", indicator=True)
    apart = ((both["quantity"] * both["price"]).abs() - both["amount"].abs()).abs() > 0.01
    missing, orphans = both["_merge"] == "left_only", both["_merge"] == "right_only"
    ended = time.perf_counter()
    answer(
        ended - started,
        ended - ready,
        missing=both["trade_id"][missing],
        mismatched=both["trade_id"][apart & ~missing & ~orphans],
        orphans=both["trade_id"][orphans],
        breaks=breaks,
    )


main(*sys.argv[1:])

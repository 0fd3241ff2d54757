"""datacompy on polars frames: from both files to its lists of what differs."""

import sys
import time

import polars as pl
from datacompy import PolarsCompare

from .answer import answer


def main(trades: str, ledger: str, breaks: str | None = None) -> None:
    """Compares the gross amounts with the sums of the entries."""
    started = time.perf_counter()
    booked = pl.read_csv(trades, columns=["trade_id", "quantity", "price", "status"])
    gross = (pl.col("quantity") * pl.col("price")).abs().alias("amount")
    left = booked.filter(pl.col("status") == "pending").select("trade_id", gross)
    entries = pl.read_csv(ledger, columns=["trade_id", "amount"])
    right = entries.group_by("trade_id").agg(pl.col("amount").sum().abs())
    ready = time.perf_counter()
    comparison = PolarsCompare(left, right, join_columns="trade_id", abs_tol=0.01)
    mismatched = comparison.all_mismatch()
    ended = time.perf_counter()
    answer(
        ended - started,
        ended - ready,
        missing=comparison.df1_unq_rows["trade_id"],
        mismatched=mismatched["trade_id"],
        orphans=comparison.df2_unq_rows["trade_id"],
        breaks=breaks,
    )


main(*sys.argv[1:])

"""The same join in SQL, in SQLite, with amounts as floats; needs the standard library alone."""

import csv
import sqlite3
import sys
import time
from contextlib import closing

from .answer import answer

_COMPARE = """
    SELECT trade_id, CASE WHEN total IS NULL THEN 'missing' ELSE 'mismatched' END FROM (
        SELECT trades.trade_id, abs(quantity * price) AS gross, abs(sum(amount)) AS total
        FROM trades LEFT JOIN entries ON entries.trade_id = trades.trade_id
        WHERE status = 'pending' GROUP BY trades.trade_id)
    WHERE total IS NULL OR abs(gross - total) > 0.01
    UNION ALL
    SELECT DISTINCT trade_id, 'orphan' FROM entries
    WHERE NOT EXISTS (SELECT 1 FROM trades WHERE trades.trade_id = entries.trade_id)
"""


def main(trades: str, ledger: str, breaks: str | None = None) -> None:
    """Compares the gross amounts with the sums of the entries."""
    with closing(sqlite3.connect(":memory:")) as connection:
        started = time.perf_counter()
        connection.execute(
            "CREATE TABLE trades (trade_id TEXT PRIMARY KEY, status TEXT, quantity REAL, price REAL)"
        )
        connection.execute("CREATE TABLE entries (trade_id TEXT, amount REAL)")
        with open(trades, encoding="utf-8", newline="") as file:
            booked = (
                [row[name] for name in ("trade_id", "status", "quantity", "price")]
                for row in csv.DictReader(file)
            )
            connection.executemany("INSERT INTO trades VALUES (?, ?, ?, ?)", booked)
        with open(ledger, encoding="utf-8", newline="") as file:
            entries = ([row["trade_id"], row["amount"]] for row in csv.DictReader(file))
            connection.executemany("INSERT INTO entries VALUES (?, ?)", entries)
        connection.execute("CREATE INDEX entries_match ON entries (trade_id, amount)")
        ready = time.perf_counter()
        found: dict[str, list[str]] = {"missing": [], "mismatched": [], "orphan": []}
        for trade_id, kind in connection.execute(_COMPARE):
            found[kind].append(trade_id)
        ended = time.perf_counter()
    answer(
        ended - started,
        ended - ready,
        missing=found["missing"],
        mismatched=found["mismatched"],
        orphans=found["orphan"],
        breaks=breaks,
    )


main(*sys.argv[1:])

"""A join in DuckDB, in memory, in exact decimals; loading the files computes the gross amounts."""

import sys
import time

import duckdb

from .answer import answer

_LOAD_TRADES = """
    CREATE TABLE trades AS SELECT trade_id, status, CAST(abs(quantity * price) AS DECIMAL(38, 18)) AS gross
    FROM (SELECT trade_id, status, CAST(quantity AS DECIMAL(18, 9)) AS quantity,
          CAST(price AS DECIMAL(18, 9)) AS price FROM read_csv(?, all_varchar = true))
"""
_LOAD_ENTRIES = """
    CREATE TABLE entries AS SELECT trade_id, CAST(amount AS DECIMAL(18, 9)) AS amount
    FROM read_csv(?, all_varchar = true)
"""
_COMPARE = """
    CREATE TABLE breaks AS
    SELECT coalesce(trade.trade_id, entry.trade_id) AS trade_id,
           CASE WHEN trade.trade_id IS NULL THEN 'orphan'
                WHEN entry.trade_id IS NULL THEN 'missing' ELSE 'mismatched' END AS kind,
           abs(total) - gross AS difference
    FROM (SELECT trade_id, gross FROM trades WHERE status = 'pending') trade
    FULL JOIN (SELECT trade_id, CAST(sum(amount) AS DECIMAL(38, 18)) AS total FROM entries GROUP BY trade_id)
         entry ON trade.trade_id = entry.trade_id
    WHERE trade.trade_id IS NULL OR entry.trade_id IS NULL OR abs(abs(total) - gross) > 0.01
"""


def main(trades: str, ledger: str, breaks: str | None = None) -> None:
    """Compares the gross amounts with the sums of the entries."""
    connection = duckdb.connect()
    started = time.perf_counter()
    connection.execute(_LOAD_TRADES, [trades])
    connection.execute(_LOAD_ENTRIES, [ledger])
    ready = time.perf_counter()
    connection.execute(_COMPARE)
    ended = time.perf_counter()
    found: dict[str, list[str]] = {"missing": [], "mismatched": [], "orphan": []}
    for trade_id, kind in connection.execute("SELECT trade_id, kind FROM breaks").fetchall():
        found[kind].append(trade_id)
    answer(
        ended - started,
        ended - ready,
        missing=found["missing"],
        mismatched=found["mismatched"],
        orphans=found["orphan"],
        breaks=breaks,
    )


main(*sys.argv[1:])

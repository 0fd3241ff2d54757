"""SQLite's own shell at the program's tasks: loading files as texts, and comparing them in exact decimals."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

from opspilot_desktop.domain.fields import Kind

KEYS = {Kind.TRADES: ("trade_id",), Kind.LEDGER: ("entry_id", "trade_id")}
"""The columns that the program's own tables are keyed and joined by."""

# The contract's five rules. The gross and the total have no sign here: abs() would make floats of them. What
# is left of a difference beyond a cent is compared with nothing, since decimal_cmp takes 0.010 for more than
# 0.01. A quantity is compared with the mean by multiplying both: decimals cannot be divided.
_COMPARE = """
CREATE TABLE issues AS
WITH booked AS (
    SELECT trade_id, nullif(currency, '') AS currency, ltrim(decimal_mul(quantity, price), '-') AS gross
    FROM trades WHERE status = 'pending'
), sums AS (
    SELECT trade_id, ltrim(decimal_sum(amount), '-') AS total,
        min(nullif(currency, '')) AS first, max(nullif(currency, '')) AS last
    FROM ledger GROUP BY trade_id
), compared AS (
    SELECT booked.trade_id, gross, total,
        decimal_sub(ltrim(decimal_sub(total, gross), '-'), '0.01') AS beyond,
        coalesce(first <> last OR first <> currency, 0) AS currencies_differ
    FROM booked LEFT JOIN sums USING (trade_id)
), usual AS MATERIALIZED (
    SELECT count(*) AS trades, decimal_mul(decimal_sum(quantity), '5') AS limit_of_all FROM trades
)
SELECT trade_id, 'MISSING_LEDGER_ENTRY' AS kind, gross, total FROM compared WHERE total IS NULL
UNION ALL
SELECT trade_id, 'CURRENCY_MISMATCH', gross, total FROM compared WHERE currencies_differ
UNION ALL
SELECT trade_id, 'AMOUNT_MISMATCH', gross, total FROM compared
WHERE NOT currencies_differ AND beyond NOT LIKE '-%' AND ltrim(beyond, '0.') <> ''
UNION ALL
SELECT DISTINCT trade_id, 'ORPHAN_LEDGER_ENTRY', NULL, NULL FROM ledger
WHERE NOT EXISTS (SELECT 1 FROM trades WHERE trades.trade_id = ledger.trade_id)
UNION ALL
SELECT trade_id, 'ANOMALOUS_QUANTITY', NULL, NULL FROM trades, usual
WHERE decimal_cmp(decimal_mul(quantity, usual.trades), limit_of_all) > 0;
SELECT kind, count(*) FROM issues GROUP BY kind;
"""


def installed() -> str | None:
    """Where the shell is; None where there is none."""
    return shutil.which("sqlite3")


def load(database: Path, kind: Kind, file: Path, *, indexed: bool) -> None:
    """Loads a file in a process of its own; unless `indexed` already, its keys are indexed afterwards.

    With the page size, journal and durability of the program's own database.
    """
    with file.open(encoding="utf-8") as lines:
        columns = ", ".join(f"{name.strip()} TEXT" for name in lines.readline().split(","))
    script = [
        *([] if database.exists() else ["PRAGMA page_size = 16384;", "PRAGMA journal_mode = WAL;"]),
        "PRAGMA synchronous = FULL;",
        *([] if indexed else [f"CREATE TABLE {kind.value} ({columns});"]),
        f".import --csv --skip 1 '{file}' {kind.value}",
    ]
    if not indexed:
        script += [f"CREATE INDEX {kind.value}_{column} ON {kind.value} ({column});" for column in KEYS[kind]]
    _run(database, "\n".join(script))


def compare(database: Path) -> dict[str, int]:
    """Stores what the contract's rules find; returns how many there are of each kind that comes."""
    lines = _run(database, f"PRAGMA synchronous = FULL;\n.mode list\n{_COMPARE}").split()
    return {kind: int(count) for kind, _, count in (line.partition("|") for line in lines)}


def _run(database: Path, script: str) -> str:
    shell = installed()
    assert shell is not None
    done = subprocess.run(
        [shell, "-bail", str(database)], input=script, text=True, check=True, capture_output=True
    )
    return done.stdout

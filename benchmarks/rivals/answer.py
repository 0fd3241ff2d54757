"""What each rival prints."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path

from ..memory import peak_memory


def answer(
    seconds: float,
    comparison_seconds: float,
    *,
    missing: Iterable[str],
    mismatched: Iterable[str],
    orphans: Iterable[str],
    breaks: str | None,
) -> None:
    """Prints the seconds of everything and of the comparison alone, the peak of the memory in bytes, and how
    many breaks were found by type; the three are their trade ids."""
    peak = peak_memory()
    ids = {
        "MISSING_LEDGER_ENTRY": list(missing),
        "AMOUNT_MISMATCH": list(mismatched),
        "ORPHAN_LEDGER_ENTRY": list(orphans),
    }
    found = {name: len(those) for name, those in ids.items()}
    print(
        json.dumps(
            {"seconds": seconds, "comparison_seconds": comparison_seconds, "peak": peak, "found": found}
        )
    )
    if breaks is not None:
        lines = [f"{trade_id}\n" for those in ids.values() for trade_id in those]
        Path(breaks).write_text("".join(lines), encoding="utf-8")

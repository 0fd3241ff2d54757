"""What the generated files are said to hold is in them, by a slow count in decimals."""

from __future__ import annotations

import csv
from collections import Counter, defaultdict
from decimal import Decimal
from pathlib import Path

import pytest

from benchmarks.data import CROWD, DataSet
from benchmarks.mixes import HARDER, MANY_INSTRUMENTS, USUAL, Mix
from benchmarks.ties import make_ties

ROWS = 3_000


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def counted(data: DataSet) -> dict[str, int]:
    trades, entries = rows_of(data.trades), defaultdict(list)
    for entry in rows_of(data.ledger):
        entries[entry["trade_id"]].append(entry)
    found: Counter[str] = Counter()
    mean = sum(Decimal(trade["quantity"]) for trade in trades) / len(trades)
    for trade in trades:
        own = entries.pop(trade["trade_id"], [])
        total = sum(Decimal(entry["amount"]) for entry in own)
        gross = Decimal(trade["quantity"]) * Decimal(trade["price"])
        if not own:
            found["MISSING_LEDGER_ENTRY"] += 1
        elif {entry["currency"] for entry in own} != {trade["currency"]}:
            found["CURRENCY_MISMATCH"] += 1
        elif abs(abs(gross) - abs(total)) > Decimal("0.01"):
            found["AMOUNT_MISMATCH"] += 1
        if Decimal(trade["quantity"]) > 5 * mean:
            found["ANOMALOUS_QUANTITY"] += 1
    found["ORPHAN_LEDGER_ENTRY"] = len(entries)
    return dict(found)


@pytest.mark.parametrize("mix", [USUAL, MANY_INSTRUMENTS, *HARDER], ids=lambda mix: mix.name)
def test_planted_is_what_is_there(tmp_path: Path, mix: Mix) -> None:
    data = DataSet.make(tmp_path, ROWS, seed=7, mix=mix)
    assert data.planted.issues == counted(data)
    assert data.planted.trades == len(rows_of(data.trades)) == ROWS
    assert data.planted.entries == len(rows_of(data.ledger))
    assert len(rows_of(data.changed)) == 1_000


def test_harder_data_are_harder(tmp_path: Path) -> None:
    made = {mix.name: DataSet.make(tmp_path / mix.name, ROWS, seed=7, mix=mix) for mix in HARDER}
    assert sum(made["broken"].planted.issues.values()) == pytest.approx(ROWS * 0.3, rel=0.1)
    assert made["split"].planted.entries == pytest.approx(ROWS * 1.5, rel=0.1)
    ids = [row["trade_id"] for row in rows_of(made["shuffled"].trades)]
    assert ids != sorted(ids)
    entries = Counter(row["trade_id"] for row in rows_of(made["skewed"].ledger))
    assert entries.most_common(1)[0][1] == CROWD


def test_a_seed_makes_the_same_files_and_another_one_others(tmp_path: Path) -> None:
    one, same, other = (
        DataSet.make(tmp_path / name, 500, seed=seed) for name, seed in (("a", 1), ("b", 1), ("c", 2))
    )
    assert one.trades.read_bytes() == same.trades.read_bytes()
    assert one.ledger.read_bytes() == same.ledger.read_bytes()
    assert one.trades.read_bytes() != other.trades.read_bytes()


def test_files_in_the_folder_are_used_again_for_the_same_wish_only(tmp_path: Path) -> None:
    DataSet.make(tmp_path, 500)
    (tmp_path / "trades.csv").write_text("as it was")
    assert DataSet.make(tmp_path, 500).trades.read_text() == "as it was"
    assert DataSet.make(tmp_path, 500, mix=HARDER[0]).trades.read_text() != "as it was"


def test_ties_differ_by_the_tolerance_or_by_one_digit_more(tmp_path: Path) -> None:
    ties = make_ties(tmp_path, 1_000, seed=3)
    sums: dict[str, Decimal] = defaultdict(Decimal)
    for entry in rows_of(ties.ledger):
        sums[entry["trade_id"]] += Decimal(entry["amount"])
    tolerance = Decimal("0.01")
    for trade in rows_of(ties.trades):
        apart = abs(Decimal(trade["quantity"]) * Decimal(trade["price"]) - abs(sums[trade["trade_id"]]))
        if trade["trade_id"] in ties.breaks:
            assert apart > tolerance
            assert (apart - tolerance).normalize().as_tuple().digits == (1,)
        else:
            assert apart == tolerance
    assert len(ties.breaks) == 500
    assert ties.wrong({"T-000001", "T-000002"}) == (1, 499)

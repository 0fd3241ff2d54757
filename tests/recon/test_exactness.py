"""The engine's figures are those of a slow oracle in `Decimal`, to the last digit, on the nastiest books.

`make test ARGS="--hypothesis-profile=long -k exactness"` draws a thousand books for each database.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator, Sequence
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

from hypothesis import event, given, settings
from sqlalchemy import select

from opspilot_desktop.domain.decimals import to_decimal
from opspilot_desktop.domain.fields import Kind
from opspilot_desktop.domain.jobs import Handle
from opspilot_desktop.operations.importing import import_file
from opspilot_desktop.operations.reading import read_overview
from opspilot_desktop.operations.reconciling import change_rule_settings, reconcile
from opspilot_desktop.operations.workspace import Workspace
from opspilot_desktop.store.schema import issues
from tests.helpers.agreement import empty
from tests.helpers.budget import slow
from tests.helpers.nasty_books import NastyBook, nasty_books
from tests.helpers.oracle import Finding, Identity, as_material, exactly, expected, sums, unmatched
from tests.helpers.oracle_tolerance import tolerance_of

NINE_TRILLION_MILLIONS = 9 * 10**18


def import_book(workspace: Workspace, folder: Path, book: NastyBook) -> None:
    """Through files, as everything comes into a workspace."""
    names = ("trade_id", "instrument", "side", "quantity", "price", "currency", "status")
    _import(workspace, folder, Kind.TRADES, names, book.trades)
    names = ("trade_id", "amount", "currency", "entry_type")
    for source in ("", "BANK"):
        own = [each for each in book.entries if each["source"] == source]
        _import(workspace, folder, Kind.LEDGER, names, own, source)


def _import(
    workspace: Workspace,
    folder: Path,
    kind: Kind,
    names: Sequence[str],
    rows: Sequence[dict[str, Any]],
    source: str = "",
) -> None:
    if not rows:
        return
    path = folder / f"{kind.value}.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, names, extrasaction="ignore")
        writer.writeheader()
        writer.writerows(rows)
    result = import_file(Handle(), workspace, path, kind, source=source)
    assert (result.imported, result.refused) == (len(rows), False), result.rejected


@slow(30, at_length=1_000)
@given(nasty_books())
def test_exactness(workspace: Workspace, tmp_path: Path, book: NastyBook) -> None:
    empty(workspace)
    change_rule_settings(workspace, book.settings)
    import_book(workspace, tmp_path, book)
    wanted = expected(book.trades, book.entries, book.settings)
    summary = reconcile(Handle(), workspace).summary
    with workspace.database.read() as connection:
        rows = connection.execute(select(issues)).all()
    found = {(row.issue_type, row.issue_key): row for row in rows}
    assert set(found) == set(wanted)
    for identity, finding in wanted.items():
        check_issue(identity, found[identity], finding, book)
    checked = [one for one in book.trades if one["status"] in book.settings.checked_statuses]
    matched = len(checked) - len(unmatched(wanted))
    assert (summary.opened, summary.checked, summary.matched) == (len(wanted), len(checked), matched)
    assert sum(summary.not_checked.values()) == len(book.trades) - len(checked)
    seen = read_overview(Handle(), workspace)
    assert (seen.trades, seen.checked, seen.matched) == (len(book.trades), len(checked), matched)
    event(f"{len(wanted) // 5 * 5} issues and more")


def check_issue(identity: Identity, row: Any, finding: Finding, book: NastyBook) -> None:
    """The issue's material, evidence and columns have every digit that the oracle has."""
    evidence = json.loads(row.evidence)
    assert as_material(json.loads(row.material)) == finding.material
    numbers = {
        name: exactly(v) if isinstance(v, str) else v
        for name, v in evidence.items()
        if name in finding.figures
    }
    assert numbers == dict(finding.figures)
    own = [each for each in book.entries if each["trade_id"] == identity[1]]
    if "sums" in evidence:
        stored = [(item["currency"], exactly(item["sum"]), item["entries"]) for item in evidence["sums"]]
        assert stored == sums(own)
    if "entry_rows" in evidence:
        assert evidence["entry_rows"] == sorted(set(evidence["entry_rows"]))
        assert len(evidence["entry_rows"]) == min(len(own), 50)
    difference = finding.figures.get("difference")
    if isinstance(difference, Decimal):
        trade = next(one for one in book.trades if one["trade_id"] == identity[1])
        gross = finding.figures["gross"]
        assert isinstance(gross, Decimal)
        assert exactly(evidence["tolerance"]) == tolerance_of(
            trade, evidence["currency"], gross, book.settings
        )
        parts = (row.difference_units, row.difference_nanos, row.difference_rest)
        fits = difference.copy_abs() < NINE_TRILLION_MILLIONS  # abs() would round to 28 digits
        assert (parts[0] is None) if not fits else (to_decimal(*parts) == difference)


# The oracle itself, against a telling in fractions that shares no code with it


def by_fractions(book: NastyBook) -> Iterator[tuple[Identity, tuple[Fraction, ...]]]:
    """Of each issue the figures that its material has."""
    settings = book.settings
    ids = {one["trade_id"] for one in book.trades}
    for key in {one["trade_id"] for one in book.entries} - ids:
        yield ("ORPHAN_LEDGER_ENTRY", key), ()
    amounts = [Fraction(one["quantity"]) for one in book.trades]
    for one, quantity in zip(book.trades, amounts, strict=True):
        if quantity * len(amounts) > Fraction(settings.anomaly_factor) * sum(amounts):
            yield ("ANOMALOUS_QUANTITY", one["trade_id"]), (quantity,)
        if one["status"] in settings.checked_statuses:
            yield from _matching(book, one, quantity * Fraction(one["price"]))


def _matching(
    book: NastyBook, trade: dict[str, Any], gross: Fraction
) -> Iterator[tuple[Identity, tuple[Fraction, ...]]]:
    key = trade["trade_id"]
    own = [each for each in book.entries if each["trade_id"] == key]
    named = {each["currency"] for each in (trade, *own) if each["currency"]}
    if not own:
        yield ("MISSING_LEDGER_ENTRY", key), (gross,)
    elif len(named) > 1:
        yield ("CURRENCY_MISMATCH", key), (gross,)
    else:
        debits = "BANK" in book.settings.signs
        booked = sum(
            -Fraction(each["amount"])
            if debits and each["source"] == "BANK" and each["entry_type"] in ("Debit", "dr")
            else Fraction(each["amount"])
            for each in own
        )
        if abs(abs(booked) - abs(gross)) > _allowed(book, named, gross):
            yield ("AMOUNT_MISMATCH", key), (gross, Fraction(booked))


def _allowed(book: NastyBook, named: set[str], gross: Fraction) -> Fraction:
    amount, points = book.settings.tolerance, book.settings.basis_points
    for line in book.settings.tolerances:
        if line.currency in named:
            amount, points = line.absolute, line.basis_points
    share = abs(gross) * Fraction(points) / 10_000
    return max(Fraction(amount), Fraction(share.numerator * 10**9 // share.denominator, 10**9))


def figures(identity: Identity, material: Any) -> tuple[Fraction, ...]:
    """The plain numbers of the oracle's material."""
    if identity[0] == "ORPHAN_LEDGER_ENTRY":
        return ()
    return tuple(Fraction(part) for part in material if isinstance(part, Decimal))


@settings(max_examples=200)
@given(nasty_books())
def test_the_oracle_is_right(book: NastyBook) -> None:
    found = expected(book.trades, book.entries, book.settings)
    assert {one: figures(one, finding.material) for one, finding in found.items()} == dict(by_fractions(book))

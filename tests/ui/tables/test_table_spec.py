from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from opspilot_desktop.domain.fields import RECORDS, Kind
from opspilot_desktop.domain.issues import IssueStatus, IssueType, Severity
from opspilot_desktop.ui.tables.table_spec import (
    LONGEST,
    MISSING,
    UNASSIGNED,
    Column,
    Painter,
    columns_of,
    copied_text,
    shown_text,
)


def column(kind: Kind, name: str) -> Column:
    return next(column for column in columns_of(kind) if column.name == name)


@pytest.fixture
def utc_plus_two(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    import time

    with monkeypatch.context() as patch:
        patch.setenv("TZ", "XXX-2")
        time.tzset()
        yield
    time.tzset()


@pytest.mark.parametrize("kind", list(RECORDS))
def test_every_field_is_a_column_in_order(kind: Kind) -> None:
    columns = columns_of(kind)
    assert [item.name for item in columns] == [field.name for field in RECORDS[kind].fields]
    assert [item.label for item in columns] == [field.label for field in RECORDS[kind].fields]


@pytest.mark.parametrize(
    ("kind", "name", "value", "shown", "copied"),
    [
        (Kind.TRADES, "quantity", "1850", "1,850", "1850"),
        (Kind.TRADES, "quantity", "0.125", "0.125", "0.125"),
        (Kind.TRADES, "price", "684.3", "684.30", "684.3"),
        (Kind.TRADES, "price", "-0.000000001", "−0.000000001", "-0.000000001"),
        (Kind.TRADES, "gross_amount", "1265955", "1,265,955.00", "1265955"),
        (Kind.LEDGER, "amount", "-1265330", "−1,265,330.00", "-1265330"),
        (Kind.ISSUES, "difference", "-1250.5", "−1,250.50", "-1250.5"),
        (Kind.TRADES, "trade_id", "007", "007", "007"),
        (Kind.TRADES, "trade_id", "=1+1", "=1+1", "'=1+1"),
        (Kind.TRADES, "trade_date", "2026-11-05", "2026-11-05", "2026-11-05"),
        (Kind.TRADES, "side", "BUY", "BUY", "BUY"),
        (Kind.TRADES, "status", "pending", "Pending", "Pending"),
        (Kind.TRADES, "match_status", "broken", "Broken", "Broken"),
        (Kind.ISSUES, "id", 1042, "1042", "1042"),
        (Kind.ISSUES, "issue_type", "MISSING_LEDGER_ENTRY", "Missing ledger entry", "Missing ledger entry"),
        (Kind.ISSUES, "issue_type", "LATE_FEE", "Late fee", "Late fee"),
        (Kind.ISSUES, "severity", "CRITICAL", "Critical", "Critical"),
        (Kind.ISSUES, "status", "investigating", "Investigating", "Investigating"),
        (Kind.ISSUES, "reason", "FX_ROUNDING", "FX rounding", "FX rounding"),
        (Kind.ISSUES, "assigned_to", "j.meyer", "j.meyer", "j.meyer"),
        (Kind.LEDGER, "description", "=cmd|'/C calc'!A0", "=cmd|'/C calc'!A0", "'=cmd|'/C calc'!A0"),
        (Kind.LEDGER, "description", " @SUM(A1)", " @SUM(A1)", "' @SUM(A1)"),
    ],
)
def test_values_are_worded_for_the_screen_and_for_a_spreadsheet(
    kind: Kind, name: str, value: object, shown: str, copied: str
) -> None:
    assert column(kind, name).show(value) == shown
    assert column(kind, name).copy(value) == copied


def test_the_programs_own_times_are_local_to_the_minute(utc_plus_two: None) -> None:
    assert column(Kind.ISSUES, "detected_at").show("2026-11-20T22:31:59.999Z") == "2026-11-21 00:31"


def test_a_timestamp_from_a_file_stays_as_given() -> None:
    assert column(Kind.TRADES, "timestamp").show("2026-11-20T09:31:00Z") == "2026-11-20T09:31:00Z"


@pytest.mark.parametrize(("hours", "age"), [(-1, 0), (0, 0), (23, 0), (25, 1), (12 * 24 + 1, 12)])
def test_age_is_in_whole_days(hours: int, age: int) -> None:
    at = datetime.now(UTC) - timedelta(hours=hours)
    detected = at.isoformat(timespec="milliseconds").replace("+00:00", "Z")
    assert column(Kind.ISSUES, "age").show(detected) == f"{age} d"
    assert column(Kind.ISSUES, "age").copy(detected) == str(age)


def test_numbers_stand_at_the_right_and_ids_at_the_left() -> None:
    right = {item.name for kind in RECORDS for item in columns_of(kind) if item.right}
    amounts = {"quantity", "price", "gross_amount", "amount", "difference", "age"}
    assert right == amounts | {"read", "imported", "updated", "unchanged", "rejected"}


def test_ids_amounts_and_currencies_are_never_cut() -> None:
    cut = {item.name for kind in RECORDS for item in columns_of(kind) if not item.never_cut}
    never = {item.name for kind in RECORDS for item in columns_of(kind) if item.never_cut}
    assert {"trade_id", "entry_id", "quantity", "price", "amount", "difference", "currency"} <= never
    assert {"issue_type", "counterparty", "description"} <= cut


def test_only_pills_ages_and_assignees_are_painted_by_python() -> None:
    painters = {(kind, item.name): item.painter for kind in RECORDS for item in columns_of(kind)}
    assert {at: painter for at, painter in painters.items() if painter is not Painter.TEXT} == {
        (Kind.ISSUES, "severity"): Painter.PILL,
        (Kind.ISSUES, "status"): Painter.PILL,
        (Kind.ISSUES, "age"): Painter.AGE,
        (Kind.ISSUES, "assigned_to"): Painter.ASSIGNEE,
    }


def test_a_pills_value_is_found_from_its_word() -> None:
    assert column(Kind.ISSUES, "severity").values == {item.label: item.value for item in Severity}
    assert column(Kind.ISSUES, "status").values == {item.label: item.value for item in IssueStatus}


def test_issue_types_have_room_from_the_start() -> None:
    usual, labels = set(column(Kind.ISSUES, "issue_type").usual), {item.label for item in IssueType}
    assert usual < labels
    assert "Amount mismatch" in usual
    assert "Anomalous quantity by instrument" not in usual  # one long name does not take everybody's room


def test_missing_values() -> None:
    missing = {item.name: item.missing for item in columns_of(Kind.ISSUES)}
    assert missing.pop("assigned_to") == UNASSIGNED
    assert set(missing.values()) == {MISSING}


def test_a_text_is_one_line_and_cannot_turn_its_direction() -> None:
    assert shown_text("a\tb\r\nc\x00d\x9be\u2028f") == "a␉b␍␊c␀d⟨U+009B⟩e⟨U+2028⟩f"
    assert shown_text("abc\u202edef") == "abc⟨U+202E⟩def"
    assert shown_text("Société Générale 株式 🙂") == "Société Générale 株式 🙂"
    assert shown_text("x" * 10_000) == "x" * (LONGEST - 1) + "…"


@given(st.text())
def test_a_shown_text_has_no_control_characters_and_is_never_long(text: str) -> None:
    shown = shown_text(text)
    assert len(shown) <= LONGEST * len("⟨U+10FFFF⟩")
    assert shown.isprintable()


@given(st.text())
def test_a_copied_text_is_what_is_stored_and_no_formula(text: str) -> None:
    copied = copied_text(text)
    assert copied.removeprefix("'") == text.removeprefix("'")
    assert not copied.lstrip().startswith(("=", "+", "-", "@"))

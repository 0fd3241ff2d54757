"""Ledger lines without an id that come again: appended, merged by what they say, or refused until said."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Sequence
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Connection, delete, select

from opspilot_desktop.domain.errors import KnownError
from opspilot_desktop.domain.fields import Kind
from opspilot_desktop.domain.jobs import Handle
from opspilot_desktop.files.mapping import Mapping
from opspilot_desktop.files.mending import try_again
from opspilot_desktop.files.profile import Duplicates, Profile
from opspilot_desktop.operations import import_history, linking
from opspilot_desktop.operations.importing import (
    ImportResult,
    check_file,
    check_only,
    import_file,
    preview_import,
    store_file,
)
from opspilot_desktop.operations.workspace import Workspace
from opspilot_desktop.store.schema import audit_log, dirty, imports, ledger_entries
from tests.helpers.budget import slow

HEADER = "trade_id,amount,currency,value_date"


class Ledger:
    """Imports lines as files of their own, and reads what is stored."""

    def __init__(self, workspace: Workspace, folder: Path) -> None:
        self.workspace = workspace
        self.folder = folder
        self.files = 0

    def file(self, *lines: str, header: str = HEADER) -> Path:
        self.files += 1
        path = self.folder / f"ledger-{self.files}.csv"
        # A line break more in each, so that no two files are the same.
        path.write_text("\n".join([header, *lines]) + "\n" * self.files, encoding="utf-8")
        return path

    def load(
        self, *lines: str, header: str = HEADER, say: Duplicates | None = None, source: str = ""
    ) -> ImportResult:
        path = self.file(*lines, header=header)
        return import_file(Handle(), self.workspace, path, Kind.LEDGER, duplicates=say, source=source)

    def stored(self) -> Counter[tuple[Any, ...]]:
        entry = ledger_entries.c
        columns = (entry.trade_id, entry.amount_units, entry.amount_nanos, entry.currency, entry.value_date)
        with self.workspace.database.read() as connection:
            return Counter(map(tuple, connection.execute(select(*columns)).all()))

    def details(self) -> dict[str, Any]:
        query = select(audit_log.c.details).order_by(audit_log.c.id.desc()).limit(1)
        with self.workspace.database.read() as connection:
            found: dict[str, Any] = json.loads(connection.execute(query).scalar_one())
        return found


@pytest.fixture
def ledger(workspace: Workspace, tmp_path: Path) -> Ledger:
    return Ledger(workspace, tmp_path)


A, B, C = "T1,10.5,EUR,2026-01-02", "T1,10.5,EUR,2026-01-03", "T2,-3,,"


def told(result: ImportResult) -> tuple[int, int, int, int]:
    return result.imported, result.updated, result.unchanged, result.merged


def test_lines_that_are_stored_already_refuse_the_file_until_somebody_has_chosen(ledger: Ledger) -> None:
    ledger.load(A, B)
    before = ledger.stored()
    result = ledger.load(A, C, A)
    assert result.refused
    assert result.message == (
        "ledger-2.csv: 1 of 3 lines without an entry id is already stored, word for word, so nothing was"
        " stored; say --duplicates append to add them all, or --duplicates merge to add only those that are"
        " new."
    )
    assert result.as_json()["refused"] is True
    assert ledger.stored() == before
    assert len(import_history.list_imports(Handle(), ledger.workspace)) == 1


def test_append_adds_them_all_and_the_audit_trail_says_so(ledger: Ledger) -> None:
    ledger.load(A, B)
    assert told(ledger.load(A, C, say="append")) == (2, 0, 0, 0)
    assert sum(ledger.stored().values()) == 4
    assert ledger.details()["duplicates"] == "append"


def test_merge_adds_only_what_is_new_and_keeps_genuine_lookalikes(ledger: Ledger) -> None:
    ledger.load(A, A, B)
    result = ledger.load(A, C, A, A, say="merge")
    assert told(result) == (2, 0, 2, 2)
    assert "2 unchanged (2 of them without an entry id)" in result.message
    assert result.as_json()["merged"] == 2
    assert sorted(ledger.stored().values()) == [1, 1, 3]
    details = ledger.details()
    assert (details["duplicates"], details["merged"], details["unchanged"]) == ("merge", 2, 2)
    assert told(ledger.load(A, C, A, A, say="merge")) == (0, 0, 4, 4)


def test_lines_that_are_new_are_imported_without_a_question(ledger: Ledger) -> None:
    ledger.load(A)
    assert told(ledger.load(B, C, C)) == (3, 0, 0, 0)
    assert "duplicates" not in ledger.details()


def test_values_are_compared_as_they_are_stored(ledger: Ledger) -> None:
    ledger.load("T1,10.50,EUR,2026-01-02")
    assert told(ledger.load(" T1 ,+10.5,EUR,2026-01-02", say="merge")) == (0, 0, 1, 1)
    assert told(ledger.load("T1,10.500000001,EUR,2026-01-02", "t1,10.5,EUR,2026-01-02")) == (2, 0, 0, 0)


def test_a_column_that_the_file_does_not_have_is_not_compared(ledger: Ledger) -> None:
    ledger.load(A, B)
    assert ledger.load("T1,10.5", "T1,10.5", "T1,10.5", header="trade_id,amount").refused
    result = ledger.load("T1,10.5", "T1,10.5", "T1,10.5", header="trade_id,amount", say="merge")
    assert told(result) == (1, 0, 2, 2)


def test_a_blank_cell_is_like_nothing_but_a_missing_value(ledger: Ledger) -> None:
    ledger.load(C, "T2,-3,USD,")
    assert told(ledger.load(C, C, say="merge")) == (1, 0, 1, 1)


def test_a_blank_id_is_not_like_an_entry_that_has_one(ledger: Ledger) -> None:
    ledger.load("E1,T1,5", header="entry_id,trade_id,amount")
    assert told(ledger.load(",T1,5", "E1,T1,5", header="entry_id,trade_id,amount")) == (1, 0, 1, 0)
    # A file that has no ids at all says nothing of them: its line may be that entry.
    assert ledger.load("T1,5", header="trade_id,amount").refused


def test_each_source_is_held_against_itself(ledger: Ledger) -> None:
    ledger.load(A, source="Bank")
    assert told(ledger.load(A)) == (1, 0, 0, 0)
    assert told(ledger.load(A, source="Bank", say="merge")) == (0, 0, 1, 1)


def test_files_with_ids_are_not_concerned(ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    def never(*_: object) -> None:
        raise AssertionError("looked for lines without an id")

    ledger.load("E1,T1,5", header="entry_id,trade_id,amount")
    monkeypatch.setattr("opspilot_desktop.operations.duplicates.set_lookalikes_aside", never)
    assert told(ledger.load("E2,T1,5", "E1,T1,5", header="entry_id,trade_id,amount")) == (1, 0, 1, 0)
    with pytest.raises(AssertionError):
        ledger.load(A)


def test_a_profile_chooses_for_its_files_and_a_person_for_one(ledger: Ledger) -> None:
    ledger.load(A)

    def load(profile: Profile, say: Duplicates | None = None) -> ImportResult:
        path = ledger.file(A)
        return import_file(Handle(), ledger.workspace, path, Kind.LEDGER, profile, duplicates=say)

    assert load(Profile(Kind.LEDGER, "Bank")).refused
    assert told(load(Profile(Kind.LEDGER, "Bank", duplicates="merge"))) == (0, 0, 1, 1)
    assert told(load(Profile(Kind.LEDGER, "Bank", duplicates="append"))) == (1, 0, 0, 0)
    assert told(load(Profile(Kind.LEDGER, "Bank", duplicates="append"), "merge")) == (0, 0, 1, 1)


def test_the_very_same_file_changes_nothing_unless_somebody_says_so(ledger: Ledger) -> None:
    path = ledger.file(A, A)

    def load(say: Duplicates | None = None, profile: Profile | None = None) -> ImportResult:
        return import_file(Handle(), ledger.workspace, path, Kind.LEDGER, profile, duplicates=say)

    load()
    assert told(load()) == (0, 0, 2, 0)
    assert told(load(profile=Profile(Kind.LEDGER, duplicates="append"))) == (0, 0, 2, 0)
    assert told(load("merge")) == (0, 0, 2, 2)
    assert told(load("append")) == (2, 0, 0, 0)
    assert sum(ledger.stored().values()) == 4


def test_a_file_of_which_more_rows_are_good_than_before_is_not_the_same(ledger: Ledger) -> None:
    path = ledger.file(A, "T2,2.0000000001,EUR,")

    def load(say: Duplicates | None = None, **how: Any) -> ImportResult:
        return import_file(
            Handle(), ledger.workspace, path, Kind.LEDGER, duplicates=say, skip_bad_rows=True, **how
        )

    rounding = Profile(Kind.LEDGER, mapping=Mapping(rounded=True))
    assert told(load()) == (1, 0, 0, 0)
    assert told(load()) == (0, 0, 1, 0)
    assert load(profile=rounding).refused  # what was rejected is not stored: somebody has to say
    assert told(load("merge", profile=rounding)) == (1, 0, 1, 1)
    assert told(load(profile=rounding)) == (0, 0, 2, 0)


def test_the_very_same_file_holds_its_lines_without_an_id_as_well(ledger: Ledger) -> None:
    """Where its other rows are stored again, undoing the first import must not take these away."""
    header = f"entry_id,{HEADER}"
    ledger.load("E1,T1,1,EUR,", header=header)
    path = ledger.file("E1,T1,1,EUR,", f",{A}", f",{A}", header=header)

    def load() -> ImportResult:
        return import_file(Handle(), ledger.workspace, path, Kind.LEDGER)

    assert told(load()) == (2, 0, 1, 0)
    ledger.load("E1,T1,2,EUR,", header=header)
    assert told(load()) == (0, 1, 2, 0)
    before = ledger.stored()
    with pytest.raises(
        KnownError, match=r"Import 4 \(ledger-2\.csv\) holds 2 of its rows too.*undo import 4"
    ):
        import_history.undo_import(Handle(), ledger.workspace, 2)
    assert ledger.stored() == before
    for number in (4, 3, 2):
        import_history.undo_import(Handle(), ledger.workspace, number)
    assert sum(ledger.stored().values()) == 1


def test_checking_the_very_same_file_says_that_it_changes_nothing(ledger: Ledger) -> None:
    path = ledger.file(A)
    import_file(Handle(), ledger.workspace, path, Kind.LEDGER)
    with check_file(Handle(), path, Kind.LEDGER) as staged:
        checked = check_only(Handle(), lambda: nullcontext(ledger.workspace), staged, skip_bad_rows=False)
    stored = import_file(Handle(), ledger.workspace, path, Kind.LEDGER)
    assert "nothing was changed" in stored.message
    assert checked.warnings == stored.warnings == (stored.message,)
    assert (checked.message, checked.checked) == (f"Checked, nothing was stored; {stored.message}", True)


def test_checking_says_what_importing_would(ledger: Ledger) -> None:
    ledger.load(A)
    path = ledger.file(A, B)
    for say in (None, "merge", "append"):
        with check_file(Handle(), path, Kind.LEDGER) as staged:
            checked = check_only(
                Handle(),
                lambda: nullcontext(ledger.workspace),
                staged,
                skip_bad_rows=False,
                duplicates=say,
            )
        before = ledger.stored()
        with check_file(Handle(), path, Kind.LEDGER) as staged:
            preview = preview_import(Handle(), ledger.workspace, staged, duplicates=say)
        assert checked.checked
        assert ledger.stored() == before
        assert checked.refused == (say is None) == (preview.lookalikes is not None)
        if say is None:
            assert import_file(Handle(), ledger.workspace, path, Kind.LEDGER).message == checked.message
        else:
            assert told(checked) == ((1, 0, 1, 1) if say == "merge" else (2, 0, 0, 0))


def test_the_same_file_with_mended_rows_is_another_file(ledger: Ledger) -> None:
    path = ledger.file(A, "T3,x,EUR,", B)
    import_file(Handle(), ledger.workspace, path, Kind.LEDGER, skip_bad_rows=True)
    with check_file(Handle(), path, Kind.LEDGER) as staged:
        try_again(Handle(), staged, {(2, "amount"): "y"})
        assert store_file(Handle(), ledger.workspace, staged).unchanged == 2  # still the very same
        try_again(Handle(), staged, {(2, "amount"): "7"})
        assert store_file(Handle(), ledger.workspace, staged).refused
        result = store_file(Handle(), ledger.workspace, staged, duplicates="merge")
    assert told(result) == (1, 0, 2, 2)
    assert "1 value mended by hand" in result.message
    assert ledger.details()["mended"] == 1


def test_the_first_of_the_lines_are_shown(ledger: Ledger) -> None:
    ledger.load(A, B)
    with check_file(Handle(), ledger.file(C, B, A), Kind.LEDGER) as staged:
        found = preview_import(Handle(), ledger.workspace, staged).lookalikes
    assert found is not None
    assert (found.lines, found.stored) == (3, 2)
    assert [(each.line, each.values["value_date"]) for each in found.examples] == [
        (3, "2026-01-03"),
        (4, "2026-01-02"),
    ]
    assert found.examples[0].values["amount"] == "10.5"


def test_undoing_takes_back_exactly_what_was_added(ledger: Ledger) -> None:
    ledger.load(A, B)
    before = ledger.stored()
    ledger.load(A, A, C, say="merge")
    # The first file cannot go while the second holds its line too.
    with pytest.raises(KnownError, match=re.escape("Import 2 (ledger-2.csv) holds 1 of its rows too")):
        import_history.undo_import(Handle(), ledger.workspace, 1)
    assert import_history.undo_import(Handle(), ledger.workspace, 2).undoing.removed == 2
    assert ledger.stored() == before
    import_history.undo_import(Handle(), ledger.workspace, 1)
    assert not ledger.stored()


def test_an_entry_that_was_linked_by_hand_counts_by_the_trade_of_its_file(ledger: Ledger) -> None:
    trades = ledger.folder / "trades.csv"
    trades.write_text("trade_id,instrument,side,quantity,price\nT9,X,BUY,1,10.5\n")
    import_file(Handle(), ledger.workspace, trades, Kind.TRADES)
    ledger.load(A)
    with ledger.workspace.database.read() as connection:
        row = connection.execute(select(ledger_entries.c.id)).scalar_one()
    linking.link_entries(ledger.workspace, [row], "T9", "WRONG_ID")
    assert told(ledger.load(A, say="merge")) == (0, 0, 1, 1)
    assert told(ledger.load("T9,10.5,EUR,2026-01-02")) == (1, 0, 0, 0)


LINES = st.lists(
    st.tuples(
        st.sampled_from(["T1", "T2", "é"]),
        st.sampled_from(["1", "1.000000001", "-1"]),
        st.sampled_from(["", "EUR"]),
        st.sampled_from(["", "2026-01-02"]),
    ),
    max_size=12,
)


def _as_stored(lines: Sequence[tuple[str, str, str, str]]) -> Counter[tuple[Any, ...]]:
    amounts = {"1": (1, 0), "1.000000001": (1, 1), "-1": (-1, 0)}
    return Counter((trade, *amounts[amount], ccy or None, date or None) for trade, amount, ccy, date in lines)


def _empty(connection: Connection) -> None:
    for table in (ledger_entries, imports, dirty):
        connection.execute(delete(table))


@slow(10, at_length=500)
@given(first=LINES, second=LINES, say=st.sampled_from(["append", "merge"]))
def test_merged_lines_are_there_as_often_as_the_file_or_the_database_has_them(
    ledger: Ledger, first: list[Any], second: list[Any], say: Duplicates
) -> None:
    with ledger.workspace.database.write() as connection:
        _empty(connection)
    files = [[",".join(line) for line in lines] for lines in (first, second)]
    one, two = _as_stored(first), _as_stored(second)
    for lines, choice in zip(files, ("append", say), strict=True):
        if lines:
            ledger.load(*lines, say=choice)
    expected = one + two if say == "append" else one | two
    assert ledger.stored() == expected
    for lines in [*files, *reversed(files)]:
        if lines:
            assert ledger.load(*lines, say="merge").imported == 0
    assert ledger.stored() == expected

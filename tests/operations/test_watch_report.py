"""The report beside a file: everything that is known, and nothing that could do anything."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from opspilot_desktop.domain.fields import Kind
from opspilot_desktop.domain.run_history import Effect, Touched
from opspilot_desktop.domain.watched import WatchedFolder
from opspilot_desktop.files.staging import Reject
from opspilot_desktop.operations.importing import ImportResult
from opspilot_desktop.operations.watch_report import Outcome, Taken, WatchedRun, report_text
from opspilot_desktop.recon.engine import RunSummary

FOLDER = WatchedFolder("1", "/in\u202e", Kind.LEDGER, "Bank")
RESULT = ImportResult(
    "a\u202eb\n.csv",
    "ledger",
    "ab" * 32,
    read=1234,
    imported=1200,
    updated=30,
    unchanged=1,
    rejected=(
        Reject(3, 2, "amount", "=cmd|'/c'\x1b[31m", "Amount must be a plain decimal"),
        Reject(9, 8, "", "", "1 cell, where the header has 2"),
    ),
    rejected_total=3,
    warnings=("Read by the profile Bank.",),
)
OUTCOME = Outcome(
    RESULT.file, FOLDER, True, f"{RESULT.file}: 1,200 imported.", RESULT, import_id=7, has_rejects=True
)
RUN = RunSummary(4, "incremental", 12, {}, 10, 3, 1, 0, 2, {"AMOUNT_MISMATCH": 5}, 0.1, ("A warning.",))
TOUCHED = Touched(
    {
        Effect.OPENED: {"AMOUNT_MISMATCH": 2, "MISSING_LEDGER_ENTRY": 1},
        Effect.CLEARED: {"AMOUNT_MISMATCH": 2},
    },
    (),
)
AT = "2026-11-27T02:03:11.000Z"


def test_all_that_is_known() -> None:
    text = report_text(OUTCOME, WatchedRun(RUN, TOUCHED), at=AT, who="m.koller")
    lines = text.splitlines()
    assert lines[:2] == ["a⟨U+202E⟩b␊.csv", "Done: 1,200 imported."]
    for line in (
        "Folder      /in⟨U+202E⟩",
        "Kind        ledger",
        "Profile     Bank",
        "Import      7",
        "Read        1,234",
        "Imported    1,200",
        "Updated     30",
        "Unchanged   1",
        "Rejected    3",
        f"SHA-256     {'ab' * 32}",
        "  Read by the profile Bank.",
        "Reconciliation (run 4, incremental, for all files taken together)",
        "  12 checked, 10 matched, 3 opened, 1 reopened, 0 changed, 2 cleared",
        "  Opened: 2 Amount mismatch, 1 Missing ledger entry",
        "  Cleared: 2 Amount mismatch",
        "  Open now: 5 Amount mismatch",
        "  A warning.",
        "Rejected rows (the first 2 of 3; all of them stand in the file that ends in .rejects.csv, to be"
        " mended)",
        "  line 3, row 2, amount: Amount must be a plain decimal (“=cmd|'/c'␛[31m”)",
        "  line 9, row 8: 1 cell, where the header has 2",
    ):
        assert line in lines
    assert f"({AT}) by m.koller" in text
    assert not set(text) & set("\x1b\u202e\r")


def test_a_file_that_could_not_be_read() -> None:
    outcome = Outcome("a.csv", replace(FOLDER, profile=""), False, "a.csv is empty; choose a file with rows.")
    text = report_text(outcome, WatchedRun(RUN, TOUCHED), at=AT, who="m.koller")
    assert text.splitlines()[1] == "Rejected: a.csv is empty; choose a file with rows."
    assert "Profile     by the file's own columns" in text
    assert "Reconciliation" not in text
    assert "SHA-256" not in text


def test_a_run_that_there_is_not() -> None:
    text = report_text(OUTCOME, WatchedRun(), at=AT, who="x")
    assert "  Not yet: there are no trades and entries to match." in text.splitlines()
    text = report_text(OUTCOME, WatchedRun(problem="Not done: it was cancelled."), at=AT, who="x")
    assert "  Not done: it was cancelled." in text.splitlines()


def test_the_line_for_programs() -> None:
    taken = Taken(OUTCOME, Path("/in/done/a.csv"), Path("/in/done/a.csv.report.txt"), WatchedRun(RUN))
    told = taken.as_json()
    assert told["outcome"] == "done"
    assert told["run"] == {"run_id": 4, "opened": 3, "cleared": 2}
    assert (told["import_id"], told["imported"], told["rejected_total"]) == (7, 1200, 3)
    unread = Taken(
        Outcome("a.csv", FOLDER, False, "No."), Path("/in/rejected/a.csv"), Path("/in/r.txt"), WatchedRun()
    )
    assert unread.sentence == "a.csv was rejected: No."
    told = unread.as_json()
    assert (told["outcome"], told["refused"], told["sha256"], told["run"]) == ("rejected", True, "", None)

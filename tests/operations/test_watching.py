"""Watched folders: what is taken, what becomes of it, and what is said of it."""

from __future__ import annotations

import json
import os
import threading
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import select

from opspilot_desktop import paths
from opspilot_desktop.domain.errors import KnownError, NotNow
from opspilot_desktop.domain.fields import Kind
from opspilot_desktop.domain.jobs import Cancelled, Handle
from opspilot_desktop.domain.watched import WatchedFolder
from opspilot_desktop.files.folder_lock import FolderLock
from opspilot_desktop.files.mapping import Mapping
from opspilot_desktop.files.profile import Profile
from opspilot_desktop.operations import taking_files
from opspilot_desktop.operations.import_history import list_imports, undo_import
from opspilot_desktop.operations.profiles import keep_profile, remove_profile
from opspilot_desktop.operations.run_history import list_runs
from opspilot_desktop.operations.taking_files import Batch, take_all
from opspilot_desktop.operations.watch_report import Taken
from opspilot_desktop.operations.watched_folders import (
    list_watched,
    pause_folder,
    stop_watching,
    watch_folder,
    watched_at,
)
from opspilot_desktop.operations.watching import Watcher
from opspilot_desktop.operations.workspace import Workspace, open_workspace
from opspilot_desktop.store.schema import audit_log
from tests.helpers.watching import (
    LEDGER,
    TRADES,
    WITH_IDS,
    Watching,
    leftovers_in,
    names_in,
    put,
    rows_of,
    watched,
)

BANK = Profile(
    Kind.LEDGER,
    "Bank",
    Mapping({"trade_id": "Ref", "amount": "Betrag"}),
    header=("Ref", "Betrag"),
    source="Bank AG",
    duplicates="append",
)


@pytest.fixture
def watching(workspace: Workspace) -> Watching:
    return Watching.of(workspace)


def report_of(taken: Taken) -> str:
    return taken.report.read_text(encoding="utf-8")


def audited(workspace: Workspace) -> list[tuple[str, str, object]]:
    with workspace.database.read() as connection:
        rows = connection.execute(select(audit_log).order_by(audit_log.c.id)).all()
    return [(row.operation, row.subject, json.loads(row.changes)) for row in rows]


def test_files_are_taken_imported_reconciled_and_moved(watching: Watching, tmp_path: Path) -> None:
    workspace = watching.workspace
    trades, ledger = tmp_path / "trades", tmp_path / "ledger"
    watched(workspace, trades)
    watched(workspace, ledger, Kind.LEDGER)
    put(trades, "t.csv", TRADES)
    put(ledger, "l.csv", WITH_IDS)
    assert watching.look().work == ()
    assert [state.words for state in watching.look().states] == [
        "Waiting for t.csv to be complete",
        "Waiting for l.csv to be complete",
    ]
    taken = watching.take(after=5)
    assert [one.sentence for one in taken] == ["t.csv: 2 imported.", "l.csv: 2 imported."]
    assert names_in(trades) == ["done/t.csv", "done/t.csv.report.txt"]
    assert leftovers_in(trades) == leftovers_in(ledger) == []
    assert len(list_runs(Handle(), workspace).runs) == 1  # one for both
    text = report_of(taken[1])
    (import_id,) = [one["id"] for one in list_imports(Handle(), workspace) if one["kind"] == "ledger"]
    for line in (
        "l.csv",
        "Done: 2 imported.",
        f"Folder      {ledger}",
        "Profile     by the file's own columns",
        f"Import      {import_id}",
        "Read        2",
        "Reconciliation (run 1, full, for all files taken together)",
        "  2 checked, 2 matched, 0 opened, 0 reopened, 0 changed, 0 cleared",
        "  Open now: none",
    ):
        assert line in text.splitlines()
    assert f"by {workspace.user}" in text
    states = watching.look().states
    assert [(state.words, state.last) for state in states] == [
        ("Watching", "t.csv: 2 imported."),
        ("Watching", "l.csv: 2 imported."),
    ]


def test_nothing_new_runs_nothing(watching: Watching, tmp_path: Path) -> None:
    folder = tmp_path / "in"
    watched(watching.workspace, folder, Kind.LEDGER)
    put(folder, "one.csv", LEDGER)
    watching.take_settled()
    assert list_runs(Handle(), watching.workspace).runs == ()  # there are no trades to hold it against
    put(folder, "one.csv", LEDGER)
    (taken,) = watching.take_settled()
    assert "was already imported" in taken.sentence
    assert "Reconciliation" not in report_of(taken)
    assert names_in(folder) == sorted(
        f"done/{name}{ending}" for name in ("one.csv", "one (2).csv") for ending in ("", ".report.txt")
    )
    assert rows_of(watching.workspace, Kind.LEDGER) == 3


def test_a_file_that_grows_is_waited_for(watching: Watching, tmp_path: Path) -> None:
    folder = tmp_path / "in"
    watched(watching.workspace, folder, settle=3)
    file = put(folder, "one.csv", TRADES[:60])
    watching.look()
    for size in range(61, len(TRADES) + 1):
        file.write_text(TRADES[:size])
        assert watching.take(after=2) == []
    (taken,) = watching.take(after=3)
    assert taken.sentence == "one.csv: 2 imported."


def test_a_file_that_goes_on_growing_when_it_is_taken_is_not_read_by_half(
    watching: Watching, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "in"
    watched(watching.workspace, folder)
    half = len(TRADES) - 15
    file = put(folder, "one.csv", TRADES[:half])
    watching.look()
    check = taking_files.check_known_file
    with file.open("a", encoding="utf-8") as writer:

        def late(*arguments: object, **values: object) -> object:
            writer.write(TRADES[half:])
            writer.flush()
            return check(*arguments, **values)  # type: ignore[arg-type]

        monkeypatch.setattr(taking_files, "check_known_file", late)
        assert watching.take(after=60) == []
    monkeypatch.undo()
    assert rows_of(watching.workspace, Kind.TRADES) == 0
    assert watching.take(after=1) == []  # it has to stay as it is once more
    (taken,) = watching.take(after=5)
    assert taken.sentence == "one.csv: 2 imported."
    assert (folder / "done" / "one.csv").read_text() == TRADES
    assert leftovers_in(folder) == []


def test_what_is_written_after_it_was_read_is_told(
    watching: Watching, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "in"
    watched(watching.workspace, folder)
    file = put(folder, "one.csv", TRADES)
    store = taking_files.store_or_refuse
    with file.open("a", encoding="utf-8") as writer:

        def late(*arguments: object, **values: object) -> object:
            writer.write("T3,X,BUY,1,1\n")
            writer.flush()
            return store(*arguments, **values)  # type: ignore[arg-type]

        monkeypatch.setattr(taking_files, "store_or_refuse", late)
        (taken,) = watching.take_settled()
    monkeypatch.undo()
    assert "The file has changed since it was read" in report_of(taken)
    put(folder, "one.csv", TRADES + "T3,X,BUY,1,1\n")
    watching.take_settled()
    assert rows_of(watching.workspace, Kind.TRADES) == 3


def test_a_marker_says_that_a_file_is_complete_and_goes_with_it(watching: Watching, tmp_path: Path) -> None:
    folder = tmp_path / "in"
    watched(watching.workspace, folder, marker=".done")
    put(folder, "one.csv", TRADES)
    assert watching.take_settled() == []
    (folder / "one.csv.done").touch()
    assert len(watching.take()) == 1
    assert names_in(folder) == ["done/one.csv", "done/one.csv.done", "done/one.csv.report.txt"]


NAMES = [
    "-rf.csv",
    'it\'s "quoted".csv',
    "two\nlines.csv",
    "ünïcödé €.csv",
    "=cmd|x.csv",
    "no ending",
    "x" * 255,
]


@pytest.mark.parametrize("name", NAMES)
def test_any_name(watching: Watching, tmp_path: Path, name: str) -> None:
    folder = tmp_path / "in"
    watched(watching.workspace, folder)
    put(folder, name, TRADES)
    (taken,) = watching.take_settled()
    assert taken.path.read_text() == TRADES
    assert taken.path.name == name or len(name) == 255
    assert "\n" not in taken.sentence.replace(name, "")
    assert len(report_of(taken).splitlines()[0]) >= len(name)
    assert taken.report.name == f"{taken.path.name}.report.txt"
    json.dumps(taken.as_json())


@pytest.mark.skipif(os.name == "nt", reason="names are text on Windows")
def test_a_name_that_is_no_text(watching: Watching, tmp_path: Path) -> None:
    folder = tmp_path / "in"
    watched(watching.workspace, folder)
    name = os.fsdecode(b"tr\xe4des.csv")
    put(folder, name, TRADES)
    (taken,) = watching.take_settled()
    assert taken.path.name == name
    assert taken.sentence == "tr\ufffddes.csv: 2 imported."
    json.dumps(taken.as_json()).encode()


def test_nothing_is_overwritten(watching: Watching, tmp_path: Path) -> None:
    folder = tmp_path / "in"
    watched(watching.workspace, folder)
    for number in range(3):
        put(folder, "one.csv", TRADES.replace("T1", f"T1{number}").replace("T2", f"T2{number}"))
        watching.take_settled()
    done = folder / "done"
    assert [(done / f"one{n}.csv").read_text()[50:] for n in ("", " (2)", " (3)")] == [
        TRADES.replace("T1", f"T1{n}").replace("T2", f"T2{n}")[50:] for n in range(3)
    ]


def test_a_file_with_bad_rows_is_rejected_with_its_rejects(watching: Watching, tmp_path: Path) -> None:
    folder = tmp_path / "in"
    watched(watching.workspace, folder)
    put(folder, "one.csv", TRADES + "T3,X,HOLD,1,1\nT4,X,BUY,1e9,=1\n")
    (taken,) = watching.take_settled()
    assert taken.sentence == (
        "one.csv was rejected: 2 of 4 rows cannot be imported, so nothing of the file was stored; mend the"
        " file and put it into the folder again."
    )
    assert rows_of(watching.workspace, Kind.TRADES) == 0
    beside = ("", ".rejects.csv", ".report.txt")
    assert names_in(folder) == [f"rejected/one.csv{ending}" for ending in beside]
    text = report_of(taken)
    assert "Rejected rows (2; all of them stand in the file that ends in .rejects.csv, to be mended)" in text
    assert "  line 4, row 3, side: " in text
    assert "(“HOLD”)" in text
    rejects = folder / "rejected" / "one.csv.rejects.csv"
    put(folder, "mended.csv", rejects.read_text("utf-8-sig").replace("HOLD", "BUY").replace("1e9,=1", "1,1"))
    (taken,) = watching.take_settled()
    assert taken.sentence == "mended.csv: 2 imported."


def test_good_rows_are_imported_where_the_folder_says_so(watching: Watching, tmp_path: Path) -> None:
    folder = tmp_path / "in"
    watched(watching.workspace, folder, skip_bad_rows=True)
    put(folder, "one.csv", TRADES + "T3,X,HOLD,1,1\n")
    (taken,) = watching.take_settled()
    assert taken.outcome.is_done
    assert taken.sentence == "one.csv: 2 imported, 1 rejected."
    assert names_in(folder) == [f"done/one.csv{ending}" for ending in ("", ".rejects.csv", ".report.txt")]
    put(folder, "two.csv", "trade_id,instrument,side,quantity,price\nT9,X,HOLD,1,1\n")
    (taken,) = watching.take_settled()
    assert not taken.outcome.is_done  # there is no good row
    assert "The one row cannot be imported" in report_of(taken)


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"%PDF-1.7\n", "one.csv"),
        (b"a,b\n1,2\n", "one.csv"),
        (TRADES.encode("utf-16-le"), "one.csv"),
        (b"trade_id,instrument,side,quantity,price\n", "has a header and no rows"),
        (b"trade_id,instrument,side,quantity,price\nT1,caf\xe9,BUY,1,1\n", "Windows-1252"),
    ],
)
def test_what_cannot_be_read_is_rejected_with_the_reason(
    watching: Watching, tmp_path: Path, data: bytes, why: str
) -> None:
    folder = tmp_path / "in"
    watched(watching.workspace, folder)
    put(folder, "one.csv", data)
    (taken,) = watching.take_settled()
    assert why in taken.sentence
    assert names_in(folder) == ["rejected/one.csv", "rejected/one.csv.report.txt"]
    assert (folder / "rejected" / "one.csv").read_bytes() == data
    assert report_of(taken).splitlines()[1].startswith("Rejected: ")


def test_files_are_read_by_the_folders_profile(watching: Watching, tmp_path: Path) -> None:
    workspace, folder = watching.workspace, tmp_path / "in"
    keep_profile(Handle(), workspace, BANK)
    watched(workspace, folder, Kind.LEDGER, profile="Bank")
    put(folder, "one.csv", "Ref,Betrag\nT1,5\n")
    (taken,) = watching.take_settled()
    assert taken.sentence == "one.csv: 1 imported."
    assert "Profile     Bank" in report_of(taken).splitlines()
    (one,) = list_imports(Handle(), workspace)
    assert (one["profile"], one["source"]) == ("Bank", "Bank AG")
    put(folder, "two.csv", LEDGER)
    (taken,) = watching.take_settled()
    assert "no longer has “Betrag”" in taken.sentence


def test_without_the_profile_nothing_is_taken(watching: Watching, tmp_path: Path) -> None:
    workspace, folder = watching.workspace, tmp_path / "in"
    keep_profile(Handle(), workspace, BANK)
    watched(workspace, folder, Kind.LEDGER, profile="Bank")
    remove_profile(Handle(), workspace, "Bank")
    put(folder, "one.csv", "Ref,Betrag\nT1,5\n")
    watching.look()
    batch = take_all(Handle(), workspace, watching.look(after=60))
    assert batch.taken == []
    (trouble,) = batch.troubles.values()
    assert "There is no profile “Bank”" in trouble
    watching.watcher.note(batch.troubles, {})
    (state,) = watching.look().states
    assert (state.words, state.problem) == (trouble, True)
    assert names_in(folder) == ["one.csv"]
    keep_profile(Handle(), workspace, BANK)
    assert len(watching.take(after=60)) == 1
    (state,) = watching.look().states
    assert (state.words, state.problem) == ("Watching", False)


def test_a_folder_that_is_away_is_told_and_comes_back(watching: Watching, tmp_path: Path) -> None:
    folder = tmp_path / "in"
    watched(watching.workspace, folder)
    folder.rename(tmp_path / "away")
    (state,) = watching.look().states
    assert (state.words, state.problem) == ("Cannot be reached: no such file or directory", True)
    (tmp_path / "away").rename(folder)
    put(folder, "one.csv", TRADES)
    assert len(watching.take_settled()) == 1


def test_a_folder_that_goes_away_in_between_loses_nothing(
    watching: Watching, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "in"
    watched(watching.workspace, folder)
    put(folder, "one.csv", TRADES)
    store = taking_files.store_or_refuse

    def away(*arguments: object, **values: object) -> object:
        result = store(*arguments, **values)  # type: ignore[arg-type]
        folder.rename(tmp_path / "away")
        return result

    monkeypatch.setattr(taking_files, "store_or_refuse", away)
    watching.look()
    batch = take_all(Handle(), watching.workspace, watching.look(after=60))
    assert batch.taken == []
    (trouble,) = batch.troubles.values()
    assert trouble.startswith("Files cannot be moved")
    monkeypatch.undo()
    (tmp_path / "away").rename(folder)
    (taken,) = watching.take_settled()
    assert taken.sentence == "one.csv: 2 imported."
    assert names_in(folder) == ["done/one.csv", "done/one.csv.report.txt"]
    assert len(list_imports(Handle(), watching.workspace)) == 1


def test_a_full_disk_rejects_nothing(
    watching: Watching, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "in"
    watched(watching.workspace, folder)
    put(folder, "one.csv", TRADES)

    def full(*_: object, **__: object) -> object:
        raise NotNow("The disk is full; free some space.")

    for verb in ("check_known_file", "store_or_refuse"):
        monkeypatch.setattr(taking_files, verb, full)
        watching.look()
        batch = take_all(Handle(), watching.workspace, watching.look(after=60))
        assert batch.taken == []
        assert list(batch.troubles.values()) == ["The disk is full; free some space."]
        monkeypatch.undo()
    (taken,) = watching.take_settled()
    assert taken.sentence == "one.csv: 2 imported."
    assert names_in(folder) == ["done/one.csv", "done/one.csv.report.txt"]


def test_a_cancel_leaves_the_file_to_be_taken_again(
    watching: Watching, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, handle = tmp_path / "in", Handle()
    watched(watching.workspace, folder)
    for name in ("one.csv", "two.csv"):
        put(folder, name, TRADES)
    watching.look()
    glance = watching.look(after=60)
    store = taking_files.store_or_refuse

    def cancelled(*arguments: object, **values: object) -> object:
        result = store(*arguments, **values)  # type: ignore[arg-type]
        handle.cancel()
        return result

    monkeypatch.setattr(taking_files, "store_or_refuse", cancelled)
    batch = take_all(handle, watching.workspace, glance)
    assert [one.sentence for one in batch.taken] == ["one.csv: 2 imported."]  # what is stored is finished
    monkeypatch.undo()
    (taken,) = watching.take_settled()
    assert taken.sentence == "two.csv: 0 imported, 2 unchanged."
    assert leftovers_in(folder) == []


@pytest.mark.expects_log("Unexpected error")
def test_a_defect_costs_the_file_and_not_the_watching(
    watching: Watching, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "in"
    watched(watching.workspace, folder)
    put(folder, "one.csv", TRADES)

    def broken(*_: object, **__: object) -> object:
        raise ZeroDivisionError

    monkeypatch.setattr(taking_files, "check_known_file", broken)
    (taken,) = watching.take_settled()
    assert (
        "An error in the program stopped the reading (ZeroDivisionError); the report is in" in taken.sentence
    )
    assert names_in(folder) == ["rejected/one.csv", "rejected/one.csv.report.txt"]


def test_what_the_import_itself_refuses_is_rejected(
    watching: Watching, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> object:
        raise KnownError("Say --duplicates append or merge.")

    folder = tmp_path / "in"
    watched(watching.workspace, folder)
    put(folder, "one.csv", TRADES)
    monkeypatch.setattr(taking_files, "store_or_refuse", refuse)
    (taken,) = watching.take_settled()
    assert taken.sentence == "one.csv was rejected: Say --duplicates append or merge."


def test_lines_without_an_id_that_are_stored_already_need_a_profile_that_says_what_becomes_of_them(
    watching: Watching, tmp_path: Path
) -> None:
    folder = tmp_path / "in"
    watched(watching.workspace, folder, Kind.LEDGER)
    put(folder, "one.csv", "trade_id,amount\nT1,5\n")
    assert watching.take_settled()[0].outcome.is_done
    put(folder, "two.csv", "trade_id,amount\nT1,5.0\nT2,6\n")
    (taken,) = watching.take_settled()
    assert taken.sentence == (
        "two.csv was rejected: 1 of 2 lines without an entry id is already stored, word for word, so nothing"
        " was stored; say under duplicates in the source's profile what becomes of such lines (append or"
        " merge), or import the file by hand."
    )
    assert "rejected/two.csv" in names_in(folder)


def test_a_run_that_fails_costs_no_file(
    watching: Watching, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> object:
        raise KnownError("There is no calendar XY.")

    trades, ledger = tmp_path / "trades", tmp_path / "ledger"
    watched(watching.workspace, trades)
    watched(watching.workspace, ledger, Kind.LEDGER)
    put(trades, "t.csv", TRADES)
    put(ledger, "l.csv", WITH_IDS)
    monkeypatch.setattr(taking_files, "reconcile", refuse)
    taken = watching.take_settled()
    assert [one.outcome.is_done for one in taken] == [True, True]
    assert "  Not done: There is no calendar XY." in report_of(taken[0])


def test_an_import_that_was_undone_since_is_not_done_again(
    watching: Watching, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "in"
    watched(watching.workspace, folder)
    put(folder, "one.csv", TRADES)

    def fail(*_: object) -> None:
        raise OSError("away")

    monkeypatch.setattr(taking_files.claims, "settle", fail)
    watching.look()
    take_all(Handle(), watching.workspace, watching.look(after=60))
    monkeypatch.undo()
    (one,) = list_imports(Handle(), watching.workspace)
    undo_import(Handle(), watching.workspace, one["id"])
    (taken,) = watching.take_settled()
    assert f"The import was undone by {watching.workspace.user} since." in report_of(taken)
    assert rows_of(watching.workspace, Kind.TRADES) == 0


def test_two_programs_share_a_folder(workspace: Workspace, target: str, tmp_path: Path) -> None:
    folder = tmp_path / "in"
    watched(workspace, folder, Kind.LEDGER, marker=".ok")
    for number in range(12):
        put(folder, f"{number}.csv", f"trade_id,amount\nT{number},1\n", marker=".ok")
    others = [open_workspace(target, create=False) for _ in range(3)]
    taken: list[str] = []
    troubles: list[BaseException] = []

    def watch(one: Workspace) -> None:
        try:
            watcher = Watcher(one)
            for _ in range(200):
                glance = watcher.look(Handle(), most=2)
                taken.extend(each.outcome.file for each in take_all(Handle(), one, glance).taken)
                if not glance.work:
                    return
        except BaseException as error:
            troubles.append(error)

    threads = [threading.Thread(target=watch, args=(one,)) for one in others]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for one in others:
        one.close()
    assert troubles == []
    assert sorted(taken) == sorted(f"{number}.csv" for number in range(12))
    assert rows_of(workspace, Kind.LEDGER) == 12
    assert len(list_imports(Handle(), workspace)) == 12
    assert leftovers_in(folder) == []


def test_while_another_program_has_the_folder_nothing_is_taken(watching: Watching, tmp_path: Path) -> None:
    folder = tmp_path / "in"
    watched(watching.workspace, folder, marker=".ok")
    put(folder, "one.csv", TRADES, marker=".ok")
    other = FolderLock(folder / "taking" / ".lock")
    assert other.acquire()
    batch = take_all(Handle(), watching.workspace, watching.look())
    assert batch.taken == []
    assert list(batch.troubles.values()) == ["Another program is taking its files"]
    other.release()
    assert len(watching.take()) == 1


def test_without_locks_the_claim_still_counts_once(
    watching: Watching, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As on a share whose locks do not hold: another program goes on with the very file that is read here."""
    folder = tmp_path / "in"
    watched(watching.workspace, folder, Kind.LEDGER, marker=".ok")
    put(folder, "one.csv", LEDGER, marker=".ok")
    monkeypatch.setattr(FolderLock, "acquire", lambda _self: True)
    first = Batch(watching.workspace, watching.look())
    steps = first.steps()
    next(steps).work(Handle())  # read, not yet stored
    for known in ("imported_before", "set_lookalikes_aside"):
        monkeypatch.setattr(f"opspilot_desktop.operations.duplicates.{known}", lambda *_: None)
    (taken,) = watching.take()
    assert taken.sentence == "one.csv: 3 imported."
    for step in steps:
        step.work(Handle())
    first.close()
    assert rows_of(watching.workspace, Kind.LEDGER) == 3
    assert len(list_imports(Handle(), watching.workspace)) == 1
    assert names_in(folder) == ["done/one.csv", "done/one.csv.ok", "done/one.csv.report.txt"]


def test_what_another_workspace_has_begun_is_left_to_it(
    watching: Watching, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "in"
    watched(watching.workspace, folder, marker=".ok")
    with open_workspace(str(tmp_path / "other.opspilot"), create=True) as other:
        watched(other, folder, marker=".ok")
        put(folder, "one.csv", TRADES, marker=".ok")
        glance = Watcher(other).look(Handle())
        batch = Batch(other, glance)
        next(batch.steps()).work(Handle())
        batch.close()
        assert watching.take() == []
        (state,) = watching.look().states
        assert state.words == "Another workspace has begun with a file in taking; open that one"
        assert len(take_all(Handle(), other, Watcher(other).look(Handle())).taken) == 1
    assert rows_of(watching.workspace, Kind.TRADES) == 0


def test_folders_are_kept_changed_paused_and_removed(workspace: Workspace, tmp_path: Path) -> None:
    folder = watched(workspace, tmp_path / "in")
    assert watch_folder(Handle(), workspace, folder) == folder  # nothing has changed
    changed = watch_folder(Handle(), workspace, replace(folder, settle=9))
    pause_folder(Handle(), workspace, folder.id, paused=True)
    pause_folder(Handle(), workspace, folder.id, paused=True)
    assert list_watched(Handle(), workspace) == [replace(changed, paused=True)]
    assert watched_at(Handle(), workspace, str(tmp_path / "in" / ".." / "in")).id == folder.id
    stop_watching(Handle(), workspace, folder.id)
    assert list_watched(Handle(), workspace) == []
    done = audited(workspace)
    assert [(name, subject) for name, subject, _ in done] == [
        (name, folder.path)
        for name in ("watch folder", "change watched folder", "pause watched folder", "stop watching folder")
    ]
    assert done[1][2][0]["before"]["settle"] == 5  # type: ignore[index]
    assert done[1][2][0]["after"]["settle"] == 9  # type: ignore[index]
    with pytest.raises(KnownError, match="is no watched folder; none is watched yet"):
        watched_at(Handle(), workspace, str(tmp_path))
    for verb in (lambda: pause_folder(Handle(), workspace, folder.id, paused=False),
                 lambda: stop_watching(Handle(), workspace, folder.id)):  # fmt: skip
        with pytest.raises(KnownError, match="no longer watched"):
            verb()


def test_a_paused_folder_is_left_alone(watching: Watching, tmp_path: Path) -> None:
    folder = watched(watching.workspace, tmp_path / "in", marker=".ok")
    put(tmp_path / "in", "one.csv", TRADES, marker=".ok")
    pause_folder(Handle(), watching.workspace, folder.id, paused=True)
    assert watching.take() == []
    assert [state.words for state in watching.look().states] == ["Paused"]
    pause_folder(Handle(), watching.workspace, folder.id, paused=False)
    watching.watcher.read_again()
    watching.watcher.stop(folder.id, "it was cancelled")
    (state,) = watching.look().states
    assert (state.words, state.problem) == ("Stopped: it was cancelled", True)
    watching.watcher.go_on(folder.id)
    assert len(watching.take()) == 1


def test_folders_that_cannot_be_watched(workspace: Workspace, tmp_path: Path) -> None:
    folder = watched(workspace, tmp_path / "in")
    (tmp_path / "file").touch()
    (tmp_path / "in" / "done" / "deep").mkdir()
    paths.data().mkdir(parents=True)
    cases = [
        ("", "has no name"),
        (str(tmp_path / "nowhere"), "There is no folder"),
        (str(tmp_path / "file"), "There is no folder"),
        ("a\0b", "no text"),
        (folder.path, "is watched already"),
        (str(tmp_path / "in" / "."), "is watched already"),
        (str(tmp_path / "in" / "done"), "would take each other's files"),
        (str(tmp_path / "in" / "done" / "deep"), "would take each other's files"),
        (str(paths.data()), "one of the program's own folders"),
        (tmp_path.anchor, "Every file in .* would be taken"),
        (os.path.expanduser("~"), "Every file in .* would be taken"),
    ]
    if not workspace.is_shared:
        cases.append((str(tmp_path), "holds the workspace itself"))
    for path, why in cases:
        with pytest.raises(KnownError, match=why):
            watch_folder(Handle(), workspace, WatchedFolder("", path, Kind.TRADES))
    assert list_watched(Handle(), workspace) == [folder]


def test_a_folder_above_one_that_is_watched(workspace: Workspace, tmp_path: Path) -> None:
    (tmp_path / "up").mkdir()
    watched(workspace, tmp_path / "up" / "done")
    with pytest.raises(KnownError, match="would take each other's files"):
        watched(workspace, tmp_path / "up")
    watched(workspace, tmp_path / "up" / "done" / "deep")  # folders in a folder are not taken from


def test_a_folder_in_which_nothing_can_be_moved(workspace: Workspace, tmp_path: Path) -> None:
    if not Path("/proc/self").exists():
        pytest.skip("a folder that refuses files even from root is known on Linux only")
    with pytest.raises(KnownError, match="Files cannot be moved in /proc/self/fdinfo"):
        watch_folder(Handle(), workspace, WatchedFolder("", "/proc/self/fdinfo", Kind.TRADES))


@pytest.mark.skipif(os.name == "nt", reason="links need a right of their own on Windows")
def test_a_done_folder_that_leads_elsewhere_is_refused(watching: Watching, tmp_path: Path) -> None:
    folder, elsewhere = tmp_path / "in", tmp_path / "elsewhere"
    elsewhere.mkdir()
    folder.mkdir()
    (folder / "done").symlink_to(elsewhere)
    with pytest.raises(KnownError, match="is a link or on another disk"):
        watched(watching.workspace, folder)
    (folder / "done").unlink()
    watched(watching.workspace, folder, marker=".ok")
    (folder / "done").rmdir()
    (folder / "done").symlink_to(elsewhere)
    put(folder, "one.csv", TRADES, marker=".ok")
    batch = take_all(Handle(), watching.workspace, watching.look())
    assert batch.taken == []
    assert "is a link or on another disk" in "".join(batch.troubles.values())
    assert list(elsewhere.iterdir()) == []


def test_a_profile_has_to_be_there_and_of_the_kind(workspace: Workspace, tmp_path: Path) -> None:
    with pytest.raises(KnownError, match="There is no profile “Bank”"):
        watched(workspace, tmp_path / "in", Kind.LEDGER, profile="Bank")
    keep_profile(Handle(), workspace, BANK)
    with pytest.raises(KnownError, match="The profile “Bank” is for ledger, not for trades"):
        watched(workspace, tmp_path / "in", profile="Bank")


def test_a_cancelled_look(watching: Watching, tmp_path: Path) -> None:
    watched(watching.workspace, tmp_path / "in")
    handle = Handle()
    handle.cancel()
    with pytest.raises(Cancelled):
        watching.watcher.look(handle)


@pytest.mark.parametrize(
    ("error", "trouble"),
    [
        (PermissionError, "one.csv cannot be moved: it is open elsewhere, or you may not change this folder"),
        (FileNotFoundError, None),  # another program was quicker, and may have put it back
    ],
)
def test_a_file_that_cannot_be_taken_is_told_where_somebody_can_do_something(
    watching: Watching,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    error: type[OSError],
    trouble: str | None,
) -> None:
    folder = tmp_path / "in"
    watched(watching.workspace, folder)
    put(folder, "one.csv", TRADES)
    with monkeypatch.context() as patched:

        def refuse(_old: object, _new: object) -> None:
            raise error

        patched.setattr("opspilot_desktop.files.claims.os.rename", refuse)
        watching.look()
        batch = take_all(Handle(), watching.workspace, watching.look(after=60))
        assert batch.taken == []
    assert list(batch.troubles.values()) == ([trouble] if trouble else [])
    (taken,) = watching.take_settled()
    assert taken.sentence == "one.csv: 2 imported."

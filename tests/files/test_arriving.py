"""When a file in a watched folder is complete, and what is never taken."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from opspilot_desktop.domain.errors import KnownError
from opspilot_desktop.domain.fields import Kind
from opspilot_desktop.domain.watched import WatchedFolder, checked_rule
from opspilot_desktop.files.arriving import Patience, complete_files, may_be_taken

BY_SIZE = WatchedFolder("1", "", Kind.TRADES, settle=5)
BY_MARKER = WatchedFolder("1", "", Kind.TRADES, marker=".done")


def looked(folder: Path, patience: Patience, now: float) -> tuple[list[str], list[str]]:
    ready, waiting = complete_files(folder, BY_SIZE, patience, now)
    return [one.name for one in ready], waiting


def test_a_file_has_to_stay_as_it_is(tmp_path: Path) -> None:
    patience, file = Patience(), tmp_path / "a.csv"
    file.write_text("x")
    assert looked(tmp_path, patience, 0) == ([], ["a.csv"])
    assert looked(tmp_path, patience, 4.9) == ([], ["a.csv"])
    with file.open("a") as growing:
        growing.write("y")
    assert looked(tmp_path, patience, 5) == ([], ["a.csv"])
    assert looked(tmp_path, patience, 9.9) == ([], ["a.csv"])
    assert looked(tmp_path, patience, 10) == (["a.csv"], [])


def test_as_many_bytes_at_another_time_are_a_change(tmp_path: Path) -> None:
    patience, file = Patience(), tmp_path / "a.csv"
    file.write_text("x")
    looked(tmp_path, patience, 0)
    os.utime(file, ns=(1, 1))
    assert looked(tmp_path, patience, 6) == ([], ["a.csv"])
    assert looked(tmp_path, patience, 11) == (["a.csv"], [])


def test_an_old_time_of_change_proves_nothing(tmp_path: Path) -> None:
    """A copy keeps the time of its original while it grows."""
    file = tmp_path / "a.csv"
    file.write_text("x")
    os.utime(file, ns=(1, 1))
    assert looked(tmp_path, Patience(), 1e9) == ([], ["a.csv"])


def test_an_empty_file_has_only_been_made(tmp_path: Path) -> None:
    patience = Patience()
    (tmp_path / "a.csv").touch()
    looked(tmp_path, patience, 0)
    assert looked(tmp_path, patience, 100) == ([], ["a.csv"])


def test_one_that_has_been_away_starts_anew(tmp_path: Path) -> None:
    patience, file = Patience(), tmp_path / "a.csv"
    file.write_text("x")
    looked(tmp_path, patience, 0)
    patience.forget_all_but(())
    assert looked(tmp_path, patience, 10) == ([], ["a.csv"])


def test_a_marker_is_all_that_is_needed(tmp_path: Path) -> None:
    for name in ("b.csv", "a.csv", "a.csv.done", "c.csv.done"):
        (tmp_path / name).touch()
    ready, waiting = complete_files(tmp_path, BY_MARKER, Patience(), 0)
    assert [(one.name, one.marker) for one in ready] == [("a.csv", "a.csv.done")]
    assert waiting == ["b.csv"]


def test_the_oldest_comes_first(tmp_path: Path) -> None:
    for place, name in enumerate(("c.csv", "a.csv", "b.csv")):
        for each in (name, f"{name}.done"):
            (tmp_path / each).write_text("x")
            os.utime(tmp_path / each, ns=(place, place))
    ready, _ = complete_files(tmp_path, BY_MARKER, Patience(), 0)
    assert [one.name for one in ready] == ["c.csv", "a.csv", "b.csv"]


@pytest.mark.parametrize(
    "name",
    [".hidden.csv", "~$book.xlsx", "a.csv.part", "a.TMP", "a.csv.crdownload", "Thumbs.db", "desktop.ini"],
)
def test_what_is_half_made_or_hidden_is_not_taken(name: str) -> None:
    assert not may_be_taken(name)


@pytest.mark.parametrize("name", ["-rf.csv", "a'b\".csv", "a\nb.csv", "ä €.csv", "tmp", "part.csv", " .csv"])
def test_any_other_name_is_a_name(name: str) -> None:
    assert may_be_taken(name)


@pytest.mark.skipif(sys.platform == "win32", reason="links need a right of their own on Windows")
def test_links_folders_and_pipes_are_left_alone(tmp_path: Path) -> None:
    folder, elsewhere = tmp_path / "in", tmp_path / "secret.csv"
    folder.mkdir()
    elsewhere.write_text("x")
    (folder / "link.csv").symlink_to(elsewhere)
    (folder / "gone.csv").symlink_to(tmp_path / "nowhere")
    (folder / "sub.csv").mkdir()
    os.mkfifo(folder / "pipe.csv")
    patience = Patience()
    assert looked(folder, patience, 0) == looked(folder, patience, 100) == ([], [])


def test_a_folder_that_is_away_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        complete_files(tmp_path / "away", BY_SIZE, Patience(), 0)


@pytest.mark.parametrize("values", [{"settle": 0}, {"settle": 3601}, *[{"marker": m} for m in (
    "done", ".", "../x", ".a/b", ".part", ".csv", ".done*", ".x" * 20)]])  # fmt: skip
def test_rules_that_tell_nothing(values: dict[str, object]) -> None:
    with pytest.raises(KnownError):
        checked_rule(WatchedFolder("1", "", Kind.TRADES, **values))  # type: ignore[arg-type]


def test_a_folder_is_kept_as_it_is() -> None:
    folder = WatchedFolder("1", "/x", Kind.LEDGER, "Bank", 7, ".ok", True, True)
    assert WatchedFolder.from_json({**folder.as_json(), "newer": 1}) == folder

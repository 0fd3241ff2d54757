"""Nothing takes another file's place, and a move that was cut in two is gone on with."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from opspilot_desktop.files import moving
from opspilot_desktop.files.folder_lock import FolderLock
from opspilot_desktop.files.moving import free_name, put, read_json, write_json
from tests.helpers.watching import run_python


def test_a_place_that_is_taken(tmp_path: Path) -> None:
    one, other = tmp_path / "one", tmp_path / "other"
    one.write_text("1")
    other.write_text("2")
    with pytest.raises(FileExistsError):
        put(one, other)
    assert (one.read_text(), other.read_text()) == ("1", "2")
    put(one, tmp_path / "third")
    assert not one.exists()
    assert (tmp_path / "third").read_text() == "1"


@pytest.mark.skipif(sys.platform == "win32", reason="Windows moves in one step")
def test_one_that_stands_in_both_places(tmp_path: Path) -> None:
    (tmp_path / "one").write_text("1")
    os.link(tmp_path / "one", tmp_path / "other")
    put(tmp_path / "one", tmp_path / "other")
    assert [path.name for path in tmp_path.iterdir()] == ["other"]


@pytest.mark.skipif(sys.platform == "win32", reason="Windows moves in one step")
def test_a_file_system_without_hard_links(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError

    monkeypatch.setattr(moving.os, "link", refuse)
    (tmp_path / "one").write_text("1")
    (tmp_path / "other").write_text("2")
    with pytest.raises(FileExistsError):
        put(tmp_path / "one", tmp_path / "other")
    put(tmp_path / "one", tmp_path / "third")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["other", "third"]


def test_the_first_name_that_is_free_with_all_that_goes_with_it(tmp_path: Path) -> None:
    assert free_name(tmp_path, "a.csv", ["", ".report.txt"]) == "a.csv"
    (tmp_path / "a.csv.report.txt").touch()
    assert free_name(tmp_path, "a.csv", ["", ".report.txt"]) == "a (2).csv"
    (tmp_path / "a (2).csv").touch()
    assert free_name(tmp_path, "a.csv", ["", ".report.txt"]) == "a (3).csv"


def test_a_name_that_would_be_too_long_is_cut(tmp_path: Path) -> None:
    for name in ("ä" * 125 + ".csv", "x" * 255):
        (tmp_path / name).touch()
        for _ in range(2):
            free = free_name(tmp_path, name, ["", ".report.txt"])
            (tmp_path / free).touch(exist_ok=True)
            (tmp_path / f"{free}.report.txt").touch(exist_ok=False)
    assert len(list(tmp_path.iterdir())) == 2 + 2 * 4


def test_names_that_are_no_text_come_through(tmp_path: Path) -> None:
    write_json(tmp_path / "x.json", {"name": os.fsdecode(b"\xff\n'\"")})
    assert read_json(tmp_path / "x.json") == {"name": os.fsdecode(b"\xff\n'\"")}
    assert read_json(tmp_path / "y.json") is None
    (tmp_path / "x.json").write_text("{")
    assert read_json(tmp_path / "x.json") is None


def test_a_lock_is_one_programs_until_that_ends(tmp_path: Path) -> None:
    path = tmp_path / ".lock"
    one, other = FolderLock(path), FolderLock(path)
    assert one.acquire()
    assert not other.acquire()
    code = (
        "import os, sys; from pathlib import Path; from opspilot_desktop.files.folder_lock import FolderLock;"
        "print(FolderLock(Path(sys.argv[1])).acquire(), flush=True); os.kill(os.getpid(), 9)"
    )
    assert run_python(code, str(path)).stdout == "False\n"
    one.release()
    one.release()
    assert run_python(code, str(path)).stdout == "True\n"  # and it is killed while it has it
    assert other.acquire()
    other.release()

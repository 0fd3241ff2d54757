"""What lies in `taking` is gone on with, and leads nowhere else."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

import pytest

from opspilot_desktop.files.arriving import Arrival, signature_of
from opspilot_desktop.files.claims import DONE, Claim, carry_out, make_folders, settle, take, tidy, unfinished
from opspilot_desktop.files.moving import is_name
from tests.helpers.watching import leftovers_in, names_in


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "in"
    folder.mkdir()
    make_folders(folder)
    return folder


def taken(folder: Path, name: str = "a.csv", marker: str = "") -> Claim:
    file = folder / name
    file.write_text("x")
    if marker:
        (folder / marker).touch()
    signature = signature_of(file)
    assert signature is not None
    claim = take(folder, Arrival(name, signature, marker), "here")
    assert claim is not None
    return claim


def test_what_is_taken_is_found_again_and_settled(folder: Path) -> None:
    claim = taken(folder, marker="a.csv.ok")
    assert unfinished(folder) == [claim]
    claim.report.write_text("report")
    settle(claim, DONE, {"message": "x"})
    assert carry_out(claim) == folder / "done" / "a.csv"
    assert names_in(folder) == ["done/a.csv", "done/a.csv.ok", "done/a.csv.report.txt"]
    assert unfinished(folder) == []


def test_one_that_somebody_else_was_faster_with(folder: Path) -> None:
    assert take(folder, Arrival("gone.csv", (1, 1)), "here") is None
    assert leftovers_in(folder) == []


def test_somebody_puts_something_where_it_was_to_go(folder: Path) -> None:
    claim = taken(folder)
    settle(claim, DONE, {})
    (folder / "done" / "a.csv").write_text("another")
    assert carry_out(claim) == folder / "done" / "a (2).csv"
    assert (folder / "done" / "a.csv").read_text() == "another"


def test_a_file_of_which_nothing_is_written_any_more(folder: Path) -> None:
    claim = taken(folder)
    (claim.place / "claim.json").write_text("")
    (found,) = unfinished(folder)
    assert (found.file, found.workspace) == (claim.file, "")


def test_what_never_came_to_anything_goes(folder: Path) -> None:
    for name in ("a" * 32, "b" * 32):
        (folder / "taking" / name / "file").mkdir(parents=True)
    (folder / "taking" / "c").mkdir()
    (folder / "taking" / ("b" * 32) / "claim.json").write_text(
        json.dumps({"name": "x", "signature": [1, 1], "marker": "", "workspace": "here"})
    )
    (claim,) = unfinished(folder)
    assert not claim.is_there
    tidy(claim)
    assert take(folder, Arrival("gone.csv", (1, 1)), "here") is None
    assert leftovers_in(folder) == ["c"]


def test_a_look_leaves_the_place_that_another_program_has_just_made(folder: Path) -> None:
    place = folder / "taking" / ("a" * 32)
    (place / "file").mkdir(parents=True)
    assert unfinished(folder) == []
    assert (place / "file").is_dir()
    (place / ".claim.json.x.part").touch()  # it was killed then
    taken(folder)
    assert not place.exists()


def test_a_file_that_is_still_there_is_never_thrown_away(folder: Path) -> None:
    claim = taken(folder)
    (claim.place / "file" / "more").write_text("x")
    claim.file.unlink()
    tidy(claim)
    assert (claim.place / "file" / "more").exists()


NASTY = ["../x", "/etc/passwd", "..", ".", "", "a/b", None, 7, ["x"]]


@pytest.mark.parametrize("name", NASTY)
def test_a_claim_that_names_something_elsewhere(folder: Path, name: object) -> None:
    (folder / "x").write_text("secret")
    assert not is_name(name)
    claim = taken(folder)
    for key in ("name", "marker"):
        kept = {"name": "a.csv", "signature": [1, 1], "marker": "", "workspace": "here"}
        (claim.place / "claim.json").write_text(json.dumps(kept | {key: name}))
        if key == "name" or name:
            (found,) = unfinished(folder)
            assert (found.name, found.workspace, found.marker) == ("a.csv", "", "")


@pytest.mark.parametrize(
    "change",
    [
        {"into": "../elsewhere"},
        {"name": "../x"},
        {"moves": [["file/a.csv", "../../x"]]},
        {"moves": [["../../x", "a.csv"]]},
        {"moves": [["../x", "a.csv"]]},
        {"moves": [["/etc/passwd", "a.csv"]]},
        {"moves": [["file/../x", "a.csv"]]},
        {"moves": 3},
        {"moves": [["file/a.csv"]]},
    ],
)
def test_a_plan_that_leads_elsewhere(folder: Path, change: dict[str, object]) -> None:
    claim = taken(folder)
    settle(claim, DONE, {})
    path = claim.place / "plan.json"
    assert claim.plan is not None
    path.write_text(json.dumps(json.loads(path.read_text()) | change))
    assert claim.plan is None


@pytest.mark.skipif(sys.platform == "win32", reason="links need a right of their own on Windows")
def test_a_claim_that_is_a_link(folder: Path, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "a.csv").write_text("secret")
    claim = taken(folder)
    claim.file.unlink()
    (claim.place / "file").rmdir()
    (claim.place / "file").symlink_to(elsewhere)
    assert unfinished(folder) == []
    (folder / "taking" / ("d" * 32)).symlink_to(claim.place)
    assert unfinished(folder) == []
    other = taken(folder, "b.csv")
    other.file.unlink()
    other.file.symlink_to(elsewhere / "a.csv")
    assert not other.is_there
    assert not other.is_unchanged()
    tidy(other)
    assert os.path.lexists(other.file)

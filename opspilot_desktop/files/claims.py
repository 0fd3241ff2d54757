"""Taking a file out of a watched folder, and bringing it to where it belongs once that is known.

A file is taken by renaming it into a folder of its own, which only one program can do:

    FOLDER/taking/CLAIM/claim.json      what was taken, written before it is
                       /file/NAME       the file
                       /marker/NAME.ok  its marker, where it had one
                       /report.txt      what stands beside it in the end, as far as there is any
                       /rejects.csv
                       /plan.json       where each of them goes, written before any of them goes

The claim's name is kept with the import in the database. So whatever happens in between, what is found in
`taking` says by itself how to go on: a plan is carried out; without one the database knows whether the file
was imported; if not, it is read again.
"""

from __future__ import annotations

import os
import re
import secrets
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from .arriving import Arrival, Signature, signature_of
from .moving import free_name, is_name, put, read_json, sync_folder, write_json

TAKING, DONE, REJECTED = "taking", "done", "rejected"
OWN_FOLDERS = (TAKING, DONE, REJECTED)
LOCK_FILE = ".lock"
REPORT, REJECTS = ".report.txt", ".rejects.csv"
"""What is put after the file's name for what stands beside it."""
_ID = re.compile("[0-9a-f]{32}")


@dataclass(frozen=True)
class Claim:
    """A file that was taken from `folder`; `workspace` is the one it was taken for."""

    id: str
    folder: Path
    name: str
    signature: Signature
    marker: str
    workspace: str

    @property
    def place(self) -> Path:
        """The folder of this claim."""
        return self.folder / TAKING / self.id

    @property
    def file(self) -> Path:
        """The file itself, until it is moved."""
        return self.place / "file" / self.name

    @property
    def report(self) -> Path:
        """Where the report is written."""
        return self.place / "report.txt"

    @property
    def rejects(self) -> Path:
        """Where the rejected rows are saved, if there are any."""
        return self.place / "rejects.csv"

    @property
    def plan(self) -> Mapping[str, Any] | None:
        """Where everything goes, once that is settled."""
        found = read_json(self.place / "plan.json")
        return found if isinstance(found, dict) and _is_sound(found) else None

    @property
    def is_there(self) -> bool:
        """Whether there is still something to do for it."""
        return signature_of(self.file) is not None or self.plan is not None

    def is_unchanged(self) -> bool:
        """Whether the file is still what it was when it was taken, so that nobody writes to it."""
        return signature_of(self.file) == self.signature


def make_folders(folder: Path) -> None:
    """Makes the folders that a watched folder has. Raises OSError where that cannot be.

    One that is a link, or on another disk, is refused: a file could not be renamed into it.
    """
    device = os.stat(folder).st_dev
    for name in OWN_FOLDERS:
        path = folder / name
        path.mkdir(exist_ok=True)
        if path.is_symlink() or os.stat(path).st_dev != device:
            raise OSError(f"“{name}” in it is a link or on another disk")


class Held(Exception):
    """A file cannot be moved: it is open elsewhere, or its folder must not be changed."""


def take(folder: Path, arrival: Arrival, workspace: str) -> Claim | None:
    """Takes a complete file; None when it is no longer there. Raises Held when it cannot be moved.

    Only for whoever has the folder's lock: what never came to anything is taken away as well.
    """
    _sweep(folder / TAKING)
    claim = Claim(secrets.token_hex(16), folder, arrival.name, arrival.signature, arrival.marker, workspace)
    claim.file.parent.mkdir(parents=True)
    kept = {"name": claim.name, "signature": claim.signature, "marker": claim.marker, "workspace": workspace}
    write_json(claim.place / "claim.json", kept)
    try:
        os.rename(folder / claim.name, claim.file)
    except (FileNotFoundError, PermissionError) as error:
        if not os.path.lexists(claim.file):  # a file server may say so of what it has just done
            _discard(claim)
            if isinstance(error, PermissionError):
                raise Held from error
            return None
    _take_marker(claim)
    # Else a power cut could bring the file back that the database knows as imported.
    sync_folder(claim.file.parent)
    sync_folder(folder)
    return claim


def unfinished(folder: Path) -> list[Claim]:
    """What was taken and has not come to its end, whoever took it, the oldest first.

    Raises OSError when the folder cannot be read.
    """
    try:
        with os.scandir(folder / TAKING) as entries:
            names = [one.name for one in entries if one.is_dir(follow_symlinks=False)]
    except FileNotFoundError:
        return []
    found = [_read(folder, name) for name in names if _ID.fullmatch(name)]
    claims = [claim for claim in found if claim is not None]
    return sorted(claims, key=lambda one: (one.signature[1], one.name))


def tidy(claim: Claim) -> None:
    """Does what taking it left undone: its marker comes along, and nothing stays where nothing was taken.

    Only for whoever has the folder's lock.
    """
    if claim.is_there:
        _take_marker(claim)
    else:
        _discard(claim)


def settle(claim: Claim, into: str, told: Mapping[str, Any]) -> None:
    """Settles where the file and what stands beside it go; `told` is kept with it until they are there."""
    target = claim.folder / into
    target.mkdir(exist_ok=True)
    ending = claim.marker.removeprefix(claim.name)
    endings = {
        f"file/{claim.name}": "",
        "report.txt": REPORT,
        "rejects.csv": REJECTS,
        f"marker/{claim.marker}": ending,
    }
    name = free_name(target, claim.name, list(endings.values()))
    moves = [[source, name + end] for source, end in endings.items() if (claim.place / source).is_file()]
    write_json(claim.place / "plan.json", {"into": into, "name": name, "moves": moves, "told": dict(told)})


def carry_out(claim: Claim) -> Path:
    """Brings everything to where it was settled to go; returns where the file is now.

    As often as need be: what is there already stays. Raises OSError, and can be tried again.
    """
    plan = claim.plan
    assert plan is not None
    target = claim.folder / plan["into"]
    target.mkdir(exist_ok=True)
    where = Path(target, plan["name"])
    for source, wanted in plan["moves"]:
        name = wanted
        while os.path.lexists(claim.place / source):
            try:
                put(claim.place / source, target / name)
            except FileExistsError:  # somebody has put something there since
                name = free_name(target, name, [""])
        if wanted == plan["name"]:
            where = target / name
    sync_folder(target)
    _discard(claim)
    return where


def _is_sound(plan: Mapping[str, Any]) -> bool:
    """Whether a plan moves nothing out of the folder: it lies where others can write too."""
    try:
        names = [plan["name"], *[name for _, name in plan["moves"]]]
        sources = [source.rpartition("/") for source, _ in plan["moves"]]
        inside = all(place in ("", "file", "marker") and is_name(name) for place, _, name in sources)
        return plan["into"] in (DONE, REJECTED) and inside and all(is_name(name) for name in names)
    except (KeyError, TypeError, ValueError, AttributeError):
        return False


def _take_marker(claim: Claim) -> None:
    if not claim.marker:
        return
    with suppress(FileNotFoundError):
        (claim.place / "marker").mkdir(exist_ok=True)
        if signature_of(claim.folder / claim.marker) is not None:
            os.rename(claim.folder / claim.marker, claim.place / "marker" / claim.marker)


def _read(folder: Path, name: str) -> Claim | None:
    """The claim of that name; None where nothing was taken yet."""
    place = folder / TAKING / name
    if any((place / part).is_symlink() for part in ("file", "marker")):
        return None  # made by nobody of us, and it leads who knows where
    kept = read_json(place / "claim.json")
    try:
        size, changed = kept["signature"]
        claim = Claim(name, folder, kept["name"], (size, changed), kept["marker"], kept["workspace"])
    except (TypeError, KeyError, ValueError):
        return _without_a_word(folder, name)
    is_sound = is_name(claim.name) and (not claim.marker or is_name(claim.marker)) and claim.workspace
    return claim if is_sound else _without_a_word(folder, name)


def _without_a_word(folder: Path, name: str) -> Claim | None:
    """The claim of a file of which nothing is written any more, such as after a power cut."""
    place = folder / TAKING / name
    found = list((place / "file").iterdir()) if (place / "file").is_dir() else []
    signature = signature_of(found[0]) if len(found) == 1 else None
    return None if signature is None else Claim(name, folder, found[0].name, signature, "", "")


def _sweep(taking: Path) -> None:
    """Takes away the places into which nothing was taken. A look must not: the place may be that of a file
    which another program is about to take."""
    with os.scandir(taking) as entries:
        places = [Path(one) for one in entries if _ID.fullmatch(one.name)]
    for place in places:
        with suppress(OSError):  # where it is not empty it stays
            if not place.is_symlink() and not os.path.lexists(place / "claim.json"):
                if (place / "file").is_dir():
                    (place / "file").rmdir()
                for part in place.glob(".*.part"):
                    part.unlink()
                place.rmdir()


def _discard(claim: Claim) -> None:
    """Takes the claim's folder away: what the program wrote into it, never a file that was taken."""
    with suppress(OSError):
        for folder in (claim.place / "file", claim.place / "marker"):
            if folder.exists():
                folder.rmdir()
        own = [claim.report, claim.rejects, claim.place / "plan.json", *claim.place.glob(".*.part")]
        for path in (*own, claim.place / "claim.json"):
            path.unlink(missing_ok=True)
        claim.place.rmdir()


def as_it_is(claim: Claim) -> Claim:
    """The claim with the file as it is now, where somebody wrote to it after it was taken."""
    return replace(claim, signature=signature_of(claim.file) or claim.signature)

"""The watched folders of a workspace: listing, adding, changing and removing them."""

from __future__ import annotations

import logging
import os
import secrets
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from .. import paths
from ..domain.errors import KnownError
from ..domain.jobs import Changes, Handle
from ..domain.watched import WatchedFolder, checked_rule
from ..files.arriving import files_there
from ..files.claims import OWN_FOLDERS, make_folders
from ..logs import operation
from ..recon.wording import count, flat, listed
from ..store.watched_folders import keep_watched, read_watched
from .profiles import read_profile
from .workspace import Workspace

logger = logging.getLogger(__name__)


def list_watched(handle: Handle, workspace: Workspace) -> list[WatchedFolder]:
    """The watched folders, in the order in which they were added."""
    with workspace.database.read(handle) as connection:
        return list(read_watched(connection).folders)


def watch_folder(handle: Handle, workspace: Workspace, folder: WatchedFolder) -> WatchedFolder:
    """Adds a folder (one without an id) or changes one that is watched, as one audited step.

    Raises KnownError for a folder from which files cannot be taken, or that another one stands in the way of,
    and for a profile that there is not or that is of the other kind.
    """
    folder = _checked(handle, workspace, folder)
    _make_folders(Path(folder.path))
    folder = replace(folder, id=folder.id or secrets.token_hex(8))
    with operation(logger, "watch folder"), workspace.database.write(handle) as connection:
        before = read_watched(connection).folders
        if any(one.path == folder.path for one in _others(folder, before)):
            raise KnownError(f"{folder.path} is watched already; change that one.")
        is_new = all(one.id != folder.id for one in before)
        after = [*before, folder] if is_new else [folder if one.id == folder.id else one for one in before]
        if list(before) != after:
            name = "watch folder" if is_new else "change watched folder"
            keep_watched(connection, workspace.user, name, folder, after)
    return folder


def files_to_be_taken(handle: Handle, workspace: Workspace, folder: WatchedFolder) -> list[str]:
    """The names of the files that stand in a folder before it is watched: they are taken as well.

    None of one that is watched already. Raises KnownError as `watch_folder` does.
    """
    path = Path(_checked(handle, workspace, folder).path)
    if any(one.path == str(path) for one in list_watched(handle, workspace)):
        return []
    try:
        return files_there(path, folder)
    except OSError:  # watching it is refused with the reason
        return []


def told_of_files_there(names: Sequence[str]) -> str:
    """The sentence about files that stand in a folder before it is watched."""
    stand = "stands" if len(names) == 1 else "stand"
    some = listed([flat(name) for name in names])
    return f"{count(len(names), 'file')} {stand} there already and will be taken too: {some}."


def pause_folder(handle: Handle, workspace: Workspace, folder_id: str, *, paused: bool) -> Changes:
    """Has no files taken from a folder for a while, or again, as one audited step."""
    with operation(logger, "pause watched folder"), workspace.database.write(handle) as connection:
        watched = read_watched(connection)
        folder = watched.named(folder_id)
        if folder is None:
            raise _gone()
        if folder.paused != paused:
            changed = replace(folder, paused=paused)
            after = [changed if one.id == folder_id else one for one in watched.folders]
            name = "pause watched folder" if paused else "resume watched folder"
            keep_watched(connection, workspace.user, name, changed, after)
    return Changes()  # no table shows watched folders


def stop_watching(handle: Handle, workspace: Workspace, folder_id: str) -> Changes:
    """Watches a folder no longer, as one audited step; the folder and what is in it stay as they are."""
    with operation(logger, "stop watching folder"), workspace.database.write(handle) as connection:
        watched = read_watched(connection)
        folder = watched.named(folder_id)
        if folder is None:
            raise _gone()
        after = [one for one in watched.folders if one.id != folder_id]
        keep_watched(connection, workspace.user, "stop watching folder", folder, after)
    return Changes()  # no table shows watched folders


def watched_at(handle: Handle, workspace: Workspace, path: str) -> WatchedFolder:
    """The watched folder that a path names. Raises KnownError when it is not watched."""
    known = list_watched(handle, workspace)
    wanted = os.path.abspath(path)
    for folder in known:
        if folder.path in (path, wanted) or _is_same(Path(folder.path), Path(wanted)):
            return folder
    there = f"there are {', '.join(one.path for one in known)}" if known else "none is watched yet"
    raise KnownError(f"{path} is no watched folder; {there}.")


def _checked(handle: Handle, workspace: Workspace, folder: WatchedFolder) -> WatchedFolder:
    """The folder with its whole path. Raises KnownError as `watch_folder` does."""
    checked_rule(folder)
    if folder.profile and read_profile(handle, workspace, folder.profile).kind is not folder.kind:
        other = "ledger" if folder.kind.value == "trades" else "trades"
        raise KnownError(
            f"The profile “{folder.profile}” is for {other}, not for {folder.kind.value}; choose another one."
        )
    path = _checked_path(folder.path)
    folder = replace(folder, path=str(path))
    _refuse_unfit(path, workspace, _others(folder, list_watched(handle, workspace)))
    return folder


def _checked_path(text: str) -> Path:
    if not text.strip():
        raise KnownError("The folder has no name; choose one.")
    if paths.as_text(text) != text or "\0" in text:
        raise KnownError("The folder's name is no text, so it cannot be kept; rename the folder.")
    path = Path(os.path.abspath(os.path.expanduser(text)))
    try:
        is_folder = path.is_dir()
    except OSError as error:
        raise KnownError(
            f"{path} cannot be reached ({error.strerror or error}); choose another one."
        ) from None
    if not is_folder:
        raise KnownError(f"There is no folder {path}; make it first, or choose another one.")
    return path


def _refuse_unfit(path: Path, workspace: Workspace, others: Sequence[WatchedFolder]) -> None:
    if not workspace.is_shared and _is_same(path, Path(workspace.path).absolute().parent):
        raise KnownError(f"{path} holds the workspace itself; choose a folder for files alone.")
    if path == path.parent or _is_same(path, Path(os.path.expanduser("~"))):
        raise KnownError(f"Every file in {path} would be taken; choose a folder for files to import alone.")
    for own in (paths.data(), paths.settings(), paths.logs(), paths.backups(), paths.plugins()):
        if _is_same(path, own):
            raise KnownError(f"{path} is one of the program's own folders; choose another one.")
    for other in others:
        there = Path(other.path)
        if _is_same(path, there):
            raise KnownError(f"{path} is watched already; change that one.")
        if _is_own_folder_of(path, there) or _is_own_folder_of(there, path):
            raise KnownError(
                f"{path} and the watched folder {there} would take each other's files; choose another one."
            )


def _make_folders(path: Path) -> None:
    try:
        make_folders(path)
    except OSError as error:
        raise KnownError(
            f"Files cannot be moved in {path} ({error.strerror or error}); choose another one, or ask for"
            " access."
        ) from None


def _is_own_folder_of(inner: Path, outer: Path) -> bool:
    """Whether one folder is where the other keeps what it has taken, or lies in there."""
    for name in OWN_FOLDERS:
        own = outer / name
        if any(_is_same(one, own) for one in (inner, *inner.parents)):
            return True
    return False


def _is_same(one: Path, other: Path) -> bool:
    try:
        return one == other or os.path.samefile(one, other)
    except OSError:
        return False


def _others(folder: WatchedFolder, known: Sequence[WatchedFolder]) -> list[WatchedFolder]:
    return [one for one in known if one.id != folder.id]


def _gone() -> KnownError:
    return KnownError("This folder is no longer watched; look at the list again.")

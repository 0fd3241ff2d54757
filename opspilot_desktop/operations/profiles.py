"""Source profiles: keeping them in the workspace, and finding the one that a file is to be read by."""

from __future__ import annotations

import json
import logging
import os
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from sqlalchemy import func, select

from ..domain.errors import KnownError
from ..domain.fields import RECORDS, Kind
from ..domain.jobs import Changes, Handle
from ..files.asked import ReadAs
from ..files.mapping import known_names, names_all
from ..files.profile import Duplicates, Profile
from ..files.profile_text import format_profile, save_profile
from ..files.profile_toml import checked_name, load_profile, parse_profile
from ..files.recognising import Drifted, Recognised, SeveralFit, recognise
from ..files.source import open_records
from ..files.staging import Staged
from ..logs import operation
from ..store import source_profiles
from ..store.schema import imports
from ..store.source_profiles import SavedProfile
from .importing import check_file
from .workspace import Workspace

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class ProfileUse:
    """A kept profile, and when a file was last imported by it, "" for never."""

    saved: SavedProfile
    last_used: str = ""

    @property
    def columns(self) -> int:
        """How many columns the files have that it was made for; 0 where it does not say."""
        return len(json.loads(self.saved.header_signature))


def list_profiles(handle: Handle, workspace: Workspace) -> list[SavedProfile]:
    """The profiles of the workspace, by name."""
    with workspace.database.read(handle) as connection:
        return source_profiles.all_profiles(connection)


def list_uses(handle: Handle, workspace: Workspace) -> list[ProfileUse]:
    """The profiles of the workspace, by name, and when a file was last imported by each."""
    query = select(imports.c.profile, imports.c.kind, func.max(imports.c.at)).group_by(
        imports.c.profile, imports.c.kind
    )
    with workspace.database.read(handle) as connection:
        saved = source_profiles.all_profiles(connection)
        used = {(name, kind): at for name, kind, at in connection.execute(query)}
    return [ProfileUse(each, used.get((each.name, each.kind), "")) for each in saved]


def read_profile(handle: Handle, workspace: Workspace, name: str) -> Profile:
    """The profile of that name. Raises KnownError when there is none."""
    with workspace.database.read(handle) as connection:
        saved = source_profiles.find_profile(connection, name)
        if saved is None:
            raise _none_called(name, [each.name for each in source_profiles.all_profiles(connection)])
    return as_profile(saved)


def as_profile(saved: SavedProfile) -> Profile:
    """A kept profile as it is used. Raises KnownError for one that a newer version has written."""
    return parse_profile(saved.toml, saved.name, Kind(saved.kind))


def keep_profile(handle: Handle, workspace: Workspace, profile: Profile) -> Changes:
    """Keeps a profile under its name, in place of an earlier one, as one audited step.

    Raises KnownError for a name or a profile that cannot be kept.
    """
    profile = replace(profile, name=checked_name(profile.name))
    toml = format_profile(profile)
    parse_profile(toml, profile.name, profile.kind)  # what cannot be read again must not be kept
    signature = json.dumps(profile.header, ensure_ascii=False)
    with operation(logger, "save profile"), workspace.database.write(handle) as connection:
        source_profiles.keep_profile(
            connection, workspace.user, profile.name, profile.kind.value, toml, signature
        )
    return Changes()  # no table shows profiles


def keep_duplicates(handle: Handle, workspace: Workspace, name: str, choice: Duplicates) -> Changes:
    """Keeps in the profile of that name what becomes of lines without an id that are stored already.

    Raises KnownError when there is no such profile any more.
    """
    profile = read_profile(handle, workspace, name)
    return keep_profile(handle, workspace, replace(profile, duplicates=choice))


def remove_profile(handle: Handle, workspace: Workspace, name: str) -> Changes:
    """Takes the profile of that name away, as one audited step. Raises KnownError when there is none."""
    with operation(logger, "remove profile"), workspace.database.write(handle) as connection:
        if not source_profiles.remove_profile(connection, workspace.user, name):
            raise _none_called(name, [each.name for each in source_profiles.all_profiles(connection)])
    return Changes()  # no table shows profiles


def export_profile(handle: Handle, workspace: Workspace, name: str, path: Path) -> None:
    """Writes the profile of that name to a TOML file. Raises KnownError when there is none."""
    save_profile(read_profile(handle, workspace, name), path)


def import_profile(handle: Handle, workspace: Workspace, path: Path) -> Profile:
    """Keeps the profile in a TOML file, which has to name it. Raises KnownError as `keep_profile` does."""
    profile = load_profile(path)
    if not profile.name:
        raise KnownError(f'{path.name} names no profile; add a line name = "…" at its top.')
    keep_profile(handle, workspace, profile)
    return profile


def recognise_file(
    handle: Handle, workspace: Workspace, path: Path, kind: Kind, read_as: ReadAs | None = None
) -> Recognised | None:
    """The workspace's profile that the file was made for, if there is one (see files.recognising)."""
    with workspace.database.read(handle) as connection:
        saved = source_profiles.all_profiles(connection, kind.value)
    return recognise(path, RECORDS[kind], map(as_profile, saved), read_as) if saved else None


def kinds_of_file(
    handle: Handle, workspace: Workspace, path: Path, read_as: ReadAs | None = None
) -> frozenset[Kind]:
    """The kinds of record that the file may hold: by the profiles that it was made for, or by its header.

    Raises KnownError for a file that cannot be read.
    """
    kinds = set()
    for kind in (Kind.TRADES, Kind.LEDGER):
        with suppress(KnownError):  # which is said once the kind is known
            try:
                found = recognise_file(handle, workspace, path, kind, read_as) is not None
            except (Drifted, SeveralFit):  # there are profiles for it, which says as much of its kind
                found = True
            kinds |= {kind} if found else set()
    return frozenset(kinds) or kinds_by_header(path, read_as)


def kinds_by_header(path: Path, read_as: ReadAs | None = None) -> frozenset[Kind]:
    """The kinds of record whose required columns the file's header has, by name or alias.

    Raises KnownError for a file that cannot be read.
    """
    kinds = (Kind.TRADES, Kind.LEDGER)
    known = frozenset().union(*[known_names(RECORDS[kind]) for kind in kinds])

    def fitting(cells: Sequence[str]) -> frozenset[Kind]:
        return frozenset(kind for kind in kinds if names_all(cells, RECORDS[kind], None))

    with open_records(path, known, lambda cells: bool(fitting(cells)), read_as) as file:
        return fitting(file.header)


def check_known_file(
    handle: Handle,
    workspace: Workspace,
    path: Path,
    kind: Kind,
    profile: Profile | None = None,
    read_as: ReadAs | None = None,
) -> Staged:
    """Reads and checks a file (see `check_file`) by the profile that is given or, without one, by the
    workspace's own that the file was made for; says which in the warnings."""
    found = None
    if profile is None:
        found = recognise_file(handle, workspace, path, kind, read_as)
        profile = found.profile if found is not None else None
    staged = check_file(handle, path, kind, profile, read_as)
    if found is not None:
        staged.warnings = (found.notice, *staged.warnings)
    return staged


def profile_called(name: str, kind: Kind, workspace: Workspace | None) -> Profile:
    """The profile that `--mapping` names: one of the workspace, if there is one, or a TOML file.

    Raises KnownError where there is neither, and where there are both.
    """
    saved = None
    if workspace is not None:
        with workspace.database.read() as connection:
            saved = source_profiles.find_profile(connection, name)
    if saved is not None and os.path.isfile(name):  # which a name too long for a file does not upset
        raise KnownError(
            f"“{name}” is a profile of this workspace and a file as well; name the file as"
            f" ./{name}, or rename one of them."
        )
    if saved is None:
        if not os.path.lexists(name):
            raise KnownError(
                f"There is neither a profile “{name}” in this workspace nor a file of that name; look at the"
                " list of profiles, or check the path."
            )
        return load_profile(Path(name), kind)
    profile = as_profile(saved)
    if profile.kind is not kind:
        raise KnownError(
            f"The profile “{name}” is for {profile.kind.value}, not for {kind.value}; choose another one."
        )
    return profile


def as_json(saved: SavedProfile) -> dict[str, Any]:
    """The object that `profiles --json` prints for a profile."""
    told = {name: getattr(saved, name) for name in ("name", "kind", "version", "who", "at")}
    return {**told, "header": json.loads(saved.header_signature)}


def _none_called(name: str, names: list[str]) -> KnownError:
    known = f"there are {', '.join(names)}" if names else "none is saved here yet"
    return KnownError(f"There is no profile “{name}” in this workspace; {known}.")

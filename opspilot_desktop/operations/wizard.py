"""What the import wizard reads, in workers: whether a file needs it, what the file is, which profiles there
are. Nothing is stored here."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from ..domain.errors import KnownError
from ..domain.fields import RECORDS, Kind
from ..domain.jobs import Handle
from ..files.asked import Misread, NeedsEncoding, NeedsSheet, ReadAs
from ..files.dialect import WINDOWS_1252
from ..files.looking import FileFacts, facts_of, needs_no_mapping
from ..files.profile import Profile
from ..files.recognising import Drifted, drift_notice
from ..files.staging import Staged
from ..store import source_profiles
from .importing import check_file
from .profiles import as_profile, recognise_file
from .workspace import Workspace


class NeedsWizard(KnownError):
    """A file cannot be read as its columns stand, or not as its `profile` says: `because` is what has to be
    said first, or what is wrong with it."""

    def __init__(self, because: NeedsEncoding | NeedsSheet | Misread, profile: Profile | None = None) -> None:
        super().__init__(because.message)
        self.because = because
        self.profile = profile


@dataclass(frozen=True)
class Start:
    """What the wizard knows when it opens: the file, and the profiles of the workspace.

    `profiles` are those of the file's kind, `taken` the kind of every name that is in use.
    """

    facts: FileFacts
    profiles: tuple[Profile, ...]
    taken: dict[str, Kind]


def check_or_ask(handle: Handle, workspace: Workspace, path: Path, kind: Kind, read_as: ReadAs) -> Staged:
    """Reads and checks a file as `profiles.check_known_file` does, where nobody has to be asked how.

    Raises, besides, Drifted where the file's columns are no longer those of its profile, even if that could
    still read them, and NeedsWizard where a person has to say more than an encoding or a sheet.
    """
    profile = None
    try:
        found = recognise_file(handle, workspace, path, kind, read_as)
        if found is not None and found.drift:
            raise Drifted(drift_notice(found.profile, found.drift), found.profile, found.drift)
        profile = found.profile if found is not None else None
        staged = check_file(handle, path, kind, profile, read_as)
    except (NeedsEncoding, NeedsSheet) as error:
        sheets = error.sheets if isinstance(error, NeedsSheet) else ()
        said = read_as if sheets else replace(read_as, encoding=WINDOWS_1252)
        if needs_no_mapping(path, RECORDS[kind], said, sheets):
            raise
        raise NeedsWizard(error) from None
    except Misread as error:
        raise NeedsWizard(error, profile) from None
    if staged.uncertain:
        staged.close()
        raise NeedsWizard(Misread(staged.uncertain), profile)
    if found is not None:
        staged.warnings = (found.notice, *staged.warnings)
    return staged


def read_start(handle: Handle, workspace: Workspace, path: Path, kind: Kind) -> Start:
    """What the wizard opens with. Raises KnownError for a file that cannot be opened."""
    with workspace.database.read(handle) as connection:
        saved = source_profiles.all_profiles(connection)
    profiles = tuple(as_profile(each) for each in saved if each.kind == kind.value)
    return Start(facts_of(path), profiles, {each.name: Kind(each.kind) for each in saved})

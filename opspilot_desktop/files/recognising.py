"""Which profile a file was made for, by its header, and what has changed in that since."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from ..domain.errors import KnownError
from ..domain.fields import Record
from .asked import ReadAs
from .dialect import normalised
from .mapping import propose, quoted
from .opening import for_file, opener
from .profile import Profile
from .taking import columns_of

_ALIKE = 0.6  # the share of column names that two headers of one source have in common at least


@dataclass(frozen=True)
class Drift:
    """How a file's header differs from the one its profile was made for, apart from the order."""

    gone: tuple[str, ...] = ()
    new: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.gone or self.new)

    @property
    def words(self) -> str:
        """The difference as a person says it."""
        parts = []
        if self.gone:
            parts.append(f"{_listed(self.gone)} {'is' if len(self.gone) == 1 else 'are'} gone")
        if self.new:
            parts.append(f"{_listed(self.new)} {'is' if len(self.new) == 1 else 'are'} new")
        return " and ".join(parts)


class Drifted(KnownError):
    """A file's columns are no longer those that its profile was made for, which a person should look at."""

    def __init__(self, message: str, profile: Profile, drift: Drift) -> None:
        super().__init__(message)
        self.profile = profile
        self.drift = drift


class SeveralFit(KnownError):
    """A file fits several profiles alike; a person has to choose one of `profiles`."""

    def __init__(self, message: str, profiles: Sequence[Profile]) -> None:
        super().__init__(message)
        self.profiles = tuple(profiles)


@dataclass(frozen=True)
class Recognised:
    """The profile that a file was made for, and how the file's header differs from the one it knows."""

    profile: Profile
    drift: Drift

    @property
    def notice(self) -> str:
        """That the file is read by the profile, which nobody has said."""
        return f"Read by the profile {self.profile.name}."


def drift_of(header: Sequence[str], profile: Profile) -> Drift:
    """What has changed since the profile was made; nothing where it does not say what its header was."""
    if not profile.header:
        return Drift()
    before, after = set(profile.header), set(header)
    return Drift(
        tuple(name for name in profile.header if name and name not in after),
        tuple(name for name in header if name and name not in before),
    )


def drift_notice(profile: Profile, drift: Drift) -> str:
    """The warning about a header that has changed."""
    named = f" {profile.name}" if profile.name else ""
    return f"The columns have changed since the profile{named} was made: {drift.words}."


def drift_notices(header: Sequence[str], profile: Profile) -> tuple[str, ...]:
    """The warning about a header that has changed, if it has."""
    drift = drift_of(header, profile)
    return (drift_notice(profile, drift),) if drift else ()


def refuse_drifted(header: Sequence[str], profile: Profile, record: Record, file: str) -> None:
    """Raises Drifted where a column is gone that the profile needs, with what may be in its place."""
    gone = [name for name in header_needed(profile) if name not in header]
    if not gone:
        return
    fields = {name: field for field, taken in profile.mapping.columns.items() for name in columns_of(taken)}
    new = drift_of(header, profile).new or [name for name in header if name not in profile.columns]
    guesses = []
    for name in gone:
        place = fields.get(name, "")
        likely = _replacement(name, place, new, record)
        if likely:
            guesses.append(f"{place + ' = ' if place else ''}{quoted(likely)} in place of {quoted(name)}")
    proposal = f"; the proposal is {', '.join(guesses)}" if guesses else ""
    raise Drifted(
        f"{file} no longer has {_listed(gone)}, which the profile {profile.name} takes{proposal}; correct the"
        " profile or choose another file.",
        profile,
        drift_of(header, profile),
    )


def header_needed(profile: Profile) -> list[str]:
    """The columns that the profile takes, in a fixed order."""
    return sorted(profile.columns)


def _replacement(gone: str, field: str, new: Sequence[str], record: Record) -> str:
    """The new column that most likely is one that is gone under another name; "" where none is like it."""
    by_name = [each.header for each in propose(new, record).columns if field and each.field == field]
    if by_name:
        return by_name[0]
    from rapidfuzz import fuzz

    scored = [(fuzz.ratio(normalised(gone), normalised(name)), name) for name in new if name]
    best = max(scored, default=(0, ""))
    return best[1] if best[0] >= 70 else ""


def recognise(
    path: Path, record: Record, profiles: Iterable[Profile], read_as: ReadAs | None = None
) -> Recognised | None:
    """The profile by which the file is to be read, among those that say what header they were made for.

    The same column names decide, in whatever order. Without such a profile, one whose names the file has
    most of counts, but not for a file that needs no mapping. Raises SeveralFit when two are as good as one
    another, and Drifted when a column is gone that the profile needs.
    """
    headers: dict[ReadAs, tuple[str, ...]] = {}
    name = path.name
    exact: list[Profile] = []
    alike: list[tuple[float, Profile]] = []
    for profile in profiles:
        if profile.kind is not record.kind or not profile.header:
            continue
        told = for_file(profile, path, read_as)
        header = _header(path, record, told, headers)
        if set(header) == set(profile.header):
            exact.append(told)
        elif (share := _share(header, profile.header)) >= _ALIKE:
            alike.append((share, told))
    if len(exact) > 1:
        raise _undecided(name, exact)
    if exact:
        return Recognised(exact[0], Drift())
    if not alike or _needs_no_mapping(path, record, read_as):
        return None
    most = max(share for share, _ in alike)
    best = [profile for share, profile in alike if share == most]
    if len(best) > 1:
        raise _undecided(name, best)
    header = _header(path, record, best[0], headers)
    refuse_drifted(header, best[0], record, name)
    return Recognised(best[0], drift_of(header, best[0]))


def _header(
    path: Path, record: Record, profile: Profile, known: dict[ReadAs, tuple[str, ...]]
) -> tuple[str, ...]:
    """The file's header as the profile reads it; () where it cannot be read so."""
    if profile.read_as not in known:
        try:
            with opener(path, record, profile)() as file:
                known[profile.read_as] = file.header
        except KnownError:  # such as a sheet that this workbook does not have
            known[profile.read_as] = ()
    return known[profile.read_as]


def _needs_no_mapping(path: Path, record: Record, read_as: ReadAs | None) -> bool:
    try:
        with opener(path, record, for_file(Profile(record.kind), path, read_as), is_mapped=False)() as file:
            proposal = propose(file.header, record)
    except KnownError:
        return False
    return not proposal.missing and not proposal.recognised


def _share(header: Sequence[str], other: Sequence[str]) -> float:
    one, two = set(header), set(other)
    return len(one & two) / len(one | two)


def _undecided(name: str, profiles: Sequence[Profile]) -> SeveralFit:
    return SeveralFit(
        f"{name} fits the profiles {_listed([each.name for each in profiles])}; choose one (--mapping NAME).",
        profiles,
    )


def _listed(names: Sequence[str]) -> str:
    quoted_names = [f"“{name}”" for name in names]
    return ", ".join(quoted_names[:-1]) + " and " * (len(names) > 1) + quoted_names[-1]

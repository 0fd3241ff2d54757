"""Looking at the watched folders: how each stands, and which files can be taken now.

What is found is taken by `operations.taking_files`. Window and command line do the same: look every few
seconds, and take what is ready.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from ..domain.jobs import Handle
from ..domain.text import visible
from ..domain.watched import WatchedFolder
from ..files.arriving import Arrival, Patience, complete_files, signature_of
from ..files.claims import Claim, unfinished
from ..paths import as_text
from ..store.watched_folders import Watched, read_watched
from .workspace import Workspace

LOOK_SECONDS = 2.0
"""How long it is from one look to the next."""
MOST_AT_ONCE = 20
"""How many files are taken before they are reconciled, reported and moved."""
RETRY_SECONDS = 10.0
"""How long it is until a folder is tried again in which something stood in the way."""
BUSY = "Another program is taking its files"
_READ_AGAIN = 30.0  # seconds after which the list of folders is read again: somebody else may change it


@dataclass(frozen=True)
class Work:
    """A file that can be taken, or one that was taken and has not come to its end."""

    folder: WatchedFolder
    arrival: Arrival | None = None
    claim: Claim | None = None

    @property
    def path(self) -> Path:
        """The watched folder."""
        return Path(self.folder.path)

    @property
    def name(self) -> str:
        """What the file is called, as it may be shown."""
        found = self.arrival or self.claim
        assert found is not None
        return visible(as_text(found.name))


@dataclass(frozen=True)
class FolderState:
    """How a folder stands, in words; `problem` is set where somebody has to do something about it, `last`
    says what became of the file that was taken last."""

    folder: WatchedFolder
    words: str
    problem: bool = False
    last: str = ""
    is_waiting: bool = False
    """Whether there is a file that may be complete in a moment."""
    is_stopped: bool = False
    """Whether nothing is taken before somebody says so, because it would only fail again."""


@dataclass(frozen=True)
class Glance:
    """What one look has found; `workspace` is the name by which files are taken for this workspace."""

    states: tuple[FolderState, ...] = ()
    work: tuple[Work, ...] = ()
    workspace: str = ""


class Watcher:
    """Looks at the folders of one workspace. Used by one thread at a time; `clock` only goes forward."""

    def __init__(self, workspace: Workspace, clock: Callable[[], float] = time.monotonic) -> None:
        self.workspace = workspace
        self._clock = clock
        self._patience = Patience()
        self._watched: Watched | None = None
        self._read_at = 0.0
        self._troubles: dict[str, str] = {}
        self._not_before: dict[str, float] = {}
        self._stopped: dict[str, str] = {}
        self._last: dict[str, str] = {}

    def look(self, handle: Handle, *, most: int = MOST_AT_ONCE) -> Glance:
        """How the folders stand, and at most so many files that can be taken; changes nothing.

        A folder that cannot be read is told as its state. Raises KnownError when the workspace cannot be.
        """
        watched, now = self._folders(handle), self._clock()
        states: list[FolderState] = []
        work: list[Work] = []
        seen: set[str] = set()
        for folder in watched.folders:
            handle.check()
            state, found = self._look_at(folder, watched.workspace, now, seen)
            states.append(state)
            work += found
        self._patience.forget_all_but(seen)
        return Glance(tuple(states), tuple(work[:most]), watched.workspace)

    def read_again(self) -> None:
        """Has the next look read the list of folders, which somebody has just changed."""
        self._watched = None

    def note(self, troubles: Mapping[str, str], last: Mapping[str, str]) -> None:
        """Notes what was in the way of taking files, by folder, and what became of the last ones."""
        self._troubles = dict(troubles)
        later = self._clock() + RETRY_SECONDS
        self._not_before = {folder: later for folder, why in troubles.items() if why != BUSY}
        self._last |= last

    def stop(self, folder_id: str, why: str) -> None:
        """Takes no further files from a folder before `go_on`: what was tried would only fail again."""
        self._stopped[folder_id] = why

    def go_on(self, folder_id: str) -> None:
        """Takes files from a folder again."""
        self._stopped.pop(folder_id, None)

    def _folders(self, handle: Handle) -> Watched:
        watched = self._watched
        if watched is None or self._clock() - self._read_at > _READ_AGAIN:
            self._read_at = self._clock()
            with self.workspace.database.read(handle) as connection:
                watched = self._watched = read_watched(connection)
        return watched

    def _look_at(
        self, folder: WatchedFolder, workspace: str, now: float, seen: set[str]
    ) -> tuple[FolderState, list[Work]]:
        last = self._last.get(folder.id, "")
        if folder.paused:
            return FolderState(folder, "Paused", last=last), []
        if folder.id in self._stopped:
            words = f"Stopped: {self._stopped[folder.id]}"
            return FolderState(folder, words, True, last, is_stopped=True), []
        path = Path(folder.path)
        try:
            arrivals, waiting = complete_files(path, folder, self._patience, now)
            claims = unfinished(path)
        except OSError as error:
            words = f"Cannot be reached: {(error.strerror or str(error)).lower()}"
            return FolderState(folder, words, True, last), []
        seen.update(str(path / name) for name in (*waiting, *(one.name for one in arrivals)))
        seen.update(str(claim.file) for claim in claims)
        own = [claim for claim in claims if claim.workspace in (workspace, "")]
        ready = [claim for claim in own if self._can_go_on(claim, folder, now)]
        work = [Work(folder, claim=claim) for claim in ready]
        work += [Work(folder, arrival=arrival) for arrival in arrivals]
        if not work:
            self._troubles.pop(folder.id, None)
        elif now < self._not_before.get(folder.id, now):
            work = []
        words, problem = self._words(folder, waiting, len(claims) - len(own))
        is_waiting = bool(waiting) or len(ready) < len(own)
        return FolderState(folder, words, problem, last, is_waiting), work

    def _can_go_on(self, claim: Claim, folder: WatchedFolder, now: float) -> bool:
        """Whether nobody writes to a file any more that was taken; what is settled needs no waiting."""
        signature = signature_of(claim.file)
        if signature is None or folder.marker:
            return True
        steady = self._patience.is_steady(str(claim.file), signature, now, folder.settle)
        return steady or claim.plan is not None

    def _words(self, folder: WatchedFolder, waiting: Sequence[str], foreign: int) -> tuple[str, bool]:
        trouble = self._troubles.get(folder.id)
        if trouble:
            return trouble, trouble != BUSY
        if foreign:
            files = "a file" if foreign == 1 else f"{foreign:,} files"
            return f"Another workspace has begun with {files} in taking; open that one", True
        if not waiting:
            return "Watching", False
        more = f" and {len(waiting) - 1:,} more" if len(waiting) > 1 else ""
        return f"Waiting for {visible(as_text(waiting[0]))}{more} to be complete", False

"""Taking the files that a look has found: read, stored, reconciled together, reported, moved.

Each step is a job of its own, so that the window can run it in the right lane, and nothing rests on the next
one happening: what the program leaves undone, it goes on with at the next look, whichever program that is.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import nullcontext, suppress
from dataclasses import dataclass, replace

from sqlalchemy.exc import IntegrityError

from .. import crash, paths
from ..domain.clock import now
from ..domain.errors import KnownError, NotNow
from ..domain.jobs import Cancelled, Changes, Handle
from ..domain.text import visible
from ..domain.watched import WatchedFolder
from ..files import claims
from ..files.claims import Claim
from ..files.folder_lock import FolderLock
from ..files.profile import Profile
from ..files.staging import Reject, Staged
from ..files.writing import replacing
from ..paths import as_text
from ..store.watched_folders import claimed_import, rejects_of
from .duplicates import unsaid_message
from .importing import LISTED_REJECTS, ImportResult, store_or_refuse
from .profiles import check_known_file, read_profile
from .reconciling import is_ready, reconcile
from .run_history import read_run
from .watch_report import Outcome, Taken, WatchedRun, report_text
from .watching import BUSY, Glance, Work
from .workspace import Workspace


@dataclass(frozen=True)
class Step:
    """A job of a batch: whether it changes the workspace, what to call it, and what it does."""

    writes: bool
    title: str
    work: Callable[[Handle], object]


@dataclass(frozen=True)
class _Through:
    """A file of which it is known what became of it."""

    claim: Claim
    outcome: Outcome


_HELD = "{} cannot be moved: it is open elsewhere, or you may not change this folder"


class Batch:
    """The files of one look. Run its `steps` one after the other, tell it with `fail` when one raises, and
    close it: until then its folders are this program's.

    Afterwards `taken` holds what came of each file, and `troubles`, by folder, what was in the way.
    """

    def __init__(self, workspace: Workspace, glance: Glance) -> None:
        self.taken: list[Taken] = []
        self.troubles: dict[str, str] = {}
        self._workspace = workspace
        self._name = glance.workspace
        self._work = deque(glance.work)
        self._current: Work | None = None
        self._claim: Claim | None = None
        self._staged: Staged | None = None
        self._through: list[_Through] = []
        self._run = WatchedRun()
        self._locks: dict[str, FolderLock | None] = {}
        self._profiles: dict[str, Profile] = {}

    def __enter__(self) -> Batch:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def steps(self) -> Iterator[Step]:
        """The jobs, each to be run before the next one is asked for."""
        while self._work:
            name = self._work[0].name
            yield Step(False, f"Reading {name}", self._check)
            if self._staged is not None:
                yield Step(True, f"Storing {name}", self._store)
        if any(each.outcome.is_changing and not each.outcome.is_settled for each in self._through):
            yield Step(True, "Reconciling", self._reconcile)
        if self._through:
            yield Step(False, "Moving files", self._finish)

    def fail(self, error: BaseException) -> None:
        """Notes that the last step has raised: nothing more is taken from its folder in this batch."""
        self._let_go()
        if self._current is None:
            return
        folder = self._current.folder
        if isinstance(error, KnownError):
            self.troubles[folder.id] = error.message
        self._work = deque(work for work in self._work if work.folder.id != folder.id)

    def stop(self) -> None:
        """Takes no further file; what has been taken is still brought to its end by the steps that follow."""
        self._work.clear()

    @property
    def current(self) -> WatchedFolder | None:
        """The folder of the file at hand."""
        return None if self._current is None else self._current.folder

    def close(self) -> None:
        """Lets go of the folders; what has not come to its end stays in their `taking`."""
        self._let_go()
        for lock in self._locks.values():
            if lock is not None:
                lock.release()
        self._locks.clear()

    def _let_go(self) -> None:
        if self._staged is not None:
            self._staged.close()
            self._staged = None

    # The steps

    def _check(self, handle: Handle) -> None:
        """Takes the next file and reads it, as far as that is not done already."""
        work = self._current = self._work.popleft()
        try:
            if not self._is_ours(work):
                return
            profile = self._profile(handle, work.folder)
            claim = work.claim
            if claim is None:
                assert work.arrival is not None
                try:
                    claim = claims.take(work.path, work.arrival, self._name)
                except claims.Held:
                    self.troubles[work.folder.id] = _HELD.format(work.name)
                if claim is None:
                    return
                self._read(handle, work.folder, claim, profile)
            else:
                claims.tidy(claim)
                if claim.is_there and not self._is_known(handle, work.folder, claim):
                    self._read(handle, work.folder, claims.as_it_is(claim), profile)
        except OSError as error:
            raise NotNow(f"Cannot be reached: {(error.strerror or str(error)).lower()}") from error

    def _is_ours(self, work: Work) -> bool:
        """Takes the folder's lock, once; whoever has it is taking its files already."""
        folder_id = work.folder.id
        if folder_id not in self._locks:
            claims.make_folders(work.path)
            lock = FolderLock(work.path / claims.TAKING / claims.LOCK_FILE)
            has_it = lock.acquire()
            self._locks[folder_id] = lock if has_it else None
            if not has_it:
                self.troubles[folder_id] = BUSY
        return self._locks[folder_id] is not None

    def _profile(self, handle: Handle, folder: WatchedFolder) -> Profile | None:
        """The folder's profile; where there is none of that name, nothing is taken."""
        if not folder.profile:
            return None
        if folder.profile not in self._profiles:
            profile = read_profile(handle, self._workspace, folder.profile)
            if profile.kind is not folder.kind:
                raise KnownError(f"The profile “{profile.name}” is no longer for {folder.kind.value}.")
            self._profiles[folder.profile] = profile
        return self._profiles[folder.profile]

    def _is_known(self, handle: Handle, folder: WatchedFolder, claim: Claim) -> bool:
        """Whether it is known already what became of a file that was taken earlier."""
        plan = claim.plan
        if plan is not None:
            told = plan["told"]
            name = as_text(claim.name)
            outcome = Outcome(
                name, folder, told["is_done"], told["message"], is_recovered=True, is_settled=True
            )
            self._through.append(_Through(claim, outcome))
            return True
        stored = self._stored_outcome(handle, folder, claim)
        if stored is not None:
            self._through.append(_Through(claim, stored))
        return stored is not None

    def _read(self, handle: Handle, folder: WatchedFolder, claim: Claim, profile: Profile | None) -> None:
        """Reads and checks a file that was taken; one that cannot be read is rejected."""
        if not claim.is_unchanged():  # somebody goes on writing: it is looked at again
            return
        try:
            staged = check_known_file(handle, self._workspace, claim.file, folder.kind, profile)
        except (NotNow, Cancelled):
            raise
        except KnownError as error:
            if claim.is_unchanged():
                self._reject(folder, claim, error.message)
            return
        except Exception as error:  # a defect, which must not be met again at every look
            self._reject(folder, claim, _defect(error))
            return
        self._staged, self._claim = staged, claim
        if not claim.is_unchanged():
            self._let_go()
        elif staged.rejected_total:
            staged.save_rejects(claim.rejects)

    def _store(self, handle: Handle) -> Changes:
        """Stores the file that has been read, or rejects it for its bad rows."""
        work, claim, staged = self._current, self._claim, self._staged
        assert work is not None
        assert claim is not None
        assert staged is not None
        folder, name = work.folder, as_text(claim.name)
        try:
            result = store_or_refuse(
                handle,
                lambda: nullcontext(self._workspace),
                staged,
                skip_bad_rows=folder.skip_bad_rows,
                claim=claim.id,
            )
        except NotNow:
            raise
        except KnownError as error:
            self._reject(folder, claim, error.message)
            return Changes()
        except IntegrityError:  # another program has stored it under this very claim
            stored = self._stored_outcome(handle, folder, claim)
            if stored is None:
                raise
            self._through.append(_Through(claim, stored))
            return Changes(trades=True, ledger=True, imports=True)
        finally:
            rejected = staged.rejected_total > 0
            message = _refusal(staged)
            self._let_go()
        outcome = Outcome(name, folder, not result.refused, result.message, result, has_rejects=rejected)
        if result.refused:
            found = result.lookalikes
            outcome = replace(outcome, message=unsaid_message(found) if found is not None else message)
        else:
            outcome = replace(outcome, import_id=self._import_id(handle, claim))
        self._through.append(_Through(claim, outcome))
        return result.changes

    def _reconcile(self, handle: Handle) -> Changes:
        """Runs the engine once for all the files; that it cannot be run costs none of them."""
        self._current = None
        try:
            if not is_ready(handle, self._workspace):
                return Changes()
            done = reconcile(handle, self._workspace)
        except KnownError as error:
            self._run = WatchedRun(problem=f"Not done: {error.message}")
            return Changes()
        except Cancelled:
            self._run = WatchedRun(problem="Not done: it was cancelled; reconcile to catch up.")
            raise
        except Exception:
            self._run = WatchedRun(problem="Not done: an error in the program stopped it.")
            raise
        self._run = WatchedRun(done.summary)
        with suppress(KnownError, Cancelled):
            touched = read_run(handle, self._workspace, done.summary.run_id).touched
            self._run = WatchedRun(done.summary, touched)
        return done.changes

    def _finish(self, _handle: Handle) -> None:
        """Writes the reports and moves the files; nothing of it waits for the database."""
        self._current = None
        for each in self._through:
            try:
                self.taken.append(self._settled(each))
            except (OSError, KnownError) as error:
                told = error.message if isinstance(error, KnownError) else error.strerror or str(error)
                self.troubles[each.outcome.folder.id] = f"Files cannot be moved: {told}"

    def _settled(self, each: _Through) -> Taken:
        claim, outcome = each.claim, each.outcome
        into = claims.DONE if outcome.is_done else claims.REJECTED
        if not outcome.is_settled:
            if outcome.is_done and not claim.is_unchanged():
                outcome = replace(outcome, notices=(*outcome.notices, _CHANGED))
            text = report_text(outcome, self._run, at=now(), who=self._workspace.user)
            with replacing(claim.report) as part:
                part.write_text(text, encoding="utf-8", newline="\n")
            told = {"is_done": outcome.is_done, "message": outcome.message}
            claims.settle(claim, into, told)
        moved = claims.carry_out(claim)
        return Taken(outcome, moved, moved.with_name(moved.name + claims.REPORT), self._run)

    # What is known

    def _reject(self, folder: WatchedFolder, claim: Claim, message: str) -> None:
        outcome = Outcome(as_text(claim.name), folder, False, message)
        self._through.append(_Through(claim, outcome))

    def _import_id(self, handle: Handle, claim: Claim) -> int | None:
        with suppress(KnownError, Cancelled), self._workspace.database.read(handle) as connection:
            found = claimed_import(connection, claim.id)
            return None if found is None else int(found["id"])
        return None

    def _stored_outcome(self, handle: Handle, folder: WatchedFolder, claim: Claim) -> Outcome | None:
        """What the workspace knows of a file that was stored before the program ended; None if it was not."""
        with self._workspace.database.read(handle) as connection:
            found = claimed_import(connection, claim.id)
            if found is None:
                return None
            rejects = rejects_of(connection, found["id"], LISTED_REJECTS)
        counts = {name: found[name] for name in ("read", "imported", "updated", "unchanged")}
        told = [f"{found['imported']:,} imported"]
        others = ("updated", "unchanged", "rejected")
        told += [f"{found[name]:,} {name}" for name in others if found[name]]
        result = ImportResult(
            found["file"],
            found["kind"],
            found["sha256"],
            **counts,
            rejected=tuple(Reject(*row) for row in rejects),
            rejected_total=found["rejected"],
            message=f"{found['file']}: {', '.join(told)}.",
        )
        notices = [_RECOVERED]
        if found["undone_at"] is not None:
            notices.append(f"The import was undone by {found['undone_by']} since.")
        return Outcome(
            as_text(claim.name),
            folder,
            True,
            result.message,
            result,
            int(found["id"]),
            is_recovered=True,
            has_rejects=claim.rejects.is_file(),
            notices=tuple(notices),
        )


_RECOVERED = (
    "The program ended after the file was stored and before this report was written; the report says what the"
    " workspace knows of it."
)
_CHANGED = (
    "The file has changed since it was read: somebody went on writing to it. What came later is not imported;"
    " put the complete file into the folder again."
)


def take_all(handle: Handle, workspace: Workspace, glance: Glance) -> Batch:
    """Takes everything that a look has found, in this thread; the result is closed and says what came of it.

    A cancel ends it early: what is stored already is still reported and moved, everything else stays.
    """
    with Batch(workspace, glance) as batch:
        for step in batch.steps():
            try:
                step.work(handle)
            except Cancelled as error:
                batch.fail(error)
                batch.stop()
            except KnownError as error:
                batch.fail(error)
    return batch


def _refusal(staged: Staged) -> str:
    """Why a file with bad rows is rejected, and what to do."""
    if staged.uncertain:
        return staged.uncertain
    which = "The one row" if staged.read == 1 else f"{staged.rejected_total:,} of {staged.read:,} rows"
    again = "mend the file and put it into the folder again"
    return f"{which} cannot be imported, so nothing of the file was stored; {again}."


def _defect(error: Exception) -> str:
    """Keeps a report of a defect; the sentence for it."""
    saved = crash.caught(error, paths.logs()).path
    where = f"; the report is in {saved}" if saved else ""
    return visible(f"An error in the program stopped the reading ({type(error).__name__}){where}.")


def reported(taken: Sequence[Taken]) -> dict[str, str]:
    """The last file of each folder and what became of it, by the folder; rather one that was rejected."""
    last: dict[str, str] = {}
    for one in sorted(taken, key=lambda one: not one.outcome.is_done):  # which keeps the order otherwise
        last[one.outcome.folder.id] = one.sentence
    return last

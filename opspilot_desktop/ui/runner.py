"""Work in the background: jobs run on threads of their own, their answers come back to the window's thread.

A job is a plain function of a `Handle` and knows nothing of Qt. This is the only file with threads.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Hashable
from enum import StrEnum
from typing import Any, TypeVar

from PySide6.QtCore import QMetaObject, QObject, Qt, QThread, Signal, Slot
from shiboken6 import isValid

from opspilot_desktop.domain.errors import KnownError
from opspilot_desktop.domain.jobs import Cancelled, Changes, Handle

from .job_queue import JobQueue

T = TypeVar("T")

STACK_BYTES = 8 * 1024 * 1024  # some systems give a thread half a megabyte, too little for deep statements
SHUTDOWN_SECONDS = 5.0


class Lane(StrEnum):
    """Where a job runs. Jobs of different lanes do not wait for each other."""

    WRITE = "write"  # one at a time, in the order in which they were asked for
    READ = "read"
    PAGES = "pages"  # what a table is about to paint: never behind a slow query
    NETWORK = "network"


_THREADS = {Lane.WRITE: 1, Lane.READ: 3, Lane.PAGES: 1, Lane.NETWORK: 2}


class TicketState(StrEnum):
    """How far a job has come."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    CANCELLED = "cancelled"
    FAILED = "failed"

    @property
    def is_over(self) -> bool:
        """Whether nothing more will come of the job."""
        return self not in (TicketState.WAITING, TicketState.RUNNING)


class Ticket:
    """A job that was handed to the runner. Made by `Runner.run`; to be used in the window's thread."""

    def __init__(
        self, lane: Lane, key: Hashable | None, title: str, withdraw: Callable[[Ticket], None]
    ) -> None:
        self.lane = lane
        self.key = key
        self.title = title
        """What the job bar calls it; a job without a title is not shown."""
        self.state = TicketState.WAITING
        self.handle = Handle()
        self._withdraw = withdraw

    def cancel(self) -> None:
        """Asks the job to end. One that has not begun never begins; one that is through stays done."""
        if not self.state.is_over:
            self.handle.cancel()
            self._withdraw(self)


class _Job(Ticket):
    """The runner's own side of a ticket: what to run, whom to tell, and how it went."""

    def __init__(
        self,
        lane: Lane,
        key: Hashable | None,
        title: str,
        withdraw: Callable[[Ticket], None],
        work: Callable[[Handle], Any],
        owner: QObject | None,
    ) -> None:
        super().__init__(lane, key, title, withdraw)
        self.work = work
        self.owner = owner
        self.on_owner_gone: QMetaObject.Connection | None = None
        self.on_done: Callable[[Any], None] | None = None
        self.on_error: Callable[[KnownError], None] | None = None
        self.on_cancelled: Callable[[], None] | None = None
        self.on_progress: Callable[[int, int, str], None] | None = None
        self.on_end: Callable[[], None] | None = None
        self.result: Any = None
        self.error: BaseException | None = None
        self.stale = False
        self.ended = threading.Event()

    def execute(self) -> None:
        """Runs the work, in a worker's thread, and keeps its result or exception."""
        try:
            self.handle.check()
            self.result = self.work(self.handle)
        except BaseException as error:
            self.error = error
        finally:
            self.ended.set()

    def outcome(self) -> TicketState:
        """How the work went. What ended before it heard of a cancel is done all the same."""
        if self.error is None:
            return TicketState.DONE
        return TicketState.CANCELLED if isinstance(self.error, Cancelled) else TicketState.FAILED

    @property
    def is_told(self) -> bool:
        """Whether the runner's signals speak of it."""
        return self.lane is not Lane.PAGES

    @property
    def may_tell(self) -> bool:
        """Whether anybody still wants to hear of it."""
        return not self.stale and (self.owner is None or isValid(self.owner))


class _Worker(QThread):
    """A thread of a lane, kept until the runner is shut down."""

    def __init__(self, runner: Runner, queue: JobQueue[_Job], name: str) -> None:
        super().__init__(runner)
        self.setObjectName(name)
        self.setStackSize(STACK_BYTES)
        self._runner = runner
        self._queue = queue

    def run(self) -> None:
        """Works the lane's jobs off."""
        while self._work_one():
            pass

    def _work_one(self) -> bool:
        # A function of its own, so that no finished job's result lives on in the loop's variable.
        job = self._queue.take()
        if job is None:
            return False
        self._runner.tell_begun(job)
        job.execute()
        if not isValid(self._runner):  # it was shut down, and did not wait for this
            return False
        self._runner.tell_ended(job)
        return True


class Runner(QObject):
    """Runs jobs in lanes and calls back in the window's thread, and never after `shutdown`.

    The signals carry the job's `Ticket`: `jobQueued` when it was asked for, `jobStarted` when it begins,
    `jobProgressed` (ticket, done, total, text; a total of 0 is unknown), `jobFinished` however it ended;
    not for the pages lane, whose jobs are a part of painting.
    `crashed` carries an exception that is a fault of the program. `changed` carries the `Changes` of a
    finished write, before its `on_done` is called. `becameIdle`: nothing waits or runs any more.
    """

    jobQueued = Signal(object)
    jobStarted = Signal(object)
    jobProgressed = Signal(object, object, object, str)
    jobFinished = Signal(object)
    crashed = Signal(object)
    changed = Signal(object)
    becameIdle = Signal()

    # From the workers' threads to this object's own.
    _begun = Signal(object)
    _ended = Signal(object)
    _progressed = Signal(object, object, object, str)

    def __init__(self, parent: QObject | None = None, *, held: bool = False) -> None:
        super().__init__(parent)
        self._held = held
        self._queues: dict[Lane, JobQueue[_Job]] = {lane: JobQueue() for lane in Lane}
        self._workers: dict[Lane, list[_Worker]] = {lane: [] for lane in Lane}
        self._active: dict[_Job, None] = {}
        self._latest: dict[tuple[Lane, Hashable], _Job] = {}
        self._closed = False
        queued = Qt.ConnectionType.QueuedConnection
        self._begun.connect(self._begin, queued)
        self._ended.connect(self._end, queued)
        self._progressed.connect(self._progress, queued)

    def run(
        self,
        lane: Lane,
        job: Callable[[Handle], T],
        *,
        key: Hashable | None = None,
        owner: QObject | None = None,
        on_done: Callable[[T], None] | None = None,
        on_error: Callable[[KnownError], None] | None = None,
        on_cancelled: Callable[[], None] | None = None,
        on_progress: Callable[[int, int, str], None] | None = None,
        on_end: Callable[[], None] | None = None,
        title: str = "",
    ) -> Ticket:
        """Runs the job in a lane; the callbacks are called in this object's thread.

        A newer job with the same `key` in the same lane cancels the older one, whose answer is dropped
        without a word. When `owner` is destroyed its jobs are cancelled and nobody is called. `on_done` gets
        the result, `on_error` the KnownError; `on_end` is called last, however it ended. Any other exception
        goes to `crashed`. Raises ValueError for a `key` in the write lane: a write is never replaced.
        """
        if lane is Lane.WRITE and key is not None:
            raise ValueError("a write is never replaced by a newer one")
        made = _Job(lane, key, title, self._withdraw, job, owner)
        if self._closed:
            made.state = TicketState.CANCELLED
            return made
        made.on_done, made.on_error, made.on_cancelled = on_done, on_error, on_cancelled
        made.on_progress, made.on_end = on_progress, on_end
        made.handle.report = lambda done, total, text: self._progressed.emit(made, done, total, text)
        if owner is not None:
            made.on_owner_gone = owner.destroyed.connect(made.cancel)
        if key is not None:
            self._replace((lane, key), made)
        self._active[made] = None
        if made.is_told:
            self.jobQueued.emit(made)
        self._queues[lane].put(made)
        self._staff(lane)
        return made

    def wait(self, ticket: Ticket, seconds: float) -> bool:
        """Waits in this thread until the job has ended, and calls back before it returns; False if too long.

        Only for what a paint event cannot do without, with `seconds` far below what a person notices.
        """
        if isinstance(ticket, _Job) and ticket in self._active and ticket.ended.wait(seconds):
            self._end(ticket)
        return ticket.state.is_over

    @property
    def active(self) -> tuple[Ticket, ...]:
        """The jobs that wait or run, in the order in which they were asked for."""
        return tuple(self._active)

    def shutdown(self, seconds: float = SHUTDOWN_SECONDS) -> bool:
        """Cancels everything, calls nobody any more and ends the threads; False if one is still running."""
        self._closed = True
        for queue in self._queues.values():
            queue.close()
        for job in list(self._active):
            job.handle.cancel()
        give_up = time.monotonic() + seconds
        running: list[_Worker] = []
        for worker in [worker for workers in self._workers.values() for worker in workers]:
            if not worker.wait(max(0, int((give_up - time.monotonic()) * 1000))):
                running.append(worker)
                worker.setParent(None)
        _stuck.extend(running)
        for job in list(self._active):
            job.state = TicketState.CANCELLED
        self._active.clear()
        self._latest.clear()
        return not running

    def tell_begun(self, job: Ticket) -> None:
        """Called by a worker, in its thread."""
        self._begun.emit(job)

    def tell_ended(self, job: Ticket) -> None:
        """Called by a worker, in its thread."""
        self._ended.emit(job)

    def release(self) -> None:
        """Lets the jobs begin that have waited in a runner that was made `held`."""
        self._held = False
        for job in self._active:
            self._staff(job.lane)

    def _staff(self, lane: Lane) -> None:
        """Starts another thread of the lane when all that run may be busy."""
        if self._held:
            return
        workers = self._workers[lane]
        in_lane = sum(job.lane is lane for job in self._active)
        if len(workers) < min(_THREADS[lane], in_lane):
            worker = _Worker(self, self._queues[lane], f"{lane.value}-{len(workers) + 1}")
            workers.append(worker)
            worker.start()

    def _replace(self, key: tuple[Lane, Hashable], job: _Job) -> None:
        older = self._latest.get(key)
        self._latest[key] = job
        if older is not None:
            older.stale = True
            older.cancel()

    def _withdraw(self, ticket: Ticket) -> None:
        """A cancelled job that still waits ends at once."""
        if isinstance(ticket, _Job) and self._queues[ticket.lane].withdraw(ticket):
            ticket.error = Cancelled()
            self._end(ticket)

    @Slot(object)
    def _begin(self, job: _Job) -> None:
        if job in self._active:
            job.state = TicketState.RUNNING
            if job.is_told:
                self.jobStarted.emit(job)

    @Slot(object, object, object, str)
    def _progress(self, job: _Job, done: int, total: int, text: str) -> None:
        if job not in self._active or not job.may_tell:
            return
        if job.on_progress is not None:
            job.on_progress(done, total, text)
        self.jobProgressed.emit(job, done, total, text)

    @Slot(object)
    def _end(self, job: _Job) -> None:
        if job not in self._active:  # `wait` was faster
            return
        del self._active[job]
        job.state = job.outcome()
        if job.key is not None and self._latest.get((job.lane, job.key)) is job:
            del self._latest[job.lane, job.key]
        try:
            self._tell(job)
        finally:
            self._release(job)
            if job.is_told:
                self.jobFinished.emit(job)
            if not self._active:
                self.becameIdle.emit()

    def _tell(self, job: _Job) -> None:
        if job.lane is Lane.WRITE and job.state is TicketState.DONE:
            changes = Changes.of(job.result)
            if changes is not None:  # the data have changed, whoever may still want to know
                self.changed.emit(changes)
        if job.state is TicketState.FAILED and not isinstance(job.error, KnownError):
            self.crashed.emit(job.error)
        if not job.may_tell:
            return
        if job.state is TicketState.DONE and job.on_done is not None:
            job.on_done(job.result)
        elif isinstance(job.error, KnownError) and job.on_error is not None:
            job.on_error(job.error)
        elif job.state is TicketState.CANCELLED and job.on_cancelled is not None:
            job.on_cancelled()
        if job.on_end is not None and job.may_tell:
            job.on_end()

    def _release(self, job: _Job) -> None:
        """Lets go of everything the job held; its ticket may be kept for long."""
        if job.on_owner_gone is not None and job.owner is not None and isValid(job.owner):
            QObject.disconnect(job.on_owner_gone)
        job.owner = job.on_owner_gone = job.result = None
        job.on_done = job.on_error = job.on_cancelled = job.on_progress = job.on_end = None
        job.handle.report = None


_stuck: list[QThread] = []
"""Threads that did not end in time. They are kept, because to destroy one that runs ends the program."""


def has_stuck_threads() -> bool:
    """Whether a thread of a runner that was shut down still runs, such as one that waits for a dead share.

    Python's own end would destroy it: the program has to end without that.
    """
    return any(thread.isRunning() for thread in _stuck)

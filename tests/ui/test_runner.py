from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from types import SimpleNamespace

import pytest
from PySide6.QtCore import QEvent, QObject, QThread
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot
from shiboken6 import isValid

from opspilot_desktop.domain.errors import KnownError
from opspilot_desktop.domain.jobs import Cancelled, Changes, Handle
from opspilot_desktop.ui.runner import Lane, Runner, Ticket, TicketState, has_stuck_threads
from tests.helpers.runners import wait_idle

WAIT = 10.0


@pytest.fixture
def runner(qapp: QApplication) -> Iterator[Runner]:
    runner = Runner()
    yield runner
    assert runner.shutdown(), "a thread did not end"


class Gate:
    """A job that runs until it is let through or cancelled."""

    def __init__(self, result: object = None) -> None:
        self.result = result
        self.began = threading.Event()
        self.opened = threading.Event()

    def __call__(self, handle: Handle) -> object:
        self.began.set()
        handle.on_cancel(self.opened.set)
        assert self.opened.wait(WAIT), "nobody opened the gate"
        handle.check()
        return self.result


class DeafGate(Gate):
    """Does not hear of a cancel."""

    def __call__(self, handle: Handle) -> object:
        self.began.set()
        assert self.opened.wait(WAIT), "nobody opened the gate"
        return self.result


def fail(error: BaseException) -> Callable[[Handle], None]:
    def job(_handle: Handle) -> None:
        raise error

    return job


def test_a_job_runs_elsewhere_and_answers_here(qtbot: QtBot, runner: Runner) -> None:
    here = threading.get_ident()
    threads: list[int] = []
    done: list[tuple[int, int]] = []

    def job(_handle: Handle) -> int:
        threads.append(threading.get_ident())
        return 42

    runner.run(Lane.READ, job, on_done=lambda value: done.append((value, threading.get_ident())))
    assert done == []
    wait_idle(qtbot, runner)
    assert done == [(42, here)]
    assert threads != [here]


def test_the_signals_tell_a_jobs_life_in_order(qtbot: QtBot, runner: Runner) -> None:
    life: list[object] = []
    runner.jobQueued.connect(lambda ticket: life.append(("queued", ticket.title, ticket.state)))
    runner.jobStarted.connect(lambda ticket: life.append(("started", ticket.title, ticket.state)))
    runner.jobProgressed.connect(lambda _ticket, *report: life.append(report))
    runner.jobFinished.connect(lambda ticket: life.append(("finished", ticket.title, ticket.state)))
    runner.becameIdle.connect(lambda: life.append("idle"))

    def job(handle: Handle) -> str:
        handle.step(7_000_000_000, 7_000_000_000, "Reading")  # more than 32 bits hold
        return "result"

    runner.run(Lane.WRITE, job, title="Import", on_done=life.append, on_end=lambda: life.append("end"))
    wait_idle(qtbot, runner)
    assert life == [
        ("queued", "Import", TicketState.WAITING),
        ("started", "Import", TicketState.RUNNING),
        (7_000_000_000, 7_000_000_000, "Reading"),
        "result",
        "end",
        ("finished", "Import", TicketState.DONE),
        "idle",
    ]


def test_a_known_error_goes_to_its_own_callback(qtbot: QtBot, runner: Runner) -> None:
    errors: list[KnownError] = []
    crashes: list[BaseException] = []
    runner.crashed.connect(crashes.append)
    error = KnownError("Choose another file.")
    ticket = runner.run(Lane.READ, fail(error), on_error=errors.append, on_done=pytest.fail)
    wait_idle(qtbot, runner)
    assert errors == [error]
    assert crashes == []
    assert ticket.state is TicketState.FAILED


@pytest.mark.parametrize("error", [ZeroDivisionError("by zero"), SystemExit(3)])
def test_any_other_exception_is_a_crash_and_the_lane_goes_on(
    qtbot: QtBot, runner: Runner, error: BaseException
) -> None:
    crashes: list[BaseException] = []
    ended: list[str] = []
    runner.crashed.connect(crashes.append)
    runner.run(Lane.WRITE, fail(error), on_error=pytest.fail, on_end=lambda: ended.append("end"))
    runner.run(Lane.WRITE, lambda _handle: "next", on_done=ended.append)
    wait_idle(qtbot, runner)
    assert crashes == [error]
    assert ended == ["end", "next"]


def test_writes_run_one_at_a_time_in_order(qtbot: QtBot, runner: Runner) -> None:
    running: list[int] = []
    most: list[int] = []
    order: list[int] = []

    def write(number: int) -> Callable[[Handle], int]:
        def job(_handle: Handle) -> int:
            running.append(number)
            most.append(len(running))
            time.sleep(0.005)
            running.remove(number)
            return number

        return job

    for number in range(6):
        runner.run(Lane.WRITE, write(number), on_done=order.append)
    wait_idle(qtbot, runner)
    assert order == list(range(6))
    assert max(most) == 1


def test_a_write_cannot_be_replaced(runner: Runner) -> None:
    with pytest.raises(ValueError, match="never replaced"):
        runner.run(Lane.WRITE, lambda _handle: None, key="a")


def test_lanes_do_not_wait_for_each_other(qtbot: QtBot, runner: Runner) -> None:
    gate = Gate()
    runner.run(Lane.WRITE, gate)
    qtbot.waitUntil(gate.began.is_set)
    done: list[str] = []
    for lane in (Lane.READ, Lane.PAGES, Lane.NETWORK):
        runner.run(lane, lambda _handle, lane=lane: lane.value, on_done=done.append)
    qtbot.waitUntil(lambda: len(done) == 3)
    gate.opened.set()
    wait_idle(qtbot, runner)


def test_a_newer_read_of_the_same_key_replaces_the_older(qtbot: QtBot, runner: Runner) -> None:
    older, other = Gate(), DeafGate("other")
    told: list[object] = []
    first = runner.run(
        Lane.READ, older, key="list", on_done=told.append, on_cancelled=lambda: told.append("cancelled")
    )
    runner.run(Lane.READ, other, key="detail", on_done=told.append)
    qtbot.waitUntil(lambda: older.began.is_set() and other.began.is_set())
    runner.run(Lane.READ, lambda _handle: "newer", key="list", on_done=told.append)
    qtbot.waitUntil(lambda: told == ["newer"])
    other.opened.set()
    wait_idle(qtbot, runner)
    assert told == ["newer", "other"]  # and not a word of the older one
    assert first.state is TicketState.CANCELLED


def test_a_stale_answer_is_dropped_even_when_it_comes_last(qtbot: QtBot, runner: Runner) -> None:
    older = DeafGate("stale")
    told: list[object] = []
    runner.run(Lane.READ, older, key="list", on_done=told.append, on_end=lambda: told.append("end"))
    qtbot.waitUntil(older.began.is_set)
    runner.run(Lane.READ, lambda _handle: "newer", key="list", on_done=told.append)
    qtbot.waitUntil(lambda: told == ["newer"])
    older.opened.set()
    wait_idle(qtbot, runner)
    assert told == ["newer"]


def test_a_waiting_job_that_is_cancelled_ends_at_once_and_never_runs(qtbot: QtBot, runner: Runner) -> None:
    gate = Gate()
    runner.run(Lane.WRITE, gate)
    qtbot.waitUntil(gate.began.is_set)
    told: list[str] = []
    waiting = runner.run(
        Lane.WRITE, lambda _handle: told.append("ran"), on_cancelled=lambda: told.append("c")
    )
    waiting.cancel()
    assert told == ["c"]
    assert waiting.state is TicketState.CANCELLED
    gate.opened.set()
    wait_idle(qtbot, runner)
    waiting.cancel()
    assert told == ["c"]


def test_a_running_job_is_interrupted(qtbot: QtBot, runner: Runner) -> None:
    gate = Gate()
    told: list[str] = []
    ticket = runner.run(Lane.READ, gate, on_cancelled=lambda: told.append("cancelled"))
    qtbot.waitUntil(gate.began.is_set)
    ticket.cancel()
    wait_idle(qtbot, runner)
    assert told == ["cancelled"]
    assert ticket.state is TicketState.CANCELLED


def test_what_was_done_before_it_heard_of_the_cancel_is_done(qtbot: QtBot, runner: Runner) -> None:
    gate = DeafGate(Changes(issues=True))
    told: list[object] = []
    runner.changed.connect(told.append)
    ticket = runner.run(Lane.WRITE, gate, on_done=lambda _changes: told.append("done"))
    qtbot.waitUntil(gate.began.is_set)
    ticket.cancel()
    gate.opened.set()
    wait_idle(qtbot, runner)
    assert told == [Changes(issues=True), "done"]
    assert ticket.state is TicketState.DONE


def test_nobody_is_called_for_an_owner_that_is_gone(qtbot: QtBot, runner: Runner) -> None:
    gate, owner = Gate(), QObject()
    told: list[str] = []
    ticket = runner.run(
        Lane.READ, gate, owner=owner, on_cancelled=lambda: told.append("c"), on_end=lambda: told.append("e")
    )
    qtbot.waitUntil(gate.began.is_set)
    owner.deleteLater()
    wait_idle(qtbot, runner)
    assert ticket.state is TicketState.CANCELLED
    assert told == []


def test_a_write_whose_owner_is_gone_still_says_what_changed(qtbot: QtBot, runner: Runner) -> None:
    gate, owner = DeafGate(Changes(trades=True)), QObject()
    changes: list[Changes] = []
    runner.changed.connect(changes.append)
    runner.run(Lane.WRITE, gate, owner=owner, on_done=pytest.fail)
    qtbot.waitUntil(gate.began.is_set)
    owner.deleteLater()
    qtbot.wait(20)
    gate.opened.set()
    wait_idle(qtbot, runner)
    assert changes == [Changes(trades=True)]


def test_an_owner_keeps_nothing_of_a_finished_job(qtbot: QtBot, runner: Runner) -> None:
    owner = QObject()
    tickets = [runner.run(Lane.READ, lambda _handle: 1, owner=owner) for _ in range(5)]
    connected = owner.receivers("2destroyed()")
    wait_idle(qtbot, runner)
    assert owner.receivers("2destroyed()") == connected - len(tickets)
    owner.deleteLater()
    qtbot.wait(10)
    assert {ticket.state for ticket in tickets} == {TicketState.DONE}


def test_waiting_for_an_answer_calls_back_before_it_returns(runner: Runner) -> None:
    told: list[str] = []
    ticket = runner.run(Lane.PAGES, lambda _handle: "page", on_done=told.append)
    assert runner.wait(ticket, WAIT)
    assert told == ["page"]
    QApplication.processEvents()
    assert told == ["page"]  # not once more


def test_waiting_gives_up_and_the_answer_comes_later(qtbot: QtBot, runner: Runner) -> None:
    gate = Gate("page")
    told: list[object] = []
    ticket = runner.run(Lane.PAGES, gate, on_done=told.append)
    began = time.monotonic()
    assert not runner.wait(ticket, 0.02)
    assert time.monotonic() - began < 1
    assert told == []
    gate.opened.set()
    wait_idle(qtbot, runner)
    assert told == ["page"]


def test_the_signals_do_not_speak_of_pages(qtbot: QtBot, runner: Runner) -> None:
    told: list[Ticket] = []
    for signal in (runner.jobQueued, runner.jobStarted, runner.jobFinished):
        signal.connect(told.append)
    runner.run(Lane.PAGES, lambda _handle: None)
    wait_idle(qtbot, runner)
    assert told == []


def test_a_finished_write_says_what_changed_before_its_own_callback(qtbot: QtBot, runner: Runner) -> None:
    told: list[object] = []
    runner.changed.connect(told.append)
    result = SimpleNamespace(changes=Changes(trades=True, issues=True))
    runner.run(Lane.WRITE, lambda _handle: result, on_done=told.append)
    runner.run(Lane.READ, lambda _handle: Changes(ledger=True))  # a read changes nothing
    runner.run(Lane.WRITE, fail(KnownError("no")))
    wait_idle(qtbot, runner)
    assert told == [result.changes, result]


def test_shutdown_cancels_everything_calls_nobody_and_ends_the_threads(qtbot: QtBot) -> None:
    runner = Runner()
    told: list[object] = []
    gates = [Gate() for _ in range(3)]
    for gate, lane in zip(gates, (Lane.WRITE, Lane.READ, Lane.NETWORK), strict=True):
        runner.run(lane, gate, on_cancelled=lambda: told.append("c"), on_end=lambda: told.append("e"))
    waiting = runner.run(Lane.WRITE, lambda _handle: told.append("ran"))
    qtbot.waitUntil(lambda: all(gate.began.is_set() for gate in gates))
    assert runner.shutdown()
    late = runner.run(Lane.READ, lambda _handle: told.append("ran"), on_done=told.append)
    qtbot.wait(30)
    assert told == []
    assert waiting.state is late.state is TicketState.CANCELLED
    assert runner.active == ()
    assert not any(thread.isRunning() for thread in runner.findChildren(QThread))
    assert runner.shutdown()


def test_shutdown_says_when_a_thread_does_not_end(qtbot: QtBot) -> None:
    runner, gate = Runner(), DeafGate()
    runner.run(Lane.READ, gate)
    qtbot.waitUntil(gate.began.is_set)
    assert not runner.shutdown(0.05)
    assert has_stuck_threads()
    gate.opened.set()
    assert runner.shutdown()
    assert not has_stuck_threads()


def test_a_thread_that_does_not_end_outlives_its_runner(qtbot: QtBot) -> None:
    """To destroy it while it runs would end the program."""
    runner, gate = Runner(), DeafGate()
    runner.run(Lane.READ, gate)
    qtbot.waitUntil(gate.began.is_set)
    assert not runner.shutdown(0.05)
    runner.deleteLater()
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
    assert not isValid(runner)
    assert has_stuck_threads()
    gate.opened.set()
    qtbot.waitUntil(lambda: not has_stuck_threads())


def test_threads_are_kept_and_not_started_without_need(qtbot: QtBot, runner: Runner) -> None:
    assert runner.findChildren(QThread) == []
    for _ in range(10):
        runner.run(Lane.READ, lambda _handle: None)
        wait_idle(qtbot, runner)
    assert len(runner.findChildren(QThread)) == 1


def test_an_error_in_a_callback_does_not_stop_the_others(qtbot: QtBot, runner: Runner) -> None:
    finished: list[Ticket] = []
    runner.jobFinished.connect(finished.append)

    def bad(_value: object) -> None:
        raise RuntimeError("in a callback")

    with qtbot.captureExceptions() as caught:
        first = runner.run(Lane.WRITE, lambda _handle: 1, on_done=bad)
        second = runner.run(Lane.WRITE, lambda _handle: 2)
        wait_idle(qtbot, runner)
    assert finished == [first, second]
    assert [str(error[1]) for error in caught] == ["in a callback"]


def test_cancelled_in_a_job_that_nobody_cancelled(qtbot: QtBot, runner: Runner) -> None:
    told: list[str] = []
    runner.run(Lane.READ, fail(Cancelled()), on_cancelled=lambda: told.append("c"))
    wait_idle(qtbot, runner)
    assert told == ["c"]


def test_a_held_runner_begins_when_it_is_released(qtbot: QtBot) -> None:
    runner = Runner(held=True)
    done: list[int] = []
    for lane in (Lane.READ, Lane.WRITE, Lane.READ):
        runner.run(lane, lambda _handle: 1, on_done=done.append)
    qtbot.wait(50)
    assert done == []
    runner.release()
    qtbot.waitUntil(lambda: done == [1, 1, 1])
    runner.run(Lane.PAGES, lambda _handle: 2, on_done=done.append)
    qtbot.waitUntil(lambda: done == [1, 1, 1, 2])
    assert runner.shutdown()

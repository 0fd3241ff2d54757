"""How a job reports, and how a cancel reaches it."""

from __future__ import annotations

import threading
import time
from itertools import product
from types import SimpleNamespace

import pytest

from opspilot_desktop.domain.jobs import Cancelled, Changes, Handle


def test_reports_are_throttled_and_the_last_one_always_comes() -> None:
    heard: list[tuple[int, int, str]] = []
    handle = Handle(report=lambda *report: heard.append(report), interval=3600)
    for done in range(1, 1001):
        handle.step(done, 1000, "Reading")
    assert heard == [(1, 1000, "Reading"), (1000, 1000, "Reading")]


def test_reports_go_on_after_the_interval() -> None:
    heard: list[int] = []
    handle = Handle(report=lambda done, *_: heard.append(done), interval=0.01)
    handle.step(1, 9)
    handle.step(2, 9)
    time.sleep(0.015)
    handle.step(3, 9)
    assert heard == [1, 3]


def test_without_a_listener_a_step_still_hears_the_cancel() -> None:
    handle = Handle()
    handle.step(0, 0)
    handle.cancel()
    handle.cancel()
    assert handle.cancelled
    with pytest.raises(Cancelled):
        handle.step(0, 0)
    with pytest.raises(Cancelled):
        handle.check()


def test_a_cancelled_job_reports_nothing_more() -> None:
    heard: list[int] = []
    handle = Handle(report=lambda done, *_: heard.append(done), interval=0)
    handle.cancel()
    with pytest.raises(Cancelled):
        handle.step(1, 1)
    assert heard == []


def test_cancel_calls_what_is_registered_and_not_what_was_taken_back() -> None:
    handle, heard = Handle(), []
    forget = handle.on_cancel(lambda: heard.append("first"))
    handle.on_cancel(lambda: heard.append("second"))
    forget()
    forget()
    handle.cancel()
    assert heard == ["second"]


def test_registering_after_the_cancel_calls_at_once() -> None:
    handle, heard = Handle(), []
    handle.cancel()
    handle.on_cancel(lambda: heard.append("now"))
    assert heard == ["now"]


def test_an_interrupt_may_take_itself_back() -> None:
    handle = Handle()
    done = threading.Event()
    forget = handle.on_cancel(lambda: (forget(), done.set()))
    handle.cancel()
    assert done.is_set()


def test_no_registration_is_missed_by_a_cancel_from_another_thread() -> None:
    """Whatever the interleaving, an interrupt that was registered and not taken back is called."""
    for _ in range(200):
        handle, called = Handle(), threading.Event()
        cancelling = threading.Thread(target=handle.cancel)
        cancelling.start()
        handle.on_cancel(called.set)
        cancelling.join()
        assert called.is_set()


def test_changes_add_up() -> None:
    every = [Changes(*flags) for flags in product([False, True], repeat=4)]
    for one, other in product(every, every):
        both = one | other
        for name in ("trades", "ledger", "issues", "settings"):
            assert getattr(both, name) is (getattr(one, name) or getattr(other, name))


@pytest.mark.parametrize(
    ("result", "changes"),
    [
        (Changes(trades=True), Changes(trades=True)),
        (SimpleNamespace(changes=Changes(issues=True)), Changes(issues=True)),
        (SimpleNamespace(changes=3), None),
        (None, None),
    ],
)
def test_the_changes_of_a_result(result: object, changes: Changes | None) -> None:
    assert Changes.of(result) == changes

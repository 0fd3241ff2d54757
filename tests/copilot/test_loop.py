import asyncio
import gc
import threading
import time
from collections.abc import AsyncGenerator

import pytest

from opspilot_desktop.copilot.loop import Loop, in_thread


def test_a_task_runs_on_the_loops_thread_and_reports_its_end() -> None:
    loop, ended, results = Loop(), threading.Event(), []

    async def work() -> str:
        return threading.current_thread().name

    def end(task: asyncio.Task[str]) -> None:
        results.append(task.result())
        ended.set()

    loop.run(work(), end)
    assert ended.wait(5)
    assert results == ["copilot"]
    loop.close()


def test_a_cancel_before_the_first_step_still_reports_the_end() -> None:
    loop, ended = Loop(), threading.Event()
    was_cancelled: list[bool] = []

    async def work() -> None:
        await asyncio.sleep(30)

    def end(task: asyncio.Task[None]) -> None:
        was_cancelled.append(task.cancelled())
        ended.set()

    loop.run(work(), end)()
    assert ended.wait(5)
    assert was_cancelled == [True]
    loop.close()


def test_a_call_that_hangs_keeps_neither_the_cancel_nor_the_end_waiting() -> None:
    loop, hanging, release, ended = Loop(), threading.Event(), threading.Event(), threading.Event()

    def hang() -> None:
        hanging.set()
        release.wait(30)

    cancel = loop.run(in_thread(hang), lambda task: ended.set())
    assert hanging.wait(5)
    start = time.perf_counter()
    cancel()
    assert ended.wait(5)
    loop.close()
    assert time.perf_counter() - start < 1
    release.set()


def test_closing_cancels_what_runs_and_says_farewell() -> None:
    said: list[str] = []

    async def farewell() -> None:
        said.append("farewell")

    async def work() -> None:
        try:
            await asyncio.sleep(30)
        finally:
            said.append("cancelled")

    loop, begun = Loop(farewell), threading.Event()

    async def begin() -> None:
        begun.set()
        await work()

    loop.run(begin())
    assert begun.wait(5)
    loop.close()
    loop.close()
    assert said == ["cancelled", "farewell"]
    with pytest.raises(RuntimeError, match="closed"):
        loop.run(work())


def test_a_loop_that_was_never_used_has_no_thread() -> None:
    before = threading.active_count()
    loop = Loop()
    assert threading.active_count() == before
    loop.close()


def test_an_answer_dropped_half_read_is_closed_before_the_loop(caplog: pytest.LogCaptureFixture) -> None:
    closed: list[bool] = []
    loop, begun = Loop(), threading.Event()

    async def pieces() -> AsyncGenerator[int, None]:
        try:
            yield 1
            yield 2
        finally:
            await asyncio.sleep(0.05)
            closed.append(True)

    async def work() -> None:
        half_read = pieces()
        await anext(half_read)
        begun.set()
        await asyncio.sleep(30)

    loop.run(work())
    assert begun.wait(5)
    loop.close()
    gc.collect()
    assert closed == [True]
    assert not [record for record in caplog.records if record.name == "asyncio"]

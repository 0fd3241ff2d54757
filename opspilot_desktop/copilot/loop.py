"""One asyncio loop on one thread, for everything that waits for the network or the keychain."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import Awaitable, Callable, Coroutine
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")

FAREWELL_SECONDS = 1.0


class _DaemonExecutor(ThreadPoolExecutor):
    """Runs each call on a thread of its own that does not keep the program from ending.

    A look-up of a name or of a key can hang for half a minute and cannot be interrupted.
    """

    def submit(self, call: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        """Starts the call at once."""
        future: Future[T] = Future()

        def work() -> None:
            if not future.set_running_or_notify_cancel():
                return
            try:
                future.set_result(call(*args, **kwargs))
            except BaseException as error:  # it belongs to whoever waits for the result
                future.set_exception(error)

        threading.Thread(target=work, name="copilot-call", daemon=True).start()
        return future


class Loop:
    """The loop and its thread; started by the first task, ended by `close`."""

    def __init__(self, farewell: Callable[[], Awaitable[None]] | None = None) -> None:
        """`farewell` is awaited on the loop as the last thing, to give connections back."""
        self._farewell = farewell
        self._lock = threading.Lock()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None
        self._closed = False

    def run(
        self, task: Coroutine[Any, Any, T], ended: Callable[[asyncio.Task[T]], None] | None = None
    ) -> Callable[[], None]:
        """Starts the task and returns the call that cancels it, at whatever it waits for.

        `ended` is called on the loop's thread when the task is over, also when it was cancelled before its
        first step. Raises RuntimeError after `close`.
        """
        started: list[asyncio.Task[T]] = []

        def start() -> None:
            started.append(loop.create_task(task))
            if ended is not None:
                started[0].add_done_callback(ended)

        def end() -> None:
            started[0].cancel()

        def cancel() -> None:
            with contextlib.suppress(RuntimeError):  # the loop is closed, and its tasks with it
                loop.call_soon_threadsafe(end)

        with self._lock:
            if self._closed:
                task.close()
                raise RuntimeError("the copilot is closed")
            loop = self._loop or self._begin()
            loop.call_soon_threadsafe(start)
        return cancel

    def close(self) -> None:
        """Cancels what still runs and ends the thread. May be called more than once."""
        with self._lock:
            self._closed = True
            loop, thread = self._loop, self._thread
            self._loop = self._thread = None
        if loop is not None and thread is not None:
            loop.call_soon_threadsafe(loop.stop)
            thread.join()

    def _begin(self) -> asyncio.AbstractEventLoop:
        loop = asyncio.new_event_loop()
        loop.set_default_executor(_DaemonExecutor())
        self._loop = loop
        self._thread = threading.Thread(target=self._serve, args=(loop,), name="copilot", daemon=True)
        self._thread.start()
        return loop

    def _serve(self, loop: asyncio.AbstractEventLoop) -> None:
        asyncio.set_event_loop(loop)
        try:
            loop.run_forever()
            loop.run_until_complete(self._wind_up())
        finally:
            loop.close()

    async def _wind_up(self) -> None:
        for task in (running := _others()):
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)
        if self._farewell is not None:
            with contextlib.suppress(Exception):  # nothing is left that could go wrong for the user
                await asyncio.wait_for(self._farewell(), FAREWELL_SECONDS)
        await asyncio.get_running_loop().shutdown_asyncgens()
        # An answer dropped half read is closed by a task of the loop's own, which may only begin now.
        await asyncio.sleep(0)
        late = _others()
        if late:
            await asyncio.wait(late, timeout=FAREWELL_SECONDS)


def _others() -> set[asyncio.Task[Any]]:
    """Every task of the loop but the one that asks."""
    return {task for task in asyncio.all_tasks() if task is not asyncio.current_task()}


async def in_thread(call: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Runs a call that may block (a look-up, a slow import) beside the loop; can be cancelled at once."""
    loop = asyncio.get_running_loop()
    return await loop.run_in_executor(None, lambda: call(*args, **kwargs))

"""Work that another process of the program does: the window's own is then free for the window.

What a child reports and raises comes through as if the work were done here. A cancel ends it at once, also
in the middle of a library that knows of none; a child that crashes takes nothing with it.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from multiprocessing.connection import Connection
from types import TracebackType
from typing import Any, Generic, TypeVar

from ..domain.errors import KnownError
from ..domain.jobs import Handle
from ..redaction import trace, type_name

_Result = TypeVar("_Result")
_Message = tuple[str, Any]
"""What a child says: "step", "alive", "done", "refused" or "broken", and what there is to say."""

_NICE = 5


class ChildBroke(RuntimeError):
    """A child met a defect of the program; the message says which and where, without any values."""


class Child(Generic[_Result]):
    """A process that does `work(handle, *args)`, from now on; leaving the `with` block ends it.

    The arguments and the result are sent as pickles. `what` says what it does, for a sentence about it. A
    `quiet` one does not report; one that `yields` lets other programs go first, and this one, where the
    system knows of that.
    """

    def __init__(
        self,
        what: str,
        work: Callable[..., _Result],
        *args: object,
        quiet: bool = False,
        yields: bool = False,
    ) -> None:
        self._what = what
        context = multiprocessing.get_context("spawn")  # a fork would copy the window's threads' locks
        self._connection, its = context.Pipe()
        self._process = context.Process(target=_work, args=(its, quiet, yields, work, args))
        with _deaf_to_interrupts():
            self._process.start()
        its.close()

    def __enter__(self) -> Child[_Result]:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._kill()
        self._process.join()
        self._process.close()
        self._connection.close()

    def result(self, handle: Handle) -> _Result:
        """Waits for the result, reporting through the handle; raises what the work raises.

        KnownError where the child ends without an answer, ChildBroke for a defect.
        """
        forget = handle.on_cancel(self._kill)
        try:
            while True:
                kind, content = self._connection.recv()
                if kind == "step":
                    handle.step(*content)
                elif kind == "alive":
                    handle.check()
                elif kind == "done":
                    handle.check()
                    result: _Result = content
                    return result
                else:
                    raise content if kind == "refused" else ChildBroke(content)
        except (EOFError, OSError):
            handle.check()
            raise KnownError(
                f"{self._what} broke off: the process that did it was ended from outside, perhaps for want of"
                " memory; nothing was stored. Close other programs and try again."
            ) from None
        finally:
            forget()

    def _kill(self) -> None:
        with suppress(ValueError):  # closed since: it is gone already
            self._process.kill()


@contextmanager
def _deaf_to_interrupts() -> Iterator[None]:
    """A process that begins meanwhile never hears Ctrl+C, from its first moment on; this one does later."""
    if not hasattr(signal, "pthread_sigmask"):  # on Windows
        yield
        return
    from multiprocessing import resource_tracker

    resource_tracker.ensure_running()  # which otherwise begins with the process, and lifts the block
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _work(
    connection: Connection,
    quiet: bool,
    yields: bool,
    work: Callable[..., object],
    args: tuple[Any, ...],
) -> None:
    """What the child does. Where nobody listens any more, it ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent hears of it, and decides
    if yields and hasattr(os, "nice"):
        os.nice(_NICE)

    def say(kind: str, content: object) -> None:
        connection.send((kind, content))

    # A quiet one says now and then that it lives, by which it learns whether anybody waits for it.
    handle = Handle(lambda *_: say("alive", None), 1.0) if quiet else Handle(lambda *step: say("step", step))
    with suppress(OSError):
        try:
            say("done", work(handle, *args))
        except KnownError as error:
            say("refused", error)
        except BaseException as error:
            say("broken", "\n".join([f"{type_name(error)}, in another process:", *trace(error)]))

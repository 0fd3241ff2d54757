"""A chat with the copilot: its history, who answers, and what happens when nobody can.

No Qt here. Events reach the listener on the loop's thread; each one carries the number of its turn.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import queue
import threading
from collections.abc import Callable, Generator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from . import failures
from .client import Claude, host_of
from .context import SYSTEM, Context
from .keychain import Keychain, is_plausible
from .loop import Loop, in_thread
from .models import MODELS, Model
from .offline import Offline
from .protocol import Answerer, Done, Failed, FailureKind, History, Message, Text, Turn

logger = logging.getLogger(__name__)


class Source(StrEnum):
    """Who answers."""

    CLAUDE = "claude"
    OFFLINE = "offline"


@dataclass(frozen=True)
class Started:
    """An answer begins; after a failure a second one, offline."""

    source: Source


@dataclass(frozen=True)
class Stopped:
    """The turn was stopped; text that had arrived stays."""


@dataclass(frozen=True)
class Finished:
    """The turn is over. `cost` is an estimate in US dollars, None when Claude did not answer."""

    is_cut: bool = False
    cost: Decimal | None = None


@dataclass(frozen=True)
class Availability:
    """Who answers the next question, and when it is not Claude, why."""

    source: Source
    reason: Failed | None = None


Event = Started | Text | Failed | Finished | Stopped | Availability
Listener = Callable[[int, Event], None]
"""Gets a turn's number and an event of it. The last event of a turn is Finished or Stopped."""


class Session:
    """One chat. Every call returns at once and may come from any thread."""

    def __init__(
        self,
        keychain: Keychain,
        model: Model = MODELS[0],
        environ: Mapping[str, str] | None = None,
        offline: bool = False,
    ) -> None:
        self._keychain = keychain
        self._model = model
        self._environ = os.environ if environ is None else environ
        self._kept_offline = offline or self._environ.get("OPSPILOT_OFFLINE") == "1"
        self._loop = Loop(self._leave)
        self._lock = threading.Lock()
        self._listener: Listener = lambda _turn, _event: None
        self._history: History = ()
        self._turn = 0
        self._cancel: Callable[[], None] | None = None
        self._last: tuple[str, Context] | None = None
        self._claude: Claude | None = None
        self._reason: Failed | None = None

    @property
    def model(self) -> Model:
        """The model that is asked."""
        return self._model

    @property
    def history(self) -> History:
        """The finished turns with Claude; they go out again with the next question."""
        return self._history

    @property
    def is_busy(self) -> bool:
        """Whether a turn is under way."""
        return self._cancel is not None

    def listen(self, listener: Listener) -> None:
        """Sends the events to this listener, in place of the one before."""
        self._listener = listener

    def ask(self, question: str, context: Context) -> int:
        """Starts a turn and returns its number. A turn that is still under way is stopped first."""
        self.stop()
        with self._lock:
            self._turn += 1
            turn = self._turn
            self._last = (question, context)
            self._cancel = self._loop.run(
                self._answer(turn, Turn(question, context, self._history)),
                lambda task: self._end(turn, task),
            )
        return turn

    def retry(self) -> int | None:
        """Asks the last question again, about the same data; None when there is none."""
        last = self._last
        return self.ask(*last) if last is not None else None

    def stop(self) -> None:
        """Ends the turn under way, whatever it waits for; its last event follows at once."""
        with self._lock:
            cancel, self._cancel = self._cancel, None
        if cancel is not None:
            cancel()

    def new_chat(self) -> None:
        """Forgets the chat; a turn that is under way is stopped."""
        self.stop()
        with self._lock:
            self._turn += 1  # what still finishes belongs to the chat before
            self._history, self._last = (), None

    def set_model(self, model: Model) -> None:
        """Changes the model, which starts a new chat: what one model thought is of no use to another."""
        if model != self._model:
            self.new_chat()
            self._model = model

    def check(self) -> None:
        """Finds out who answers the next question; Availability follows, as turn 0.

        To be called when the chat is first shown and after the key has changed.
        """
        with contextlib.suppress(RuntimeError):  # closed: the window is going
            self._loop.run(self._check())

    def answers(self, question: str, context: Context) -> Generator[Event, None, None]:
        """Asks and yields the turn's events as they come, for a command line. Takes the listener's place."""
        events: queue.SimpleQueue[tuple[int, Event]] = queue.SimpleQueue()
        self.listen(lambda number, event: events.put((number, event)))
        turn = self.ask(question, context)
        try:
            while True:
                number, event = events.get()
                if number == turn:
                    yield event
                    if isinstance(event, Stopped | Finished):
                        return
        finally:
            self.stop()

    def close(self) -> None:
        """Stops everything and ends the loop's thread."""
        self.stop()
        self._loop.close()

    def preview(self, question: str, context: Context) -> str:
        """Exactly what the next question sends, and where to; says so when nothing is sent."""
        head = [f"To: {host_of(self._address)}", f"Model: {self._model.id}"]
        if self._kept_offline or self._reason is not None:
            head.insert(0, "Nothing is sent while the copilot is offline. Otherwise this would be:")
        parts = [("Instructions", SYSTEM)]
        for message in self._history:
            who = "Earlier question" if message["role"] == "user" else "Earlier answer"
            parts.append((who, _words(message)))
        parts += [("Data", context.text), ("Question", question or "(what you type)")]
        return "\n".join([*head, *(f"\n—— {title} ——\n\n{text}" for title, text in parts)])

    @property
    def _address(self) -> str | None:
        return self._environ.get("ANTHROPIC_BASE_URL") or None

    # On the loop's thread

    async def _answer(self, turn: int, asked: Turn) -> Finished:
        claude = await self._find_claude()
        if isinstance(claude, Claude):
            done = await self._pass_on(turn, Source.CLAUDE, claude, asked)
            if done is not None:
                self._commit(turn, done)
                cost = self._model.cost(done.usage) if done.usage is not None else None
                return Finished(done.is_cut, cost)
        else:
            self._emit(turn, claude)
        await self._pass_on(turn, Source.OFFLINE, Offline(), asked)
        return Finished()

    async def _pass_on(self, turn: int, source: Source, answerer: Answerer, asked: Turn) -> Done | None:
        """Hands an answer on piece by piece; None when it failed."""
        self._emit(turn, Started(source))
        async with contextlib.aclosing(answerer.ask(asked)) as pieces:
            async for piece in pieces:
                if isinstance(piece, Done):
                    return piece
                self._emit(turn, piece)
                if isinstance(piece, Failed):
                    return None
        return None

    def _commit(self, turn: int, done: Done) -> None:
        with self._lock:
            if turn == self._turn:
                self._history = (*self._history, *done.turn)

    def _end(self, turn: int, task: asyncio.Task[Finished]) -> None:
        with self._lock:
            if turn == self._turn:
                self._cancel = None
        if task.cancelled():
            self._emit(turn, Stopped())
        elif (error := task.exception()) is not None:
            logger.error("The copilot failed", exc_info=error)
            self._emit(turn, Failed("The copilot failed unexpectedly; try again.", FailureKind.UNEXPECTED))
            self._emit(turn, Finished())
        else:
            self._emit(turn, task.result())

    def _emit(self, turn: int, event: Event) -> None:
        self._listener(turn, event)

    async def _check(self) -> None:
        found = await self._look()
        if isinstance(found, Failed):
            self._emit(0, Availability(Source.OFFLINE, found))
        else:
            self._emit(0, Availability(Source.CLAUDE))

    async def _look(self) -> Claude | Failed:
        """Who can be asked with the key there is now, or why nobody can."""
        key = None if self._kept_offline else await in_thread(self._keychain.get)
        if self._kept_offline:
            self._reason = failures.OFFLINE
        elif key is None:
            self._reason = failures.NO_KEY
        else:
            self._reason = None if is_plausible(key) else failures.REFUSED_KEY
        return self._reason or Claude(key or "", self._model, self._address)

    async def _find_claude(self) -> Claude | Failed:
        """The same, with the connections of the question before as long as they still fit."""
        found = await self._look()
        if isinstance(found, Claude):
            if self._claude is not None and self._claude.is_same(found):
                return self._claude
            await self._leave()
            self._claude = found
        return found

    async def _leave(self) -> None:
        """Closes the connections to Claude."""
        claude, self._claude = self._claude, None
        if claude is not None:
            await claude.close()


def _words(message: Message) -> str:
    """A message's text, as it goes out."""
    return "\n\n".join(block["text"] for block in message["content"] if block["type"] == "text")

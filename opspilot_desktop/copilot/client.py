"""Claude through the Anthropic SDK: one streaming request a question.

The SDK is imported when the first question goes out; that takes most of a second and happens beside the loop.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import AsyncGenerator
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import urlsplit

from . import failures
from .context import SYSTEM
from .loop import in_thread
from .models import Model
from .protocol import Done, Failed, FailureKind, Message, Piece, Text, Turn, Usage

if TYPE_CHECKING:
    from anthropic import AsyncAnthropic
    from anthropic.types import Message as Answer
    from anthropic.types import MessageParam

logger = logging.getLogger(__name__)

DEFAULT_ADDRESS = "https://api.anthropic.com"
CONNECT_SECONDS = 5.0
READ_SECONDS = 45.0
TRIES = 3
MAX_PAUSES = 3
"""How often an answer that the server paused is taken up again."""


class Claude:
    """The answerer that asks Claude. One instance holds one connection pool, on one loop."""

    def __init__(self, api_key: str, model: Model, address: str | None = None) -> None:
        self._key = api_key
        self._model = model
        self._address = (address or DEFAULT_ADDRESS).rstrip("/")
        self._client: AsyncAnthropic | None = None

    def __repr__(self) -> str:
        return f"Claude(model={self._model.id}, address={self.host})"

    @property
    def host(self) -> str:
        """Who is asked, as the user knows it."""
        return host_of(self._address)

    def is_same(self, other: Claude) -> bool:
        """Whether both ask the same model of the same server with the same key."""
        return (self._key, self._model, self._address) == (other._key, other._model, other._address)

    async def ask(self, turn: Turn) -> AsyncGenerator[Piece, None]:
        """The answer as it arrives. An error becomes one Failed; text that came before it stays valid."""
        question = user_message(turn)
        messages: list[Message] = [*turn.history, question]
        usage = Usage()
        for _ in range(MAX_PAUSES + 1):
            answer: Answer | None = None
            async with contextlib.aclosing(self._stream(messages)) as pieces:
                async for piece in pieces:
                    if isinstance(piece, Text | Failed):
                        yield piece
                        if isinstance(piece, Failed):
                            return
                    else:
                        answer = piece
            if answer is None:
                yield failures.BROKEN_STREAM
                return
            usage += _usage(answer)
            content = _content(answer)
            if (ending := _ending(answer, content)) is not None:
                yield ending
                return
            if messages[-1]["role"] == "assistant":  # the answer goes on after a pause
                content = [*messages.pop()["content"], *content]
            messages.append({"role": "assistant", "content": content})
            if answer.stop_reason != "pause_turn":
                is_cut = answer.stop_reason == "max_tokens"
                yield Done(usage, is_cut, tuple(messages[len(turn.history) :]))
                return
        yield failures.ODD_ANSWER

    async def close(self) -> None:
        """Gives the connections back."""
        if self._client is not None:
            await self._client.close()
            self._client = None

    async def _stream(self, messages: list[Message]) -> AsyncGenerator[Text | Failed | Answer, None]:
        """One request: its text, then the whole answer; asked again while nothing has arrived yet."""
        try:
            client = await self._ready()
        except Exception as error:
            yield Failed(
                f"Claude cannot be asked ({type(error).__name__}); check ANTHROPIC_BASE_URL and the proxy"
                " settings.",
                FailureKind.UNEXPECTED,
            )
            return
        for attempt in range(1, TRIES + 1):
            has_begun = False
            try:
                async with client.messages.stream(**self._request(messages)) as stream:
                    async for event in stream:
                        if event.type == "text":
                            has_begun = True
                            yield Text(event.text)
                        elif event.type == "message_stop":
                            # Not get_final_message: it waits for a server that is slow to hang up.
                            yield stream.current_message_snapshot
                            return
                return  # the stream ended without its last event
            except Exception as error:
                wait = failures.retry_after(error) or 0.5 * 2 ** (attempt - 1)
                again = not has_begun and attempt < TRIES and failures.is_passing(error)
                if not again or wait > failures.MAX_WAIT:
                    failure = failures.failed(error, self.host)
                    # Which of the ways it failed, for who helps the user; never what was asked.
                    logger.info("Claude did not answer", extra={"kind": failure.kind}, exc_info=error)
                    yield failure
                    return
            await asyncio.sleep(wait)

    def _request(self, messages: list[Message]) -> dict[str, Any]:
        request: dict[str, Any] = {
            "model": self._model.id,
            "max_tokens": self._model.max_tokens,
            "system": [{"type": "text", "text": SYSTEM, "cache_control": {"type": "ephemeral"}}],
            "messages": cast("list[MessageParam]", messages),
            "output_config": {"effort": "low"},
        }
        if self._model.thinking is not None:
            request["thinking"] = {"type": self._model.thinking}
        return request

    async def _ready(self) -> AsyncAnthropic:
        if self._client is None:
            self._client = await in_thread(self._make)
        return self._client

    def _make(self) -> AsyncAnthropic:
        import anthropic

        client = anthropic.AsyncAnthropic(
            # Given outright, or environment variables and profiles on disk would win.
            api_key=self._key,
            base_url=self._address,
            timeout=anthropic.Timeout(READ_SECONDS, connect=CONNECT_SECONDS),
            # The SDK would wait as long as the server says, up to minutes and without a word.
            max_retries=0,
        )
        _ = client.messages  # loads the rest of the SDK here, beside the loop
        return client


def host_of(address: str | None) -> str:
    """The server's name in an address, without what may stand before it as a password."""
    address = address or DEFAULT_ADDRESS
    return urlsplit(address).netloc.rpartition("@")[2] or address


def user_message(turn: Turn) -> Message:
    """The newest message: the context as shown under "What is sent", then the question."""
    return {
        "role": "user",
        "content": [
            {"type": "text", "text": turn.context.text},
            {"type": "text", "text": turn.question},
        ],
    }


def _content(answer: Answer) -> list[dict[str, Any]]:
    """The answer's blocks as they go back with the next question: the same bytes every time."""
    blocks = [block.model_dump(mode="json", exclude_none=True) for block in answer.content]
    for block in blocks:
        block.pop("parsed_output", None)
    return [block for block in blocks if block.get("type") != "text" or block.get("text", "").strip()]


def _ending(answer: Answer, content: list[dict[str, Any]]) -> Failed | None:
    """What keeps a finished answer from counting as one."""
    if answer.stop_reason == "pause_turn" and content:
        return None
    if answer.stop_reason in ("end_turn", "stop_sequence", "max_tokens"):
        has_text = any(block.get("type") == "text" for block in content)
        return None if has_text else failures.ODD_ANSWER
    if answer.stop_reason == "refusal":
        return failures.REFUSAL
    if answer.stop_reason == "model_context_window_exceeded":
        return failures.CHAT_TOO_LONG
    return failures.ODD_ANSWER  # a tool was asked for, and none was offered


def _usage(answer: Answer) -> Usage:
    used = answer.usage
    return Usage(
        used.input_tokens,
        used.output_tokens,
        used.cache_creation_input_tokens or 0,
        used.cache_read_input_tokens or 0,
    )

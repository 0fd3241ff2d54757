"""The one protocol that both answerers speak: a turn goes in, pieces of an answer come out."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Protocol

from .context import Context

Message = Mapping[str, Any]
"""One message of a chat as the Messages API takes it: `role` and `content`."""
History = tuple[Message, ...]
"""The finished turns of a chat, question and answer in turn; only ever grows."""


class FailureKind(StrEnum):
    """Why there is no answer from Claude, for what is offered next; the sentence tells the user."""

    NO_KEY = "no_key"
    OFFLINE = "offline"  # chosen by OPSPILOT_OFFLINE
    REFUSED_KEY = "refused_key"
    NOT_ALLOWED = "not_allowed"
    RATE_LIMIT = "rate_limit"
    OVERLOADED = "overloaded"
    SERVER = "server"
    NO_CONNECTION = "no_connection"
    NOT_SECURE = "not_secure"
    TIMEOUT = "timeout"
    BROKEN_STREAM = "broken_stream"
    TOO_LONG = "too_long"
    REFUSAL = "refusal"
    BAD_REQUEST = "bad_request"
    UNEXPECTED = "unexpected"

    @property
    def wants_key(self) -> bool:
        """Whether the remedy is a key, in Settings."""
        return self in (FailureKind.NO_KEY, FailureKind.REFUSED_KEY, FailureKind.NOT_ALLOWED)

    @property
    def may_pass(self) -> bool:
        """Whether asking once more can help, where need be after the remedy."""
        return self not in (FailureKind.OFFLINE, FailureKind.TOO_LONG)


@dataclass(frozen=True)
class Usage:
    """Tokens of one answer, as the API counts them."""

    input_tokens: int = 0
    output_tokens: int = 0
    cache_write_tokens: int = 0
    cache_read_tokens: int = 0

    @property
    def prompt_tokens(self) -> int:
        """All of the input, cached or not."""
        return self.input_tokens + self.cache_write_tokens + self.cache_read_tokens

    def __add__(self, other: Usage) -> Usage:
        """Both answers' tokens together."""
        return Usage(
            self.input_tokens + other.input_tokens,
            self.output_tokens + other.output_tokens,
            self.cache_write_tokens + other.cache_write_tokens,
            self.cache_read_tokens + other.cache_read_tokens,
        )


@dataclass(frozen=True)
class Text:
    """The next piece of the answer, as Markdown."""

    delta: str


@dataclass(frozen=True)
class Done:
    """The answer is whole. `turn` is what the history grows by; empty when nothing was sent."""

    usage: Usage | None = None
    is_cut: bool = False  # the answer reached its length limit
    turn: History = ()


@dataclass(frozen=True)
class Failed:
    """There is no (whole) answer: one sentence for the user, with the remedy."""

    sentence: str
    kind: FailureKind


Piece = Text | Done | Failed


@dataclass(frozen=True)
class Turn:
    """A question, the data it is asked about, and the chat before it."""

    question: str
    context: Context
    history: History = ()


class Answerer(Protocol):
    """Answers a turn piece by piece; the last piece is Done or Failed."""

    def ask(self, turn: Turn) -> AsyncGenerator[Piece, None]:
        """The pieces of the answer. Cancelling the task that awaits them ends it at once."""
        ...

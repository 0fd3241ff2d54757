"""What went wrong between here and Claude, in one sentence with its remedy.

The SDK's errors arrive in three ways: typed by status, as a plain status error of 200 when the stream itself
reports an error, and as raw transport errors when the connection breaks in mid-stream.
"""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from typing import TYPE_CHECKING

from .protocol import Failed, FailureKind

if TYPE_CHECKING:
    from anthropic import APIStatusError

MAX_WAIT = 5.0
"""Seconds the copilot waits by itself before it asks again; beyond that the user is told how long."""

NO_KEY = Failed(
    "No API key is set, so the answer below is worked out on this machine; add a key in Settings to ask"
    " Claude.",
    FailureKind.NO_KEY,
)
OFFLINE = Failed(
    "The copilot is kept offline (OPSPILOT_OFFLINE is set), so the answer below is worked out on this"
    " machine.",
    FailureKind.OFFLINE,
)
REFUSED_KEY = Failed("The API key was refused; enter a valid one in Settings.", FailureKind.REFUSED_KEY)
REFUSAL = Failed(
    "Claude declined to answer this; ask in another way, or about the issue's figures.", FailureKind.REFUSAL
)
BROKEN_STREAM = Failed(
    "The connection broke off in the middle of the answer; what had arrived is kept. Try again.",
    FailureKind.BROKEN_STREAM,
)
CHAT_TOO_LONG = Failed("This chat has grown too long for the model; start a new chat.", FailureKind.TOO_LONG)
ODD_ANSWER = Failed(
    "Claude's answer was of a kind that this version does not understand; try again.", FailureKind.UNEXPECTED
)


def failed(error: Exception, address: str) -> Failed:
    """The sentence for an error raised while asking the server at this address."""
    import anthropic

    if isinstance(error, anthropic.APITimeoutError):
        return _timeout(address)
    if isinstance(error, anthropic.APIConnectionError):
        return _no_connection(error, address)
    if isinstance(error, anthropic.APIStatusError):
        return _status(error)
    return _transport(error, address)


def is_passing(error: Exception) -> bool:
    """Whether asking again at once may help, as long as no text has arrived."""
    import anthropic

    if isinstance(error, anthropic.APITimeoutError):
        return False  # the user has waited long enough
    if isinstance(error, anthropic.APIConnectionError):
        return not any(isinstance(cause, ssl.SSLError) for cause in _causes(error))
    if not isinstance(error, anthropic.APIStatusError):
        return False
    told = error.response.headers.get("x-should-retry")
    if told is not None:
        return bool(told == "true")
    return error.status_code in (408, 409, 429) or error.status_code >= 500 or error.type in _PASSING_TYPES


def retry_after(error: Exception) -> float | None:
    """Seconds the server asks to wait before the next try, if it says so."""
    import anthropic

    if not isinstance(error, anthropic.APIStatusError):
        return None
    try:
        return max(0.0, float(error.response.headers.get("retry-after", "")))
    except ValueError:  # absent, or a date, which no limit of this API uses
        return None


_PASSING_TYPES = ("overloaded_error", "api_error", "timeout_error")

_NOT_ALLOWED = (
    "The API key is valid but may not be used for this (credit, model or workspace);"
    " check its account in the Claude Console or enter another key in Settings."
)
_BAD_REQUEST = (
    "The server refused the request; start a new chat and ask again, or choose another model in Settings."
)
_BY_STATUS: tuple[tuple[int, str, FailureKind, str], ...] = (
    (401, "authentication_error", REFUSED_KEY.kind, REFUSED_KEY.sentence),
    (402, "billing_error", FailureKind.NOT_ALLOWED, _NOT_ALLOWED),
    (403, "permission_error", FailureKind.NOT_ALLOWED, _NOT_ALLOWED),
    (
        404,
        "not_found_error",
        FailureKind.BAD_REQUEST,
        "The server does not know this model; choose another one in Settings.",
    ),
    (413, "request_too_large", CHAT_TOO_LONG.kind, CHAT_TOO_LONG.sentence),
    (
        429,
        "rate_limit_error",
        FailureKind.RATE_LIMIT,
        "The rate limit of the API key is reached; try again {when}.",
    ),
    (
        529,
        "overloaded_error",
        FailureKind.OVERLOADED,
        "Claude is overloaded just now; try again {when}.",
    ),
)
"""Status, error type (which alone tells when the stream itself reports the error), kind, sentence."""


def _status(error: APIStatusError) -> Failed:
    for status, error_type, kind, sentence in _BY_STATUS:
        if error.status_code == status or error.type == error_type:
            return Failed(sentence.format(when=_when(error)), kind)
    if error.status_code >= 500 or error.type in _PASSING_TYPES:
        return Failed(f"Claude's server reported an error; try again {_when(error)}.", FailureKind.SERVER)
    return Failed(_BAD_REQUEST, FailureKind.BAD_REQUEST)


def _when(error: Exception) -> str:
    seconds = retry_after(error)
    if seconds is None:
        return "in a moment"
    if seconds < 90:
        return f"in {max(1, round(seconds))} s"
    return f"in {round(seconds / 60)} min"


def _no_connection(error: Exception, address: str) -> Failed:
    if any(isinstance(cause, ssl.SSLError) for cause in _causes(error)):
        return Failed(
            f"The connection to {address} is not secure (its certificate cannot be verified);"
            " ask your administrator about the network's proxy.",
            FailureKind.NOT_SECURE,
        )
    return Failed(
        f"{address} cannot be reached; check the network connection and try again.", FailureKind.NO_CONNECTION
    )


def _timeout(address: str) -> Failed:
    return Failed(f"{address} did not answer in time; try again.", FailureKind.TIMEOUT)


def _transport(error: Exception, address: str) -> Failed:
    """An error of the connection itself, in mid-stream: never wrapped and never repeated by the SDK."""
    import httpx2

    if isinstance(error, httpx2.TimeoutException):
        return Failed(
            "The answer stalled and was given up; what had arrived is kept. Try again.", FailureKind.TIMEOUT
        )
    if isinstance(error, httpx2.TransportError | ValueError):  # ValueError: a piece that is not JSON
        return BROKEN_STREAM
    return Failed(
        f"Asking Claude failed unexpectedly ({type(error).__name__}); try again.", FailureKind.UNEXPECTED
    )


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__

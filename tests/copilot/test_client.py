import asyncio
import contextlib
import subprocess
import sys
import time
from collections.abc import Callable

import httpx2
import pytest

from opspilot_desktop.copilot import client as client_module
from opspilot_desktop.copilot.client import Claude, host_of
from opspilot_desktop.copilot.context import SYSTEM, build
from opspilot_desktop.copilot.models import MODELS, Model, model
from opspilot_desktop.copilot.protocol import Done, Failed, FailureKind, History, Piece, Text, Turn, Usage
from tests.helpers import situations
from tests.helpers.fake_claude import KEY, FakeClaude, refused_port

CONTEXT = build(situations.overview(), situations.fee_with_wrong_sign())


def ask(claude: Claude, question: str = "Why?", history: History = ()) -> list[Piece]:
    async def collect() -> list[Piece]:
        try:
            return [piece async for piece in claude.ask(Turn(question, CONTEXT, history))]
        finally:
            await claude.close()

    return asyncio.run(collect())


def claude_at(fake: FakeClaude, which: Model = MODELS[0], key: str = KEY) -> Claude:
    return Claude(key, which, fake.url)


def text_of(pieces: list[Piece]) -> str:
    return "".join(piece.delta for piece in pieces if isinstance(piece, Text))


def failure_of(pieces: list[Piece]) -> Failed:
    last = pieces[-1]
    assert isinstance(last, Failed), pieces
    assert sum(isinstance(piece, Failed) for piece in pieces) == 1
    assert last.sentence.rstrip().endswith(".")
    return last


def test_an_answer_streams_piece_by_piece(fake: FakeClaude) -> None:
    fake.reply("The ledger is ", "**1,250.00** ", "below.", usage={"cache_read_input_tokens": 7})
    *texts, done = ask(claude_at(fake))
    assert [piece.delta for piece in texts if isinstance(piece, Text)] == [
        "The ledger is ",
        "**1,250.00** ",
        "below.",
    ]
    assert isinstance(done, Done)
    assert done.usage == Usage(1200, 42, 0, 7)
    assert not done.is_cut


def test_the_request_is_exactly_what_is_shown(fake: FakeClaude) -> None:
    ask(claude_at(fake), "Why does 1042 not match?")
    (request,) = fake.requests
    assert request.path == "/v1/messages"
    assert request.headers["authorization"] == f"Bearer {KEY}"
    assert request.body == {
        "model": "claude-sonnet-5-5",
        "max_tokens": 4000,
        "stream": True,
        "system": [{"type": "text", "text": SYSTEM, "cache_control": {"type": "ephemeral"}}],
        "messages": [
            {
                "role": "user",
                "content": [
                    {"type": "text", "text": CONTEXT.text},
                    {"type": "text", "text": "Why does 1042 not match?"},
                ],
            }
        ],
        "output_config": {"effort": "low"},
        "thinking": {"type": "between_tools"},
    }


@pytest.mark.parametrize("which", MODELS, ids=lambda which: which.id)
def test_every_model_gets_what_it_accepts(fake: FakeClaude, which: Model) -> None:
    fake.reply("Yes.", thinking="The sign." if which.thinking is None else None)
    pieces = ask(claude_at(fake, which))
    assert text_of(pieces) == "Yes."
    assert isinstance(pieces[-1], Done)


def test_the_history_goes_out_again_byte_for_byte(fake: FakeClaude) -> None:
    history: History = ()
    for number in range(3):
        fake.reply(f"Answer {number}.", thinking="Hm.")
        done = ask(claude_at(fake, model("claude-opus-5-5")), f"Question {number}?", history)[-1]
        assert isinstance(done, Done)
        history = (*history, *done.turn)
    assert [len(request.body["messages"]) for request in fake.requests] == [1, 3, 5]
    for earlier, later in zip(fake.requests, fake.requests[1:], strict=False):
        sent = earlier.body["messages"]
        assert later.body["messages"][: len(sent)] == sent
        assert later.body["system"] == earlier.body["system"]
    answer = fake.requests[1].body["messages"][1]["content"]
    assert answer == [
        {"type": "thinking", "thinking": "Hm.", "signature": "c2lnbmVk"},
        {"type": "text", "text": "Answer 0."},
    ]


def test_an_answer_cut_at_its_limit_says_so(fake: FakeClaude) -> None:
    fake.reply("And then", stop_reason="max_tokens")
    done = ask(claude_at(fake))[-1]
    assert isinstance(done, Done)
    assert done.is_cut


def test_a_paused_answer_goes_on(fake: FakeClaude) -> None:
    fake.reply("First ", stop_reason="pause_turn")
    fake.reply("and second.")
    *texts, done = ask(claude_at(fake))
    assert text_of(texts) == "First and second."
    assert isinstance(done, Done)
    assert [message["role"] for message in done.turn] == ["user", "assistant"]
    assert done.usage == Usage(2400, 84)
    assert [message["role"] for message in fake.requests[1].body["messages"]] == ["user", "assistant"]
    assert fake.violations == []


def test_an_answer_that_is_paused_for_ever_ends(fake: FakeClaude) -> None:
    for _ in range(4):
        fake.reply("x", stop_reason="pause_turn")
    assert failure_of(ask(claude_at(fake))).kind is FailureKind.UNEXPECTED


Script = Callable[[FakeClaude], None]


@pytest.mark.parametrize(
    ("script", "kind", "says"),
    [
        (lambda f: f.refuse(401, "authentication_error"), "refused_key", "The API key was refused"),
        (lambda f: f.refuse(402, "billing_error"), "not_allowed", "check its account"),
        (lambda f: f.refuse(403, "permission_error"), "not_allowed", "check its account"),
        (lambda f: f.refuse(404, "not_found_error"), "bad_request", "choose another one in Settings"),
        (lambda f: f.refuse(413, "request_too_large"), "too_long", "start a new chat"),
        (lambda f: f.refuse(400, "invalid_request_error"), "bad_request", "start a new chat and ask again"),
        (lambda f: f.refuse(429, "rate_limit_error", retry_after="37"), "rate_limit", "try again in 37 s"),
        (lambda f: f.refuse(429, "rate_limit_error", retry_after="600"), "rate_limit", "try again in 10 min"),
        (lambda f: f.refuse(529, "overloaded_error", 3), "overloaded", "overloaded just now; try again"),
        (lambda f: f.refuse(500, "api_error", 3), "server", "reported an error"),
        (lambda f: f.reply(stop_reason="refusal"), "refusal", "declined"),
        (lambda f: f.reply("x", stop_reason="model_context_window_exceeded"), "too_long", "new chat"),
        (lambda f: f.reply("x", stop_reason="tool_use"), "unexpected", "does not understand"),
        (lambda f: f.reply(), "unexpected", "does not understand"),
    ],
)
def test_each_refusal_is_one_sentence_with_its_remedy(
    fake: FakeClaude, script: Script, kind: str, says: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    waits = record_waits(monkeypatch)
    script(fake)
    failure = failure_of(ask(claude_at(fake)))
    assert failure.kind == kind
    assert says in failure.sentence
    assert fake.replies == []  # every scripted reply was asked for, and no further one
    assert all(wait <= 5 for wait in waits)


def record_waits(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Keeps the waits between tries, and waits not at all."""
    waits: list[float] = []

    async def sleep(seconds: float) -> None:
        waits.append(seconds)

    patched = type("asyncio", (), {"sleep": staticmethod(sleep)})
    monkeypatch.setattr(client_module, "asyncio", patched)
    return waits


@pytest.mark.parametrize(
    ("end", "error_type", "kind", "says"),
    [
        ("error", "overloaded_error", "overloaded", "overloaded just now"),
        ("error", "api_error", "server", "reported an error"),
        ("error", "rate_limit_error", "rate_limit", "rate limit"),
        ("disconnect", "", "broken_stream", "broke off in the middle"),
        ("quiet", "", "broken_stream", "broke off in the middle"),
        ("garbage", "", "broken_stream", "broke off in the middle"),
    ],
)
def test_a_stream_that_breaks_keeps_its_text(
    fake: FakeClaude, end: str, error_type: str, kind: str, says: str
) -> None:
    fake.reply("The ledger ", "is below", end=end, error_type=error_type)
    pieces = ask(claude_at(fake))
    assert text_of(pieces) == "The ledger is below"
    failure = failure_of(pieces)
    assert failure.kind == kind
    assert says in failure.sentence
    assert len(fake.requests) == 1  # text has been shown, so nothing is asked again by itself


def test_a_stalled_stream_is_given_up(fake: FakeClaude, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client_module, "READ_SECONDS", 0.2)
    fake.reply("The ledger", end="stall")
    pieces = ask(claude_at(fake))
    assert text_of(pieces) == "The ledger"
    failure = failure_of(pieces)
    assert failure.kind is FailureKind.TIMEOUT
    assert "stalled" in failure.sentence


def test_a_server_that_never_answers_is_given_up(fake: FakeClaude, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client_module, "READ_SECONDS", 0.2)
    fake.reply(status=200, end="stall")
    failure = failure_of(ask(claude_at(fake)))
    assert failure.kind is FailureKind.TIMEOUT


def test_the_time_limits() -> None:
    claude = Claude(KEY, MODELS[0])
    made = claude._make()
    assert made.timeout == httpx2.Timeout(45.0, connect=5.0)
    assert made.max_retries == 0


def test_a_refused_port(monkeypatch: pytest.MonkeyPatch) -> None:
    waits = record_waits(monkeypatch)
    failure = failure_of(ask(Claude(KEY, MODELS[0], refused_port())))
    assert failure.kind is FailureKind.NO_CONNECTION
    assert "127.0.0.1" in failure.sentence
    assert "cannot be reached" in failure.sentence
    assert len(waits) == 2


def test_a_name_that_is_not_known(monkeypatch: pytest.MonkeyPatch) -> None:
    record_waits(monkeypatch)
    failure = failure_of(ask(Claude(KEY, MODELS[0], "http://no-such-host.invalid")))
    assert failure.kind is FailureKind.NO_CONNECTION
    assert "no-such-host.invalid cannot be reached" in failure.sentence


def test_a_connection_that_is_not_secure(fake: FakeClaude, monkeypatch: pytest.MonkeyPatch) -> None:
    record_waits(monkeypatch)
    failure = failure_of(ask(Claude(KEY, MODELS[0], fake.url.replace("http:", "https:"))))
    assert failure.kind is FailureKind.NOT_SECURE


def test_an_address_that_is_none() -> None:
    failure = failure_of(ask(Claude(KEY, MODELS[0], "not an address")))
    assert failure.kind in (FailureKind.UNEXPECTED, FailureKind.NO_CONNECTION)


@pytest.mark.parametrize(
    ("headers", "waited"),
    [({"retry_after": "2"}, [2.0]), ({}, [0.5]), ({"retry_after": "Wed, 21 Oct 2026 07:28:00 GMT"}, [0.5])],
)
def test_a_short_limit_is_waited_for(
    fake: FakeClaude, headers: dict[str, str], waited: list[float], monkeypatch: pytest.MonkeyPatch
) -> None:
    waits = record_waits(monkeypatch)
    fake.refuse(429, "rate_limit_error", **headers)
    fake.reply("Here.")
    pieces = ask(claude_at(fake))
    assert text_of(pieces) == "Here."
    assert waits == waited


def test_an_overload_before_any_text_is_asked_again(
    fake: FakeClaude, monkeypatch: pytest.MonkeyPatch
) -> None:
    waits = record_waits(monkeypatch)
    fake.reply(end="error")
    fake.reply("Here.")
    assert text_of(ask(claude_at(fake))) == "Here."
    assert waits == [0.5]


def test_the_server_may_forbid_another_try(fake: FakeClaude, monkeypatch: pytest.MonkeyPatch) -> None:
    waits = record_waits(monkeypatch)
    fake.refuse(529, "overloaded_error", x_should_retry="false")
    failure_of(ask(claude_at(fake)))
    assert waits == []


def test_the_explicit_key_and_address_win(fake: FakeClaude, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ANTHROPIC_API_KEY", "sk-ant-other")
    monkeypatch.setenv("ANTHROPIC_AUTH_TOKEN", "another")
    monkeypatch.setenv("ANTHROPIC_BASE_URL", refused_port())
    assert text_of(ask(claude_at(fake))) == "Hello."
    assert fake.requests[0].headers["authorization"] == f"Bearer {KEY}"


def test_cancelling_a_stalled_stream_frees_the_client(fake: FakeClaude) -> None:
    async def scenario() -> tuple[float, list[Piece]]:
        claude = claude_at(fake)
        fake.reply("The ledger", end="stall")
        begun = asyncio.Event()

        async def read() -> None:
            async for _ in claude.ask(Turn("Why?", CONTEXT)):
                begun.set()

        task = asyncio.create_task(read())
        await begun.wait()
        await asyncio.sleep(0.05)
        start = time.perf_counter()
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task
        took = time.perf_counter() - start
        pieces = [piece async for piece in claude.ask(Turn("Again?", CONTEXT))]
        await claude.close()
        return took, pieces

    took, pieces = asyncio.run(scenario())
    assert took < 0.1
    assert text_of(pieces) == "Hello."
    assert fake.left.wait(5)


def test_the_key_is_in_no_repr_and_no_log(fake: FakeClaude, caplog: pytest.LogCaptureFixture) -> None:
    claude = claude_at(fake, key="sk-ant-wrong-0123456789")
    with caplog.at_level("DEBUG"):
        failure_of(ask(claude))
    assert "sk-ant-wrong" not in repr(claude) + caplog.text
    assert "Claude did not answer" in caplog.text


def test_the_host_is_named_without_a_password() -> None:
    assert host_of(None) == "api.anthropic.com"
    assert host_of("https://user:secret@proxy.example:8443/v1") == "proxy.example:8443"


def run_python(code: str) -> str:
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return done.stdout.strip()


def test_slow_libraries_wait_for_the_first_question() -> None:
    code = """
import sys
import opspilot_desktop.copilot.session, opspilot_desktop.copilot.client
from opspilot_desktop.copilot.keychain import Keychain
from opspilot_desktop.copilot.session import Session
from opspilot_desktop.copilot.context import build
from opspilot_desktop.domain.situation import Overview
session = Session(Keychain({}, lambda: None), environ={})
print([type(event).__name__ for event in session.answers("Why?", build(Overview(), None))])
session.close()
print([name for name in ("anthropic", "httpx2", "keyring", "PySide6", "sqlalchemy") if name in sys.modules])
"""
    assert run_python(code).splitlines() == ["['Failed', 'Started', 'Text', 'Finished']", "[]"]

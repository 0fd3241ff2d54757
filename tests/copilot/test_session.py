import logging
import threading
import time

import pytest

from opspilot_desktop.copilot import session as session_module
from opspilot_desktop.copilot.context import SYSTEM, Context, build
from opspilot_desktop.copilot.keychain import Keychain
from opspilot_desktop.copilot.models import MODELS, model
from opspilot_desktop.copilot.protocol import FailureKind, Text
from opspilot_desktop.copilot.session import (
    Availability,
    Finished,
    Session,
    Source,
    Started,
    Stopped,
)
from tests.copilot.conftest import Open
from tests.helpers import situations
from tests.helpers.chat import Heard
from tests.helpers.fake_claude import FakeClaude, refused_port

CONTEXT = build(situations.overview(), situations.fee_with_wrong_sign())
NO_SELECTION = build(situations.overview(), None)


def ask(session: Session, heard: Heard, question: str = "Why?", context: Context = CONTEXT) -> int:
    turn = session.ask(question, context)
    heard.wait_for_end(turn)
    return turn


def test_an_answer_from_claude(fake: FakeClaude, open_session: Open) -> None:
    session, heard = open_session()
    fake.reply("The ledger ", "is below.", usage={"input_tokens": 1_000, "output_tokens": 100})
    turn = ask(session, heard)
    started, *texts, finished = heard.of(turn)
    assert started == Started(Source.CLAUDE)
    assert texts == [Text("The ledger "), Text("is below.")]
    assert isinstance(finished, Finished)
    assert finished.cost is not None
    assert finished.cost > 0
    assert not session.is_busy


def test_the_request_is_what_the_preview_showed(fake: FakeClaude, open_session: Open) -> None:
    session, heard = open_session()
    ask(session, heard, "First?")
    preview = session.preview("Second?", CONTEXT)
    ask(session, heard, "Second?")
    body = fake.requests[1].body
    shown = preview.split("——")
    assert shown[0].startswith(f"To: {fake.url.removeprefix('http://')}\nModel: {body['model']}")
    titles, texts = [part.strip() for part in shown[1::2]], [part.strip() for part in shown[2::2]]
    assert titles == ["Instructions", "Earlier question", "Earlier answer", "Data", "Question"]
    earlier, answer, newest = body["messages"]
    assert texts == [
        body["system"][0]["text"],
        f"{earlier['content'][0]['text']}\n\n{earlier['content'][1]['text']}",
        answer["content"][0]["text"],
        newest["content"][0]["text"],
        newest["content"][1]["text"],
    ]
    assert newest["content"][1]["text"] == "Second?"
    assert body["system"][0]["text"] == SYSTEM


def test_the_history_only_grows_and_only_by_whole_answers(fake: FakeClaude, open_session: Open) -> None:
    session, heard = open_session()
    ask(session, heard, "One?")
    first = session.history
    fake.reply("Half an ans", end="disconnect")
    ask(session, heard, "Two?")
    assert session.history == first
    ask(session, heard, "Three?")
    assert session.history[: len(first)] == first
    assert [message["role"] for message in session.history] == ["user", "assistant"] * 2
    questions = [message["content"][-1]["text"] for message in fake.requests[-1].body["messages"][::2]]
    assert questions == ["One?", "Three?"]


def test_with_no_key_one_sentence_and_the_offline_explanation(fake: FakeClaude, open_session: Open) -> None:
    session, heard = open_session({"ANTHROPIC_BASE_URL": fake.url})
    turn = ask(session, heard)
    (failure,) = heard.failures(turn)
    assert failure.kind is FailureKind.NO_KEY
    assert "Settings" in failure.sentence
    assert "1,250.00 too little" in heard.text(turn, Source.OFFLINE)
    assert "Nothing is sent" in session.preview("Why?", CONTEXT)
    assert fake.requests == []


def test_kept_offline_asks_nobody(fake: FakeClaude, open_session: Open) -> None:
    for session, heard in (
        open_session(fake.environ | {"OPSPILOT_OFFLINE": "1"}),
        open_session(offline=True),
    ):
        turn = ask(session, heard, context=NO_SELECTION)
        assert heard.failures(turn)[0].kind is FailureKind.OFFLINE
        assert "214" in heard.text(turn, Source.OFFLINE)
        assert "Nothing is sent" in session.preview("", CONTEXT)
    assert fake.requests == []


def test_a_key_that_cannot_be_one_is_not_sent(fake: FakeClaude, open_session: Open) -> None:
    session, heard = open_session(fake.environ | {"ANTHROPIC_API_KEY": "sk-ant with spaces"})
    assert heard.failures(ask(session, heard))[0].kind is FailureKind.REFUSED_KEY
    assert fake.requests == []


@pytest.mark.parametrize(
    ("end", "kind"),
    [("disconnect", FailureKind.BROKEN_STREAM), ("error", FailureKind.OVERLOADED)],
)
def test_a_broken_stream_keeps_its_text_and_goes_on_offline(
    fake: FakeClaude, open_session: Open, end: str, kind: FailureKind
) -> None:
    session, heard = open_session()
    fake.reply("The ledger ", end=end)
    turn = ask(session, heard)
    assert heard.text(turn) == "The ledger "
    assert [failure.kind for failure in heard.failures(turn)] == [kind]
    assert heard.text(turn, Source.OFFLINE).startswith("*Offline explanation")
    assert [type(event) for event in heard.of(turn)] == [
        Started,
        Text,
        type(heard.failures(turn)[0]),
        Started,
        Text,
        Finished,
    ]


@pytest.mark.parametrize(("status", "error_type"), [(401, "authentication_error"), (429, "rate_limit_error")])
def test_a_refusal_goes_on_offline(
    fake: FakeClaude, open_session: Open, status: int, error_type: str
) -> None:
    session, heard = open_session()
    fake.refuse(status, error_type, retry_after="60")
    turn = ask(session, heard)
    assert len(heard.failures(turn)) == 1
    assert "### What is wrong" in heard.text(turn, Source.OFFLINE)


def test_no_network_goes_on_offline(open_session: Open, fake: FakeClaude) -> None:
    session, heard = open_session(fake.environ | {"ANTHROPIC_BASE_URL": refused_port()})
    turn = ask(session, heard)
    assert heard.failures(turn)[0].kind is FailureKind.NO_CONNECTION
    assert heard.text(turn, Source.OFFLINE)


def test_retry_asks_the_same_again(fake: FakeClaude, open_session: Open) -> None:
    session, heard = open_session()
    assert session.retry() is None
    fake.reply("Half", end="disconnect")
    ask(session, heard, "Why?")
    turn = session.retry()
    assert turn is not None
    heard.wait_for_end(turn)
    assert heard.text(turn) == "Hello."
    assert fake.requests[0].body == fake.requests[1].body


def test_stop_ends_a_stalled_stream_within_100_ms(fake: FakeClaude, open_session: Open) -> None:
    session, heard = open_session()
    for _ in range(3):
        fake.stalled.clear()
        fake.left.clear()
        fake.reply("The ledger", end="stall")
        turn = session.ask("Why?", CONTEXT)
        assert fake.stalled.wait(10)
        heard.wait(lambda turn=turn: Text("The ledger") in heard.of(turn))
        start = time.perf_counter()
        session.stop()
        returned = time.perf_counter() - start
        heard.wait_for_end(turn)
        ended = heard.times[-1] - start
        assert heard.of(turn)[-1] == Stopped()
        assert returned < 0.1
        assert ended < 0.1, f"Stop took {ended * 1000:.0f} ms"
        assert fake.left.wait(5), "the connection is still open"
        assert heard.text(turn) == "The ledger"
    assert session.history == ()
    turn = ask(session, heard)  # and the session is as good as new
    assert heard.text(turn) == "Hello."


def test_stop_before_anything_has_arrived(fake: FakeClaude, open_session: Open) -> None:
    session, heard = open_session()
    turn = session.ask("Why?", CONTEXT)
    session.stop()
    assert not session.is_busy
    heard.wait_for_end(turn)
    assert heard.of(turn)[-1] == Stopped()
    session.stop()


def test_stop_while_the_keychain_hangs() -> None:
    asked, release = threading.Event(), threading.Event()

    class Slow:
        def get_password(self, service: str, username: str) -> str | None:
            asked.set()
            release.wait(30)
            return None

        def set_password(self, service: str, username: str, password: str) -> None:
            raise NotImplementedError

        def delete_password(self, service: str, username: str) -> None:
            raise NotImplementedError

    session = Session(Keychain({}, Slow), environ={})
    heard = Heard(session)
    turn = session.ask("Why?", CONTEXT)
    assert asked.wait(10)
    start = time.perf_counter()
    session.stop()
    heard.wait_for_end(turn)
    assert heard.times[-1] - start < 0.1
    session.close()
    release.set()


def test_a_new_question_stops_the_one_before(fake: FakeClaude, open_session: Open) -> None:
    session, heard = open_session()
    fake.reply("One", end="stall")
    first = session.ask("One?", CONTEXT)
    assert fake.stalled.wait(10)
    second = ask(session, heard, "Two?")
    heard.wait_for_end(first)
    assert heard.of(first)[-1] == Stopped()
    assert heard.text(second) == "Hello."
    assert len(session.history) == 2


def test_a_new_chat_forgets(fake: FakeClaude, open_session: Open) -> None:
    session, heard = open_session()
    ask(session, heard)
    session.new_chat()
    assert session.history == ()
    assert session.retry() is None
    ask(session, heard)
    assert len(fake.requests[1].body["messages"]) == 1


def test_another_model_starts_a_new_chat(fake: FakeClaude, open_session: Open) -> None:
    session, heard = open_session()
    ask(session, heard)
    session.set_model(session.model)
    assert len(session.history) == 2
    session.set_model(model("claude-opus-5-5"))
    assert session.history == ()
    ask(session, heard)
    assert fake.requests[1].body["model"] == "claude-opus-5-5"
    assert len(fake.requests[1].body["messages"]) == 1


def test_a_key_entered_in_between_is_used(fake: FakeClaude) -> None:
    environ = {"ANTHROPIC_BASE_URL": fake.url}
    keychain = Keychain(environ, lambda: None)
    session = Session(keychain, MODELS[0], environ)
    heard = Heard(session)
    session.check()
    heard.wait(lambda: heard.of(0))
    (availability,) = heard.of(0)
    assert isinstance(availability, Availability)
    assert availability.source is Source.OFFLINE
    assert availability.reason is not None
    keychain.set(fake.key)
    session.check()
    heard.wait(lambda: len(heard.of(0)) == 2)
    assert heard.of(0)[1] == Availability(Source.CLAUDE)
    assert "Nothing is sent" not in session.preview("", CONTEXT)
    assert heard.text(ask(session, heard)) == "Hello."
    keychain.set("sk-ant-another")
    assert heard.failures(ask(session, heard))[0].kind is FailureKind.REFUSED_KEY
    session.close()


def test_answers_for_a_command_line(fake: FakeClaude, open_session: Open) -> None:
    session, _ = open_session()
    fake.reply("The ledger", " is below.")
    events = list(session.answers("Why?", CONTEXT))
    assert events[0] == Started(Source.CLAUDE)
    assert "".join(event.delta for event in events if isinstance(event, Text)) == "The ledger is below."
    assert isinstance(events[-1], Finished)


def test_leaving_a_command_line_answer_stops_it(fake: FakeClaude, open_session: Open) -> None:
    session, _ = open_session()
    fake.reply("The ledger", end="stall")
    events = session.answers("Why?", CONTEXT)
    for event in events:
        if isinstance(event, Text):
            break
    events.close()
    assert fake.left.wait(5)


@pytest.mark.expects_log("The copilot failed")
def test_a_fault_of_the_copilot_itself_still_ends_the_turn(
    open_session: Open, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    class Broken:
        def ask(self, _: object) -> object:
            raise LookupError("a fault")

    monkeypatch.setattr(session_module, "Offline", Broken)
    session, heard = open_session(offline=True)
    turn = ask(session, heard)
    assert heard.failures(turn)[-1].kind is FailureKind.UNEXPECTED
    assert isinstance(heard.of(turn)[-1], Finished)
    assert not session.is_busy
    assert any(record.levelno == logging.ERROR for record in caplog.records)


def test_a_closed_session_is_asked_in_vain(open_session: Open) -> None:
    session, _ = open_session()
    session.close()
    session.check()
    session.stop()
    with pytest.raises(RuntimeError, match="closed"):
        session.ask("Why?", CONTEXT)


def test_closing_ends_a_stalled_turn(fake: FakeClaude, open_session: Open) -> None:
    session, _ = open_session()
    fake.reply("The ledger", end="stall")
    session.ask("Why?", CONTEXT)
    assert fake.stalled.wait(10)
    start = time.perf_counter()
    session.close()
    assert time.perf_counter() - start < 1
    assert fake.left.wait(5)

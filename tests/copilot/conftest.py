from collections.abc import Callable, Iterator
from typing import Any

import pytest

from opspilot_desktop.copilot.keychain import Keychain
from opspilot_desktop.copilot.session import Session
from tests.helpers.chat import Heard
from tests.helpers.fake_claude import FakeClaude, serving

Open = Callable[..., tuple[Session, Heard]]


@pytest.fixture
def fake() -> Iterator[FakeClaude]:
    with serving() as server:
        yield server


@pytest.fixture
def open_session(fake: FakeClaude) -> Iterator[Open]:
    """Opens a session that asks the fake server; what is given replaces its environment."""
    opened: list[Session] = []

    def open_(environ: dict[str, str] | None = None, **how: Any) -> tuple[Session, Heard]:
        environ = fake.environ if environ is None else environ
        session = Session(Keychain(environ, backend=lambda: None), environ=environ, **how)
        opened.append(session)
        return session, Heard(session)

    yield open_
    for session in opened:
        session.close()

import logging
import threading
import types
from typing import Any

import keyring
import keyring.backend
import keyring.backends.chainer
import keyring.backends.fail
import keyring.backends.null
import keyring.errors
import pytest

from opspilot_desktop.copilot.keychain import ACCOUNT, SERVICE, Keychain, Where, system_backend
from opspilot_desktop.domain.errors import KnownError

KEY = "sk-ant-entered-0123456789"


class Working:
    """A keychain that keeps what it is given."""

    def __init__(self) -> None:
        self.kept: dict[tuple[str, str], str] = {}
        self.asked = 0

    def get_password(self, service: str, username: str) -> str | None:
        self.asked += 1
        return self.kept.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self.kept[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        del self.kept[service, username]


class Failing:
    """A keychain that is locked, or broken in the way of the given error."""

    def __init__(self, error: Exception) -> None:
        self.error = error

    def _fail(self, *_: str) -> Any:
        raise self.error

    get_password = set_password = delete_password = _fail


def test_a_key_is_kept_in_the_keychain() -> None:
    backend = Working()
    keychain = Keychain({}, lambda: backend)
    assert keychain.get() is None
    assert keychain.where() is None
    assert keychain.set(f"  {KEY}\n") is Where.KEYCHAIN
    assert backend.kept == {(SERVICE, ACCOUNT): KEY}
    assert keychain.get() == KEY
    again = Keychain({}, lambda: backend)
    assert again.get() == KEY
    assert again.where() is Where.KEYCHAIN
    again.forget()
    assert backend.kept == {}
    assert again.get() is None


def test_the_keychain_is_asked_once() -> None:
    backend = Working()
    keychain = Keychain({}, lambda: backend)
    for _ in range(5):
        keychain.get()
    assert backend.asked == 1


def test_an_entered_key_wins_over_the_environment() -> None:
    keychain = Keychain({"ANTHROPIC_API_KEY": " sk-ant-env \n"}, Working)
    assert (keychain.get(), keychain.where()) == ("sk-ant-env", Where.ENVIRONMENT)
    keychain.set(KEY)
    assert (keychain.get(), keychain.where()) == (KEY, Where.KEYCHAIN)
    keychain.forget()
    assert (keychain.get(), keychain.where()) == ("sk-ant-env", Where.ENVIRONMENT)


@pytest.mark.parametrize(
    "find",
    [
        lambda: None,
        lambda: Failing(keyring.errors.KeyringLocked("locked")),
        lambda: Failing(keyring.errors.NoKeyringError("none")),
        lambda: Failing(RuntimeError("the bus has gone")),
        keyring.backends.null.Keyring,
        lambda: (_ for _ in ()).throw(OSError("no bus")),
    ],
)
def test_without_a_usable_keychain_the_key_lives_for_this_session(find: Any) -> None:
    keychain = Keychain({}, find)
    assert keychain.get() is None
    assert keychain.set(KEY) is Where.SESSION
    assert (keychain.get(), keychain.where()) == (KEY, Where.SESSION)
    assert Keychain({}, find).get() is None
    keychain.forget()
    assert keychain.get() is None


def test_a_keychain_that_does_not_let_go_says_so() -> None:
    class Stuck(Working):
        def delete_password(self, service: str, username: str) -> None:
            raise keyring.errors.PasswordDeleteError("no")

    backend = Stuck()
    keychain = Keychain({}, lambda: backend)
    keychain.set(KEY)
    with pytest.raises(KnownError, match="delete the entry"):
        keychain.forget()
    assert keychain.get() is None


@pytest.mark.parametrize("key", ["", "   ", "sk ant", "sk-ant-é", "sk\nant", "sk-ant-\u202e"])
def test_what_cannot_be_a_key_is_refused(key: str) -> None:
    backend = Working()
    with pytest.raises(KnownError, match="cannot be an API key"):
        Keychain({}, lambda: backend).set(key)
    assert backend.kept == {}


def test_the_key_is_in_no_repr_and_no_log(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        for find in (Working, lambda: Failing(RuntimeError(KEY))):
            keychain = Keychain({}, find)
            keychain.set(KEY)
            keychain.get()
            assert KEY not in repr(keychain)
            assert KEY not in str(keychain)
    assert KEY not in caplog.text


def test_where_never_waits_for_the_keychain() -> None:
    asked, release = threading.Event(), threading.Event()

    class Slow(Working):
        def get_password(self, service: str, username: str) -> str | None:
            asked.set()
            release.wait(10)
            return None

    keychain = Keychain({"ANTHROPIC_API_KEY": "sk-ant-env"}, Slow)
    thread = threading.Thread(target=keychain.get)
    thread.start()
    assert asked.wait(10)
    assert keychain.where() is Where.ENVIRONMENT
    release.set()
    thread.join()


def test_only_the_operating_systems_keychain_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    good = Working()
    plain_file = type("PlaintextKeyring", (Working,), {"__module__": "keyrings.alt.file"})()
    chain = types.SimpleNamespace(backends=[plain_file, good])
    for found, expected in (
        (keyring.backends.null.Keyring(), None),
        (keyring.backends.fail.Keyring(), None),
        (plain_file, None),
        (good, good),
        (chain, good),
    ):
        monkeypatch.setattr(keyring, "get_keyring", lambda found=found: found)
        assert system_backend() is expected

"""What every test stands on: its own folders, no network, no keychain, and nothing left behind."""

from __future__ import annotations

import gc
import logging
import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from opspilot_desktop.operations.workspace import Workspace, open_workspace
from tests.helpers import leftovers, postgres
from tests.helpers.fresh import put_workspace

# Before anything loads Qt; a developer may name another platform to watch the tests.
_SCREEN = Path(__file__).parent / "helpers" / "screen.json"  # of an ordinary size
if os.environ.get("QT_QPA_PLATFORM", "offscreen") == "offscreen":
    os.environ["QT_QPA_PLATFORM"] = f"offscreen:configfile={_SCREEN}"

settings.register_profile("quick", deadline=None, print_blob=True)
settings.register_profile("long", deadline=None, print_blob=True, max_examples=5_000)
settings.load_profile(os.environ.get("OPSPILOT_TEST_PROFILE", "quick"))


def pytest_configure(config: pytest.Config) -> None:
    for line in (
        "expects_log(*texts): the test causes log warnings that contain these texts, each of them",
        "long: the test takes over ten seconds, and is therefore started first",
    ):
        config.addinivalue_line("markers", line)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: item.get_closest_marker("long") is None)


@pytest.fixture(autouse=True)
def garbage_of_the_window(request: pytest.FixtureRequest) -> Iterator[None]:
    """A test of the window collects garbage in its own thread, after it, as the program does in its own time.

    Python would do it in a worker as well, and destroy widgets there. What there is before the first of these
    tests is taken to stay, and is not looked through each time.
    """
    if "qapp" not in request.fixturenames:
        yield
        return
    if not gc.get_freeze_count():
        gc.collect()
        gc.freeze()
    gc.disable()
    yield
    gc.enable()
    gc.collect(1)  # whatever has come since


@pytest.fixture(autouse=True)
def own_environment(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> None:
    """The user's folders are the test's own, the copilot is offline and the keychain keeps nothing."""
    monkeypatch.setenv("OPSPILOT_HOME", str(tmp_path_factory.mktemp("home")))
    monkeypatch.setenv("OPSPILOT_OFFLINE", "1")
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.null.Keyring")
    for name in [name for name in os.environ if name.startswith(("ANTHROPIC_", "PG"))]:
        monkeypatch.delenv(name)
    if "keyring" in sys.modules:
        from keyring import set_keyring
        from keyring.backends.null import Keyring

        set_keyring(Keyring())


@pytest.fixture(autouse=True)
def no_unexpected_log(request: pytest.FixtureRequest) -> Iterator[None]:
    """Fails on a log warning that the test's `expects_log` marker does not name, and on a missing one."""
    expected = [text for marker in request.node.iter_markers("expects_log") for text in marker.args]
    handler = leftovers.Collector(logging.WARNING)
    root = logging.getLogger()
    root.addHandler(handler)
    yield
    root.removeHandler(handler)
    unexpected = [line for line in handler.lines if not any(text in line for text in expected)]
    missing = [text for text in expected if not any(text in line for line in handler.lines)]
    if unexpected or missing:
        pytest.fail(f"Unexpected log warnings: {unexpected}; expected and missing: {missing}", pytrace=False)


@pytest.fixture(autouse=True)
def nothing_left_behind() -> Iterator[None]:
    """Fails on a window that is still shown and on a thread that still runs after the test."""
    before = leftovers.Threads.now()
    yield
    left = leftovers.windows() + before.new()
    leftovers.let_go_of_hidden_windows()
    if left:
        pytest.fail("Left behind: " + ", ".join(left), pytrace=False)


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[postgres.PostgresServer]:
    """A real PostgreSQL server, started once for this process's tests."""
    named = os.environ.get("OPSPILOT_TEST_POSTGRES")
    with postgres.named_server(named) if named else postgres.embedded_server() as server:
        yield server


@pytest.fixture(scope="session")
def empty_database(postgres_server: postgres.PostgresServer) -> str:
    """The URL of a database with an empty workspace in it, to be copied and not to be opened."""
    url = postgres_server.create_database()
    with open_workspace(url, create=True):
        return url


@pytest.fixture
def postgres_url(request: pytest.FixtureRequest, postgres_server: postgres.PostgresServer) -> Iterator[str]:
    """The URL of a fresh database that its user owns, dropped afterwards: empty, or for the fixture
    `workspace` with an empty workspace in it."""
    copied = request.getfixturevalue("empty_database") if "workspace" in request.fixturenames else None
    url = postgres_server.create_database(copied)
    yield url
    left = postgres_server.drop_database(url)
    if left:
        pytest.fail(f"{left} connections to the database were left open", pytrace=False)


@pytest.fixture(params=["sqlite", "postgresql"])
def target(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Where a workspace goes, as the command line takes it: a path that is free, or a database URL."""
    if request.param == "postgresql":
        url: str = request.getfixturevalue("postgres_url")
        return url
    path = tmp_path / "workspace.opspilot"
    if "workspace" in request.fixturenames:
        put_workspace(path)
    return str(path)


@pytest.fixture
def workspace(target: str) -> Iterator[Workspace]:
    """An empty workspace, on SQLite and on PostgreSQL."""
    with open_workspace(target, create=False) as opened:
        yield opened

"""Work in another process: what it says, raises and leaves, as if it were done here."""

from __future__ import annotations

import multiprocessing
import os
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from opspilot_desktop.domain.errors import KnownError, NoWorkspace
from opspilot_desktop.domain.fields import TRADES
from opspilot_desktop.domain.jobs import Cancelled, Handle
from opspilot_desktop.files import staging
from opspilot_desktop.files.asked import NeedsEncoding
from opspilot_desktop.files.child import Child, ChildBroke
from opspilot_desktop.files.mapping import NeedsMapping
from opspilot_desktop.files.staging import Staged, stage


def count_to(handle: Handle, last: int) -> int:
    for number in range(1, last + 1):
        handle.step(number, last, "Counting")
    return last


def refuse(_handle: Handle) -> None:
    raise NoWorkspace("Nothing there", "look elsewhere")


def break_down(_handle: Handle, secret: str) -> None:
    raise ValueError(secret)


def sleep_long(handle: Handle) -> None:
    handle.step(1, 2, "Sleeping")
    time.sleep(60)


def vanish(_handle: Handle) -> None:
    os.kill(os.getpid(), 9) if hasattr(os, "fork") else os._exit(9)


def unpicklable(_handle: Handle) -> object:
    return threading.Lock()


def test_the_result_and_the_reports_come_through() -> None:
    reports: list[tuple[int, int, str]] = []
    handle = Handle(lambda *step: reports.append(step))
    with Child("Counting", count_to, 3) as child:
        assert child.result(handle) == 3
    assert reports[-1] == (3, 3, "Counting")
    assert not multiprocessing.active_children()


def test_a_quiet_one_reports_nothing() -> None:
    reports: list[tuple[int, int, str]] = []
    with Child("Counting", count_to, 3, quiet=True) as child:
        assert child.result(Handle(lambda *step: reports.append(step))) == 3
    assert reports == []


def test_a_refusal_keeps_what_it_holds() -> None:
    with Child("Looking", refuse) as child, pytest.raises(NoWorkspace) as caught:
        child.result(Handle())
    assert caught.value.message == "Nothing there; look elsewhere."
    assert caught.value.fact == "Nothing there"


@pytest.mark.parametrize("work", [break_down, unpicklable])
def test_a_defect_says_where_and_tells_no_values(work: Callable[..., object]) -> None:
    args = ("CH93 0076 2011 6238 5295 7",) if work is break_down else ()
    with Child("Breaking", work, *args) as child, pytest.raises(ChildBroke) as caught:
        child.result(Handle())
    assert "Error" in str(caught.value)
    assert "test_child.py" in str(caught.value) or "multiprocessing" in str(caught.value)
    assert "CH93" not in str(caught.value)


def test_a_child_that_is_killed_is_one_sentence() -> None:
    with Child("Reading a.csv", vanish) as child, pytest.raises(KnownError) as caught:
        child.result(Handle())
    assert caught.value.message.startswith("Reading a.csv broke off")
    assert not multiprocessing.active_children()


def test_a_cancel_ends_it_whatever_it_does() -> None:
    handle = Handle(lambda *_: threading.Thread(target=handle.cancel).start())
    started = time.monotonic()
    with Child("Sleeping", sleep_long) as child, pytest.raises(Cancelled):
        child.result(handle)
    assert time.monotonic() - started < 30
    assert not multiprocessing.active_children()


def in_thread(path: Path, directory: Path, handle: Handle | None = None) -> Staged | BaseException:
    """What staging the file gives on a thread beside the main one, as in the window."""
    outcome: list[Staged | BaseException] = []

    def run() -> None:
        try:
            outcome.append(stage(handle or Handle(), path, TRADES, directory=directory))
        except BaseException as error:
            outcome.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    return outcome[0]


@pytest.fixture
def directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where files are staged, the smallest too by another process."""
    monkeypatch.setattr(staging, "_LARGE", 0)
    folder = tmp_path / "staging"
    folder.mkdir()
    return folder


HEADER = "trade_id,instrument,side,quantity,price"


def test_beside_a_window_another_process_reads(tmp_path: Path, directory: Path) -> None:
    path = tmp_path / "file.csv"
    path.write_text(f"{HEADER}\nT1,A,BUY,1,2\nT2,A,BUY,x,2\nT1,A,BUY,1,2\n", encoding="utf-8")
    reports: list[tuple[int, int, str]] = []
    staged = in_thread(path, directory, Handle(lambda *step: reports.append(step)))
    assert isinstance(staged, Staged)
    with staged, stage(Handle(), path, TRADES, directory=directory) as here:
        assert staged.rejects() == here.rejects()
        assert [reject.raw for reject in staged.rejects()] == [reject.raw for reject in here.rejects()]
        for name in set(vars(here)) - {"path", "folder"}:
            assert getattr(staged, name) == getattr(here, name), name
    assert reports
    assert not list(directory.iterdir())


@pytest.mark.parametrize(
    ("content", "refusal"),
    [
        (f"{HEADER}\nT1,Zürich,BUY,1,2\n".encode("cp1252"), NeedsEncoding),
        (b"Ref,What,Way,Pieces,Rate\nT1,A,BUY,1,2\n", NeedsMapping),
        (b"", KnownError),
    ],
)
def test_what_a_person_has_to_say_comes_through(
    tmp_path: Path, directory: Path, content: bytes, refusal: type[KnownError]
) -> None:
    path = tmp_path / "file.csv"
    path.write_bytes(content)
    with pytest.raises(refusal) as here:
        stage(Handle(), path, TRADES, directory=directory)
    error = in_thread(path, directory)
    assert type(error) is type(here.value)
    assert str(error) == str(here.value)
    assert {name: repr(value) for name, value in vars(error).items()} == {
        name: repr(value) for name, value in vars(here.value).items()
    }
    assert not list(directory.iterdir())


def test_a_killed_reader_leaves_nothing(tmp_path: Path, directory: Path) -> None:
    path = tmp_path / "file.csv"
    path.write_text(f"{HEADER}\n" + 20_000 * "T1,A,BUY,1,2\n", encoding="utf-8")

    def kill(*_: object) -> None:
        for child in multiprocessing.active_children():
            child.kill()

    error = in_thread(path, directory, Handle(kill))
    assert isinstance(error, KnownError)
    assert error.message.startswith("Reading file.csv broke off")
    assert not list(directory.iterdir())

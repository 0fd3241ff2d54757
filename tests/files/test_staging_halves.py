"""A file that is read in halves gives what it gives as a whole."""

from __future__ import annotations

import pickle
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from opspilot_desktop.domain.fields import TRADES
from opspilot_desktop.domain.jobs import Handle
from opspilot_desktop.files import staging
from opspilot_desktop.files.halving import cut_of
from opspilot_desktop.files.mapping import Mapping
from opspilot_desktop.files.profile import Profile
from opspilot_desktop.files.staging import stage
from opspilot_desktop.files.taking import Joined, Operator, Rounding, SkipRule

HEADER = "trade_id,instrument,side,quantity,price"
PROFILE = Profile(
    TRADES.kind,
    mapping=Mapping(rounding={"price": Rounding(2)}),
    skip=(SkipRule("instrument", Operator.IS, ("Cash",)),),
)
NUMBERED = Profile(
    TRADES.kind, mapping=Mapping({"trade_id": Joined(("instrument", "side"), repeats="number")})
)
LINES = st.sampled_from(
    [
        *("T{n},Roche,BUY,1,2.5", "T{n},Nestlé,SELL,2.000000001,-0.1", "T{n}, UBS ,buy,1,1.005", ""),
        *("T{n},A,HOLD,0,1,5", "T{n},A,HOLD,0,1e5", "T1,A,BUY,1,2", "  ", "T{n},A,BUY,1", ",A,BUY,1,2"),
        *("T{n},Cash,BUY,1,2", "T{n},A,BUY,9999999999999999,9999999999999999", "T{n},A\0,BUY,1,2"),
    ]
)


class InProcess:
    """Does a child's work at once, in this process; what is sent still goes through pickles."""

    used = 0

    def __init__(self, _what: str, work: Callable[..., Any], *args: object, quiet: bool) -> None:
        type(self).used += 1
        self._work, self._args = work, pickle.loads(pickle.dumps(args))

    def __enter__(self) -> InProcess:
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def result(self, handle: Handle) -> Any:
        return pickle.loads(pickle.dumps(self._work(handle, *self._args)))


def told(path: Path, directory: Path, profile: Profile | None) -> list[Any]:
    """All that staging the file gives."""
    with stage(Handle(), path, TRADES, profile, directory=directory) as staged:
        facts = {name: value for name, value in vars(staged).items() if name not in ("path", "folder")}
        with closing(sqlite3.connect(staged.path)) as connection:
            tables = [
                connection.execute(f"SELECT * FROM {table} ORDER BY record").fetchall()  # noqa: S608 (names of our own)
                for table in ("rows", "rejects", "faults")
            ]
        return [facts, *tables]


@given(
    st.lists(LINES, min_size=1, max_size=8),
    st.lists(LINES, min_size=1, max_size=8),
    st.sampled_from(["\n", "\r\n"]),
    st.sampled_from([None, PROFILE, NUMBERED]),
    st.sampled_from(["", "\ufeff"]),
)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
def test_halves_give_what_the_whole_gives(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    first: list[str],
    second: list[str],
    end: str,
    profile: Profile | None,
    mark: str,
) -> None:
    sound = 1_000 * ["T{n},Roche,BUY,1,2.5"]  # more than is read ahead
    lines = [*sound, *(300 // len(first) * first), *(300 // len(second) * second), *sound]
    texts = [line.format(n=f"{number:06}") for number, line in enumerate(lines)]
    path = tmp_path / "file.csv"
    path.write_bytes((mark + end.join([HEADER, *texts]) + end).encode())
    with monkeypatch.context() as patch:
        patch.setattr("opspilot_desktop.files.textfile._BLOCK", 512)
        patch.setattr(staging, "Child", InProcess)
        try:
            whole = told(path, tmp_path, profile)
        except Exception as error:
            whole = [str(error)]
        patch.setattr(staging, "_HALVED", 0)
        patch.setattr(InProcess, "used", 0)
        try:
            halves = told(path, tmp_path, profile)
        except Exception as error:
            halves = [str(error)]
        assert InProcess.used == 1
    assert halves == whole


def test_the_second_half_is_read_by_another_process(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(staging, "_HALVED", 1 << 19)
    path = tmp_path / "file.csv"
    rows = [f"T{number:06},Nestlé,BUY,{'x' if number == 29_000 else 1},2" for number in range(30_000)]
    path.write_text("\n".join([HEADER, *rows, "T000007,A,BUY,1,2"]), encoding="utf-8")
    halved = told(path, tmp_path, None)
    monkeypatch.setattr(staging, "_HALVED", 1 << 60)
    assert halved == told(path, tmp_path, None)
    assert halved[0]["good"] == 29_999
    assert [(line, record) for line, record, *_ in halved[2]] == [(29_002, 29_001), (30_002, 30_001)]


def test_where_undecodable_bytes_stand_does_not_depend_on_the_halves(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(staging, "_HALVED", 1 << 19)
    path = tmp_path / "file.csv"
    rows = [f"T{number:06},{'Zürich' if number == 29_000 else 'A'},BUY,1,2" for number in range(30_000)]
    path.write_bytes("\n".join([HEADER, *rows]).encode("cp1252"))
    with pytest.raises(Exception, match="line 29,002 has the byte 0xFC"):
        told(path, tmp_path, None)


@pytest.mark.parametrize(
    ("content", "cut"),
    [
        (b"a,b\n1,2\n3,4\n5,6\n", (12, 4)),
        (b"a,b\r\n1,2\r\n3,4\r\n", (10, 3)),
        (b'a,b\n"1",2\n3,4\n5,6\n', None),  # a quote may hold a line end
        (b"a,b\r1,2\r3,4\r5,6\r7,8\n", None),
        (b"a,b\n1,2\r3,4\n5,6\n7,8\n", None),
        (b"a,b\n1,2\n3,4,5,6,7,8,9,10,11", None),  # no line end after the middle
    ],
)
def test_a_text_is_cut_only_where_a_record_surely_ends(
    tmp_path: Path, content: bytes, cut: tuple[int, int] | None
) -> None:
    path = tmp_path / "file.csv"
    path.write_bytes(content)
    assert cut_of(path, len(content) // 2) == cut

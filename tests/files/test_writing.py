"""The whole of a file or none."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from opspilot_desktop.domain.errors import KnownError
from opspilot_desktop.domain.jobs import Cancelled
from opspilot_desktop.files.writing import replacing


def test_the_file_is_replaced_at_the_end(tmp_path: Path) -> None:
    path = tmp_path / "out.csv"
    path.write_text("old")
    with replacing(path) as part:
        part.write_text("new")
        assert path.read_text() == "old"
        assert part.parent == tmp_path
    assert path.read_text() == "new"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("error", [Cancelled, ValueError, KeyboardInterrupt])
def test_nothing_is_left_of_a_failure(tmp_path: Path, error: type[BaseException]) -> None:
    path = tmp_path / "out.csv"
    path.write_text("old")

    def fail() -> None:
        with replacing(path) as part:
            part.write_text("half")
            raise error

    with pytest.raises(error):
        fail()
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_a_place_that_cannot_be_written(tmp_path: Path) -> None:
    path = tmp_path / "missing" / "out.csv"
    with (
        pytest.raises(KnownError, match=r"cannot be written \(No such file") as refused,
        replacing(path) as part,
    ):
        part.write_text("new")
    assert str(path) in refused.value.message


@pytest.mark.skipif(os.name == "nt", reason="Windows has no umask")
def test_a_new_file_has_the_usual_permissions(tmp_path: Path) -> None:
    (tmp_path / "usual").write_text("")
    with replacing(tmp_path / "out.csv") as part:
        part.write_text("new")
    assert (tmp_path / "out.csv").stat().st_mode == (tmp_path / "usual").stat().st_mode

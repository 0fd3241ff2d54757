from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from opspilot_desktop import logs

logger = logging.getLogger("opspilot_desktop.somewhere")


@pytest.fixture(autouse=True)
def own_root_logger() -> Iterator[None]:
    """Takes away the handlers that a test has added to the root logger."""
    root = logging.getLogger()
    before, level = list(root.handlers), root.level
    yield
    for handler in [handler for handler in root.handlers if handler not in before]:
        root.removeHandler(handler)
        handler.close()
    root.setLevel(level)


def lines(folder: Path) -> list[dict[str, Any]]:
    text = (folder / logs.FILE_NAME).read_text(encoding="utf-8")
    return [json.loads(line) for line in text.splitlines()]


def test_a_record_is_one_line_of_json(tmp_path: Path) -> None:
    logs.setup(tmp_path / "logs")
    logger.info("import\nfinished", extra={"rows": 12, "seconds": 0.5, "file": "März.csv", "ok": True})
    logger.debug("too fine")
    (line,) = lines(tmp_path / "logs")
    assert line.pop("at").endswith("Z")
    assert line == {
        "level": "INFO",
        "logger": "opspilot_desktop.somewhere",
        "thread": "MainThread",
        "message": "import\nfinished",
        "rows": 12,
        "seconds": 0.5,
        "file": "März.csv",
        "ok": True,
    }


@pytest.mark.expects_log("refused sk-ant-abcdef")
def test_secrets_and_values_stay_out(tmp_path: Path) -> None:
    logs.setup(tmp_path)
    try:
        raise ValueError("row T-20481937 sk-ant-abcdef")
    except ValueError:
        logger.exception("refused %s", "sk-ant-abcdef", extra={"url": "postgresql://u:pw9@h/d"})
    text = (tmp_path / logs.FILE_NAME).read_text()
    assert "abcdef" not in text
    assert "pw9" not in text
    assert "T-20481937" not in text
    (line,) = lines(tmp_path)
    assert line["error"][0] == "ValueError"
    assert "test_logs.py" in line["error"][1]


def test_the_log_is_rotated_and_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(logs, "MAX_BYTES", 1000)
    logs.setup(tmp_path)
    for number in range(100):
        logger.info("line", extra={"number": number})
    files = list(tmp_path.iterdir())
    assert len(files) == logs.KEPT_FILES + 1
    assert all(file.stat().st_size <= 1000 for file in files)
    assert lines(tmp_path)[-1]["number"] == 99


def test_a_file_that_cannot_be_renamed_goes_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_source: str, _target: str) -> None:
        raise PermissionError("open elsewhere")

    monkeypatch.setattr(logs, "MAX_BYTES", 1000)
    logs.setup(tmp_path)
    monkeypatch.setattr(logs.os, "replace", refuse)
    for number in range(100):
        logger.info("line", extra={"number": number})
    assert [line["number"] for line in lines(tmp_path)] == list(range(100))


@pytest.mark.expects_log("something odd")
def test_console_shows_warnings_only(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    logs.setup(tmp_path, console=True)
    logger.info("nothing special")
    logger.warning("something odd")
    assert capsys.readouterr().err == "WARNING opspilot_desktop.somewhere: something odd\n"


@pytest.mark.expects_log("something odd")
def test_without_a_folder_warnings_go_to_the_console(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").touch()
    logs.setup(tmp_path / "file" / "logs")
    logger.info("nothing special")
    logger.warning("something odd")
    assert json.loads(capsys.readouterr().err)["message"] == "something odd"

"""Imports files through the command line, and looks at what was stored."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from opspilot_desktop import cli

TRADES = "trade_id,instrument,side,quantity,price"


@dataclass(frozen=True)
class Told:
    """What an import said: its exit status, its JSON object, and its sentences on standard error."""

    status: int
    json: dict[str, Any]
    errors: str

    @property
    def rejected(self) -> list[tuple[int, str, str]]:
        """Line, column and value of each rejected row."""
        return [(each["line"], each["column"], each["value"]) for each in self.json["rejected"]]

    @property
    def reasons(self) -> list[str]:
        """Why each row was rejected."""
        return [each["reason"] for each in self.json["rejected"]]


class Importer:
    """A workspace of its own, and the files that are imported into it."""

    def __init__(self, folder: Path, captured: pytest.CaptureFixture[str]) -> None:
        self.folder = folder
        self.target = str(folder / "desk.opspilot")
        self._captured = captured

    def write(self, data: str | bytes, name: str) -> Path:
        """A file with these bytes."""
        path = self.folder / name
        path.write_bytes(data.encode() if isinstance(data, str) else data)
        return path

    def run(
        self, data: str | bytes | Path, *options: str, name: str = "file.csv", kind: str = "trades"
    ) -> Told:
        """Imports a file, or bytes written into one."""
        path = data if isinstance(data, Path) else self.write(data, name)
        self._captured.readouterr()
        status = cli.main(["import", kind, str(path), "--db", self.target, "--json", *options])
        printed = self._captured.readouterr()
        assert "Traceback" not in printed.err
        return Told(status, json.loads(printed.out), printed.err)

    def stored(self, kind: str = "trades") -> list[dict[str, Any]]:
        """What the workspace holds, as an export gives it, by id."""
        if not Path(self.target).exists():
            return []
        out = self.folder / f"stored-{kind}.jsonl"
        assert cli.main(["export", kind, str(out), "--db", self.target]) == 0
        self._captured.readouterr()
        rows = [json.loads(line) for line in out.read_text(encoding="utf-8").splitlines()]
        return sorted(rows, key=lambda row: (row["trade_id"], row.get("entry_id") or ""))

    def refused(
        self, data: str | bytes | Path, *options: str, name: str = "file.csv", kind: str = "trades"
    ) -> str:
        """The sentence with which the whole file is refused; nothing of it has been stored."""
        told = self.run(data, *options, name=name, kind=kind)
        assert told.status == 1
        assert told.json["refused"] is True
        assert told.json["rejected"] == []
        assert told.errors.count("\n") == 1
        assert told.errors.rstrip("\n") == told.json["message"]
        assert self.stored(kind) == []
        return told.json["message"]  # type: ignore[no-any-return]

    def rows_refused(
        self, data: str | bytes | Path, *options: str, name: str = "file.csv", kind: str = "trades"
    ) -> Told:
        """What is said of a file in which rows are wrong; nothing of it has been stored."""
        told = self.run(data, *options, name=name, kind=kind)
        assert told.status == 1
        assert told.json["refused"] is True
        assert told.json["rejected_total"] == len(told.json["rejected"]) > 0
        assert self.stored(kind) == []
        return told

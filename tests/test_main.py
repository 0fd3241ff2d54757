from __future__ import annotations

import sys
from types import ModuleType

import pytest

from opspilot_desktop import __main__


@pytest.mark.parametrize(
    "line",
    ["", "--demo", "--db x.opspilot", "--db=x.opspilot", "--demo --db x", "--db x --demo", "--db=x --demo"],
)
def test_window(line: str) -> None:
    assert __main__.opens_window(line.split())


@pytest.mark.parametrize(
    "line",
    [
        *["issues", "--db x issues", "issues --db x", "--db=x verify --json", "--help", "-h", "--version"],
        *["--db", "--db --demo", "nonsense", "--nonsense", "--demo extra", "--json", "--db x --json"],
    ],
)
def test_command_line(line: str) -> None:
    assert not __main__.opens_window(line.split())


@pytest.mark.parametrize(("line", "part"), [("--demo --db x", "app"), ("issues --db x", "cli")])
def test_main_hands_over(line: str, part: str, monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[tuple[str, list[str]]] = []
    for name, status in (("app", 7), ("cli", 3)):
        module = ModuleType(f"opspilot_desktop.{name}")

        def main(argv: list[str], name: str = name, status: int = status) -> int:
            calls.append((name, argv))
            return status

        module.main = main
        monkeypatch.setitem(sys.modules, module.__name__, module)
        monkeypatch.setattr(f"opspilot_desktop.{name}", module, raising=False)
    monkeypatch.setattr(sys, "argv", ["opspilot-desktop", *line.split()])
    assert __main__.main() == {"app": 7, "cli": 3}[part]
    assert calls == [(part, line.split())]

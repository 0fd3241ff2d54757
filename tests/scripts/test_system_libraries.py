from __future__ import annotations

import os
import subprocess
from pathlib import Path
from typing import Any

import pytest
import system_libraries


@pytest.fixture
def machine(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """A Debian machine without Qt's libraries, where a root's apt-get brings what it is asked for."""
    state: dict[str, Any] = {"there": set(), "commands": [], "root": True, "apt": True, "works": True}
    names = system_libraries.QT_PACKAGES | system_libraries.X11_PACKAGES

    def run(command: list[str], **_options: Any) -> subprocess.CompletedProcess[bytes]:
        state["commands"].append(command)
        if state["works"] and "install" in command:
            state["there"] |= set(command)
        return subprocess.CompletedProcess(command, 0 if state["works"] else 100)

    monkeypatch.setattr(system_libraries.sys, "platform", "linux")
    monkeypatch.setattr(system_libraries, "loads", lambda library: names[library] in state["there"])
    monkeypatch.setattr(system_libraries, "has_font", lambda: "fonts-dejavu-core" in state["there"])
    monkeypatch.setattr(system_libraries.shutil, "which", lambda _name: "apt-get" if state["apt"] else None)
    monkeypatch.setattr(os, "geteuid", lambda: 0 if state["root"] else 1000)
    monkeypatch.setattr(system_libraries.subprocess, "run", run)
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"):
        monkeypatch.delenv(name, raising=False)
    return state


OFFSCREEN = "libgl1 libegl1 libxkbcommon0 libdbus-1-3 libglib2.0-0 libfontconfig1 fonts-dejavu-core"
DISPLAY = (
    "libxcb-cursor0 libxcb-icccm4 libxcb-image0 libxcb-keysyms1 libxcb-randr0 libxcb-render-util0 "
    "libxcb-shape0 libxcb-sync1 libxcb-xfixes0 libxcb-xkb1 libx11-xcb1 libxkbcommon-x11-0"
)


def test_root_gets_them_installed(machine: dict[str, Any]) -> None:
    assert system_libraries.main([]) == 0
    update, install = machine["commands"]
    assert update[-1] == "update"
    assert install[-7:] == OFFSCREEN.split()


def test_a_display_needs_more(machine: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    machine["there"] = set(OFFSCREEN.split())
    assert system_libraries.main(["--display"]) == 0
    assert machine["commands"] == []
    monkeypatch.setenv("DISPLAY", ":0")
    assert system_libraries.main(["--display"]) == 0
    assert machine["commands"][1][-12:] == DISPLAY.split()


@pytest.mark.parametrize("lacking", ["root", "apt", "works"])
def test_who_cannot_install_is_told_what_to(
    machine: dict[str, Any], lacking: str, capsys: pytest.CaptureFixture[str]
) -> None:
    machine[lacking] = False
    assert system_libraries.main([]) == 1
    assert "sudo apt-get install " + OFFSCREEN in capsys.readouterr().err
    assert lacking == "works" or machine["commands"] == []


def test_nothing_is_said_when_all_is_there(
    machine: dict[str, Any], capsys: pytest.CaptureFixture[str]
) -> None:
    machine["there"] = set(OFFSCREEN.split())
    machine["root"] = machine["apt"] = False
    assert system_libraries.main([]) == 0
    assert capsys.readouterr() == ("", "")


def test_a_missing_font_is_no_failure(machine: dict[str, Any], capsys: pytest.CaptureFixture[str]) -> None:
    machine["there"] = set(OFFSCREEN.split()) - {"fonts-dejavu-core"}
    machine["root"] = False
    assert system_libraries.main([]) == 0
    assert "fonts-dejavu-core" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("environment", "needed"),
    [
        ({}, False),
        ({"DISPLAY": ":0"}, True),
        ({"DISPLAY": ":0", "WAYLAND_DISPLAY": "wayland-0"}, False),
        ({"DISPLAY": ":0", "QT_QPA_PLATFORM": "offscreen"}, False),
        ({"DISPLAY": ":0", "WAYLAND_DISPLAY": "wayland-0", "QT_QPA_PLATFORM": "xcb"}, True),
    ],
)
def test_when_x11_is_needed(environment: dict[str, str], needed: bool) -> None:
    assert system_libraries.needs_x11(environment) is needed


def test_libraries_are_really_looked_for() -> None:
    assert system_libraries.loads("libc.so.6")
    assert not system_libraries.loads("libopspilot-nowhere.so.1")


def test_fonts_are_really_looked_for(tmp_path: Path) -> None:
    assert not system_libraries.has_font([str(tmp_path), str(tmp_path / "missing")])
    (tmp_path / "truetype").mkdir()
    (tmp_path / "truetype" / "Some.TTF").touch()
    assert system_libraries.has_font([str(tmp_path)])

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import environment
import pytest
import system_libraries


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "requirements.lock").write_text("one==1 --hash=sha256:00\n")
    (tmp_path / "pyproject.toml").write_text("[project]\n")
    return tmp_path


@pytest.fixture
def commands(root: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What would be run, a word for each: venv, lock, package. Every command succeeds."""
    words: list[str] = []

    def run(command: list[str], **_options: Any) -> subprocess.CompletedProcess[bytes]:
        words.append("venv" if "venv" in command else "lock" if "--require-hashes" in command else "package")
        if "venv" in command:
            python = environment.python_of(Path(command[-1]))
            python.parent.mkdir(parents=True)
            python.touch()
        return subprocess.CompletedProcess(command, 0)

    monkeypatch.setattr(environment.subprocess, "run", run)
    return words


ALL = ["venv", "lock", "package"]


def test_made_once(root: Path, commands: list[str]) -> None:
    environment.prepare(root)
    assert commands == ALL
    environment.prepare(root)
    assert commands == ALL


def test_that_of_the_rivals_has_its_own_lock_and_no_program(root: Path, commands: list[str]) -> None:
    environment.prepare(root)
    lock = root / environment.RIVALS.lock
    lock.parent.mkdir()
    lock.write_text("rival==1 --hash=sha256:00\n")
    environment.prepare(root, environment.RIVALS)
    (root / "requirements.lock").write_text("one==2 --hash=sha256:00\n")
    (root / "pyproject.toml").write_text("[project]\nname = 'x'\n")
    environment.prepare(root, environment.RIVALS)
    assert commands == [*ALL, "venv", "lock"]
    lock.write_text("rival==2 --hash=sha256:00\n")
    environment.prepare(root, environment.RIVALS)
    assert commands == [*ALL, *["venv", "lock"] * 2]


def test_changed_lock_makes_it_afresh(root: Path, commands: list[str]) -> None:
    environment.prepare(root)
    (root / ".venv" / "left_over").touch()
    (root / "requirements.lock").write_text("one==2 --hash=sha256:00\n")
    environment.prepare(root)
    assert commands == ALL * 2
    assert not (root / ".venv" / "left_over").exists()


def test_changed_project_file_installs_the_package_only(root: Path, commands: list[str]) -> None:
    environment.prepare(root)
    (root / "pyproject.toml").write_text("[project]\nname = 'x'\n")
    environment.prepare(root)
    assert commands == [*ALL, "package"]


@pytest.mark.parametrize("damage", ["", "{", "[]", '{"python": "3.4"}'])
def test_doubtful_stamp_makes_it_afresh(root: Path, commands: list[str], damage: str) -> None:
    environment.prepare(root)
    (root / ".venv" / "opspilot-environment.json").write_text(damage)
    environment.prepare(root)
    assert commands == ALL * 2


def test_environment_whose_python_is_gone_is_made_afresh(root: Path, commands: list[str]) -> None:
    environment.prepare(root)
    environment.python_of(root / ".venv").unlink()
    environment.prepare(root)
    assert commands == ALL * 2


def test_moved_checkout_makes_it_afresh(root: Path, commands: list[str], tmp_path: Path) -> None:
    environment.prepare(root)
    moved = tmp_path / "moved"
    moved.mkdir()
    for name in ("requirements.lock", "pyproject.toml", ".venv"):
        shutil.move(root / name, moved / name)
    environment.prepare(moved)
    assert commands == ALL * 2


def test_cut_short_is_not_taken_for_done(
    root: Path, commands: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    environment.prepare(root)
    good = environment.subprocess.run
    (root / "requirements.lock").write_text("two==2 --hash=sha256:00\n")
    monkeypatch.setattr(
        environment.subprocess, "run", lambda command, **_: subprocess.CompletedProcess(command, 1)
    )
    with pytest.raises(environment.EnvironmentFailure, match="virtual environment could not be made"):
        environment.prepare(root)
    monkeypatch.setattr(environment.subprocess, "run", good)
    environment.prepare(root)
    assert commands == ALL * 2


@pytest.mark.parametrize("installs", [True, False])
def test_missing_venv_module_names_its_package(
    root: Path, commands: list[str], monkeypatch: pytest.MonkeyPatch, installs: bool
) -> None:
    asked: list[list[str]] = []

    def install(packages: list[str]) -> bool:
        asked.append(packages)
        return installs

    monkeypatch.setattr(environment.importlib.util, "find_spec", lambda name: name != "ensurepip" or None)
    monkeypatch.setattr(system_libraries, "install", install)
    package = f"python{sys.version_info.major}.{sys.version_info.minor}-venv"
    if installs:
        environment.prepare(root)
        assert commands == ALL
    else:
        with pytest.raises(environment.EnvironmentFailure, match=f"install the package {package}"):
            environment.prepare(root)
        assert commands == []
    assert asked == [[package]]


def test_too_old_a_python_is_refused(
    root: Path, commands: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(environment.sys, "version_info", (3, 10, 4))
    with pytest.raises(environment.EnvironmentFailure, match=r"3\.11 or newer"):
        environment.prepare(root)
    assert commands == []

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import Any

import package
import pytest


@pytest.fixture
def root(tmp_path: Path) -> Path:
    for name in ("build.spec", "requirements.lock", "scripts/bundle_entry.py", "opspilot_desktop/a.py"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(name)
    (tmp_path / "resources").mkdir()
    return tmp_path


@pytest.fixture
def builds(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """The folders that PyInstaller was told to build into."""
    folders: list[Path] = []

    def run(command: list[str], **_options: Any) -> subprocess.CompletedProcess[bytes]:
        folder = Path(command[command.index("--distpath") + 1])
        folders.append(folder)
        program = package.program(folder / package.NAME)
        program.parent.mkdir(parents=True, exist_ok=True)
        program.touch()
        return subprocess.CompletedProcess(command, 0)

    monkeypatch.setattr(package.subprocess, "run", run)
    return folders


def test_built_once_for_the_same_sources(root: Path, builds: list[Path]) -> None:
    folder = root / "dist"
    assert package.build(root, folder) == folder / "opspilot-desktop"
    (root / "opspilot_desktop" / "__pycache__").mkdir()
    (root / "opspilot_desktop" / "__pycache__" / "a.pyc").touch()
    package.build(root, folder)
    assert builds == [folder]


@pytest.mark.parametrize(
    "changed", ["build.spec", "requirements.lock", "opspilot_desktop/a.py", "resources/new.svg"]
)
def test_built_again_after_a_change(root: Path, builds: list[Path], changed: str) -> None:
    package.build(root, root / "dist")
    (root / changed).write_text("changed")
    package.build(root, root / "dist")
    assert len(builds) == 2


def test_renamed_source_is_a_change(root: Path) -> None:
    before = package.digest(root)
    (root / "opspilot_desktop" / "a.py").rename(root / "opspilot_desktop" / "b.py")
    assert package.digest(root) != before


def test_built_again_when_it_was_removed(root: Path, builds: list[Path]) -> None:
    package.program(package.build(root, root / "dist")).unlink()
    package.build(root, root / "dist")
    assert len(builds) == 2


def test_failure_is_not_taken_for_a_build(
    root: Path, builds: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    package.build(root, root / "dist")
    (root / "build.spec").write_text("broken")
    good = package.subprocess.run

    def fail(command: list[str], **_options: Any) -> None:
        raise subprocess.CalledProcessError(1, command)

    monkeypatch.setattr(package.subprocess, "run", fail)
    with pytest.raises(subprocess.CalledProcessError):
        package.build(root, root / "dist")
    monkeypatch.setattr(package.subprocess, "run", good)
    package.build(root, root / "dist")
    assert len(builds) == 2

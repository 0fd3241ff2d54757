from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from opspilot_desktop import paths

FOLDERS = {"data": paths.data, "settings": paths.settings, "logs": paths.logs, "backups": paths.backups}


@pytest.mark.parametrize("name", FOLDERS)
def test_home_moves_every_folder(name: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("OPSPILOT_HOME", str(tmp_path / "moved"))
    assert FOLDERS[name]() == tmp_path / "moved" / name
    assert not (tmp_path / "moved").exists()


def test_home_may_be_relative_or_begin_with_tilde(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("OPSPILOT_HOME", "here")
    assert paths.data() == tmp_path / "here" / "data"
    monkeypatch.setenv("OPSPILOT_HOME", "~/there")
    assert paths.data() == Path.home() / "there" / "data"


@pytest.mark.parametrize("empty", ["", "  "])
def test_without_home_the_system_decides(empty: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPSPILOT_HOME", empty)
    found = {name: folder() for name, folder in FOLDERS.items()}
    assert len(set(found.values())) == len(found)
    assert all(path.is_absolute() and paths.APP_NAME in path.parts for path in found.values())


def test_files_are_in_their_folders(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("OPSPILOT_HOME", str(tmp_path))
    assert paths.default_workspace() == tmp_path / "data" / "workspace.opspilot"
    assert paths.settings_file() == tmp_path / "settings" / "settings.json"


def test_resources_of_a_checkout() -> None:
    assert paths.resources() == Path(__file__).parent.parent / "resources"
    assert (paths.resources() / "icons").is_dir()


def resources_of_a_copy(folder: Path) -> subprocess.CompletedProcess[str]:
    """What a copy of the package in this folder takes for its resources."""
    (folder / "opspilot_desktop").mkdir(parents=True, exist_ok=True)
    for name in ("__init__.py", "paths.py"):
        shutil.copy(Path(paths.__file__).with_name(name), folder / "opspilot_desktop" / name)
    code = f"import sys; sys.path.insert(0, {str(folder)!r})\nfrom opspilot_desktop import paths\n"
    command = [sys.executable, "-c", code + "print(paths.__file__)\nprint(paths.resources())"]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


def test_resources_within_the_package_come_first(tmp_path: Path) -> None:
    inside = tmp_path / "opspilot_desktop" / "resources"
    inside.mkdir(parents=True)
    (tmp_path / "resources").mkdir()  # another project's, beside an installed package
    run = resources_of_a_copy(tmp_path)
    assert run.stdout.splitlines() == [str(inside.with_name("paths.py")), str(inside)], run.stderr


def test_missing_resources_are_said(tmp_path: Path) -> None:
    run = resources_of_a_copy(tmp_path)
    assert run.returncode == 1
    assert "FileNotFoundError: The program's resources are missing from" in run.stderr

"""The wheel: all that the program needs is inside, and it works away from the checkout."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder into which the wheel, freshly built from the checkout, is installed."""
    wheels = tmp_path_factory.mktemp("wheels")
    folder = tmp_path_factory.mktemp("installed")
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--no-input"]
    build = [*pip, "wheel", "--no-deps", "--no-build-isolation", "--no-index", "-w", wheels, ROOT]
    subprocess.run(build, check=True, capture_output=True)
    (wheel,) = wheels.glob("*.whl")
    install = [*pip, "install", "--no-deps", "--no-index", "--no-compile", "--target", folder, wheel]
    subprocess.run(install, check=True, capture_output=True)
    return folder


def python(installed: Path, folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Runs Python in an empty folder with the installed package before the checkout's."""
    environment = os.environ | {"PYTHONPATH": str(installed)}
    return subprocess.run(
        [sys.executable, *arguments], cwd=folder, env=environment, check=False, capture_output=True, text=True
    )


def test_it_holds_every_file(installed: Path) -> None:
    def files(folder: Path) -> set[str]:
        names = (path.relative_to(folder) for path in folder.rglob("*") if path.is_file())
        caches = ("__pycache__", ".mypy_cache", ".ruff_cache")
        return {name.as_posix() for name in names if not any(part in caches for part in name.parts)}

    inside = files(installed / "opspilot_desktop")
    package = files(ROOT / "opspilot_desktop")
    resources = {f"resources/{name}" for name in files(ROOT / "resources")}
    assert any(name.endswith(".svg") for name in resources)
    assert any(name.startswith("store/migrations/versions/") for name in package)
    assert inside == package | resources


def test_it_finds_its_own_resources(installed: Path, tmp_path: Path) -> None:
    run = python(installed, tmp_path, "-c", "from opspilot_desktop import paths; print(paths.resources())")
    assert run.stdout.strip() == str(installed / "opspilot_desktop" / "resources"), run.stderr


def test_self_test_passes_in_an_empty_folder(installed: Path, tmp_path: Path) -> None:
    run = python(installed, tmp_path, "-m", "opspilot_desktop", "self-test", "--json")
    assert run.returncode == 0, run.stdout + run.stderr
    assert isinstance(json.loads(run.stdout), dict)
    assert list(tmp_path.iterdir()) == []

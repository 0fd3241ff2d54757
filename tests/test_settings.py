from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from opspilot_desktop.settings import RECENT_WORKSPACES, UserSettings


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "settings" / "settings.json"


def test_missing_file_gives_the_defaults_and_makes_nothing(path: Path) -> None:
    settings = UserSettings.load(path)
    assert (settings.theme, settings.model, settings.last_workspace) == ("system", "", "")
    assert (settings.recent_workspaces, settings.state) == ([], {})
    assert settings.reconcile_after_import
    assert not path.parent.exists()


def test_what_is_saved_comes_back(path: Path) -> None:
    settings = UserSettings.load(path)
    settings.theme = "dark"
    settings.model = "some-model"
    settings.reconcile_after_import = False
    settings.set("mainWindow.geometry", "AdnQywADAAAAAA==")
    settings.remember_workspace("/données/März.opspilot")
    assert settings.save()
    again = UserSettings.load(path)
    assert again == settings
    assert again.get("mainWindow.geometry") == "AdnQywADAAAAAA=="
    assert again.get("unknown", "default") == "default"


@given(
    state=st.dictionaries(st.text(), st.text()),
    model=st.text(st.characters(exclude_categories=["Cs"])),
)
def test_any_text_comes_back(
    tmp_path_factory: pytest.TempPathFactory, state: dict[str, str], model: str
) -> None:
    path = tmp_path_factory.mktemp("settings") / "settings.json"
    UserSettings(path, model=model, state=state).save()
    assert UserSettings.load(path) == UserSettings(path, model=model, state=state)


@pytest.mark.expects_log("The settings file is damaged and was set aside")
@pytest.mark.parametrize(
    "damage", [b"", b"{", b"[]", b'"text"', b"\xff\xfe", b"null", b"[" * 100_000], ids=lambda data: data[:8]
)
def test_damaged_file_is_set_aside(path: Path, damage: bytes) -> None:
    path.parent.mkdir()
    path.write_bytes(damage)
    settings = UserSettings.load(path)
    assert settings == UserSettings(path)
    assert path.with_name("settings.json.damaged").read_bytes() == damage
    assert settings.save()
    assert UserSettings.load(path) == settings


@pytest.mark.parametrize(
    ("name", "value"),
    [("theme", "pink"), ("theme", 3), ("model", None), ("recent_workspaces", "x"), ("state", [1])],
)
def test_value_of_a_wrong_kind_is_the_default(path: Path, name: str, value: object) -> None:
    path.parent.mkdir()
    path.write_text(json.dumps({"last_workspace": "kept", name: value}))
    assert UserSettings.load(path) == UserSettings(path, last_workspace="kept")


def test_items_of_a_wrong_kind_are_left_out(path: Path) -> None:
    path.parent.mkdir()
    path.write_text(json.dumps({"recent_workspaces": ["a", 1, None, "b"], "state": {"x": "1", "y": 2}}))
    settings = UserSettings.load(path)
    assert (settings.recent_workspaces, settings.state) == (["a", "b"], {"x": "1"})


def test_what_a_newer_version_added_is_kept(path: Path) -> None:
    path.parent.mkdir()
    path.write_text(json.dumps({"theme": "light", "density": {"rows": 24}}))
    UserSettings.load(path).save()
    assert json.loads(path.read_text())["density"] == {"rows": 24}


def test_recent_workspaces_are_newest_first_and_each_once(path: Path) -> None:
    settings = UserSettings(path)
    for number in [*range(20), 3]:
        settings.remember_workspace(f"/w/{number}")
    assert settings.last_workspace == "/w/3"
    assert settings.recent_workspaces[:3] == ["/w/3", "/w/19", "/w/18"]
    assert len(settings.recent_workspaces) == RECENT_WORKSPACES
    settings.forget_workspace("/w/3")
    assert settings.last_workspace == ""
    assert "/w/3" not in settings.recent_workspaces


@pytest.mark.parametrize(
    "url",
    ["postgresql://desk:s3cret@host/db", "postgresql://host/db?user=desk&password=s3cret&sslmode=require"],
)
def test_a_password_is_never_written(path: Path, url: str) -> None:
    settings = UserSettings(path)
    settings.remember_workspace(url)
    settings.save()
    assert "s3cret" not in path.read_text()
    assert "desk" in settings.last_workspace
    settings.forget_workspace(url)
    assert settings.recent_workspaces == []


@pytest.mark.expects_log("The settings cannot be saved")
def test_failed_save_keeps_the_old_file(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    UserSettings(path, model="old").save()

    def full(_file: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    assert not UserSettings(path, model="new").save()
    assert [file.name for file in path.parent.iterdir()] == ["settings.json"]
    assert UserSettings.load(path).model == "old"


@pytest.mark.expects_log("The settings cannot be read; defaults are used")
def test_unreadable_file_is_no_crash(path: Path) -> None:
    path.mkdir(parents=True)
    assert UserSettings.load(path) == UserSettings(path)
    assert path.is_dir()

"""Source profiles in a workspace: kept, audited, found again by a file's header, on both databases."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import select

from opspilot_desktop.domain.errors import KnownError
from opspilot_desktop.domain.fields import Kind
from opspilot_desktop.domain.jobs import Handle
from opspilot_desktop.files.mapping import Mapping, NeedsMapping
from opspilot_desktop.files.profile import Profile
from opspilot_desktop.files.taking import Constant, Operator, SkipRule
from opspilot_desktop.operations.import_history import list_imports
from opspilot_desktop.operations.importing import store_file
from opspilot_desktop.operations.profiles import (
    check_known_file,
    export_profile,
    import_profile,
    keep_profile,
    list_profiles,
    profile_called,
    read_profile,
    remove_profile,
)
from opspilot_desktop.operations.workspace import Workspace
from opspilot_desktop.store.schema import audit_log

HEADER = ("Ref", "Betrag", "Datum")
BANK = Profile(
    Kind.LEDGER,
    "Bank",
    Mapping(
        {"trade_id": "Ref", "amount": "Betrag", "value_date": "Datum", "currency": Constant("CHF")},
        dates={"value_date": "DD.MM.YYYY"},
    ),
    header=HEADER,
    source="Bank AG",
)


def written(folder: Path, *rows: str, header: str = ",".join(HEADER)) -> Path:
    path = folder / "bank.csv"
    path.write_text("\n".join([header, *rows]) + "\n", encoding="utf-8")
    return path


def audited(workspace: Workspace) -> list[tuple[str, str, dict[str, object]]]:
    with workspace.database.read() as connection:
        rows = connection.execute(select(audit_log).order_by(audit_log.c.id)).all()
    return [(row.operation, row.subject, json.loads(row.details)) for row in rows]


def test_a_profile_is_kept_changed_and_taken_away(workspace: Workspace) -> None:
    keep_profile(Handle(), workspace, BANK)
    keep_profile(Handle(), workspace, BANK)  # nothing has changed
    changed = replace(BANK, footer_rows=1)
    keep_profile(Handle(), workspace, changed)
    assert read_profile(Handle(), workspace, "Bank") == changed
    (saved,) = list_profiles(Handle(), workspace)
    assert (saved.name, saved.kind, saved.version, saved.who) == ("Bank", "ledger", 2, workspace.user)
    assert json.loads(saved.header_signature) == list(HEADER)
    remove_profile(Handle(), workspace, "Bank")
    assert list_profiles(Handle(), workspace) == []
    assert audited(workspace) == [
        ("save profile", "Bank", {"kind": "ledger", "version": 1}),
        ("save profile", "Bank", {"kind": "ledger", "version": 2}),
        ("remove profile", "Bank", {"version": 2}),
    ]


def test_a_profile_that_is_not_there(workspace: Workspace) -> None:
    for verb in (read_profile, remove_profile):
        with pytest.raises(
            KnownError, match="There is no profile “Bank” in this workspace; none is saved here"
        ):
            verb(Handle(), workspace, "Bank")
    assert audited(workspace) == []


def test_what_cannot_be_read_again_is_not_kept(workspace: Workspace) -> None:
    for profile in (replace(BANK, name=" "), replace(BANK, mapping=Mapping(dates={"value_date": "?"}))):
        with pytest.raises(KnownError):
            keep_profile(Handle(), workspace, profile)
    assert list_profiles(Handle(), workspace) == []


def test_a_profile_goes_from_one_workspace_to_another(workspace: Workspace, tmp_path: Path) -> None:
    keep_profile(Handle(), workspace, BANK)
    export_profile(Handle(), workspace, "Bank", tmp_path / "bank.toml")
    remove_profile(Handle(), workspace, "Bank")
    assert import_profile(Handle(), workspace, tmp_path / "bank.toml") == BANK
    assert read_profile(Handle(), workspace, "Bank") == BANK
    (tmp_path / "no-name.toml").write_text('kind = "ledger"\n', encoding="utf-8")
    with pytest.raises(KnownError, match=r"no-name\.toml names no profile"):
        import_profile(Handle(), workspace, tmp_path / "no-name.toml")


def test_a_file_is_read_by_the_profile_that_it_was_made_for(workspace: Workspace, tmp_path: Path) -> None:
    file = written(tmp_path, "T1,10.5,03.04.2026")
    with pytest.raises(NeedsMapping):
        check_known_file(Handle(), workspace, file, Kind.LEDGER)
    keep_profile(Handle(), workspace, BANK)
    with check_known_file(Handle(), workspace, file, Kind.LEDGER) as staged:
        assert staged.warnings == ("Read by the profile Bank.",)
        store_file(Handle(), workspace, staged)
    (one,) = list_imports(Handle(), workspace)
    assert (one["profile"], one["source"], one["imported"]) == ("Bank", "Bank AG", 1)
    assert audited(workspace)[-1][2]["profile"] == "Bank"


def test_a_header_that_has_changed_is_warned_of(workspace: Workspace, tmp_path: Path) -> None:
    keep_profile(Handle(), workspace, BANK)
    file = written(tmp_path, "T1,10.5,03.04.2026,x", header="Ref,Betrag,Datum,Text")
    with check_known_file(Handle(), workspace, file, Kind.LEDGER) as staged:
        assert staged.warnings[:2] == (
            "Read by the profile Bank.",
            "The columns have changed since the profile Bank was made: “Text” is new.",
        )
    with check_known_file(Handle(), workspace, file, Kind.LEDGER, BANK) as staged:
        assert (
            staged.warnings[0] == "The columns have changed since the profile Bank was made: “Text” is new."
        )
    gone = written(tmp_path, "T1,03.04.2026,x", header="Ref,Datum,Text")
    with pytest.raises(KnownError, match="no longer has “Betrag”, which the profile Bank takes"):
        check_known_file(Handle(), workspace, gone, Kind.LEDGER, BANK)


def test_rows_that_were_skipped_are_in_the_audit_trail(workspace: Workspace, tmp_path: Path) -> None:
    keep_profile(Handle(), workspace, BANK)
    profile = replace(BANK, skip=(SkipRule("Ref", Operator.IS_BLANK),))
    with check_known_file(
        Handle(), workspace, written(tmp_path, "T1,1,03.04.2026", ",,"), Kind.LEDGER, profile
    ) as staged:
        assert staged.skipped == 1
        store_file(Handle(), workspace, staged)
    assert audited(workspace)[-1][2]["skipped"] == 1


def test_what_a_mapping_names(workspace: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    keep_profile(Handle(), workspace, BANK)
    monkeypatch.chdir(tmp_path)
    assert profile_called("Bank", Kind.LEDGER, workspace) == BANK
    with pytest.raises(KnownError, match="The profile “Bank” is for ledger, not for trades"):
        profile_called("Bank", Kind.TRADES, workspace)
    with pytest.raises(KnownError, match="neither a profile “Other” in this workspace nor a file"):
        profile_called("Other", Kind.LEDGER, workspace)
    export_profile(Handle(), workspace, "Bank", Path("Bank"))
    with pytest.raises(KnownError, match="“Bank” is a profile of this workspace and a file as well"):
        profile_called("Bank", Kind.LEDGER, workspace)
    assert profile_called("./Bank", Kind.LEDGER, workspace) == BANK
    assert profile_called("Bank", Kind.LEDGER, None) == BANK


def test_a_profile_whose_name_is_too_long_for_a_file_is_found(workspace: Workspace) -> None:
    name = "é" * 200
    keep_profile(Handle(), workspace, replace(BANK, name=name))
    assert profile_called(name, Kind.LEDGER, workspace).name == name

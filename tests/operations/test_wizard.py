"""Whether a file needs the wizard, and what it opens with."""

from __future__ import annotations

from pathlib import Path

import pytest

from opspilot_desktop.domain.fields import Kind
from opspilot_desktop.domain.jobs import Handle
from opspilot_desktop.files.asked import NeedsEncoding, NeedsSheet, ReadAs
from opspilot_desktop.files.mapping import NeedsMapping
from opspilot_desktop.files.recognising import Drifted, SeveralFit
from opspilot_desktop.operations.importing import store_file
from opspilot_desktop.operations.profiles import import_profile, kinds_of_file, list_uses
from opspilot_desktop.operations.wizard import NeedsWizard, check_or_ask, read_start
from opspilot_desktop.operations.workspace import Workspace
from tests.helpers.workbooks import xlsx_of

BANK = "Ref;Betrag\nT1;1,5\n"


def keep(workspace: Workspace, folder: Path, name: str = "Bank", header: str = '"Ref", "Betrag"') -> None:
    path = folder / f"{name}.toml"
    path.write_text(
        f'name = "{name}"\nkind = "ledger"\nheader = [{header}]\n[columns]\ntrade_id = "Ref"\n'
        'amount = "Betrag"\n[numbers]\ndecimal = ","\n'
    )
    import_profile(Handle(), workspace, path)


def file(folder: Path, text: str | bytes) -> Path:
    path = folder / "bank.csv"
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return path


def test_a_file_of_a_kept_profile_is_checked_and_says_so(workspace: Workspace, tmp_path: Path) -> None:
    keep(workspace, tmp_path)
    (before,) = list_uses(Handle(), workspace)
    assert (before.columns, before.last_used) == (2, "")
    with check_or_ask(Handle(), workspace, file(tmp_path, BANK), Kind.LEDGER, ReadAs()) as staged:
        assert (staged.good, staged.warnings[0]) == (1, "Read by the profile Bank.")
        store_file(Handle(), workspace, staged)
    (after,) = list_uses(Handle(), workspace)
    assert after.last_used > after.saved.at


def test_a_header_that_has_changed_is_to_be_looked_at(workspace: Workspace, tmp_path: Path) -> None:
    keep(workspace, tmp_path)
    path = file(tmp_path, "Ref;Betrag;Text\nT1;1,5;a\n")
    with pytest.raises(Drifted) as caught:
        check_or_ask(Handle(), workspace, path, Kind.LEDGER, ReadAs())
    assert caught.value.message == "The columns have changed since the profile Bank was made: “Text” is new."
    assert (caught.value.profile.name, caught.value.drift.new) == ("Bank", ("Text",))


def test_the_kind_of_a_file_is_told_by_the_profile_that_it_has_drifted_from(
    workspace: Workspace, tmp_path: Path
) -> None:
    keep(workspace, tmp_path, header='"Ref", "Betrag", "Text", "Art", "Konto"')
    path = file(tmp_path, "Ref;Saldo;Text;Art;Konto\nT1;1,5;a;b;c\n")
    assert kinds_of_file(Handle(), workspace, path) == {Kind.LEDGER}


def test_two_profiles_that_fit_are_to_be_chosen_from(workspace: Workspace, tmp_path: Path) -> None:
    for name in ("One", "Two"):
        keep(workspace, tmp_path, name)
    with pytest.raises(SeveralFit) as caught:
        check_or_ask(Handle(), workspace, file(tmp_path, BANK), Kind.LEDGER, ReadAs())
    assert [profile.name for profile in caught.value.profiles] == ["One", "Two"]


def test_an_encoding_alone_needs_no_wizard(workspace: Workspace, tmp_path: Path) -> None:
    text = "trade_id;amount;description\nT1;1.5;Café\n".encode("cp1252")
    with pytest.raises(NeedsEncoding):
        check_or_ask(Handle(), workspace, file(tmp_path, text), Kind.LEDGER, ReadAs())
    other = "Ref;Betrag;Text\nT1;1.5;Café\n".encode("cp1252")
    with pytest.raises(NeedsWizard) as caught:
        check_or_ask(Handle(), workspace, file(tmp_path, other), Kind.LEDGER, ReadAs())
    assert isinstance(caught.value.because, NeedsEncoding)
    with pytest.raises(NeedsMapping):
        check_or_ask(Handle(), workspace, file(tmp_path, other), Kind.LEDGER, ReadAs("windows-1252"))


def test_a_sheet_alone_needs_no_wizard(workspace: Workspace, tmp_path: Path) -> None:
    table, other = [["trade_id", "amount"], ["T1", 5]], [["Deal", "Amt"], ["T1", 5]]
    book = xlsx_of(tmp_path / "book.xlsx", {"A": table, "B": other})
    with pytest.raises(NeedsSheet):
        check_or_ask(Handle(), workspace, book, Kind.LEDGER, ReadAs())
    strange = xlsx_of(tmp_path / "strange.xlsx", {"A": other, "B": other})
    with pytest.raises(NeedsWizard):
        check_or_ask(Handle(), workspace, strange, Kind.LEDGER, ReadAs())


def test_what_the_wizard_opens_with(workspace: Workspace, tmp_path: Path) -> None:
    keep(workspace, tmp_path)
    path = file(tmp_path, BANK)
    start = read_start(Handle(), workspace, path, Kind.TRADES)
    assert (start.facts.size, start.profiles, start.taken) == (len(BANK), (), {"Bank": Kind.LEDGER})
    (profile,) = read_start(Handle(), workspace, path, Kind.LEDGER).profiles
    assert profile.name == "Bank"

"""Rows are looked at by a profile of which not everything is said yet, and no value of that is made up."""

from __future__ import annotations

from pathlib import Path

from opspilot_desktop.domain.fields import LEDGER, TRADES, Kind
from opspilot_desktop.files.drafting import for_preview
from opspilot_desktop.files.mapping import Mapping
from opspilot_desktop.files.previewing import read_preview
from opspilot_desktop.files.profile import Profile
from opspilot_desktop.files.taking import Unsigned

HEADER = ("Ref", "Qty", "Px", "Day", "account")


def test_what_is_missing_has_a_stand_in_and_is_hidden(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_text("Ref,Qty,Px,Day,account\nT1,-5,1.5,03/04/2026,A\nT2,6,2,05/06/2026,B\n")
    columns = {"trade_id": "Ref", "quantity": Unsigned("Qty"), "price": "Px", "trade_date": "Day"}
    profile = Profile(Kind.TRADES, mapping=Mapping(columns))
    draft, hidden = for_preview(profile, TRADES, HEADER, frozenset({"trade_date"}))
    assert hidden == {"instrument", "side", "trade_date"}
    preview = read_preview(path, TRADES, draft)
    assert preview.refused == ""
    assert [row.faults for row in preview.rows] == [(), ()]
    assert [(row.values["quantity"], row.values["account"]) for row in preview.rows] == [
        ("5", "A"),
        ("6", "B"),
    ]
    assert profile.mapping.columns == columns


def test_a_column_that_the_file_does_not_have_is_hidden() -> None:
    profile = Profile(
        Kind.LEDGER, mapping=Mapping({"trade_id": "Ref", "amount": "gone", "description": "too"})
    )
    draft, hidden = for_preview(profile, LEDGER, ("Ref",), frozenset())
    assert hidden == {"amount", "description"}
    assert draft.mapping.columns["description"] == ""


def test_a_profile_that_says_everything_stays_as_it_is() -> None:
    profile = Profile(Kind.LEDGER, mapping=Mapping({"trade_id": "Ref", "amount": "Px"}))
    assert for_preview(profile, LEDGER, HEADER, frozenset()) == (profile, frozenset())

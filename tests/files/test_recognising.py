"""Which profile a file was made for, and what is said when its header has changed since."""

from __future__ import annotations

from pathlib import Path

import pytest

from opspilot_desktop.domain.errors import KnownError
from opspilot_desktop.domain.fields import TRADES, Kind
from opspilot_desktop.files.asked import ReadAs
from opspilot_desktop.files.mapping import Mapping
from opspilot_desktop.files.profile import Profile
from opspilot_desktop.files.recognising import Recognised, drift_notices, recognise
from opspilot_desktop.files.taking import Operator, SkipRule

HEADER = ("Deal", "ISIN", "B/S", "Qty", "Px", "Day", "Note")
COLUMNS = {"trade_id": "Deal", "instrument": "ISIN", "side": "B/S", "quantity": "Qty", "price": "Px"}
BROKER = Profile(Kind.TRADES, "Broker", Mapping(COLUMNS), header=HEADER)


def found(folder: Path, header: str, *profiles: Profile, read_as: ReadAs | None = None) -> Recognised | None:
    path = folder / "file.csv"
    path.write_text(f"{header}\nD1,X,BUY,1,1,,\n", encoding="utf-8")
    return recognise(path, TRADES, profiles, read_as)


def test_the_same_names_in_any_order(tmp_path: Path) -> None:
    recognised = found(tmp_path, "Note,Px,Qty,Day,B/S,ISIN,Deal", BROKER)
    assert recognised is not None
    assert recognised.notice == "Read by the profile Broker."
    assert not recognised.drift


def test_another_file_is_not_recognised(tmp_path: Path) -> None:
    assert found(tmp_path, "Deal,ISIN,a,b,c", BROKER) is None
    assert found(tmp_path, ",".join(HEADER)) is None
    assert found(tmp_path, ",".join(HEADER), Profile(Kind.LEDGER, "Cash", header=HEADER)) is None
    assert found(tmp_path, ",".join(HEADER), Profile(Kind.TRADES, "No header", Mapping(COLUMNS))) is None


def test_columns_that_came_and_went_are_warned_of(tmp_path: Path) -> None:
    header = "Deal,ISIN,B/S,Qty,Px,Note,Desk,Book"
    recognised = found(tmp_path, header, BROKER)
    assert recognised is not None
    assert recognised.drift
    assert drift_notices(header.split(","), BROKER) == (
        "The columns have changed since the profile Broker was made: “Day” is gone and “Desk” and “Book”"
        " are new.",
    )


@pytest.mark.parametrize(
    ("header", "said"),
    [
        (
            "Deal,ISIN,B/S,Quantity,Px,Day,Note",
            'no longer has “Qty”, which the profile Broker takes; the proposal is quantity = "Quantity" in'
            ' place of "Qty"; correct the profile or choose another file.',
        ),
        (
            "Deal,ISIN,B/S,Qty,Px.,Day,Note",
            'the proposal is price = "Px." in place of "Px"',
        ),
        (
            "Deal,ISIN,B/S,Qty,Whatever,Day,Note",
            "no longer has “Px”, which the profile Broker takes; correct the",
        ),
    ],
)
def test_a_column_that_is_needed_and_gone_refuses_the_file(tmp_path: Path, header: str, said: str) -> None:
    with pytest.raises(KnownError) as refused:
        found(tmp_path, header, BROKER)
    assert said in refused.value.message


def test_a_column_that_rows_are_skipped_by_is_needed(tmp_path: Path) -> None:
    profile = Profile(
        Kind.TRADES, "Broker", Mapping(COLUMNS), skip=(SkipRule("Note", Operator.IS_BLANK),), header=HEADER
    )
    with pytest.raises(KnownError, match="no longer has “Note”"):
        found(tmp_path, "Deal,ISIN,B/S,Qty,Px,Day", profile)


def test_two_profiles_that_fit_are_put_to_the_person(tmp_path: Path) -> None:
    other = Profile(Kind.TRADES, "Other", Mapping(COLUMNS), header=HEADER[::-1])
    for header in (",".join(HEADER), "Deal,ISIN,B/S,Qty,Px,Day"):
        with pytest.raises(KnownError) as refused:
            found(tmp_path, header, BROKER, other)
        assert refused.value.message == (
            "file.csv fits the profiles “Broker” and “Other”; choose one (--mapping NAME)."
        )


def test_the_same_names_go_before_nearly_the_same(tmp_path: Path) -> None:
    near = Profile(Kind.TRADES, "Near", Mapping(COLUMNS), header=HEADER[:-1])
    recognised = found(tmp_path, ",".join(HEADER), near, BROKER)
    assert recognised is not None
    assert (recognised.profile.name, bool(recognised.drift)) == ("Broker", False)


def test_a_file_that_needs_no_mapping_is_not_taken_for_nearly_the_same(tmp_path: Path) -> None:
    own = ("trade_id", "instrument", "side", "quantity", "price", "trade_date")
    profile = Profile(Kind.TRADES, "Own names", Mapping(dates={"trade_date": "DD/MM/YYYY"}), header=own)
    assert found(tmp_path, ",".join(own[:5]), profile) is None
    assert found(tmp_path, ",".join(own), profile) is not None


def test_each_profile_looks_for_the_header_where_it_is(tmp_path: Path) -> None:
    below = Profile(
        Kind.TRADES, "Below", Mapping(COLUMNS), ReadAs(header_row=2, delimiter=","), header=HEADER
    )
    recognised = found(tmp_path, "A title\n" + ",".join(HEADER), BROKER, below)
    assert recognised is not None
    assert recognised.profile == below
    assert found(tmp_path, ",".join(HEADER), below) is None
    sheet = Profile(Kind.TRADES, "Sheet", read_as=ReadAs(sheet="S"), header=HEADER)
    assert found(tmp_path, ",".join(HEADER), sheet) is not None  # it is no workbook, which has sheets

"""Columns to fields: what is recognised, what is proposed, and what a mapping may say."""

from __future__ import annotations

import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from opspilot_desktop.domain.errors import KnownError
from opspilot_desktop.domain.fields import LEDGER, TRADES, Record
from opspilot_desktop.files.mapping import (
    Mapping,
    NeedsMapping,
    Suggestion,
    known_names,
    propose,
    resolve,
)

REQUIRED = ("trade_id", "instrument", "side", "quantity", "price")
ALIASES = ("Trade Ref", "Symbol", "B/S", "QTY", "Unit-Price")


def test_canonical_names_need_no_mapping() -> None:
    columns = resolve(("price", "side", "trade_id", "quantity", "instrument", "status"), TRADES, None)
    assert columns.indexes == {
        "trade_id": 2,
        "instrument": 4,
        "side": 1,
        "quantity": 3,
        "price": 0,
        "status": 5,
    }
    assert columns.present == ("trade_id", "instrument", "side", "quantity", "price", "status")
    assert columns.warnings == ()


def test_further_columns_are_kept_out_with_a_notice() -> None:
    columns = resolve((*REQUIRED, "desk", "", "gross_amount"), TRADES, None)
    assert columns.warnings == ("Kept out, because no field takes them: desk, column 7, gross_amount.",)
    assert set(columns.indexes) == set(REQUIRED)


def test_aliases_are_proposed_and_not_taken() -> None:
    with pytest.raises(NeedsMapping) as needed:
        resolve((*ALIASES, "settlement_date", "desk"), TRADES, None)
    proposal = needed.value.proposal
    assert [(each.header, each.field, each.how) for each in proposal.columns] == [
        ("Trade Ref", "trade_id", "alias"),
        ("Symbol", "instrument", "alias"),
        ("B/S", "side", "alias"),
        ("QTY", "quantity", "alias"),
        ("Unit-Price", "price", "alias"),
        ("settlement_date", "settle_date", "alias"),
        ("desk", None, ""),
    ]
    assert proposal.missing == ()
    assert 'trade_id = "Trade Ref"' in needed.value.message
    assert "--mapping" in needed.value.message
    columns = resolve((*ALIASES, "settlement_date", "desk"), TRADES, proposal.mapping())
    assert columns.present == (*REQUIRED, "settle_date")


def test_another_case_of_a_name_is_proposed() -> None:
    proposal = propose(("TRADE_ID", "Amount"), LEDGER)
    assert [(each.field, each.how) for each in proposal.columns] == [
        ("trade_id", "alias"),
        ("amount", "alias"),
    ]


def test_an_alias_of_an_optional_field_is_asked_about() -> None:
    with pytest.raises(NeedsMapping, match=r"\(the proposal is currency = \"ccy\"\): confirm"):
        resolve((*REQUIRED, "ccy"), TRADES, None)


def test_an_alias_beside_the_field_itself_is_a_further_column() -> None:
    columns = resolve((*REQUIRED, "ccy", "currency"), TRADES, None)
    assert columns.indexes["currency"] == 6
    assert columns.warnings == ("Kept out, because no field takes them: ccy.",)


def test_two_columns_for_one_field_are_left_to_the_user() -> None:
    with pytest.raises(NeedsMapping) as needed:
        resolve((*REQUIRED, "ccy", "Currency Code"), TRADES, None)
    assert needed.value.proposal.columns[-2:] == (
        Suggestion("ccy", candidates=("currency",)),
        Suggestion("Currency Code", candidates=("currency",)),
    )
    assert "it is undecided what to take “ccy” (currency), “Currency Code” (currency) for" in str(
        needed.value
    )


def test_missing_required_fields_are_named() -> None:
    with pytest.raises(NeedsMapping) as needed:
        resolve(("trade_id", "side", "instrument", "what"), TRADES, None)
    assert needed.value.proposal.missing == ("quantity", "price")
    assert needed.value.message == (
        "No column was recognised as quantity, price; choose another file, or name the column under [columns]"
        " in a TOML file and import with --mapping FILE."
    )


def test_missing_fields_are_named_beside_the_proposal() -> None:
    message = NeedsMapping(propose((*REQUIRED[:3], "Qty"), TRADES)).message
    assert message.startswith(
        'The columns need a mapping (the proposal is quantity = "Qty"; no column was recognised as price): '
    )


def test_a_mapping_goes_before_names() -> None:
    header = (*REQUIRED, "net price", "status")
    columns = resolve(header, TRADES, Mapping({"price": "net price", "status": ""}))
    assert columns.indexes["price"] == 5
    assert "status" not in columns.indexes
    assert columns.warnings == ("Kept out, because no field takes them: price, status.",)


def test_a_column_that_a_mapping_gives_to_one_field_is_not_its_own_as_well() -> None:
    header = ("trade_id", "amount", "currency", "account")
    columns = resolve(header, LEDGER, Mapping({"description": "account"}))
    assert columns.indexes == {"trade_id": 0, "amount": 1, "currency": 2, "description": 3}


@pytest.mark.parametrize(
    ("columns", "said"),
    [
        (
            {"price": "Preis"},
            "The mapping takes price from the column “Preis”, which this file does not have",
        ),
        ({"price": "quantity", "quantity": "quantity"}, "takes two fields from the column “quantity”"),
        ({"price": ""}, "The mapping names no column for price"),
    ],
)
def test_a_mapping_that_does_not_fit(columns: dict[str, str], said: str) -> None:
    with pytest.raises(KnownError, match=said) as refused:
        resolve(REQUIRED, TRADES, Mapping(columns))
    assert not isinstance(refused.value, NeedsMapping)


def test_known_names_are_normalised() -> None:
    assert {"tradeid", "bs", "buysell", "settlementdate", "ccy"} <= known_names(TRADES)
    assert "grossamount" not in known_names(TRADES)


NAMES = st.sampled_from([*REQUIRED, *ALIASES, "ccy", "Currency", "currency", "time", "desk"]) | st.text()


@given(st.lists(NAMES, max_size=8, unique=True), st.sampled_from([TRADES, LEDGER]))
def test_no_field_is_proposed_twice(header: list[str], record: Record) -> None:
    proposal = propose(header, record)
    assert [each.header for each in proposal.columns] == header
    taken = [each.field for each in proposal.columns if each.field is not None]
    assert len(taken) == len(set(taken))
    assert not {*taken} & {*proposal.missing}


def test_the_proposal_in_the_message_is_valid_toml() -> None:
    header = (*REQUIRED[:4], 'Px"')
    message = NeedsMapping(propose(header, TRADES)).message
    line = message.split("the proposal is ")[1].split("): confirm")[0]
    assert tomllib.loads(line) == {"price": 'Px"'}

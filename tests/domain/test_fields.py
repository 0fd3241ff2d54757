"""The declaration of fields is free of contradictions, and is the contract's."""

from __future__ import annotations

import re

import pytest

from opspilot_desktop.domain.fields import LEDGER, RECORDS, TRADES, FieldType, Record


def spelled(header: str) -> str:
    """A header name as aliases are compared: without case, spaces and punctuation."""
    return re.sub(r"[\W_]", "", header.lower())


@pytest.mark.parametrize("record", RECORDS.values(), ids=str)
def test_names_and_labels_are_each_used_once(record: Record) -> None:
    names = [field.name for field in record.fields]
    labels = [field.label for field in record.fields]
    assert len(set(names)) == len(names)
    assert len(set(labels)) == len(labels)
    assert all(re.fullmatch(r"[a-z][a-z0-9_]*", name) for name in names)


@pytest.mark.parametrize("record", [TRADES, LEDGER], ids=str)
def test_a_header_stands_for_one_field_only(record: Record) -> None:
    meaning: dict[str, str] = {}
    for field in record.importable:
        for header in {spelled(name) for name in (field.name, *field.aliases)}:
            assert meaning.setdefault(header, field.name) == field.name, header


@pytest.mark.parametrize("record", [TRADES, LEDGER], ids=str)
def test_an_alias_is_not_another_fields_label(record: Record) -> None:
    for field in record.importable:
        for other in record.importable:
            if other is not field:
                assert spelled(other.label) not in {spelled(alias) for alias in field.aliases}


def test_columns_are_those_of_the_contract() -> None:
    assert [field.name for field in TRADES.required] == [
        "trade_id",
        "instrument",
        "side",
        "quantity",
        "price",
    ]
    assert {field.name for field in TRADES.importable} - {field.name for field in TRADES.required} == {
        *("trader", "currency", "trade_date", "settle_date", "counterparty", "account", "status", "timestamp")
    }
    assert {field.name for field in LEDGER.required} == {"trade_id", "amount"}
    assert {field.name for field in LEDGER.importable} - {"trade_id", "amount"} == {
        *("entry_id", "account", "currency", "entry_type", "value_date", "description", "timestamp")
    }


def test_only_the_quantity_has_to_be_positive() -> None:
    assert [field.name for record in RECORDS.values() for field in record.fields if field.positive] == [
        "quantity"
    ]


def test_what_is_derived_is_never_imported() -> None:
    for record in RECORDS.values():
        assert not {field.name for field in record.fields if field.derived and field.required}
        assert not {field.name for field in record.importable} & {"gross_amount", "match_status"}


def test_a_field_is_found_by_its_name() -> None:
    assert TRADES.field("price").type is FieldType.DECIMAL
    with pytest.raises(KeyError):
        TRADES.field("Price")

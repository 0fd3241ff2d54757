"""Whatever a profile can say of a file's fields and rows comes out of the panels as it went in."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PySide6.QtCore import QCoreApplication, QEvent

from opspilot_desktop.domain.fields import LEDGER, TRADES, Field, FieldType, Record
from opspilot_desktop.files.checking import key_field
from opspilot_desktop.files.mapping import Mapping
from opspilot_desktop.files.taking import (
    Constant,
    DebitCredit,
    Joined,
    NumberFormat,
    Operator,
    Rounding,
    RoundingMode,
    SignedBy,
    SignOf,
    SkipRule,
    Unsigned,
)
from opspilot_desktop.ui.dialogs.wizard.fields_panel import FieldsPanel
from opspilot_desktop.ui.dialogs.wizard.skip_panel import SkipPanel
from opspilot_desktop.ui.icons import Icons
from opspilot_desktop.ui.theme import Theme
from tests.helpers.wizard_panels import Show, proposal_of, samples_of, steps

HEADER = ("Ref", "No", "price", "side", "Qty", "<b>x</b>", "a\x00b", "Typ", "account", "Day")
ROWS = [("1", "2", "3", "K", "4", "x", "y", "Soll", "z", "03/04/2026")]
GONE = ("not here", "nor this\n")
COLUMNS = st.sampled_from([*HEADER, *GONE])
TWO = st.lists(COLUMNS, min_size=2, max_size=2, unique=True)
TEXTS = st.text(max_size=6)
WORDS = st.lists(TEXTS.filter(bool), unique_by=lambda word: word.strip().lower(), min_size=2, max_size=5)
SIDES: st.SearchStrategy[Any] = st.sampled_from(["BUY", "SELL"])
FORMS = st.sampled_from(
    ["YYYY-MM-DD", "YYYYMMDD", "DD/MM/YYYY", "D.M.YY", "YYYY-MM-DDThh:mm:ss", " DD-MMM-YYYY", "YY|M|D"]
)
CONSTANTS = {
    FieldType.SIDE: st.sampled_from(["BUY", " sell"]),
    FieldType.DECIMAL: st.sampled_from(["1", "0.50", " 12 "]),
    FieldType.DATE: st.just("2026-11-23"),
}
NUMBERS = st.builds(
    NumberFormat,
    st.sampled_from([".", ","]),
    st.sampled_from(["", ".", ",", "'", " "]),
    st.booleans(),
    st.booleans(),
).filter(lambda form: form.decimal != form.thousands)


MEANINGS: dict[FieldType, st.SearchStrategy[str]] = {
    FieldType.SIDE: st.sampled_from(["BUY", "SELL", "buy"]),
    FieldType.TRADE_STATUS: TEXTS,
}


def words_of(meanings: st.SearchStrategy[str]) -> st.SearchStrategy[dict[str, str]]:
    """What some words stand for, or none."""
    said = WORDS.flatmap(lambda words: st.fixed_dictionaries(dict.fromkeys(words, meanings)))
    return said | st.just({})


def constants(field: Field) -> st.SearchStrategy[Constant]:
    texts = CONSTANTS.get(field.type, TEXTS.filter(lambda text: bool(text.strip()) or not field.required))
    return texts.map(Constant)


def signed_by(two: list[str], words: list[str], cut: int, reversals: bool) -> SignedBy:
    at = cut % (len(words) - 1) + 1
    return SignedBy(two[0], two[1], tuple(words[:at]), tuple(words[at:]), reversals)


def taken_of(field: Field, key: str) -> st.SearchStrategy[Any]:
    """Every way to take a field of a record, whose own id is `key`."""
    ways: list[st.SearchStrategy[Any]] = [st.just(""), COLUMNS, constants(field)]
    if field.type is FieldType.ID:
        joined = st.lists(COLUMNS, min_size=2, max_size=4).map(tuple)
        repeats = st.sampled_from(["refuse", "number"] if field.name == key else ["refuse"])
        ways.append(st.builds(Joined, joined, TEXTS.filter(bool), repeats))
    if field.type is FieldType.DECIMAL:
        positive: st.SearchStrategy[Any] = st.sampled_from(["debit", "credit"])
        ways.append(st.builds(lambda two, *rest: DebitCredit(*two, *rest), TWO, positive, st.booleans()))
        ways.append(st.builds(signed_by, TWO, WORDS, st.integers(0, 9), st.booleans()))
    if field.positive:
        ways.append(st.builds(Unsigned, COLUMNS, SIDES))
    if field.type is FieldType.SIDE:
        ways.append(st.builds(SignOf, COLUMNS, SIDES))
    return st.one_of(ways)


def mappings(record: Record) -> st.SearchStrategy[Mapping]:
    """Mappings of a record, with all that they can say."""

    def some(kind: FieldType, each: Any) -> st.SearchStrategy[Any]:
        names = [field.name for field in record.importable if field.type is kind]
        return st.fixed_dictionaries({}, optional=dict.fromkeys(names, each))

    words = {
        field.name: words_of(MEANINGS[field.type]) for field in record.importable if field.type in MEANINGS
    }
    modes = st.sampled_from(list(RoundingMode))
    return st.builds(
        Mapping,
        st.fixed_dictionaries(
            {}, optional={field.name: taken_of(field, key_field(record)) for field in record.importable}
        ),
        st.fixed_dictionaries({}, optional=words),
        st.booleans(),
        NUMBERS,
        some(FieldType.DATE, FORMS),
        some(FieldType.DECIMAL, st.builds(Rounding, st.integers(0, 9), modes)),
    )


@pytest.fixture
def panels(show: Show) -> dict[str, FieldsPanel]:
    return {record.kind.value: show(HEADER, ROWS, record) for record in (TRADES, LEDGER)}


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(st.sampled_from([TRADES, LEDGER]).flatmap(lambda each: st.tuples(st.just(each), mappings(each))))
def test_a_mapping_comes_out_as_it_went_in(
    panels: dict[str, FieldsPanel], said: tuple[Record, Mapping]
) -> None:
    record, mapping = said
    panel = panels[record.kind.value]
    with steps(panel, 0):
        panel.show_file(HEADER, samples_of(HEADER, ROWS), proposal_of(HEADER, ROWS, record.kind))
        panel.set_mapping(mapping)
        assert panel.mapping() == mapping
        for row in panel.rows.values():
            row.unfold(True)
        assert panel.mapping() == mapping
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


RULES = st.builds(
    lambda column, operator, values: SkipRule(
        column, operator, tuple(values) if operator.takes_values else ()
    ),
    st.sampled_from(HEADER),
    st.sampled_from(list(Operator)),
    st.lists(TEXTS.filter(str.strip), min_size=1, max_size=4, unique=True),
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=50)
@given(st.lists(RULES, max_size=4), st.integers(0, 1000))
def test_rules_come_out_as_they_went_in(
    theme: Theme, icons: Icons, rules: list[SkipRule], footer_rows: int
) -> None:
    panel = SkipPanel(theme, icons)
    with steps(panel, 0):
        panel.show_file(HEADER, samples_of(HEADER, ROWS))
        panel.set_rules(rules)
        panel.set_footer_rows(footer_rows)
        assert panel.rules() == tuple(rules)
        assert panel.footer_rows() == footer_rows
    panel.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)

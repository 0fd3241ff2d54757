from __future__ import annotations

import time

import pytest
from PySide6.QtCore import QCoreApplication, QEvent

from opspilot_desktop.domain.fields import TRADES
from opspilot_desktop.files.mapping import Mapping
from opspilot_desktop.files.taking import (
    SignOf,
)
from opspilot_desktop.ui.dialogs.wizard.field_row import FieldRow
from opspilot_desktop.ui.dialogs.wizard.fields_panel import FieldsPanel
from opspilot_desktop.ui.dialogs.wizard.sources import Way
from opspilot_desktop.ui.dialogs.wizard.way_editors import (
    DebitCreditEditor,
    WayEditor,
)
from opspilot_desktop.ui.theme import Theme
from tests.helpers.wizard_panels import (
    Show,
    click,
    is_as_the_eye_goes,
    pick,
    proposal_of,
    steps,
    tabbed,
)

HEADER = ("TRADE_REF", "SYMBOL", "B/S", "QTY", "PX", "VAL_DT", "BOOK", "TYP", "OUT", "IN")
ROWS = (
    ("T-1", "VOD.L", "B", "100", "1.5", "2026-11-23", "EQ", "dr", "5", ""),
    ("T-2", "BARC.L", "S", "850", "2.25", "2026-11-24", "EQ", "CR", "", "7"),
)
PLAIN = {
    "trade_id": "TRADE_REF",
    "instrument": "SYMBOL",
    "side": "B/S",
    "quantity": "QTY",
    "price": "PX",
}


def editor_of(row: FieldRow) -> WayEditor:
    """The editor of the way that is chosen."""
    source = row.source_box.source
    assert row.fold is not None
    assert isinstance(source, Way)
    return row.fold.ways[source]


@pytest.fixture
def panel(show: Show) -> FieldsPanel:
    return show(HEADER, ROWS)


def test_what_was_found_is_shown_with_how(panel: FieldsPanel) -> None:
    assert list(panel.rows)[:5] == ["trade_id", "instrument", "side", "quantity", "price"]
    assert {name: panel.rows[name].box.currentText() for name in PLAIN} == PLAIN
    assert panel.rows["instrument"].how.text() == "By name"
    assert panel.rows["side"].how.text() == "B is BUY and S is SELL"
    assert panel.rows["trader"].how.text() == "Not imported"
    assert panel.rows["trade_date"].how.text() == "Please check (60 %)"
    assert "It is the only column of dates" in panel.rows["trade_date"].how.toolTip()
    assert panel.invalid == []
    assert panel.mapping() == Mapping({**PLAIN, "trade_date": "VAL_DT"}, {"side": {"B": "BUY", "S": "SELL"}})


def test_columns_that_nothing_takes_are_told(panel: FieldsPanel) -> None:
    assert panel.kept_out == "Kept out: BOOK, TYP, OUT, IN"


def test_a_column_of_an_unfinished_way_is_not_told_as_kept_out(panel: FieldsPanel) -> None:
    pick(panel.rows["account"].box, "BOOK")
    pick(panel.rows["price"].box, "Debit and credit columns…")
    editor = editor_of(panel.rows["price"])
    assert isinstance(editor, DebitCreditEditor)
    pick(editor.debit, "OUT")
    assert panel.kept_out == "Kept out: PX, TYP, IN"


def test_the_theme_changes_while_it_is_open(panel: FieldsPanel, theme: Theme) -> None:
    for row in (panel.numbers, *panel.rows.values()):
        row.unfold(True)
    light = panel.grab().toImage()
    theme.set_mode("dark")
    dark = panel.grab().toImage()
    middle = light.rect().center()
    assert light.pixelColor(middle).lightness() > 128 > dark.pixelColor(middle).lightness()


def test_a_required_field_needs_a_source_and_says_so(panel: FieldsPanel) -> None:
    row = panel.rows["price"]
    with steps(panel):
        pick(row.box, "Not in the file")
    assert panel.invalid == ["Price"]
    assert row.how.text() == "Choose a column"
    assert row.box.property("invalid") == "true"
    with steps(panel):
        pick(row.box, "PX")
    assert panel.invalid == []


def test_one_column_cannot_be_two_fields(panel: FieldsPanel) -> None:
    pick(panel.rows["account"].box, "PX")
    assert panel.invalid == ["Price", "Account"]
    assert panel.rows["account"].how.text() == "Also taken for Price"


def test_a_column_of_the_fields_own_name_is_taken_unless_it_is_said_to_be_left_out(show: Show) -> None:
    header = ("trade_id", "instrument", "side", "quantity", "price", "trader")
    panel = show(header, [("T", "V", "BUY", "1", "2", "me")])
    panel.set_mapping(Mapping())
    assert panel.rows["trader"].box.currentText() == "trader"
    assert panel.mapping() == Mapping()
    pick(panel.rows["trader"].box, "Not in the file")
    assert panel.mapping() == Mapping({"trader": ""})


def test_a_column_between_two_fields_is_chosen_by_a_person(show: Show) -> None:
    header = ("trade_id", "SYMBOL", "ISIN", "side", "quantity", "price")
    panel = show(header, [("T", "V", "US0378331005", "BUY", "1", "2")])
    assert panel.invalid == ["Instrument"]
    assert panel.rows["instrument"].how.text() == "“SYMBOL” or “ISIN”?"
    assert panel.rows["instrument"].box.currentIndex() == -1
    pick(panel.rows["instrument"].box, "ISIN")
    assert panel.invalid == []


def test_a_column_that_a_profile_names_and_the_file_lacks_stays_and_is_told(panel: FieldsPanel) -> None:
    mapping = Mapping({**PLAIN, "price": "Kurs", "side": SignOf("Menge")})
    panel.set_mapping(mapping)
    assert panel.mapping() == mapping
    assert panel.invalid == ["Side", "Price"]
    assert panel.rows["price"].how.text() == "No column “Kurs” here"
    assert panel.rows["price"].box.currentText() == "Kurs"


def test_another_file_forgets_the_first(panel: FieldsPanel) -> None:
    click(panel.rows["side"].chevron)
    pick(panel.rows["price"].box, "Debit and credit columns…")
    with steps(panel, 0):
        panel.show_file(
            ("trade_id",),
            {"trade_id": ["1"]},
            proposal_of(("trade_id",), [("1",)], TRADES.kind),
        )
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    assert panel.mapping() == Mapping({"trade_id": "trade_id"})
    assert panel.invalid == ["Instrument", "Side", "Quantity", "Price"]
    assert not any(row.is_unfolded for row in panel.rows.values())


def test_tab_goes_as_the_eye_does_also_through_what_unfolds(panel: FieldsPanel) -> None:
    pick(panel.rows["trade_id"].box, "Several columns joined…")
    seen = tabbed(panel, panel.numbers.box)
    assert len(seen) == 27
    assert is_as_the_eye_goes(panel, seen)
    assert all(widget.accessibleName() for widget in seen)


def test_the_first_that_needs_something_can_be_gone_to(panel: FieldsPanel) -> None:
    pick(panel.rows["price"].box, "Not in the file")
    panel.focus_invalid()
    assert panel.rows["price"].box.hasFocus()


def test_three_hundred_columns_are_quick_and_need_no_scrolling_sideways(show: Show) -> None:
    header = [f"COLUMN_{place}" for place in range(300)]
    rows = [[f"{place}.5" for place in range(300)] for _ in range(20)]
    panel = show(header, rows)
    proposal = proposal_of(header, rows, TRADES.kind)
    samples = {name: ["1.5"] * 20 for name in header}
    taken = []
    for _ in range(3):
        start = time.perf_counter()
        panel.show_file(header, samples, proposal)
        taken.append(time.perf_counter() - start)
    assert min(taken) < 0.06
    assert panel.kept_out.endswith("and 280 more")
    assert panel.minimumSizeHint().width() <= 480
    assert panel.rows["price"].box.count() == 305


def test_hostile_names_and_cells_are_shown_as_they_are(show: Show) -> None:
    header = ("<b>bold</b>", "a\x00b\nc", "W" * 1000, "\u202eright", " ", "&file")
    rows = [("<img src=x>", "\x1b[31m", "y" * 1000, "\u200b", "1", "&2"), ("B", "S", "1", "2", "3", "4")]
    panel = show(header, rows)
    box = panel.rows["instrument"].box
    for place, name in enumerate(header):
        panel.rows["instrument"].source_box.choose(name)
        assert panel.mapping().columns["instrument"] == name
        text = box.itemText(place + 3)
        assert len(text) < 60
        assert text.isprintable()
    assert "a␀b␊c" in [box.itemText(place) for place in range(box.count())]
    panel.rows["instrument"].source_box.choose(header[0])
    assert "<b>" not in box.toolTip()
    pick(panel.rows["trade_id"].box, "Several columns joined…")
    pick(panel.rows["side"].box, "<b>bold</b>")
    for row in panel.rows.values():
        row.unfold(True)
    assert panel.minimumSizeHint().width() <= 480
    assert "<b>bold</b>" not in panel.kept_out or "&" not in panel.kept_out[:1]

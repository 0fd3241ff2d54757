from __future__ import annotations

import csv
import io

from hypothesis import given
from hypothesis import strategies as st

from opspilot_desktop.ui.clipboard import tab_separated


def test_plain_cells_stand_as_they_are() -> None:
    assert tab_separated([["a", '5" pipe'], ["", "b\u200bc"]]) == 'a\t5" pipe\n\tb\u200bc'


@given(
    st.lists(st.lists(st.text(st.characters(exclude_characters="\0")), min_size=2, max_size=4), min_size=1)
)
def test_what_is_copied_pastes_as_the_same_cells(rows: list[list[str]]) -> None:
    text = tab_separated(rows)
    read = list(csv.reader(io.StringIO(text, newline=""), delimiter="\t"))
    assert read == rows

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from opspilot_desktop.ui.tables.column_widths import fitted


def test_the_first_floor_is_gone_down_to_before_the_second() -> None:
    own, used, least = [100, 100, 100], [80, 100, 100], [80, 50, 100]
    assert fitted(own, [used, least], 290) == [90, 100, 100]
    assert fitted(own, [used, least], 280) == [80, 100, 100]
    assert fitted(own, [used, least], 250) == [80, 70, 100]
    assert fitted(own, [used, least], 230) == [80, 50, 100]


def test_where_nothing_is_missing_or_too_much_every_column_keeps_its_own() -> None:
    own, least = [100, 100], [60, 60]
    assert fitted(own, [least], 300) == own
    assert fitted(own, [least], 200) == own
    assert fitted(own, [least], 119) == own
    assert fitted(own, [least], 120) == least


WIDTHS = st.lists(st.tuples(*[st.integers(0, 300)] * 3), min_size=1, max_size=12)


@given(WIDTHS, st.integers(0, 3_000))
def test_what_fits_fits_to_the_pixel(columns: list[tuple[int, int, int]], room: int) -> None:
    ordered = [sorted(column, reverse=True) for column in columns]
    own, used, least = ([column[at] for column in ordered] for at in range(3))
    widths = fitted(own, [used, least], room)
    assert all(low <= width <= high for low, width, high in zip(least, widths, own, strict=True))
    assert sum(widths) == (room if sum(least) <= room < sum(own) else sum(own))
    if room >= sum(used):
        assert all(low <= width for low, width in zip(used, widths, strict=True))

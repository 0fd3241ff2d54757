from __future__ import annotations

from array import array

from opspilot_desktop.ui.tables.sight import MOST_KEPT, Sight, find_again, remember

IDS = array("q", range(100, 200))


def places(*ids: int) -> dict[int, int]:
    return {row_id: row for row, row_id in enumerate(ids)}


def test_it_remembers_ids() -> None:
    before = remember(Sight(((2, 3), (7, 7)), current=3, column=4, top=1, offset=5), IDS)
    assert before.selected == {102, 103, 107}
    assert (before.current, before.top) == (103, 101)
    assert before.ids == {101, 102, 103, 107}
    assert remember(Sight(), IDS).ids == set()


def test_a_huge_selection_is_not_remembered() -> None:
    ids = array("q", range(MOST_KEPT + 1))
    assert remember(Sight(((0, MOST_KEPT),), current=5), ids).ids == {5}


def test_everything_is_found_again_where_it_is_now() -> None:
    before = remember(Sight(((2, 3),), current=3, column=4, top=1, offset=5), IDS)
    found = find_again(before, places(101, 103, 102), 3, same_query=True)
    assert found == Sight(((1, 2),), current=1, column=4, top=0, offset=5)


def test_a_current_row_that_has_gone_hands_over_to_the_next() -> None:
    before = remember(Sight(((3, 3),), current=3, top=0), IDS)
    found = find_again(before, places(100, 101, 102, 104, 105), 5, same_query=True)
    assert (found.selected, found.current) == (((3, 3),), 3)
    last = find_again(before, places(100), 1, same_query=True)
    assert (last.selected, last.current) == (((0, 0),), 0)
    assert find_again(before, {}, 0, same_query=True) == Sight()


def test_the_rest_of_a_selection_is_enough() -> None:
    before = remember(Sight(((3, 4),), current=3), IDS)
    found = find_again(before, places(100, 101, 102, 104), 4, same_query=True)
    assert found.selected == ((3, 3),)


def test_what_was_not_selected_is_not_selected_after_it_has_gone() -> None:
    before = remember(Sight((), current=3), IDS)
    found = find_again(before, places(100), 1, same_query=True)
    assert (found.selected, found.current) == ((), 0)


def test_another_query_begins_at_the_top_and_chooses_nobody() -> None:
    before = remember(Sight(((3, 3),), current=3, top=2, offset=9), IDS)
    assert find_again(before, places(104), 1, same_query=False) == Sight()
    found = find_again(before, places(103), 1, same_query=False)
    assert (found.selected, found.current, found.top) == (((0, 0),), 0, -1)


def test_a_top_row_that_has_gone_keeps_the_place() -> None:
    before = remember(Sight(top=50, offset=3), IDS)
    assert find_again(before, {}, 80, same_query=True).top == 50
    assert find_again(before, {}, 10, same_query=True).top == 9

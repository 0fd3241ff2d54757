from __future__ import annotations

import sys
from array import array
from collections.abc import Callable, Sequence

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, QRect, Qt
from PySide6.QtGui import QContextMenuEvent, QHelpEvent, QHoverEvent, QImage
from PySide6.QtWidgets import QApplication, QToolTip
from pytestqt.qtbot import QtBot

from opspilot_desktop.domain.fields import ISSUES, Kind
from opspilot_desktop.domain.jobs import Handle
from opspilot_desktop.ui.icons import Icons
from opspilot_desktop.ui.measures import ROW
from opspilot_desktop.ui.runner import Runner
from opspilot_desktop.ui.tables.row_cache import Page
from opspilot_desktop.ui.tables.rows_model import RowsModel
from opspilot_desktop.ui.tables.sight import Sight
from opspilot_desktop.ui.tables.table_spec import columns_of
from opspilot_desktop.ui.tables.table_view import TableView
from opspilot_desktop.ui.theme import Theme
from opspilot_desktop.ui.widgets.pills import Pills

LONG = "A counterparty with a very long name that no column has room for, and then some more"
CTRL, SHIFT, NONE = (
    Qt.KeyboardModifier.ControlModifier,
    Qt.KeyboardModifier.ShiftModifier,
    Qt.KeyboardModifier.NoModifier,
)
LEFT = Qt.MouseButton.LeftButton


def read(_handle: Handle, ids: Sequence[int]) -> Page:
    """Rows that are all alike but for their ids."""
    cells = {"severity": "High", "status": "Open", "counterparty": LONG, "age": "3 d", "currency": "EUR"}
    cells["assigned_to"] = "Bo"
    rows = tuple(
        tuple(str(row_id) if field.name == "id" else cells.get(field.name, "–") for field in ISSUES.fields)
        for row_id in ids
    )
    return Page(rows, tuple((text,) for text in rows[0]))


MakeView = Callable[[int], TableView]


@pytest.fixture
def make_view(qtbot: QtBot, runner: Runner, theme: Theme, icons: Icons, pills: Pills) -> MakeView:
    def make(rows: int) -> TableView:
        model = RowsModel(columns_of(Kind.ISSUES), runner, theme)
        view = TableView(model, theme, icons, pills)
        model.setParent(view)
        model.set_reader(read, 5.0)
        model.set_ids(array("q", range(101, 101 + rows)))
        qtbot.addWidget(view)
        view.resize(1100, 400)
        view.show()
        view.activateWindow()
        view.setFocus()
        qtbot.waitUntil(view.hasFocus)
        return view

    return make


def at(view: TableView, row: int, column: int = 0) -> QPoint:
    return view.visualRect(view.rows.index(row, column)).center()


def click(qtbot: QtBot, view: TableView, row: int, modifier: Qt.KeyboardModifier = NONE) -> None:
    qtbot.mouseClick(view.viewport(), LEFT, modifier, at(view, row))


def picture(view: TableView) -> QImage:
    return view.viewport().grab().toImage()


def test_a_click_selects_the_row_and_tells_its_id(qtbot: QtBot, make_view: MakeView) -> None:
    view = make_view(50)
    counts: list[int] = []
    currents: list[int | None] = []
    view.selectedCount.connect(counts.append)
    view.currentRowChanged.connect(currents.append)
    click(qtbot, view, 3)
    assert counts == [1]
    assert currents == [104]
    assert list(view.selected_ids()) == [104]
    qtbot.keyClick(view, Qt.Key.Key_Down)
    qtbot.keyClick(view, Qt.Key.Key_Right)  # another cell of the same row
    assert currents == [104, 105]
    assert view.current_id() == 105


def test_ranges_and_single_rows_are_selected_as_everywhere(qtbot: QtBot, make_view: MakeView) -> None:
    view = make_view(50)
    click(qtbot, view, 2)
    click(qtbot, view, 5, SHIFT)
    click(qtbot, view, 8, CTRL)
    click(qtbot, view, 3, CTRL)
    assert view.selected() == [(2, 2), (4, 5), (8, 8)]
    assert list(view.selected_ids()) == [103, 105, 106, 109]
    assert view.selected_count() == 4


def test_everything_is_selected_in_no_time(qtbot: QtBot, make_view: MakeView) -> None:
    view = make_view(1_000_000)
    with qtbot.waitSignal(view.selectedCount, timeout=1000) as told:
        qtbot.keyClick(view, Qt.Key.Key_A, CTRL)
    assert told.args == [1_000_000]
    # With the table's own selection the header would ask of each column, row by row, whether it is selected.
    view.horizontalHeader().viewport().repaint()
    assert view.selected() == [(0, 999_999)]
    assert len(view.selected_ids()) == 1_000_000
    assert not view.horizontalHeader().selectionModel().hasSelection()


def test_enter_and_a_double_click_open_the_row(qtbot: QtBot, make_view: MakeView) -> None:
    view = make_view(50)
    opened: list[int] = []
    view.rowActivated.connect(opened.append)
    qtbot.mouseDClick(view.viewport(), LEFT, NONE, at(view, 4))
    qtbot.keyClick(view, Qt.Key.Key_Down)
    qtbot.keyClick(view, Qt.Key.Key_Return)
    qtbot.keyClick(view, Qt.Key.Key_Enter)
    assert opened == [105, opened[1], opened[1]]
    qtbot.mouseDClick(view.viewport(), Qt.MouseButton.RightButton, NONE, at(view, 4))
    assert len(opened) == 3


def test_a_key_that_moves_selects_the_row_with_the_ring(qtbot: QtBot, make_view: MakeView) -> None:
    view = make_view(5)
    assert view.selected() == []
    qtbot.keyClick(view, Qt.Key.Key_Home, CTRL)
    assert view.selected() == [(0, 0)]
    qtbot.keyClick(view, Qt.Key.Key_End, CTRL)
    assert view.selected() == [(4, 4)]


def test_typing_does_not_search_the_rows(qtbot: QtBot, make_view: MakeView) -> None:
    view = make_view(1_000_000)
    click(qtbot, view, 3)
    qtbot.keyClicks(view, "1000100")
    assert view.current_id() == 104


def test_tab_leaves_the_table(qtbot: QtBot, make_view: MakeView) -> None:
    view = make_view(5)
    assert not view.tabKeyNavigation()


def test_copying_is_asked_for(qtbot: QtBot, make_view: MakeView) -> None:
    view = make_view(5)
    QApplication.clipboard().setText("before")
    asked: list[bool] = []
    view.copyRequested.connect(asked.append)
    click(qtbot, view, 1)
    qtbot.keyClick(view, Qt.Key.Key_C, CTRL)
    qtbot.keyClick(view, Qt.Key.Key_C, CTRL | SHIFT)
    assert asked == [False, True]
    assert QApplication.clipboard().text() == "before"


def ask_for_menu(view: TableView, reason: QContextMenuEvent.Reason, place: QPoint) -> None:
    target = view.viewport()
    QApplication.sendEvent(target, QContextMenuEvent(reason, place, target.mapToGlobal(place)))


def test_the_menu_is_asked_for_where_the_mouse_is(qtbot: QtBot, make_view: MakeView) -> None:
    view = make_view(5)
    places: list[QPoint] = []
    view.menuRequested.connect(places.append)
    place = at(view, 2)
    qtbot.mousePress(view.viewport(), Qt.MouseButton.RightButton, NONE, place)
    ask_for_menu(view, QContextMenuEvent.Reason.Mouse, place)
    assert places == [view.viewport().mapToGlobal(place)]
    assert list(view.selected_ids()) == [103]


def test_a_right_click_keeps_the_selection_it_hits(qtbot: QtBot, make_view: MakeView) -> None:
    view = make_view(5)
    click(qtbot, view, 1)
    click(qtbot, view, 3, SHIFT)
    qtbot.mousePress(view.viewport(), Qt.MouseButton.RightButton, NONE, at(view, 2))
    assert view.selected() == [(1, 3)]


def test_the_menu_key_opens_it_below_the_current_cell(qtbot: QtBot, make_view: MakeView) -> None:
    view = make_view(5)
    places: list[QPoint] = []
    view.menuRequested.connect(places.append)
    view.select_row(2)
    view.clearSelection()
    ask_for_menu(view, QContextMenuEvent.Reason.Keyboard, QPoint(0, 0))
    below = view.visualRect(view.rows.index(2, 0)).bottom()
    assert [view.viewport().mapFromGlobal(place).y() for place in places] == [below]
    assert view.selected() == [(2, 2)]


@pytest.mark.skipif(sys.platform == "win32", reason="there the system asks for the menu itself")
def test_shift_f10_does_what_the_menu_key_does(qtbot: QtBot, make_view: MakeView) -> None:
    view = make_view(5)
    places: list[QPoint] = []
    view.menuRequested.connect(places.append)
    view.select_row(2)
    qtbot.keyClick(view, Qt.Key.Key_F10, SHIFT)
    below = view.visualRect(view.rows.index(2, 0)).bottom()
    assert [view.viewport().mapFromGlobal(place).y() for place in places] == [below]
    qtbot.keyClick(view, Qt.Key.Key_F10)
    assert len(places) == 1


def test_below_the_rows_there_is_no_menu(qtbot: QtBot, make_view: MakeView) -> None:
    view = make_view(2)
    places: list[QPoint] = []
    view.menuRequested.connect(places.append)
    click(qtbot, view, 1)
    place = QPoint(50, 5 * ROW)
    qtbot.mousePress(view.viewport(), Qt.MouseButton.RightButton, NONE, place)
    ask_for_menu(view, QContextMenuEvent.Reason.Mouse, place)
    assert places == []


def test_other_rows_keep_what_is_in_sight(qtbot: QtBot, make_view: MakeView) -> None:
    view = make_view(1000)
    told: list[object] = []
    view.selectedCount.connect(lambda count: told.append(("count", count)))
    view.currentRowChanged.connect(lambda row_id: told.append(("current", row_id)))
    sight = Sight(((600, 601), (605, 605)), current=601, column=2, top=590, offset=7)
    view.show_rows(array("q", range(2001, 3001)), sight)
    assert view.sight() == sight
    assert told == [("count", 3), ("current", 2602)]
    view.show_rows(array("q", [1, 2]), Sight())
    assert told[2:] == [("count", 0), ("current", None)]
    assert view.sight() == Sight(top=0)


def test_moves_of_the_user_are_told_and_others_are_not(qtbot: QtBot, make_view: MakeView) -> None:
    view = make_view(1000)
    moves: list[int] = []
    view.moved.connect(lambda: moves.append(1))
    view.rows.set_ids(array("q", range(1, 901)))
    moves.clear()
    view.verticalScrollBar().setValue(500)
    assert len(moves) == 1
    click(qtbot, view, 25)
    assert len(moves) > 1


def test_rows_have_hairlines_one_hover_shade_and_a_bar(
    qtbot: QtBot, make_view: MakeView, theme: Theme
) -> None:
    view = make_view(8)
    view.layout_of_columns.set_shown("severity", False)
    click(qtbot, view, 1)
    place = QPointF(at(view, 4))
    hover = QHoverEvent(QEvent.Type.HoverMove, place, view.viewport().mapToGlobal(place), QPointF())
    QApplication.sendEvent(view.viewport(), hover)
    image = picture(view)
    edge = image.width() - 2  # to the right of the last column's content

    def color(x: int, row: int, y: int = 5) -> str:
        return image.pixelColor(x, row * ROW + y).name()

    assert color(edge, 1) == theme.color("sel").name()
    assert color(edge, 4) == theme.color("row_hover").name()
    assert color(edge, 3) == theme.color("surface").name()
    assert {color(edge, row, ROW - 1) for row in range(8)} == {theme.color("grid").name()}
    assert color(edge, 8, ROW - 1) == theme.color("surface").name()
    view.setCurrentIndex(view.rows.index(1, 4))
    image = picture(view)
    assert [color(x, 1) for x in (0, 1, 2)] == [theme.color("accent").name()] * 3
    assert color(3, 1) == theme.color("sel").name()
    gone = QHoverEvent(QEvent.Type.HoverLeave, QPointF(-1, -1), QPointF(-1, -1), place)
    QApplication.sendEvent(view.viewport(), gone)
    image = picture(view)
    assert color(edge, 4) == theme.color("surface").name()


def test_the_current_cell_has_a_ring_while_the_table_has_the_keyboard(
    qtbot: QtBot, make_view: MakeView, theme: Theme
) -> None:
    view = make_view(8)
    column = next(at for at, field in enumerate(ISSUES.fields) if field.name == "currency")
    view.setCurrentIndex(view.rows.index(2, column))
    cell: QRect = view.visualRect(view.currentIndex())

    def edge() -> set[str]:
        image = picture(view)
        return {image.pixelColor(cell.left() + x, cell.top() + 10).name() for x in (0, 1)}

    assert edge() == {theme.color("focus").name()}
    view.clearFocus()
    assert edge() == {theme.color("sel_idle").name()}


def test_what_is_cut_is_explained_and_what_is_not_is_not(qtbot: QtBot, make_view: MakeView) -> None:
    view = make_view(3)
    names = [field.name for field in ISSUES.fields]

    def ask(name: str) -> str:
        place = at(view, 1, names.index(name))
        help_event = QHelpEvent(QEvent.Type.ToolTip, place, view.viewport().mapToGlobal(place))
        QApplication.sendEvent(view.viewport(), help_event)
        return QToolTip.text() if QToolTip.isVisible() else ""

    assert ask("counterparty") == LONG
    QToolTip.hideText()
    qtbot.waitUntil(lambda: not QToolTip.isVisible())
    assert ask("currency") == ""
    assert ask("severity") == ""
    assert ask("assigned_to") == ""
    view.layout_of_columns.set_narrow(True)
    assert ask("assigned_to") == "Bo"


def test_a_theme_switch_repaints(qtbot: QtBot, make_view: MakeView, theme: Theme) -> None:
    view = make_view(3)
    theme.set_mode("dark")
    assert picture(view).pixelColor(view.viewport().width() - 2, 5).name() == theme.roles.surface.lower()


def test_it_is_spoken_of(make_view: MakeView) -> None:
    view = make_view(3)
    header = view.horizontalHeader()
    labels = [header.model().headerData(at, Qt.Orientation.Horizontal) for at in range(header.count())]
    assert labels == [field.label for field in ISSUES.fields]

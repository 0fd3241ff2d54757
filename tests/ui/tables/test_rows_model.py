from __future__ import annotations

import threading
import time
from array import array
from collections.abc import Callable, Sequence

import pytest
from PySide6.QtCore import QModelIndex, QSize, Qt
from PySide6.QtGui import QBrush
from PySide6.QtTest import QAbstractItemModelTester
from pytestqt.qtbot import QtBot

from opspilot_desktop.domain.errors import KnownError
from opspilot_desktop.domain.fields import Kind
from opspilot_desktop.domain.jobs import Handle
from opspilot_desktop.operations.reading import PAGE
from opspilot_desktop.ui.runner import Runner
from opspilot_desktop.ui.tables.row_cache import PAGES_KEPT, Page
from opspilot_desktop.ui.tables.rows_model import RowsModel
from opspilot_desktop.ui.tables.table_spec import MISSING, columns_of
from opspilot_desktop.ui.theme import Theme
from tests.helpers.runners import wait_idle

COLUMNS = columns_of(Kind.ISSUES)
PATIENT = 5.0  # seconds; no machine is so slow
ROLE = Qt.ItemDataRole


class FakeReader:
    """Rows that say which id they are and at which reading they were read."""

    def __init__(self) -> None:
        self.asked: list[int] = []
        self.reading = 1
        self.gate = threading.Event()
        self.gate.set()
        self.error: KnownError | None = None

    def __call__(self, handle: Handle, ids: Sequence[int]) -> Page:
        self.asked.append(ids[0])
        while not self.gate.wait(0.005):
            handle.check()
        if self.error is not None:
            raise self.error
        rows = tuple((f"{row_id}.{self.reading}", *("",) * (len(COLUMNS) - 1)) for row_id in ids)
        return Page(rows, ())


MakeModel = Callable[..., RowsModel]


@pytest.fixture
def reader() -> FakeReader:
    return FakeReader()


@pytest.fixture
def make_model(runner: Runner, theme: Theme, reader: FakeReader) -> MakeModel:
    def make(rows: int, budget: float = PATIENT) -> RowsModel:
        model = RowsModel(COLUMNS, runner, theme)
        model.set_reader(reader, budget)
        model.set_ids(array("q", range(1, rows + 1)))
        return model

    return make


def text(model: RowsModel, row: int, column: int = 0) -> str:
    return str(model.index(row, column).data())


def test_it_keeps_the_rules_of_models(make_model: MakeModel, qtbot: QtBot) -> None:
    model = make_model(1000)
    tester = QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    for rows in (3, 0, 2000, 1000, 1001):
        model.set_ids(array("q", range(5, rows + 5)))
        assert model.rowCount() == rows
    model.refresh()
    assert text(model, 999) == "1004.1"
    assert model.rowCount(model.index(0, 0)) == model.columnCount(model.index(0, 0)) == 0
    assert tester.model() is model


def test_a_million_rows_cost_only_the_pages_that_are_looked_at(
    make_model: MakeModel, reader: FakeReader
) -> None:
    model = make_model(1_000_000)
    assert model.rowCount() == 1_000_000
    assert reader.asked == []
    assert text(model, 0) == "1.1"
    assert text(model, 999_999) == "1000000.1"
    assert text(model, 500_000, 1) == ""
    assert reader.asked == [1, 999_937, 499_969]
    assert text(model, 0) == "1.1"
    assert len(reader.asked) == 3


def test_what_is_scrolled_past_is_forgotten(make_model: MakeModel, reader: FakeReader) -> None:
    model = make_model(PAGE * (PAGES_KEPT + 2))
    for number in range(PAGES_KEPT + 1):
        text(model, number * PAGE)
    assert not model.is_loaded(0)
    assert model.is_loaded(PAGE)
    assert text(model, 0) == "1.1"


def test_roles(make_model: MakeModel, theme: Theme) -> None:
    model = make_model(0)
    page = Page((("7", "High", *(MISSING,) * (len(COLUMNS) - 2)),), ())
    model.set_reader(lambda _handle, _ids: page, PATIENT)
    model.set_ids(array("q", [7]))
    names = [column.name for column in COLUMNS]
    difference, currency = names.index("difference"), names.index("currency")
    assert model.index(0, 0).data() == "7"
    assert model.index(0, 1).data(ROLE.ForegroundRole) is None
    assert model.index(0, difference).data(ROLE.ForegroundRole) == QBrush(theme.color("dim"))
    assert model.index(0, currency).data(ROLE.ForegroundRole) == QBrush(theme.color("dim"))
    right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
    left = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
    assert model.index(0, difference).data(ROLE.TextAlignmentRole) == int(right)
    assert model.index(0, 0).data(ROLE.TextAlignmentRole) == int(left)
    assert model.index(0, 0).data(ROLE.DecorationRole) is None
    horizontal, vertical = Qt.Orientation.Horizontal, Qt.Orientation.Vertical
    assert model.headerData(difference, horizontal) == "Difference"
    assert model.headerData(difference, horizontal, int(ROLE.TextAlignmentRole)) == int(right)
    assert model.headerData(difference, horizontal, int(ROLE.SizeHintRole)) is None
    assert model.headerData(0, vertical) is None
    assert model.headerData(99, horizontal) is None
    assert not isinstance(model.index(0, 0).data(ROLE.SizeHintRole), QSize)


def test_the_colours_follow_the_theme(make_model: MakeModel, theme: Theme, qtbot: QtBot) -> None:
    model = make_model(1)
    model.set_reader(lambda _handle, _ids: Page(((MISSING,) * len(COLUMNS),), ()), PATIENT)
    light = model.index(0, 0).data(ROLE.ForegroundRole)
    theme.set_mode("dark")
    assert model.index(0, 0).data(ROLE.ForegroundRole) == QBrush(theme.color("dim")) != light


def test_a_slow_page_shows_blanks_and_comes_in_later(
    make_model: MakeModel, reader: FakeReader, runner: Runner, qtbot: QtBot
) -> None:
    model = make_model(600, budget=0.02)
    reader.gate.clear()
    changed: list[tuple[int, int]] = []
    model.dataChanged.connect(lambda first, last, _roles: changed.append((first.row(), last.row())))
    began = time.monotonic()
    assert text(model, 300) == ""
    assert text(model, 301) == ""
    assert time.monotonic() - began < 1
    assert reader.asked == [257]  # once, and not waited for again
    assert changed == []
    with qtbot.waitSignal(model.pageShown):
        reader.gate.set()
    assert changed == [(256, 511)]
    assert text(model, 300) == "301.1"
    wait_idle(qtbot, runner)
    assert reader.asked == [257]


def test_without_a_budget_painting_never_waits(
    make_model: MakeModel, runner: Runner, reader: FakeReader, qtbot: QtBot
) -> None:
    model = make_model(10, budget=0)
    reader.gate.clear()
    began = time.monotonic()
    assert text(model, 0) == ""
    assert time.monotonic() - began < 1
    reader.gate.set()
    wait_idle(qtbot, runner)
    assert text(model, 0) == "1.1"


def test_a_page_that_is_in_time_does_not_announce_itself(make_model: MakeModel) -> None:
    model = make_model(10)
    changed: list[object] = []
    model.dataChanged.connect(lambda *_: changed.append(1))
    assert text(model, 0) == "1.1"
    assert changed == []


def test_after_a_refresh_old_values_are_shown_until_the_new_ones_are_there(
    make_model: MakeModel, reader: FakeReader, runner: Runner, qtbot: QtBot
) -> None:
    model = make_model(10, budget=0.02)
    assert text(model, 0) == "1.1"
    reader.reading = 2
    reader.gate.clear()
    model.refresh()
    assert text(model, 0) == "1.1"
    reader.gate.set()
    wait_idle(qtbot, runner)
    assert text(model, 0) == "1.2"


def test_an_answer_from_before_a_refresh_is_not_taken_for_new(
    make_model: MakeModel, runner: Runner, qtbot: QtBot
) -> None:
    model = make_model(10, budget=0)
    began, gate = threading.Event(), threading.Event()

    def deaf(_handle: Handle, ids: Sequence[int]) -> Page:
        began.set()
        assert gate.wait(10)
        return Page((("before",) * len(COLUMNS),) * len(ids), ())

    model.set_reader(deaf, 0)
    assert text(model, 0) == ""
    qtbot.waitUntil(began.is_set)
    model.set_reader(lambda _handle, ids: Page((("after",) * len(COLUMNS),) * len(ids), ()), 0)
    gate.set()
    wait_idle(qtbot, runner)
    assert text(model, 0) == ""
    wait_idle(qtbot, runner)
    assert text(model, 0) == "after"


def test_the_same_ids_again_keep_what_is_there(make_model: MakeModel, reader: FakeReader) -> None:
    model = make_model(10)
    assert text(model, 0) == "1.1"
    resets: list[int] = []
    model.modelReset.connect(lambda: resets.append(model.rowCount()))
    reader.reading = 2
    model.set_ids(array("q", range(1, 11)))
    assert resets == []
    assert text(model, 0) == "1.2"


def test_shrinking_goes_through_nothing(make_model: MakeModel) -> None:
    model = make_model(10)
    resets: list[int] = []
    model.modelReset.connect(lambda: resets.append(model.rowCount()))
    model.set_ids(array("q", [1, 2]))
    model.set_ids(array("q", [1, 2, 3]))
    assert resets == [0, 2, 3]


def test_pages_that_were_scrolled_past_are_not_read(
    make_model: MakeModel, reader: FakeReader, runner: Runner, qtbot: QtBot
) -> None:
    model = make_model(PAGE * 50, budget=0)
    reader.gate.clear()
    for number in range(50):
        text(model, number * PAGE)
    reader.gate.set()
    wait_idle(qtbot, runner)
    assert model.is_loaded(PAGE * 49)
    assert model.is_loaded(PAGE * 48)
    assert len(reader.asked) <= 5


def test_an_error_is_told_once_and_a_refresh_tries_again(make_model: MakeModel, reader: FakeReader) -> None:
    model = make_model(10)
    errors: list[KnownError] = []
    model.failed.connect(errors.append)
    reader.error = KnownError("The disk is gone; plug it in.")
    assert text(model, 0) == ""
    assert text(model, 1) == ""
    assert errors == [reader.error]
    assert len(reader.asked) == 1
    reader.error = None
    model.refresh()
    assert text(model, 0) == "1.1"


def test_row_ids(make_model: MakeModel) -> None:
    model = make_model(3)
    assert [model.row_id(row) for row in range(3)] == [1, 2, 3]
    assert model.ids == array("q", [1, 2, 3])
    assert model.rowCount(QModelIndex()) == 3

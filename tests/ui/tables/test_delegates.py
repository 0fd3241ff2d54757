from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtGui import QColor
from pytestqt.qtbot import QtBot

from opspilot_desktop.domain.fields import ISSUES, Kind
from opspilot_desktop.operations.workspace import Workspace
from opspilot_desktop.ui.runner import Runner
from opspilot_desktop.ui.tables.delegates import OVERDUE_DAYS, AgeDelegate, initials
from opspilot_desktop.ui.tables.table_panel import TablePanel
from opspilot_desktop.ui.theme import Theme
from tests.helpers.pixels import image_colors
from tests.helpers.runners import wait_idle
from tests.helpers.workspaces import add_issues, issue
from tests.ui.tables.conftest import OpenPanel


@pytest.mark.parametrize(
    ("name", "letters"),
    [
        ("j.meyer", "JM"),
        ("Jana Meyer", "JM"),
        ("anna-maria.de_okafor", "AO"),
        ("root", "RO"),
        ("x", "X"),
        ("DESK\\m.rossi", "DR"),
        ("株式", "株式"),
        ("...", "?"),
    ],
)
def test_initials(name: str, letters: str) -> None:
    assert initials(name) == letters


def column(name: str) -> int:
    return next(at for at, field in enumerate(ISSUES.fields) if field.name == name)


@pytest.fixture
def show(
    qtbot: QtBot, workspace: Workspace, runner: Runner, open_panel: OpenPanel
) -> Callable[..., TablePanel]:
    """Shows these issues, closed ones too."""

    def show_issues(*rows: dict[str, object]) -> TablePanel:
        add_issues(workspace, rows)
        panel = open_panel(Kind.ISSUES)
        panel.set_query_text("", keep_chips=False)
        wait_idle(qtbot, runner)
        qtbot.waitUntil(lambda: panel.model.index(0, 0).data() != "")
        return panel

    return show_issues


def cell_colors(panel: TablePanel, row: int, name: str) -> set[str]:
    """The colours of a cell."""
    view = panel.view
    view.scrollTo(view.rows.index(row, column(name)))
    rect = view.visualRect(view.rows.index(row, column(name)))
    return set(image_colors(view.viewport().grab(rect).toImage()))


def nearly(color: str, among: set[str]) -> bool:
    """Whether one of these colours is this one but for smoothed edges."""
    wanted = QColor(color)
    found = (QColor(name) for name in among)
    return any(
        max(abs(one - other) for one, other in zip(wanted.getRgb(), color.getRgb(), strict=True)) <= 6
        for color in found
    )


def test_an_overdue_age_stands_out_while_the_issue_asks_for_work(
    show: Callable[..., TablePanel], theme: Theme
) -> None:
    panel = show(
        issue(1, age=OVERDUE_DAYS + 1),
        issue(2, age=OVERDUE_DAYS + 1, status="investigating"),
        issue(3, age=OVERDUE_DAYS),
        issue(4, age=OVERDUE_DAYS + 1, status="resolved"),
        issue(5, age=OVERDUE_DAYS + 1, status="cleared"),
    )
    delegate = panel.view.itemDelegateForColumn(column("age"))
    assert isinstance(delegate, AgeDelegate)
    indexes = [panel.model.index(row, column("age")) for row in range(5)]
    overdue = [delegate.is_overdue(str(index.data()), index) for index in indexes]
    assert overdue == [True, True, False, False, False]
    bad = theme.color("bad").name()
    assert [bad in cell_colors(panel, row, "age") for row in range(5)] == overdue
    assert not delegate.is_overdue("–", indexes[0])


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_pills_are_painted_in_the_themes_colours(
    show: Callable[..., TablePanel], theme: Theme, mode: str
) -> None:
    panel = show(issue(1), issue(2, status="resolved", issue_type="ANOMALOUS_QUANTITY"))
    theme.set_mode("dark" if mode == "dark" else "light")
    tints = theme.roles.tints
    grounds = [tints[severity].ground for severity in ("CRITICAL", "MEDIUM")]
    for row, ground in enumerate(grounds):
        assert ground is not None
        assert ground.lower() in cell_colors(panel, row, "severity")
    assert nearly(tints["open"].text, cell_colors(panel, 0, "status"))
    assert nearly(tints["resolved"].text, cell_colors(panel, 1, "status"))
    assert not nearly(tints["open"].text, cell_colors(panel, 1, "status"))


def test_a_status_that_has_no_pill_is_written(show: Callable[..., TablePanel], theme: Theme) -> None:
    panel = show(issue(1, status="parked"))
    assert panel.model.index(0, column("status")).data() == "Parked"
    colors = cell_colors(panel, 0, "status")
    assert theme.color("text").name() in colors
    assert theme.color("open").name() not in colors


def test_an_assignee_has_a_badge_and_nobody_is_dim(show: Callable[..., TablePanel], theme: Theme) -> None:
    panel = show(issue(1, assigned_to="j.meyer"), issue(2))
    sunken, text, dim = (theme.color(role).name() for role in ("sunken", "text", "dim"))
    somebody, nobody = (cell_colors(panel, row, "assigned_to") for row in range(2))
    assert {sunken, text} <= somebody
    assert dim in nobody
    assert not {sunken, text} & nobody


def test_a_narrow_column_has_only_the_badge(show: Callable[..., TablePanel], theme: Theme) -> None:
    panel = show(issue(1, assigned_to="j.meyer"))
    panel.view.horizontalHeader().resizeSection(column("assigned_to"), 48)
    colors = cell_colors(panel, 0, "assigned_to")
    assert theme.color("sunken").name() in colors
    assert theme.color("text").name() not in colors


def test_the_first_column_stands_further_in(
    show: Callable[..., TablePanel], qtbot: QtBot, theme: Theme
) -> None:
    panel = show(issue(1))
    view = panel.view

    def left_edge(name: str) -> int:
        rect = view.visualRect(view.rows.index(0, column(name)))
        image = view.viewport().grab(rect).toImage()
        ground = image.pixelColor(image.width() - 2, 2)
        inked = (x for x in range(image.width()) for y in range(20) if image.pixelColor(x, y + 3) != ground)
        return next(inked)

    usual = left_edge("trade_id")
    for name in ("id", "severity", "issue_type"):
        view.layout_of_columns.set_shown(name, False)
    assert left_edge("trade_id") - usual == 4

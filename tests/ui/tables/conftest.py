"""A workspace with rows, and a runner, for the tables."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from opspilot_desktop.domain.fields import Kind
from opspilot_desktop.operations.workspace import Workspace
from opspilot_desktop.ui.icons import Icons
from opspilot_desktop.ui.runner import Runner
from opspilot_desktop.ui.tables.table_panel import TablePanel
from opspilot_desktop.ui.theme import Theme
from opspilot_desktop.ui.widgets.pills import Pills
from tests.helpers.runners import running, wait_idle
from tests.helpers.workspaces import new_workspace

OpenPanel = Callable[[Kind], TablePanel]


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Workspace]:
    with new_workspace(tmp_path) as workspace:
        yield workspace


@pytest.fixture
def runner(qapp: QApplication) -> Iterator[Runner]:
    with running() as runner:
        yield runner


@pytest.fixture
def open_panel(
    qtbot: QtBot, workspace: Workspace, runner: Runner, theme: Theme, icons: Icons, pills: Pills
) -> OpenPanel:
    """Shows the table of a kind over the workspace, and waits until it is filled."""

    def open_it(kind: Kind) -> TablePanel:
        names = {"table_name": f"{kind.value}Table", "filter_name": f"{kind.value}Filter"}
        panel = TablePanel(workspace, kind, runner, theme, icons, pills, **names)
        qtbot.addWidget(panel)
        panel.resize(1075, 600)
        panel.show()
        panel.activateWindow()
        wait_idle(qtbot, runner)
        return panel

    return open_it

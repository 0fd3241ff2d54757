"""Panels of the wizard in a scroll area, as narrow as they get."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from pytestqt.qtbot import QtBot

from opspilot_desktop.domain.fields import TRADES, Record
from opspilot_desktop.ui.dialogs.wizard.fields_panel import FieldsPanel
from opspilot_desktop.ui.icons import Icons
from opspilot_desktop.ui.theme import Theme
from tests.helpers.wizard_panels import Rows, Show, proposal_of, samples_of, scrolled


@pytest.fixture
def show(theme: Theme, icons: Icons, qtbot: QtBot) -> Show:
    """Shows a file in a panel of its own."""
    areas = []

    def shown(header: Sequence[str], rows: Rows, record: Record = TRADES) -> FieldsPanel:
        panel = FieldsPanel(theme, icons, record)
        areas.append(scrolled(panel, qtbot))
        panel.show_file(header, samples_of(header, rows), proposal_of(header, rows, record.kind))
        return panel

    return shown

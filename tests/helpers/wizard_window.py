"""A person who imports a file through the wizard, from the file dialog to the stored rows."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QDialog, QToolButton
from pytestqt.qtbot import QtBot

from opspilot_desktop import cli
from opspilot_desktop.ui.dialogs.wizard.field_row import FieldRow
from opspilot_desktop.ui.dialogs.wizard.question_box import QuestionBox
from opspilot_desktop.ui.dialogs.wizard.sources import Way
from opspilot_desktop.ui.dialogs.wizard.way_editors import JoinedEditor, WayEditor
from opspilot_desktop.ui.dialogs.wizard.wizard_dialog import ImportWizard
from opspilot_desktop.ui.main_window import MainWindow
from tests.helpers.window import choose_file, click, press, settle, wait_for, wait_until
from tests.helpers.wizard_panels import click as press_mouse
from tests.helpers.wizard_panels import pick, write

SHAPES = Path(__file__).parents[1] / "fixtures" / "profiles"
KEYS = {"trades": Qt.Key.Key_I, "ledger": Qt.Key.Key_L}


def choose(qtbot: QtBot, window: MainWindow, path: Path, kind: str) -> None:
    """Chooses a file to be imported, in the file dialog."""
    press(qtbot, KEYS[kind], Qt.KeyboardModifier.ControlModifier)
    choose_file(qtbot, "importFileDialog", path)


def wizard_for(qtbot: QtBot, window: MainWindow, path: Path, kind: str) -> ImportWizard:
    """The wizard about a file that was chosen, once the file has been read."""
    choose(qtbot, window, path, kind)
    dialog = wait_for(qtbot, ImportWizard)
    read(qtbot, window)
    return dialog


def read(qtbot: QtBot, window: MainWindow) -> None:
    """Waits until the wizard shows what the choices make of the file."""
    qtbot.wait(300)  # until it asks
    settle(qtbot, window)


def row_of(dialog: ImportWizard, field: str) -> FieldRow:
    """The row of a field, unfolded where it can be."""
    row = dialog.fields.rows[field]
    if row.chevron.isVisibleTo(dialog) and not row.is_unfolded:
        press_mouse(row.chevron)
    return row


def editor_of(dialog: ImportWizard, field: str) -> WayEditor:
    """The editor of the way that is chosen for a field."""
    row = row_of(dialog, field)
    source = row.source_box.source
    assert row.fold is not None
    assert isinstance(source, Way)
    return row.fold.ways[source]


def answer(dialog: ImportWizard, field: str, choice: str) -> None:
    """Answers the question at a field."""
    box = dialog.fields.rows[field].questions[0]
    assert isinstance(box, QuestionBox)
    press_mouse(box.radios.buttons[choice])


def always(dialog: ImportWizard, field: str, text: str) -> None:
    """Says that a field is the same in every row."""
    pick(dialog.fields.rows[field].box, Way.CONSTANT.value)
    editor = editor_of(dialog, field)
    write(editor.edit, text)  # type: ignore[attr-defined]


def leave_out_of_id(dialog: ImportWizard, column: str) -> None:
    """Takes a column out of those that the id is made of."""
    editor = editor_of(dialog, "trade_id")
    assert isinstance(editor, JoinedEditor)
    box = next(box for box in editor.boxes if box.source == column)
    remove = box.parentWidget().findChild(QToolButton)
    assert isinstance(remove, QToolButton)
    press_mouse(remove)


def keep_as(qtbot: QtBot, dialog: ImportWizard, name: str) -> None:
    """Ticks the box and types a name."""
    press_mouse(dialog.keep.keep)
    write(dialog.keep.name, name)


def finish(qtbot: QtBot, window: MainWindow, dialog: ImportWizard) -> None:
    """Has the file checked and stored."""
    read(qtbot, window)
    wait_until(qtbot, dialog.primary.isEnabled)
    click(qtbot, dialog.primary)
    settle(qtbot, window)


def open_dialogs() -> list[QDialog]:
    """Every dialog that is shown."""
    return [each for each in QApplication.topLevelWidgets() if isinstance(each, QDialog) and each.isVisible()]


def stored(target: str, kind: str, folder: Path) -> list[dict[str, Any]]:
    """What a workspace holds, as an export gives it, by id."""
    out = folder / f"stored-{kind}.jsonl"
    assert cli.main(["export", kind, str(out), "--db", target]) == 0
    rows = [json.loads(line) for line in out.read_text(encoding="utf-8").splitlines()]
    return sorted(rows, key=lambda row: row["trade_id"])


def expected(name: str) -> list[dict[str, str | None]]:
    """The records that are to be stored of a file of this shape, with what is given of them."""
    with (SHAPES / f"{name}.expected.csv").open(encoding="utf-8", newline="") as file:
        rows = [{key: value or None for key, value in row.items()} for row in csv.DictReader(file)]
    return sorted(rows, key=lambda row: row["trade_id"] or "")


def given(rows: list[dict[str, Any]], like: dict[str, str | None]) -> list[dict[str, str | None]]:
    """The stored records, with as much of each as `like` has."""
    return [{name: row[name] for name in like} for row in rows]

"""Workspaces: making, opening, the sample data; and exporting a table of the open one."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QFileDialog

from opspilot_desktop import operations, paths
from opspilot_desktop.domain.errors import KnownError
from opspilot_desktop.domain.fields import RECORDS, Kind
from opspilot_desktop.domain.jobs import Changes, Handle
from opspilot_desktop.domain.query import Query
from opspilot_desktop.operations.workspace import Workspace, open_workspace
from opspilot_desktop.ui.desk import Desk
from opspilot_desktop.ui.runner import Lane
from opspilot_desktop.ui.words import rows

_WORKSPACES = f"Workspaces (*{paths.WORKSPACE_SUFFIX} *.db *.sqlite);;All files (*)"
_EXPORTS = "CSV (*.csv);;Excel workbook (*.xlsx);;JSON Lines (*.jsonl)"
_ENDINGS = {"CSV": "csv", "Excel": "xlsx", "JSON": "jsonl"}
_FOLDER = "export-folder"


class WorkspaceFlow(QObject):
    """Opens one workspace in place of another only when the new one is really open."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._desk = desk

    def make(self) -> None:
        """Asks where a new workspace goes, and opens it."""
        dialog = QFileDialog(self._desk.window, "New workspace", self._folder(), _WORKSPACES)
        dialog.setObjectName("newWorkspaceDialog")
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setOption(QFileDialog.Option.DontConfirmOverwrite)
        dialog.setDefaultSuffix(paths.WORKSPACE_SUFFIX.lstrip("."))
        dialog.fileSelected.connect(self._make)
        self._desk.open(dialog)

    def _make(self, file: str) -> None:
        if Path(file).exists():
            self._desk.show_message(
                "There is such a file already",
                f"{file} exists; choose another name, or open it with Open workspace.",
            )
            return
        self.open_target(file, create=True)

    def choose(self) -> None:
        """Asks for a workspace and opens it."""
        dialog = QFileDialog(self._desk.window, "Open workspace", self._folder(), _WORKSPACES)
        dialog.setObjectName("openWorkspaceDialog")
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.fileSelected.connect(lambda file: self.open_target(file, create=False))
        self._desk.open(dialog)

    def open_target(self, target: str, *, create: bool = False) -> None:
        """Opens a workspace by its path or URL in place of the one that is open."""
        if target == self._desk.workspace.path:
            return

        def job(_handle: Handle) -> Workspace:
            return open_workspace(target, create=create)

        def failed(error: KnownError) -> None:
            self._desk.show_message(f"{name} was not opened", error.message)

        name = Path(target).name
        # In the write lane, so that it waits until what is being stored in the old one is stored.
        self._desk.runner.run(Lane.WRITE, job, title=f"Opening {name}", on_done=self._opened, on_error=failed)

    def _opened(self, workspace: Workspace) -> None:
        before = self._desk.workspace
        self._desk.workspace = workspace
        self._desk.settings.remember_workspace(workspace.path)
        self._desk.workspaceChanged.emit()
        before.close()

    def load_sample(self) -> None:
        """Imports and reconciles the sample data in the open workspace."""
        workspace = self._desk.workspace

        def job(handle: Handle) -> Changes:
            return operations.demo.load_sample(handle, workspace)

        self._desk.write("Loading the sample data", job, lambda _done: self._desk.say("Sample data loaded."))

    def export(self, kind: Kind, query: Query) -> None:
        """Asks for a file and writes the rows the table shows into it."""
        label = RECORDS[kind].label.lower()
        folder = self._desk.settings.get(_FOLDER, str(Path.home()))
        dialog = QFileDialog(self._desk.window, f"Export {label}", str(Path(folder, label)), _EXPORTS)
        dialog.setObjectName("exportDialog")
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix("csv")
        dialog.selectFile(f"{label}.csv")
        dialog.filterSelected.connect(lambda chosen: dialog.setDefaultSuffix(_ENDINGS[chosen.split()[0]]))
        dialog.fileSelected.connect(lambda file: self._export(kind, query, Path(file)))
        self._desk.open(dialog)

    def _export(self, kind: Kind, query: Query, path: Path) -> None:
        self._desk.settings.set(_FOLDER, str(path.parent))
        workspace = self._desk.workspace

        def job(handle: Handle) -> int:
            return operations.exporting.export_rows(handle, workspace, kind, path, query)

        self._desk.read_shown(
            f"Exporting to {path.name}",
            job,
            lambda count: self._desk.say(f"{path.name}: {rows(count)} exported."),
        )

    def _folder(self) -> str:
        if self._desk.workspace.is_shared:
            return str(Path.home())
        return str(Path(self._desk.workspace.path).parent)

"""Keeps the workspace's counts and the selected issue as they are in the database now."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer, Signal

from opspilot_desktop import operations
from opspilot_desktop.domain.errors import KnownError
from opspilot_desktop.domain.issues import IssueStatus
from opspilot_desktop.domain.jobs import Handle
from opspilot_desktop.domain.situation import IssueDetail, Overview

from .desk import Desk
from .runner import Lane

_SETTLE_MS = 60


class SituationWatch(QObject):
    """Reads in workers, newest question first; `overviewChanged` and `detailChanged` say what is new."""

    overviewChanged = Signal()
    detailChanged = Signal()

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._desk = desk
        self._selected: int | None = None
        self._then: Callable[[], None] | None = None
        self.overview = Overview()
        self.is_known = False
        """Whether the counts have been read since the workspace was opened."""
        self.detail: IssueDetail | None = None
        # Somebody who holds an arrow key down passes many issues: only where they stop is read.
        self._settle = QTimer(self)
        self._settle.setSingleShot(True)
        self._settle.setInterval(_SETTLE_MS)
        self._settle.timeout.connect(self._read_detail)

    @property
    def status(self) -> IssueStatus | None:
        """The status of the issue that was read, if it is the one selected."""
        if self.detail is None or self.detail.issue["id"] != self._selected:
            return None
        return IssueStatus(self.detail.issue["status"])

    def when_read(self, then: Callable[[], None]) -> None:
        """Calls back once the selected issue has been read: now, if it is, or if none is selected."""
        if self._selected is None or self.status is not None:
            then()
            return
        self._then = then
        self._settle.stop()
        self._read_detail()

    def restart(self) -> None:
        """Another workspace: nothing of the one before is shown any more."""
        self._selected = None
        self._set_detail(None)
        self.overview = Overview()
        self.is_known = False
        self.overviewChanged.emit()
        self.refresh()

    def refresh(self) -> None:
        """Reads the counts and the selected issue again."""
        workspace = self._desk.workspace

        def job(handle: Handle) -> Overview:
            return operations.reading.read_overview(handle, workspace)

        self._desk.read(job, self._set_overview, key="overview")
        if self._selected is not None:
            self._read_detail()

    def select(self, issue_id: int | None) -> None:
        """Another issue is selected, or none."""
        if issue_id == self._selected:
            return
        self._selected = issue_id
        self._then = None
        if issue_id is None:
            self._settle.stop()
            self._set_detail(None)
        elif self.detail is None:
            self._read_detail()
        else:
            self._settle.start()

    def _read_detail(self) -> None:
        workspace, wanted = self._desk.workspace, self._selected
        if wanted is None:
            return

        def job(handle: Handle) -> IssueDetail:
            return operations.reading.read_issue(handle, workspace, wanted)

        def failed(_error: KnownError) -> None:
            self._set_detail(None)

        self._desk.runner.run(Lane.READ, job, key="detail", on_done=self._take_detail, on_error=failed)

    def _take_detail(self, detail: IssueDetail) -> None:
        if detail.issue["id"] == self._selected:
            self._set_detail(detail)

    def _set_detail(self, detail: IssueDetail | None) -> None:
        self.detail = detail
        self.detailChanged.emit()
        then, self._then = self._then, None
        if then is not None and self.status is not None:
            then()

    def _set_overview(self, overview: Overview) -> None:
        self.overview = overview
        self.is_known = True
        self.overviewChanged.emit()

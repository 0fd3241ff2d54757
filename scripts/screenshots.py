"""Makes the pictures in docs/screenshots, light and dark, from the real window on the sample data.

Run it with `make screenshots`; names of states after it make only those. Ages and times of day are those
of the run, everything else is the same each time.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path

from PySide6.QtCore import QEventLoop, QPoint, QSize, Qt, QTimer
from PySide6.QtGui import QImage, QPainter, QPixmap
from PySide6.QtWidgets import QApplication, QDialog, QMenu, QTableView

from opspilot_desktop import app, paths
from opspilot_desktop.domain.fields import Kind
from opspilot_desktop.domain.jobs import Handle
from opspilot_desktop.operations import issue_work
from opspilot_desktop.operations.demo import load_sample, sample_file
from opspilot_desktop.operations.reading import issue_query, list_issues
from opspilot_desktop.operations.workspace import Workspace, open_workspace
from opspilot_desktop.recon.rule_settings import RuleSettings, Tolerance
from opspilot_desktop.settings import UserSettings
from opspilot_desktop.ui.dialogs.rules.rules_dialog import RulesDialog
from opspilot_desktop.ui.main_window import MainWindow
from opspilot_desktop.ui.off_screen import settle

FOLDER = Path(__file__).resolve().parent.parent / "docs" / "screenshots"
THEMES = ("light", "dark")
WIDE, NARROW = QSize(1440, 900), QSize(1280, 800)
COLOURS = 256
USER = "j.meyer"
_COLLEAGUE = "a.okafor"

_BAD_LINES = (
    "T-90000001,NESN.SW,BUY,12x5,86.95,bkeller,CHF,2026-11-16,2026-11-18,Citigroup,4410-EQ-ZRH,pending\n"
    "T-90000002,AZN.L,HOLD,1100,118.14,dross,GBP,2026-11-16,2026-11-18,Barclays,4410-EQ-LDN,pending\n"
    "T-90000003,SAP.DE,SELL,900,1.0000000001,dross,EUR,2026-11-16,2026-11-18,UBS,4410-EQ-FRA,pending\n"
    "T-90000004,VOD.L,BUY,,0.71,dross,GBP,2026-11-16,2026-11-18,Barclays,4410-EQ-LDN,pending\n"
    "T-90000005,BMW.DE,BUY,400,92.10,bkeller,EUR,2026-02-30,2026-11-18,UBS,4410-EQ-FRA,pending\n"
    "T-20481901,AZN.L,BUY,1100,118.14,dross,GBP,2026-11-16,2026-11-18,Barclays,4410-EQ-LDN,pending\n"
)
_OTHER_NAMES = (
    "Deal Ref;Symbol;B/S;Qty;Px;Ccy;Trade Date;Cpty;Desk\n"
    "D-1001;NESN.SW;B;1.225;86,95;CHF;16.11.2026;UBS AG;Zurich\n"
    "D-1002;AZN.L;S;1.100;118,14;GBP;16.11.2026;Barclays Bank plc;London\n"
    "D-1003;SAP.DE;B;850;204,5;EUR;17.11.2026;Deutsche Bank AG;Frankfurt\n"
    "D-1004;EURCHF;Forex;1.000.000;0,9312;CHF;17.11.2026;UBS AG;Zurich\n"
    "D-1005;VOD.L;B;12.0x0;0,7212;GBP;18.11.2026;Barclays Bank plc;London\n"
    "D-1006;MC.PA;S;37,5;612,4;EUR;18.11.2026;BNP Paribas;Paris\n"
    "D-1007;NOVN.SW;B;2.400;92,318;CHF;19.11.2026;UBS AG;Zurich\n"
    "D-1008;AAPL.OQ;S;310;231,07;USD;19.11.2026;Citibank N.A.;New York\n"
    "D-1009;USDCHF;Forex;250.000;0,8021;CHF;20.11.2026;UBS AG;Zurich\n"
    "D-1010;ROG.SW;B;640;251,9;CHF;20.11.2026;UBS AG;Zurich\n"
)


_TOLERANCES = (
    Tolerance(Decimal("0.50"), Decimal(2), instrument="AZN.L", currency="GBP"),
    Tolerance(Decimal(5), counterparty="Barclays"),
    Tolerance(Decimal(0), Decimal("0.5"), currency="CHF"),
)


@dataclass
class Scene:
    """A window, and the folder for files that a state needs."""

    application: QApplication
    window: MainWindow
    folder: Path

    def pause(self, seconds: float = 0.25) -> None:
        """Lets the window's jobs end and what they show be painted."""
        settle(self.window)
        loop = QEventLoop()
        QTimer.singleShot(int(seconds * 1000), loop.quit)
        loop.exec()

    def run(self, command: str) -> None:
        """Runs a command of the window."""
        self.window.actions_[command].trigger()
        self.pause()

    def file(self, name: str, text: str) -> Path:
        """A file with this text."""
        path = self.folder / name
        path.write_text(text, encoding="utf-8")
        return path

    def select(self, row: int) -> None:
        """Makes an issue the selected one."""
        self.window.tables[Kind.ISSUES].view.select_row(row)
        self.pause()

    def picture(self) -> QImage:
        """The window with the dialogs and menus that lie over it; `grab` alone has none of them."""
        whole = self.window.grab()
        painter = QPainter(whole)
        for over in QApplication.topLevelWidgets():
            if over is not self.window and over.isVisible() and isinstance(over, QDialog | QMenu):
                painter.drawPixmap(self.window.mapFromGlobal(over.mapToGlobal(QPoint())), _grabbed(over))
        painter.end()
        return whole.toImage()


def _grabbed(over: QDialog | QMenu) -> QPixmap:
    shown = QPixmap(over.size())
    shown.fill(Qt.GlobalColor.transparent)
    over.render(shown)
    return shown


def _sample(scene: Scene) -> None:
    scene.select(0)


def _context_menu(scene: Scene) -> None:
    scene.select(0)
    view: QTableView = scene.window.tables[Kind.ISSUES].view
    scene.window.open_context_menu(Kind.ISSUES, view.viewport().mapToGlobal(QPoint(500, 40)))
    scene.pause()


def _detail(scene: Scene) -> None:
    scene.select(0)
    scene.window.splitter.setSizes([200, 420])
    scene.pause()


def _resolve(scene: Scene) -> None:
    scene.select(0)
    scene.run("resolveIssue")


def _palette(scene: Scene) -> None:
    scene.run("palette")


def _settings(scene: Scene) -> None:
    scene.run("settings")


def _rules(scene: Scene) -> None:
    scene.run("rules")
    dialog = scene.window.findChild(RulesDialog)
    assert dialog is not None
    dialog.rules.choose("AMOUNT_MISMATCH")
    dialog.load(replace(RuleSettings(), tolerance=Decimal("1.50"), tolerances=_TOLERANCES))
    scene.pause(1.5)


def _wizard(scene: Scene) -> None:
    scene.window.imports.start([scene.file("deals_2026-11-20.csv", _OTHER_NAMES)], Kind.TRADES)
    scene.pause(2)


def _row_errors(scene: Scene) -> None:
    text = sample_file(Kind.TRADES).read_text(encoding="utf-8") + _BAD_LINES
    scene.window.imports.start([scene.file("trades_2026-11-20.csv", text)], Kind.TRADES)
    scene.pause()


def _copilot(scene: Scene) -> None:
    scene.select(0)
    scene.run("explainIssue")
    scene.pause(1.5)


def _link(scene: Scene) -> None:
    workspace = scene.window.desk.workspace
    orphans = list_issues(Handle(), workspace, issue_query("open", "ORPHAN_LEDGER_ENTRY"))
    scene.window.tables[Kind.ISSUES].focus_id(orphans[0]["id"])
    scene.pause()
    scene.run("linkEntry")
    scene.pause()
    dialog = scene.window.findChild(QDialog, "linkDialog")
    table = dialog.findChild(QTableView, "linkCandidates") if isinstance(dialog, QDialog) else None
    if isinstance(table, QTableView):
        table.selectRow(0)
    scene.pause()


def _summary(scene: Scene) -> None:
    scene.run("reconcileFull")


@dataclass(frozen=True)
class State:
    """A picture: its name, what brings the window there, and whether the sample is loaded."""

    name: str
    prepare: Callable[[Scene], None]
    size: QSize = WIDE
    sample: bool = True


STATES = (
    State("empty", lambda scene: scene.pause(), sample=False),
    State("sample", _sample),
    State("sample-1280", _sample, NARROW),
    State("context-menu", _context_menu),
    State("issue-detail", _detail),
    State("row-errors", _row_errors),
    State("wizard", _wizard),
    State("resolve", _resolve),
    State("link", _link),
    State("palette", _palette),
    State("settings", _settings),
    State("rules", _rules),
    State("summary", _summary),
    State("copilot", _copilot),
)


def main() -> int:
    """Makes the pictures; returns the exit status."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("states", nargs="*", help=", ".join(state.name for state in STATES))
    parser.add_argument("--folder", type=Path, default=FOLDER)
    arguments = parser.parse_args()
    wanted = [state for state in STATES if not arguments.states or state.name in arguments.states]
    arguments.folder.mkdir(parents=True, exist_ok=True)
    os.environ["OPSPILOT_OFFLINE"] = "1"
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    application = app.make_application()
    for theme in THEMES:
        for state in wanted:
            with _scene(application, theme, state) as scene:
                state.prepare(scene)
                path = arguments.folder / f"{state.name}-{theme}.png"
                if not _reduced(scene.picture()).save(str(path), "PNG", 0):
                    print(f"{path} could not be written.", file=sys.stderr)
                    return 1
                print(path)
    return 0


def _reduced(image: QImage) -> QImage:
    """The picture in its own 256 colours: a third of the size, and no eye sees it."""
    flat = image.convertToFormat(QImage.Format.Format_RGB32)
    counted = Counter(memoryview(flat.constBits()).cast("I"))
    table = _palette_of([colour for colour, _ in counted.most_common()])
    return flat.convertToFormat(QImage.Format.Format_Indexed8, table, Qt.ImageConversionFlag.ThresholdDither)


def _palette_of(colours: list[int]) -> list[int]:
    """The most frequent colours, without those that differ too little from one that is in already."""
    for apart in (6, 12, 20, 32):
        chosen: list[int] = []
        for colour in colours:
            if all(_apart(colour, other) >= apart for other in chosen):
                chosen.append(colour)
                if len(chosen) > COLOURS:
                    break
        if len(chosen) <= COLOURS:
            return chosen
    return chosen[:COLOURS]


def _apart(one: int, other: int) -> int:
    """How far two colours are apart, as the sum over red, green and blue."""
    return sum(abs((one >> shift & 255) - (other >> shift & 255)) for shift in (0, 8, 16))


@contextmanager
def _scene(application: QApplication, theme: str, state: State) -> Iterator[Scene]:
    """A window in a home of its own, closed at the end."""
    with tempfile.TemporaryDirectory(prefix="opspilot-pictures-") as home:
        os.environ["OPSPILOT_HOME"] = home
        target = Path(home, "EMEA Equities.opspilot")
        workspace = open_workspace(str(target), create=True)
        workspace.user = USER
        if state.sample:
            load_sample(Handle(), workspace)
            _work(workspace)
        settings = UserSettings.load(paths.settings_file())
        settings.theme = theme
        window = app.make_window(application, workspace, settings)
        window.resize(state.size)
        window.show()
        scene = Scene(application, window, Path(home))
        scene.pause()
        try:
            yield scene
        finally:
            for menu in window.findChildren(QMenu):
                menu.close()
            window.close()
            window.deleteLater()
            application.processEvents()


def _work(workspace: Workspace) -> None:
    """What two people have done with the issues so far."""
    ids = [issue["id"] for issue in list_issues(Handle(), workspace, issue_query("open", None))]
    colleague = Workspace(workspace.path, _COLLEAGUE, workspace.database)
    issue_work.assign_issues(workspace, ids[:3])
    issue_work.assign_issues(colleague, ids[4:6])
    issue_work.investigate_issues(workspace, ids[:1])
    issue_work.comment_issues(colleague, ids[:1], "Asked the desk about the fee.")


if __name__ == "__main__":
    sys.exit(main())

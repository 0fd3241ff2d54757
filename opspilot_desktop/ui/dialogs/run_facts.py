"""What is said of a run beside the issues that it touched, and of what lies between two runs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QVBoxLayout, QWidget

from opspilot_desktop.domain.clock import local_minute
from opspilot_desktop.domain.fields import Kind
from opspilot_desktop.domain.run_history import InputFile, PastRun, RunComparison, RunDetail
from opspilot_desktop.recon.wording import count
from opspilot_desktop.ui.theme import Theme
from opspilot_desktop.ui.widgets.plain_label import plain_label, plain_tool_tip

MOST_LINES = 50
_HASH_DIGITS = 16
_SCOPES = {"full": "Everything", "incremental": "What changed"}
_NOUNS = {Kind.TRADES.value: ("trade", "trades"), Kind.LEDGER.value: ("ledger entry", "ledger entries")}


@dataclass(frozen=True)
class Line:
    """A line of the facts, with a tooltip where there is more to it."""

    text: str
    tip: str = ""
    dim: bool = False


@dataclass(frozen=True)
class Section:
    """A title and what stands below it."""

    title: str
    lines: Sequence[Line]


def scope_words(run: PastRun) -> str:
    """What a run looked at, and as which day."""
    words = _SCOPES.get(run.scope, run.scope)
    return f"{words}, as of {run.as_of}" if run.as_of else words


def settings_words(run: PastRun) -> str:
    """Which settings a run used, in a few words."""
    return "The program's own" if run.settings_version is None else f"Version {run.settings_version}"


def not_checked_words(counts: Mapping[str, int]) -> str:
    """`3 settled, 1 cancelled`; blank without any."""
    return ", ".join(f"{number:,} {status}" for status, number in counts.items())


def facts_of_run(detail: RunDetail) -> list[Section]:
    """Who ran what, with which settings and files."""
    run = detail.run
    looked_at = [Line(f"{scope_words(run)}, by {run.who}")]
    looked_at.append(Line(f"{run.checked:,} checked, {run.matched:,} matched"))
    if run.not_checked:
        looked_at.append(Line(f"Not checked: {not_checked_words(run.not_checked)}"))
    settings = [Line(settings_words(run))]
    if run.settings_at:
        settings.append(Line(f"Saved by {run.settings_who} on {local_minute(run.settings_at)}", dim=True))
    return [
        Section("Looked at", looked_at),
        Section("Settings", settings),
        Section("Files since the run before", file_lines(run.inputs)),
    ]


def facts_of_comparison(compared: RunComparison) -> list[Section]:
    """The settings that differ, and the files that came in between."""
    changes = [Line(f"{one.label}: {one.before} → {one.after}") for one in compared.settings]
    return [
        Section("Settings that differ", changes or [Line("None", dim=True)]),
        Section("Files in between", file_lines(compared.inputs)),
    ]


def file_lines(files: Sequence[InputFile]) -> list[Line]:
    """Two lines for each file: its name, what came of its rows, and how its contents are known."""
    lines: list[Line] = []
    for file in files[:MOST_LINES]:
        told = [f"{file.imported:,} new"]
        for number, word in ((file.updated, "changed"), (file.rejected, "rejected")):
            if number:
                told.append(f"{number:,} {word}")
        one, many = _NOUNS.get(file.kind, ("row", "rows"))
        lines.append(Line(f"{file.file}: {count(file.read, one, many)}, {', '.join(told)}"))
        tip = f"SHA-256 {file.sha256}\n{local_minute(file.at)}, by {file.who}"
        lines.append(Line(f"SHA-256 {file.sha256[:_HASH_DIGITS]}…", tip, dim=True))
    if len(files) > MOST_LINES:
        lines.append(Line(f"… and {len(files) - MOST_LINES:,} more", dim=True))
    return lines or [Line("None", dim=True)]


def facts_widget(theme: Theme, sections: Sequence[Section]) -> QWidget:
    """The sections below each other."""
    widget = QWidget()
    column = QVBoxLayout(widget)
    column.setContentsMargins(0, 0, 12, 0)
    column.setSpacing(3)
    for number, section in enumerate(sections):
        if number:
            column.addSpacing(9)
        column.addWidget(plain_label(section.title, tone="dim", font=theme.fonts.small))
        for line in section.lines:
            label = plain_label(
                line.text,
                tone="dim" if line.dim else "text",
                font=theme.fonts.small if line.dim else None,
                wrap=True,
            )
            label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            label.setToolTip(plain_tool_tip(line.tip))
            column.addWidget(label)
    column.addStretch(1)
    return widget

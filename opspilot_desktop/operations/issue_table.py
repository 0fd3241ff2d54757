"""Issues as text for a terminal or a pipe."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping, Sequence
from typing import Any

from ..domain.text import visible
from ..files.exporting import as_csv

_COLUMNS = ("id", "severity", "issue_type", "status", "trade_id", "description")
_CSV_COLUMNS = (
    *("id", "issue_type", "severity", "status", "trade_id", "entry_id", "description", "evidence"),
    *("detected_at", "assigned_to", "reason", "comment"),
)


def issue_table(issues: Sequence[Mapping[str, Any]]) -> str:
    """A table with a line an issue and a line of counts; control characters are shown, not obeyed."""
    if not issues:
        return "No issues.\n"
    rows = [[name.replace("_", " ").upper() for name in _COLUMNS]]
    rows += [[_shown(issue[name]) for name in _COLUMNS] for issue in issues]
    widths = [max(len(row[index]) for row in rows) for index in range(len(_COLUMNS) - 1)]
    lines = []
    for row in rows:
        cells = [cell.ljust(width) for cell, width in zip(row, widths, strict=False)]
        lines.append("  ".join([*cells, row[-1]]).rstrip())
    lines.append(f"{len(issues):,} {'issue' if len(issues) == 1 else 'issues'}")
    return "\n".join(lines) + "\n"


def issue_csv(issues: Sequence[Mapping[str, Any]]) -> str:
    """The issues as CSV with a header, safe to open in a spreadsheet."""
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(_CSV_COLUMNS)
    for issue in issues:
        values = {**issue, "evidence": json.dumps(issue["evidence"], ensure_ascii=False)}
        cells = [values[name] for name in _CSV_COLUMNS]
        writer.writerow(
            ["" if cell is None else as_csv(str(cell), numeric=isinstance(cell, int)) for cell in cells]
        )
    return file.getvalue()


def _shown(value: object) -> str:
    return "–" if value is None else visible(str(value))

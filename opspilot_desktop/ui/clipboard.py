"""Cells as text for the clipboard."""

from __future__ import annotations

from collections.abc import Iterable, Sequence


def tab_separated(rows: Iterable[Sequence[str]]) -> str:
    """The rows as text that pastes into a spreadsheet, one cell into one cell, each as it is."""
    return "\n".join("\t".join(map(_quoted, row)) for row in rows)


def _quoted(cell: str) -> str:
    if cell.startswith('"') or any(character in cell for character in "\t\n\r"):
        return '"' + cell.replace('"', '""') + '"'
    return cell

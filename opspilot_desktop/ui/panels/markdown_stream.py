"""Splits Markdown that is still arriving into blocks that will not change and the rest."""

from __future__ import annotations

import re

_FENCE = re.compile(r" {0,3}(`{3,}|~{3,})")
# What may belong to the block before a blank line: an indented line, or one more item of a list.
_CONTINUES = re.compile(r"[ \t]|[-+*][ \t]|\d{1,9}[.)][ \t]")


class MarkdownStream:
    """Text that grows; `frozen` only ever grows too, so it need not be laid out again with every piece."""

    def __init__(self) -> None:
        self._lines: list[str] = []  # whole lines after `frozen`
        self._partial = ""
        self._fence = ""
        self.frozen = ""

    @property
    def tail(self) -> str:
        """The text after `frozen`, which may still become something else."""
        return "".join(self._lines) + self._partial

    @property
    def text(self) -> str:
        """Everything that has arrived."""
        return self.frozen + self.tail

    def feed(self, piece: str) -> None:
        """Takes the next piece."""
        *lines, self._partial = (self._partial + piece).split("\n")
        for line in lines:
            self._take(line)
        if self._partial and self._can_freeze(self._partial):
            self._freeze()

    def _take(self, line: str) -> None:
        if self._can_freeze(line):
            self._freeze()
        self._lines.append(line + "\n")
        fence = _FENCE.match(line)
        if fence is None:
            return
        mark = fence[1]
        if not self._fence:
            self._fence = mark
        elif mark[0] == self._fence[0] and len(mark) >= len(self._fence) and line.strip() == mark:
            self._fence = ""

    def _can_freeze(self, next_line: str) -> bool:
        """Whether a new block begins with this line: after a blank one, outside code, and not continuing."""
        return (
            not self._fence
            and bool(next_line.strip())
            and bool(self._lines)
            and not self._lines[-1].strip()
            and not _CONTINUES.match(next_line)
            and not _may_become_item(next_line)
        )

    def _freeze(self) -> None:
        self.frozen += "".join(self._lines)
        self._lines.clear()


def _may_become_item(line: str) -> bool:
    """Whether a line of which only the beginning has arrived could turn out to be a list's next item."""
    return re.fullmatch(r"[-+*]|\d{1,9}[.)]?", line) is not None

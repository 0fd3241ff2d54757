"""Values from a file as they are, with what cannot be seen made visible."""

from __future__ import annotations

from opspilot_desktop.domain.text import visible

BLANK = "(blank)"


def shown_raw(value: str) -> str:
    """The value on one line, with what cannot be seen made visible: also outer spaces, and a blank."""
    if not value:
        return BLANK
    text = visible(value)
    inner = text.strip(" ")
    if not inner:
        return "␠" * len(text)
    before = len(text) - len(text.lstrip(" "))
    after = len(text) - len(text.rstrip(" "))
    return "␠" * before + inner + "␠" * after

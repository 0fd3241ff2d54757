"""Values from a file as they are, with what cannot be seen made visible."""

from __future__ import annotations

import unicodedata

BLANK = "(blank)"


def shown_raw(value: str) -> str:
    """The value on one line: control characters as their pictures, outer spaces as `␠`, blank as said."""
    if not value:
        return BLANK
    text = "".join(_shown(character) for character in value)
    inner = text.strip(" ")
    if not inner:
        return "␠" * len(text)
    before = len(text) - len(text.lstrip(" "))
    after = len(text) - len(text.rstrip(" "))
    return "␠" * before + inner + "␠" * after


def _shown(character: str) -> str:
    code = ord(character)
    if code < 0x20:
        return chr(0x2400 + code)
    if code == 0x7F:
        return "␡"
    # Format characters can turn the direction of what follows, others have no shape at all.
    if unicodedata.category(character) in ("Cc", "Cf", "Co", "Cs", "Cn", "Zl", "Zp"):
        return f"⟨U+{code:04X}⟩"
    if character.isspace() and character != " ":
        return f"⟨U+{code:04X}⟩"
    return character

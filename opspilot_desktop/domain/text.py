"""Text from outside as people may safely read it: what cannot be seen is made visible."""

from __future__ import annotations

import re
import unicodedata

# Control and format characters (which turn the direction of a text, or take no room), what has no meaning,
# and separators of lines.
_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
# Of other categories, and blank all the same.
_BLANK = re.compile("[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180d\u180f\u2800\u3164\uffa0]")
_OF_PROSE = re.compile("[\n\t\ufe00-\ufe0f\U000e0100-\U000e01ef]")


def visible(text: str, *, prose: bool = False) -> str:
    """The text with a mark for each character that cannot be seen, and so on one line.

    A control character has its picture (`␉`), any other its number (`⟨U+200B⟩`), spaces other than the
    usual one included: two ids that differ never look alike for such a character. In `prose`, which people
    or a model wrote, lines, tabs, spaces and the variants of a character stay as they are.
    """
    if text.isascii() and text.isprintable():
        return text
    return "".join([_mark(character) if _is_unseen(character, prose) else character for character in text])


def _is_unseen(character: str, prose: bool) -> bool:
    if _OF_PROSE.match(character):
        return not prose
    category = unicodedata.category(character)
    if category == "Zs":
        return character != " " and not prose
    return category in _UNSEEN or _BLANK.match(character) is not None


def _mark(character: str) -> str:
    code = ord(character)
    if code < 0x20:
        return chr(0x2400 + code)
    return "␡" if code == 0x7F else f"⟨U+{code:04X}⟩"

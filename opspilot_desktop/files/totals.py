"""Words that stand in place of an id in a line of totals, which is no record."""

from __future__ import annotations

from functools import cache

_WORDS = (
    *("total", "totals", "grand total", "subtotal", "sub total", "sum"),
    *("summe", "gesamt", "gesamtsumme", "zwischensumme", "saldo"),
    *("totale", "somme", "somma", "suma", "totaal"),
)
TOTAL_WORDS = frozenset(word.replace(" ", "") for word in _WORDS)
"""As normalised names are (see dialect.normalised), for the few rows that a proposal looks at."""
_FRAMES = ("", *(sign * times + space for sign in "*-=" for times in (1, 2, 3) for space in ("", " ")))


@cache
def totals() -> frozenset[str]:
    """As files have them, “*** Total ***” too; a set of them all finds one in a column of ids at once.

    There are thousands, which only a file that is read has a use for.
    """
    return frozenset(
        frame + spelled.replace(" ", between) + end + frame[::-1]
        for word in _WORDS
        for spelled in (word, word.upper(), word.capitalize(), word.title())
        for between in (" ", "", "-")
        for end in ("", ":", " :", ".")
        for frame in _FRAMES
    )

"""Words that stand in place of an id in a line of totals, which is no record."""

from __future__ import annotations

_WORDS = (
    *("total", "totals", "grand total", "grandtotal", "subtotal", "sub total", "sum"),
    *("summe", "gesamt", "gesamtsumme", "zwischensumme", "saldo"),
    *("totale", "somme", "somma", "suma", "totaal"),
)
TOTALS = frozenset(
    spelled + end
    for word in _WORDS
    for spelled in (word, word.upper(), word.capitalize(), word.title())
    for end in ("", ":")
)
"""As they are written in files; a set of them all finds one in a column of ids at once."""

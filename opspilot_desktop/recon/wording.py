"""How figures and the data's own words are written into sentences."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from opspilot_desktop.domain.decimals import display, split, to_text
from opspilot_desktop.domain.text import visible

MINUS = "−"
ONE = 10**18
"""How many atoms (1e-18) make one."""

_PLAIN = re.compile(r"(-?)(\d{1,40})(?:\.(\d{1,18}))?", re.ASCII)
_MARKUP = re.compile(r"[\\`*_\[\]<>&|~@]|(?<=www)\.|:(?=/)", re.IGNORECASE)
_LEADING = re.compile(r"^(?:[#+\-=](?=\s|$|[#+\-=])|\d{1,9}(?=[.)](?:\s|$)))")
_ESCAPED = re.compile(r"\\([!-/:-@\[-`{-~])")
_HEADING = re.compile(r"(?m)^#{1,6} ")


def atoms(value: object) -> int | None:
    """A plain decimal as a whole number of 1e-18, exactly; None when it is missing or not a number."""
    match = _PLAIN.fullmatch(str(value))
    if match is None:
        return None
    exact = int(match[2]) * ONE + int((match[3] or "").ljust(18, "0"))
    return -exact if match[1] else exact


def money(value: object, currency: object = None) -> str | None:
    """An amount with at least two decimals, followed by its currency; None when there is no amount."""
    exact = atoms(value)
    if exact is None:
        return None
    text = money_of(exact)
    return f"{text} {flat(currency)}" if currency and isinstance(currency, str) else text


def money_of(exact: int) -> str:
    """An amount given in 1e-18, with at least two decimals."""
    return display(to_text(*split(exact)), 2)


def number(value: object) -> str | None:
    """A number with all of its digits and no more; None when it is missing."""
    exact = atoms(value)
    return None if exact is None else number_of(exact)


def number_of(exact: int) -> str:
    """A number given in 1e-18, with all of its digits and no more."""
    return display(to_text(*split(exact)))


def ratio(numerator: int, denominator: int, decimals: int) -> str:
    """A quotient rounded half up to that many decimals, for sentences that say "about"."""
    scale = 10**decimals
    scaled = (abs(numerator) * scale * 2 + abs(denominator)) // (2 * abs(denominator))
    whole, fraction = divmod(scaled, scale)
    sign = MINUS if (numerator < 0) != (denominator < 0) and scaled else ""
    return f"{sign}{whole:,}.{fraction:0{decimals}d}" if decimals else f"{sign}{whole:,}"


def count(how_many: int, thing: str, plural: str | None = None) -> str:
    """`1 entry`, `1,204 entries`."""
    return f"{how_many:,} {thing if how_many == 1 else plural or thing + 's'}"


def listed(items: Sequence[str], most: int = 5) -> str:
    """`a, b and c`; what is beyond `most` is counted."""
    shown = list(items[:most])
    if len(items) > most:
        shown.append(f"{len(items) - most:,} more")
    return shown[0] if len(shown) == 1 else ", ".join(shown[:-1]) + " and " + shown[-1]


def flat(value: object) -> str:
    """Text from the data as a part of a sentence: what cannot be seen made visible, single spaces."""
    return " ".join(visible(str(value)).split())


def escape(value: object) -> str:
    """Text from the data as Markdown that shows it as it stands: no markup, no HTML, no link."""
    text = _MARKUP.sub(lambda match: "\\" + match[0], flat(value))
    lead = _LEADING.match(text)
    if lead is None:
        return text
    return f"{lead[0]}\\{text[lead.end() :]}" if lead[0][0].isdigit() else f"\\{text}"


def bullets(items: Iterable[str]) -> str:
    """A Markdown list."""
    return "\n".join(f"- {item}" for item in items)


def as_plain_text(markdown: str) -> str:
    """An explanation for a terminal: without heading marks, bold marks and escapes."""
    return _ESCAPED.sub(r"\1", _HEADING.sub("", re.sub(r"(?<!\\)\*\*", "", markdown)))

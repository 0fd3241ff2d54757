"""Finding what somebody means by a few letters: which texts fit, how well, and which letters to show."""

from __future__ import annotations

from dataclasses import dataclass

CLOSE = 75
"""From which likeness (0 to 100) on a mistyped word still counts."""
SHORTEST_MISTYPED = 4


@dataclass(frozen=True)
class Match:
    """How well a text fits (greater is better) and which of its letters were found."""

    score: float
    letters: tuple[int, ...]


def match(query: str, text: str) -> Match | None:
    """How the text fits the query, None if it does not. Case and outer spaces do not count.

    Best is the query as it stands, at the beginning of the text or of a word; then its letters in their
    order; last a word that is nearly it. An empty query fits everything.
    """
    wanted, within = _folded(query.strip()), _folded(text)
    if not wanted:
        return Match(0, ())
    at = _as_it_stands(wanted, within)
    if at is not None:
        best = 3000 if at == 0 else 2000 if not within[at - 1].isalnum() else 1500
        return Match(best - at - len(within) / 100, tuple(range(at, at + len(wanted))))
    letters = _in_order(wanted, within)
    if letters is not None:
        starts = sum(_is_start(within, place) for place in letters)
        spread = letters[-1] - letters[0]
        return Match(500 + 40 * starts - spread, letters)
    return _nearly(wanted, within)


def _folded(text: str) -> str:
    """Without regard to case, letter for letter: places in it are places in the text."""
    folded = (letter.casefold() for letter in text)
    return "".join(new if len(new) == 1 else old for new, old in zip(folded, text, strict=True))


def _as_it_stands(wanted: str, within: str) -> int | None:
    """Where the query stands in the text, at the beginning of a word if it does anywhere."""
    first = at = within.find(wanted)
    while at >= 0:
        if _is_start(within, at):
            return at
        at = within.find(wanted, at + 1)
    return first if first >= 0 else None


def _is_start(within: str, place: int) -> bool:
    return place == 0 or not within[place - 1].isalnum()


def _in_order(wanted: str, within: str) -> tuple[int, ...] | None:
    """The letters of the query one after the other, beginning at the start of a word."""
    compact = wanted.replace(" ", "")
    for start, letter in enumerate(within):
        if letter == compact[0] and _is_start(within, start):
            places = [start]
            for each in compact[1:]:
                place = within.find(each, places[-1] + 1)
                if place < 0:
                    break
                places.append(place)
            if len(places) == len(compact):
                return tuple(places)
    return None


def _nearly(wanted: str, within: str) -> Match | None:
    if len(wanted) < SHORTEST_MISTYPED:
        return None  # two letters are like everything
    from rapidfuzz import fuzz
    from rapidfuzz.distance import Indel

    found = fuzz.partial_ratio_alignment(wanted, within, score_cutoff=CLOSE)
    if found is None:
        return None
    part = within[found.dest_start : found.dest_end]
    letters = [
        found.dest_start + place
        for block in Indel.opcodes(wanted, part)
        if block.tag == "equal"
        for place in range(block.dest_start, block.dest_end)
    ]
    return Match(found.score, tuple(letters))

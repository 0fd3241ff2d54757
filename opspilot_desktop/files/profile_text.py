"""A profile written as TOML: what differs from the defaults, always in the same order."""

from __future__ import annotations

from pathlib import Path

from ..domain.errors import KnownError
from ..domain.fields import RECORDS
from .mapping import Mapping, quoted
from .profile import Profile
from .taking import PLAIN, Constant, DebitCredit, Joined, SignedBy, SignOf, Taken, Unsigned
from .writing import replacing


def format_profile(profile: Profile) -> str:
    """The profile's TOML; `parse_profile` makes the same profile of it."""
    top = [f"kind = {quoted(profile.kind.value)}"]
    if profile.name:
        top.insert(0, f"name = {quoted(profile.name)}")
    if profile.source:
        top.append(f"source = {quoted(profile.source)}")
    if profile.duplicates != "ask":
        top.append(f"duplicates = {quoted(profile.duplicates)}")
    if profile.header:
        top.append(f"header = {_list(profile.header)}")
    blocks = [top, _block("file", _file_lines(profile))]
    for rule in profile.skip:
        lines = [f"column = {quoted(rule.column)}", f"operator = {quoted(rule.operator.value)}"]
        if rule.values:
            lines.append(f"values = {_list(rule.values)}")
        blocks.append(["[[skip]]", *lines])
    blocks += _mapping_blocks(profile)
    return "\n\n".join(["\n".join(block) for block in blocks if block]) + "\n"


def save_profile(profile: Profile, path: Path) -> None:
    """Writes the profile to a file. Raises KnownError when it cannot be written."""
    with replacing(path) as part:
        try:
            part.write_text(format_profile(profile), encoding="utf-8", newline="\n")
        except UnicodeEncodeError:
            raise KnownError(f"{path.name} cannot be written: a name in it is no text.") from None


def _block(name: str, lines: list[str]) -> list[str]:
    return [f"[{name}]", *lines] if lines else []


def _list(texts: tuple[str, ...]) -> str:
    return f"[{', '.join(map(quoted, texts))}]"


def _file_lines(profile: Profile) -> list[str]:
    read_as = profile.read_as
    texts = {"encoding": read_as.encoding, "delimiter": read_as.delimiter, "sheet": read_as.sheet}
    counts = {
        "header_row": read_as.header_row,
        "first_row": read_as.first_row,
        "footer_rows": profile.footer_rows,
    }
    lines = [f"{key} = {quoted(text)}" for key, text in texts.items() if text]
    return [*lines, *[f"{key} = {count}" for key, count in counts.items() if count]]


def _mapping_blocks(profile: Profile) -> list[list[str]]:
    mapping = profile.mapping
    order = [each.name for each in RECORDS[profile.kind].importable]
    columns = [f"{name} = {taken_text(mapping.columns[name])}" for name in order if name in mapping.columns]
    blocks = [_block("columns", columns)]
    for name in order:
        words = mapping.values.get(name, {})
        lines = [f"{quoted(word)} = {quoted(meaning)}" for word, meaning in sorted(words.items())]
        blocks.append(_block(f"values.{name}", lines))
    blocks.append(_block("numbers", _number_lines(mapping)))
    dates = [f"{name} = {quoted(mapping.dates[name])}" for name in order if name in mapping.dates]
    blocks.append(_block("dates", dates))
    rounding = [
        f"{name} = {{ decimals = {each.decimals}, mode = {quoted(each.mode.value)} }}"
        for name in order
        if (each := mapping.rounding.get(name)) is not None
    ]
    blocks.append(_block("rounding", rounding))
    return blocks


def _number_lines(mapping: Mapping) -> list[str]:
    form = mapping.numbers
    lines = []
    if form.decimal != PLAIN.decimal:
        lines.append(f"decimal = {quoted(form.decimal)}")
    if form.thousands:
        lines.append(f"thousands = {quoted(form.thousands)}")
    truths = {
        "trailing_minus": form.trailing_minus,
        "parentheses": form.parentheses,
        "round": mapping.rounded,
    }
    return [*lines, *[f"{key} = true" for key, truth in truths.items() if truth]]


def taken_text(taken: Taken) -> str:
    """Where a field's value comes from, as TOML."""
    match taken:
        case str():
            return quoted(taken)
        case Constant(text):
            parts = {"constant": quoted(text)}
        case Joined(columns, separator, repeats):
            parts = {"join": _list(columns), "separator": quoted(separator)}
            parts |= {"repeats": quoted(repeats)} if repeats != Joined.repeats else {}
        case DebitCredit(debit, credit, positive, reversals):
            parts = {"debit": quoted(debit), "credit": quoted(credit), "positive": quoted(positive)}
            parts |= {"reversals": "true"} if reversals else {}
        case SignedBy(column, by, negative, positive_words, reversals):
            parts = {"column": quoted(column), "signed_by": quoted(by)}
            parts |= {"negative": _list(negative), "positive": _list(positive_words)}
            parts |= {"reversals": "true"} if reversals else {}
        case SignOf(column, side):
            parts = {"sign_of": quoted(column), "negative": quoted(side)}
        case Unsigned(column, side):
            parts = {"unsigned": quoted(column), "negative": quoted(side)}
    return f"{{ {', '.join([f'{key} = {value}' for key, value in parts.items()])} }}"

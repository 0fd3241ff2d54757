"""Profiles of which not everything has been said yet, made such that rows can be looked at all the same."""

from __future__ import annotations

from collections.abc import Mapping as MappingType
from collections.abc import Sequence
from dataclasses import replace

from ..domain.fields import Field, FieldType, Record
from .profile import Profile
from .taking import Constant, SignOf, Taken, Unsigned, columns_of

_PLACEHOLDERS = {FieldType.SIDE: "BUY", FieldType.DECIMAL: "1"}


def for_preview(
    profile: Profile, record: Record, header: Sequence[str], undecided: frozenset[str]
) -> tuple[Profile, frozenset[str]]:
    """The profile by which rows can be looked at before everything is said of them, and the fields of which
    a value must not be shown: those that are `undecided`, and those of which nothing is said yet.

    An undecided field that can be left out is; any other has a stand-in, so that the rest of a row is read.
    """
    mapping = profile.mapping
    columns: dict[str, Taken] = dict(mapping.columns)
    hidden = set(undecided)
    for each in record.importable:
        taken = columns.get(each.name, each.name if each.name in header else "")
        is_here = taken != "" and all(name in header for name in columns_of(taken))
        if each.name in undecided and not each.required:
            columns[each.name] = ""
        elif not is_here and (each.required or taken != ""):
            hidden.add(each.name)
            columns[each.name] = _stand_in(each, columns)
    return replace(profile, mapping=replace(mapping, columns=columns)), frozenset(hidden)


def _stand_in(field: Field, columns: MappingType[str, Taken]) -> Taken:
    if not field.required:
        return ""
    quantity = columns.get("quantity")
    if field.type is FieldType.SIDE and isinstance(quantity, Unsigned):
        return SignOf(quantity.column, quantity.negative)
    return Constant(_PLACEHOLDERS.get(field.type, "?"))

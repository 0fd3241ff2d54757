"""Contrast as in WCAG 2: 4.5 for text, 3.0 for the edges of controls and for focus."""

from __future__ import annotations

import dataclasses
import re

import pytest

from opspilot_desktop.domain.issues import IssueStatus, Severity
from opspilot_desktop.ui.roles import DARK, LIGHT, NEEDS_APPROVAL, Roles

GROUNDS = ("bg", "surface", "alt", "sunken", "raised", "sel", "sel_idle", "row_hover")


def luminance(color: str) -> float:
    parts = [int(color[start : start + 2], 16) / 255 for start in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_the_measure_itself() -> None:
    assert contrast("#000000", "#FFFFFF") == pytest.approx(21)
    assert contrast("#777777", "#FFFFFF") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("roles", [LIGHT, DARK], ids=lambda roles: roles.name)
@pytest.mark.parametrize(
    ("role", "grounds"),
    [
        ("text", (*GROUNDS, "diff")),
        ("dim", GROUNDS),
        ("faint", ("surface", "alt", "bg")),
        ("link", ("surface", "alt", "bg", "sel")),
        ("warn", ("surface", "alt", "diff")),
        ("ok", ("surface", "alt", "sunken")),
        ("bad", ("surface", "alt", "sel", "CRITICAL.ground")),
        ("on_accent", ("accent", "accent_hover")),
    ],
)
def test_text_can_be_read_on_every_ground_it_stands_on(
    roles: Roles, role: str, grounds: tuple[str, ...]
) -> None:
    weak = {
        ground: ratio for ground in grounds if (ratio := contrast(roles.hex(role), roles.hex(ground))) < 4.5
    }
    assert weak == {}


@pytest.mark.parametrize("roles", [LIGHT, DARK], ids=lambda roles: roles.name)
def test_edges_of_controls_and_focus_can_be_seen(roles: Roles) -> None:
    for ground in ("surface", "alt", "bg"):
        assert contrast(roles.control, roles.hex(ground)) >= 3.0
        assert contrast(roles.focus, roles.hex(ground)) >= 3.0
    assert contrast(roles.focus, roles.sel) >= 3.0
    assert contrast(roles.on_accent, roles.accent) >= 3.0  # the ring of a filled button


@pytest.mark.parametrize(
    ("key", "light", "dark"),
    [
        # text on: its own ground, surface, selection
        (Severity.CRITICAL, (5.7, 6.9, 5.6), (7.2, 8.2, 5.9)),
        (Severity.HIGH, (5.7, 6.6, 5.3), (7.8, 9.7, 7.0)),
        (Severity.MEDIUM, (6.2, 7.1, 5.7), (8.2, 10.4, 7.5)),
        (Severity.LOW, (6.3, 7.4, 6.0), (6.8, 8.8, 6.3)),
        # text on: surface, selection
        (IssueStatus.OPEN, (6.2, 5.0), (8.2, 5.9)),
        (IssueStatus.INVESTIGATING, (7.3, 5.9), (8.3, 5.9)),
        (NEEDS_APPROVAL, (6.9, 5.6), (8.9, 6.4)),
        (IssueStatus.RESOLVED, (6.5, 5.3), (9.1, 6.5)),
        (IssueStatus.IGNORED, (6.7, 5.4), (7.5, 5.3)),
        (IssueStatus.CLEARED, (6.8, 5.5), (9.2, 6.6)),
    ],
)
def test_severity_and_status_have_the_contrast_they_were_chosen_for(
    key: str, light: tuple[float, ...], dark: tuple[float, ...]
) -> None:
    for roles, expected in ((LIGHT, light), (DARK, dark)):
        tint = roles.tints[key]
        grounds = [ground for ground in (tint.ground, roles.surface, roles.sel) if ground is not None]
        measured = [contrast(tint.text, ground) for ground in grounds]
        assert measured == pytest.approx(expected, abs=0.1)
        assert min(measured) >= 4.5


@pytest.mark.parametrize("roles", [LIGHT, DARK], ids=lambda roles: roles.name)
def test_every_severity_and_status_has_a_colour(roles: Roles) -> None:
    assert set(roles.tints) == {*Severity, *IssueStatus, NEEDS_APPROVAL}


@pytest.mark.parametrize("roles", [LIGHT, DARK], ids=lambda roles: roles.name)
def test_every_colour_is_six_digits(roles: Roles) -> None:
    names = [field.name for field in dataclasses.fields(roles) if field.name not in ("name", "tints")]
    values = [roles.hex(name) for name in names] + [tint.text for tint in roles.tints.values()]
    assert [value for value in values if not re.fullmatch("#[0-9A-F]{6}", value)] == []


@pytest.mark.parametrize(
    "role", ["", "name", "tints", "colour", "open.ground", "HIGH.edge", "nothing.ground"]
)
def test_an_unknown_role_is_refused(role: str) -> None:
    with pytest.raises(KeyError):
        LIGHT.hex(role)


def test_a_severity_names_its_pill_ground() -> None:
    assert LIGHT.hex("HIGH.ground") == "#FDECDD"

"""The colour roles of the look: every colour the window may use, light and dark."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from opspilot_desktop.domain.issues import IssueStatus, Severity

NEEDS_APPROVAL = "needs_approval"
"""How an issue shows while a second person has yet to agree; not a status of its own in the data."""


@dataclass(frozen=True, slots=True)
class Tint:
    """The colour of a severity or a status, and the ground of its pill (None: no fill)."""

    text: str
    ground: str | None = None


@dataclass(frozen=True, slots=True)
class Roles:
    """One theme's colours as ``#RRGGBB``. ``tints`` is keyed by the values of Severity and IssueStatus."""

    name: str
    bg: str
    surface: str
    alt: str
    sunken: str
    raised: str
    line: str
    grid: str
    edge: str
    control: str
    text: str
    dim: str
    faint: str
    accent: str
    accent_hover: str
    on_accent: str
    link: str
    focus: str
    sel: str
    sel_idle: str
    row_hover: str
    diff: str
    diff_bar: str
    warn: str
    ok: str
    bad: str
    track: str
    scroll: str
    scroll_hover: str
    tints: Mapping[str, Tint]

    def hex(self, role: str) -> str:
        """The colour of a role, a severity ("HIGH", "HIGH.ground") or a status ("open"), as ``#RRGGBB``.

        Raises KeyError for a name that is none of these.
        """
        tint = self.tints.get(role)
        if tint is not None:
            return tint.text
        key, _, part = role.rpartition(".")
        if part == "ground" and (ground := self.tints[key].ground) is not None:
            return ground
        value = getattr(self, role, None)
        if role == "name" or not isinstance(value, str):
            raise KeyError(f"there is no colour role “{role}”")
        return value


LIGHT = Roles(
    name="light",
    bg="#F2F4F7",
    surface="#FFFFFF",
    alt="#F8F9FB",
    sunken="#E9ECF1",
    raised="#FFFFFF",
    line="#DCE1E8",
    grid="#E7EBF0",
    edge="#BFC7D2",
    control="#7D8797",
    text="#18202C",
    dim="#525D6E",
    faint="#626D7D",
    accent="#1B5BCB",
    accent_hover="#164CAB",
    on_accent="#FFFFFF",
    link="#1B5BCB",
    focus="#1B5BCB",
    sel="#DCE8FB",
    sel_idle="#E7EBF1",
    row_hover="#F1F5FB",
    diff="#FFF1C9",
    diff_bar="#B47B00",
    warn="#8A5200",
    ok="#136B45",
    bad="#B3152B",
    track="#DFE4EB",
    scroll="#B3BBC7",
    scroll_hover="#858F9E",
    tints=MappingProxyType(
        {
            Severity.CRITICAL.value: Tint("#B3152B", "#FBE5E8"),
            Severity.HIGH.value: Tint("#9A4300", "#FDECDD"),
            Severity.MEDIUM.value: Tint("#735300", "#F9F0CC"),
            Severity.LOW.value: Tint("#4B5666", "#E9ECF1"),
            IssueStatus.OPEN.value: Tint("#1B5BCB"),
            IssueStatus.INVESTIGATING.value: Tint("#6A39B5"),
            NEEDS_APPROVAL: Tint("#8A3A86"),
            IssueStatus.RESOLVED.value: Tint("#136B45"),
            IssueStatus.IGNORED.value: Tint("#525D6E"),
            IssueStatus.CLEARED.value: Tint("#0B6570"),
        }
    ),
)

DARK = Roles(
    name="dark",
    bg="#14171C",
    surface="#1B1F26",
    alt="#20252D",
    sunken="#101317",
    raised="#262C36",
    line="#313845",
    grid="#282E38",
    edge="#485263",
    control="#707B8C",
    text="#E3E7ED",
    dim="#A5AFBD",
    faint="#8E98A7",
    accent="#3B6FDB",
    accent_hover="#3263CC",
    on_accent="#FFFFFF",
    link="#86B3FF",
    focus="#7FB0FF",
    sel="#21375E",
    sel_idle="#2A313C",
    row_hover="#232933",
    diff="#3B3215",
    diff_bar="#E0B84A",
    warn="#F0B45E",
    ok="#6FD3A2",
    bad="#FF9AA2",
    track="#313845",
    scroll="#4A5464",
    scroll_hover="#707B8C",
    tints=MappingProxyType(
        {
            Severity.CRITICAL.value: Tint("#FF9AA2", "#471B22"),
            Severity.HIGH.value: Tint("#FFB877", "#432A14"),
            Severity.MEDIUM.value: Tint("#EACB62", "#393013"),
            Severity.LOW.value: Tint("#B4BECB", "#2C333E"),
            IssueStatus.OPEN.value: Tint("#8DB8FF"),
            IssueStatus.INVESTIGATING.value: Tint("#C6A9FF"),
            NEEDS_APPROVAL: Tint("#F0A6EA"),
            IssueStatus.RESOLVED.value: Tint("#6FD3A2"),
            IssueStatus.IGNORED.value: Tint("#A5AFBD"),
            IssueStatus.CLEARED.value: Tint("#6FD0DB"),
        }
    ),
)

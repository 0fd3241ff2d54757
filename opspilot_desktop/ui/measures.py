"""The measures of the look, in device-independent pixels. Every layout takes them from here."""

from __future__ import annotations

PAGE_GUTTER = 12
DIALOG_GUTTER = 20
CELL_PADDING = 8
FIRST_CELL_PADDING = 12  # so that the first column stands under the filter box and the tiles

RADIUS_MENU_ITEM = 5
RADIUS_CONTROL = 6
RADIUS_CARD = 8
RADIUS_PILL = 10

MENU_BAR = 28
TOOL_BAR = 45
TILE = 72
TAB = 36
FILTER_BAR = 40
HEADER = 30
ROW = 28
ROW_COMPACT = 24
ROW_COMFORTABLE = 32
COMPARE_ROW = 24
CONTROL = 28
CHIP = 26
PILL = 20
MENU_ITEM = 24
STATUS_BAR = 28
DIALOG_FOOT = 52

DOCK = 364
DOCK_NARROW = 320
DOCK_MAX = 560
DETAIL = 244

FOCUS_RING = 2
SELECTION_BAR = 3
HEADER_TICK = 12

ICON = 16
ICON_SMALL = 14
ICON_LARGE = 20

NARROW_WIDTH = 1360
NARROW_HEIGHT = 800


def is_narrow(width: int, height: int) -> bool:
    """Whether a window of this size shows the shortened layout."""
    return width < NARROW_WIDTH or height < NARROW_HEIGHT

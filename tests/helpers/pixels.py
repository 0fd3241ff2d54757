"""What a widget looks like, counted."""

from __future__ import annotations

from collections import Counter
from typing import Any


def colors(widget: Any) -> Counter[str]:
    """How many pixels of each colour (#rrggbb) the widget shows."""
    return image_colors(widget.grab().toImage())


def image_colors(image: Any) -> Counter[str]:
    """How many pixels of each colour (#rrggbb) the image has; transparent ones are left out."""
    found: Counter[str] = Counter()
    for y in range(image.height()):
        for x in range(image.width()):
            color = image.pixelColor(x, y)
            if color.alpha() == 255:
                found[color.name()] += 1
    return found


def shows(widget: Any, color: str) -> bool:
    """Whether any pixel of the widget has exactly this colour."""
    return colors(widget)[color.lower()] > 0

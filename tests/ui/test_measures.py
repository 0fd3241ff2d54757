from __future__ import annotations

import pytest

from opspilot_desktop.ui import measures


@pytest.mark.parametrize(
    ("width", "height", "narrow"),
    [(1360, 800, False), (1359, 900, True), (1440, 799, True), (1920, 1080, False)],
)
def test_a_window_is_narrow_below_either_measure(width: int, height: int, narrow: bool) -> None:
    assert measures.is_narrow(width, height) is narrow

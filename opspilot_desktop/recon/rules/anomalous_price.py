"""A price is far from the median price of its instrument."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Select

from ...domain.issues import IssueType
from ..medians import FarFromMedian
from ..rule import Check, ComparesTrades


class AnomalousPrice(ComparesTrades):
    """Further from the median than the set number of median absolute deviations, exactly (see medians).

    All trades of the instrument count, whatever their status, where there are as many as a sample needs.
    Material: the instrument and the price alone, so that a moving median reopens nothing.
    """

    issue_type = IssueType.ANOMALOUS_PRICE

    def __init__(self) -> None:
        self._far = FarFromMedian(self.issue_type, "price")

    def further_keys(self, check: Check) -> Select[Any]:
        """See Rule."""
        return self._far.further_keys(check)

    def query(self, check: Check) -> Select[Any] | None:
        """See Rule."""
        return self._far.query(check, check.settings.price_deviations)

"""What series of ordered values share: comparison row by row, and the smallest and largest per patient."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from armslength.query.language.series.base import BaseSeries, EventSeries, wrap
from armslength.query.model import nodes as n

if TYPE_CHECKING:
    from armslength.query.language.series.booleans import BoolSeries


class OrderedSeries(BaseSeries):
    """Values with an order; comparisons are missing when either side is."""

    def __lt__(self, other: Any) -> BoolSeries:
        return self._binary(n.LT, other)

    def __le__(self, other: Any) -> BoolSeries:
        return self._binary(n.LE, other)

    def __gt__(self, other: Any) -> BoolSeries:
        return self._binary(n.GT, other)

    def __ge__(self, other: Any) -> BoolSeries:
        return self._binary(n.GE, other)


class OrderedEventSeries(EventSeries):
    """Ordered values, many per patient."""

    def minimum_for_patient(self) -> Any:
        """The patient's smallest value; missing when there is none."""
        return wrap(n.Min(self._node))

    def maximum_for_patient(self) -> Any:
        """The patient's largest value; missing when there is none."""
        return wrap(n.Max(self._node))

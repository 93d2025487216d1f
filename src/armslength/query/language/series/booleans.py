"""Bool series: three-valued logic."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from armslength.query.language.operands import build, to_node
from armslength.query.language.series.base import BaseSeries, EventSeries, PatientSeries, register, wrap
from armslength.query.model import nodes as n

if TYPE_CHECKING:
    from armslength.query.language.series.numbers import IntSeries


class BoolSeries(BaseSeries):
    """True, false or missing."""

    def __and__(self, other: BoolSeries | bool) -> BoolSeries:
        """False when either is false, else missing when either is missing, else true."""
        return self._logic(n.And, other)

    def __or__(self, other: BoolSeries | bool) -> BoolSeries:
        """True when either is true, else missing when either is missing, else false."""
        return self._logic(n.Or, other)

    def __rand__(self, other: bool) -> BoolSeries:
        return self._logic(n.And, other)

    def __ror__(self, other: bool) -> BoolSeries:
        return self._logic(n.Or, other)

    def __invert__(self) -> BoolSeries:
        """The opposite; missing stays missing."""
        return wrap(n.Not(self._node))

    def as_int(self) -> IntSeries:
        """1 for true, 0 for false, missing stays missing."""
        return wrap(n.CastToInt(self._node))

    def _logic(self, operation: type[n.Node], other: Any) -> BoolSeries:
        if not isinstance(other, (bool, BoolSeries)):
            return NotImplemented  # type: ignore[no-any-return]  # Python then says which operands do not fit
        return wrap(build(operation, self._node, to_node(other)))


class BoolPatientSeries(BoolSeries, PatientSeries):
    """One bool per patient."""


class BoolEventSeries(BoolSeries, EventSeries):
    """One bool per row."""


register(bool, BoolPatientSeries, BoolEventSeries)

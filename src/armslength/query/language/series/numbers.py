"""Int and float series: arithmetic, and sums and means per patient. The two never mix unasked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Generic, TypeVar

from armslength.query.language.series.base import PatientSeries, register, wrap
from armslength.query.language.series.ordered import OrderedEventSeries, OrderedSeries
from armslength.query.model import nodes as n

_Same = TypeVar("_Same", bound="NumericSeries")
_Patient = TypeVar("_Patient")


class NumericSeries(OrderedSeries):
    """Numbers. A float series turns int literals into floats; an int series takes ints only."""

    def __add__(self: _Same, other: Any) -> _Same:
        return self._binary(n.Add, other)

    def __radd__(self: _Same, other: Any) -> _Same:
        return self._binary(n.Add, other)

    def __sub__(self: _Same, other: Any) -> _Same:
        return self._binary(n.Subtract, other)

    def __rsub__(self: _Same, other: Any) -> _Same:
        difference: _Same = -self + other
        return difference

    def __mul__(self: _Same, other: Any) -> _Same:
        return self._binary(n.Multiply, other)

    def __rmul__(self: _Same, other: Any) -> _Same:
        return self._binary(n.Multiply, other)

    def __truediv__(self, other: Any) -> FloatSeries:
        """Division to a float; missing when dividing by 0."""
        return self._binary(n.TrueDivide, other)

    def __rtruediv__(self, other: Any) -> FloatSeries:
        return self._reflected(n.TrueDivide, other)

    def __floordiv__(self, other: Any) -> IntSeries:
        """Division rounded down to an int; missing when dividing by 0."""
        return self._binary(n.FloorDivide, other)

    def __rfloordiv__(self, other: Any) -> IntSeries:
        return self._reflected(n.FloorDivide, other)

    def __pow__(self, other: Any) -> FloatSeries:
        """Power as a float; missing for 0 to a negative power, and for roots of negatives."""
        return self._binary(n.Power, other)

    def __rpow__(self, other: Any) -> FloatSeries:
        return self._reflected(n.Power, other)

    def __neg__(self: _Same) -> _Same:
        return wrap(n.Negate(self._node))

    def absolute(self: _Same) -> _Same:
        """The number without its sign."""
        return wrap(n.Absolute(self._node))

    def as_int(self) -> IntSeries:
        """As an int; a float loses its fraction, towards zero."""
        return wrap(n.CastToInt(self._node))

    def as_float(self) -> FloatSeries:
        """As a float."""
        return wrap(n.CastToFloat(self._node))


class NumericEventSeries(OrderedEventSeries, Generic[_Patient]):
    """Numbers, many per patient. Aggregates ignore missing values and are missing when nothing is left."""

    def sum_for_patient(self) -> _Patient:
        """The patient's total; missing, not 0, when there is no value."""
        return wrap(n.Sum(self._node))

    def mean_for_patient(self) -> FloatPatientSeries:
        """The patient's average."""
        return wrap(n.Mean(self._node))

    if TYPE_CHECKING:

        def minimum_for_patient(self) -> _Patient: ...
        def maximum_for_patient(self) -> _Patient: ...


class IntSeries(NumericSeries):
    """Whole numbers."""


class FloatSeries(NumericSeries):
    """Numbers with a fraction."""


class IntPatientSeries(IntSeries, PatientSeries):
    """One int per patient."""


class FloatPatientSeries(FloatSeries, PatientSeries):
    """One float per patient."""


class IntEventSeries(IntSeries, NumericEventSeries[IntPatientSeries]):
    """One int per row."""


class FloatEventSeries(FloatSeries, NumericEventSeries[FloatPatientSeries]):
    """One float per row."""


register(int, IntPatientSeries, IntEventSeries)
register(float, FloatPatientSeries, FloatEventSeries)

"""Str series: ordering and looking for a text inside a text."""

from __future__ import annotations

from typing import TYPE_CHECKING

from armslength.query.language.series.base import PatientSeries, register
from armslength.query.language.series.ordered import OrderedEventSeries, OrderedSeries
from armslength.query.model import nodes as n

if TYPE_CHECKING:
    from armslength.query.language.series.booleans import BoolSeries


class StrSeries(OrderedSeries):
    """Text."""

    def contains(self, other: StrSeries | str) -> BoolSeries:
        """Whether the text contains another: case-sensitive, no wildcards; missing when either is."""
        return self._binary(n.StringContains, other)


class StrPatientSeries(StrSeries, PatientSeries):
    """One text per patient."""


class StrEventSeries(StrSeries, OrderedEventSeries):
    """One text per row."""

    if TYPE_CHECKING:

        def minimum_for_patient(self) -> StrPatientSeries: ...
        def maximum_for_patient(self) -> StrPatientSeries: ...


register(str, StrPatientSeries, StrEventSeries)

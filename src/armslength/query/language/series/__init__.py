"""SERIES: one file per family of values; importing this makes every family known."""

from armslength.query.language.series.base import BaseSeries, EventSeries, PatientSeries, wrap
from armslength.query.language.series.booleans import BoolEventSeries, BoolPatientSeries, BoolSeries
from armslength.query.language.series.codes import (
    CodeEventSeries,
    CodePatientSeries,
    CodeSeries,
    MultiCodeStringEventSeries,
    MultiCodeStringPatientSeries,
    MultiCodeStringSeries,
)
from armslength.query.language.series.dates import (
    DateDifference,
    DateEventSeries,
    DateLike,
    DatePatientSeries,
    DateSeries,
)
from armslength.query.language.series.numbers import (
    FloatEventSeries,
    FloatPatientSeries,
    FloatSeries,
    IntEventSeries,
    IntPatientSeries,
    IntSeries,
)
from armslength.query.language.series.strings import StrEventSeries, StrPatientSeries, StrSeries

__all__ = [
    "BaseSeries",
    "BoolEventSeries",
    "BoolPatientSeries",
    "BoolSeries",
    "CodeEventSeries",
    "CodePatientSeries",
    "CodeSeries",
    "DateDifference",
    "DateEventSeries",
    "DateLike",
    "DatePatientSeries",
    "DateSeries",
    "EventSeries",
    "FloatEventSeries",
    "FloatPatientSeries",
    "FloatSeries",
    "IntEventSeries",
    "IntPatientSeries",
    "IntSeries",
    "MultiCodeStringEventSeries",
    "MultiCodeStringPatientSeries",
    "MultiCodeStringSeries",
    "PatientSeries",
    "StrEventSeries",
    "StrPatientSeries",
    "StrSeries",
    "wrap",
]

"""Measures: ratios over time and groups, such as the share of patients with a prescription each month."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from armslength.query.language.dummy_data import DummyDataConfig, configured
from armslength.query.language.durations import Duration
from armslength.query.language.errors import Error
from armslength.query.language.names import NAME_RULE, is_valid_name
from armslength.query.language.operands import refuse_unsuitable
from armslength.query.language.series.base import BaseSeries, PatientSeries, wrap
from armslength.query.language.series.booleans import BoolPatientSeries, BoolSeries
from armslength.query.language.series.dates import DatePatientSeries
from armslength.query.language.series.numbers import IntPatientSeries, IntSeries
from armslength.query.model import nodes as n

OUTPUT_COLUMNS = ("measure", "interval_start", "interval_end", "ratio", "numerator", "denominator")
Interval = tuple[datetime.date, datetime.date]


class _Interval(NamedTuple):
    """The interval being measured: `INTERVAL.start_date`, `INTERVAL.end_date`, both included."""

    start_date: DatePatientSeries
    end_date: DatePatientSeries

    def __repr__(self) -> str:
        return "INTERVAL"


INTERVAL = _Interval(wrap(n.INTERVAL_START), wrap(n.INTERVAL_END))


class Measures:
    """A collection of measures that share defaults."""

    def __init__(self) -> None:
        self._measures: dict[str, n.Measure] = {}
        self._defaults: dict[str, Any] = {}
        self._has_defaults = False
        self._groups: dict[str, n.Series] = {}
        self._disclosure_control = True
        self._dummy_data = DummyDataConfig(population_size=None)

    def define_measure(
        self,
        name: str,
        numerator: BoolSeries | IntSeries | None = None,
        denominator: BoolSeries | IntSeries | None = None,
        group_by: Mapping[str, BaseSeries] | None = None,
        intervals: list[Interval] | None = None,
    ) -> None:
        """Add a measure. What is left out comes from `define_defaults`; `group_by={}` means no groups."""
        if not is_valid_name(name):
            raise Error(f"{NAME_RULE}; the measure name {name!r} does not")
        if name in self._measures:
            raise Error(f"a measure called `{name}` is already defined")
        given = _checked(numerator, denominator, group_by, intervals)
        parts = {**self._defaults, **given}
        for needed in ("numerator", "denominator", "intervals"):
            if needed not in parts:
                raise Error(f"measure `{name}` has no `{needed}`: give it here or in `define_defaults()`")
        groups = parts.get("group_by", {})
        for group, node in groups.items():
            if self._groups.get(group, node) is not node:
                raise Error(
                    f"group `{group}` means something else in an earlier measure; give one another name"
                )
        self._groups.update(groups)
        self._measures[name] = n.Measure(
            name, parts["numerator"], parts["denominator"], tuple(groups.items()), parts["intervals"]
        )

    def define_defaults(
        self,
        numerator: BoolSeries | IntSeries | None = None,
        denominator: BoolSeries | IntSeries | None = None,
        group_by: Mapping[str, BaseSeries] | None = None,
        intervals: list[Interval] | None = None,
    ) -> None:
        """Set what measures use for arguments they leave out. Once."""
        if self._has_defaults:
            raise Error("defaults are already defined: `define_defaults()` can be called once only")
        self._defaults = _checked(numerator, denominator, group_by, intervals)
        self._has_defaults = True

    def configure_dummy_data(
        self,
        *,
        population_size: int = 10,
        legacy: bool = False,
        timeout: float = 60,
        additional_population_constraint: Any = None,
    ) -> None:
        """Say how invented data should be made; real data are not touched by this."""
        self._dummy_data = configured(
            self._dummy_data,
            population_size=population_size,
            legacy=legacy,
            timeout=timeout,
            additional_population_constraint=additional_population_constraint,
        )

    def configure_disclosure_control(self, *, enabled: bool = True) -> None:
        """Switch the hiding of small numbers and the rounding of results off, or on again."""
        self._disclosure_control = enabled

    def __repr__(self) -> str:
        return f"<Measures {', '.join(self._measures) or 'none yet'}>"

    def __len__(self) -> int:
        return len(self._measures)

    def __iter__(self) -> Iterator[n.Measure]:
        return iter(self._measures.values())


def create_measures() -> Measures:
    """Start a collection of measures."""
    return Measures()


def measures_of(measures: Measures) -> n.Measures:
    """Return what is to be measured, as a query. Raises Error when nothing is."""
    if not measures._measures:
        raise Error("no measure is defined: call `measures.define_measure(…)`")
    return n.Measures(tuple(measures._measures.values()), measures._disclosure_control)


def _checked(numerator: Any, denominator: Any, group_by: Any, intervals: Any) -> dict[str, Any]:
    given: dict[str, Any] = {}
    if numerator is not None:
        given["numerator"] = _countable("numerator", numerator)
    if denominator is not None:
        given["denominator"] = _countable("denominator", denominator)
    if group_by is not None:
        given["group_by"] = _groups(group_by)
    if intervals is not None:
        given["intervals"] = _intervals(intervals)
    return given


def _countable(argument: str, series: Any) -> n.Series:
    refuse_unsuitable(series)
    if not isinstance(series, (BoolPatientSeries, IntPatientSeries)):
        raise TypeError(
            f"`{argument}` must be a bool or int series with one value per patient, not {type(series).__name__}"
        )
    return series._node


def _groups(group_by: Any) -> dict[str, n.Series]:
    if not isinstance(group_by, dict):
        raise Error(
            f"`group_by` must be a dict of names and series, not {type(group_by).__name__}: {group_by!r}"
        )
    for name, series in group_by.items():
        if not is_valid_name(name):
            raise Error(f"{NAME_RULE}; the group name {name!r} does not")
        if name in OUTPUT_COLUMNS:
            raise Error(f"a group cannot be called `{name}`: the output has a column of that name")
        refuse_unsuitable(series)
        if not isinstance(series, PatientSeries):
            raise TypeError(
                f"group `{name}` must be a series with one value per patient, not {type(series).__name__}"
            )
    return {name: series._node for name, series in group_by.items()}


def _intervals(intervals: Any) -> tuple[Interval, ...]:
    if isinstance(intervals, Duration):
        raise Error(
            f'`intervals` needs a start or an end: `{intervals!r}.starting_on("<DATE>")` or `.ending_on(…)`'
        )
    if not isinstance(intervals, list):
        raise Error(
            f"`intervals` must be a list of (start, end) dates, not {type(intervals).__name__}: {intervals!r}"
        )
    for interval in intervals:
        if not (
            isinstance(interval, tuple)
            and len(interval) == 2
            and all(type(d) is datetime.date for d in interval)
        ):
            raise Error(f"each of `intervals` must be a tuple of two dates, not {interval!r}")
        if interval[0] > interval[1]:
            raise Error(f"an interval must not end before it starts: {interval[0]} to {interval[1]}")
    if not intervals:
        raise Error("`intervals` is empty: it needs at least one pair of dates")
    return tuple(sorted(set(intervals)))

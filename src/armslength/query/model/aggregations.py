"""Aggregations: one value per patient, from all of the patient's rows. How to add one: `nodes.py`."""

from __future__ import annotations

import datetime

from armslength.query.model.node import node
from armslength.query.model.series import FrameAggregation, SeriesAggregation
from armslength.query.model.types import ANY, NUMBER, ORDERABLE, SetOfKind, takes


@node
class Exists(FrameAggregation):
    """Whether the patient has any row."""

    gives = bool


@node
class Count(FrameAggregation):
    """How many rows the patient has; 0 when none."""

    gives = int


@node
class CountDistinct(SeriesAggregation):
    """How many different values the patient has; 0 when none."""

    signature = takes(ANY, gives=int)


@node
class CountEpisodes(SeriesAggregation):
    """How many runs of dates with no gap longer than this many days; 0 when there is no date."""

    signature = takes(datetime.date, gives=int)
    maximum_gap_days: int


@node
class Min(SeriesAggregation):
    """The smallest value; missing when there is none."""

    signature = takes(ORDERABLE, gives=ORDERABLE)


@node
class Max(SeriesAggregation):
    """The largest value; missing when there is none."""

    signature = takes(ORDERABLE, gives=ORDERABLE)


@node
class Sum(SeriesAggregation):
    """The total; missing, not 0, when there is no value."""

    signature = takes(NUMBER, gives=NUMBER)


@node
class Mean(SeriesAggregation):
    """The average; missing when there is no value."""

    signature = takes(NUMBER, gives=float)


@node
class CombineAsSet(SeriesAggregation):
    """The set of the patient's values; empty when there is none. Only `In` can use it."""

    signature = takes(ANY, gives=SetOfKind(ANY))

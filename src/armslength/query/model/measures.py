"""Measures: sums of a numerator over a denominator, per interval and group, and the queries that compute them.

A measure's expressions may contain the two interval parameters. `query_for` puts one interval's dates in their
place and gives an ordinary Dataset whose `measures` are grouped sums.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from typing import TypeAlias

from armslength.query.model.errors import ModelError
from armslength.query.model.node import Node, derive, node, rewrite, walk
from armslength.query.model.operations import GT
from armslength.query.model.outputs import Dataset, GroupedSum, require_patient_series
from armslength.query.model.series import Parameter, Series, Value

Interval: TypeAlias = tuple[datetime.date, datetime.date]

INTERVAL_START = Parameter("interval_start_date", datetime.date)
INTERVAL_END = Parameter("interval_end_date", datetime.date)


@node
class Measure(Node):
    """A named ratio: for patients with a true or positive denominator, numerators over denominators.

    `group_by` are (column name, series); `intervals` are inclusive (start, end) dates.
    """

    name: str
    numerator: Series
    denominator: Series
    group_by: tuple[tuple[str, Series], ...]
    intervals: tuple[Interval, ...]

    def check(self) -> None:
        GroupedSum(((self.name, self.numerator),), self.denominator, self.group_by)
        if not self.intervals:
            raise ModelError(f"measure `{self.name}` has no interval")
        derive(self, domain=None)


@node
class Measures(Node):
    """All measures of one definition. `disclosure_control` says whether results must be rounded."""

    measures: tuple[Measure, ...]
    disclosure_control: bool = True

    def check(self) -> None:
        names = [measure.name for measure in self.measures]
        if not names or len(set(names)) != len(names):
            raise ModelError("measures need at least one measure, and different names")
        groups: dict[str, Series] = {}
        for measure in self.measures:
            for name, group in measure.group_by:
                if groups.setdefault(name, group) is not group:
                    raise ModelError(f"group `{name}` is defined in two ways")
        derive(self, domain=None)

    @property
    def group_names(self) -> tuple[str, ...]:
        """Every group column of the output, in order of first appearance."""
        return tuple(dict.fromkeys(name for measure in self.measures for name, _ in measure.group_by))


def intervals_of(measures: Measures) -> tuple[Interval, ...]:
    """Return every interval any measure asks for, each once, in chronological order."""
    return tuple(sorted({interval for measure in measures.measures for interval in measure.intervals}))


def queries_for(measures: Measures, interval: Interval) -> Iterator[tuple[Dataset, tuple[Measure, ...]]]:
    """Yield one query per denominator and list of intervals, for those that have this interval, with its measures.

    The n-th grouped sum of the query belongs to the n-th measure. Which measures are in one query shows in the
    answer where rows tie: ties are broken by what the whole query reads from a picked row.
    """
    together: dict[tuple[Series, tuple[Interval, ...]], list[Measure]] = {}
    for measure in measures.measures:
        if interval in measure.intervals:
            together.setdefault((measure.denominator, measure.intervals), []).append(measure)
    for (denominator, _), group in together.items():
        sums = tuple(GroupedSum(((each.name, each.numerator),), denominator, each.group_by) for each in group)
        query = Dataset(population=_included(denominator), measures=sums)
        replaced = substitute(query, {INTERVAL_START: interval[0], INTERVAL_END: interval[1]})
        assert isinstance(replaced, Dataset)  # noqa: S101 - rewriting keeps the class of the root
        yield replaced, tuple(group)


def substitute(root: Node, values: dict[Parameter, datetime.date]) -> Node:
    """Put constants in the place of parameters."""
    constants = {parameter: Value(value) for parameter, value in values.items()}
    return rewrite(root, lambda each: constants.get(each, each) if isinstance(each, Parameter) else each)


def parameters_of(*roots: Node) -> tuple[Parameter, ...]:
    """Return the parameters that still have to be given a value."""
    return tuple(each for each in walk(*roots) if isinstance(each, Parameter))


def _included(denominator: Series) -> Series:
    require_patient_series("Measure", denominator)
    return denominator if denominator.value_type is bool else GT(denominator, Value(0))

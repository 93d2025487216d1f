"""Ask for every interval of all measures at once, so that each table is read once and not once a month."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import reduce

from armslength.query.model.measures import Interval, Measure, Measures, intervals_of, queries_for
from armslength.query.model.nodes import Case, Dataset, GroupedSum, Or, PickOneRowPerPatient, Series
from armslength.query.model.picks import tie_breaks
from armslength.query.model.reference import true_for_nobody_in_particular

# Each sum is a reading of the population, and its answers are columns until then: this bounds their memory.
MOST_SUMS = 150
Asked = tuple[Interval, Measure]
Ties = Mapping[PickOneRowPerPatient, tuple[str, ...]]


def shared_queries(measures: Measures) -> Iterator[tuple[Dataset, tuple[Asked, ...]]]:
    """Yield queries that together answer all measures; the n-th grouped sum is of the n-th (interval, measure).

    A group nobody of the interval is in may come with a denominator of 0: leave it out.
    """
    bundles: list[_Bundle] = []
    for interval in intervals_of(measures):
        for query, group in queries_for(measures, interval):
            asked = tuple((interval, measure) for measure in group)
            # Such a denominator is asked of everybody in the tables of its query, so it keeps its own.
            if true_for_nobody_in_particular(query.population):
                yield query, asked
                continue
            ties = tie_breaks(query)
            bundle = next((each for each in bundles if each.takes(ties)), None)
            if bundle is not None and bundle.sums + len(asked) > MOST_SUMS:
                yield _merged(bundle.queries)
                bundles.remove(bundle)
                bundle = None
            if bundle is None:
                bundle = _Bundle()
                bundles.append(bundle)
            bundle.add(query, asked, ties)
    for bundle in bundles:
        yield _merged(bundle.queries)


class _Bundle:
    """Queries to be asked together: each picks the rows it would pick alone, also where rows tie."""

    def __init__(self) -> None:
        self.queries: list[tuple[Dataset, tuple[Asked, ...]]] = []
        self.ties: dict[PickOneRowPerPatient, tuple[str, ...]] = {}
        self.sums = 0

    def takes(self, ties: Ties) -> bool:
        """Whether every pick that a query shares with those here has its ties broken in the same way."""
        return all(self.ties.get(pick, names) == names for pick, names in ties.items())

    def add(self, query: Dataset, asked: tuple[Asked, ...], ties: Ties) -> None:
        self.queries.append((query, asked))
        self.ties |= ties
        self.sums += len(asked)


def _merged(queries: list[tuple[Dataset, tuple[Asked, ...]]]) -> tuple[Dataset, tuple[Asked, ...]]:
    """Make one query whose population is everybody in any of them, each sum over those in its own."""
    populations = tuple(dict.fromkeys(query.population for query, _ in queries))
    asked = tuple(each for _, group in queries for each in group)
    if len(populations) == 1:
        sums = tuple(each for query, _ in queries for each in query.measures)
    else:
        sums = tuple(_among(query.population, each) for query, _ in queries for each in query.measures)
    return Dataset(population=reduce(Or, populations), measures=sums), asked


def _among(population: Series, sums: GroupedSum) -> GroupedSum:
    def counted(series: Series) -> Series:
        return Case(((population, series),), None)

    numerators = tuple((name, counted(numerator)) for name, numerator in sums.numerators)
    return GroupedSum(numerators, counted(sums.denominator), sums.group_bys)

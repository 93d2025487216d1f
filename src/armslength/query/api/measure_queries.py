"""Ask for every interval of all measures at once, so that each table is read once and not once a month."""

from __future__ import annotations

from collections.abc import Iterator
from functools import reduce

from armslength.query.model.measures import Interval, Measure, Measures, intervals_of, queries_for
from armslength.query.model.nodes import Case, Dataset, GroupedSum, Or, Series
from armslength.query.model.reference import true_for_nobody_in_particular

# Each sum is a reading of the population, and its answers are columns until then: this bounds their memory.
MOST_SUMS = 150
Asked = tuple[Interval, Measure]


def shared_queries(measures: Measures) -> Iterator[tuple[Dataset, tuple[Asked, ...]]]:
    """Yield queries that together answer all measures; the n-th grouped sum is of the n-th (interval, measure).

    A group nobody of the interval is in may come with a denominator of 0: leave it out.
    """
    together: list[tuple[Dataset, tuple[Asked, ...]]] = []
    for interval in intervals_of(measures):
        for query, group in queries_for(measures, interval):
            asked = tuple((interval, measure) for measure in group)
            # Such a denominator is asked of everybody in the tables of its query, so it keeps its own.
            if true_for_nobody_in_particular(query.population):
                yield query, asked
                continue
            if together and sum(len(each) for _, each in together) + len(asked) > MOST_SUMS:
                yield _merged(together)
                together = []
            together.append((query, asked))
    if together:
        yield _merged(together)


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

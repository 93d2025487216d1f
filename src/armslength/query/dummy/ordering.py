"""From a dataset or measures to an order for patients: which populations, how many, what is to be shown."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from armslength.query.dummy.inventor import Invented, Inventor, Order
from armslength.query.dummy.question import Question
from armslength.query.dummy.targets import Target, targets_of
from armslength.query.language.dummy_data import DummyDataConfig
from armslength.query.model import nodes as n
from armslength.query.model.measures import (
    INTERVAL_END,
    INTERVAL_START,
    intervals_of,
    queries_for,
    substitute,
)

USUAL_SIZE, USUAL_SECONDS = 10, 60.0
# Every interval of a long series would say the same with other dates.
MOST_INTERVALS, INTERVALS_WITH_TARGETS = 12, 2
PATIENTS_EACH, MOST_AUTOMATIC = 10, 1000


def configuration_from(values: Mapping[str, Any]) -> DummyDataConfig:
    """Read what a loaded definition says of invented data, believing no type."""
    size, seconds = values.get("population_size"), values.get("timeout")
    constraint = values.get("additional_population_constraint")
    return DummyDataConfig(
        population_size=size if type(size) is int and size >= 0 else None,
        timeout=float(seconds) if isinstance(seconds, (int, float)) and seconds >= 0 else USUAL_SECONDS,
        additional_population_constraint=constraint
        if isinstance(constraint, n.Series) and constraint.domain is None and constraint.value_type is bool
        else None,
    )


def invent_for_dataset(dataset: n.Dataset, configuration: DummyDataConfig | None = None) -> Invented:
    """Invent patients for a dataset: in its population, and between them in every branch that can be reached."""
    wishes = configuration or DummyDataConfig()
    population = _with_constraint(dataset.population, wishes.additional_population_constraint)
    events = [(name, table) for name, table in dataset.events]
    named = [*dataset.variables, *events]
    question = Question([dataset, population])
    size = USUAL_SIZE if wishes.population_size is None else wishes.population_size
    # Who only breaks the additional constraint would still be in the dataset: others are outside the population itself.
    outside = (dataset.population,)
    return _invented(question, (population,), targets_of(question, named, population), size, wishes, outside)


def invent_for_measures(measures: n.Measures, configuration: DummyDataConfig | None = None) -> Invented:
    """Invent patients for measures: for each denominator in each of several intervals, in turn."""
    wishes = configuration or DummyDataConfig(population_size=None)
    intervals = intervals_of(measures)
    spread = _spread(intervals, MOST_INTERVALS)
    populations: dict[n.Series, None] = {}
    parts: list[tuple[n.Series, list[tuple[str, n.Node]]]] = []
    for interval in spread:
        for query, asked in queries_for(measures, interval):
            values = {INTERVAL_START: interval[0], INTERVAL_END: interval[1]}
            extra = wishes.additional_population_constraint
            constraint = None if extra is None else substitute(extra, values)
            population = _with_constraint(query.population, constraint)
            populations[population] = None
            named: list[tuple[str, n.Node]] = []
            for measure, sums in zip(asked, query.measures, strict=True):
                named += [(measure.name, numerator) for _, numerator in sums.numerators]
                named += list(sums.group_bys)
            parts.append((population, named))
    question = Question([*populations, *(node for _, named in parts for _, node in named)])
    targets = _targets_of_measures(question, parts)
    size = wishes.population_size
    if size is None:
        groups = max(1, len(measures.group_names))
        denominators = len({measure.denominator for measure in measures.measures})
        size = min(MOST_AUTOMATIC, PATIENTS_EACH * denominators * len(intervals) * groups)
    # Outside one interval's population is often inside another's, where the additional constraint must hold as well.
    outside = tuple(populations) if wishes.additional_population_constraint is None else ()
    return _invented(question, tuple(populations), targets, size, wishes, outside)


def _targets_of_measures(
    question: Question, parts: list[tuple[n.Series, list[tuple[str, n.Node]]]]
) -> list[Target]:
    targets: dict[Any, Target] = {}
    for population, named in parts[:INTERVALS_WITH_TARGETS]:
        one = Question([population, *(node for _, node in named)])
        targets |= {target.goal: target for target in targets_of(one, named, population)}
    return list(targets.values())


def _invented(
    question: Question,
    populations: tuple[n.Series, ...],
    targets: list[Target],
    size: int,
    wishes: DummyDataConfig,
    outside: tuple[n.Series, ...],
) -> Invented:
    order = Order(
        question=question,
        populations=populations,
        targets=targets,
        size=size,
        outside=outside,
        seconds=wishes.timeout,
    )
    return Inventor(order).invent()


def _with_constraint(population: n.Series, constraint: Any) -> n.Series:
    return population if constraint is None else n.And(population, constraint)


def _spread(items: tuple[Any, ...], count: int) -> tuple[Any, ...]:
    """Choose at most so many items, evenly, the first and the last among them."""
    if len(items) <= count:
        return items
    return tuple(items[round(i * (len(items) - 1) / (count - 1))] for i in range(count))

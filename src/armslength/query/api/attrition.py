"""Attrition: how many patients each condition of a population leaves, rounded as results must be."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from functools import reduce

from armslength.query.api.databases import Database
from armslength.query.api.datasets import results_of
from armslength.query.api.measures import LARGEST_HIDDEN, ROUND_TO
from armslength.query.api.words import in_words
from armslength.query.engines.engine import Progress, no_progress
from armslength.query.model import nodes as n

START = "Everybody in the tables that are read"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rounding:
    """Counts up to `largest_hidden` are not shown; others go to the nearest `to`."""

    largest_hidden: int = LARGEST_HIDDEN
    to: int = ROUND_TO

    def of(self, count: int) -> int | None:
        """The count that may be shown, None when it is too small. Nobody at all is no secret.

        >>> [Rounding().of(count) for count in (0, 1, 7, 8, 1234)]
        [0, None, None, 10, 1235]
        """
        if 0 < count <= self.largest_hidden:
            return None
        return self.to * ((count + self.to // 2) // self.to)


USUAL_ROUNDING = Rounding()


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """What is left after one condition, and how many it removed; None where a number is too small to show.

    `name` is the author's for the condition, if it has one.
    """

    name: str | None
    meaning: str
    remaining: int | None
    removed: int | None

    @property
    def condition(self) -> str:
        return self.meaning if self.name is None else f"{self.name}: {self.meaning}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Attrition:
    """The stages of a population, everybody first."""

    stages: tuple[Stage, ...]
    rounding: Rounding

    @property
    def note(self) -> str:
        hidden, to = self.rounding.largest_hidden, self.rounding.to
        return f"Numbers up to {hidden} are hidden, others rounded to the nearest {to}."


def attrition(
    dataset: n.Dataset,
    *,
    database: Database,
    names: Mapping[n.Node, str] | None = None,
    permissions: Iterable[str] = (),
    rounding: Rounding = USUAL_ROUNDING,
    progress: Progress = no_progress,
) -> Attrition:
    """Count who is left after each condition of the population, in the order written. One query answers it.

    `names` are those the author gave to conditions. How many a condition removed is the difference of the rounded
    numbers, so that nothing can be worked out that the rounding hides. Raises the Mistakes of `generate_dataset`.
    """
    conditions = tuple(conjuncts(dataset.population))
    query = _query(dataset.population, conditions)
    counts = [0] * (len(conditions) + 1)
    asked = results_of(query, database=database, permissions=permissions, progress=progress)
    with closing(asked) as results:
        for result in results:
            for row in result.rows.read_all().to_pylist():
                if result.name == "measure_1":
                    counts = [row["denominator"], *(row[f"numerator_{i}"] for i in range(1, len(counts)))]
    texts = [(None, START), *(_told(condition, names or {}) for condition in conditions)]
    return Attrition(stages=tuple(_stages(texts, counts, rounding)), rounding=rounding)


def conjuncts(condition: n.Series) -> Iterator[n.Series]:
    """Yield what must all be true, in the order written."""
    waiting = [condition]
    while waiting:
        each = waiting.pop()
        if isinstance(each, n.And):
            waiting += [each.rhs, each.lhs]
        else:
            yield each


def _told(condition: n.Series, names: Mapping[n.Node, str]) -> tuple[str | None, str]:
    """The author's name of a condition, if it has one, and what it means."""
    others = {node: name for node, name in names.items() if node is not condition}
    return names.get(condition), in_words(condition, others)


def _query(population: n.Series, conditions: tuple[n.Series, ...]) -> n.Dataset:
    """Everybody in any table that is read, and for each condition how many satisfy it and all before."""
    known: list[n.Series] = [n.Exists(table) for table in n.tables_of(population)]
    everybody = reduce(n.Or, known)
    so_far: list[n.Series] = []
    for condition in conditions:
        so_far.append(n.And(so_far[-1], condition) if so_far else condition)
    numerators = tuple((f"after_{i}", each) for i, each in enumerate(so_far, start=1))
    return n.Dataset(everybody, measures=(n.GroupedSum(numerators, everybody),))


def _stages(texts: list[tuple[str | None, str]], counts: list[int], rounding: Rounding) -> Iterator[Stage]:
    before: int | None = None
    for position, ((name, meaning), count) in enumerate(zip(texts, counts, strict=True)):
        remaining = rounding.of(count)
        removed = None if before is None or remaining is None else before - remaining
        yield Stage(name=name, meaning=meaning, remaining=remaining, removed=removed if position else None)
        before = remaining


def as_csv(found: Attrition) -> str:
    """The stages as CSV; a hidden number is empty."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["condition", "remaining", "removed"])
    for stage in found.stages:
        writer.writerow([stage.condition, stage.remaining, stage.removed])
    return text.getvalue()


def as_json(found: Attrition) -> str:
    """The stages as JSON; a hidden number is null."""
    stages = [
        {"name": one.name, "condition": one.meaning, "remaining": one.remaining, "removed": one.removed}
        for one in found.stages
    ]
    rounding = {"largest_hidden": found.rounding.largest_hidden, "to": found.rounding.to}
    return json.dumps({"stages": stages, "rounding": rounding}, indent=2, ensure_ascii=False)


def as_text(found: Attrition) -> str:
    """The stages as a table for a terminal."""
    rows = [
        (_number(s.remaining), "" if i == 0 else _number(s.removed), s.condition)
        for i, s in enumerate(found.stages)
    ]
    rows.insert(0, ("remaining", "removed", "condition"))
    widths = [max(len(row[column]) for row in rows) for column in range(2)]
    lines = [f"{a:>{widths[0]}}  {b:>{widths[1]}}  {c}" for a, b, c in rows]
    return "\n".join([*lines, "", found.note])


def _number(value: int | None) -> str:
    return "hidden" if value is None else f"{value:,}"

"""What invented patients should show between them: every branch of every case, every filter, every alternative."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from armslength.query.dummy.draft import View
from armslength.query.dummy.frames import with_row
from armslength.query.dummy.logic import branch_wishes
from armslength.query.dummy.push import Push
from armslength.query.dummy.question import Question
from armslength.query.dummy.wants import FALSE, NOT_TRUE, TRUE, Want
from armslength.query.model import nodes as n


@dataclass(frozen=True, slots=True)
class Goal:
    """Wishes that must come true together: of a patient, or (with `frame`) of some row of a frame."""

    wishes: tuple[tuple[n.Series, Want], ...]
    frame: n.Frame | None = None

    def holds(self, view: View) -> bool:
        """Whether the wishes are true of a draft."""
        rows = [None] if self.frame is None else view.rows_in(self.frame)
        return any(all(want.admits(view.value(series, row)) for series, want in self.wishes) for row in rows)

    def is_meant(self, meaning: Mapping[n.Node, Any]) -> bool:
        """Whether the wishes are true by the reference interpreter."""
        if self.frame is None:
            return all(want.admits(meaning[series]) for series, want in self.wishes)
        return any(
            all(
                want.admits(meaning[s] if s.domain is None else meaning[s].get(row))
                for s, want in self.wishes
            )
            for row in meaning[self.frame]
        )

    def push(self, push: Push) -> bool:
        """Turn the wishes into wishes for cells."""
        if self.frame is not None:
            return with_row(push, self.frame, self.wishes)
        return push.all_of((series, None, want) for series, want in self.wishes)

    @property
    def nodes(self) -> tuple[n.Node, ...]:
        """The nodes whose meaning tells whether the wishes came true."""
        return (*(series for series, _ in self.wishes), *([] if self.frame is None else [self.frame]))


@dataclass(frozen=True, slots=True)
class Target:
    """Something to be shown at least once, and how to tell a person about it."""

    kind: str
    about: str
    goal: Goal


def targets_of(question: Question, named: Iterable[tuple[str, n.Node]], population: n.Series) -> list[Target]:
    """Return all targets of a query. `named` are what results are called, to say where a branch is used."""
    owners = _owners([("population", population), *named])
    found: list[Target] = []
    for each in question.order:
        where = owners.get(each, "the query")
        if isinstance(each, n.Case):
            found += _branches(each, where)
        elif isinstance(each, n.Filter):
            found.append(Target("filter", f"a row that passes a filter of {where}", Goal((), each)))
    found += _alternatives(question, population)
    for name, series in named:
        if isinstance(series, n.Series) and series.domain is None and series.value_type is bool:
            found.append(Target("value", f"`{name}` true", Goal(((series, TRUE),))))
            found.append(Target("value", f"`{name}` false", Goal(((series, FALSE),))))
    return list({target.goal: target for target in found}.values())


def _owners(named: Iterable[tuple[str, n.Node]]) -> dict[n.Node, str]:
    """Say for each part of the query which result it was first used in."""
    owners: dict[n.Node, str] = {}
    for name, root in named:
        stack = [root]
        while stack:
            each = stack.pop()
            if each not in owners:
                owners[each] = f"`{name}`"
                stack += n.children(each)
    return owners


def _branches(case: n.Case, where: str) -> list[Target]:
    frame = case.domain if isinstance(case.domain, n.Frame) else None
    count = len(case.cases)
    outcomes = [value for _, value in case.cases] + [case.default]
    found = []
    for number, outcome in enumerate(outcomes):
        which = f"branch {number + 1} of {count}" if number < count else "the default"
        shown = f" ({outcome.value!r})" if isinstance(outcome, n.Value) else ""
        wishes = tuple((series, want) for series, _, want in branch_wishes(case, None, number))
        found.append(Target("case", f"{where}: {which}{shown}", Goal(wishes, frame)))
    return found


def _alternatives(question: Question, population: n.Series) -> list[Target]:
    """Each operand of each `|` in the population, true for a patient who is in it."""
    found = []
    for each in n.walk(population):
        if isinstance(each, n.Or) and each.domain is None:
            for number, operand in enumerate(question.operands_of(each), start=1):
                about = f"`population`: alternative {number} of a `|`"
                found.append(Target("population", about, Goal(((operand, TRUE),))))
    return found


def near_misses(question: Question, population: n.Series) -> list[Goal]:
    """Goals for patients who are not in the population, each failing another of its conditions."""
    conditions = question.operands_of(population) if isinstance(population, n.And) else (population,)
    goals = []
    for failing in conditions:
        rest = tuple((condition, TRUE) for condition in conditions if condition is not failing)
        goals.append(Goal(((failing, NOT_TRUE), *rest)))
    return goals

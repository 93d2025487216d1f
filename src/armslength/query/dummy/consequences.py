"""What follows for the parts of a value from what must be so of it, whatever the rows are."""

from __future__ import annotations

import datetime
import random
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from armslength.query.dummy import inverses
from armslength.query.dummy.draft import Draft, View
from armslength.query.dummy.logic import MIRRORED, OPPOSITES, RELATIONS, branch_wishes
from armslength.query.dummy.push import RULES
from armslength.query.dummy.question import Question
from armslength.query.dummy.values import Life
from armslength.query.dummy.wants import MISSING, NOT_TRUE, PRESENT, Want, compared
from armslength.query.model import nodes as n

Key = tuple[Any, Any]
Demand = tuple[n.Series, Any, Want]
"""A series, the row it is asked of (anything that stands for one; None for a patient), and what it must be."""
Choices = list[list[list[Demand]]]
"""Several times: one of these lists of demands must be met."""

NOT_FALSE = Want(missing=True, among=frozenset({True}))
MOST_BRANCHES = 30
# Operations whose rule gives all values that can lead to the one demanded, and whose result is missing exactly
# when their operand is. Fractions are left out: rounding might exclude what is possible.
EXACT = frozenset(
    {n.Add, n.Subtract, n.Multiply, n.Negate, n.DateAddDays, n.DateDifferenceInDays, n.DateDifferenceInMonths}
    | {n.DateDifferenceInYears, n.YearFromDate, n.CastToInt, n.ToFirstOfMonth, n.ToFirstOfYear}
)
RULE_MODULE = inverses  # importing it fills RULES


def follow(series: n.Series, row: Any, want: Want, question: Question) -> tuple[list[Demand], Choices]:
    """Return the demands that follow from one, and choices of which one must be met."""
    kind = type(series)
    if kind in (n.And, n.Or):
        return _chain(series, row, want, question)
    if kind in RELATIONS:
        return _comparison(series, row, want, question), []
    if kind in DIRECT:
        return DIRECT[kind](series, row, want), []
    if kind is n.In:
        return _membership(series, row, want, question), []
    if kind is n.Case:
        return [], _case(series, row, want, question)
    if kind in (n.MinimumOf, n.MaximumOf):
        return _extreme_of(series, row, want), []
    return (_backwards(series, row, want, question) if kind in EXACT else []), []


def relation_of(series: Any, want: Want, question: Question) -> frozenset[str] | None:
    """Return the orders that two values may be in (`?` when one is missing) for a comparison to be as demanded."""
    if type(series) not in RELATIONS or question.is_constant(series.lhs) or question.is_constant(series.rhs):
        return None
    relation = RELATIONS[type(series)]
    allowed = set(ORDERS[relation]) if want.admits(True) else set()
    allowed |= set(ORDERS[OPPOSITES[relation]]) if want.admits(False) else set()
    return frozenset(allowed | ({"?"} if want.missing else set()))


ORDERS = {"=": "=", "≠": "<>", "<": "<", ">": ">", "≤": "<=", "≥": ">="}


def _chain(series: Any, row: Any, want: Want, question: Question) -> tuple[list[Demand], Choices]:
    operands = question.operands_of(series)
    decisive, other = (False, True) if isinstance(series, n.And) else (True, False)
    never_decisive, never_other = (
        (NOT_FALSE, NOT_TRUE) if isinstance(series, n.And) else (NOT_TRUE, NOT_FALSE)
    )
    if not want.admits(decisive):
        if not want.missing:
            return [(each, row, Want(among=frozenset({other}))) for each in operands], []
        all_so: list[Demand] = [(each, row, never_decisive) for each in operands]
        if want.admits(other):
            return all_so, []
        return all_so, [[[(each, row, MISSING)] for each in operands]]
    if want.admits(other):
        return [], []
    needed = never_other if want.missing else Want(among=frozenset({decisive}))
    return [], [[[(each, row, needed)] for each in operands]]


def _not(series: Any, row: Any, want: Want) -> list[Demand]:
    among = frozenset(value for value in (True, False) if want.admits(not value))
    return [(series.source, row, Want(among=among, missing=want.missing))]


def _is_null(series: Any, row: Any, want: Want) -> list[Demand]:
    if not want.admits(False):
        return [(series.source, row, MISSING)]
    return [] if want.admits(True) else [(series.source, row, PRESENT)]


def _contains(series: Any, row: Any, want: Want) -> list[Demand]:
    part = series.rhs.value if isinstance(series.rhs, n.Value) else None
    if part is None or want == MISSING or (want.admits(True) and want.admits(False)):
        return []
    found = Want(holding=(part,)) if want.admits(True) else Want(lacking=(part,))
    return [(series.lhs, row, found.or_missing() if want.missing else found)]


DIRECT: dict[type, Callable[[Any, Any, Want], list[Demand]]] = {
    n.Not: _not,
    n.IsNull: _is_null,
    n.StringContains: _contains,
}


def _comparison(series: Any, row: Any, want: Want, question: Question) -> list[Demand]:
    found: list[Demand] = []
    relation = RELATIONS[type(series)]
    for side, other, related in (
        (series.lhs, series.rhs, relation),
        (series.rhs, series.lhs, MIRRORED[relation]),
    ):
        if question.is_constant(side):
            continue
        bound = question.constant(other) if question.is_constant(other) else None
        if bound is None:
            found += [] if want.missing else [(side, row, PRESENT)]
        elif not want.present or want == MISSING:
            found.append((side, row, MISSING))
        elif want.admits(True) and want.admits(False):
            found += [] if want.missing else [(side, row, PRESENT)]
        else:
            wish = compared(related if want.admits(True) else OPPOSITES[related], bound)
            found.append((side, row, wish.or_missing() if want.missing else wish))
    return found


def _membership(series: Any, row: Any, want: Want, question: Question) -> list[Demand]:
    if not isinstance(series.rhs, n.Value) or question.is_constant(series.lhs):
        return []
    members = series.rhs.value
    if not members or (want.admits(True) and want.admits(False)):
        # Not in an empty list, whatever it is: that is not followed here.
        return []
    if not want.admits(True) and not want.admits(False):
        return [(series.lhs, row, MISSING)]
    wish = Want(among=members) if want.admits(True) else Want(without=members)
    return [(series.lhs, row, wish.or_missing() if want.missing else wish)]


def _case(case: Any, row: Any, want: Want, question: Question) -> Choices:
    """One of the branches whose outcome will do is taken."""
    outcomes = [value for _, value in case.cases] + [case.default]
    if want.missing and want.among is None and want.low is None and want.high is None and not want.without:
        return []
    if len(outcomes) > MOST_BRANCHES:
        return []
    ways: list[list[Demand]] = []
    for number, outcome in enumerate(outcomes):
        fixed = outcome is None or question.is_constant(outcome)
        if fixed and not want.admits(None if outcome is None else question.constant(outcome)):
            continue
        way: list[Demand] = list(branch_wishes(case, row, number))
        ways.append(way if fixed else [*way, (outcome, row, want)])
    return [ways]


def _extreme_of(series: Any, row: Any, want: Want) -> list[Demand]:
    """None of several is beyond the smallest (or largest) of them."""
    if not want.present:
        return [(each, row, MISSING) for each in series.sources]
    ends = sorted(want.among) if want.among else [want.low, want.high]
    end = ends[0] if isinstance(series, n.MinimumOf) else ends[-1]
    if end is None:
        return []
    smallest = isinstance(series, n.MinimumOf)
    beyond = Want(low=end, missing=True) if smallest else Want(high=end, missing=True)
    return [(each, row, beyond) for each in series.sources]


# --- arithmetic, by the rules that patients are made by ---------------------------------------------------------


def _backwards(series: Any, row: Any, want: Want, question: Question) -> list[Demand]:
    """What the one operand that is not fixed must be."""
    parts = question.parts_of(series)
    moving = [each for each in parts if not question.is_constant(each)]
    fixed = [question.constant(each) for each in parts if question.is_constant(each)]
    if len(moving) != 1 or any(
        value is None or value == 0 for value in fixed if isinstance(value, int | None)
    ):
        return []
    if moving[0].value_type not in (int, bool, datetime.date):
        return []
    if not want.present:
        return [(moving[0], row, MISSING)]
    ears = _Ears(question)
    try:
        RULES[type(series)](ears, series, row, want.but_present())  # type: ignore[arg-type]
    except (OverflowError, ValueError, ZeroDivisionError):
        return []
    if ears.guessed:
        return []
    return [
        (each, row, heard.or_missing() if want.missing else heard)
        for each, heard in ears.heard
        if each is moving[0]
    ]


class _Ears:
    """Takes the place of a push: hears what a rule would wish, and follows no rule that chooses."""

    def __init__(self, question: Question) -> None:
        self.question = question
        self.view = View(Draft(-1), question)
        self.life = Life(question.latest, question.latest)
        self.chance = random.Random(0)  # noqa: S311 - chooses nothing that matters
        self.guessed = False
        self.heard: list[tuple[n.Series, Want]] = []

    def want(self, series: n.Series, row: Any, want: Want) -> bool:
        self.heard.append((series, want))
        return True

    def all_of(self, wishes: Iterable[tuple[n.Series, Any, Want]]) -> bool:
        return all([self.want(*wish) for wish in wishes])

    def one_of(self, ways: Sequence[Callable[[], bool]]) -> bool:
        self.guessed = self.guessed or len(ways) != 1
        return bool(ways) and ways[0]()

    def shuffled(self, ways: Sequence[Any]) -> list[Any]:
        return list(ways)

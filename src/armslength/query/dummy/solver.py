"""Make goals come true in a draft, pass by pass."""

from __future__ import annotations

import random
from collections.abc import Sequence

from armslength.query.dummy import frames, inverses, logic
from armslength.query.dummy.draft import Draft, View
from armslength.query.dummy.lives import life_of
from armslength.query.dummy.push import RULES, Cell, Push
from armslength.query.dummy.question import Question
from armslength.query.dummy.targets import Goal
from armslength.query.dummy.values import Life
from armslength.query.dummy.wants import Want

RULE_MODULES = (frames, inverses, logic)  # importing them fills RULES
assert RULES  # noqa: S101 - a solver without rules would find nothing


def solve(
    draft: Draft,
    question: Question,
    goals: Sequence[Goal],
    *,
    life: Life,
    chance: random.Random,
    passes: int,
    pins: dict[Cell, Want] | None = None,
) -> bool:
    """Change a draft until every goal holds; at most so many passes. False leaves the draft as it then is.

    `pins` are the cells that goals already rest on. The first pass works around them, which is quick; if that
    does not do, all goals are thought through again. On success they hold the new cells too.
    """
    pins = {} if pins is None else pins
    push: Push | None = None
    for number in range(passes + 1):
        view = View(draft, question)
        waiting = [goal for goal in goals if not goal.holds(view)]
        if not waiting:
            if push is not None:
                pins.clear()
                pins.update(push.cells)
            return True
        if number == passes:
            return False
        push = Push(draft, question, life=life_of(draft, question, life), chance=chance)
        push.view = view
        _one_pass(push, goals, waiting, pins=pins, number=number)
    return False


def _one_pass(
    push: Push, goals: Sequence[Goal], waiting: list[Goal], *, pins: dict[Cell, Want], number: int
) -> None:
    """Turn goals into cells once. What does not hold yet chooses first; what holds is kept as well as it can be."""
    kept: list[Goal] = []
    if number == 0 and pins:
        push.cells.update(pins)
    else:
        kept = [goal for goal in goals if goal not in waiting]
    if number % 3 == 2:
        push.chance.shuffle(waiting)
    for goal in (*waiting, *kept):
        mark = push.mark()
        if not goal.push(push):
            push.back_to(mark)
    push.fulfil()

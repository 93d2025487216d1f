"""Make goals come true in a draft, pass by pass, and prove that a goal never can."""

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
MOST_PROOF_RUNS = 100


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


def why_impossible(goals: Sequence[Goal], question: Question, *, life: Life) -> str | None:
    """Return the contradiction that keeps goals from ever coming true, or None when none was found.

    Every combination of ways is tried on a patient without records, within a limit. Only when each
    fails, and nothing was guessed on the way, is that a proof.
    """
    script: tuple[int, ...] | None = ()
    clash = ""
    for _ in range(MOST_PROOF_RUNS):
        if script is None:
            return clash or "its conditions exclude one another"
        push = Push(Draft(-1), question, life=life, chance=random.Random(0))  # noqa: S311 - not for secrets
        push.script = script
        if all(goal.push(push) for goal in goals) or push.guessed:
            return None
        clash = clash or push.clash
        script = _next(push.taken)
    return None


def _next(taken: list[tuple[int, int]]) -> tuple[int, ...] | None:
    """The next combination of ways, None after the last."""
    while taken:
        way, ways = taken.pop()
        if way + 1 < ways:
            return (*(each for each, _ in taken), way + 1)
    return None

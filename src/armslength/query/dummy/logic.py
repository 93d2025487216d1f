"""Rules for logic, comparisons and choices: which parts must be true for the whole to be."""

from __future__ import annotations

from functools import partial
from typing import Any

from armslength.query.dummy.frames import with_row
from armslength.query.dummy.push import RULES, Push
from armslength.query.dummy.wants import FALSE, MISSING, NOT_TRUE, PRESENT, TRUE, Want, compared, exactly
from armslength.query.model import nodes as n

OPPOSITES = {"=": "≠", "≠": "=", "<": "≥", "≥": "<", ">": "≤", "≤": ">"}
MIRRORED = {"=": "=", "≠": "≠", "<": ">", ">": "<", "≤": "≥", "≥": "≤"}
RELATIONS: dict[type, str] = {n.EQ: "=", n.NE: "≠", n.LT: "<", n.LE: "≤", n.GT: ">", n.GE: "≥"}


def want_chain(push: Push, chain: Any, row: int | None, want: Want) -> bool:
    """And true: all true. And false: one is false. Or is the mirror image."""
    all_are, one_is = (TRUE, FALSE) if isinstance(chain, n.And) else (FALSE, TRUE)
    operands = push.question.operands_of(chain)
    if want == all_are:
        return push.all_of((operand, row, want) for operand in operands)
    mixed = push.shuffled(operands)
    if want == one_is:
        if push.chance.random() < 0.85:
            mixed.sort(key=lambda operand: not want.admits(push.view.value(operand, row)))
        return push.one_of([partial(push.want, operand, row, want) for operand in mixed])
    # Missing: one is missing and none decides.
    rest = Want(missing=True, among=all_are.among)

    def only(missing: n.Series) -> bool:
        others = (operand for operand in operands if operand is not missing)
        return push.want(missing, row, MISSING) and push.all_of((other, row, rest) for other in others)

    return push.one_of([partial(only, operand) for operand in mixed])


def want_not(push: Push, series: Any, row: int | None, want: Want) -> bool:
    """Not x: the opposite of x."""
    return push.want(series.source, row, {TRUE: FALSE, FALSE: TRUE}.get(want, want))


def want_is_null(push: Push, series: Any, row: int | None, want: Want) -> bool:
    """Whether x is missing."""
    if want == MISSING:
        return False
    return push.want(series.source, row, MISSING if want == TRUE else PRESENT)


def want_comparison(push: Push, series: Any, row: int | None, want: Want) -> bool:
    """lhs RELATION rhs: move one side to where the other is."""
    if want == MISSING:
        return push.one_of(
            [partial(push.want, side, row, MISSING) for side in push.shuffled((series.lhs, series.rhs))]
        )
    relation = RELATIONS[type(series)]
    if want == FALSE:
        relation = OPPOSITES[relation]
    return push.one_of(
        [
            partial(_beside, push, side, other, related, row)
            for side, other, related in push.shuffled(
                ((series.lhs, series.rhs, relation), (series.rhs, series.lhs, MIRRORED[relation]))
            )
            if not push.question.is_constant(side)
        ]
    )


def _beside(push: Push, side: n.Series, other: n.Series, relation: str, row: int | None) -> bool:
    bound = push.view.value(other, row)
    is_fixed = push.question.is_constant(other)
    if bound is None:
        if is_fixed:
            return False
        return push.want(other, row, PRESENT) and push.want(side, row, PRESENT)
    if is_fixed:
        return push.want(side, row, compared(relation, bound))
    # The other side stays where it is, unless something else is wished of it: then the next pass follows it.
    return push.want(side, row, compared(relation, bound)) and push.want(other, row, PRESENT)


def want_in(push: Push, series: Any, row: int | None, want: Want) -> bool:
    """lhs is in a list, or among the values of other rows."""
    lhs, collection = series.lhs, series.rhs
    if isinstance(collection, n.Value):
        members = collection.value
        if not members:
            return want == FALSE
        if want == MISSING:
            return push.want(lhs, row, MISSING)
        return push.want(lhs, row, Want(among=members) if want == TRUE else Want(without=members))
    values = push.view.value(collection, row)
    if want == MISSING:
        return bool(values) and push.want(lhs, row, MISSING)
    if want == FALSE:
        return not values or push.want(lhs, row, Want(without=frozenset(values)))
    now = push.view.value(lhs, row)
    ways = [lambda: bool(values) and push.want(lhs, row, Want(among=frozenset(values)))]
    if now is not None and isinstance(collection, n.CombineAsSet):
        member, rows = collection.source, collection.source.domain
        if isinstance(rows, n.Frame):
            ways.append(partial(with_row, push, rows, [(member, exactly(now))]))
    elif isinstance(collection, n.CombineAsSet):
        ways.append(lambda: push.want(lhs, row, PRESENT))
    return push.one_of(ways)


def want_case(push: Push, case: Any, row: int | None, want: Want) -> bool:
    """Take a branch whose outcome will do: its condition true, none before it true."""
    branches = [*case.cases, (None, case.default)]
    now = push.view.value(case, row)
    order = push.shuffled(range(len(branches)))
    if want.admits(now):
        active = next(
            (i for i, (condition, _) in enumerate(case.cases) if push.view.value(condition, row) is True),
            len(case.cases),
        )
        order.sort(key=lambda i: i != active)
    return push.one_of([partial(_branch, push, case, row, i, want) for i in order])


def _branch(push: Push, case: n.Case, row: int | None, number: int, want: Want) -> bool:
    outcome = case.default if number == len(case.cases) else case.cases[number][1]
    if outcome is None:
        return want.missing and push.all_of(branch_wishes(case, row, number))
    if push.question.is_constant(outcome) and not want.admits(push.view.value(outcome)):
        return False
    return push.all_of(branch_wishes(case, row, number)) and push.want(outcome, row, want)


def branch_wishes(case: n.Case, row: int | None, number: int) -> list[tuple[n.Series, int | None, Want]]:
    """What must hold for a case to take a branch; the default is the one after the last."""
    before = [(condition, row, NOT_TRUE) for condition, _ in case.cases[:number]]
    taken = [(case.cases[number][0], row, TRUE)] if number < len(case.cases) else []
    return [*taken, *before]


def want_contains(push: Push, series: Any, row: int | None, want: Want) -> bool:
    """lhs holds the text rhs."""
    part = push.view.value(series.rhs, row)
    if want == MISSING:
        return push.want(series.lhs, row, MISSING)
    if part is None:
        return push.want(series.rhs, row, PRESENT) and push.want(series.lhs, row, PRESENT)
    return push.want(series.lhs, row, Want(holding=(part,)) if want == TRUE else Want(lacking=(part,)))


RULES |= {n.And: want_chain, n.Or: want_chain, n.Not: want_not, n.IsNull: want_is_null, n.Case: want_case}
RULES |= dict.fromkeys(RELATIONS, want_comparison)
RULES |= {n.In: want_in, n.StringContains: want_contains}

"""Secondary suppression: which further cells to hide so that the hidden ones stay hidden."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from armslength.disclosure.attack.attacker import Answer, Rule, attack
from armslength.disclosure.attack.system import System
from armslength.disclosure.report import Verdict

# A total is what readers look for first: it is hidden only where nothing else helps.
_COST_OF_TOTAL = 1_000_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Protection:
    """The further quantities to hide. `safe` is False where even hiding everything around them is not enough."""

    hide: tuple[int, ...]
    safe: bool


def hidden_in(system: System, positions: frozenset[int], *, rule: Rule | None = None) -> System:
    """The system as a reader sees it when these quantities are hidden too, under the marker of small counts."""
    threshold = (rule or Rule()).threshold
    quantities = tuple(
        replace(quantity, low=1, high=threshold, shown="[REDACTED]", hidden=True, may_exceed=True)
        if position in positions
        else quantity
        for position, quantity in enumerate(system.quantities)
    )
    return replace(system, quantities=quantities)


def unsafe(system: System, *, rule: Rule) -> list[Answer]:
    """What can still be derived: read as the markers say, and by a reader who knows that some hide larger counts."""
    wide = replace(
        system,
        quantities=tuple(
            replace(quantity, high=None) if quantity.may_exceed else quantity
            for quantity in system.quantities
        ),
    )
    targets = [
        system.target(n)
        for n, quantity in enumerate(system.quantities)
        if quantity.hidden and quantity.high is not None
    ]
    found = [*attack(system, targets, rule=rule).answers, *attack(wide, targets, rule=rule).answers]
    return [
        answer
        for answer in found
        if answer.gained and (answer.verdict in (Verdict.BLOCK, Verdict.WARN) or not answer.bounds.decided)
    ]


def protect(
    system: System, *, rule: Rule | None = None, costs: Mapping[int, int] | None = None
) -> Protection:
    """Hide the least: greedily until the attacker learns nothing, then show again whatever need not be hidden.

    `costs` say what hiding a quantity loses; without them it is its count. No cell of the answer can be shown
    again without giving something away.
    """
    rule = rule or Rule()
    cost = {n: quantity.low + 1 for n, quantity in enumerate(system.quantities)} | dict(costs or {})
    for relation in system.relations:
        for position, coefficient in relation.terms:
            if coefficient > 0:
                cost[position] = cost.get(position, 1) + _COST_OF_TOTAL
    chosen: list[int] = []
    while open_answers := unsafe(hidden_in(system, frozenset(chosen), rule=rule), rule=rule):
        best = _next(system, chosen, open_answers[0], cost)
        if best is None:
            return Protection(hide=tuple(sorted(chosen)), safe=False)
        chosen.append(best)
    for position in sorted(chosen, key=lambda position: -cost[position]):
        fewer = [other for other in chosen if other != position]
        if not unsafe(hidden_in(system, frozenset(fewer), rule=rule), rule=rule):
            chosen = fewer
    return Protection(hide=tuple(sorted(chosen)), safe=True)


def _next(system: System, chosen: list[int], answer: Answer, cost: Mapping[int, int]) -> int | None:
    """The shown quantity nearest to what is open that costs least, one that shares more hidden sums first."""
    hidden = {n for n, quantity in enumerate(system.quantities) if quantity.hidden} | set(chosen)
    near = {position for position, _ in answer.target.terms}
    for _ in range(len(system.relations) + 1):
        touching = [relation for relation in system.relations if near & {p for p, _ in relation.terms}]
        # A count of nought hides nobody, and hiding it protects nobody either.
        choice = {
            p
            for relation in touching
            for p, _ in relation.terms
            if p not in hidden and system.quantities[p].high != 0
        }
        if choice:
            return min(
                choice, key=lambda p: (cost[p] >= _COST_OF_TOTAL, -_shared(system, p, hidden), cost[p], p)
            )
        grown = near | {p for relation in touching for p, _ in relation.terms}
        if grown == near:
            return None
        near = grown
    return None


def _shared(system: System, position: int, hidden: set[int]) -> int:
    """In how many sums the quantity stands beside something hidden."""
    return sum(
        any(p in hidden for p, _ in relation.terms)
        for relation in system.relations
        if any(p == position for p, _ in relation.terms)
    )

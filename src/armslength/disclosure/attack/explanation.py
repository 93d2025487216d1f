"""Explanation: the arithmetic behind a derived number, step by step, as a person would write it down."""

from __future__ import annotations

from collections.abc import Sequence
from heapq import heapify, heappop, heappush

from armslength.disclosure.attack.exact import Bounds
from armslength.disclosure.attack.propagation import Box, Step
from armslength.disclosure.attack.system import Quantity, Relation, System, Target

_MOST_STEPS = 12
_MOST_TERMS = 8


def explain(
    system: System, box: Box, numbers: Sequence[int], target: Target, bounds: Bounds
) -> tuple[tuple[str, ...], tuple[int, ...]]:
    """The steps in words, and the quantities they rest on."""
    used = _steps_behind(system, box, target)
    told = [_tell(system, box, step) for step in used]
    single = len(target.terms) == 1
    reached = Bounds(
        low=max(0, box.extreme(target.terms, highest=False) or 0),
        high=box.extreme(target.terms, highest=True),
    )
    if not single:
        told.append(_difference(system, box, target))
    relations = dict.fromkeys(step.relation for step in used)
    if (bounds.low, bounds.high) != (reached.low, reached.high) or not told:
        relations |= dict.fromkeys(_nearest(system, numbers, target))
        told += [_equation(system, system.relations[number]) for number in relations][:_MOST_STEPS]
        told.append(f"together these leave {bounds} for {target.name}")
    elif single and bounds.low != bounds.high:
        told.append(f"so {target.name} is {bounds}")
    sources = dict.fromkeys(
        position
        for number in relations
        for position, _ in system.relations[number].terms
        if not system.quantities[position].hidden
    )
    sources |= dict.fromkeys(position for position, _ in target.terms if not single)
    return tuple(dict.fromkeys(told)), tuple(sources)


def _steps_behind(system: System, box: Box, target: Target) -> list[Step]:
    """The latest steps that the target's own bounds rest on, earliest first."""
    waiting = [
        -step
        for position, _ in target.terms
        for high in (False, True)
        if (step := box.origin(position, high)) is not None
    ]
    heapify(waiting)
    needed: dict[int, None] = {}
    # A step rests on earlier ones only, so that those taken first are the latest: the rest need not be found.
    while waiting and len(needed) < _MOST_STEPS:
        number = -heappop(waiting)
        if number not in needed:
            needed[number] = None
            for earlier in box.behind(number, system.relations[box.steps[number].relation].terms):
                heappush(waiting, -earlier)
    return [box.steps[number] for number in sorted(needed)]


def _tell(system: System, box: Box, step: Step) -> str:
    """One step: `Total 51 - Adults 10 - Elders 40 = 1, so Children is 1`."""
    relation = system.relations[step.relation]
    own = next(coefficient for position, coefficient in relation.terms if position == step.quantity)
    name = system.quantities[step.quantity].name
    if abs(own) != 1 or relation.low != relation.high:
        limit = "at most" if step.is_high else "at least"
        return f"{_equation(system, relation)}, so {name} is {limit} {step.bound}"
    parts = []
    certain = True
    for position, coefficient in relation.terms:
        if position == step.quantity:
            continue
        sign = -coefficient if own > 0 else coefficient
        quantity = system.quantities[position]
        value, exact = _bound(box, quantity, position, high=(sign > 0) == step.is_high)
        certain = certain and exact
        parts.append((sign, f"{quantity.name} {value}"))
    said = _sum(sorted(parts, key=lambda part: -part[0]))
    is_word = "is" if certain else ("is at most" if step.is_high else "is at least")
    return f"{said} = {step.bound}, so {name} {is_word} {step.bound} ({relation.words})"


def _bound(box: Box, quantity: Quantity, position: int, *, high: bool) -> tuple[str, bool]:
    value = box.high[position] if high else box.low[position]
    return f"{value:,}" if value is not None else "?", box.low[position] == box.high[position]


def _sum(parts: Sequence[tuple[int, str]]) -> str:
    shown = list(parts[:_MOST_TERMS])
    said = ""
    for sign, text in shown:
        factor = f"{abs(sign)} x " if abs(sign) != 1 else ""
        said += (" - " if sign < 0 else " + " if said else "") + factor + text
    more = len(parts) - len(shown)
    return said.strip() + (f" and {more} more" if more else "")


def _difference(system: System, box: Box, target: Target) -> str:
    parts = []
    for position, coefficient in target.terms:
        quantity = system.quantities[position]
        value = Bounds(low=box.low[position], high=box.high[position])
        said = f"{quantity.name}" + (f" {quantity.shown}" if quantity.shown else "")
        parts.append((coefficient, said + ("" if quantity.is_exact else f" (stands for {value})")))
    return f"{target.name} = {_sum(parts)}"


def _equation(system: System, relation: Relation) -> str:
    def side(sign: int) -> str:
        parts = [
            (abs(c), f"{system.quantities[p].name} {system.quantities[p].shown}".strip())
            for p, c in relation.terms
            if c * sign > 0
        ]
        return _sum(parts) or "0"

    if relation.low == relation.high == 0:
        return f"{side(1)} = {side(-1)} ({relation.words})"
    return relation.words


def _nearest(system: System, numbers: Sequence[int], target: Target) -> list[int]:
    """The relations that touch the target or one of its neighbours."""
    near = {position for position, _ in target.terms}
    for _ in range(2):
        touching = [n for n in numbers if near & {p for p, _ in system.relations[n].terms}]
        near |= {
            p for n in touching for p, _ in system.relations[n].terms if not system.quantities[p].is_exact
        }
    return touching[:_MOST_STEPS]

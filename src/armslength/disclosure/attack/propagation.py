"""Propagation: bounds pushed through sums until nothing moves, with a trail of why each bound holds."""

from __future__ import annotations

from bisect import bisect_left
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from armslength.disclosure.attack.system import Quantity, Relation, Terms

# A bound that keeps creeping (x ≤ y ≤ x - 1) would creep for ever; this many moves per relation are enough
# for any chain of sums, and what is left is for the exact solver.
MOVES_PER_RELATION = 60
# Looks at a term of a sum: about five seconds of a slow processor. It is counted, not timed, so that every run
# says the same.
MOST_VISITS = 2_000_000


class Contradiction(Exception):
    """The numbers cannot all be true together. `relation` is where it came out."""

    def __init__(self, relation: Relation) -> None:
        super().__init__(relation.words)
        self.relation = relation


@dataclass(frozen=True, slots=True)
class Step:
    """A bound that got tighter: of which quantity, and through which relation."""

    quantity: int
    is_high: bool
    bound: int
    relation: int


@dataclass(slots=True)
class Box:
    """The bounds of the quantities of one component so far, and the steps that led to them."""

    low: dict[int, int]
    high: dict[int, int | None]
    steps: list[Step] = field(default_factory=list)
    _trail: dict[tuple[int, bool], list[int]] = field(
        default_factory=dict
    )  # steps of one bound, oldest first

    @classmethod
    def of(cls, quantities: Sequence[Quantity], members: Iterable[int], *, wide: bool) -> Box:
        """The bounds that the shown texts give; `wide` drops the upper ones that suppression may have broken."""
        low, high = {}, {}
        for position in members:
            quantity = quantities[position]
            low[position] = quantity.low
            high[position] = None if wide and quantity.may_exceed else quantity.high
        return cls(low=low, high=high)

    def extreme(self, terms: Terms, *, highest: bool, skip: int = -1) -> int | None:
        """The least or greatest value of a sum within the box; None where it has no end."""
        result = 0
        for position, coefficient in terms:
            if position == skip:
                continue
            bound = self.high[position] if (coefficient > 0) == highest else self.low[position]
            if bound is None:
                return None
            result += coefficient * bound
        return result

    def origin(self, quantity: int, is_high: bool, *, before: int | None = None) -> int | None:
        """The latest step (before that one) that gave this bound, or None where the shown text did."""
        trail = self._trail.get((quantity, is_high), [])
        end = len(trail) if before is None else bisect_left(trail, before)
        return trail[end - 1] if end else None

    def behind(self, number: int, terms: Terms) -> Iterator[int]:
        """The earlier steps that a step through these terms rests on.

        They are looked up when somebody asks: kept with each step, a total of thousands of rows would take
        thousands of numbers for each of its rows.
        """
        step = self.steps[number]
        own = next(coefficient for position, coefficient in terms if position == step.quantity)
        for position, coefficient in terms:
            if position != step.quantity:
                needs_high = ((coefficient > 0) == (own > 0)) != step.is_high
                earlier = self.origin(position, needs_high, before=number)
                if earlier is not None:
                    yield earlier

    def tighten(self, quantity: int, is_high: bool, bound: int, relation: int) -> bool:
        """Note a tighter bound; say whether it was tighter."""
        old = self.high[quantity] if is_high else self.low[quantity]
        if old is not None and (bound >= old if is_high else bound <= old):
            return False
        if is_high:
            self.high[quantity] = bound
        else:
            self.low[quantity] = bound
        self._trail.setdefault((quantity, is_high), []).append(len(self.steps))
        self.steps.append(Step(quantity, is_high, bound, relation))
        return True


def propagate(
    box: Box, relations: Sequence[Relation], *, only: Iterable[int] | None = None, visits: int = MOST_VISITS
) -> int:
    """Tighten a box towards a fixed point; return the looks at a term that are left of `visits`.

    Nothing left means that it stopped early: its bounds hold, and may be too wide. Raises Contradiction when no
    number is left for a quantity.
    """
    chosen = list(range(len(relations)) if only is None else only)
    touching: dict[int, list[int]] = {}
    for number in chosen:
        for position, _ in relations[number].terms:
            touching.setdefault(position, []).append(number)
    waiting = deque(chosen)
    queued = set(chosen)
    moves = MOVES_PER_RELATION * len(chosen)
    while waiting:
        number = waiting.popleft()
        queued.discard(number)
        visits -= len(relations[number].terms)
        if visits <= 0 or moves <= 0:
            return 0
        for position in _apply(box, relations[number], number):
            moves -= 1
            for other in touching[position]:
                if other not in queued:
                    queued.add(other)
                    waiting.append(other)
    return visits


def _end(box: Box, position: int, coefficient: int, *, highest: bool) -> int | None:
    return box.extreme(((position, coefficient),), highest=highest)


@dataclass(slots=True)
class _Sum:
    """One end of a sum: the part that is known, and how many of its terms are open at that end."""

    known: int = 0
    open: int = 0

    @classmethod
    def of(cls, box: Box, relation: Relation, *, highest: bool) -> _Sum:
        total = cls()
        for position, coefficient in relation.terms:
            total.change(None, _end(box, position, coefficient, highest=highest), first=True)
        return total

    def change(self, old: int | None, new: int | None, *, first: bool = False) -> None:
        if not first:
            self.known -= old or 0
            self.open -= old is None
        self.known += new or 0
        self.open += new is None

    def without(self, term: int | None) -> int | None:
        return None if self.open - (term is None) else self.known - (term or 0)


def _apply(box: Box, relation: Relation, number: int) -> list[int]:
    """Push bounds through one relation; return the quantities that moved."""
    moved = []
    # The ends of the whole sum, kept up as its terms move: a total of thousands of rows is gone through once.
    ends = {highest: _Sum.of(box, relation, highest=highest) for highest in (False, True)}
    for position, coefficient in relation.terms:
        before = {highest: _end(box, position, coefficient, highest=highest) for highest in ends}
        rest_low, rest_high = (ends[highest].without(before[highest]) for highest in (False, True))
        most = None if relation.high is None or rest_low is None else relation.high - rest_low
        least = None if relation.low is None or rest_high is None else relation.low - rest_high
        if coefficient < 0:
            most, least = least, most
        # coefficient · x ≤ most: whole numbers round towards the inside.
        changed = False
        if most is not None:
            changed |= box.tighten(position, True, most // coefficient, number)
        if least is not None:
            changed |= box.tighten(position, False, -((-least) // coefficient), number)
        high = box.high[position]
        if high is not None and high < box.low[position]:
            raise Contradiction(relation)
        if changed:
            moved.append(position)
            for highest, end in ends.items():
                end.change(before[highest], _end(box, position, coefficient, highest=highest))
    return moved


def components(count: int, relations: Sequence[Relation]) -> list[tuple[list[int], list[int]]]:
    """The (quantities, relations) that hang together, in the order of their first quantity."""
    parent = list(range(count))

    def root(position: int) -> int:
        while parent[position] != position:
            parent[position] = parent[parent[position]]
            position = parent[position]
        return position

    for relation in relations:
        first = root(relation.terms[0][0])
        for position, _ in relation.terms[1:]:
            parent[root(position)] = first
    grouped: dict[int, tuple[list[int], list[int]]] = {}
    for position in range(count):
        grouped.setdefault(root(position), ([], []))[0].append(position)
    for number, relation in enumerate(relations):
        grouped[root(relation.terms[0][0])][1].append(number)
    return list(grouped.values())


def is_exact_by_propagation(
    members: Sequence[int], numbers: Sequence[int], relations: Sequence[Relation]
) -> bool:
    """True where propagation alone gives exact bounds: sums and differences that form no circle."""
    edges = sum(len(relations[number].terms) for number in numbers)
    simple = all(abs(coefficient) == 1 for number in numbers for _, coefficient in relations[number].terms)
    return simple and edges == len(members) + len(numbers) - 1

"""One component: numbers that hang together, what can be known about them, how grave it is and how it was reached."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from random import Random

from armslength.disclosure.attack.exact import Bounds, Budget, Infeasible, Meter, Program
from armslength.disclosure.attack.explanation import explain
from armslength.disclosure.attack.propagation import Box, Contradiction, is_exact_by_propagation, propagate
from armslength.disclosure.attack.system import Relation, System, Target
from armslength.disclosure.report import Verdict

# Up to so many targets each is taken to its ends. Of more, most are first shown to be harmless by a few solutions
# that are far apart: a table of thousands of hidden cells would take thousands of solves otherwise.
_FEW_TARGETS = 60
_MOST_PROBES = 24


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """When a derived count is too narrow: counts up to `threshold`, fewer than `candidates` left to guess."""

    threshold: int = 7
    candidates: int = 5
    # Bounds just above the threshold are worth a word: 12 is the top of midpoint 6's second band.
    near: int = 12


def judge(bounds: Bounds, *, rule: Rule) -> Verdict:
    """How grave it is to know that a protected count lies between these bounds.

    >>> judge(Bounds(low=1, high=1), rule=Rule()).value, judge(Bounds(low=2, high=6), rule=Rule()).value
    ('block', 'warn')
    """
    if bounds.high is None or bounds.high == 0:
        # A derived nought is no small count; whether it discloses a class is another check's question.
        return Verdict.CLEAR
    count = bounds.high - bounds.low + 1
    if bounds.high <= rule.threshold:
        if count < rule.candidates:
            return Verdict.BLOCK
        return Verdict.WARN if bounds.low >= 1 and count < rule.threshold else Verdict.INFO
    return Verdict.INFO if bounds.low >= 1 and bounds.high <= rule.near else Verdict.CLEAR


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What can be known about one target.

    `gained` is True where the sums say more than the cell's own text; `sure` is False where a relation was
    guessed from labels; `wide` is True where some hidden cells must be larger than the threshold.
    `sources` are the quantities it was worked out from, `steps` the arithmetic in words.
    """

    target: Target
    bounds: Bounds
    verdict: Verdict
    gained: bool
    sure: bool = True
    wide: bool = False
    sources: tuple[int, ...] = ()
    steps: tuple[str, ...] = ()


@dataclass(slots=True, kw_only=True)
class Spending:
    """What is left of the budget of one attack, over all its components."""

    budget: Budget
    meter: Meter
    visits: int
    explained: int

    @classmethod
    def of(cls, budget: Budget) -> Spending:
        return cls(budget=budget, meter=Meter.of(budget), visits=budget.visits, explained=budget.explained)


def is_harmless(reached: Iterable[int], *, rule: Rule) -> bool:
    """True when values that a count can surely have lie so far apart that no bounds around them are grave.

    >>> is_harmless({1, 7}, rule=Rule()), is_harmless({2, 6}, rule=Rule()), is_harmless({6, 8}, rule=Rule())
    (True, False, True)
    """
    low, high = min(reached, default=0), max(reached, default=0)
    count = high - low + 1
    return high > rule.threshold or count >= rule.threshold or (low <= 0 and count >= rule.candidates)


@dataclass(kw_only=True)
class Component:
    """Numbers that hang together, read narrowly first: every hidden cell is what its marker says."""

    system: System
    members: list[int]
    numbers: list[int]  # of its relations
    rule: Rule
    spending: Spending
    wide: bool = False
    _box: Box | None = None
    _program: Program | None = None
    _is_propagated: bool = field(default=True)  # to the end, not to that of the budget

    @cached_property
    def relations(self) -> list[Relation]:
        return [self.system.relations[number] for number in self.numbers]

    @cached_property
    def _is_exact(self) -> bool:
        return is_exact_by_propagation(self.members, self.numbers, self.system.relations)

    @cached_property
    def _may_exceed(self) -> bool:
        return any(self.system.quantities[position].may_exceed for position in self.members)

    def answers(self, targets: Sequence[Target]) -> list[Answer]:
        """What can be known about each target. Raises Contradiction or Infeasible where no reading fits."""
        box = self.box()
        narrow = not self.wide
        found = self._answered(targets, box)
        # Only the solver saw that some hidden cell is large: what was answered before that is too narrow.
        return self._answered(targets, self.box()) if narrow and self.wide else found

    def _answered(self, targets: Sequence[Target], box: Box) -> list[Answer]:
        harmless = self._harmless(targets, box) if len(targets) > _FEW_TARGETS else set[int]()
        return [self._answer(target, known=number in harmless) for number, target in enumerate(targets)]

    def box(self) -> Box:
        """The propagated bounds. Raises Contradiction when no reading of the hidden cells fits."""
        if self._box is None:
            try:
                self._box = self._propagated()
            except Contradiction:
                if not self._may_exceed:
                    raise
                return self._read_widely()
        return self._box

    def _read_widely(self) -> Box:
        self.wide, self._program = True, None
        self._box = self._propagated()
        return self._box

    def _propagated(self) -> Box:
        box = Box.of(self.system.quantities, self.members, wide=self.wide)
        left = propagate(box, self.system.relations, only=self.numbers, visits=self.spending.visits)
        self._is_propagated, self.spending.visits = left > 0 or not self.numbers, left
        return box

    def _harmless(self, targets: Sequence[Target], box: Box) -> set[int]:
        """The targets that a few solutions, pushed to both ends, show to be harmless."""
        known: set[int] = set()
        left = [number for number, target in enumerate(targets) if not self._is_settled(target, box)]
        chance, misses = Random(0), 0  # noqa: S311 - spreads the solutions out, alike in every run
        for probe in range(_MOST_PROBES):
            program = self._solver(self.box())
            if program is None or len(left) <= _FEW_TARGETS // 2 or misses > 3:
                break
            pushed = [
                (position, (coefficient if probe < 2 else chance.choice((-1, 1))))
                for number in left
                for position, coefficient in targets[number].terms[:1]
            ]
            try:
                program.visit(tuple(pushed), lowest=bool(probe % 2), meter=self.spending.meter)
            except Infeasible:
                if self.wide or not self._may_exceed:
                    raise
                self._read_widely()
                return set()
            met = {n for n in left if is_harmless(program.reached(targets[n].terms), rule=self.rule)}
            misses = 0 if met else misses + 1
            known |= met
            left = [number for number in left if number not in met]
        return known

    def _answer(self, target: Target, *, known: bool) -> Answer:
        bounds = self._outer(target, self.box()) if known else self._bounds(target, self.box())
        plain = Box.of(self.system.quantities, [position for position, _ in target.terms], wide=False)
        high = plain.extreme(target.terms, highest=True)
        low = max(0, plain.extreme(target.terms, highest=False) or 0)
        gained = bounds.low > low or (bounds.high is not None and (high is None or bounds.high < high))
        verdict = judge(bounds, rule=self.rule)
        answer = Answer(
            target=target,
            bounds=bounds,
            verdict=verdict,
            gained=gained,
            sure=all(relation.sure for relation in self.relations),
            wide=self.wide,
        )
        worth = verdict is not Verdict.CLEAR and (gained or len(target.terms) > 1)
        if worth and self.spending.explained > 0:
            self.spending.explained -= verdict is not Verdict.INFO
            steps, sources = explain(self.system, self.box(), self.numbers, target, bounds)
            return replace(answer, steps=steps, sources=sources)
        return answer

    def _outer(self, target: Target, box: Box) -> Bounds:
        # A target is a count of people: it is never below nought.
        low = max(0, box.extreme(target.terms, highest=False) or 0)
        return Bounds(low=low, high=box.extreme(target.terms, highest=True))

    def _is_settled(self, target: Target, box: Box) -> bool:
        outer = self._outer(target, box)
        exact = self._is_exact and self._is_propagated and len(target.terms) == 1
        return outer.low == outer.high or exact or not self.relations

    def _solver(self, box: Box) -> Program | None:
        """The component as a program; None where it is too large for one."""
        if self._program is None:
            self._program = Program.of(box, self.members, self.relations)
        return self._program if len(self._program.members) <= self.spending.budget.cells else None

    def _bounds(self, target: Target, box: Box) -> Bounds:
        outer = self._outer(target, box)
        if self._is_settled(target, box):
            return outer
        program = self._solver(box)
        if program is None:
            return replace(outer, decided=False)
        try:
            return program.bounds(target.terms, meter=self.spending.meter, outer=outer)
        except Infeasible:
            if self.wide or not self._may_exceed:
                raise
            self._read_widely()
            return self._bounds(target, self.box())

    def contradiction(self) -> str:
        """Which sums do not fit, in words."""
        words: Iterable[str] = dict.fromkeys(relation.words for relation in self.relations)
        return "; ".join(list(words)[:3])

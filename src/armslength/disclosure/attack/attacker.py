"""The attacker: bounds of every target, how grave they are, and how they were reached."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from armslength.disclosure.attack.exact import Bounds, Budget, Infeasible, Program
from armslength.disclosure.attack.explanation import explain
from armslength.disclosure.attack.propagation import (
    Box,
    Contradiction,
    components,
    is_exact_by_propagation,
    propagate,
)
from armslength.disclosure.attack.system import Relation, System, Target
from armslength.disclosure.report import Verdict


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Attack:
    """The answers in the order of the targets; targets among contradicting numbers have none.

    `contradictions` say which sums cannot be true together; `undecided` is how many answers may be too wide.
    """

    answers: tuple[Answer, ...]
    contradictions: tuple[str, ...] = ()
    undecided: int = 0


def attack(
    system: System, targets: Sequence[Target], *, rule: Rule | None = None, budget: Budget | None = None
) -> Attack:
    """Work out the bounds of each target. Deterministic: the same system gives the same answers."""
    rule, budget = rule or Rule(), budget or Budget()
    linked = [
        Relation(terms=target.terms, low=None, high=None, words="")
        for target in targets
        if len(target.terms) > 1
    ]
    wanted: dict[int, list[int]] = {}
    for number, target in enumerate(targets):
        wanted.setdefault(target.terms[0][0], []).append(number)
    answers: dict[int, Answer] = {}
    contradictions: list[str] = []
    left = budget.solves
    for members, numbers in components(len(system.quantities), [*system.relations, *linked]):
        asked = [number for position in members for number in wanted.get(position, ())]
        relations = [number for number in numbers if number < len(system.relations)]
        if not asked:
            continue
        component = _Component(system, members, relations, rule, replace(budget, solves=left))
        try:
            narrow = not component.box_is_wide()
            for number in asked:
                answers[number] = component.answer(targets[number], explained=len(answers) < budget.explained)
            if narrow and component.wide:
                # Only the solver saw that some hidden cell is large: what was answered before that is too narrow.
                answers |= {number: component.answer(targets[number], explained=True) for number in asked}
        except (Contradiction, Infeasible):
            contradictions.append(component.contradiction())
            for number in asked:
                answers.pop(number, None)
        left -= component.spent
    ordered = tuple(answers[number] for number in sorted(answers))
    undecided = sum(not answer.bounds.decided for answer in ordered)
    return Attack(answers=ordered, contradictions=tuple(contradictions), undecided=undecided)


class _Component:
    """Numbers that hang together, read narrowly first: every hidden cell is what its marker says."""

    def __init__(
        self, system: System, members: list[int], relations: list[int], rule: Rule, budget: Budget
    ) -> None:
        self.system, self.members, self.numbers, self.rule, self.budget = (
            system,
            members,
            relations,
            rule,
            budget,
        )
        self.relations = [system.relations[number] for number in relations]
        self.spent = 0
        self.wide = False
        self._box: Box | None = None
        self._program: Program | None = None
        self._exact = is_exact_by_propagation(members, relations, system.relations)

    def box(self) -> Box:
        """The propagated bounds. Raises Contradiction when no reading of the hidden cells fits."""
        if self._box is None:
            try:
                self._box = self._propagated(wide=False)
            except Contradiction:
                if not any(self.system.quantities[position].may_exceed for position in self.members):
                    raise
                self.wide = True
                self._box = self._propagated(wide=True)
        return self._box

    def box_is_wide(self) -> bool:
        """Propagate, and say whether that took the wide reading of hidden cells."""
        self.box()
        return self.wide

    def _propagated(self, *, wide: bool) -> Box:
        box = Box.of(self.system.quantities, self.members, wide=wide)
        propagate(box, self.system.relations, only=self.numbers)
        return box

    def answer(self, target: Target, *, explained: bool) -> Answer:
        box = self.box()
        bounds = self._bounds(target, box)
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
        if explained and verdict is not Verdict.CLEAR and (gained or len(target.terms) > 1):
            steps, sources = explain(self.system, box, self.numbers, target, bounds)
            return replace(answer, steps=steps, sources=sources)
        return answer

    def _bounds(self, target: Target, box: Box) -> Bounds:
        low = box.extreme(target.terms, highest=False)
        # A target is a count of people: it is never below nought.
        outer = Bounds(low=max(0, low or 0), high=box.extreme(target.terms, highest=True))
        settled = outer.low == outer.high or (self._exact and len(target.terms) == 1) or not self.relations
        if settled:
            return outer
        if len(self.members) > self.budget.cells or self.spent + 2 > self.budget.solves:
            return replace(outer, decided=False)
        try:
            if self._program is None:
                self._program = Program.of(box, self.members, self.relations)
            bounds, spent = self._program.bounds(target.terms, budget=self.budget, outer=outer)
        except Infeasible:
            if self.wide or not any(self.system.quantities[position].may_exceed for position in self.members):
                raise
            self.spent += 2
            self.wide, self._program, self._box = True, None, self._propagated(wide=True)
            return self._bounds(target, self._box)
        self.spent += spent
        return bounds

    def contradiction(self) -> str:
        """Which sums do not fit, in words."""
        words: Iterable[str] = dict.fromkeys(relation.words for relation in self.relations)
        return "; ".join(list(words)[:3])

"""The attacker: what can be known about every target of a system, one component after the other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from armslength.disclosure.attack.component import Answer, Component, Rule, Spending, judge
from armslength.disclosure.attack.exact import Budget, Infeasible
from armslength.disclosure.attack.propagation import Contradiction, components
from armslength.disclosure.attack.system import Relation, System, Target
from armslength.disclosure.report import Verdict

__all__ = ["Answer", "Attack", "Rule", "attack", "judge"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Attack:
    """The answers in the order of the targets; targets among contradicting numbers have none.

    `contradictions` say which sums cannot be true together; `undecided` is how many answers may be too wide,
    because the budget ended first, and might then be graver than they say.
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
    spending = Spending.of(budget)
    for members, numbers in components(len(system.quantities), [*system.relations, *linked]):
        asked = [number for position in members for number in wanted.get(position, ())]
        relations = [number for number in numbers if number < len(system.relations)]
        if not asked:
            continue
        component = Component(system=system, members=members, numbers=relations, rule=rule, spending=spending)
        try:
            answers |= zip(asked, component.answers([targets[number] for number in asked]), strict=True)
        except (Contradiction, Infeasible):
            contradictions.append(component.contradiction())
    ordered = tuple(answers[number] for number in sorted(answers))
    undecided = sum(not answer.bounds.decided and answer.verdict is not Verdict.BLOCK for answer in ordered)
    return Attack(answers=ordered, contradictions=tuple(contradictions), undecided=undecided)

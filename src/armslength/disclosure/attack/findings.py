"""Findings of the attacker about one table: D1 to D4."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from armslength.disclosure.attack.attacker import Answer, Attack, Rule, attack
from armslength.disclosure.attack.structure import MOST_SUMS, TableSystem, table_system
from armslength.disclosure.attack.system import Target
from armslength.disclosure.checks import BLOCK, HUNDEPOOL, INFO, POLICY, WARN, About
from armslength.disclosure.policy import DisclosurePolicy
from armslength.disclosure.report import Finding, Verdict
from armslength.disclosure.subject import Subject

MEND = "merge it with a neighbouring category, hide a second cell, or work the total out from what is shown"
_SOURCE = f"{POLICY}, secondary disclosure; {HUNDEPOOL}, chapter 4"
_MOST_FINDINGS = 40


@dataclass(frozen=True)
class _Subject:
    """A subject under its identity, so that the four checks of one table share one attack."""

    subject: Subject

    def __hash__(self) -> int:
        return id(self.subject)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Subject) and other.subject is self.subject


def rule_of(policy: DisclosurePolicy) -> Rule:
    """The policy's rule for derived counts."""
    return Rule(threshold=policy.threshold, candidates=policy.minimum_candidates, near=policy.threshold + 5)


@lru_cache(maxsize=1)
def _attacked(key: _Subject) -> tuple[TableSystem, Attack] | None:
    found = table_system(key.subject)
    if found is None:
        return None
    targets: list[Target] = [found.system.target(position) for position in found.hidden]
    targets += [*found.rests, *found.changes]
    return found, attack(found.system, targets, rule=rule_of(key.subject.policy))


def attack_table(subject: Subject) -> tuple[TableSystem, Attack] | None:
    """What can be derived from one table, or None where nothing in it hides or adds up."""
    return _attacked(_Subject(subject))


def undecided(subject: Subject) -> str | None:
    """What the attack on a table did not get to, in words; None where it got to everything."""
    result = attack_table(subject)
    if result is None:
        return None
    found, attacked = result
    said = []
    if attacked.undecided:
        said.append(
            f"{attacked.undecided:,} of {len(attacked.answers):,} counts are not decided within the budget"
        )
    if found.left_out:
        said.append(f"{found.left_out:,} sums are beyond the first {MOST_SUMS:,} and were not tried")
    return f"what can be derived in `{subject.table.name}` (D1 to D4): {', '.join(said)}" if said else None


def _answers(subject: Subject, kind: str) -> Iterator[tuple[Answer, TableSystem]]:
    result = attack_table(subject)
    if result is None:
        return
    found, attacked = result
    rests, changes = set(found.rests), set(found.changes)
    for answer in attacked.answers:
        is_rest, is_change = answer.target in rests, answer.target in changes
        if kind == ("rest" if is_rest else "change" if is_change else "hidden"):
            yield answer, found


def _gravity(answer: Answer) -> Verdict:
    """A guess from labels alone never blocks."""
    return Verdict.WARN if answer.verdict is Verdict.BLOCK and not answer.sure else answer.verdict


def _cells(answer: Answer, found: TableSystem) -> list[tuple[int, int]]:
    """The target's cell first, then those it was worked out from."""
    positions = [*(position for position, _ in answer.target.terms), *answer.sources]
    cells = [found.system.quantities[position].cell for position in dict.fromkeys(positions)]
    return [(cell[1], cell[2]) for cell in cells if cell is not None]


@dataclass(frozen=True, kw_only=True)
class HiddenCells:
    """D1 (exactly derivable) or D2 (too few candidates)."""

    ABOUT: About
    exact: bool

    def find(self, subject: Subject) -> Iterator[Finding]:
        """Yield a finding per hidden count that the table gives away."""
        graves = (Verdict.BLOCK, Verdict.WARN)
        told = [
            (answer, found)
            for answer, found in _answers(subject, "hidden")
            if answer.gained and answer.verdict in graves and (answer.bounds.candidates == 1) == self.exact
        ]
        for answer, found in told[:_MOST_FINDINGS]:
            yield self._finding(subject, answer, found, more=len(told) - _MOST_FINDINGS)

    def _finding(self, subject: Subject, answer: Answer, found: TableSystem, *, more: int) -> Finding:
        name, bounds = answer.target.name, answer.bounds
        says = (
            f"is {bounds}" if self.exact else f"can only be {bounds}: {bounds.candidates} candidates are left"
        )
        steps = list(answer.steps)
        if not bounds.decided:
            steps.append("the search was cut short; the true bounds may be narrower still")
        if more > 0:
            steps.append(f"{more} more hidden counts of this table are as open")
        return subject.finding(
            self.ABOUT.code,
            _gravity(answer),
            what=f"the hidden count of {name} {says}",
            why="whoever adds and subtracts the other numbers reads it as if it were shown",
            fix=self.ABOUT.mend,
            cells=_cells(answer, found),
            value=str(bounds),
            derivation=steps,
        )


class Complements:
    """D3."""

    ABOUT = About(
        code="D3",
        title="A group that two shown groups leave over",
        verdicts=(BLOCK, WARN),
        stops="a total minus the parts shown with it that leaves few people: everybody minus males gives females",
        mend="leave the total out, or merge the group that is left over with a shown one",
        source=_SOURCE,
    )

    def find(self, subject: Subject) -> Iterator[Finding]:
        """Yield a finding per total that leaves a small rest."""
        for answer, found in list(_answers(subject, "rest"))[:_MOST_FINDINGS]:
            if answer.bounds.low >= 1 and answer.verdict in (Verdict.BLOCK, Verdict.WARN):
                yield subject.finding(
                    "D3",
                    _gravity(answer),
                    what=f"a shown total leaves {answer.bounds} beside its parts: {answer.target.name}",
                    why="one subtraction gives the size of a group that is not shown",
                    fix=self.ABOUT.mend,
                    cells=_cells(answer, found),
                    value=str(answer.bounds),
                    derivation=answer.steps,
                )


class Series:
    """D4."""

    ABOUT = About(
        code="D4",
        title="A series whose steps are small counts",
        verdicts=(BLOCK, WARN, INFO),
        stops="a cumulative series whose neighbours differ by a few people",
        mend="show fewer points in time, or round more coarsely",
        source=f"{POLICY}, repeated reports; {HUNDEPOOL}, differencing",
    )

    def find(self, subject: Subject) -> Iterator[Finding]:
        """Yield one finding per table: how many steps are bounded by the threshold, and the gravest of them."""
        answers = list(_answers(subject, "change"))
        small = [
            (a, found) for a, found in answers if a.bounds.high and a.bounds.high <= subject.policy.threshold
        ]
        if not small:
            return
        worst = max((_gravity(answer) for answer, _ in small), key=lambda verdict: verdict.gravity)
        gravest = [(answer, found) for answer, found in small if _gravity(answer) is worst]
        yield subject.finding(
            "D4",
            worst,
            what=f"{len(small)} of {len(answers)} small steps of a cumulative series are at most"
            f" {subject.policy.threshold} people",
            why="a step of a cumulative series is a count of its own",
            fix=self.ABOUT.mend,
            cells=[cell for answer, found in gravest for cell in _cells(answer, found)[:1]],
            value=str(gravest[0][0].bounds),
            derivation=gravest[0][0].steps,
        )


DERIVED_EXACTLY = HiddenCells(
    ABOUT=About(
        code="D1",
        title="A hidden count that the other numbers give away",
        verdicts=(BLOCK, WARN),
        stops="a hidden cell that sums, margins or percentages of the same table fix to one number",
        mend=MEND,
        source=_SOURCE,
    ),
    exact=True,
)
DERIVED_NARROWLY = HiddenCells(
    ABOUT=About(
        code="D2",
        title="A hidden count with few candidates left",
        verdicts=(BLOCK, WARN),
        stops="a hidden cell that the other numbers leave fewer candidates than its marker does",
        mend=MEND,
        source=_SOURCE,
    ),
    exact=False,
)
CHECKS: Sequence[HiddenCells | Complements | Series] = (
    DERIVED_EXACTLY,
    DERIVED_NARROWLY,
    Complements(),
    Series(),
)

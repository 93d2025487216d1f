"""Invent patients one by one: satisfy the population, add what is still to be shown, verify, keep."""

from __future__ import annotations

import random
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from armslength.query.dummy.climb import climb
from armslength.query.dummy.coverage import Coverage, Finding, Outcome
from armslength.query.dummy.draft import Draft, View, meaning_of
from armslength.query.dummy.lives import Uniques, decorate, keeps_promises, life_of, new_life, newborn, tidy
from armslength.query.dummy.proofs import why_impossible
from armslength.query.dummy.push import Cell
from armslength.query.dummy.question import Question
from armslength.query.dummy.solver import solve
from armslength.query.dummy.targets import Goal, Target, near_misses
from armslength.query.dummy.values import Life
from armslength.query.dummy.wants import NOT_TRUE, TRUE, Want
from armslength.query.model import nodes as n

POPULATION_PASSES, TARGET_PASSES, STARTS = 24, 6, 3
TARGETS_PER_PATIENT, DEVOTED_EACH, DEVOTED_TRIES = 40, 4, 2
MOST_FAILURES, SHARE_OTHERS, MOST_OTHERS = 25, 5, 50
AMOUNTS = (1.0, 0.5)
# A query may nest as deep as a chain of a thousand `|`; each link takes a handful of calls.
DEEPEST = 40_000

Pins = dict[Cell, Want]


@dataclass(kw_only=True)
class Order:
    """What is ordered: patients for these populations in turn, showing these targets.

    `seconds` is the longest it may take; what exists by then is delivered. The clock decides nothing else.
    `outside` are the populations that further patients are made to be outside of (None: those ordered).
    """

    question: Question
    populations: tuple[n.Series, ...]
    targets: list[Target]
    size: int
    outside: tuple[n.Series, ...] | None = None
    seconds: float = 60
    seed: str = "armslength"


@dataclass(kw_only=True)
class Invented:
    """Invented patients.

    `tables` is table name to {column: values}, `patient_id` first; `patients` are those in the population, `others`
    those made to be outside it; `why_fewer` says in words why there are fewer than were asked for.
    """

    question: Question
    tables: dict[str, dict[str, list[Any]]] = field(default_factory=dict)
    patients: list[int] = field(default_factory=list)
    others: list[int] = field(default_factory=list)
    coverage: Coverage = field(default_factory=lambda: Coverage(()))
    why_fewer: str = ""


class Inventor:
    """Works one order off. The same order gives the same patients, unless time runs out."""

    def __init__(self, order: Order) -> None:
        self.order = order
        self.question = order.question
        self.deadline = time.monotonic() + order.seconds
        self.result = Invented(question=self.question)
        self.pending = list(order.targets)
        self.attempts: dict[Goal, int] = {}
        self.tried: dict[Goal, int] = {}
        self.findings: dict[Goal, tuple[Outcome, str]] = {}
        self.uniques = Uniques(self.question)
        self._orders: dict[tuple[n.Node, ...], tuple[n.Node, ...]] = {}
        for name, use in self.question.tables.items():
            self.result.tables[name] = {column: [] for column in ("patient_id", *use.columns)}

    def invent(self) -> Invented:
        """Return the patients ordered, or as many as could be made."""
        usual = sys.getrecursionlimit()
        sys.setrecursionlimit(max(usual, DEEPEST))
        try:
            return self._invent()
        finally:
            sys.setrecursionlimit(usual)

    def _invent(self) -> Invented:
        identifiers = self._identifiers()
        failures = 0
        while len(self.result.patients) < self.order.size and failures < MOST_FAILURES:
            if time.monotonic() > self.deadline:
                self.result.why_fewer = f"time ran out after {self.order.seconds:g} seconds"
                break
            made = len(self.result.patients)
            population = self.order.populations[made % len(self.order.populations)]
            patient, is_inline = next(identifiers)
            if self._patient(patient, Goal(((population, TRUE),))):
                failures = 0
                self.kinds[is_inline] += 1
            else:
                failures += 1
                self.failed[is_inline] += 1
                if failures == len(self.kinds) and self._is_impossible(population):
                    break
        if failures >= MOST_FAILURES and not self.result.why_fewer:
            self.result.why_fewer = f"{failures} attempts in a row found nobody who is in the population"
        self._add_others(max(self.result.patients, default=0))
        self.result.coverage = self._coverage()
        return self.result

    # --- patients -------------------------------------------------------------------------------------------

    def _identifiers(self) -> Iterator[tuple[int, bool]]:
        """Yield numbers for patients: those of tables that travel with the query and new ones, in turn.

        A kind that never gives anybody in the population is left.
        """
        self.kinds, self.failed = {True: 0, False: 0}, {True: 0, False: 0}
        inline = iter(self.question.inline_patients)
        taken = set(self.question.inline_patients)
        number, turn = 0, bool(taken)
        while True:
            hopeless = {kind: self.failed[kind] >= 5 and not self.kinds[kind] for kind in (True, False)}
            use_inline = turn if not any(hopeless.values()) else hopeless[False] and not hopeless[True]
            found = next(inline, None) if use_inline else None
            if found is not None:
                yield found, True
            else:
                number += 1
                while number in taken:
                    number += 1
                yield number, False
            turn = not turn and bool(taken)

    def _patient(self, patient: int, goal: Goal) -> bool:
        chance = random.Random(f"{self.order.seed}/{patient}")  # noqa: S311 - invented data, to be repeatable
        if self._devoted(patient, goal, chance):
            return True
        for _ in range(STARTS):
            life = new_life(self.question, chance)
            draft = newborn(patient, self.question, life=life, chance=chance)
            pins: Pins = {}
            passes = POPULATION_PASSES
            if not solve(
                draft, self.question, [goal], life=life, chance=chance, passes=passes, pins=pins
            ) and not climb(draft, self.question, [goal], life=life, chance=chance):
                continue
            draft, goals = self._with_targets(draft, [goal], life, chance, pins)
            if self._keep(draft, goals, life, chance):
                self.result.patients.append(patient)
                self._note_shown(draft)
                return True
        return False

    def _devoted(self, patient: int, goal: Goal, chance: random.Random) -> bool:
        """Make a patient for one thing that would not fit beside others, or give it up."""
        for target in [each for each in self.pending if self.attempts.get(each.goal)][:DEVOTED_EACH]:
            self.tried[target.goal] = self.tried.get(target.goal, 0) + 1
            for _ in range(STARTS):
                if time.monotonic() > self.deadline:
                    return False
                life = new_life(self.question, chance)
                draft = newborn(patient, self.question, life=life, chance=chance)
                if self._reaches(draft, [target.goal, goal], life, chance):
                    pins: Pins = {}
                    draft, goals = self._with_targets(draft, [goal, target.goal], life, chance, pins)
                    if self._keep(draft, goals, life, chance):
                        self.result.patients.append(patient)
                        self._note_shown(draft)
                        return True
            if self.tried[target.goal] >= DEVOTED_TRIES:
                self._find(target, Outcome.GIVEN_UP, f"not found in {STARTS * DEVOTED_TRIES} attempts")
        return False

    def _reaches(self, draft: Draft, goals: list[Goal], life: Life, chance: random.Random) -> bool:
        """Whether a draft can be made to show goals: by rules, else step by step."""
        return solve(
            draft, self.question, goals, life=life, chance=chance, passes=POPULATION_PASSES // 2
        ) or climb(draft, self.question, goals, life=life, chance=chance)

    def _with_targets(
        self, draft: Draft, goals: list[Goal], life: Life, chance: random.Random, pins: Pins
    ) -> tuple[Draft, list[Goal]]:
        """Make a patient show as many of the things still to be shown as fit together."""
        remaining = max(1, self.order.size - len(self.result.patients))
        share = -(-len(self.pending) // remaining)
        for target in self.pending[: min(TARGETS_PER_PATIENT, max(4, 2 * share))]:
            if time.monotonic() > self.deadline:
                break
            trial, trial_pins = draft.copy(), dict(pins)
            together = [*goals, target.goal]
            if solve(
                trial,
                self.question,
                together,
                life=life,
                chance=chance,
                passes=TARGET_PASSES,
                pins=trial_pins,
            ):
                draft, goals, pins = trial, together, trial_pins
            else:
                self._note_failure(target, goals[0], life)
        return draft, goals

    def _keep(self, draft: Draft, goals: Sequence[Goal], life: Life, chance: random.Random) -> bool:
        """Finish a patient and add it to the tables, if the reference interpreter agrees that every goal holds."""

        def holds(each: Draft) -> bool:
            view = View(each, self.question)
            return all(goal.holds(view) for goal in goals)

        lived = life_of(draft, self.question, life)
        tidy(draft, self.question, life=lived, chance=chance, holds=lambda: holds(draft))
        for much in AMOUNTS:
            trial = draft.copy()
            decorate(trial, self.question, life=lived, chance=chance, much=much)
            if holds(trial):
                draft = trial
                break
        if not self.uniques.take(draft, life=lived, chance=chance, holds=lambda: holds(draft)):
            return False
        meaning = self._meaning(draft, goals)
        if not keeps_promises(draft, self.question) or not all(goal.is_meant(meaning) for goal in goals):
            return False
        self._store(draft)
        return True

    def _meaning(self, draft: Draft, goals: Sequence[Goal]) -> dict[n.Node, Any]:
        roots = tuple(dict.fromkeys(node for goal in goals for node in goal.nodes))
        if roots not in self._orders:
            if len(self._orders) > 64:
                self._orders.clear()
            self._orders[roots] = tuple(n.walk(*roots))
        return meaning_of(draft, self.question, self._orders[roots], self.question.ties)

    def _store(self, draft: Draft) -> None:
        for name, columns in self.result.tables.items():
            for row in draft.rows.get(name, {}).values():
                for column, values in columns.items():
                    values.append(draft.patient if column == "patient_id" else row.get(column))

    def _add_others(self, after: int) -> None:
        """Add patients who are not in the population, each for another reason."""
        order = self.order
        populations = (order.populations if order.outside is None else order.outside)[:8]
        if not self.result.patients or not populations:
            return
        count = min(MOST_OTHERS, max(1, order.size // SHARE_OTHERS))
        goals = [goal for each in populations for goal in near_misses(self.question, each)]
        outside = Goal(tuple((each, NOT_TRUE) for each in populations))
        taken = {*self.result.patients, *self.question.inline_patients}
        patient = after
        for number in range(count):
            if time.monotonic() > self.deadline:
                return
            patient += 1
            while patient in taken:
                patient += 1
            # Where nobody can fail only this one condition, anybody outside will do.
            if self._other(patient, goals[number % len(goals)]) or self._other(patient, outside):
                self.result.others.append(patient)

    def _other(self, patient: int, goal: Goal) -> bool:
        chance = random.Random(f"{self.order.seed}/other/{patient}")  # noqa: S311 - as above
        life = new_life(self.question, chance)
        draft = newborn(patient, self.question, life=life, chance=chance)
        found = solve(draft, self.question, [goal], life=life, chance=chance, passes=TARGET_PASSES)
        return found and self._keep(draft, [goal], life, chance)

    # --- coverage -------------------------------------------------------------------------------------------

    def _note_shown(self, draft: Draft) -> None:
        """Strike off everything that a patient shows, by the reference interpreter."""
        if not self.pending:
            return
        view = View(draft, self.question)
        claimed = [target for target in self.pending if target.goal.holds(view)]
        if not claimed:
            return
        meaning = self._meaning(draft, [target.goal for target in claimed])
        shown = {target.goal for target in claimed if target.goal.is_meant(meaning)}
        for goal in shown:
            self.findings[goal] = (Outcome.SHOWN, "")
        self.pending = [target for target in self.pending if target.goal not in shown]

    def _note_failure(self, target: Target, population: Goal, life: Life) -> None:
        """Put what did not fit last in the queue; the first time, ask whether it ever can."""
        goal = target.goal
        self.attempts[goal] = self.attempts.get(goal, 0) + 1
        self.pending = [*(each for each in self.pending if each.goal is not goal), target]
        if self.attempts[goal] == 1:
            reason = why_impossible([goal], self.question)
            if reason is None and len(self.order.populations) == 1:
                reason = why_impossible([population, goal], self.question)
            if reason is not None:
                self._find(target, Outcome.IMPOSSIBLE, reason)

    def _find(self, target: Target, outcome: Outcome, reason: str) -> None:
        self.findings[target.goal] = (outcome, reason)
        self.pending = [each for each in self.pending if each.goal is not target.goal]

    def _is_impossible(self, population: n.Series) -> bool:
        goal = Goal(((population, TRUE),))
        reason = why_impossible([goal], self.question)
        if reason is not None:
            self.result.why_fewer = f"nobody can be in the population: {reason}"
        return reason is not None

    def _coverage(self) -> Coverage:
        found = []
        for target in self.order.targets:
            left = (Outcome.NO_ROOM, "there was no patient left to try it with")
            outcome, reason = self.findings.get(target.goal, left)
            found.append(Finding(target, outcome, reason))
        return Coverage(tuple(found))

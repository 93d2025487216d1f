"""Exact bounds: integer programs for what propagation leaves open, within a budget of search nodes."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from time import monotonic
from typing import Any

from armslength.disclosure.attack.propagation import MOST_VISITS, Box
from armslength.disclosure.attack.system import Relation, Terms
from armslength.kernel.errors import Mistake


@dataclass(frozen=True, slots=True, kw_only=True)
class Budget:
    """How much the attack on one table may cost; what it does not reach is undecided, and is told so.

    It counts looks, solves and coefficients, so that every run says the same. Only `seconds` of the clock is a
    last resort, for a slow machine or a solve that hangs. Memory goes with the coefficients of one solve.
    """

    visits: int = MOST_VISITS  # looks at a term while bounds are propagated
    solves: int = 2_000
    entries: int = 400_000  # coefficients handed to the solver, over all solves: about 15 seconds
    nodes: int = 2_000  # of the search tree, per solve
    cells: int = 40_000  # open cells of one component; larger ones are only propagated
    seconds: float = 30.0
    explained: int = 120  # derivations that are put into words


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """The least and greatest value of a target. Where `decided` is False they may be too wide, never too narrow."""

    low: int
    high: int | None
    decided: bool = True

    @property
    def candidates(self) -> int | None:
        """How many whole numbers are left; None where there is no end."""
        return None if self.high is None else self.high - self.low + 1

    def __str__(self) -> str:
        if self.high is None:
            return f"{self.low} or more"
        return str(self.low) if self.low == self.high else f"{self.low} to {self.high}"


class Infeasible(Exception):
    """No whole numbers satisfy everything that is shown."""


def scipy_optimize() -> Any:
    """SciPy's optimisers. Raises Mistake C010 where SciPy is not installed."""
    try:
        from scipy import optimize  # imported here: only tables with circles of sums need a solver
    except ImportError:
        raise Mistake(
            "C010",
            "checking what can be derived needs SciPy, which is not installed",
            hint="install armslength with its dependencies: pip install armslength",
        ) from None
    return optimize


@dataclass(slots=True, kw_only=True)
class Meter:
    """What is left of a budget."""

    solves: int
    entries: int
    until: float  # of the monotonic clock
    nodes: int

    @classmethod
    def of(cls, budget: Budget) -> Meter:
        return cls(
            solves=budget.solves,
            entries=budget.entries,
            until=monotonic() + budget.seconds,
            nodes=budget.nodes,
        )

    def take(self, entries: int) -> bool:
        """Pay for one solve; say whether it may be made."""
        self.solves -= 1
        self.entries -= entries
        return self.solves >= 0 and self.entries >= 0 and self.seconds > 0

    @property
    def seconds(self) -> float:
        return self.until - monotonic()


@dataclass(frozen=True)
class Program:
    """One component as an integer program over x - low, which keeps the numbers small and floats exact."""

    members: tuple[int, ...]
    low: Mapping[int, int]
    high: Mapping[int, int | None]
    relations: tuple[Relation, ...]
    # The whole solutions met so far: what one of them attains need not be searched for again.
    solutions: list[dict[int, int]] = field(default_factory=list)

    @classmethod
    def of(cls, box: Box, members: Sequence[int], relations: Sequence[Relation]) -> Program:
        free = [position for position in members if box.high[position] != box.low[position]]
        among = set(free)
        return cls(
            members=tuple(free),
            low=box.low,
            high=box.high,
            relations=tuple(relation for relation in relations if any(p in among for p, _ in relation.terms)),
        )

    def bounds(self, terms: Terms, *, meter: Meter, outer: Bounds) -> Bounds:
        """The exact bounds of a sum, never wider than `outer`; undecided where the meter ran out first."""
        low, sure_low, high, sure_high = outer.low, True, outer.high, True
        reached = self.reached(terms)
        if outer.low not in reached:
            found, sure_low = self._optimum(terms, lowest=True, meter=meter)
            low = outer.low if found is None else max(found, outer.low)
        if outer.high is None or outer.high not in reached:
            found, sure_high = self._optimum(terms, lowest=False, meter=meter)
            if found is not None:
                high = found if outer.high is None else min(found, outer.high)
        return Bounds(low=low, high=high, decided=sure_low and sure_high)

    def reached(self, terms: Terms) -> set[int]:
        """The values of a sum in the solutions met so far."""
        return {self._value(terms, solution) for solution in self.solutions}

    def visit(self, terms: Terms, *, lowest: bool, meter: Meter) -> bool:
        """Meet the solution that takes a sum to its end; say whether there was one within the budget."""
        before = len(self.solutions)
        self._optimum(terms, lowest=lowest, meter=meter)
        return len(self.solutions) > before

    def _value(self, terms: Terms, solution: dict[int, int]) -> int:
        return sum(c * (self.low[position] + solution.get(position, 0)) for position, c in terms)

    def _optimum(self, terms: Terms, *, lowest: bool, meter: Meter) -> tuple[int | None, bool]:
        """An outer bound (None: none known) and whether a whole solution attains it."""
        import numpy as np

        optimize = scipy_optimize()
        constant = sum(coefficient * self.low[position] for position, coefficient in terms)
        weights = np.zeros(len(self.members))
        for position, coefficient in terms:
            if position in self._place:
                weights[self._place[position]] += coefficient if lowest else -coefficient
        if not weights.any():
            return constant, True
        room, constraints, entries = self._matrix
        if not meter.take(entries):
            return None, False
        found = optimize.milp(
            weights,
            integrality=np.ones(len(self.members)),
            bounds=room,
            constraints=constraints,
            options={
                "node_limit": meter.nodes, "mip_rel_gap": 0.0, "presolve": True,
                "time_limit": max(0.1, meter.seconds),
            },
        )  # fmt: skip
        if found.status == 2:
            raise Infeasible
        if found.status == 3 or (found.x is None and found.mip_dual_bound is None):
            return None, found.status == 3
        return self._read(found, terms, constant, lowest=lowest)

    def _read(self, found: Any, terms: Terms, constant: int, *, lowest: bool) -> tuple[int | None, bool]:
        dual = found.mip_dual_bound if found.mip_dual_bound is not None else found.fun
        if dual is None or not math.isfinite(dual):
            return None, False
        outer = math.ceil(dual - 1e-5)
        bound = constant + (outer if lowest else -outer)
        if found.x is None:
            return bound, False
        values = dict(zip(self.members, (round(float(value)) for value in found.x), strict=True))
        # Floats have done the search; whole numbers have the last word.
        if not self._holds(values):
            return bound, False
        self.solutions.append(values)
        return bound, self._value(terms, values) == bound

    def _holds(self, values: dict[int, int]) -> bool:
        for relation in self.relations:
            value = sum(c * (self.low[p] + values.get(p, 0)) for p, c in relation.terms)
            if (relation.low is not None and value < relation.low) or (
                relation.high is not None and value > relation.high
            ):
                return False
        return True

    @cached_property
    def _place(self) -> dict[int, int]:
        return {position: number for number, position in enumerate(self.members)}

    @cached_property
    def _matrix(self) -> tuple[Any, Any, int]:
        """The room of the cells, the relations between them, and how many coefficients those have."""
        import numpy as np

        optimize = scipy_optimize()
        ends = [self.high[position] for position in self.members]
        room = [
            np.inf if end is None else end - self.low[p] for p, end in zip(self.members, ends, strict=True)
        ]
        bounds = optimize.Bounds(0, np.array(room))
        if not self.relations:
            return bounds, (), len(self.members)
        from scipy.sparse import csr_array

        rows, columns, values, lows, highs = [], [], [], [], []
        for number, relation in enumerate(self.relations):
            base = sum(coefficient * self.low[position] for position, coefficient in relation.terms)
            lows.append(-np.inf if relation.low is None else relation.low - base)
            highs.append(np.inf if relation.high is None else relation.high - base)
            for position, coefficient in relation.terms:
                if position in self._place:
                    rows.append(number)
                    columns.append(self._place[position])
                    values.append(float(coefficient))
        shape = (len(self.relations), len(self.members))
        matrix = csr_array((values, (rows, columns)), shape=shape)
        return bounds, optimize.LinearConstraint(matrix, lows, highs), len(values) + len(self.members)

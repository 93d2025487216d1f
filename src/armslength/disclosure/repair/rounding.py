"""Controlled rounding: every count to a multiple of a base, up or down, so that all sums still add up."""

from __future__ import annotations

import math
from collections.abc import Sequence

from armslength.disclosure.attack.exact import scipy_optimize


def controlled_rounding(
    counts: Sequence[int], sums: Sequence[tuple[int, Sequence[int]]], *, base: int = 5
) -> list[int] | None:
    """Round exact counts so that each total is the sum of its parts; None where no such rounding exists.

    `sums` are (position of the total, positions of its parts). Every result is a multiple of `base` less than one
    base away from its count, and the results are as near to the counts as they can be.

    >>> controlled_rounding([12, 8, 20], [(2, [0, 1])])
    [10, 10, 20]
    """
    import numpy as np

    if not counts:
        return []
    optimize = scipy_optimize()
    floors = [count // base for count in counts]
    moves = np.array([0 if count % base == 0 else 1 for count in counts])
    # Rounding up by one base costs base - 2 · remainder more than rounding down.
    weights = np.array([float(base - 2 * (count % base)) for count in counts])
    constraints = []
    if sums:
        matrix = np.zeros((len(sums), len(counts)))
        right = np.zeros(len(sums))
        for number, (total, parts) in enumerate(sums):
            matrix[number, total] = 1
            right[number] = sum(floors[part] for part in parts) - floors[total]
            for part in parts:
                matrix[number, part] -= 1
        constraints = [optimize.LinearConstraint(matrix, right, right)]
    found = optimize.milp(
        weights, integrality=np.ones(len(counts)), bounds=optimize.Bounds(0, moves), constraints=constraints
    )
    if found.x is None:
        return None
    return [base * (floor + round(float(up))) for floor, up in zip(floors, found.x, strict=True)]


def safe_decimals(denominator: int) -> int:
    """How many decimals a percentage may show so that its counts cannot be worked out.

    About twenty pairs of counts fit a proportion with one digit fewer than the denominator has; a percentage has
    two digits of the proportion before its point.

    >>> [safe_decimals(n) for n in (90, 1_000, 250_000)]
    [0, 0, 2]
    """
    return max(0, math.floor(math.log10(denominator)) - 1 - 2) if denominator > 0 else 0

"""Counts made safe: hidden, rounded, or put in bands; and rates worked out from rounded parts.

This module uses the standard library alone, so that a study may import it in any environment.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from typing import Any

THRESHOLD = 7
BASE = 5
REDACTED = "[REDACTED]"


def _each(counts: Any, change: Callable[[Any], Any]) -> Any:
    """Apply to a number, a list, a mapping or a pandas Series; give back the same shape."""
    if hasattr(counts, "map") and hasattr(counts, "index"):
        return counts.map(change)
    if isinstance(counts, Mapping):
        return {name: change(count) for name, count in counts.items()}
    if isinstance(counts, Iterable) and not isinstance(counts, str):
        return [change(count) for count in counts]
    return change(counts)


def _whole(count: Any) -> int | None:
    """The count as an int; None for a missing or hidden one. Raises ValueError for anything else."""
    if count is None or isinstance(count, str) or count != count:
        return None
    whole = int(count)
    if whole != count or whole < 0:
        raise ValueError(f"{count!r} is not a count")
    return whole


def suppress(counts: Any, *, threshold: int = THRESHOLD, marker: str = REDACTED) -> Any:
    """Hide counts from 1 to the threshold; 0 stays 0.

    >>> suppress({"a": 0, "b": 5, "c": 90})
    {'a': 0, 'b': '[REDACTED]', 'c': 90}
    """

    def change(count: Any) -> Any:
        whole = _whole(count)
        return marker if whole is None or 1 <= whole <= threshold else whole

    return _each(counts, change)


def round_counts(counts: Any, *, base: int = BASE, threshold: int = THRESHOLD, marker: str = REDACTED) -> Any:
    """Hide counts from 1 to the threshold, then round the others to the nearest multiple of the base.

    Work totals out from what this returns, never from the raw counts.

    >>> round_counts([0, 7, 8, 12, 13])
    [0, '[REDACTED]', 10, 10, 15]
    """
    if base < 1:
        raise ValueError(f"a base is at least 1, not {base}")

    def change(count: Any) -> Any:
        whole = _whole(count)
        if whole is None or 1 <= whole <= threshold:
            return marker
        return (2 * whole + base) // (2 * base) * base

    return _each(counts, change)


def midpoint6(counts: Any) -> Any:
    """Put counts in bands of six and show the middle: 1 to 6 as 3, 7 to 12 as 9; 0 stays 0.

    >>> midpoint6([0, 1, 6, 7, 12, 13])
    [0, 3, 3, 9, 9, 15]
    """

    def change(count: Any) -> int | None:
        whole = _whole(count)
        return None if whole is None else 0 if whole == 0 else 6 * math.ceil(whole / 6) - 3

    return _each(counts, change)


def rate(
    numerator: int, denominator: int, *, per: int = 1, base: int = BASE, threshold: int = THRESHOLD
) -> float | None:
    """A rate from rounded parts, with so few digits that the parts cannot be worked out; None where it is unsafe.

    Numerator, denominator and the rest between them must each be nought or above the threshold.

    >>> rate(123, 4567), rate(5, 4567), rate(123, 4567, per=1000)
    (0.03, None, 30.0)
    """
    part, whole = _whole(numerator), _whole(denominator)
    if part is None or whole is None or whole <= threshold or part > whole:
        return None
    if 1 <= part <= threshold or 1 <= whole - part <= threshold:
        return None
    shown_part, shown_whole = round_counts(part, base=base), round_counts(whole, base=base)
    digits = max(0, math.floor(math.log10(shown_whole)) - 1)
    return float(round(round(shown_part / shown_whole, digits) * per, 10))

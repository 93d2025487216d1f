"""What a value is wanted to be: a range, a list, a text that holds another, missing or not."""

from __future__ import annotations

import datetime
import math
from dataclasses import dataclass, replace
from typing import Any

NOTHING: frozenset[Any] = frozenset()
DAY = datetime.timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Want:
    """The values that will do. `low` and `high` are included; `among` None is no list; `missing` also allows none."""

    missing: bool = False
    low: Any = None
    high: Any = None
    among: frozenset[Any] | None = None
    without: frozenset[Any] = NOTHING
    holding: tuple[str, ...] = ()
    lacking: tuple[str, ...] = ()

    def admits(self, value: Any) -> bool:
        """Whether this value will do."""
        if value is None:
            return self.missing
        if self.among is not None and value not in self.among:
            return False
        if value in self.without or not self._in_range(value):
            return False
        if not (self.holding or self.lacking):
            return True
        return all(part in value for part in self.holding) and not any(part in value for part in self.lacking)

    def _in_range(self, value: Any) -> bool:
        return (self.low is None or value >= self.low) and (self.high is None or value <= self.high)

    @property
    def present(self) -> bool:
        """Whether any value but missing can do."""
        if self.among is not None and not self.among:
            return False
        return not (self.low is not None and self.high is not None and self.low > self.high)

    @property
    def possible(self) -> bool:
        return self.missing or self.present

    def and_also(self, other: Want) -> Want:
        """Return what satisfies both."""
        if other is self:
            return self
        lows = [each for each in (self.low, other.low) if each is not None]
        highs = [each for each in (self.high, other.high) if each is not None]
        both = Want(
            missing=self.missing and other.missing,
            low=max(lows, default=None),
            high=min(highs, default=None),
            among=_common(self.among, other.among),
            without=self.without | other.without
            if self.without and other.without
            else self.without or other.without,
            holding=tuple(dict.fromkeys((*self.holding, *other.holding))),
            lacking=tuple(dict.fromkeys((*self.lacking, *other.lacking))),
        )
        return both._narrowed()

    def _narrowed(self) -> Want:
        """Strike from the list what the other wishes exclude."""
        if self.among is None or (self.low is None and self.high is None and not self.without):
            return self
        kept = frozenset(value for value in self.among if value not in self.without and self._in_range(value))
        return replace(self, among=kept, without=NOTHING)

    def but_present(self) -> Want:
        return replace(self, missing=False) if self.missing else self

    def or_missing(self) -> Want:
        return self if self.missing else replace(self, missing=True)

    def __str__(self) -> str:
        parts = []
        if self.among is not None:
            shown = ", ".join(sorted(map(str, self.among))[:4])
            parts.append(f"one of {shown}{'…' if len(self.among) > 4 else ''}" if self.among else "no value")
        if self.low is not None:
            parts.append(f"at least {self.low}")
        if self.high is not None:
            parts.append(f"at most {self.high}")
        if self.without:
            parts.append(f"none of {len(self.without)} values")
        parts += [f"with {part!r}" for part in self.holding]
        if not parts:
            return "anything or missing" if self.missing else "present"
        return " and ".join(parts) + (" (or missing)" if self.missing else "")


def _common(one: frozenset[Any] | None, other: frozenset[Any] | None) -> frozenset[Any] | None:
    if one is None or one is other:
        return other
    return one if other is None else one & other


ANYTHING = Want(missing=True)
PRESENT = Want()
MISSING = Want(missing=True, among=NOTHING)
TRUE = Want(among=frozenset({True}))
FALSE = Want(among=frozenset({False}))
NOT_TRUE = Want(missing=True, among=frozenset({False}))


def exactly(value: Any) -> Want:
    """Want one value, which may be None for missing."""
    return MISSING if value is None else Want(among=frozenset({value}))


def compared(relation: str, bound: Any) -> Want:
    """Return what `value RELATION bound` wants of the value; relation is one of = ≠ < ≤ > ≥."""
    match relation:
        case "=":
            return exactly(bound)
        case "≠":
            return Want(without=frozenset({bound}))
        case "≤":
            return Want(high=bound)
        case "≥":
            return Want(low=bound)
        case "<":
            below = _beside(bound, -1)
            return Want(high=bound, without=frozenset({bound})) if below is None else Want(high=below)
        case _:
            above = _beside(bound, 1)
            return Want(low=bound, without=frozenset({bound})) if above is None else Want(low=above)


def _beside(value: Any, direction: int) -> Any:
    """The next value up or down, None where there is no such thing."""
    if isinstance(value, float):
        return math.nextafter(value, math.copysign(math.inf, direction))
    if isinstance(value, int):
        return value + direction
    if isinstance(value, datetime.date):
        try:
            return value + DAY * direction
        except OverflowError:
            return None
    return None

"""Values for the cells of invented rows: inside what is wanted, what the contract promises and what a life allows."""

from __future__ import annotations

import datetime
import random
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from armslength.query.dummy.question import ColumnUse
from armslength.query.dummy.text_patterns import text_like
from armslength.query.dummy.wants import ANYTHING, Want
from armslength.query.model import types
from armslength.query.model.codes import BaseCode, BaseMultiCodeString
from armslength.query.model.constraints import (
    AnyConstraint,
    Categorical,
    ClosedRange,
    FirstOfMonth,
    GeneralRange,
    NotNull,
    Regex,
    keeps_to_the_letter,
)

DAY = datetime.timedelta(days=1)
FIRST_DAY, LAST_DAY = datetime.date(1900, 1, 1), datetime.date(2100, 1, 1)
RECENT = datetime.timedelta(days=6 * 365)
SHARE_MISSING, SHARE_RECENT, SHARE_MENTIONED = 0.08, 0.8, 0.75
TRIES = 25


class Nothing(Exception):
    """There is no value that satisfies everything that is wanted."""


@dataclass(frozen=True, slots=True)
class Life:
    """When a person can have records: from birth to death, or to the last day there is."""

    birth: datetime.date
    end: datetime.date


def ordered(values: frozenset[Any]) -> tuple[Any, ...]:
    """Return the values of a set always in the same order."""
    return _ordered(values, type(next(iter(values), None)).__name__)


@lru_cache(maxsize=8192)
def _ordered(values: frozenset[Any], kind: str) -> tuple[Any, ...]:
    # The type is part of what is remembered: {1} and {True} are equal sets.
    return tuple(sorted(values))


def promised(constraints: tuple[AnyConstraint, ...]) -> Want:
    """Return what constraints want of a value, where a want can say it."""
    return _promised(constraints, repr(constraints)) if constraints else ANYTHING


@lru_cache(maxsize=8192)
def _promised(constraints: tuple[AnyConstraint, ...], told: str) -> Want:
    want = ANYTHING
    for each in constraints:
        if isinstance(each, Categorical):
            present = frozenset(value for value in each.values if value is not None)
            want = want.and_also(Want(missing=True, among=present))
        elif isinstance(each, NotNull):
            want = want.and_also(Want())
        elif isinstance(each, (ClosedRange, GeneralRange)):
            want = want.and_also(Want(missing=True, low=each.minimum, high=each.maximum))
    return want


def keeps(constraints: Iterable[AnyConstraint], value: Any) -> bool:
    """Whether a value keeps every promise."""
    return all(keeps_to_the_letter(each, value) for each in constraints)


def draw(use: ColumnUse, want: Want, *, life: Life, chance: random.Random, gentle: bool = True) -> Any:
    """Return a value for a column. Raises Nothing.

    What invented data should be like (dummy constraints, records between birth and death) gives way to
    what is wanted; what the contract promises of real data does not.
    """
    if gentle:
        within = (
            Want(missing=True, low=life.birth, high=life.end)
            if use.column.type is datetime.date
            else ANYTHING
        )
        for soft in ((*use.soft,), ()) if use.soft else ((),):
            wanted = want.and_also(promised(use.hard)).and_also(promised(soft)).and_also(within)
            try:
                return _drawn(use, wanted, (*use.hard, *soft), life, chance)
            except Nothing:
                continue
    return _drawn(use, want.and_also(promised(use.hard)), use.hard, life, chance)


def _drawn(
    use: ColumnUse, want: Want, constraints: tuple[AnyConstraint, ...], life: Life, chance: random.Random
) -> Any:
    if want.missing and (not want.present or chance.random() < SHARE_MISSING):
        return None
    for _ in range(TRIES if want.present else 0):
        value = _candidate(use, want, constraints, life, chance)
        if value is not None and want.admits(value) and keeps(constraints, value):
            return value
    if want.among is not None:
        fitting = [value for value in ordered(want.among) if want.admits(value) and keeps(constraints, value)]
        if fitting:
            return chance.choice(fitting)
    if want.missing:
        return None
    raise Nothing


def _candidate(
    use: ColumnUse, want: Want, constraints: tuple[AnyConstraint, ...], life: Life, chance: random.Random
) -> Any:
    if want.among is not None:
        return chance.choice(ordered(want.among)) if want.among else None
    kind = use.column.type
    if kind is bool:
        return chance.random() < 0.5
    if kind is datetime.date:
        return _date(want, constraints, life, chance)
    mentioned = _mentioned(use, want, chance)
    if kind is int:
        step = next((each for each in constraints if isinstance(each, ClosedRange)), None)
        return _integer(want, step, mentioned, chance)
    if kind is float:
        return _float(want, mentioned, chance)
    if types.is_multi_code(kind):
        return _multi_code(kind, want, mentioned, chance)
    return _text(kind, constraints, want, mentioned, chance)


def _mentioned(use: ColumnUse, want: Want, chance: random.Random) -> Any:
    """One of the values the query compares this column with, each list as likely as another."""
    if not use.mentioned or chance.random() > SHARE_MENTIONED:
        return None
    for _ in range(4):
        value = chance.choice(chance.choice(use.mentioned))
        if want.admits(value):
            return value
    return None


def _date(
    want: Want, constraints: tuple[AnyConstraint, ...], life: Life, chance: random.Random
) -> datetime.date | None:
    low, high = want.low or FIRST_DAY, want.high or min(max(life.end, low_of(want)), LAST_DAY)
    if want.low is None and chance.random() < SHARE_RECENT:
        low = max(low, high - RECENT) if (high - FIRST_DAY) > RECENT else low
    elif want.high is None and want.low is not None:
        high = max(high, low + RECENT) if low > high else high
    if low > high:
        return None
    day = low + DAY * chance.randint(0, (high - low).days)
    if any(isinstance(each, FirstOfMonth) for each in constraints):
        first = day.replace(day=1)
        return first if first >= low else (first + DAY * 32).replace(day=1)
    return day


def low_of(want: Want) -> datetime.date:
    """The earliest day a want allows."""
    return want.low or FIRST_DAY


def _integer(want: Want, steps: ClosedRange | None, mentioned: Any, chance: random.Random) -> int:
    if mentioned is not None and chance.random() < 0.3:
        return int(mentioned)
    low, high = want.low, want.high
    if low is None and high is None:
        low = 0
        high = 100 if mentioned is None else max(100, 2 * abs(mentioned))
    low = high - max(100, abs(high)) if low is None else low
    high = low + max(100, abs(low)) if high is None else high
    if steps is None:
        return chance.randint(low, high)
    first = -(-(low - steps.minimum) // steps.step)
    last = (high - steps.minimum) // steps.step
    return steps.minimum + steps.step * chance.randint(first, max(first, last))


def _float(want: Want, mentioned: Any, chance: random.Random) -> float:
    low, high = want.low, want.high
    if low is None and high is None:
        if mentioned is not None:
            spread = abs(mentioned) * 0.3 or 1.0
            return float(round(mentioned + chance.uniform(-spread, spread), 1))
        return round(chance.uniform(0, 100), 1)
    low = high - max(10.0, abs(high)) if low is None else low
    high = low + max(10.0, abs(low) * 0.5) if high is None else high
    value = chance.uniform(low, high)
    short = round(value, 1)
    return short if low <= short <= high else value


def _multi_code(kind: Any, want: Want, mentioned: Any, chance: random.Random) -> str:
    code = kind.code
    parts = list(want.holding) or ([mentioned] if mentioned is not None else [])
    parts += [
        text_like(code.pattern.pattern, chance=chance) for _ in range(chance.randint(0 if parts else 1, 2))
    ]
    text: str = kind("||" + " ,".join(_whole(code, part, chance) for part in parts))
    return text


def _whole(code: type[BaseCode], part: str, chance: random.Random) -> str:
    """Complete the beginning of a code."""
    for _ in range(TRIES):
        if code.pattern.fullmatch(part):
            break
        tail = text_like(code.pattern.pattern, chance=chance)[len(part) :]
        if code.pattern.fullmatch(part + tail):
            return part + tail
    return part


def _text(
    kind: Any, constraints: tuple[AnyConstraint, ...], want: Want, mentioned: Any, chance: random.Random
) -> Any:
    if mentioned is not None:
        return mentioned
    if isinstance(kind, type) and issubclass(kind, (BaseCode, BaseMultiCodeString)):
        return kind(text_like(kind.pattern.pattern, chance=chance))  # type: ignore[union-attr]
    pattern = next((each.regex for each in constraints if isinstance(each, Regex)), None)
    if pattern is not None:
        return _with_parts(text_like(pattern, chance=chance), want.holding, pattern, chance)
    word = "".join(chance.choice("abcdefghijklmnopqrstuvwxyz") for _ in range(chance.randint(3, 9)))
    around = "".join(want.holding)
    return f"{around}{word}" if want.low is None else f"{want.low}{around}{word}"


def _with_parts(text: str, parts: tuple[str, ...], pattern: str, chance: random.Random) -> str:
    """Put parts into a text that a pattern describes, where the pattern allows it."""
    for part in parts:
        places = range(len(text) - len(part) + 1)
        for place in chance.sample(places, len(places)):
            spliced = text[:place] + part + text[place + len(part) :]
            if re.fullmatch(pattern, spliced):
                text = spliced
                break
    return text

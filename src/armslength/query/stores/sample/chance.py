"""CHANCE: the few ways in which the sample draws when something happens. Days count from 1970-01-01."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

Days = NDArray[np.int32]
Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

NEVER = np.int32(10_000_000)
YEAR = 365.25


def day_number(day: date) -> int:
    """Return the days from 1970-01-01.

    >>> day_number(date(1970, 2, 1))
    31
    """
    return (day - date(1970, 1, 1)).days


def generator(seed: int, chunk: int) -> np.random.Generator:
    """Return the source of chance of one chunk: it depends on nothing but the seed and the chunk."""
    return np.random.Generator(np.random.PCG64(np.random.SeedSequence(entropy=seed, spawn_key=(chunk,))))


def age_reached(draw: Floats, *, rate: Floats | float, growth: float, start: Floats | float) -> Floats:
    """Return the age at which something happens whose rate grows exponentially with age (Gompertz).

    `draw` is standard exponential, `rate` the yearly rate at age `start`, `growth` its growth by
    year. Infinite for those to whom it never happens, which a falling rate allows.
    """
    inside = 1.0 + growth * draw / np.maximum(rate, 1e-300)
    with np.errstate(divide="ignore", invalid="ignore"):
        years = np.log(inside) / growth
    return np.where(inside > 0, start + years, np.inf)


def to_day(birth: Days, age: Floats) -> Days:
    """Return the day on which people reach an age; NEVER for an infinite one."""
    reached = np.isfinite(age) & (age < 200)
    return np.where(reached, birth + np.where(reached, age, 0) * YEAR, NEVER).astype(np.int32)


@dataclass(frozen=True, slots=True)
class Series:
    """Repeated happenings: `who` is the row of the person within the chunk, `day` when."""

    who: NDArray[np.int64]
    day: Days

    def kept(self, keep: Flags) -> Series:
        return Series(self.who[keep], self.day[keep])

    def __len__(self) -> int:
        return len(self.who)


def series(chance: np.random.Generator, start: Days, stop: Days, every: Floats | float) -> Series:
    """Return happenings from `start` to `stop`, about `every` so many days, each within its own stretch."""
    span = np.maximum(stop.astype(np.float64) - start, 0.0)
    stretch = np.broadcast_to(np.asarray(every, dtype=np.float64), span.shape)
    count = np.where(stop > start, span / stretch + chance.random(len(span)), 0.0).astype(np.int64)
    who = np.repeat(np.arange(len(span)), count)
    first = np.cumsum(count) - count
    nth = np.arange(len(who)) - first[who]
    moment = (nth + chance.random(len(who), dtype=np.float32)) * stretch[who]
    found = Series(who, (start[who] + moment).astype(np.int32))
    return found.kept(found.day <= stop[who])

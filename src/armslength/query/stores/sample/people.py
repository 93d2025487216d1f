"""PEOPLE: who is born, where they live, how they live, when they join and leave, when they die."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from armslength.query.stores.sample.chance import NEVER, YEAR, Days, Flags, Floats, age_reached, to_day

RECORDS_BEGIN = 15_340  # 2012-01-01: everybody in the sample was alive and registered on or after it
FIRST_BIRTH_YEAR = 1914
AREAS = 700
PRACTICES = 400
HIGHEST_RANK = 32_844  # small areas ranked by the index of multiple deprivation 2019
MOST_MOVES = 5

SEXES = ("female", "male", "intersex", "unknown")
SHARES_OF_SEX = (0.5045, 0.4940, 0.0005, 0.0010)
# Women and men: yearly rate of death at the age of 50, other things average, and its growth.
DEATH_AT_50 = (0.0022, 0.0034)
DEATH_GROWTH = 0.098
DEATH_AT_ANY_AGE = 0.00025
BIRTHS_A_YEAR = 0.0125  # of the population alive when the records begin


@dataclass(frozen=True, slots=True, kw_only=True)
class Areas:
    """An invented map: a deprivation rank, a rural class and a code for each area. Always the same one."""

    rank: Floats
    rural: NDArray[np.int64]
    msoa: tuple[str, ...]


@lru_cache
def areas() -> Areas:
    chance = np.random.Generator(np.random.PCG64(20_190_926))
    rank = np.sort(chance.random(AREAS)) * HIGHEST_RANK
    # Villages are seldom the poorest places: the class rises with the rank.
    lean = 0.6 * rank / HIGHEST_RANK + 0.4 * chance.random(AREAS)
    rural = np.searchsorted([0.33, 0.37, 0.72, 0.73, 0.84, 0.85, 0.97], lean) + 1
    codes = np.sort(chance.choice(99_999, AREAS, replace=False)) + 1
    return Areas(rank=rank, rural=rural, msoa=tuple(f"E020{code:05}" for code in codes))


@dataclass(frozen=True, slots=True, kw_only=True)
class People:
    """One chunk of people, a row each. Days are from 1970-01-01; NEVER stands for what does not happen.

    `enters` and `leaves` bound what is on record; a person is away from `gap_starts` until `gap_ends`.
    """

    birth: Days
    sex: NDArray[np.int64]
    area: NDArray[np.int64]
    deprivation: Floats  # 0 least, 1 most deprived
    frailty: Floats  # standard normal: falls ill and dies sooner
    smoking: Floats  # 0 never, 0.5 given up, 1 smokes
    bmi: Floats  # standard deviations from the mean of age and sex
    enters: Days
    death: Days
    leaves: Days
    moves: NDArray[np.int32]  # (people, MOST_MOVES), rising, NEVER where there are fewer
    gap_starts: Days
    gap_ends: Days

    @property
    def female(self) -> Flags:
        female: Flags = self.sex == 0
        return female

    def __len__(self) -> int:
        return len(self.birth)

    def age_at(self, day: Days) -> Floats:
        return (day - self.birth) / YEAR

    def on_record(self, who: NDArray[np.int64], day: Days) -> Flags:
        """Say for each happening whether the person was registered that day."""
        inside = (day >= self.enters[who]) & (day <= self.leaves[who])
        return inside & ~((day >= self.gap_starts[who]) & (day < self.gap_ends[who]))


def draw_people(chance: np.random.Generator, count: int, *, end: int) -> People:
    """Draw a chunk of people who were registered some time between RECORDS_BEGIN and `end`."""
    birth = _births(chance, count, end=end)
    sex = np.searchsorted(np.cumsum(SHARES_OF_SEX)[:-1], chance.random(count), side="right")
    area = chance.integers(0, AREAS, count)
    rank = np.clip(areas().rank[area] + chance.normal(0, 2500, count), 1, HIGHEST_RANK)
    deprivation = 1 - rank / HIGHEST_RANK
    frailty = chance.standard_normal(count)
    smoking = _smoking(chance, birth, deprivation)
    bmi = chance.standard_normal(count) + 0.4 * (deprivation - 0.5)
    enters, present = _entries(chance, birth, end=end)
    risk = np.exp(0.45 * frailty + 1.1 * (deprivation - 0.5) + 0.8 * (smoking - 0.25) - 0.1)
    death = _deaths(chance, birth, sex, present, risk)
    gone = np.where(chance.random(count) < 0.07, present + chance.random(count) * (end - present), NEVER)
    death = np.where((death > end) | (death > gone), NEVER, death).astype(np.int32)
    leaves = np.minimum(np.minimum(death, gone), end).astype(np.int32)
    moves = _moves(chance, birth, present, leaves)
    gap_starts, gap_ends = _gaps(chance, moves, leaves)
    return People(
        birth=birth, sex=sex, area=area, deprivation=deprivation, frailty=frailty, smoking=smoking, bmi=bmi,
        enters=enters, death=death, leaves=leaves, moves=moves, gap_starts=gap_starts, gap_ends=gap_ends,
    )  # fmt: skip


def _births(chance: np.random.Generator, count: int, *, end: int) -> Days:
    """Draw birthdays: the age pyramid of England when the records begin, then births of every year."""
    age = RECORDS_BEGIN / YEAR + 1970 - np.arange(FIRST_BIRTH_YEAR, 2012)
    alive = np.where(age < 50, 1.0, 1.0 / (1 + np.exp((age - 76) / 8.5)))
    bulge = 1 + 0.15 * np.exp(-(((age - 46) / 7) ** 2)) + 0.1 * np.exp(-(((age - 24) / 6) ** 2))
    weight = alive * bulge
    last = int(end / YEAR + 1970)
    later = np.full(max(last - 2012 + 1, 0), BIRTHS_A_YEAR * weight.sum())
    weight = np.concatenate([weight, later])
    year = FIRST_BIRTH_YEAR + np.searchsorted(np.cumsum(weight / weight.sum())[:-1], chance.random(count))
    day = (year - 1970) * YEAR + chance.random(count) * YEAR
    return np.minimum(day, end - 90).astype(np.int32)


def _smoking(chance: np.random.Generator, birth: Days, deprivation: Floats) -> Floats:
    age = (RECORDS_BEGIN - birth) / YEAR
    ever = 1 / (1 + np.exp(-(-1.1 + 1.6 * (deprivation - 0.5) + 0.012 * np.clip(age, 0, 80))))
    quit_share = np.clip(0.35 + 0.006 * age - 0.35 * (deprivation - 0.5), 0.05, 0.95)
    smoked = chance.random(len(birth)) < ever
    return np.where(smoked, np.where(chance.random(len(birth)) < quit_share, 0.5, 1.0), 0.0)


def _entries(chance: np.random.Generator, birth: Days, *, end: int) -> tuple[Days, Days]:
    """Return the day of the first registration, and the day from which the person's story is told."""
    count = len(birth)
    newborn = birth + 5 + chance.integers(0, 40, count)
    long_ago = np.maximum(newborn, RECORDS_BEGIN - chance.exponential(9 * YEAR, count))
    arrival = RECORDS_BEGIN + chance.random(count) * (end - 60 - RECORDS_BEGIN)
    arrives = (chance.random(count) < 0.14) & (arrival > newborn)
    enters = np.where(birth >= RECORDS_BEGIN, newborn, np.where(arrives, arrival, long_ago)).astype(np.int32)
    return enters, np.maximum(enters, RECORDS_BEGIN).astype(np.int32)


def _deaths(
    chance: np.random.Generator, birth: Days, sex: NDArray[np.int64], present: Days, risk: Floats
) -> Days:
    """Draw the day of death of people known to be alive on the day `present`."""
    age = (present - birth) / YEAR
    rate = np.where(sex == 0, *DEATH_AT_50) * risk * np.exp(DEATH_GROWTH * (age - 50))
    old = age_reached(chance.standard_exponential(len(birth)), rate=rate, growth=DEATH_GROWTH, start=age)
    sudden = age + chance.standard_exponential(len(birth)) / (DEATH_AT_ANY_AGE * risk)
    return np.maximum(to_day(birth, np.minimum(old, sudden)), present + 1).astype(np.int32)


def _moves(chance: np.random.Generator, birth: Days, present: Days, leaves: Days) -> NDArray[np.int32]:
    young = (present - birth) / YEAR < 32
    years = (leaves - present) / YEAR
    wanted = chance.poisson(np.where(young, 0.09, 0.035) * years)
    day = present[:, None] + chance.random((len(birth), MOST_MOVES)) * (leaves - present)[:, None]
    absent = np.arange(MOST_MOVES)[None, :] >= wanted[:, None]
    return np.sort(np.where(absent, NEVER, day + 1), axis=1).astype(np.int32)


def _gaps(chance: np.random.Generator, moves: NDArray[np.int32], leaves: Days) -> tuple[Days, Days]:
    """Some people are with no practice for a while after their last move."""
    count = (moves < NEVER).sum(axis=1)
    last = moves[np.arange(len(moves)), np.maximum(count - 1, 0)]
    ends = last + chance.integers(10, 220, len(moves))
    has_gap = (count > 0) & (chance.random(len(moves)) < 0.25) & (ends < leaves)
    return np.where(has_gap, last, NEVER).astype(np.int32), np.where(has_gap, ends, NEVER).astype(np.int32)

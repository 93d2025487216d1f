"""RECORDS: the coded events and prescriptions that people's lives leave with their practice.

An event is one 64-bit number while it is made: person, day, code and value, 16 bits each, the last first.
Sorting the numbers sorts the events by person and day; this is what makes the sample fast.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from armslength.query.stores.sample import concepts
from armslength.query.stores.sample.chance import NEVER, YEAR, Days, Floats, Series, series
from armslength.query.stores.sample.codes import made_up_code
from armslength.query.stores.sample.concepts import (
    ACUTE_MEDICINES,
    CONDITIONS,
    EVERYDAY,
    MEDICINES,
    OBSERVATIONS,
)
from armslength.query.stores.sample.people import RECORDS_BEGIN, People

CHUNK = 4096  # people; twelve bits
FIRST_DAY = -25_567  # 1900-01-01; sixteen bits last until 2079
NO_VALUE = (1 << 16) - 1
TAIL_CODES, TAIL_MEDICINES = 4_000, 1_200

EVENT_CODES: tuple[str, ...] = (
    *(condition.code for condition in CONDITIONS),
    *(concept.code for concept in OBSERVATIONS),
    *(concept.code for concept in EVERYDAY),
    *(made_up_code(number) for number in range(1, TAIL_CODES + 1)),
)
MEDICINE_CODES: tuple[str, ...] = (
    *(product.code for medicine in MEDICINES for product in medicine.products),
    *(product.code for product in ACUTE_MEDICINES),
    *(made_up_code(5_000_000 + number) for number in range(1, TAIL_MEDICINES + 1)),
)
_EVENT_INDEX = {code: index for index, code in enumerate(EVENT_CODES)}
_MEDICINE_INDEX = {code: index for index, code in enumerate(MEDICINE_CODES)}


@lru_cache
def _zipf(first: int, count: int) -> NDArray[np.int64]:
    """Return 65,536 code indexes in Zipf proportions, so that one random number of 16 bits draws a code."""
    weight = 1.0 / (np.arange(count) + 3.0)
    share = (np.arange(65_536) + 0.5) / 65_536
    return first + np.searchsorted(np.cumsum(weight / weight.sum())[:-1], share)


@dataclass(frozen=True, slots=True)
class Rows:
    """Finished rows of one chunk, sorted by person and day; `value` in tenths, NO_VALUE where there is none."""

    who: NDArray[np.int64]
    day: Days
    code: NDArray[np.uint16]
    value: NDArray[np.uint16]


@dataclass
class Sheet:
    """Collects happenings of one chunk of people, keeps those on record, and sorts them."""

    people: People
    packed: list[NDArray[np.int64]] = field(default_factory=list)

    def add(self, found: Series, code: int | NDArray[np.int64], value: Floats | None = None) -> None:
        tenths = NO_VALUE if value is None else np.clip(np.rint(value * 10), 0, NO_VALUE - 1).astype(np.int64)
        what = (np.asarray(code, dtype=np.int64) << 16) | tenths
        packed = found.who << 16
        packed |= found.day - FIRST_DAY
        packed <<= 32
        packed |= what
        self.packed.append(packed[self.people.on_record(found.who, found.day)])

    def rows(self) -> Rows:
        packed = np.concatenate(self.packed).astype("<i8", copy=False)
        packed.sort()
        value, code, day, who = packed.view("<u2").reshape(-1, 4).T
        return Rows(who.astype(np.int64), day.astype(np.int32) + np.int32(FIRST_DAY), code, value)


def _event(concept: concepts.Concept) -> int:
    return _EVENT_INDEX[concept.code]


def draw_events(chance: np.random.Generator, people: People, onsets: dict[str, Days]) -> Rows:
    """Draw everything coded about a chunk of people."""
    sheet = Sheet(people)
    begins = np.maximum(people.enters, RECORDS_BEGIN - 6 * 365).astype(np.int32)
    adult = np.maximum(begins, people.birth + 18 * 365).astype(np.int32)
    _diagnoses(chance, sheet, onsets)
    _everyday(chance, sheet, begins)
    _body(chance, sheet, adult, onsets)
    _blood_pressure(chance, sheet, adult, onsets)
    _blood_tests(chance, sheet, adult, onsets)
    _smoking(chance, sheet, adult)
    _vaccinations(chance, sheet, onsets)
    return sheet.rows()


def _diagnosed(people: People, onset: Days) -> Days:
    """Return when the practice writes a condition down: at once, or when the person joins with it."""
    joined = people.enters + 7 + (onset % 53)
    return np.where(onset < people.enters, joined, onset).astype(np.int32)


def _diagnoses(chance: np.random.Generator, sheet: Sheet, onsets: dict[str, Days]) -> None:
    people = sheet.people
    for condition in CONDITIONS:
        onset = onsets[condition.name]
        ill = np.flatnonzero(onset <= people.leaves)
        day = _diagnosed(people, onset)[ill]
        code = _EVENT_INDEX[condition.code]
        sheet.add(Series(ill, day), code)
        again = series(chance, day + 30, people.leaves[ill], 4 * YEAR)
        sheet.add(Series(ill[again.who], again.day), code)


def _everyday(chance: np.random.Generator, sheet: Sheet, begins: Days) -> None:
    people = sheet.people
    middle = np.clip(people.age_at(((begins + people.leaves) // 2).astype(np.int32)), 0, 100)
    yearly = (2.2 + 0.055 * middle + 3.0 * np.exp(-middle / 2.0)) * np.exp(
        0.3 * people.frailty + 0.35 * (people.deprivation - 0.5) + 0.3 * (people.female - 0.5)
    )
    found = series(chance, begins, people.leaves, YEAR / yearly)
    first = _event(EVERYDAY[0])
    table = _zipf(first, len(EVENT_CODES) - first)
    sheet.add(found, table[chance.integers(0, 65_536, len(found), dtype=np.uint16)])


def _either(first: Days, *others: Days) -> Days:
    """Return the earlier of several days."""
    earliest: Days = np.minimum.reduce([first, *others]).astype(np.int32)
    return earliest


def _watched(
    chance: np.random.Generator, sheet: Sheet, begins: Days, ill: Days, *, usual: float, ill_every: float
) -> Series:
    """Return visits at which something is measured: now and then at first, closely from the illness on."""
    people = sheet.people
    age = people.age_at(people.leaves)
    turning = np.clip(ill, begins, people.leaves).astype(np.int32)
    before = series(chance, begins, turning, usual * np.where(age < 40, 2.2, np.where(age < 60, 1.3, 0.9)))
    after = series(chance, turning, np.where(ill < NEVER, people.leaves, turning).astype(np.int32), ill_every)
    return Series(np.concatenate([before.who, after.who]), np.concatenate([before.day, after.day]))


def _body(chance: np.random.Generator, sheet: Sheet, adult: Days, onsets: dict[str, Days]) -> None:
    people = sheet.people
    ill = _either(onsets["type_2_diabetes"], onsets["hypertension"])
    found = _watched(chance, sheet, adult, ill, usual=1100.0, ill_every=420.0)
    metres = np.where(people.female, 1.62, 1.755) + 0.065 * chance.standard_normal(len(people))
    years = np.clip((found.day - people.birth[found.who]) / YEAR, 18, 95)
    mean = 23.3 + 0.17 * (np.minimum(years, 65) - 18) - 0.1 * np.maximum(years - 70, 0)
    index = mean * np.exp(0.165 * people.bmi[found.who] + 0.025 * chance.standard_normal(len(found)))
    sheet.add(found, _event(concepts.BODY_MASS_INDEX), np.clip(index, 13, 70))
    sheet.add(found, _event(concepts.WEIGHT), np.clip(index, 13, 70) * metres[found.who] ** 2)


def _blood_pressure(chance: np.random.Generator, sheet: Sheet, adult: Days, onsets: dict[str, Days]) -> None:
    people = sheet.people
    pressed = onsets["hypertension"]
    ill = _either(pressed, onsets["type_2_diabetes"], onsets["coronary_heart_disease"])
    found = _watched(chance, sheet, adult, ill, usual=650.0, ill_every=170.0)
    level = 6.0 * chance.standard_normal(len(people)) + 2.0 * people.bmi
    who, years = found.who, (found.day - people.birth[found.who]) / YEAR
    since = (found.day - pressed[who]) / YEAR
    # High at diagnosis, then brought down over a year or two of treatment.
    raised = np.where(since >= -1, 22.0 * np.exp(-np.maximum(since, 0)) + 7.0, 0.0)
    systolic = 113 + 0.33 * (years - 20) + level[who] + raised + 8.0 * chance.standard_normal(len(found))
    diastolic = 42 + 0.28 * systolic - 0.08 * (years - 50) + 5.0 * chance.standard_normal(len(found))
    sheet.add(found, _event(concepts.SYSTOLIC), np.rint(np.clip(systolic, 75, 240)))
    sheet.add(found, _event(concepts.DIASTOLIC), np.rint(np.clip(diastolic, 40, 140)))


def _blood_tests(chance: np.random.Generator, sheet: Sheet, adult: Days, onsets: dict[str, Days]) -> None:
    people = sheet.people
    forty = np.maximum(adult, people.birth + 40 * 365).astype(np.int32)
    sugar = _either(onsets["type_2_diabetes"], onsets["type_1_diabetes"])
    found = _watched(chance, sheet, forty, sugar, usual=1300.0, ill_every=190.0)
    level = chance.standard_normal(len(people))[found.who]
    diabetic = found.day >= sugar[found.who]
    noise = chance.standard_normal(len(found))
    value = np.where(diabetic, 58 * np.exp(0.19 * level + 0.08 * noise), 37.5 + 2.4 * level + 1.5 * noise)
    sheet.add(found, _event(concepts.HBA1C), np.rint(np.clip(value, 20, 160)))

    treated = _either(sugar, onsets["hyperlipidaemia"], onsets["coronary_heart_disease"])
    found = _watched(chance, sheet, forty, treated, usual=1500.0, ill_every=400.0)
    level = 0.8 * chance.standard_normal(len(people))[found.who]
    fat = (
        5.4 + level - 0.9 * (found.day > treated[found.who] + 90) + 0.35 * chance.standard_normal(len(found))
    )
    sheet.add(found, _event(concepts.CHOLESTEROL), np.clip(fat, 1.8, 12))

    kidney = _either(onsets["ckd_stage_3"], onsets["ckd_stage_4"], sugar, onsets["hypertension"])
    found = _watched(chance, sheet, forty, kidney, usual=1400.0, ill_every=330.0)
    years = (found.day - people.birth[found.who]) / YEAR
    low = (found.day >= onsets["ckd_stage_3"][found.who]) * 1.0 + (
        found.day >= onsets["ckd_stage_4"][found.who]
    )
    rate = 112 - 0.62 * (years - 30) + 9 * chance.standard_normal(len(people))[found.who]
    rate = np.where(low > 1, 23, np.where(low > 0, 47, np.maximum(rate, 61))) + 4 * chance.standard_normal(
        len(found)
    )
    sheet.add(found, _event(concepts.EGFR), np.rint(np.clip(rate, 6, 130)))


def _smoking(chance: np.random.Generator, sheet: Sheet, adult: Days) -> None:
    people = sheet.people
    found = series(chance, adult, people.leaves, 900.0)
    given_up = people.enters + chance.random(len(people)) * np.maximum(people.leaves - people.enters, 1)
    status = people.smoking[found.who]
    smokes = (status == 1.0) | ((status == 0.5) & (found.day < given_up[found.who]) & (found.who % 3 == 0))
    past = np.where(status == 0.0, _event(concepts.NEVER_SMOKED), _event(concepts.EX_SMOKER))
    sheet.add(found, np.where(smokes, _event(concepts.SMOKER), past))


def _vaccinations(chance: np.random.Generator, sheet: Sheet, onsets: dict[str, Days]) -> None:
    people, count = sheet.people, len(sheet.people)
    everybody = np.arange(count)
    willing = chance.random(count) + 0.2 * (0.5 - people.deprivation)
    at_risk = _either(
        onsets["type_2_diabetes"], onsets["copd"], onsets["coronary_heart_disease"], onsets["asthma"]
    )
    offered = _either(at_risk, (people.birth + 65 * 365).astype(np.int32))
    for year in range(2008, int(people.leaves.max() / YEAR + 1970) + 1):
        season = np.int32((year - 1970) * YEAR + 258) + chance.integers(0, 90, count, dtype=np.int32)
        has = (season >= offered) & (willing + 0.15 * chance.standard_normal(count) > 0.33)
        sheet.add(Series(everybody[has], season[has]), _event(concepts.FLU_VACCINE))
    once = willing > 0.3
    pneumonia = (people.birth + 65 * 365 + chance.integers(0, 700, count)).astype(np.int32)
    sheet.add(Series(everybody[once], pneumonia[once]), _event(concepts.PNEUMOCOCCAL_VACCINE))
    for months in (13, 40):
        has = (willing > 0.08) & (people.birth > 6_600)  # offered to those born from 1988 on
        day = (people.birth + months * 30.4 + chance.integers(0, 60, count)).astype(np.int32)
        sheet.add(Series(everybody[has], day[has]), _event(concepts.MMR_VACCINE))
    first = 18_640 + np.clip(95 - (18_640 - people.birth) / YEAR, 0, 90) * 1.8 + chance.integers(0, 50, count)
    for dose, (least, later) in enumerate(((0.12, 0), (0.15, 75), (0.3, 260))):
        has = (willing > least) & (people.birth < 18_640 - 16 * 365)
        day = (first + later + dose * chance.integers(0, 20, count)).astype(np.int32)
        sheet.add(Series(everybody[has], day[has]), _event(concepts.COVID_VACCINE))


def draw_medicines(chance: np.random.Generator, people: People, onsets: dict[str, Days]) -> Rows:
    """Draw every prescription: repeats after a diagnosis, and what is needed once."""
    sheet = Sheet(people)
    for medicine in MEDICINES:
        takes = chance.random(len(people)) < medicine.uptake - 0.12 * (people.deprivation - 0.5)
        onset = _diagnosed(people, _either(*(onsets[name] for name in medicine.conditions)))
        delay = chance.exponential(150.0, len(people))
        keeps_on = np.where(chance.random(len(people)) < 0.7, 1e5, chance.exponential(3 * YEAR, len(people)))
        who = np.flatnonzero(takes & (onset < people.leaves))
        start = np.minimum(onset[who] + 1 + delay[who], NEVER).astype(np.int32)
        start = np.maximum(start, RECORDS_BEGIN - 6 * 365).astype(np.int32)
        stop = np.minimum(people.leaves[who], start + keeps_on[who]).astype(np.int32)
        found = series(chance, start, stop, medicine.every)
        products = np.array([_MEDICINE_INDEX[product.code] for product in medicine.products])
        chosen = products[chance.integers(0, len(products), len(who))]
        sheet.add(Series(who[found.who], found.day), chosen[found.who])
    begins = np.maximum(people.enters, RECORDS_BEGIN - 6 * 365).astype(np.int32)
    yearly = 1.1 * np.exp(0.3 * people.frailty + 0.3 * (people.deprivation - 0.5))
    found = series(chance, begins, people.leaves, YEAR / yearly)
    first = _MEDICINE_INDEX[ACUTE_MEDICINES[0].code]
    table = _zipf(first, len(MEDICINE_CODES) - first)
    sheet.add(found, table[chance.integers(0, 65_536, len(found), dtype=np.uint16)])
    return sheet.rows()

"""ILLNESS: when each person first gets each condition, and what those who die are said to have died of."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from armslength.query.stores.sample.chance import NEVER, Days, Floats, age_reached, to_day
from armslength.query.stores.sample.concepts import CONDITIONS, COVID_CAUSE, OTHER_CAUSES, Condition
from armslength.query.stores.sample.people import SEXES, People

FRAILTY = 0.35
COVID_DAYS = (18_322, 19_052)  # 2020-03-01 to 2022-02-28

CAUSES: tuple[str, ...] = (
    *(condition.icd10 for condition in CONDITIONS if condition.icd10),
    *(code for code, _ in OTHER_CAUSES),
    COVID_CAUSE,
)


def draw_onsets(chance: np.random.Generator, people: People) -> dict[str, Days]:
    """Return by condition the day on which each person gets it; NEVER for most.

    A day beyond the person's record tells that they would have got it: conditions that go together
    go together, whichever shows first.
    """
    onsets: dict[str, Days] = {}
    for condition in CONDITIONS:
        draw = chance.standard_exponential(len(people))
        rate = _rate_at_start(condition) * np.exp(_log_ratio(condition, people, onsets))
        age = age_reached(draw, rate=rate, growth=condition.growth, start=condition.start)
        onsets[condition.name] = to_day(people.birth, age)
    return onsets


def _rate_at_start(condition: Condition) -> float:
    """Return the yearly rate at the first age that gives the share `by_60`."""
    growth, years = condition.growth, 60 - condition.start
    return float(-np.log1p(-condition.by_60) * growth / np.expm1(growth * years))


def _log_ratio(condition: Condition, people: People, onsets: dict[str, Days]) -> Floats:
    ratio = (
        condition.deprivation * (people.deprivation - 0.5)
        + condition.female * (people.female - 0.5)
        + condition.smoking * (people.smoking - 0.25)
        + condition.bmi * people.bmi
        + FRAILTY * people.frailty
    )
    if condition.only is not None:
        ratio = np.where(people.sex == SEXES.index(condition.only), ratio, -np.inf)
    for name, effect in condition.with_others.items():
        ratio = ratio + effect * (onsets[name] < people.birth + 80 * 365)
    return ratio


def draw_causes(
    chance: np.random.Generator, people: People, onsets: dict[str, Days]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return for those who die: their rows, and their causes ranked, underlying first.

    The second is (deaths, 4), an index into CAUSES; -1 where the certificate names no more. A
    condition is named only if the person had it.
    """
    who = np.flatnonzero(people.death < NEVER)
    death = people.death[who]
    weights = [
        np.where(onsets[condition.name][who] <= death, condition.deadly, 0.0)
        for condition in CONDITIONS
        if condition.icd10
    ]
    weights += [np.full(len(who), 0.4 * weight) for _, weight in OTHER_CAUSES]
    pandemic = (death >= COVID_DAYS[0]) & (death <= COVID_DAYS[1])
    weights.append(np.where(pandemic, 2.5, 0.0))
    stacked = np.stack(weights, axis=1)
    # Highest of weighted Gumbel scores: draws one cause with chances in proportion to the weights.
    with np.errstate(divide="ignore"):
        score = np.log(stacked) + chance.gumbel(size=stacked.shape)
    ranked = np.argsort(-score, axis=1, kind="stable")[:, :4]
    named = chance.integers(1, 5, len(who))
    possible = np.take_along_axis(stacked, ranked, axis=1) > 0
    shown = possible & (np.arange(4)[None, :] < named[:, None])
    return who, np.where(shown, ranked, -1)

"""The attacker against cases whose exact answer is known."""

from __future__ import annotations

import itertools
import random
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from armslength.disclosure.attack.attacker import Rule, attack, judge
from armslength.disclosure.attack.exact import Bounds, Budget
from armslength.disclosure.attack.reading import Treatment, share_relations
from armslength.disclosure.attack.system import Quantity, Relation, System, Target, ratio_of, total_of
from armslength.disclosure.policy import RoundingScheme
from armslength.disclosure.report import Verdict

NEAREST_5 = Treatment(scheme=RoundingScheme(name="nearest 5", base=5), suppressed=True)
MIDPOINT_6 = Treatment(scheme=RoundingScheme(name="midpoint 6", base=6, remainder=3), zeros_true=True)
EXACT = Treatment(zeros_true=True)


def shown(count: int, treatment: Treatment = EXACT, name: str = "") -> Quantity:
    low, high = treatment.interval(count)
    return Quantity(name=name or str(count), low=low, high=high, shown=str(count))


def hidden(name: str = "hidden") -> Quantity:
    return Quantity(name=name, low=1, high=7, shown="[REDACTED]", hidden=True, may_exceed=True)


def bounds_of(system: System, *positions: int) -> list[tuple[int, int | None]]:
    result = attack(system, [system.target(position) for position in positions])
    return [(answer.bounds.low, answer.bounds.high) for answer in result.answers]


def column(total: int, treatment: Treatment) -> System:
    quantities = (shown(total, treatment), hidden(), *(shown(n, treatment) for n in (10, 15, 25)))
    return System(quantities=quantities, relations=(total_of(0, [1, 2, 3, 4], words="total"),))


def test_one_hidden_cell_of_an_exact_total_is_given_away_with_its_arithmetic():
    system = column(51, EXACT)
    (answer,) = attack(system, [system.target(1)]).answers
    assert (answer.bounds, answer.verdict, answer.gained) == (Bounds(low=1, high=1), Verdict.BLOCK, True)
    assert answer.steps == ("51 51 - 10 10 - 15 15 - 25 25 = 1, so hidden is 1 (total)",)
    assert set(answer.sources) == {0, 2, 3, 4}


@pytest.mark.parametrize("total", [50, 55])
def test_a_total_rounded_from_the_raw_counts_gives_nothing_away(total):
    system = column(total, NEAREST_5)
    (answer,) = attack(system, [system.target(1)]).answers
    assert (answer.bounds.low, answer.bounds.high, answer.verdict) == (1, 7, Verdict.INFO)
    assert not answer.gained


def test_everybody_minus_males_gives_the_females():
    system = System(quantities=(shown(8), shown(7)))
    (answer,) = attack(system, [Target(terms=((0, 1), (1, -1)), name="female")]).answers
    assert (answer.bounds.low, answer.bounds.high, answer.verdict) == (1, 1, Verdict.BLOCK)


def test_two_hidden_cells_whose_sum_is_two_are_both_one():
    system = System(
        quantities=(shown(22), hidden("a"), hidden("b"), shown(20)),
        relations=(total_of(0, [1, 2, 3], words="row"),),
    )
    assert bounds_of(system, 1, 2) == [(1, 1), (1, 1)]


def test_a_hidden_square_in_exact_margins_leaves_five_candidates():
    system = System(
        quantities=(*(hidden(n) for n in "abcd"), *(shown(n) for n in (9, 9, 8, 10))),
        relations=tuple(
            total_of(total, parts, words="margin")
            for total, parts in ((4, [0, 1]), (5, [2, 3]), (6, [0, 2]), (7, [1, 3]))
        ),
    )
    result = attack(system, [system.target(position) for position in range(4)])
    assert [(a.bounds.low, a.bounds.high) for a in result.answers] == [(2, 6), (3, 7), (2, 6), (3, 7)]
    assert {answer.verdict for answer in result.answers} == {Verdict.WARN}
    assert result.undecided == 0 and all(answer.steps for answer in result.answers)


STEPS = [
    (NEAREST_5, 105, 105, (0, 4), Verdict.INFO),
    (NEAREST_5, 105, 110, (1, 9), Verdict.INFO),
    (NEAREST_5, 105, 115, (6, 14), Verdict.CLEAR),
    (NEAREST_5, 105, 120, (11, 19), Verdict.CLEAR),
    (MIDPOINT_6, 99, 99, (0, 5), Verdict.INFO),
    (MIDPOINT_6, 99, 105, (1, 11), Verdict.INFO),
    (MIDPOINT_6, 99, 111, (7, 17), Verdict.CLEAR),
    (MIDPOINT_6, 99, 117, (13, 23), Verdict.CLEAR),
]


@pytest.mark.parametrize(("treatment", "before", "after", "expected", "verdict"), STEPS)
def test_neighbours_of_a_rounded_cumulative_series(treatment, before, after, expected, verdict):
    system = System(
        quantities=(shown(before, treatment), shown(after, treatment)),
        relations=(Relation(terms=((1, 1), (0, -1)), low=0, high=None, words="it never falls"),),
    )
    (answer,) = attack(system, [Target(terms=((1, 1), (0, -1)), name="new")]).answers
    assert (answer.bounds.low, answer.bounds.high, answer.verdict) == (*expected, verdict)


def test_recoded_bands_of_two_releases():
    system = System(quantities=tuple(shown(n, NEAREST_5) for n in (20, 30, 45)))
    target = Target(terms=((0, 1), (1, 1), (2, -1)), name="48-49")
    (answer,) = attack(system, [target]).answers
    assert (answer.bounds.low, answer.bounds.high, answer.verdict) == (0, 11, Verdict.CLEAR)


def test_one_count_under_two_schemes_is_in_both_intervals_or_is_not_one_count():
    same = (Relation(terms=((0, 1), (1, -1)), low=0, high=0, words="the same count"),)
    system = System(quantities=(shown(10, NEAREST_5), shown(9, MIDPOINT_6)), relations=same)
    assert bounds_of(system, 0) == [(8, 12)]
    system = System(quantities=(shown(15, NEAREST_5), shown(9, MIDPOINT_6)), relations=same)
    result = attack(system, [system.target(0)])
    assert result.answers == () and result.contradictions == ("the same count",)


@pytest.mark.parametrize(("percent", "part", "whole"), [(8.2, (8, 8), (98, 98)), (5.9, (6, 6), (101, 102))])
def test_a_percentage_with_a_decimal_undoes_the_rounding_of_its_denominator(percent, part, whole):
    numerator = Quantity(name="n", low=0, high=102)
    system = System(
        quantities=(numerator, shown(100, NEAREST_5)),
        relations=share_relations(0, 1, percent=percent, decimals=1, words="the percentage"),
    )
    assert bounds_of(system, 0, 1) == [part, whole]


def test_a_hidden_cell_that_must_be_large_was_hidden_to_protect_another():
    system = System(
        quantities=(shown(100), hidden(), shown(20)), relations=(total_of(0, [1, 2], words="total"),)
    )
    (answer,) = attack(system, [system.target(1)]).answers
    assert (answer.wide, answer.bounds.low, answer.bounds.high, answer.verdict) == (
        True,
        80,
        80,
        Verdict.CLEAR,
    )


@pytest.mark.parametrize(
    ("low", "high", "verdict"),
    [(0, 0, "clear"), (1, 1, "block"), (0, 3, "block"), (0, 4, "info"), (1, 7, "info"), (2, 7, "warn"),
     (3, 7, "warn"), (1, 12, "info"), (0, 12, "clear"), (3, None, "clear"), (8, 12, "info"), (8, 13, "clear")],
)  # fmt: skip
def test_verdicts_by_interval(low, high, verdict):
    assert judge(Bounds(low=low, high=high), rule=Rule()).value == verdict


def test_an_attack_without_any_budget_says_that_it_is_undecided_and_stays_outside():
    cells = [hidden(str(number)) for number in range(9)]
    margins = [shown(12) for _ in range(6)]
    relations = [total_of(9 + row, [3 * row + c for c in range(3)], words="row") for row in range(3)]
    relations += [total_of(12 + c, [3 * row + c for row in range(3)], words="column") for c in range(3)]
    system = System(quantities=(*cells, *margins), relations=tuple(relations))
    result = attack(system, [system.target(0)], budget=Budget(solves=0))
    assert result.undecided == 1
    exact = attack(system, [system.target(0)]).answers[0].bounds
    outer = result.answers[0].bounds
    assert outer.low <= exact.low and outer.high >= exact.high and exact.decided


@st.composite
def small_systems(draw):
    size = draw(st.integers(2, 4))
    lows = draw(st.lists(st.integers(0, 4), min_size=size, max_size=size))
    widths = draw(st.lists(st.integers(0, 4), min_size=size, max_size=size))
    truth = [low + draw(st.integers(0, width)) for low, width in zip(lows, widths, strict=True)]
    quantities = tuple(
        Quantity(name=f"x{number}", low=low, high=low + width)
        for number, (low, width) in enumerate(zip(lows, widths, strict=True))
    )
    relations = []
    for _ in range(draw(st.integers(1, 3))):
        coefficients = draw(st.lists(st.integers(-2, 2), min_size=size, max_size=size))
        terms = tuple((p, c) for p, c in enumerate(coefficients) if c)
        if terms:
            value = sum(c * truth[p] for p, c in terms)
            relations.append(
                Relation(terms=terms, low=value, high=value + draw(st.integers(0, 1)), words="sum")
            )
    return System(quantities=quantities, relations=tuple(relations))


@settings(max_examples=150, deadline=None)
@given(small_systems())
def test_bounds_are_those_of_trying_every_combination(system):
    ranges = [range(quantity.low, quantity.high + 1) for quantity in system.quantities]
    solutions = [
        values
        for values in itertools.product(*ranges)
        if all(r.low <= sum(c * values[p] for p, c in r.terms) <= r.high for r in system.relations)
    ]
    result = attack(system, [system.target(position) for position in range(len(system.quantities))])
    for position, answer in enumerate(result.answers):
        values = [solution[position] for solution in solutions]
        assert (answer.bounds.low, answer.bounds.high) == (min(values), max(values))
        assert answer.bounds.decided


def test_a_ratio_keeps_the_truth_inside():
    chance = random.Random(7)
    for _ in range(200):
        whole = chance.randint(20, 400)
        part = chance.randint(0, whole)
        percent = round(100 * part / whole, 1)
        relations = share_relations(0, 1, percent=percent, decimals=1, words="")
        for relation in relations:
            value = sum(c * (part, whole)[p] for p, c in relation.terms)
            assert (relation.low is None or value >= relation.low) and (
                relation.high is None or value <= relation.high
            )
    assert ratio_of(0, 1, shown=Fraction(1, 2), half=Fraction(0), words="x")[0].terms == ((0, 2), (1, -1))


def test_the_same_attack_twice_says_the_same():
    system = column(51, EXACT)
    targets = [system.target(position) for position in range(5)]
    assert attack(system, targets) == attack(system, targets)


def test_a_reading_that_only_the_solver_refutes_is_dropped_for_every_cell():
    """Odd circle: each pair of three hidden cells sums to 3, which no whole numbers do below the threshold."""
    cells = (hidden("a"), hidden("b"), hidden("c"), Quantity(name="d", low=0, high=1))
    relations = tuple(
        Relation(terms=((p, 1), (q, 1)), low=3, high=3, words="pair") for p, q in ((0, 1), (1, 2), (0, 2))
    )
    result = attack(System(quantities=cells, relations=relations), [System(quantities=cells).target(0)])
    assert result.answers == () and result.contradictions == ("pair",)

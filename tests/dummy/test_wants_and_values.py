"""Wishes for values, and values drawn for them."""

from __future__ import annotations

import random
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from armslength.query.dummy.text_patterns import text_like
from armslength.query.dummy.wants import MISSING, Want, compared
from armslength.query.model.codes import CODE_SYSTEMS

numbers = st.integers(-5, 5)
wants = st.builds(
    Want,
    missing=st.booleans(),
    low=st.none() | numbers,
    high=st.none() | numbers,
    among=st.none() | st.frozensets(numbers),
    without=st.frozensets(numbers, max_size=2),
)


@given(wants, wants, st.none() | numbers)
def test_both_wishes_admit_what_each_admits(one, other, value):
    assert one.and_also(other).admits(value) == (one.admits(value) and other.admits(value))


@given(wants)
def test_a_wish_that_is_not_possible_admits_nothing(want):
    if not want.possible:
        assert not any(want.admits(value) for value in (None, *range(-6, 7)))


@given(numbers, numbers, st.sampled_from("=≠<>≤≥"))
def test_comparisons_want_what_they_say(value, bound, relation):
    truth = {"=": value == bound, "≠": value != bound, "<": value < bound, ">": value > bound}
    truth |= {"≤": value <= bound, "≥": value >= bound}
    assert compared(relation, bound).admits(value) == truth[relation]


def test_missing_is_only_missing():
    assert MISSING.admits(None)
    assert not MISSING.present


@pytest.mark.parametrize(
    "pattern", [r"[A-C]{2}-\d+", "(x|yz)?w*", "[^a]b.", *[s.pattern.pattern for s in CODE_SYSTEMS]]
)
def test_texts_fit_the_pattern_they_are_made_from(pattern):
    chance = random.Random(3)
    for _ in range(50):
        text = text_like(pattern, chance=chance)
        assert re.fullmatch(pattern, text), text


def test_patterns_that_cannot_be_turned_round_are_refused():
    with pytest.raises(ValueError, match="no text can be made"):
        text_like("(?=a)b", chance=random.Random(0))

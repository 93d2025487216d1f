"""Measures: sums over groups and intervals, on every engine."""

import pytest
from ehrql import INTERVAL, create_measures, months
from spec_tables import e, p

from armslength.testing import extract

PATIENTS = [
    {"patient_id": patient, "i1": weight, "i2": amount, "s1": sex, "b1": flag, "d1": born}
    for patient, weight, amount, sex, flag, born in [
        (1, 1, 5, "m", True, "1980-01-15"),
        (2, 2, -1, "m", False, "1990-02-10"),
        (3, 1, None, None, True, "1980-01-15"),
        (4, 0, 100, "f", None, None),
        (5, None, 100, "f", True, "1980-01-15"),
        (6, -3, 100, "x", False, "1980-01-15"),
        (7, 3, None, "f", True, "1980-01-15"),
    ]
]
EVENTS = [
    {"patient_id": patient, "d1": date, "i1": value}
    for patient, date, value in [
        (1, "2020-01-31", 1),
        (1, "2020-02-01", 2),
        (2, "2020-01-01", None),
        (2, "2020-01-15", 4),
        (7, None, 1),
        (9, "2020-01-15", 1),
    ]
]
SEEN = e.where(e.d1.is_during(INTERVAL))


def measured(engine, *columns, rounded=False, **measures):
    """Rows as (measure, month, then these columns)."""
    asked = create_measures()
    asked.define_defaults(intervals=months(2).starting_on("2020-01-01"))
    for name, arguments in measures.items():
        asked.define_measure(name, **arguments)
    found = extract(asked, {p: PATIENTS, e: EVENTS}, engine=engine, disclosure_control=rounded)
    return {
        (row["measure"], row["interval_start"].month, *(row[column] for column in columns)): (
            row["numerator"],
            row["denominator"],
            row["ratio"],
        )
        for row in found
    }


def test_patients_whose_denominator_is_not_above_zero_count_nowhere(engine):
    """Nor does a group that has only such patients have a row; a missing group is a group."""
    found = measured(engine, "sex", a={"numerator": p.i2, "denominator": p.i1, "group_by": {"sex": p.s1}})
    january = {("m",): (4, 3, pytest.approx(4 / 3)), (None,): (0, 1, 0.0), ("f",): (0, 3, 0.0)}
    assert found == {("a", month, *sex): row for month in (1, 2) for sex, row in january.items()}


def test_a_measure_without_patients_has_no_rows(engine):
    assert measured(engine, a={"numerator": p.b1, "denominator": p.i1 > 99}) == {}


def test_a_measure_without_groups_has_one_row_for_each_interval(engine):
    found = measured(
        engine, a={"numerator": SEEN.exists_for_patient(), "denominator": p.exists_for_patient()}
    )
    assert found == {("a", 1): (2, 7, pytest.approx(2 / 7)), ("a", 2): (1, 7, pytest.approx(1 / 7))}


def test_measures_may_share_groups_and_denominators(engine):
    """Also when two groups of different names mean the same."""
    everyone = {"denominator": p.b1}
    found = measured(
        engine,
        "sex",
        "other",
        a={**everyone, "numerator": SEEN.count_for_patient(), "group_by": {"sex": p.s1}},
        b={**everyone, "numerator": p.i2, "group_by": {"other": p.s1}},
        c={**everyone, "numerator": p.i1 > 1, "group_by": {"sex": p.s1, "other": p.s1}},
        d={**everyone, "numerator": SEEN.i1.sum_for_patient()},
    )
    assert found["a", 1, "m", None] == (1, 1, 1.0)
    assert found["a", 1, "f", None] == (0, 2, 0.0)
    assert found["b", 2, None, "f"] == (100, 2, 50.0)
    assert found["b", 1, None, None] == (0, 1, 0.0)
    assert found["c", 1, "f", "f"] == (1, 2, 0.5)
    assert found["c", 1, None, None] == (0, 1, 0.0)
    assert found["d", 2, None, None] == (2, 4, 0.5)
    assert len(found) == 20


def test_groups_may_depend_on_the_interval_and_be_of_any_type(engine):
    """Ages on the first day of the interval; bools, dates and what a pick gives."""
    groups = {
        "age": (INTERVAL.start_date - p.d1).years,
        "flag": p.b1,
        "last": SEEN.sort_by(SEEN.d1).last_for_patient().d1.day,
    }
    found = measured(
        engine,
        *groups,
        a={"numerator": p.b1, "denominator": p.exists_for_patient(), "group_by": groups},
    )
    assert found["a", 1, 39, True, 31] == (1, 1, 1.0)
    assert found["a", 2, 40, True, 1] == (1, 1, 1.0)
    assert found["a", 2, 40, True, None] == (3, 3, 1.0)
    assert found["a", 1, 29, False, 15] == (0, 1, 0.0)
    assert found["a", 1, None, None, None] == (0, 1, 0.0)


def test_a_denominator_may_be_true_of_patients_nothing_says_anything_about(engine):
    """Unlike a population. They are sought in every table the measure reads."""
    found = measured(
        engine,
        a={"numerator": SEEN.exists_for_patient(), "denominator": ~e.where(e.i1 > 1).exists_for_patient()},
    )
    assert found == {("a", 1): (1, 2, 0.5), ("a", 2): (0, 2, 0.0)}


def test_small_numbers_are_hidden_and_others_rounded(engine):
    found = measured(
        engine,
        rounded=True,
        a={"numerator": p.b1, "denominator": p.exists_for_patient()},
        b={"numerator": p.i2, "denominator": p.b1, "group_by": {}},
    )
    assert found == {
        ("a", 1): (0, 0, None),
        ("a", 2): (0, 0, None),
        ("b", 1): (105, 0, None),
        ("b", 2): (105, 0, None),
    }


def test_ties_are_broken_by_what_measures_of_one_denominator_read(engine):
    """Measures of another denominator, or of other intervals, are other queries, and have no part in it."""
    rows = [
        {"patient_id": 1, "d1": "2020-01-01", "i1": amount, "i2": order}
        for amount, order in ((1, 9), (2, 1), (None, 5))
    ]
    picked = e.sort_by(e.d1).first_for_patient()
    one, other = e.exists_for_patient(), e.count_for_patient()
    asked = create_measures()
    intervals = months(2).starting_on("2020-01-01")
    asked.define_measure("alone", numerator=picked.i2, denominator=one, intervals=intervals)
    asked.define_measure("beside", numerator=picked.i2, denominator=other, intervals=intervals)
    asked.define_measure("reads_more", numerator=picked.i1, denominator=other, intervals=intervals)
    asked.define_measure("one_month", numerator=picked.i1, denominator=one, intervals=intervals[:1])
    found = extract(asked, {e: rows}, engine=engine, disclosure_control=False)
    numerators = {(row["measure"], row["interval_start"].month): row["numerator"] for row in found}
    assert numerators == {
        ("alone", 1): 1,
        ("alone", 2): 1,
        ("beside", 1): 5,
        ("beside", 2): 5,
        ("reads_more", 1): 0,
        ("reads_more", 2): 0,
        ("one_month", 1): 0,
    }

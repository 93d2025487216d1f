"""Who is a candidate, who is matched with whom, and what is known of them on the index date; people written by hand."""

import numpy as np
import pandas as pd
import pytest
from candidates import dataset as candidates
from ehrql.tables.core import clinical_events, patients, practice_registrations
from match import DATES, match, report

from armslength.testing import extract

HEART_ATTACK = "22298006"


def person(number, born="1950-06-01", sex="female"):
    return {"patient_id": number, "date_of_birth": born, "sex": sex}


def joined(number, start="2005-01-01", end=None):
    return {"patient_id": number, "start_date": start, "end_date": end}


def heart_attack(number, date):
    return {"patient_id": number, "date": date, "snomedct_code": HEART_ATTACK}


def test_only_who_could_have_a_first_heart_attack_in_the_study_is_a_candidate():
    rows = extract(
        candidates,
        {
            patients: [person(1), person(2), person(3), person(4, born="1999-01-01"), person(5), person(6)],
            practice_registrations: [
                joined(1), joined(2), joined(3), joined(4), joined(5, end="2012-01-01"),
                joined(6, end="2012-01-01"), joined(6, start="2015-01-01"),
            ],
            clinical_events: [
                heart_attack(2, "2013-12-31"), heart_attack(2, "2020-01-01"), heart_attack(3, "2020-01-01"),
            ],
        },
    )  # fmt: skip
    assert [(row["patient_id"], str(row["heart_attack"] or "")) for row in rows] == [
        (1, ""), (3, "2020-01-01"), (6, ""),
    ]  # fmt: skip


def people(*rows):
    """One person for each mapping; what is left out is as of a woman born in 1950, registered since 2005, alive."""
    usual = {"sex": "female", "birth_year": 1950, "registered_from": "2005-01-01"}
    table = pd.DataFrame([{"patient_id": number, **usual, **row} for number, row in enumerate(rows, start=1)])
    for name in DATES:
        table[name] = pd.to_datetime(table.get(name))
    return table


def matched(*rows):
    pairs = match(people(*rows), np.random.default_rng(1))
    return set(pairs.loc[~pairs["is_case"], "patient_id"])


CASE = {"heart_attack": "2020-05-01"}


@pytest.mark.parametrize(
    "unlike",
    [
        {"sex": "male"},
        {"birth_year": 1951},
        {"registered_from": "2019-06-01"},
        {"registered_until": "2020-04-30"},
        {"died": "2020-04-30"},
        {"heart_attack": "2020-04-30"},
        {"heart_attack": "2020-05-01"},
    ],
    ids=str,
)
def test_a_control_could_have_been_the_case_that_day(unlike):
    assert 3 not in matched(CASE, {}, unlike)


@pytest.mark.parametrize(
    "like", [{"registered_until": "2020-05-01"}, {"heart_attack": "2020-05-02"}], ids=str
)
def test_who_leaves_or_falls_ill_later_may_be_a_control(like):
    assert 2 in matched(CASE, like)


def test_nobody_is_used_twice_and_four_controls_are_enough():
    pairs = match(people(CASE, {"heart_attack": "2021-05-01"}, *[{}] * 6), np.random.default_rng(1))
    assert pairs["patient_id"].is_unique
    assert pairs.groupby("set_id").size().max() == 5


def test_each_set_has_one_case_and_the_day_of_the_case():
    pairs = match(people(CASE, {"heart_attack": "2021-05-01"}, *[{}] * 20), np.random.default_rng(1))
    assert (pairs.groupby("set_id")["is_case"].sum() == 1).all()
    assert (pairs.groupby("set_id")["index_date"].nunique() == 1).all()


def test_small_counts_are_not_reported():
    table = people(CASE, *[{}] * 8)
    counts = report(table, match(table, np.random.default_rng(1))).set_index("what")["count"]
    assert counts["people considered"] == 10
    assert counts["cases matched"] == counts["controls"] == "[REDACTED]"

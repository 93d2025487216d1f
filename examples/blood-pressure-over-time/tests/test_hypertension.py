"""What the definitions say of a few people written by hand, in one month."""

import pandas as pd
from draw_deciles import deciles
from draw_groups import percentages
from ehrql.tables.core import clinical_events, patients, practice_registrations
from hypertension import controlled, has_hypertension, known_for
from measures_by_practice import measures

from armslength.testing import check, extract

JUNE = ("2025-06-01", "2025-06-30")
HYPERTENSION, SYSTOLIC, DIASTOLIC = "59621000", "271649006", "271650006"


def event(person, date, code, value=None):
    return {"patient_id": person, "date": date, "snomedct_code": code, "numeric_value": value}


def reading(person, date, systolic, diastolic):
    return [event(person, date, SYSTOLIC, systolic), event(person, date, DIASTOLIC, diastolic)]


def test_controlled_is_both_values_below_the_limit():
    check(
        controlled,
        interval=JUNE,
        given={
            clinical_events: [
                *reading(1, "2025-03-01", 139, 89),
                *reading(2, "2025-03-01", 140, 80),
                *reading(3, "2025-03-01", 120, 90),
                event(4, "2025-03-01", SYSTOLIC, 120),
            ]
        },
        expect={1: True, 2: False, 3: False, 4: False, 5: False},
    )


def test_the_last_reading_of_the_year_counts_up_to_the_end_of_the_month():
    check(
        controlled,
        interval=JUNE,
        given={
            clinical_events: [
                *reading(1, "2025-01-10", 170, 100),
                *reading(1, "2025-06-30", 120, 70),
                *reading(2, "2025-01-10", 120, 70),
                *reading(2, "2025-07-01", 170, 100),
                *reading(3, "2024-06-29", 120, 70),
            ]
        },
        expect={1: True, 2: True, 3: False},
    )


def test_a_value_of_nought_is_no_reading():
    check(
        controlled,
        interval=JUNE,
        given={clinical_events: [*reading(1, "2025-03-01", 170, 100), *reading(1, "2025-04-01", 0, 0)]},
        expect={1: False},
    )


def test_time_since_diagnosis_begins_with_the_first():
    check(
        known_for,
        interval=JUNE,
        given={
            clinical_events: [
                event(1, "2025-05-31", HYPERTENSION),
                event(2, "2023-01-01", HYPERTENSION),
                event(2, "2025-05-31", HYPERTENSION),
                event(3, "2001-01-01", HYPERTENSION),
            ]
        },
        expect={1: "under a year", 2: "1-2 years", 3: "3 years and over"},
    )


def test_the_registered_adults_diagnosed_before_the_month_are_counted():
    born = {1: "1960-01-01", 2: "2010-01-01", 3: "1960-01-01", 4: "1960-01-01", 5: "1960-01-01"}
    left = {4: "2025-05-31"}
    check(
        has_hypertension,
        interval=JUNE,
        given={
            patients: [{"patient_id": person, "date_of_birth": day} for person, day in born.items()],
            practice_registrations: [
                {"patient_id": person, "start_date": "2020-01-01", "end_date": left.get(person)}
                for person in born
            ],
            clinical_events: [
                event(1, "2025-05-31", HYPERTENSION),
                event(2, "2025-05-31", HYPERTENSION),
                event(3, "2025-06-01", HYPERTENSION),
                event(4, "2025-05-31", HYPERTENSION),
            ],
        },
        expect={1: True, 2: False, 3: False, 4: False, 5: False},
    )


def test_each_practice_has_a_row_in_each_month():
    rows = extract(
        measures,
        {
            patients: [{"patient_id": person, "date_of_birth": "1960-01-01"} for person in (1, 2, 3)],
            practice_registrations: [
                {"patient_id": person, "start_date": "2020-01-01", "practice_pseudo_id": practice}
                for person, practice in ((1, 10), (2, 10), (3, 20))
            ],
            clinical_events: [
                *(event(person, "2021-01-01", HYPERTENSION) for person in (1, 2, 3)),
                *reading(1, "2025-03-01", 120, 70),
            ],
        },
    )
    june = {row["practice"]: row for row in rows if str(row["interval_start"]) == JUNE[0]}
    assert {name: (row["numerator"], row["denominator"]) for name, row in june.items()} == {
        10: (1, 2),
        20: (0, 1),
    }
    assert len({row["interval_start"] for row in rows}) == 24


def test_percentages_come_from_rounded_counts_and_hidden_ones_stay_hidden():
    row = {"interval_start": "2025-06-01", "sex": None, "known_for": None}
    measures = pd.DataFrame(
        [
            {**row, "age_band": "18-49", "numerator": 15, "denominator": 40},
            {**row, "age_band": "50-59", "numerator": 0, "denominator": 40},
        ]
    )
    table = percentages(measures)
    assert table["month"].tolist() == ["2025-06", "2025-06"]
    assert table["percent"].tolist() == [38, pd.NA]
    assert table["controlled"].tolist() == [15, pd.NA]


def practices(count, people):
    rows = [
        {"interval_start": "2025-06-01", "numerator": practice, "denominator": people}
        for practice in range(count)
    ]
    return pd.DataFrame(rows)


def test_deciles_need_many_practices_with_enough_people():
    (row,) = deciles(practices(101, 100)).to_dict("records")
    assert (row["decile_10"], row["decile_50"], row["decile_90"]) == (10, 50, 90)
    assert deciles(practices(49, 100)).empty
    assert deciles(practices(101, 9)).empty

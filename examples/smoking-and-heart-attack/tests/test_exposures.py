"""What is known of a person before an index date; records written by hand."""

from ehrql.tables.core import clinical_events
from exposures import diabetes_before, smoking_before

from armslength.testing import check

INDEX = "2020-05-01"
SMOKER, EX_SMOKER, NEVER, DIABETES = "77176002", "8517006", "266919005", "44054006"


def written(person, *events):
    return [{"patient_id": person, "date": date, "snomedct_code": code} for date, code in events]


def test_the_last_status_before_the_index_date_counts():
    check(
        smoking_before(INDEX),
        given={
            clinical_events: [
                *written(1, ("2010-01-01", EX_SMOKER), ("2020-04-30", SMOKER)),
                *written(2, ("2010-01-01", SMOKER), ("2020-04-30", EX_SMOKER)),
                *written(3, ("2010-01-01", NEVER), ("2020-05-01", SMOKER)),
                *written(4, ("2020-05-01", SMOKER)),
            ]
        },
        expect={1: "current", 2: "former", 3: "never", 4: None},
    )


def test_somebody_who_smoked_is_not_somebody_who_never_did():
    check(
        smoking_before(INDEX),
        given={clinical_events: written(1, ("2010-01-01", SMOKER), ("2020-04-30", NEVER))},
        expect={1: "former"},
    )


def test_a_diagnosis_on_the_index_date_comes_too_late():
    check(
        diabetes_before(INDEX),
        given={
            clinical_events: [*written(1, ("2020-04-30", DIABETES)), *written(2, ("2020-05-01", DIABETES))]
        },
        expect={1: True, 2: False, 3: False},
    )

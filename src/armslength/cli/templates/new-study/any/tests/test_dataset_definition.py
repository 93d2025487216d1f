"""What the definition says of a few people written by hand. `pytest` runs it in a second, without any data."""

from dataset_definition import dataset, statins
from ehrql.tables.core import clinical_events, medications, patients, practice_registrations

from armslength.testing import check, extract

DIABETES, STATIN = "44054006", "320029006"


def test_a_statin_counts_in_the_year_before_the_index_date():
    check(
        statins.exists_for_patient(),
        given={
            medications: [
                {"patient_id": 1, "date": "2025-01-01", "dmd_code": STATIN},
                {"patient_id": 2, "date": "2025-01-02", "dmd_code": STATIN},
                {"patient_id": 3, "date": "2023-12-31", "dmd_code": STATIN},
            ]
        },
        expect={1: True, 2: False, 3: False, 4: False},
    )


def test_only_registered_adults_with_a_diagnosis_are_in_the_study():
    people = {1: "1960-05-01", 2: "2015-05-01", 3: "1960-05-01"}
    rows = extract(
        dataset,
        {
            patients: [
                {"patient_id": person, "date_of_birth": born, "sex": "female"}
                for person, born in people.items()
            ],
            practice_registrations: [{"patient_id": person, "start_date": "2020-01-01"} for person in people],
            clinical_events: [
                {"patient_id": person, "date": "2021-06-01", "snomedct_code": DIABETES} for person in (1, 2)
            ],
        },
    )
    assert rows == [{"patient_id": 1, "sex": "female", "age_band": "60-79", "statin": False}]

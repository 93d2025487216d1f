"""Tests of the dataset of another file, which this one imports."""

from datetime import date
from pregnancy import dataset
import codelists

test_data = {
    1: {
        "patients": {"date_of_birth": date(1990, 1, 1), "sex": "female"},
        "clinical_events": [
            {"date": date(2020, 6, 1), "snomedct_code": codelists.pregnancy[0]},
            {"date": date(2020, 12, 31), "snomedct_code": codelists.delivery[0]},
        ],
        "expected_in_population": True,
        "expected_columns": {"last_preg": date(2020, 6, 1), "delivery": date(2020, 12, 31), "quarter": 2},
    },
    2: {
        "patients": [{"date_of_birth": date(1990, 1, 1), "sex": "male"}],
        "clinical_events": [],
        "expected_in_population": False,
    },
}

"""Testing a study: rows in place, any engine, plain values out, failures a person can read."""

from __future__ import annotations

import datetime
import re
from pathlib import Path

import pytest
from ehrql import INTERVAL, create_dataset, create_measures, months
from ehrql.tables import EventFrame, PatientFrame, Series, core, table, tpp
from ehrql.tables.core import clinical_events, patients

from armslength.kernel.errors import Mistake
from armslength.testing import check, extract, extract_all

PAGE = Path(__file__).parents[2] / "docs" / "how-to" / "test-a-study.md"
ENGINES = ("duckdb", "reference")
BLOCKS = re.findall(r"^```python\n(.*?)^```", PAGE.read_text(), re.MULTILINE | re.DOTALL)


@table
class visits(EventFrame):
    day = Series(datetime.date)
    length = Series(float)
    kind = Series(str)
    urgent = Series(bool)


@table
class people(PatientFrame):
    height = Series(int)


@pytest.mark.parametrize("number", range(len(BLOCKS)))
def test_the_manual_runs(number):
    names = {}
    exec(compile(BLOCKS[number], f"{PAGE.name}, example {number + 1}", "exec"), names)
    for name, test in list(names.items()):
        if name.startswith("test_"):
            test()


@pytest.mark.parametrize("engine", ENGINES)
def test_tables_of_ones_own_are_asked_by_object_or_name(engine):
    dataset = create_dataset()
    dataset.define_population(people.exists_for_patient())
    dataset.height = people.height
    dataset.total = visits.length.sum_for_patient()
    last = visits.sort_by(visits.day).last_for_patient()
    dataset.kind, dataset.day, dataset.urgent = last.kind, last.day, last.urgent
    given = {
        people: [{"patient_id": 2, "height": 180}, {"patient_id": 1}],
        "visits": [
            {"patient_id": 1, "day": "2020-01-01", "length": 2, "kind": "", "urgent": True},
            {"patient_id": 1, "day": datetime.date(2019, 1, 1), "length": 0.5},
        ],
    }
    rows = extract(dataset, given, engine=engine)
    day = datetime.date(2020, 1, 1)
    assert rows == [
        {"patient_id": 1, "height": None, "total": 2.5, "kind": "", "day": day, "urgent": True},
        {"patient_id": 2, "height": 180, "total": None, "kind": None, "day": None, "urgent": None},
    ]
    kinds = [type(value) for value in rows[0].values()]
    assert kinds == [int, type(None), float, str, datetime.date, bool]


@pytest.mark.parametrize("engine", ENGINES)
def test_codes_come_back_as_text_and_event_tables_as_rows(engine):
    dataset = create_dataset()
    dataset.define_population(patients.exists_for_patient())
    dataset.code = clinical_events.sort_by(clinical_events.date).last_for_patient().snomedct_code
    dataset.add_event_table("seen", date=clinical_events.date, sex=patients.sex)
    given = {
        patients: [{"patient_id": 1, "sex": "male"}],
        clinical_events: [
            {"patient_id": 1, "snomedct_code": "1239999", "date": "2020-02-01"},
            {"patient_id": 1, "snomedct_code": "1239998", "date": "2020-01-01"},
            {"patient_id": 9, "snomedct_code": "1239998", "date": "2020-01-01"},
        ],
    }
    (row,) = extract(dataset, given, engine=engine)
    assert type(row["code"]) is str and row["code"] == "1239999"
    assert [each["date"].month for each in extract(dataset.seen, given, engine=engine)] == [1, 2]
    assert set(extract_all(dataset, given, engine=engine)) == {"dataset", "seen"}


@pytest.mark.parametrize("engine", ENGINES)
def test_measures_give_a_row_for_each_interval_and_group(engine):
    measures = create_measures()
    seen = clinical_events.where(clinical_events.date.is_during(INTERVAL))
    measures.define_defaults(
        denominator=patients.exists_for_patient(), intervals=months(2).starting_on("2020-01-01")
    )
    measures.define_measure("all", numerator=seen.exists_for_patient())
    measures.define_measure("by_sex", numerator=seen.count_for_patient(), group_by={"sex": patients.sex})
    given = {
        patients: [{"patient_id": i, "sex": "male" if i > 10 else None} for i in range(1, 21)],
        clinical_events: [{"patient_id": i, "date": "2020-02-29"} for i in range(1, 13)],
    }
    exact = extract(measures, given, engine=engine, disclosure_control=False)
    assert [
        (r["measure"], r["interval_start"].month, r["sex"], r["numerator"], r["denominator"]) for r in exact
    ] == [
        ("all", 1, None, 0, 20),
        ("all", 2, None, 12, 20),
        ("by_sex", 1, None, 0, 10),
        ("by_sex", 1, "male", 0, 10),
        ("by_sex", 2, None, 10, 10),
        ("by_sex", 2, "male", 2, 10),
    ]
    assert list(exact[0]) == [
        "measure",
        "interval_start",
        "interval_end",
        "ratio",
        "numerator",
        "denominator",
        "sex",
    ]
    rounded = extract(measures, given, engine=engine)
    assert [row["numerator"] for row in rounded] == [0, 10, 0, 0, 10, 0]
    measures.configure_disclosure_control(enabled=False)
    assert extract(measures, given, engine=engine) == exact


@pytest.mark.parametrize("engine", ENGINES)
def test_tables_of_the_same_name_are_told_apart(engine):
    dataset = create_dataset()
    dataset.define_population(core.clinical_events.exists_for_patient())
    dataset.core = core.clinical_events.count_for_patient()
    dataset.tpp = tpp.clinical_events.count_for_patient()
    given = {core.clinical_events: [(1,)], "tpp.clinical_events": [(1,), (1,)]}
    assert extract(dataset, given, engine=engine) == [{"patient_id": 1, "core": 1, "tpp": 2}]
    with pytest.raises(Mistake, match="full name"):
        extract(dataset, {"clinical_events": [(1,)]}, engine=engine)


@pytest.mark.parametrize("engine", ENGINES)
def test_a_series_is_checked_on_patients_with_and_without_rows(engine):
    given = {visits: [{"patient_id": 1, "length": 2.0}, {"patient_id": 1, "length": 3.0}, {"patient_id": 2}]}
    check(visits.length.mean_for_patient(), given=given, expect={1: 2.5, 2: None, 3: None}, engine=engine)
    check(visits.length, given=given, expect={1: [3, 2], 2: [None], 3: []}, engine=engine)
    on_day = visits.where(visits.day.is_during(INTERVAL)).count_for_patient()
    given = {visits: [{"patient_id": 1, "day": "2020-01-31"}]}
    check(on_day, given=given, expect={1: 1}, interval=("2020-01-01", "2020-01-31"), engine=engine)


def test_a_failure_shows_every_patient():
    given = {visits: [{"patient_id": 1, "day": "2020-01-31"}, {"patient_id": 2}, {"patient_id": 3}]}
    day = visits.day.maximum_for_patient()
    with pytest.raises(AssertionError) as told:
        check(day, given=given, expect={1: "2020-01-30", 2: None})
    assert str(told.value) == (
        "2 of 3 patients are not as expected (engine: duckdb)\n"
        "\n"
        "  patient | expected       | found\n"
        "  --------+----------------+-----------\n"
        "  1       | 2020-01-30     | 2020-01-31 | <-- differs\n"
        "  2       | ∅              | ∅\n"
        "  3       | (nothing said) | ∅          | <-- differs"
    )


def test_true_is_not_one():
    given = {visits: [{"patient_id": 1, "urgent": True}]}
    with pytest.raises(Mistake, match="holds bool"):
        check(visits.exists_for_patient(), given=given, expect={1: 1})


BAD = {
    "a misspelt column": ({"visits": [{"patient_id": 1, "lenght": 1}]}, "did you mean `length`"),
    "a misspelt table": ({"visit": []}, "did you mean `visits`"),
    "no patient": ({"visits": [{"length": 1}]}, "patient_id"),
    "text for a number": ({"visits": [{"patient_id": 1, "length": "1"}]}, "holds float"),
    "a date that is none": ({"visits": [{"patient_id": 1, "day": "2020-02-30"}]}, "row 1, column `day`"),
    "a moment": ({"visits": [{"patient_id": 1, "day": datetime.datetime(2020, 1, 1, 5)}]}, "holds date"),
    "too many values": ({"visits": [(1, 2, 3, 4, 5, 6)]}, "6 values for 5 columns"),
    "something else": ({3: []}, "is no table"),
}


@pytest.mark.parametrize("name", list(BAD))
def test_a_mistake_in_the_rows_is_told(name):
    given, said = BAD[name]
    dataset = create_dataset()
    dataset.define_population(visits.exists_for_patient())
    with pytest.raises(Mistake) as told:
        extract(dataset, given)
    assert told.value.code == "Q116" and said in str(told.value)


def test_a_patient_twice_in_a_patient_table_is_told():
    with pytest.raises(Mistake, match="second row"):
        check(people.height, given={people: [(1, 2), (1, 3)]}, expect={1: 3})


def test_rows_for_tables_the_query_does_not_read_do_no_harm():
    check(people.height, given={people: [(1, 2)], "clinical_events": [(1,)]}, expect={1: 2})


def test_what_is_no_question_is_told():
    for asked in (people, 3):
        with pytest.raises((Mistake, TypeError)):
            check(asked, given={}, expect={})
        with pytest.raises(Mistake, match="neither a dataset nor measures"):
            extract(asked, {})

"""Event tables and measures: the other two things a query can ask for."""

import datetime

from ehrql import INTERVAL, create_dataset, create_measures, months
from spec_tables import e, e2, p

from armslength.query.api.extracts import extract_all
from armslength.query.language.dataset import query_of
from armslength.query.language.measures import measures_of
from armslength.query.model.measures import intervals_of, queries_for
from armslength.query.model.reference import evaluate


def test_an_event_table_has_a_row_per_event(engine):
    """Patients outside the population have none; a patient's values repeat on each row."""
    dataset = create_dataset()
    dataset.define_population(p.b1)
    kept = e.where(e.i1 > 1)
    dataset.add_event_table("visits", number=kept.i1, double=kept.i1 * 2, sex=p.s1)
    rows = {
        "p": [{"patient_id": 1, "b1": True, "s1": "f"}, {"patient_id": 2, "b1": False}],
        "e": [
            {"patient_id": patient, "i1": number}
            for patient, number in [(1, 1), (1, 2), (1, 2), (1, 3), (2, 9)]
        ],
    }
    found = extract_all(query_of(dataset), rows, engine=engine)["visits"]
    assert sorted(tuple(row.values()) for row in found) == [(1, 2, 4, "f"), (1, 2, 4, "f"), (1, 3, 6, "f")]


def test_measures_are_sums_over_groups_per_interval():
    """A missing group is a group; a patient outside the denominator counts nowhere; no patients, no row."""
    measures = create_measures()
    measures.define_measure(
        "seen",
        numerator=e.where(e.d1.is_during(INTERVAL)).count_for_patient(),
        denominator=p.i1,
        group_by={"sex": p.s1},
        intervals=months(1).starting_on("2020-01-01"),
    )
    rows = {
        "p": [
            {"patient_id": patient, "i1": weight, "s1": sex}
            for patient, weight, sex in [(1, 1, "m"), (2, 2, "m"), (3, 1, None), (4, 0, "f"), (5, None, "f")]
        ],
        "e": [
            {"patient_id": patient, "d1": datetime.date.fromisoformat(day)}
            for patient, day in [(1, "2020-01-31"), (1, "2020-02-01"), (4, "2020-01-01"), (2, "2020-01-01")]
        ],
    }
    (interval,) = intervals_of(measures_of(measures))
    ((query, _),) = queries_for(measures_of(measures), interval)
    (sums,) = evaluate(query, rows).measures
    assert set(sums) == {(3, 2, "m"), (1, 0, None)}


def test_the_columns_of_an_event_table_may_be_anything_known_of_its_rows(engine):
    """Columns, expressions, picks and aggregates of other rows, and values of the patient; sorting changes nothing."""
    dataset = create_dataset()
    dataset.define_population(p.exists_for_patient())
    rows_of = e.where(e.i1 > 0).sort_by(e.d1).where(e.b1 | e.b1.is_null())
    last = e.sort_by(e.d1).last_for_patient()
    dataset.add_event_table("visits", day=rows_of.d1)
    dataset.visits.later = rows_of.d1 + months(1)
    dataset.visits.add_column("is_last", rows_of.d1 == last.d1)
    dataset.visits.visits = e.count_for_patient()
    dataset.visits.known = rows_of.d1.is_in(e2.d1)
    dataset.visits.code = rows_of.c1
    dataset.add_event_table("others", value=e2.i1 + p.i1)
    day = datetime.date.fromisoformat
    rows = {
        "p": [{"patient_id": 1, "i1": 10}, {"patient_id": 3}],
        "e": [
            {"patient_id": 1, "i1": 1, "b1": True, "d1": day("2020-01-31"), "c1": "123456"},
            {"patient_id": 1, "i1": 1, "b1": None, "d1": None},
            {"patient_id": 1, "i1": 1, "b1": False, "d1": day("2020-03-01")},
            {"patient_id": 1, "i1": None, "b1": True, "d1": day("2020-04-01")},
            {"patient_id": 2, "i1": 1, "b1": True, "d1": day("2020-01-31")},
        ],
        "e2": [{"patient_id": 1, "i1": 5, "d1": day("2020-01-31")}, {"patient_id": 3, "i1": 5}],
    }
    found = extract_all(query_of(dataset), rows, engine=engine)
    visits = {tuple(row.values()) for row in found["visits"]}
    assert visits == {
        (1, day("2020-01-31"), day("2020-03-01"), False, 4, True, "123456"),
        (1, None, None, None, 4, None, None),
    }
    assert sorted(tuple(row.values()) for row in found["others"]) == [(1, 15), (3, None)]
    assert found["dataset"] == [{"patient_id": 1}, {"patient_id": 3}]

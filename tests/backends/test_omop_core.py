"""The core contract on an OMOP database: row by row where it is honest, refused by name where it is not."""

from __future__ import annotations

import datetime
from contextlib import closing
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from armslength.kernel.errors import Mistake
from armslength.query.api.databases import Database
from armslength.query.api.datasets import results_of
from armslength.query.contracts import core, smoketest
from armslength.query.formats.store import StoreWriter
from armslength.query.model import nodes as n
from armslength.query.stores.omop import import_omop
from armslength.query.stores.omop_schema import CDM_TABLES

DAY = datetime.date
NEEDED = ("person", "death", "observation_period", "condition_occurrence", "observation", "measurement")
NEEDED += ("procedure_occurrence", "drug_exposure", "concept")


def omop_store(path: Path, **rows: list[dict[str, Any]]) -> Path:
    """A store of the model's tables with these rows; what a row does not say is missing."""
    with StoreWriter(path, kind="omop", created_from={"maker": "test"}) as writer:
        for name in NEEDED:
            table = CDM_TABLES[name]
            schema = pa.schema([(column.name, column.type.arrow) for column in table.columns])
            writer.add_table(name, schema=schema, patient_id=table.person)
            given = [{field.name: row.get(field.name) for field in schema} for row in rows.get(name, [])]
            for batch in pa.Table.from_pylist(given, schema=schema).to_batches():
                writer.write(name, batch)
    return path


def rows(contract: Any, store: Path, *, backend: str = "omop") -> list[tuple[Any, ...]]:
    node = contract._node
    picked = tuple((name, n.SelectColumn(node, name)) for name in node.schema.names)
    is_patient = isinstance(node, n.SelectPatientTable)
    events = () if is_patient else (("rows", n.SeriesCollectionFrame(picked)),)
    question = n.Dataset(n.Exists(node), picked if is_patient else (), events)
    database = Database(dsn=str(store), backend=backend)
    found: list[tuple[Any, ...]] = []
    with closing(results_of(question, database=database, permissions=["event_level_data"])) as results:
        for result in results:
            table = result.rows.read_all()
            if result.name == ("dataset" if is_patient else "rows"):
                found = list(zip(*(column.to_pylist() for column in table.columns), strict=True))
    return found


def test_patients(tmp_path: Path) -> None:
    moment = datetime.datetime(1971, 5, 6, 7)
    store = omop_store(
        tmp_path / "store",
        person=[
            {"person_id": 1, "year_of_birth": 1970, "month_of_birth": 2, "gender_concept_id": 8507},
            {"person_id": 2, "year_of_birth": 1971, "birth_datetime": moment, "gender_concept_id": 8532},
            {"person_id": 3, "year_of_birth": 1972, "gender_concept_id": 8521},
        ],
        death=[{"person_id": 2, "death_date": DAY(2020, 1, 2)}],
    )
    assert rows(core.patients, store) == [
        (1, DAY(1970, 2, 1), "male", None),
        (2, DAY(1971, 5, 1), "female", DAY(2020, 1, 2)),
        (3, None, "unknown", None),
    ]
    assert rows(smoketest.patients, store)[0] == (1, DAY(1970, 2, 1))


def test_registrations_are_the_periods_of_observation(tmp_path: Path) -> None:
    period = {
        "observation_period_start_date": DAY(2010, 1, 1),
        "observation_period_end_date": DAY(2020, 1, 1),
    }
    store = omop_store(
        tmp_path / "store",
        person=[{"person_id": 1, "care_site_id": 7}],
        observation_period=[period | {"person_id": 1}, period | {"person_id": 2}],
    )
    assert rows(core.practice_registrations, store) == [
        (1, DAY(2010, 1, 1), DAY(2020, 1, 1), 7),
        (2, DAY(2010, 1, 1), DAY(2020, 1, 1), None),
    ]


def test_events_have_the_snomed_code_that_was_recorded_else_the_standard_one(tmp_path: Path) -> None:
    day = DAY(2020, 5, 6)
    concepts = [
        (1, "SNOMED", "44054006"),
        (2, "SNOMED", "73211009"),
        (3, "LOINC", "4548-4"),
        (4, "ICD10CM", "E11"),
    ]
    store = omop_store(
        tmp_path / "store",
        concept=[{"concept_id": i, "vocabulary_id": v, "concept_code": code} for i, v, code in concepts],
        condition_occurrence=[
            {
                "person_id": 1,
                "condition_start_date": day,
                "condition_concept_id": 1,
                "condition_source_concept_id": 2,
            },
            {
                "person_id": 1,
                "condition_start_date": day,
                "condition_concept_id": 1,
                "condition_source_concept_id": 4,
            },
        ],
        measurement=[
            {"person_id": 2, "measurement_date": day, "measurement_concept_id": 3, "value_as_number": 1.0},
            {"person_id": 2, "measurement_date": day, "measurement_concept_id": 1, "value_as_number": 48.5},
        ],
        observation=[
            {"person_id": 3, "observation_date": day, "observation_concept_id": 2, "value_as_number": 2.0}
        ],
        procedure_occurrence=[{"person_id": 4, "procedure_date": day, "procedure_concept_id": 2}],
    )
    assert rows(core.clinical_events, store) == [
        (1, day, "44054006", None),
        (1, day, "73211009", None),
        (2, day, "44054006", 48.5),
        (3, day, "73211009", 2.0),
        (4, day, "73211009", None),
    ]


def test_medications_are_offered_where_drugs_were_recorded_as_dmd(tmp_path: Path) -> None:
    store = omop_store(
        tmp_path / "store",
        concept=[
            {"concept_id": 1, "vocabulary_id": "dm+d", "concept_code": "39113611000001102"},
            {"concept_id": 2, "vocabulary_id": "RxNorm", "concept_code": "83367"},
        ],
        drug_exposure=[
            {"person_id": 1, "drug_exposure_start_date": DAY(2020, 1, 1), "drug_source_concept_id": source}
            for source in (1, 2)
        ],
    )
    assert rows(core.medications, store, backend="omop-uk") == [(1, DAY(2020, 1, 1), "39113611000001102")]


@pytest.mark.parametrize(
    ("table", "why"), [(core.medications, "RxNorm"), (core.ons_deaths, "civil registration")]
)
def test_what_would_not_be_honest_is_refused_by_name_with_the_reason(
    tmp_path: Path, table: Any, why: str
) -> None:
    with pytest.raises(Mistake, match=f"core.{table._node.name}.*{why}") as told:
        rows(table, omop_store(tmp_path / "store"))
    assert told.value.code == "Q103"


def test_a_store_without_the_vocabulary_says_what_is_missing(tmp_path: Path) -> None:
    store = omop_store(tmp_path / "store")
    description = store / "store.json"
    description.write_text(description.read_text().replace('"concept_code"', '"concept_kode"'))
    with pytest.raises(Mistake, match="`concept` lacks `concept_code`") as told:
        rows(core.clinical_events, store)
    assert told.value.code == "Q104"


def test_a_core_study_runs_on_a_real_export(omop_export: Path, tmp_path: Path) -> None:
    """Adults followed on a day, with diabetes or prediabetes before it, and their latest body weight."""
    import_omop(omop_export, to=tmp_path / "store")
    day = DAY(2015, 1, 1)
    events, patients = core.clinical_events, core.patients
    before = events.where(events.date.is_on_or_before(day))
    weight = before.where(events.snomedct_code.is_in(["27113001"])).sort_by(events.date).last_for_patient()
    dataset = n.Dataset(
        (core.practice_registrations.exists_for_patient_on(day) & (patients.age_on(day) >= 18))._node,
        (
            ("sex", patients.sex._node),
            ("age", patients.age_on(day)._node),
            (
                "diabetes",
                before.where(events.snomedct_code.is_in(["44054006", "15777000"])).exists_for_patient()._node,
            ),
            ("events", before.count_for_patient()._node),
            ("weight", weight.numeric_value._node),
        ),
    )
    with closing(
        results_of(dataset, database=Database(dsn=str(tmp_path / "store"), backend="omop"))
    ) as results:
        (found,) = [result.rows.read_all().to_pylist() for result in results]
    assert found and all(row["sex"] in {"male", "female"} and row["age"] >= 18 for row in found)
    assert sum(row["events"] for row in found) > 100

"""Definitions in the manner of public studies: each loads, gets invented patients, and is answered as it is meant."""

from __future__ import annotations

import random
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from armslength.query.dummy.inventor import Invented
from armslength.query.dummy.ordering import configuration_from, invent_for_dataset, invent_for_measures
from armslength.query.dummy.tables import as_arrow
from armslength.query.language.dummy_data import DummyDataConfig
from armslength.query.loading.load import load
from armslength.query.loading.loaded import LoadedDefinition
from armslength.testing import extract_all

STUDY = Path(__file__).parent
HELPERS = {"codelists", "databases", "variable_lib"}
DEFINITIONS = sorted(path.stem for path in (STUDY / "analysis").glob("*.py") if path.stem not in HELPERS)
PARAMETERS = {
    "joint_replacement": ("--cohort", "all", "--weeks", "40"),
    "measures_service_restoration": ("--start-date", "2020-01-01", "--intervals", "2"),
    "qof_diabetes": ("--index", "2022-03-31"),
    "weekly_measures": ("--start", "2022-02-07", "--weeks", "2"),
}
MOST_PATIENTS = 12  # the reference interpreter takes its time
MISSING = 0.1  # the share of values that shaken rows lose

Rows = dict[str, list[dict[str, Any]]]


@cache
def loaded(name: str) -> LoadedDefinition:
    return load(Path("analysis") / f"{name}.py", parameters=PARAMETERS.get(name, ()), say=lambda text: None)


@cache
def invented(name: str) -> Invented:
    definition = loaded(name)
    wishes = configuration_from(
        definition.dummy_data_of("dataset" if definition.dataset is not None else "measures")
    )
    fewer = DummyDataConfig(
        population_size=min(wishes.population_size or MOST_PATIENTS, MOST_PATIENTS),
        timeout=wishes.timeout,
        additional_population_constraint=wishes.additional_population_constraint,
    )
    if definition.dataset is not None:
        return invent_for_dataset(definition.dataset, fewer)
    return invent_for_measures(definition.require_measures(), fewer)


def rows_of(found: Invented) -> Rows:
    return {name: table.to_pylist() for name, table in as_arrow(found).items()}


def shaken(rows: Rows) -> Rows:
    """Every value in some row of its column, some values lost: rows as nobody would invent them, with many ties."""
    chance = random.Random(3)
    found: Rows = {}
    for table, given in rows.items():
        names = list(given[0]) if given else []
        columns = {name: [row[name] for row in given] for name in names}
        for name in names[1:]:
            chance.shuffle(columns[name])
            columns[name] = [None if chance.random() < MISSING else value for value in columns[name]]
        found[table] = [{name: columns[name][i] for name in names} for i, _ in enumerate(given)]
    return found


def in_any_order(answer: dict[str, list[dict[str, Any]]]) -> dict[str, list[Any]]:
    return {
        table: sorted(
            (tuple((k, round(v, 6) if isinstance(v, float) else v) for k, v in row.items()) for row in rows),
            key=repr,
        )
        for table, rows in answer.items()
    }


@pytest.fixture(autouse=True)
def in_the_study(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(STUDY)


def test_there_are_enough_of_them() -> None:
    assert len(DEFINITIONS) >= 25


@pytest.mark.parametrize("name", DEFINITIONS)
def test_as_many_patients_are_invented_as_are_asked_for(name: str) -> None:
    definition, found = loaded(name), invented(name)
    assert found.why_fewer == ""
    if definition.dataset is not None:
        answer = extract_all(definition.dataset, rows_of(found), engine="reference")
        assert {row["patient_id"] for row in answer["dataset"]} == set(found.patients)


@pytest.mark.parametrize("name", DEFINITIONS)
def test_every_engine_gives_the_answer_of_the_reference(name: str) -> None:
    definition = loaded(name)
    query = definition.dataset or definition.require_measures()
    for rows in (rows_of(invented(name)), shaken(rows_of(invented(name)))):
        expected = extract_all(query, rows, engine="reference")
        assert in_any_order(extract_all(query, rows, engine="duckdb")) == in_any_order(expected)


@pytest.mark.parametrize("name", DEFINITIONS)
def test_most_branches_and_filters_are_shown(name: str) -> None:
    found = invented(name)
    assert found.coverage.shown >= 0.7 * len(found.coverage.findings)

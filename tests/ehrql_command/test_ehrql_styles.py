"""The many ways in which studies write definitions: each loads, and every engine gives the reference's answer."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import pytest

from armslength.query.loading.example_data import example_files
from armslength.query.loading.load import load
from armslength.testing import extract_all

STUDY = Path(__file__).parent / "definitions"
HELPERS = {"codelists", "helpers"}
DEFINITIONS = sorted(path.stem for path in (STUDY / "analysis").glob("*.py") if path.stem not in HELPERS)
ENGINES = ("duckdb", "postgresql")  # the others answer the specifications
PARAMETERS = {
    "parameters": ["--start_date", "2021-01-01", "--codes", "44054006", "46635009"],
    "argument_parser": ["--start-date", "2021-01-01", "--cohort", "old"],
    "positional_argument": ["3"],
}
NUMBERS = {"practice_pseudo_id": int, "numeric_value": float}


def example_rows() -> dict[str, list[dict[str, Any]]]:
    """The example data, as rows for tests."""
    found: dict[str, list[dict[str, Any]]] = {}
    for table, file in example_files().items():
        rows = csv.DictReader(file.read_text().splitlines())
        found[table] = [
            {
                name: NUMBERS.get(name, int if name == "patient_id" else str)(text)
                for name, text in row.items()
                if text
            }
            for row in rows
        ]
    return found


@pytest.fixture
def loaded(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.chdir(STUDY)
    said: list[str] = []
    path = Path("analysis") / f"{request.param}.py"
    definition = load(path, parameters=PARAMETERS.get(request.param, []), say=said.append)
    return definition, "".join(said)


def test_there_are_enough_of_them() -> None:
    assert len(DEFINITIONS) >= 25


@pytest.mark.parametrize("loaded", DEFINITIONS, indirect=True, ids=DEFINITIONS)
def test_a_definition_loads_and_every_engine_gives_the_reference_answer(loaded: Any, postgresql: str) -> None:
    definition, _ = loaded
    assert definition.dataset is not None or definition.measures is not None, definition.problems
    for query in (definition.dataset, definition.measures):
        for given in ({}, example_rows()) if query is not None else ():
            expected = extract_all(query, given, engine="reference")
            for engine in ENGINES:
                assert extract_all(query, given, engine=engine) == expected
            if given and query is definition.dataset and "cases" not in definition.path.read_text():
                assert set(expected) >= {"dataset"}


@pytest.mark.parametrize("loaded", ["retired_names"], indirect=True)
def test_retired_names_are_told_once_each_with_the_new_import(loaded: Any) -> None:
    _, said = loaded
    assert said.count("notice:") == 2
    for namespace in ("core", "tpp"):
        assert said.count(f"`ehrql.tables.beta.{namespace}` is retired") == 1
        assert f"`ehrql.tables.{namespace}`" in said


@pytest.mark.parametrize("loaded", ["parameters"], indirect=True)
def test_parameters_reach_the_definition(loaded: Any) -> None:
    from armslength.query.model import nodes as n

    definition, _ = loaded
    values = [node.value for node in n.walk(definition.dataset) if isinstance(node, n.Value)]
    assert frozenset({"44054006", "46635009"}) in values

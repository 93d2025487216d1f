"""Studies of the query tool before ehrQL are recognised, answered precisely, and never run."""

from __future__ import annotations

import importlib
import re
from pathlib import Path

import pytest

from armslength.cli import run
from armslength.cli.ehrql import run as ehrql
from armslength.query.loading.cohort_extractor import COUNTERPARTS, why_not_study_definition

HOW_TO = Path(__file__).parents[2] / "docs" / "how-to" / "migrate-from-cohortextractor.md"
DEFINITION = """\
from cohortextractor import Measure, StudyDefinition, patients
open("ran", "w")
study = StudyDefinition(
    default_expectations={"date": {"earliest": "1900-01-01", "latest": "today"}},
    population=patients.registered_as_of("2020-01-01"),
    age=patients.age_as_of("2020-01-01", return_expectations={}),
    old=patients.satisfying("age > 80", x=patients.age_as_of("2021-01-01")),
    odd=patients.with_magic(),
)
measures = [Measure(id="a", numerator="x", denominator="population")]
"""
PROJECT = """\
version: "{version}"
{expectations}actions:
  cohort:
    run: cohortextractor:latest generate_cohort --study-definition study_definition
    outputs: {{highly_sensitive: {{cohort: output/input.csv}}}}
"""


@pytest.fixture
def legacy(study: Path) -> Path:
    (study / "analysis").mkdir()
    (study / "analysis" / "study_definition.py").write_text(DEFINITION)
    return study


@pytest.mark.parametrize("command", ["generate-dataset", "generate-measures", "dump-dataset-sql"])
def test_a_study_definition_is_told_function_by_function_and_not_run(command, legacy, capsys):
    assert ehrql([command, "analysis/study_definition.py"]) == 10
    told = capsys.readouterr().err
    assert "error Q010: `study_definition.py` is a study definition for cohortextractor" in told
    assert "analysis/study_definition.py:1" in told and HOW_TO.name in told
    assert "patients.age_as_of (2) → patients.age_on(date)" in told
    assert "patients.with_magic (1) → unknown" in told and "create_measures()" in told
    assert not (legacy / "ran").exists()


@pytest.mark.parametrize(
    "text",
    [
        "from ehrql import create_dataset\n",
        "# from cohortextractor import x\n",
        "import cohortextractor2\n",
        "x =",
    ],
)
def test_other_definitions_are_left_to_the_loader(text, study):
    (study / "study_definition.py").write_text(text)
    assert why_not_study_definition(study / "study_definition.py") is None


def test_the_how_to_lists_every_function_as_the_message_does():
    text = HOW_TO.read_text()
    rows = "\n".join(
        f"| `{name}` | {told.replace('|', chr(92) + '|')} |" for name, told in COUNTERPARTS.items()
    )
    assert rows in text and len(COUNTERPARTS) == 50


def test_counterparts_name_tables_that_exist():
    tables = {
        table
        for name in ("core", "tpp", "emis", "raw.tpp", "raw.core")
        for table in dir(importlib.import_module(f"ehrql.tables.{name}"))
    }
    named = {
        found for told in COUNTERPARTS.values() for found in re.findall(r"\b([a-z_0-9]+)\.(?!py)[a-z]", told)
    }
    assert named - tables - {"dataset", "measures", "numeric_value"} == set()


@pytest.mark.parametrize(
    ("version", "expectations"),
    [("3.0", "expectations: {population_size: 1000}\n"), ("4.0", ""), ("5.0", "")],
)
def test_a_pipeline_with_its_actions_is_answered_with_the_way_on(version, expectations, legacy, capsys):
    (legacy / "project.yaml").write_text(PROJECT.format(version=version, expectations=expectations))
    status = run(["validate"])
    told = capsys.readouterr().err
    assert status == (0 if version == "3.0" else 1)
    assert "cohortextractor" in told and "generate-dataset" in told and "project.yaml" in told
    assert run(["run", "run_all"]) != 0
    assert "generate-dataset" in capsys.readouterr().err
    assert not (legacy / "ran").exists() and not (legacy / "output").exists()

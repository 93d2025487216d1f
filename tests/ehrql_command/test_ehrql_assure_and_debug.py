"""Assurance tests, `show()` in debug runs, example data, the other small commands, and abbreviations."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from armslength.cli.ehrql import run

TESTED = """\
from datetime import date
from d import dataset
test_data = {
    1: {
        "patients": {"date_of_birth": date(1940, 3, 1), "sex": "female"},
        "clinical_events": [{"date": date(2020, 1, 1), "snomedct_code": "123456789"}, {"numeric_value": 3}],
        "expected_columns": {"sex": "female", "events": EVENTS},
    },
    2: {
        "patients": [{"date_of_birth": date(2000, 1, 1), "sex": SEX}],
        "clinical_events": [],
        "expected_in_population": False,
    },
}
"""


def written_tests(study: Path, *, events: str = "2", sex: str = "'male'") -> str:
    (study / "t.py").write_text(TESTED.replace("EVENTS", events).replace("SEX", sex))
    return "t.py"


def test_a_dataset_that_does_what_is_expected_is_assured(ehrql, study):
    done = ehrql(study, "assure", written_tests(study))
    assert (done.returncode, done.stdout) == (0, "Test data\n  All OK\n\nResults\n  All OK\n")


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"events": "5"}, "Patient 1\n    events: expected 5, got 2"),
        ({"events": "None"}, "events: expected None, got 2"),
        (
            {"sex": "'mail'"},
            "patients.sex: 'mail' breaks a promise of the contract: Possible values: `female`",
        ),
        ({"sex": "3"}, "patients.sex: expected str, got 3"),
    ],
)
def test_what_differs_is_reported_on_stderr(ehrql, study, change, said):
    done = ehrql(study, "assure", written_tests(study, **change))
    assert done.returncode == 13 and done.stdout == ""
    assert "error Q241: 1 of the test patients is not as expected" in done.stderr and said in done.stderr


@pytest.mark.parametrize(
    ("old", "new", "status", "said"),
    [
        ('"expected_in_population": False', '"expected_columns": {}', 13, "expected in the population"),
        ('"clinical_events": [],\n', "", 13, "no rows for table `clinical_events`"),
        ('"sex": "female"', '"sxe": "female"', 13, "there is no such column"),
        ('"events": EVENTS', '"eventz": 1', 13, "no variable `eventz`"),
        ('"expected_in_population": False', '"x": 1', 13, "must be a dict of expected values"),
        ("test_data = {", "tested = {", 10, "no variable called `test_data`"),
        ("test_data = {", "test_data = {'one': 1,", 13, "a patient number and a dict"),
        ("test_data = {", "test_data = {9: object(),", 10, "`test_data` cannot be used"),
        ('[{"date_of_birth": date(2000, 1, 1), "sex": SEX}]', "[{}, {}]", 13, "at most one for each patient"),
    ],
)
def test_tests_that_cannot_be_right_are_told(ehrql, study, old, new, status, said):
    assert old in TESTED
    (study / "t.py").write_text(TESTED.replace(old, new, 1).replace("EVENTS", "2").replace("SEX", "'male'"))
    done = ehrql(study, "assure", "t.py")
    assert done.returncode == status, done.stderr
    assert said in done.stderr and "Traceback" not in done.stderr


def test_a_dataset_is_written_only_when_its_tests_hold(ehrql, study, store):
    line = ("generate-dataset", "d.py", "--output", "x.csv", "--dsn", store, "--test-data-file")
    failed = ehrql(study, *line, written_tests(study, events="5"))
    assert failed.returncode == 13 and not (study / "x.csv").exists()
    done = ehrql(study, *line, written_tests(study))
    assert done.returncode == 0 and (study / "x.csv").exists() and "All OK" in done.stdout


SHOWN = """\
from ehrql import *
from ehrql.tables.core import clinical_events as events, patients, medications
show(events.where(events.numeric_value > 1), label="high")
show(patients.age_on("2024-01-01"))
show(events.numeric_value, events.date)
show(patients.sex, patients.date_of_birth)
show(patients.date_of_birth - "2000-01-01")
show(patients, head=1)
dataset = create_dataset()
show(dataset)
dataset.born = patients.date_of_birth
dataset.add_event_table("seen", value=events.numeric_value)
show(dataset)
dataset.define_population(patients.sex == "male")
show(dataset)
show(dataset.seen, head=1, tail=1)
"""


@pytest.fixture
def shown(study):
    tables = study / "tables"
    tables.mkdir()
    (tables / "patients.csv").write_text(
        "patient_id,sex,date_of_birth\n2,male,1980-01-01\n1,female,1999-12-31\n3,<b>,\n"
    )
    (tables / "clinical_events.csv").write_text(
        "patient_id,date,numeric_value\n2,2020-01-01,3.5\n1,2021-01-01,1\n2,2022-01-01,\n"
    )
    (study / "s.py").write_text(SHOWN)
    return study


def test_show_prints_tables_on_stderr_and_nothing_on_stdout(ehrql, shown):
    done = ehrql(shown, "debug", "s.py", "--dummy-tables", "tables")
    assert (done.returncode, done.stdout) == (0, ""), done.stderr
    assert done.stderr == (Path(__file__).parent / "golden" / "show.txt").read_text()


def test_show_prints_html_on_one_line_and_escapes_values(ehrql, shown):
    done = ehrql(shown, "debug", "s.py", "--dummy-tables", "tables", "--display-format", "html")
    tables = [line for line in done.stderr.splitlines() if "<table>" in line]
    assert len(tables) == 10
    for line in tables:
        assert line.startswith("<!-- start debug output --><table>")
        assert line.endswith("</table><!-- end debug output -->")
    assert "&lt;b&gt;" in done.stderr and "<b>" not in done.stderr


def test_without_tables_show_looks_at_the_example_data(ehrql, shown):
    done = ehrql(shown, "debug", "s.py")
    assert done.returncode == 0 and "high" in done.stderr


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("show(1)", "takes either one table, series or dataset"),
        ("show(patients, events)", "takes either"),
        ("show(patients.sex, events.date)", "takes either"),
        ("show(medications)", "there is no `medications.csv`"),
    ],
)
def test_what_cannot_be_shown_is_told_with_its_line(ehrql, shown, line, said):
    (shown / "s.py").write_text(SHOWN.split("show", 1)[0] + line + "\n")
    done = ehrql(shown, "debug", "s.py", "--dummy-tables", "tables")
    assert done.returncode in (10, 11) and said in done.stderr and "s.py:3" in done.stderr


def test_a_folder_that_is_none_is_a_usage_mistake(ehrql, shown):
    assert ehrql(shown, "debug", "s.py", "--dummy-tables", "s.py").returncode == 2


def test_show_is_silent_about_values_outside_debug_runs(ehrql, shown):
    done = ehrql(shown, "dump-dataset-sql", "s.py")
    assert done.returncode == 0
    assert "Show line 3: high\n - show() ignored" in done.stderr and "1999" not in done.stderr


def test_example_data_replaces_its_own_files_only(ehrql, study):
    folder = study / "example-data"
    folder.mkdir()
    (folder / "patients.csv").write_text("old")
    (folder / "mine.txt").write_text("mine")
    assert ehrql(study, "dump-example-data").returncode == 0
    names = {"patients", "practice_registrations", "clinical_events", "medications", "ons_deaths"}
    assert {path.stem for path in folder.glob("*.csv")} == names
    assert (folder / "patients.csv").read_text().startswith("patient_id,date_of_birth,sex")
    assert (folder / "mine.txt").read_text() == "mine"
    assert ehrql(study, "dump-example-data", "-d", "elsewhere/deep").returncode == 0
    (study / "file").write_text("")
    failed = ehrql(study, "dump-example-data", "--dst-dir", "file")
    assert failed.returncode == 1 and "Q123" in failed.stderr


def test_chores_of_a_backend_are_told(ehrql, study):
    assert "Backends on Trino have the task cleanup-temp-tables" in ehrql(study, "backend-admin").stdout
    assert ehrql(study, "backend-admin", "emisv2").stdout == (
        "The backend `emisv2` has the task cleanup-temp-tables.\n"
    )
    assert ehrql(study, "backend-admin", "core").stdout == "The backend `core` has no tasks.\n"
    refused = ehrql(study, "backend-admin", "core", "cleanup-temp-tables")
    assert refused.returncode == 2 and "Q055" in refused.stderr and "nothing to clean up" in refused.stderr
    assert ehrql(study, "backend-admin", "nobody").returncode == 1


def test_statements_are_numbered_and_values_are_written_out(ehrql, study):
    codes = [str(100_000_000 + i) for i in range(10)]
    with (study / "d.py").open("a") as file:
        file.write(
            f"dataset.x = clinical_events.where(clinical_events.snomedct_code.is_in({codes})).count_for_patient()\n"
        )
    text = ehrql(study, "dump-dataset-sql", "d.py").stdout
    statements = text.rstrip("\n").split(";\n\n")
    of = len(statements)
    assert of > 12
    for number, statement in enumerate(statements, start=1):
        what = "Fetch results from query" if number == of else "Run query"
        assert statement.startswith(f"-- {what} {number:03} / {of:03}\n")
    assert text.count("INSERT INTO") == 10 and "'100000009'" in text


def test_the_statements_do_not_depend_on_how_python_orders_its_sets(study):
    texts = set()
    (study / "d.py").write_text(
        (study / "d.py").read_text()
        + "dataset.m = patients.sex.is_in({'male', 'female', 'intersex', 'unknown'})\n"
    )
    for seed in ("0", "1", "2"):
        line = [sys.executable, "-m", "ehrql", "dump-dataset-sql", "d.py"]
        given = {"PATH": os.defpath, "PYTHONHASHSEED": seed}
        done = subprocess.run(line, cwd=study, env=given, capture_output=True, text=True, check=True)
        texts.add(done.stdout)
    assert len(texts) == 1


def test_options_may_be_shortened(ehrql, study, store):
    assert ehrql(study, "generate-dataset", "d.py", "--outp", "x.csv", "--ds", store).returncode == 0
    assert (study / "x.csv").exists()
    ambiguous = ehrql(study, "generate-dataset", "d.py", "--dummy", "x")
    assert ambiguous.returncode == 2 and "ambiguous" in ambiguous.stderr


def test_commands_are_not_shortened(capsys):
    assert run(["generate-data"]) == 2
    assert "did you mean `generate-dataset`?" in capsys.readouterr().err

"""The small print of the `ehrql` command: what older runners and project files rely on."""

from __future__ import annotations

import argparse
import importlib
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from armslength.cli.ehrql import COMMANDS
from armslength.query.loading.isolation import VARIABLE

BOTH = """\
from ehrql import create_dataset, create_measures, years
from ehrql.tables.core import patients
dataset = create_dataset()
dataset.define_population(patients.exists_for_patient())
dataset.sex = patients.sex
dataset.configure_dummy_data(population_size=7)
measures = create_measures()
measures.define_measure(
    "women",
    numerator=patients.sex == "female",
    denominator=patients.exists_for_patient(),
    intervals=years(1).starting_on("2020-01-01"),
)
measures.configure_dummy_data(population_size=23)
"""


def test_a_file_with_a_dataset_and_measures_keeps_what_each_says_of_invented_data(ehrql, study):
    (study / "both.py").write_text(BOTH)
    dataset = ehrql(study, "generate-dataset", "both.py")
    assert len(dataset.stdout.splitlines()) == 1 + 7
    assert "invented 23 patients" in ehrql(study, "generate-measures", "both.py").stderr
    assert "invented 23 patients" in ehrql(study, "create-dummy-tables", "both.py").stderr


@pytest.fixture
def folder(study: Path) -> Path:
    """A plain folder with a file for each table, which is no store."""
    folder = study.parent / "tables"
    folder.mkdir()
    (folder / "patients.csv").write_text(
        "patient_id,date_of_birth,sex\n1,1940-03-01,female\n2,2000-01-01,male\n3,1930-07-01,male\n"
    )
    (folder / "clinical_events.csv").write_text("patient_id,date\n1,2020-01-01\n1,2021-01-01\n2,2020-01-01\n")
    return folder


@pytest.mark.parametrize("engine", ["", "localfile", "csv", "duckdb", "some.package.LocalFileQueryEngine"])
def test_a_plain_folder_of_tables_can_be_the_database(ehrql, study, folder, engine):
    done = ehrql(study, "generate-dataset", "d.py", DATABASE_URL=folder, OPENSAFELY_QUERY_ENGINE=engine)
    assert done.stdout.splitlines()[1:] == ["1,female,2", "3,male,0"], done.stderr


def test_measures_and_attrition_are_asked_of_a_plain_folder_too(ehrql, study, folder):
    (study / "both.py").write_text(BOTH)
    done = ehrql(study, "generate-measures", "both.py", "--dsn", folder)
    assert done.stdout.splitlines()[1] == "women,2020-01-01,2020-12-31,,0,0"
    assert ehrql(study, "attrition", "d.py", "--dsn", folder).returncode == 0
    assert ehrql(study, "test-connection", "-u", folder).stdout == "SUCCESS\n"


def test_a_plain_folder_is_real_data_and_its_permissions_are_those_granted(ehrql, study, folder):
    (study / "e.py").write_text(
        (study / "d.py").read_text()
        + 'from ehrql import claim_permissions\nclaim_permissions("event_level_data")\n'
        + 'dataset.add_event_table("seen", on=clinical_events.date)\n'
    )
    line = ("generate-dataset", "e.py", "--dsn", folder, "--output", "out/:csv")
    assert ehrql(study, *line).returncode == 12
    empty = study / "other"
    empty.mkdir()
    (empty / "nothing.csv").write_text("patient_id\n")
    assert ehrql(study, "generate-dataset", "e.py", "--dsn", empty).returncode == 12, (
        "files come after permissions"
    )
    assert ehrql(study, *line, EHRQL_PERMISSIONS='["event_level_data"]').returncode == 0
    assert (study / "out" / "seen.csv").read_text().splitlines()[1:] == ["1,2020-01-01", "1,2021-01-01"]


def test_what_does_not_fit_in_a_plain_folder_is_told_with_row_and_column(ehrql, study, folder):
    (folder / "patients.csv").write_text("patient_id,date_of_birth,sex\n1,yesterday,female\n")
    done = ehrql(study, "generate-dataset", "d.py", "--dsn", folder)
    assert done.returncode == 11 and "row 1, column date_of_birth" in done.stderr
    (folder / "patients.csv").unlink()
    done = ehrql(study, "generate-dataset", "d.py", "--dsn", folder)
    assert done.returncode == 11 and "no file for table `patients`" in done.stderr


@pytest.mark.parametrize("name", ["sqlite", "some.package.SQLiteQueryEngine", "no.such.Engine"])
def test_engines_that_are_not_installed_are_refused_by_name(ehrql, study, store, name):
    for line in (("generate-dataset", "d.py", "--dsn", store), ("dump-dataset-sql", "d.py")):
        done = ehrql(study, *line, "--query-engine", name)
        assert done.returncode == 2
        assert f"the engine `{name}` is not installed" in done.stderr and "duckdb" in done.stderr


@pytest.mark.parametrize("name", ["graphnet", "some.package.GraphnetBackend", "armslength.query.backends"])
def test_backends_that_are_not_installed_are_refused_before_anything_runs(ehrql, study, store, name):
    done = ehrql(study, "generate-dataset", "d.py", "--dsn", store, OPENSAFELY_BACKEND=name)
    assert done.returncode == 2
    assert f"no backend is called `{name}`" in done.stderr and "core, " in done.stderr
    assert "this is printed while loading" not in done.stderr


@pytest.mark.parametrize(
    "named",
    [
        ("--backend", "graphnet"),
        ("--query-engine", "no.such.Engine"),
        ("--output", "x.txt"),
        ("--output", "x/:y"),
    ],
)
def test_without_a_database_too_names_of_nothing_are_refused_before_anything_runs(ehrql, study, named):
    done = ehrql(study, "generate-dataset", "gone_wrong.py", *named)
    assert done.returncode == 2
    assert named[1].rpartition(":")[2] in done.stderr and "not exist" not in done.stderr


def test_without_a_database_engines_of_other_places_may_be_named(ehrql, study):
    named = ("--query-engine", "sqlite", "--backend", "tpp")
    assert ehrql(study, "generate-dataset", "d.py", *named).returncode == 0


@pytest.mark.parametrize("command", ["generate-dataset", "generate-measures"])
def test_where_nothing_is_real_the_claim_that_is_missing_is_written_out(ehrql, study, command):
    (study / "both.py").write_text(
        "from ehrql import claim_permissions\n"
        "from ehrql.tables.tpp import appointments\n"
        + BOTH.replace("dataset.sex = patients.sex", "dataset.n = appointments.count_for_patient()").replace(
            'numerator=patients.sex == "female"', "numerator=appointments.exists_for_patient()"
        )
        + 'claim_permissions("ukrr")\n'
    )
    done = ehrql(study, command, "both.py")
    assert done.returncode == 12
    assert "`appointments` for table `tpp.appointments`" in done.stderr
    assert '`claim_permissions("ukrr", "appointments")`' in done.stderr


def test_engines_and_backends_of_other_packages_are_named_by_their_path(ehrql, study, store, monkeypatch):
    (study / "ours_elsewhere.py").write_text(
        "from armslength.query.backends.core import BACKEND\n"
        "from armslength.query.engines.dialects.duckdb import DuckDB as Engine\n"
    )
    monkeypatch.syspath_prepend(study)
    usual = ehrql(study, "generate-dataset", "d.py", "--dsn", store)
    named = ("--backend", "ours_elsewhere.BACKEND", "--query-engine", "ours_elsewhere.Engine")
    done = ehrql(study, "generate-dataset", "d.py", "--dsn", store, *named)
    assert (done.returncode, done.stdout) == (0, usual.stdout)
    swapped = ("--backend", "ours_elsewhere.Engine", "--query-engine", "ours_elsewhere.BACKEND")
    assert ehrql(study, "generate-dataset", "d.py", "--dsn", store, *swapped).returncode != 0


def test_who_asks_for_the_older_way_of_inventing_patients_is_told_that_there_is_one_way(ehrql, study):
    (study / "d.py").write_text((study / "d.py").read_text() + "dataset.configure_dummy_data(legacy=True)\n")
    assert "[warning] `legacy=True` changes nothing" in ehrql(study, "generate-dataset", "d.py").stderr


@pytest.mark.parametrize("name", ["expectations", "test"])
def test_some_names_of_backends_mean_none(ehrql, study, store, name):
    done = ehrql(study, "generate-dataset", "d.py", "--dsn", store, OPENSAFELY_BACKEND=name)
    assert done.returncode == 0 and len(done.stdout.splitlines()) > 10
    assert ehrql(study, "test-connection", BACKEND=name, DATABASE_URL=store).stdout == "SUCCESS\n"


def test_log_level_debug_tells_every_step_and_no_level_tells_less_than_usual(ehrql, study, store):
    line = ("generate-dataset", "d.py", "--dsn", store)
    for level in ("", "INFO", "critical"):
        told = ehrql(study, *line, LOG_LEVEL=level).stderr
        assert "[info   ] loaded d.py" in told and "[debug  ]" not in told
    done = ehrql(study, *line, LOG_LEVEL="DEBUG")
    assert "[debug  ] step 1 of" in done.stderr and "step 1 of" not in done.stdout


def test_a_level_that_is_none_is_refused(ehrql, study, store):
    done = ehrql(study, "generate-dataset", "d.py", "--dsn", store, LOG_LEVEL="LOUD")
    assert done.returncode == 2 and "Q056" in done.stderr and "DEBUG" in done.stderr


def test_log_sql_tells_the_statements_of_datasets_and_measures(ehrql, study, store, folder):
    (study / "both.py").write_text(BOTH)
    for command in ("generate-dataset", "generate-measures"):
        for where in (["--dsn", store], ["--dsn", folder], ["--dummy-tables", folder], []):
            quiet = ehrql(study, command, "both.py", *where)
            told = ehrql(study, command, "both.py", *where, LOG_SQL="1")
            assert (told.returncode, told.stdout) == (0, quiet.stdout)
            assert "SELECT" in told.stderr and "SELECT" not in quiet.stderr


def test_random_hashes_are_warned_of_as_runners_expect(study):
    def told(seed: str) -> str:
        environment = {"PATH": os.defpath, "PYTHONHASHSEED": seed}
        line = [sys.executable, "-m", "ehrql", "dump-dataset-sql", "d.py"]
        return subprocess.run(
            line, cwd=study, env=environment, capture_output=True, text=True, check=True
        ).stderr

    assert told("7").startswith("[warning] PYTHONHASHSEED is not 0 here")
    assert "PYTHONHASHSEED" not in told("0")


@pytest.mark.parametrize(
    "variable",
    [
        "EHRQL_MAX_MULTIVALUE_PARAM_LENGTH",
        "EHRQL_MAX_JOIN_COUNT",
        "TEMP_DATABASE_NAME",
        "EMIS_ORGANISATION_HASH",
    ],
)
def test_variables_for_other_engines_change_nothing(ehrql, study, store, variable):
    line = ("generate-dataset", "d.py", "--dsn", store)
    assert ehrql(study, *line, **{variable: "1"}).stdout == ehrql(study, *line).stdout != ""


def test_assurance_tests_come_first_without_a_database_too(ehrql, study):
    tests = (
        "from d import dataset\n"
        'test_data = {1: {"patients": {"date_of_birth": "1940-03-01", "sex": "female"}, "clinical_events": [], '
        '"expected_columns": {"sex": "SEX"}}}\n'
    )
    (study / "t.py").write_text(
        "from datetime import date\n" + tests.replace('"1940-03-01"', "date(1940, 3, 1)")
    )
    line = ("generate-dataset", "d.py", "--test-data-file", "t.py", "--output", "x.csv")
    failed = ehrql(study, *line)
    assert failed.returncode == 13 and "expected" in failed.stderr and not (study / "x.csv").exists()
    (study / "t.py").write_text((study / "t.py").read_text().replace("SEX", "female"))
    done = ehrql(study, *line)
    assert done.returncode == 0 and "All OK" in done.stdout and (study / "x.csv").exists()


ROOT = Path(__file__).parents[2] / "src" / "armslength"
MANUAL = (Path(__file__).parents[2] / "docs" / "reference" / "ehrql-command.md").read_text()


@pytest.mark.parametrize("command", list(COMMANDS))
def test_every_command_and_argument_is_in_the_manual(command):
    parser = argparse.ArgumentParser(add_help=False)
    importlib.import_module(f"armslength.cli.ehrql.{COMMANDS[command][0]}").add_arguments(parser)
    found = re.search(rf"^### {command}\n(.*?)(?=^##)", MANUAL, re.M | re.S)
    assert found, "the command has no section"
    missing = [
        name
        for action in parser._actions
        for name in action.option_strings or [action.dest]
        if f"`{name}`" not in found[1]
    ]
    assert not missing


def test_every_variable_that_is_read_is_in_the_manual():
    sources = [*(ROOT / "cli" / "ehrql").glob("*.py"), *(ROOT / "query" / "loading").glob("*.py")]
    text = "\n".join(path.read_text() for path in sources)
    read = set(re.findall(r"environ(?:ment)?(?:\.get\(|\[)\"([A-Z_]+)\"", text)) | {VARIABLE}
    assert len(read) >= 8
    assert {name for name in read if f"`{name}`" not in MANUAL} == set()


FROM_FILE = """\
from ehrql import create_dataset, table_from_file
from ehrql.codes import SNOMEDCTCode
chosen = table_from_file("PATH", columns={"code": SNOMEDCTCode, "n": int})
dataset = create_dataset()
dataset.define_population(chosen.exists_for_patient())
dataset.code = chosen.code
dataset.n = chosen.n
dataset.known = chosen.code.is_in(["123456789"])
"""


def written_with_file(study: Path, path: str, rows: str = "") -> None:
    (study / "f.py").write_text(FROM_FILE.replace("PATH", path))
    (study / "outputs").mkdir(exist_ok=True)
    (study / "outputs" / "chosen.csv").write_text(f"patient_id,code,n\n1,123456789,5\n{rows}")


def test_codes_in_a_file_of_the_study_are_what_they_are(ehrql, study, store):
    written_with_file(study, "outputs/chosen.csv", "2,not a code,\n3,,1\n")
    for where in (["--dsn", store], []):
        done = ehrql(study, "generate-dataset", "f.py", *where)
        assert done.stdout.splitlines()[1:] == ["1,123456789,5,T", "2,not a code,,F", "3,,1,"], done.stderr


def test_a_code_that_a_definition_writes_is_checked_all_the_same(ehrql, study):
    written_with_file(study, "outputs/chosen.csv")
    (study / "f.py").write_text((study / "f.py").read_text().replace('"123456789"', '"not a code"'))
    done = ehrql(study, "generate-dataset", "f.py")
    assert done.returncode == 10 and "Q218" in done.stderr


@pytest.mark.parametrize("isolation", ["default", "never"])
@pytest.mark.parametrize("link", [False, True])
def test_a_file_outside_the_study_is_refused(ehrql, study, isolation, link):
    (study.parent / "secret.csv").write_text("patient_id,code,n\n1,123456789,5\n")
    written_with_file(study, "linked.csv" if link else "../secret.csv")
    if link:
        (study / "linked.csv").symlink_to(study.parent / "secret.csv")
    done = ehrql(study, "generate-dataset", "f.py", EHRQL_ISOLATE_USER_CODE=isolation)
    assert done.returncode == 11 and "outside the study" in done.stderr and "f.py:3" in done.stderr


def test_a_file_that_is_missing_or_wrong_ends_with_the_status_of_files(ehrql, study):
    written_with_file(study, "outputs/none.csv")
    assert ehrql(study, "generate-dataset", "f.py").returncode == 11
    written_with_file(study, "outputs/chosen.csv", "2,123456789,x\n")
    done = ehrql(study, "generate-dataset", "f.py")
    assert done.returncode == 11 and "row 2, column `n`" in done.stderr


def test_parameters_are_told_as_they_were_understood(ehrql, study):
    done = ehrql(study, "dump-dataset-sql", "d.py", "--", "--oldest", "0070")
    assert "parameter `oldest`: 70" in done.stderr and "oldest" not in done.stdout
    assert "parameter" not in ehrql(study, "dump-dataset-sql", "d.py").stderr


@pytest.mark.parametrize("option", ["--dummy-tables", "--dummy-data-file"])
def test_files_that_are_not_there_are_mistakes_of_usage(ehrql, study, option):
    for command in ("generate-dataset", "generate-measures"):
        done = ehrql(study, command, "d.py", option, "nowhere")
        assert done.returncode == 2 and "`nowhere` does not exist" in done.stderr
        assert "this is printed while loading" not in done.stderr
    assert ehrql(study, "generate-dataset", "d.py", "--dummy-tables", "d.py").returncode == 2

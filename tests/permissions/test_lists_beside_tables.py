"""Lists of people and practices beside the tables: found wherever a database is, required, imported whole."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import duckdb
import psycopg
import pytest

from armslength.cli import run
from armslength.kernel.errors import Mistake, Mistakes
from armslength.policy import PopulationRule, read_policy
from armslength.policy.page import EXAMPLE
from armslength.query.api.databases import Database
from armslength.query.engines.lists import ACTIVATED, OPT_OUT, WITHOUT_OPT_OUT
from armslength.query.stores.files import import_files
from armslength.query.stores.omop import import_omop

REQUIRED = "ARMSLENGTH_REQUIRED_RESTRICTIONS"
TABLES = {
    "patients": "patient_id,date_of_birth,sex,date_of_death\n"
    + "".join(f"{who},1980-01-01,female,\n" for who in (1, 2, 3, 4)),
    "practice_registrations": "patient_id,start_date,end_date,practice_pseudo_id\n"
    + "".join(f"{who},2019-01-01,,{10 if who != 4 else 20}\n" for who in (1, 2, 3, 4)),
}
LISTS = {
    OPT_OUT: "patient_id\n2\n",
    WITHOUT_OPT_OUT: "patient_id\n1\n2\n4\n",
    ACTIVATED: "practice\n10\n",
}
STUDY = """
from ehrql import create_dataset
from ehrql.tables.core import patients
dataset = create_dataset()
dataset.define_population(patients.exists_for_patient())
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    place = tmp_path / "tables"
    place.mkdir()
    for name, text in (TABLES | LISTS).items():
        (place / f"{name}.csv").write_text(text)
    (tmp_path / "study.py").write_text(STUDY)
    return place


def filled(connection: duckdb.DuckDBPyConnection, folder: Path) -> None:
    for path in folder.glob("*.csv"):
        connection.execute(f"CREATE TABLE {path.stem} AS FROM read_csv('{path}')")


def ask(folder: Path, dsn: object, **variables: str) -> subprocess.CompletedProcess[str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("OPENSAFELY", "EHRQL"))}
    return subprocess.run(
        [sys.executable, "-m", "ehrql", "generate-dataset", str(folder.parent / "study.py"), "--dsn", str(dsn)],
        cwd=folder.parent, env=kept | variables, capture_output=True, text=True, check=False,
    )  # fmt: skip


def names(database: Database) -> list[str]:
    return [each.name for each in database.find_backend().applied]


def test_a_list_is_kept_to_wherever_the_database_is(folder: Path, tmp_path: Path) -> None:
    store, _ = import_files(folder, kind="csv", to=tmp_path / "store")
    with duckdb.connect(str(tmp_path / "file.duckdb")) as connection:
        filled(connection, folder)
    for database in (
        Database(dsn=str(folder), backend="files"),
        Database(dsn=str(store.path)),
        Database(dsn=f"duckdb:///{tmp_path}/file.duckdb"),
    ):
        assert names(database) == list(PopulationRule)
    with duckdb.connect(str(tmp_path / "file.duckdb")) as connection:
        connection.execute(f"DROP TABLE {ACTIVATED}")
    (folder / f"{OPT_OUT}.csv").unlink()
    assert names(Database(dsn=f"duckdb:///{tmp_path}/file.duckdb")) == list(PopulationRule)[:2]
    assert names(Database(dsn=str(folder), backend="files")) == list(PopulationRule)[1:]


def test_a_list_is_found_on_a_server_and_one_that_may_not_be_read_stops_every_query(postgresql: str) -> None:
    schema = "listed"
    address = f"{postgresql}{'&' if '?' in postgresql else '?'}options=-csearch_path%3D{schema}"
    with psycopg.connect(postgresql, autocommit=True) as connection:
        connection.execute(f"DROP SCHEMA IF EXISTS {schema} CASCADE; CREATE SCHEMA {schema}")
        connection.execute(f"CREATE TABLE {schema}.{WITHOUT_OPT_OUT} (patient_id BIGINT)")
    assert names(Database(dsn=address)) == ["national_data_opt_out"]
    with pytest.raises(Mistake, match="`type_1_opt_out`") as told:
        Database(dsn=address, required=frozenset({"type_1_opt_out"})).find_backend()
    assert (told.value.code, told.value.exit_status) == ("Q120", 12)


def test_a_study_sees_only_whom_the_lists_let_in(folder: Path) -> None:
    asked = ask(folder, folder)
    assert asked.returncode == 0, asked.stderr
    assert asked.stdout.split() == ["patient_id", "1"] and asked.stderr.count("held back: ") == 3
    asked = ask(folder, folder, EHRQL_PERMISSIONS=json.dumps(["include_gp_unactivated", "include_ndoo"]))
    assert asked.stdout.split() == ["patient_id", "1", "3", "4"]


def test_a_database_without_a_required_list_is_not_asked(folder: Path) -> None:
    (folder / f"{ACTIVATED}.csv").unlink()
    lifted = json.dumps(["include_gp_unactivated"])
    for variables in ({}, {"EHRQL_PERMISSIONS": lifted}):
        asked = ask(
            folder, folder, **{REQUIRED: json.dumps(["gp_activation", "type_1_opt_out"])}, **variables
        )
        assert asked.returncode == 12 and "Q120" in asked.stderr and not asked.stdout
        assert "`gp_activation`" in asked.stderr and f"put `{ACTIVATED}`" in asked.stderr
    assert ask(folder, folder, **{REQUIRED: json.dumps(["type_1_opt_out"])}).returncode == 0
    broken = ask(folder, folder, **{REQUIRED: "type_1_opt_out"})
    assert broken.returncode != 0 and "Q051" in broken.stderr and not broken.stdout


@pytest.mark.parametrize("backend", ["tpp", "emisv2"])
def test_a_backend_that_knows_its_own_lists_keeps_what_it_can(backend: str, tmp_path: Path) -> None:
    with duckdb.connect(str(tmp_path / "empty.duckdb")):
        pass
    dsn = f"duckdb:///{tmp_path}/empty.duckdb"
    Database(dsn=dsn, backend=backend, required=frozenset({"type_1_opt_out"})).find_backend()
    activation = Database(dsn=dsn, backend=backend, required=frozenset({"gp_activation"}))
    if backend == "tpp":
        activation.find_backend()
    else:
        with pytest.raises(Mistake, match="gp_activation"):
            activation.find_backend()


def test_rows_held_in_memory_keep_no_required_rule() -> None:
    with pytest.raises(Mistake, match="Q120"):
        Database(tables={}, required=frozenset({"type_1_opt_out"})).find_backend()


@pytest.mark.parametrize("bad", ["1.2E+17", "none", "1.5"])
def test_a_list_with_one_row_that_cannot_be_read_stops_an_import(
    folder: Path, tmp_path: Path, bad: str
) -> None:
    (folder / f"{OPT_OUT}.csv").write_text(f"patient_id\n2\n{bad}\n")
    with pytest.raises(Mistake) as told:
        import_files(folder, kind="csv", to=tmp_path / "store")
    assert told.value.code == "D034" and "line 3" in str(told.value.where)
    assert not (tmp_path / "store").exists()


def test_a_list_without_its_column_stops_an_import(folder: Path, tmp_path: Path) -> None:
    (folder / f"{OPT_OUT}.csv").write_text("someone\n2\n")
    with pytest.raises((Mistake, Mistakes)) as told:
        import_files(folder, kind="csv", to=tmp_path / "store")
    assert OPT_OUT in str(told.value) and not (tmp_path / "store").exists()


def test_an_empty_list_is_kept_and_one_that_is_absent_is_not(folder: Path, tmp_path: Path) -> None:
    (folder / f"{WITHOUT_OPT_OUT}.csv").write_text("patient_id\n")
    (folder / f"{OPT_OUT}.csv").unlink()
    store, _ = import_files(folder, kind="csv", to=tmp_path / "store")
    assert names(Database(dsn=str(store.path))) == ["national_data_opt_out", "gp_activation"]
    assert ask(folder, store.path).stdout.split() == ["patient_id"]


def test_an_omop_export_brings_its_lists(tmp_path: Path) -> None:
    export = tmp_path / "export"
    export.mkdir()
    (export / "PERSON.csv").write_text(
        "person_id,gender_concept_id,year_of_birth,month_of_birth,race_concept_id,ethnicity_concept_id\n"
        + "".join(f"{who},8532,1980,2,0,0\n" for who in (1, 2))
    )
    (export / "OPT_OUT_TYPE_1.csv").write_text("person_id\n2\n")
    store, _ = import_omop(export, to=tmp_path / "store")
    assert names(Database(dsn=str(store.path), backend="omop")) == ["type_1_opt_out"]
    (tmp_path / "study.py").write_text(STUDY)
    assert ask(export, store.path, OPENSAFELY_BACKEND="omop").stdout.split() == ["patient_id", "1"]


def test_a_policy_names_what_its_database_must_keep(tmp_path: Path) -> None:
    path = tmp_path / "policy.toml"
    path.write_text(EXAMPLE)
    (project,) = read_policy(path).projects.values()
    assert project.required_restrictions == set(PopulationRule)
    path.write_text(EXAMPLE.replace('"gp_activation"]', '"gp_activaton"]'))
    with pytest.raises(Mistakes, match="did you mean `gp_activation`"):
        read_policy(path)
    path.write_text(EXAMPLE.replace('required_restrictions = ["type_1', 'required_restriction = ["type_1'))
    with pytest.raises(Mistakes, match="required_restrictions"):
        read_policy(path)


def test_raw_sql_is_held_to_the_lists_of_a_store(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    policy, query, output = tmp_path / "policy.toml", tmp_path / "query.sql", tmp_path / "out.csv"
    given = 'data_permissions = ["sqlrunner", "include_gp_unactivated"]'
    policy.write_text(EXAMPLE.replace("data_permissions = []", given).replace("2030-01-01", "2020-01-01"))
    query.write_text("SELECT patient_id FROM patients ORDER BY 1")
    argv = [
        "sql",
        "run",
        str(query),
        "--output",
        str(output),
        "--project",
        "statin-rates",
        "--policy",
        str(policy),
    ]
    store, _ = import_files(folder, kind="csv", to=tmp_path / "store")
    assert run([*argv, "--store", str(store.path)]) != 0
    assert "Q40" in capsys.readouterr().err and not output.exists()
    assert run([*argv, "--store", str(store.path), "--rewrite"]) == 0
    assert output.read_text().split() == ['"patient_id"', "1", "4"]
    output.unlink()
    (folder / f"{OPT_OUT}.csv").unlink()
    bare, _ = import_files(folder, kind="csv", to=tmp_path / "bare")
    assert run([*argv, "--store", str(bare.path), "--rewrite"]) == 12
    assert "Q120" in capsys.readouterr().err and not output.exists()

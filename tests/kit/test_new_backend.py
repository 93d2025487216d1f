"""`armslength backend init`: the package it makes is installed and tried, not looked at."""

from __future__ import annotations

import csv
import io
import json
import re
import shlex
from pathlib import Path

import duckdb
import pytest
from ruamel.yaml import YAML

from armslength.cli import run
from armslength.query.api.new_backend import generated_files
from armslength.query.loading.contract_tables import namespaces

pytestmark = pytest.mark.timeout(1200)  # packages run their own tests, each of which starts programs
OURS = re.compile(r"(armslength|pytest|python)\b")


def commands_of_ci(folder: Path) -> list[str]:
    """What CI runs of ours; both services run the same."""
    github = YAML(typ="safe").load(io.StringIO((folder / ".github/workflows/backend.yml").read_text()))
    gitlab = YAML(typ="safe").load(io.StringIO((folder / ".gitlab-ci.yml").read_text()))
    steps = [step["run"] for step in github["jobs"]["backend"]["steps"] if "run" in step]
    commands = [line for step in steps for line in step.splitlines() if OURS.match(line)]
    assert commands == gitlab["backend"]["script"]
    return commands


def perform_all(lines: list[str], folder: Path, perform) -> None:
    for line in lines:
        first, *rest = shlex.split(line)
        argv = rest if first == "python" else ["-m", first, *rest]
        done = perform(*argv, within=folder, PYTEST_ADDOPTS="-q -p no:cacheprovider")
        assert done.returncode == 0, f"{line}\n{done.stdout}\n{done.stderr}"


def test_all_that_ci_does_succeeds_in_a_new_backend(new_backend, perform):
    folder = new_backend("north-trust")
    commands = commands_of_ci(folder)
    assert [shlex.split(each)[0] for each in commands] == ["pytest", "python", "armslength"]
    perform_all(commands, folder, perform)


def test_a_backend_of_several_contracts_shares_tables_and_keeps_all_of_them(new_backend, perform):
    folder = new_backend("south", "core", "emisv2", "omop", "smoketest")
    perform_all(commands_of_ci(folder)[1:], folder, perform)


def test_researchers_can_query_it(new_backend, perform, tmp_path):
    folder = new_backend("north-trust")
    perform_all(["python sample/make_sample.py sample.duckdb"], folder, perform)
    definition = tmp_path / "dataset_definition.py"
    definition.write_text(
        "from ehrql import create_dataset\n"
        "from ehrql.tables.core import medications, patients\n"
        "dataset = create_dataset()\n"
        "dataset.define_population(patients.exists_for_patient())\n"
        "dataset.sex = patients.sex\n"
        "dataset.issued = medications.count_for_patient()\n"
    )
    asked = perform(
        "-m", "ehrql", "generate-dataset", str(definition), "--backend", "north-trust", within=folder,
        DATABASE_URL="duckdb:///" + str(folder / "sample.duckdb"),
    )  # fmt: skip
    assert asked.returncode == 0, asked.stderr
    rows = {int(row["patient_id"]): row for row in csv.DictReader(io.StringIO(asked.stdout))}
    with duckdb.connect(str(folder / "sample.duckdb")) as database:
        left = dict(
            database.execute(
                "SELECT p.person_id, (SELECT count(*) FROM source_medications m WHERE m.person_id = p.person_id)"
                " FROM source_patients p WHERE p.person_id NOT IN (FROM opt_out_type_1)"
                " AND p.person_id IN (FROM without_national_opt_out)"
            ).fetchall()
        )
    assert {who: int(row["issued"]) for who, row in rows.items()} == left and sum(left.values()) > 10


def test_its_own_tests_fail_when_a_mapping_breaks_a_promise(new_backend, perform):
    folder = new_backend("north-trust")
    mapping = folder / "src/north_trust_backend/mappings/patients.sql"
    mapping.write_text(mapping.read_text().replace("s.sex AS sex", "'F' AS sex"))
    done = perform("-m", "pytest", "-p", "no:cacheprovider", "-q", "-k", "contract", within=folder)
    assert done.returncode == 1 and "core.patients.sex" in done.stdout


def test_its_own_tests_fail_when_nobody_is_held_back(new_backend, perform):
    folder = new_backend("north-trust")
    rules = folder / "src/north_trust_backend/restrictions.py"
    rules.write_text(rules.read_text().replace("= (TYPE_1_OPT_OUT, NATIONAL_OPT_OUT)", "= ()"))
    done = perform("-m", "pytest", "-p", "no:cacheprovider", "-q", "-k", "opted", within=folder)
    assert done.returncode == 1 and "assert seen ==" in done.stdout


def test_a_table_that_is_refused_needs_no_mapping(new_backend, perform):
    folder = new_backend("north-trust")
    (folder / "src/north_trust_backend/mappings/ons_deaths.sql").unlink()
    package = folder / "src/north_trust_backend/__init__.py"
    package.write_text(package.read_text().replace('# ("core", "ons_deaths")', '("core", "ons_deaths")'))
    done = perform("-m", "pytest", "-p", "no:cacheprovider", "-q", within=folder)
    assert done.returncode == 0, done.stdout


def test_every_contract_makes_a_backend_that_is_valid(tmp_path):
    for contract in namespaces():
        files = generated_files((contract,), package="a_backend")
        with duckdb.connect() as database:
            database.execute(files["sample/schema.sql"])
            for name, text in files.items():
                if name.endswith(".csv"):
                    (tmp_path / "rows.csv").write_text(text)
                    database.execute(f"COPY {Path(name).stem} FROM '{tmp_path}/rows.csv' (HEADER)")
            for name, text in files.items():
                if "/mappings/" in name:
                    assert database.execute(text).fetchall(), f"{contract}: {name}"


def test_the_same_name_and_contracts_make_the_same_files():
    assert generated_files(("core",), package="p") == generated_files(("core",), package="p")


def test_nothing_is_overwritten(tmp_path, capsys):
    (tmp_path / "README.md").write_text("mine")
    assert run(["backend", "init", "north", "--folder", str(tmp_path)]) == 2
    told = capsys.readouterr().err
    assert "error X030" in told and "README.md" in told
    assert [path.name for path in tmp_path.iterdir()] == ["README.md"]


@pytest.mark.parametrize("name", ["North", "1st", "../up", "a_b", "", "a--b", "core", "tpp"])
def test_a_name_that_cannot_be_is_refused(name, tmp_path, capsys):
    assert run(["backend", "init", name, "--folder", str(tmp_path / "new")]) == 2
    assert "error X036" in capsys.readouterr().err and not (tmp_path / "new").exists()


def test_a_contract_that_does_not_exist_is_refused_with_the_one_that_was_meant(tmp_path, capsys):
    assert (
        run(["backend", "init", "north", "--contracts", "core,ompo", "--folder", str(tmp_path / "new")]) == 2
    )
    told = capsys.readouterr().err
    assert "error X037" in told and "did you mean `omop`" in told and not (tmp_path / "new").exists()


def test_what_was_made_and_what_comes_next_is_told_as_json(tmp_path, capsys):
    assert run(["backend", "init", "north", "--folder", str(tmp_path), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert all((tmp_path / name).is_file() for name in told["files"]) and "pyproject.toml" in told["files"]
    assert told["fill_in"] and told["next"][-1].startswith("armslength contracts check --backend north")


def test_the_templates_leave_no_word_open(tmp_path):
    assert run(["backend", "init", "north", "--folder", str(tmp_path)]) == 0
    texts = [path.read_text() for path in tmp_path.rglob("*") if path.is_file()]
    assert not [text for text in texts if "{{" in text]

"""Whatever held records back is told: in explanations, in a job's log, and in the runner's own record of its files."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
from physical import Copy

from armslength.kernel.ids import derived_id, new_id
from armslength.pipeline.model import PrivacyLevel
from armslength.query.api.databases import Database
from armslength.query.api.explanations import explain, held_back
from armslength.query.contracts import core
from armslength.query.model import nodes as n
from armslength.runner.levels import Roots
from armslength.runner.lifecycle.records import FileRecord, JobPlan
from armslength.runner.lifecycle.store import Store
from armslength.runner.manifests import write_manifests
from armslength.runner.outputs import Pattern
from armslength.wire.jobs import JobRequest

TPP = Database(dsn="", backend="tpp")
QUESTION = n.Dataset(n.Exists(core.patients._node))
STUDY = """
from ehrql import create_dataset, claim_permissions
from ehrql.tables.core import patients
claim_permissions("include_t1oo", "include_ndoo", "include_gp_unactivated", "event_level_data")
dataset = create_dataset()
dataset.define_population(patients.exists_for_patient())
dataset.sex = patients.sex
"""
ALL = ["include_gp_unactivated", "include_ndoo", "include_t1oo"]


def test_an_explanation_begins_with_what_is_held_back() -> None:
    told = [
        line for line in explain(QUESTION, database=TPP).splitlines() if line.startswith("-- held back: ")
    ]
    assert len(told) == 3 and "type 1 opt-out" in told[0] and "national" in told[1] and "practices" in told[2]
    (only,) = held_back(TPP, permissions=["include_ndoo", "include_gp_unactivated"])
    assert "PatientsWithTypeOneDissent" in only
    assert "held back" not in explain(QUESTION, database=TPP, permissions=ALL)
    assert held_back(Database(dsn="", backend="core"), permissions=()) == ()


def ask(folder: Path, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    (folder / "study.py").write_text(STUDY)
    environment = {
        name: value for name, value in os.environ.items() if not name.startswith(("OPENSAFELY", "EHRQL"))
    }
    return subprocess.run(
        [sys.executable, "-m", "ehrql", "generate-dataset", "study.py", *arguments],
        cwd=folder, env=environment | variables, capture_output=True, text=True, check=False,
    )  # fmt: skip


@pytest.fixture
def people(tpp_copy: Copy) -> Copy:
    return tpp_copy.fill(
        Patient=[{"Patient_ID": who, "Sex": "F"} for who in (1, 2)],
        PatientsWithTypeOneDissent=[{"Patient_ID": 2}],
        PatientsWithoutNDOO=[{"Patient_ID": who} for who in (1, 2)],
    )


def test_a_job_says_what_was_held_back_and_a_study_cannot_lift_it(people: Copy, tmp_path: Path) -> None:
    """What a definition claims counts for invented data only: with a database, only the environment gives."""
    (tmp_path / "study").mkdir()
    given = json.dumps(["include_ndoo", "include_gp_unactivated"])
    ran = ask(tmp_path / "study", "--dsn", people.dsn, "--backend", "tpp", EHRQL_PERMISSIONS=given)
    assert ran.returncode == 0, ran.stderr
    assert ran.stdout.split() == ["patient_id,sex", "1,female"]
    assert ran.stderr.count("held back: people with a type 1 opt-out") == 1
    ran = ask(tmp_path / "study", "--dsn", people.dsn, OPENSAFELY_BACKEND="tpp")
    assert ran.stdout.split() == ["patient_id,sex"] and ran.stderr.count("held back: ") == 3
    ran = ask(tmp_path / "study", "--dsn", people.dsn, "--backend", "tpp", EHRQL_PERMISSIONS=json.dumps(ALL))
    assert ran.stdout.split() == ["patient_id,sex", "1,female", "2,female"] and "held back" not in ran.stderr


def test_a_backend_is_named_rightly_or_refused_before_anything_runs(people: Copy, tmp_path: Path) -> None:
    ran = ask(tmp_path, "--dsn", people.dsn, "--backend", "ttp")
    assert ran.returncode == 2 and "did you mean `tpp`?" in ran.stderr
    (tmp_path / "plain").mkdir()
    (tmp_path / "plain" / "patients.csv").write_text(
        "patient_id,date_of_birth,sex,date_of_death\n2,,female,\n"
    )
    ran = ask(tmp_path, "--dsn", "plain", "--backend", "tpp")
    assert ran.returncode == 2 and "Q119" in ran.stderr and not ran.stdout


def test_the_runner_records_what_a_job_saw_with_each_file(tmp_path: Path) -> None:
    now = datetime(2030, 1, 1, tzinfo=UTC)
    request = JobRequest(
        id=new_id(), backend="tests", project="trial", workspace="trial", repository="https://a.b/c",
        branch="main", commit="0" * 40, actions=("run_all",), requested_by="ann", requested_at=now,
    )  # fmt: skip
    plan = JobPlan(
        id=derived_id(request.id, "one"), action="one", needs=(), inputs_from={}, argv=("true",),
        environment="ehrql:v1", environment_digest="0" * 64,
        patterns=(Pattern("a.csv", PrivacyLevel.HIGHLY_SENSITIVE),), reads_database=True,
        data_permissions=("include_ndoo",), required_restrictions=("type_1_opt_out",),
        content_key="key", memory_megabytes=1, minutes=1, processes=1,
        disk_megabytes=1,
    )  # fmt: skip
    store = Store(tmp_path / "jobs.sqlite3")
    store.add_request(request, entry=1, now=now)
    store.accept(request, [plan], actions=["one"], now=now)
    record = FileRecord(
        "a.csv", plan.id, "one", PrivacyLevel.HIGHLY_SENSITIVE, 1, "0" * 64, "2030-01-01T00:00:00Z"
    )
    store.save_files("trial", [record])
    roots = Roots(tmp_path / "high", tmp_path / "medium")
    for folder in (roots.level3("trial"), roots.level4("trial")):
        folder.mkdir(parents=True)
    write_manifests(store, "trial", backend="tests", roots=roots, now=now)
    written = json.loads((roots.level3("trial") / "metadata" / "manifest.json").read_text())
    assert written["files"]["a.csv"]["data_permissions"] == ["include_ndoo"]
    assert written["files"]["a.csv"]["required_restrictions"] == ["type_1_opt_out"]
    assert written["files"]["a.csv"]["held_back"] == ["not include_gp_unactivated", "not include_t1oo"]

"""The guarantees of confidentiality and integrity: the page that lists them is true; those without a test get one."""

from __future__ import annotations

import ast
import dataclasses
import os
import re
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from armslength.kernel.errors import Mistake
from armslength.kernel.ids import new_id
from armslength.kernel.jail import Jail
from armslength.pipeline.model import PrivacyLevel
from armslength.pipeline.reading import read_pipeline
from armslength.policy.inside import Limits, ProjectPolicy
from armslength.runner import outputs
from armslength.runner.configuration import KEYS
from armslength.runner.environments.recipes import FOLDER_VARIABLE, Image, remember_image
from armslength.runner.executor import JobLimits, find_executor
from armslength.runner.executors.sandbox import SandboxExecutor
from armslength.runner.laying_out import environment_of_plan, job_spec
from armslength.runner.lifecycle.records import JobPlan
from armslength.runner.planner import plan_jobs, why_not_actions
from armslength.wire.jobs import JobReport, JobRequest

HOUSE = Path(__file__).parents[2]
PAGE = HOUSE / "docs" / "explain" / "guarantees.md"
GUARANTEES = ["S1", "S2", "S2b", *(f"S{number}" for number in range(3, 18))]
IMAGE = "sha256:" + 64 * "1"
STUDY = b"""
version: '5.0'
actions:
  rates:
    run: python:v2 analysis/rates.py
    outputs: {moderately_sensitive: {rates: outputs/rates.csv}}
"""


def rows() -> dict[str, str]:
    """Return each guarantee of the page with the rest of its row."""
    return dict(re.findall(r"^\| (S\d+b?) \|(.*)\|$", PAGE.read_text(), re.MULTILINE))


def test_the_page_names_every_guarantee_once_in_order() -> None:
    assert re.findall(r"^\| (S\d+b?) \|", PAGE.read_text(), re.MULTILINE) == GUARANTEES


@pytest.mark.parametrize("guarantee", GUARANTEES)
def test_every_guarantee_is_attacked_by_tests_that_exist(guarantee: str) -> None:
    named = re.findall(r"`(test_\w+)\.(test_\w+)`", rows()[guarantee])
    assert named, f"{guarantee} names no test"
    for file, test in named:
        (path,) = (HOUSE / "tests").rglob(f"{file}.py")
        defined = {
            node.name for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.FunctionDef)
        }
        assert test in defined, f"{file} has no {test}"


def plan(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, *, images: bool) -> JobPlan:
    monkeypatch.setenv(FOLDER_VARIABLE, str(tmp_path / "environments"))
    if images:
        remember_image(Image(IMAGE, "python-v2"))
    limits = Limits(memory_megabytes=100, minutes=1, processes=10, disk_megabytes=10, jobs_at_once=1)
    project = ProjectPolicy(
        slug="trial",
        repositories=(),
        branches=(),
        workspaces=(),
        environments=("python:v2",),
        data_permissions=frozenset(),
        approved_by="the board",
        approved_on=date.min,
        expires_on=date.max,
        limits=limits,
    )
    request = JobRequest(
        id=new_id(),
        backend="tests",
        project="trial",
        workspace="trial-main",
        repository="https://example.org/study",
        branch="main",
        commit="0" * 40,
        actions=("rates",),
        requested_by="ann",
        requested_at=datetime(2030, 1, 2, tzinfo=UTC),
    )
    pipeline = read_pipeline(STUDY)
    assert why_not_actions(pipeline, request, project, images=images) is None
    (found,) = plan_jobs(pipeline, request, project, newest_success=lambda action: None, images=images)
    return found


def test_a_stored_plan_holds_no_credential_and_no_address_of_a_database(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """S10: what a job is told of the database is put together when it starts, from files that only the runner reads."""
    stored = plan(monkeypatch, tmp_path, images=False).to_json()
    for word in ("token", "database_url", "://", "password", "secret"):
        assert word.lower() not in stored.lower()


def test_only_one_file_speaks_to_the_container_engine() -> None:
    """S11: whoever reaches its socket is root on the machine."""
    allowed = {"engine.py"}
    for path in (HOUSE / "src" / "armslength").rglob("*.py"):
        text = path.read_text()
        if path.name not in allowed:
            assert "docker.sock" not in text, path
            assert not re.search(r"""(Popen|run|call)\(\s*\[\s*["'](docker|podman)["']""", text), path


@pytest.mark.skipif(os.geteuid() != 0, reason="needs a real superuser: nobody else can give files away")
def test_what_is_kept_belongs_to_us_and_not_to_the_user_the_job_ran_as(tmp_path: Path) -> None:
    """S11: a later job that happens to run as the same user could otherwise change it."""
    work = tmp_path / "work"
    work.mkdir()
    (work / "a.csv").write_text("a\n")
    os.chown(work / "a.csv", 61_999, 61_999)
    (work / "a.csv").chmod(0o4777)
    found = outputs.Found("a.csv", PrivacyLevel.HIGHLY_SENSITIVE, 2)
    outputs.store(work, found, owner=61_999, root=tmp_path / "kept")
    status = (tmp_path / "kept" / "a.csv").stat()
    assert status.st_uid == 0
    assert status.st_mode & 0o7022 == 0


def test_a_job_in_a_container_is_planned_for_and_recorded_with_one_image(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """S12: the digest counts as an input, so another image makes another job."""
    planned = plan(monkeypatch, tmp_path, images=True)
    assert (planned.image, planned.environment_digest) == (IMAGE, 64 * "1")
    assert planned.argv == ("python3", "analysis/rates.py")
    assert JobPlan.from_json(planned.to_json()) == planned
    here = plan(monkeypatch, tmp_path, images=False)
    assert here.content_key != planned.content_key
    spec = job_spec(
        planned,
        code=tmp_path,
        inputs=(),
        root=tmp_path,
        database=None,
        variables={"PATH": "/ours"},
        environment=environment_of_plan(planned, homes=None),
    )
    assert (spec.image, "PATH" in spec.environment) == (IMAGE, False)


def test_a_job_whose_image_was_exchanged_since_it_was_planned_does_not_start(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """S12."""
    planned = plan(monkeypatch, tmp_path, images=True)
    environment_of_plan(planned, homes=None)
    remember_image(Image("sha256:" + 64 * "2", "python-v2"))
    with pytest.raises(Mistake, match="R010"):
        environment_of_plan(planned, homes=None)


def test_a_job_planned_for_a_container_does_not_run_in_a_sandbox_instead(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """S12: its command means the programs of the image, not those of this machine."""
    planned = plan(monkeypatch, tmp_path, images=True)
    spec = job_spec(
        planned,
        code=tmp_path,
        inputs=(),
        root=tmp_path,
        database=None,
        variables={},
        environment=environment_of_plan(planned, homes=None),
    )
    with pytest.raises(Mistake, match="R024"):
        SandboxExecutor(tmp_path / "jobs").prepare(spec)


def test_what_is_not_set_confines() -> None:
    """S13: no network without asking, the sandbox without choosing, no executor under a wrong name."""
    assert Jail().network is False
    assert KEYS["runner"]["executor"][1] == "sandbox"
    with pytest.raises(Mistake, match="R003"):
        find_executor("none")


def test_what_is_reported_outwards_is_a_list_that_only_grows_on_purpose() -> None:
    """S15: a new field has to be added here, too, by somebody who thought about what it tells."""
    assert set(JobReport.model_fields) - {"kind", "version"} == {
        "id", "request", "action", "needs", "state", "reason", "message", "attempt", "sequence", "queued_at",
        "started_at", "finished_at", "environment", "peak_memory_bytes", "output_count",
    }  # fmt: skip


def test_there_is_no_job_without_limits() -> None:
    """S17."""
    limits = dataclasses.asdict(JobLimits())
    assert limits.pop("processors") == 0, "as many as the machine has, which is a limit of its own"
    assert all(value > 0 for value in limits.values())

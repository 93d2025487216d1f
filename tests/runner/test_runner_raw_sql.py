"""Actions written in SQL in the data centre: for projects that may, judged by the policy of the moment, nobody else."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import duckdb
import pytest
from inside_runner import Inside
from jobs_site import write_inside

from armslength.kernel import bubblewrap
from armslength.runner.executor import Result

PIPELINE = """
version: '5.0'
actions:
  sexes:
    run: sqlrunner:v1 analysis/sexes.sql --output outputs/sexes.csv --log-file outputs/sexes.json
    outputs:
      highly_sensitive:
        log: outputs/sexes.json
      moderately_sensitive:
        table: outputs/sexes.csv
"""
KEPT = "SELECT Sex, COUNT(*) AS n FROM Patient WHERE Patient_ID NOT IN (SELECT Patient_ID FROM {list}) GROUP BY Sex"
MAY = ["sqlrunner", "include_gp_unactivated", "include_ndoo"]


@pytest.fixture
def inside(tmp_path: Path) -> Iterator[Inside]:
    """A runner on a database of twenty people, of whom two opted out."""
    if reason := bubblewrap.why_not_usable():
        pytest.skip(reason)
    folder = tmp_path / "database"
    folder.mkdir()
    with duckdb.connect(str(folder / "tpp.duckdb")) as connection:
        connection.execute(
            """
            CREATE TABLE Patient (Patient_ID BIGINT, Sex VARCHAR, DateOfBirth DATE);
            INSERT INTO Patient SELECT i, 'F', '1960-01-01' FROM range(20) t(i);
            CREATE TABLE PatientsWithTypeOneDissent (Patient_ID BIGINT);
            INSERT INTO PatientsWithTypeOneDissent VALUES (3), (4);
            CREATE TABLE PatientsWithoutNDOO (Patient_ID BIGINT);
            CREATE TABLE Organisation (Organisation_ID BIGINT, DirectionsAcknowledged VARCHAR);
            CREATE TABLE RegistrationHistory (Patient_ID BIGINT, Organisation_ID BIGINT);
            """
        )
    found = Inside(tmp_path)
    write_inside(tmp_path, site=found.site, repository=found.repository, database=folder)
    path = tmp_path / "runner.toml"
    path.write_text(path.read_text() + 'url = "duckdb:////database/tpp.duckdb"\nbackend = "tpp"\n')
    yield found
    found.kill()
    found.site.close()


def permit(inside: Inside, *permissions: str) -> None:
    inside.allow("sqlrunner:v1")
    path = inside.folder / "policy.toml"
    text = path.read_text().replace(
        "approved_by =", f"data_permissions = {json.dumps(permissions)}\napproved_by ="
    )
    path.write_text(text)
    path.chmod(0o600)


def push(inside: Inside, query: str) -> dict[str, str]:
    repository, commit = inside.push({"project.yaml": PIPELINE, "analysis/sexes.sql": query})
    return {"repository": repository, "commit": commit}


def test_it_runs_for_a_project_that_may_and_never_over_people_who_opted_out(inside: Inside) -> None:
    permit(inside, *MAY)
    inside.start()
    request = inside.ask(actions=("run_all",), **push(inside, KEPT.format(list="PatientsWithTypeOneDissent")))
    assert inside.wait_over(request) == "succeeded", inside.log()
    assert inside.level(4, "outputs/sexes.csv").read_text().splitlines() == ['"Sex","n"', '"F",18']
    events = [json.loads(line) for line in inside.level(3, "outputs/sexes.json").read_text().splitlines()]
    assert [one["event"] for one in events] == ["asked", "judged", "started", "finished"]
    assert (events[0]["project"], events[0]["backend"]) == ("trial", "tpp")
    [job] = [job for job in inside.site.jobs.values() if job.request == request]
    assert job.environment.startswith("sqlrunner:v1 sha256:")


def test_a_query_that_does_not_leave_them_out_fails_with_the_reason_in_its_log(inside: Inside) -> None:
    permit(inside, *MAY)
    inside.start()
    request = inside.ask(
        actions=("run_all",), **push(inside, "SELECT Sex, COUNT(*) AS n FROM Patient GROUP BY Sex")
    )
    assert inside.wait_over(request) == "failed", inside.log()
    assert "Q408" in inside.level(4, "metadata/sexes.log").read_text()
    assert not inside.level(3, "outputs/sexes.csv").exists()


@pytest.mark.parametrize("permissions", [(), ("include_gp_unactivated", "include_ndoo", "include_t1oo")])
def test_a_project_that_may_not_is_refused_with_the_reason(
    inside: Inside, permissions: tuple[str, ...]
) -> None:
    permit(inside, *permissions)
    inside.start()
    request = inside.ask(actions=("run_all",), **push(inside, KEPT.format(list="PatientsWithTypeOneDissent")))
    assert inside.wait_over(request) == "refused", inside.log()
    told = inside.site.requests[request]
    assert told.reason == "sql_not_allowed"
    assert "The project trial does not have the data permission `sqlrunner`" in told.message


def test_a_study_cannot_name_another_database(inside: Inside) -> None:
    permit(inside, *MAY)
    inside.start()
    pipeline = PIPELINE.replace("analysis/sexes.sql", "--dsn duckdb:///x analysis/sexes.sql")
    repository, commit = inside.push({"project.yaml": pipeline, "analysis/sexes.sql": "SELECT 1 AS n"})
    request = inside.ask(actions=("run_all",), repository=repository, commit=commit)
    assert inside.wait_over(request) == "refused"
    assert inside.site.requests[request].reason == "option_not_allowed"


def test_the_policy_is_there_to_read_and_only_for_what_is_judged_by_it(
    python_job: Callable[..., tuple[str, Result]], executor: object, tmp_path: Path
) -> None:
    """In the sandbox and in a container: a copy that may be read and not written, and nothing for other jobs."""
    policy = tmp_path / "policy.toml"
    policy.write_text("version = 1")
    policy.chmod(0o600)
    look = "import os; print(open('/policy.toml').read(), os.access('/policy.toml', os.W_OK))"
    job, result = python_job(look, policy=policy)
    assert executor.log(job).read_text().strip() == "version = 1 False"  # type: ignore[attr-defined]
    _, result = python_job("open('/policy.toml')")
    assert result.exit_status == 1

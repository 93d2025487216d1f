"""The job database: states move as the table says, whatever the code around it does."""

from __future__ import annotations

import random
import sqlite3
from dataclasses import replace
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path

import pytest

from armslength.kernel.errors import Mistake
from armslength.kernel.ids import derived_id, new_id
from armslength.pipeline.model import PrivacyLevel
from armslength.policy.inside import InsidePolicy, Limits, ProjectPolicy
from armslength.runner.lifecycle.records import FileRecord, JobPlan
from armslength.runner.lifecycle.states import REQUEST_MOVES, Reason
from armslength.runner.lifecycle.store import Store
from armslength.runner.logs import WITHHELD, cut, withhold
from armslength.runner.outputs import Pattern
from armslength.runner.planner import decide
from armslength.wire.jobs import FINAL, MOVES, JobRequest, JobState, RequestState

NOW = datetime(2030, 1, 1, tzinfo=UTC)


def make_request(**fields: object) -> JobRequest:
    described = {
        "id": new_id(), "backend": "tests", "project": "trial", "workspace": "trial", "repository": "https://a.b/c",
        "branch": "main", "commit": "0" * 40, "actions": ("run_all",), "requested_by": "ann", "requested_at": NOW,
    } | fields  # fmt: skip
    return JobRequest(**described)  # type: ignore[arg-type]


def make_plan(request: JobRequest, action: str = "one") -> JobPlan:
    return JobPlan(
        id=derived_id(request.id, action), action=action, needs=(), inputs_from={}, argv=("true",),
        environment="python:v2", environment_digest="0" * 64,
        patterns=(Pattern("a.csv", PrivacyLevel.HIGHLY_SENSITIVE),), reads_database=False, data_permissions=(),
        content_key="key", memory_megabytes=1, minutes=1, processes=1, disk_megabytes=1,
    )  # fmt: skip


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "jobs.sqlite3")


@pytest.fixture
def job(store: Store) -> str:
    request = make_request()
    store.add_request(request, entry=1, now=NOW)
    plan = make_plan(request)
    store.accept(request, [plan], actions=["one"], now=NOW)
    return plan.id


def test_any_walk_through_job_states_is_held_to_the_table(tmp_path: Path) -> None:
    chance = random.Random(1)
    store = Store(tmp_path / "walk.sqlite3")
    request = make_request()
    store.add_request(request, entry=1, now=NOW)
    plans = [make_plan(request, f"a{n}") for n in range(25)]
    store.accept(request, plans, actions=["x"], now=NOW)
    for plan in plans:
        state = JobState.WAITING
        for _ in range(12):
            to = chance.choice(list(JobState))
            if to is state or to in MOVES[state]:
                store.move_job(plan.id, to, Reason.RUNNING, now=NOW)
                state = to
            else:
                with pytest.raises(sqlite3.IntegrityError, match="illegal move"):
                    store.move_job(plan.id, to, Reason.RUNNING, now=NOW)
        found = store.job(plan.id)
        assert found is not None and found.state is state
        walked = [row[0] for row in store._db.execute("SELECT state FROM history WHERE id = ?", [plan.id])]
        for old, new in pairwise([JobState.WAITING, *map(JobState, walked)]):
            assert new is old or new in MOVES[old]


def test_requests_are_held_to_their_table(store: Store) -> None:
    for n, old in enumerate(REQUEST_MOVES):
        for to in RequestState:
            request = make_request()
            store.add_request(request, entry=100 * n + list(RequestState).index(to), now=NOW)
            if old not in (RequestState.SUBMITTED, RequestState.REFUSED):
                store.move_request(request.id, RequestState.ACCEPTED)
            if old not in (RequestState.SUBMITTED, RequestState.ACCEPTED):
                store.move_request(request.id, old)
            if to is old or to in REQUEST_MOVES[old]:
                store.move_request(request.id, to)
            else:
                with pytest.raises(sqlite3.IntegrityError, match="illegal move"):
                    store.move_request(request.id, to)


def test_nothing_is_deleted_or_begun_in_the_middle(store: Store, job: str) -> None:
    with pytest.raises(sqlite3.IntegrityError, match="never deleted"):
        store._db.execute("DELETE FROM jobs")
    with pytest.raises(sqlite3.IntegrityError, match="never goes back"):
        store._db.execute("UPDATE jobs SET sequence = 0")
    with pytest.raises(sqlite3.IntegrityError, match="must begin"):
        store._db.execute(
            "INSERT INTO jobs (id, request, workspace, action, position, plan, content_key, state, queued_at) "
            "SELECT 'x', request, workspace, 'y', 1, plan, '', 'succeeded', queued_at FROM jobs"
        )


def test_a_request_is_taken_in_once_and_never_exchanged(store: Store) -> None:
    request = make_request()
    assert store.add_request(request, entry=1, now=NOW)
    assert not store.add_request(request, entry=1, now=NOW)
    with pytest.raises(Mistake, match="R041"):
        store.add_request(make_request(id=request.id, commit="1" * 40), entry=2, now=NOW)


def test_accepting_is_whole_or_not_at_all(store: Store) -> None:
    request = make_request()
    store.add_request(request, entry=1, now=NOW)
    with pytest.raises(sqlite3.IntegrityError):
        store.accept(request, [make_plan(request), make_plan(request)], actions=["one"], now=NOW)
    assert store.active_jobs() == []
    assert store.request(request.id).state is RequestState.SUBMITTED


def test_what_changes_while_a_report_is_under_way_is_told_next_time(store: Store, job: str) -> None:
    requests, jobs = store.unreported()
    assert [one.id for one in jobs] == [job]
    store.move_job(job, JobState.PREPARING, Reason.PREPARING, now=NOW)
    store.mark_reported(requests, jobs)
    requests, jobs = store.unreported()
    assert requests == [] and jobs[0].state is JobState.PREPARING
    store.mark_reported(requests, jobs)
    assert store.unreported() == ([], [])


def test_the_remembered_head_and_entry_only_move_forward(store: Store) -> None:
    assert store.remembered_head() == (None, -1)
    store.remember_head("one")
    store.remember_entry(7)
    store.remember_head("two")
    store.remember_entry(3)
    assert store.remembered_head() == ("two", 7)


def test_files_are_current_by_path_and_make_the_manifest_stale(store: Store, job: str) -> None:
    record = FileRecord("a.csv", job, "one", PrivacyLevel.HIGHLY_SENSITIVE, 1, "0" * 64, "2030")
    store.save_files("trial", [record])
    assert store.files("trial") == [record]
    assert store.stale_manifests() == ["trial"]
    store.manifest_written("trial")
    assert store.stale_manifests() == []


def test_a_database_that_cannot_be_opened_is_a_mistake_not_a_traceback(tmp_path: Path) -> None:
    (tmp_path / "jobs.sqlite3").write_bytes(b"not a database at all, " * 100)
    with pytest.raises(Mistake, match="R004"):
        Store(tmp_path / "jobs.sqlite3")


def test_every_reason_fits_the_wire_and_is_told_apart() -> None:
    assert len({reason.code for reason in Reason}) == len(Reason)
    assert all(len(reason.code) <= 100 and reason.words for reason in Reason)
    assert {state for state in JobState if not MOVES[state]} == FINAL


def project(limits: Limits) -> ProjectPolicy:
    return ProjectPolicy(
        slug="trial",
        repositories=(),
        branches=(),
        workspaces=(),
        environments=(),
        data_permissions=frozenset(),
        approved_by="the board",
        approved_on=NOW.date(),
        expires_on=NOW.date(),
        limits=limits,
    )


def policy(places: int, *, of_project: int | None = None) -> InsidePolicy:
    limits = Limits(memory_megabytes=100, minutes=1, processes=1, disk_megabytes=1, jobs_at_once=places)
    return InsidePolicy(
        backend="tests",
        server_url="https://a.b",
        ledger_key="0" * 64,
        limits=limits,
        projects={"trial": project(replace(limits, jobs_at_once=of_project or places))},
        where="policy.toml",
    )


def decisions(
    store: Store, *, places: int = 9, memory: int = 900, of_project: int | None = None
) -> dict[str, Reason]:
    def finished(job: str) -> JobState | None:
        found = store.job(job)
        return found.state if found else None

    jobs = store.active_jobs()
    decided = decide(
        jobs,
        policy=policy(places, of_project=of_project),
        memory_megabytes=memory,
        finished=finished,
        project_of=lambda _: "trial",
    )
    return {job.plan.action: reason for job, reason in decided}


def accept(
    store: Store, entry: int, *plans: tuple[str, str], workspace: str = "trial", memory: int = 1
) -> None:
    """Accept a request of actions, each with the action it needs or an empty text."""
    request = make_request(workspace=workspace)
    store.add_request(request, entry=entry, now=NOW)
    made = []
    for action, need in plans:
        inputs = {need: derived_id(request.id, need)} if need else {}
        plan = replace(
            make_plan(request, action), needs=tuple(inputs), inputs_from=inputs, memory_megabytes=memory
        )
        made.append(plan)
    store.accept(request, made, actions=["x"], now=NOW)


def move(store: Store, action: str, *states: JobState) -> None:
    [job] = [job for job in store.active_jobs() if job.plan.action == action]
    for state in states:
        store.move_job(job.id, state, Reason.RUNNING, now=NOW)


def test_what_is_needed_runs_first_and_its_failure_is_passed_on(store: Store) -> None:
    accept(store, 1, ("a", ""), ("b", "a"), ("c", "b"))
    assert decisions(store) == {
        "a": Reason.PREPARING, "b": Reason.WAITING_FOR_NEEDS, "c": Reason.WAITING_FOR_NEEDS,
    }  # fmt: skip
    move(store, "a", JobState.FAILED)
    assert decisions(store)["b"] is Reason.DEPENDENCY_FAILED


def test_requests_of_one_workspace_run_one_after_the_other(store: Store) -> None:
    accept(store, 1, ("a", ""))
    accept(store, 2, ("b", ""))
    accept(store, 3, ("c", ""), workspace="other")
    expected = {"a": Reason.PREPARING, "b": Reason.WAITING_FOR_WORKSPACE, "c": Reason.PREPARING}
    assert decisions(store) == expected


def test_no_more_run_at_once_than_there_are_places(store: Store) -> None:
    accept(store, 1, ("a", ""), ("b", ""), ("c", ""))
    move(store, "a", JobState.PREPARING, JobState.RUNNING)
    assert decisions(store, places=2) == {"b": Reason.PREPARING, "c": Reason.WAITING_FOR_PLACE}


def test_no_more_of_one_project_run_at_once_than_it_has_places(store: Store) -> None:
    accept(store, 1, ("a", ""), ("b", ""))
    accept(store, 2, ("c", ""), workspace="other")
    move(store, "a", JobState.PREPARING, JobState.RUNNING)
    expected = {"b": Reason.WAITING_FOR_PLACE, "c": Reason.PREPARING}
    assert decisions(store, of_project=2) == expected


def test_jobs_share_the_memory_and_a_large_one_runs_alone(store: Store) -> None:
    accept(store, 1, ("a", ""), ("b", ""), memory=600)
    assert decisions(store) == {"a": Reason.PREPARING, "b": Reason.WAITING_FOR_PLACE}
    assert decisions(store, memory=500) == {"a": Reason.PREPARING, "b": Reason.WAITING_FOR_PLACE}


def test_a_workspace_with_nothing_running_goes_first(store: Store) -> None:
    accept(store, 1, ("a", ""), ("b", ""))
    accept(store, 2, ("c", ""), workspace="other")
    move(store, "a", JobState.PREPARING)
    assert decisions(store, places=2) == {"b": Reason.WAITING_FOR_PLACE, "c": Reason.PREPARING}


def test_the_level_4_log_leaves_out_rows_of_people_and_what_nobody_could_read() -> None:
    rows = "".join(f"{n}  {n + 40}\n" for n in range(10))
    assert withhold(f"start\n patient_id age\n{rows}") == f"start\n{WITHHELD}"
    assert withhold("all fine\n") == "all fine\n"
    assert len(cut("x" * 10_000_000)) < 600_000
    assert cut("line\n" * 6000).count("line") == 5000

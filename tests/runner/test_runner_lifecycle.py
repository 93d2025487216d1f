"""The job database: states move as the table says, whatever the code around it does."""

from __future__ import annotations

import random
import sqlite3
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path

import pytest

from armslength.kernel.errors import Mistake
from armslength.kernel.ids import derived_id, new_id
from armslength.pipeline.model import PrivacyLevel
from armslength.runner.lifecycle.records import FileRecord, JobPlan
from armslength.runner.lifecycle.states import REQUEST_MOVES, Reason
from armslength.runner.lifecycle.store import Store
from armslength.runner.outputs import Pattern
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

"""What a runner is given and what it may report: replays, other backends' business, states that go back."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from armslength.kernel.clock import utc_now
from armslength.kernel.ids import new_id
from armslength.ledger import Auditor, verify_entry
from armslength.server.features.ledger.actions import ledger
from armslength.server.features.requests.actions import cancel_request
from armslength.server.features.requests.reports import take_report
from armslength.server.features.requests.rules import MAY_FOLLOW
from armslength.server.models import Job, JobRequest, LedgerEntry
from armslength.wire.jobs import FINAL, JobReport, JobState, RequestReport, RequestState, StateReport, Work

JOB = new_id()


def report(request, state=RequestState.ACCEPTED, *, sequence=1, jobs=(), backend="north"):
    reports = (RequestReport(id=request.pk, state=state, sequence=sequence),)
    return StateReport(backend=backend, requests=reports, jobs=tuple(jobs))


def job(request, state, *, sequence=1, **more):
    now = utc_now()
    started = None if state in (JobState.WAITING, JobState.PREPARING) else now
    return JobReport(
        id=more.pop("id", JOB), request=request.pk, action="rates", state=state, sequence=sequence, queued_at=now,
        started_at=started, finished_at=now if state in FINAL else None, **more,
    )  # fmt: skip


def test_work_is_a_request_with_proofs_that_a_runner_believes(world):
    request = world.ask()
    work = Work.model_validate_json(world.call("GET", "runner/work?known_size=0&after=0").content)
    head = Auditor(key=ledger().key.public).trust(work.head, work.consistency, now=utc_now(), where="site")
    entry = verify_entry(head, work.items[0].entry, work.items[0].inclusion, where="site")
    assert entry.body["id"] == request.pk and entry.body["actions"] == ["generate_dataset", "rates"]


def test_another_backend_is_given_none_of_it(world):
    world.ask()
    work = Work.model_validate_json(world.call("GET", "runner/work", token="south-runner").content)
    assert work.items == ()


def test_what_is_over_is_no_longer_work_and_what_was_seen_is_skipped(world):
    request = world.ask()
    after = Work.model_validate_json(world.call("GET", f"runner/work?after={request.entry_index}").content)
    assert after.items == ()
    world.call("POST", "runner/report", report(request, RequestState.REFUSED))
    assert Work.model_validate_json(world.call("GET", "runner/work").content).items == ()


def test_a_cancellation_is_work_after_its_request(world):
    request = world.ask()
    cancel_request(request, by=world.people["ann"], now=utc_now())
    items = Work.model_validate_json(world.call("GET", "runner/work").content).items
    assert [item.entry["kind"] for item in items] == ["request", "cancel"]


def test_a_runner_that_remembers_more_than_there_is_can_tell(world):
    work = Work.model_validate_json(world.call("GET", "runner/work?known_size=9999").content)
    assert work.consistency == {"from": 9999, "to": ledger().size(), "hashes": []}


def test_a_report_is_shown_and_recorded_once(world):
    request = world.ask()
    message = report(request, jobs=[job(request, JobState.RUNNING)])
    before = ledger().size()
    assert world.call("POST", "runner/report", message).json()["changed"] == 2
    assert ledger().size() == before + 2  # accepted, started
    assert world.call("POST", "runner/report", message).json() == {
        "version": 1,
        "changed": 0,
        "set_aside": [],
    }
    assert ledger().size() == before + 2
    assert Job.objects.get(pk=JOB).state == "running"


def test_an_older_report_never_overwrites_a_newer_one(world):
    request = world.ask()
    world.call("POST", "runner/report", report(request, jobs=[job(request, JobState.RUNNING, sequence=5)]))
    world.call("POST", "runner/report", report(request, jobs=[job(request, JobState.WAITING, sequence=4)]))
    assert Job.objects.get(pk=JOB).state == "running"


def test_a_job_that_is_over_stays_over_whatever_is_reported(world):
    request = world.ask()
    world.call("POST", "runner/report", report(request, jobs=[job(request, JobState.SUCCEEDED, sequence=5)]))
    answer = world.call(
        "POST", "runner/report", report(request, jobs=[job(request, JobState.RUNNING, sequence=6)])
    )
    assert answer.status_code == 200
    assert answer.json()["set_aside"] == [
        {"id": JOB, "why": "a job that is succeeded cannot become running, for it is over"}
    ]
    assert Job.objects.get(pk=JOB).state == "succeeded"


def test_the_end_of_a_request_counts_how_its_jobs_ended(world):
    request = world.ask()
    done = report(request, RequestState.FAILED, jobs=[job(request, JobState.FAILED)])
    world.call("POST", "runner/report", done)
    entry = ledger().entry(ledger().size() - 1)
    assert entry.body["state"] == "failed" and entry.body["jobs"] == {"failed": 1}
    assert JobRequest.objects.get(pk=request.pk).finished_at


@given(states=st.lists(st.sampled_from(JobState), min_size=1, max_size=8))
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_sequence_of_reports_takes_a_job_back(world, states):
    request, identifier, reached = world.ask(), new_id(), None
    for sequence, state in enumerate(states):
        message = report(
            request, sequence=sequence, jobs=[job(request, state, sequence=sequence, id=identifier)]
        )
        take_report(message, backend=world.backend, now=utc_now())
        shown = JobState(Job.objects.get(pk=identifier).state)
        assert reached is None or shown in MAY_FOLLOW[reached]
        reached = shown


# Attacks ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("token", "status", "code"),
    [
        ("", 401, "S001"),
        ("al_runner_guess", 401, "S002"),
        ("airlock", 403, "S003"),
        ("south-airlock", 403, "S003"),
    ],
)
def test_a_runner_address_takes_a_runners_token_only(world, token, status, code):
    for method, path in (("GET", "runner/work"), ("POST", "runner/report")):
        answer = world.call(method, path, b"{}", token=token)
        assert (answer.status_code, answer.json()["code"]) == (status, code)


def test_a_revoked_token_stops_at_once(world):
    assert world.call("GET", "runner/work").status_code == 200
    world.backend.tokens.update(revoked_at=utc_now())
    assert world.call("GET", "runner/work").json()["code"] == "S002"


def test_a_backend_cannot_speak_of_anothers_request_or_in_its_name(world):
    request = world.ask()
    stolen = report(request, RequestState.SUCCEEDED, backend="south")
    assert world.call("POST", "runner/report", stolen, token="south-runner").json()["code"] == "S041"
    assert world.call("POST", "runner/report", stolen, token="runner").json()["code"] == "S040"
    assert JobRequest.objects.get(pk=request.pk).state == "submitted"


def test_one_bad_report_in_a_batch_changes_nothing_of_it(world):
    request = world.ask()
    unknown = job(request, JobState.RUNNING).model_copy(update={"request": new_id()})
    before = LedgerEntry.objects.count()
    assert world.call("POST", "runner/report", report(request, jobs=[unknown])).status_code == 404
    assert (
        JobRequest.objects.get(pk=request.pk).state == "submitted" and LedgerEntry.objects.count() == before
    )


@pytest.mark.parametrize(
    "body",
    [
        b"", b"{", b"[]", b"null", b'{"version": 2, "backend": "north"}', b'{"version": 1, "backend": "north", "x": 1}',
        b'{"version": 1, "backend": "../north"}', b'{"version": "1", "backend": "north"}', b"\xff\xfe", b"[" * 100000,
    ],
)  # fmt: skip
def test_what_is_not_a_report_is_refused_in_json(world, body):
    answer = world.call("POST", "runner/report", body)
    assert answer.status_code == 400 and answer.json()["code"] == "W001"


def test_an_oversized_message_is_refused_before_it_is_read(world):
    answer = world.call("POST", "runner/report", b" " * (8 * 2**20 + 1))
    assert answer.status_code == 413 and answer.json()["code"] == "S004"


def test_other_methods_are_refused(world):
    assert world.call("GET", "runner/report").status_code == 405
    assert world.call("DELETE", "runner/work").status_code == 405


def test_a_job_id_cannot_be_taken_over_by_another_request(world):
    first, second = world.ask(), world.ask()
    world.call("POST", "runner/report", report(first, jobs=[job(first, JobState.RUNNING)]))
    answer = world.call(
        "POST", "runner/report", report(second, jobs=[job(second, JobState.FAILED, sequence=9)])
    )
    assert answer.json()["set_aside"][0]["why"] == "this id belongs to another job"
    assert Job.objects.get(pk=JOB).state == "running"


def test_a_runner_that_calls_is_noticed(world):
    world.call("GET", "runner/work")
    world.backend.refresh_from_db()
    assert utc_now() - world.backend.runner_seen_at < timedelta(minutes=1)

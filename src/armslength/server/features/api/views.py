"""The addresses that runner and airlock call. What each does is in the docstrings of `armslength.wire`."""

from __future__ import annotations

from datetime import datetime

from django.http import HttpRequest, HttpResponse, JsonResponse

from armslength.kernel.errors import Mistake
from armslength.server.features.accounts import tokens
from armslength.server.features.accounts.queries import identity_inside, why_not_inside
from armslength.server.features.api.answers import endpoint, message_answer, read_message, whole_number
from armslength.server.features.api.work import work_for
from armslength.server.features.releases.actions import announce, progress, receive_file
from armslength.server.features.releases.events import take_events
from armslength.server.features.requests.reports import take_report
from armslength.server.models import Backend, Person, Release
from armslength.server.models.backends import Verb
from armslength.wire.jobs import StateReport
from armslength.wire.releases import EventBatch, SignIn
from armslength.wire.releases import Release as ReleaseMessage


@endpoint("GET", Verb.RUNNER)
def work(request: HttpRequest, *, backend: Backend, now: datetime) -> HttpResponse:
    """Give a runner its unfinished entries with their proofs."""
    known_size = whole_number(request, "known_size", default=0)
    after = whole_number(request, "after", default=0)
    return message_answer(work_for(backend, known_size=known_size, after=after, now=now))


@endpoint("POST", Verb.RUNNER)
def report(request: HttpRequest, *, backend: Backend, now: datetime) -> HttpResponse:
    """Take the states a runner reports; say which of them were set aside, and why."""
    outcome = take_report(read_message(StateReport, request), backend=backend, now=now)
    return JsonResponse({"version": 1, "changed": outcome.changed, "set_aside": outcome.set_aside})


@endpoint("POST", Verb.AIRLOCK)
def sign_in(request: HttpRequest, *, backend: Backend, now: datetime) -> HttpResponse:
    """Exchange a single-use token for the identity of its owner."""
    message = read_message(SignIn, request)
    if reason := tokens.why_not_use(message.username, now=now):
        raise Mistake("S050", reason, where=message.username, exit_status=429)
    person = tokens.use_token(message.username, message.token, now=now)
    if person is None or why_not_inside(person, backend=backend):
        raise Mistake(
            "S051",
            "this user name and token do not belong together, or the token was used or is older than an hour",
            hint="make a new token on your account page outside",
            exit_status=401,
        )
    return message_answer(identity_inside(person, backend=backend))


@endpoint("GET", Verb.AIRLOCK)
def person(request: HttpRequest, *, backend: Backend, now: datetime, username: str) -> HttpResponse:
    """Say what a person may do inside as of now; 404 once they may do nothing."""
    found = Person.objects.filter(username=username, is_active=True).first()
    if found is None or why_not_inside(found, backend=backend):
        raise Mistake("S052", "nobody of this name may enter here", where=username, exit_status=404)
    return message_answer(identity_inside(found, backend=backend))


@endpoint("POST", Verb.AIRLOCK)
def events(request: HttpRequest, *, backend: Backend, now: datetime) -> HttpResponse:
    """Take what people did inside into the ledger."""
    return message_answer(take_events(read_message(EventBatch, request), backend=backend, now=now))


@endpoint("POST", Verb.AIRLOCK)
def releases(request: HttpRequest, *, backend: Backend, now: datetime) -> HttpResponse:
    """Take the announcement of a release."""
    message = read_message(ReleaseMessage, request)
    if message.backend != backend.slug:
        raise Mistake(
            "S040",
            f"this token speaks for `{backend.slug}`, not for `{message.backend}`",
            where="backend",
            exit_status=403,
        )
    return message_answer(progress(announce(message, backend=backend, now=now), now=now))


@endpoint("PUT", Verb.AIRLOCK)
def release_file(
    request: HttpRequest, *, backend: Backend, now: datetime, release: str, path: str
) -> HttpResponse:
    """Take the bytes of one announced file."""
    found = (
        Release.objects.filter(pk=release, backend=backend)
        .select_related("workspace__project", "backend")
        .first()
    )
    if found is None:
        raise Mistake("S026", "no release of this id was announced", where=release, exit_status=404)
    done = receive_file(found, path=path, read=request.read, now=now)
    return message_answer(progress(done, now=now))

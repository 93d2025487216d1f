"""Signing in and staying signed in: who somebody is, is always the server's word."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.http import HttpRequest
from pydantic import ValidationError

from armslength.airlock.models import Person
from armslength.airlock.models.records import Deed
from armslength.airlock.outbox.client import Server, ServerRefuses
from armslength.airlock.record import What, record
from armslength.kernel.clock import utc_now
from armslength.kernel.errors import Mistake
from armslength.web.identity import Refusal
from armslength.wire.releases import Identity, SignIn

WRONG = (
    "These do not belong together, or the token was used or is too old. Get a new one from the jobs site; "
    "a passphrase comes from whoever runs the airlock."
)
AWAY = "The jobs site cannot be reached from here, so nobody can sign in now. Try again in a few minutes."


def sign_in(server: Server, *, username: str, token: str, now: datetime) -> Person | Refusal:
    """Exchange a single-use token for a person, or say in words why not."""
    try:
        # People read the token out to themselves: spaces between its words do not count.
        message = SignIn(username=username.strip(), token="".join(token.split()))
    except ValidationError:
        return _refused(username[:150], why="malformed", words=WRONG, now=now)
    try:
        identity = server.sign_in(message)
    except ServerRefuses as refusal:
        if refusal.status not in {400, 401, 403, 404}:
            return _refused(message.username, why=refusal.what, words=AWAY, now=now)
        return _refused(message.username, why="refused by the server", words=WRONG, now=now)
    except Mistake as mistake:
        return _refused(message.username, why=mistake.what, words=AWAY, now=now)
    with transaction.atomic():
        person = _keep(identity, now=now)
        record(Deed.SIGN_IN, by=person.username, now=now)
    return person


def refuse_passphrase(username: str, *, now: datetime) -> Refusal:
    """Refuse a sign-in with a passphrase that is not this checker's, in the words of every other refusal."""
    return _refused(
        username.strip()[:150], why="not the passphrase of an output checker", words=WRONG, now=now
    )


def _refused(username: str, *, why: str, words: str, now: datetime) -> Refusal:
    with transaction.atomic():
        record(Deed.SIGN_IN_REFUSED, by=username, now=now, what=What(detail={"why": why}))
    return Refusal(words)


def _keep(identity: Identity, *, now: datetime) -> Person:
    person, _ = Person.objects.update_or_create(
        username=identity.username,
        defaults={"identity": identity.to_json(), "refreshed_at": now, "tried_at": now, "revoked": False},
    )
    return person


def refresh_person(server: Server, person: Person, *, now: datetime) -> None:
    """Ask the server again who this is. Its no ends access at once; its silence ends it after a limit."""
    person.tried_at = now
    person.save(update_fields=["tried_at"])
    try:
        identity = server.person(person.username)
    except ServerRefuses as refusal:
        if refusal.status in {404, 410}:
            end_access(person, why=refusal.what, now=now)
        return
    except Mistake:
        return
    if identity.username != person.username:
        return  # an answer about somebody else confirms nobody
    _keep(identity, now=now)
    person.refresh_from_db()


def end_access(person: Person, *, why: str, now: datetime) -> None:
    """Take a person's access away until they sign in anew."""
    with transaction.atomic():
        person.revoked = True
        person.save(update_fields=["revoked"])
        record(Deed.ACCESS_ENDED, by=person.username, now=now, what=What(detail={"why": why}))


def why_not_trusted(person: Person, *, now: datetime) -> str | None:
    """Return None, or why what we know of this person may no longer be relied on."""
    if person.revoked:
        return "The jobs site says you have no access any more."
    if now - person.refreshed_at > settings.AIRLOCK.closed_after:
        return (
            "The jobs site has not confirmed your access for too long. Sign in again when it can be reached."
        )
    return None


def is_due(person: Person, *, now: datetime) -> bool:
    """Say whether it is time to ask the server again."""
    return now - max(person.tried_at, person.refreshed_at) >= settings.AIRLOCK.refresh_after


def record_denial(request: HttpRequest, reason: str) -> None:
    """Note that somebody tried what they may not do."""
    person = getattr(request, "person", None)
    detail = {"path": request.path[:500], "method": request.method, "reason": reason[:500]}
    with transaction.atomic():
        record(
            Deed.DENIED, by=person.username if person else "nobody", now=utc_now(), what=What(detail=detail)
        )

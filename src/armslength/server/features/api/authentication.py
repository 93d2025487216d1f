"""Who is calling: a backend's token for one verb, in `Authorization: Bearer TOKEN`."""

from __future__ import annotations

import hashlib
import hmac
from datetime import datetime, timedelta

from django.http import HttpRequest

from armslength.kernel.errors import Mistake
from armslength.server.models import Backend, BackendToken
from armslength.server.models.backends import Verb

SEEN_EVERY = timedelta(seconds=20)  # a poll every second need not be a write every second


def hash_of(token: str) -> str:
    """Return what is kept of a token."""
    return hashlib.sha256(token.encode()).hexdigest()


def caller(request: HttpRequest, *, verb: Verb, now: datetime) -> Backend:
    """Return the backend that calls, or raise S001 (no token), S002 (unknown) or S003 (made for another verb)."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise Mistake(
            "S001",
            "this address needs a token",
            where=request.path,
            hint="send the header `Authorization: Bearer TOKEN` with the token of your backend",
            exit_status=401,
        )
    digest = hash_of(token.strip())
    found = BackendToken.objects.filter(sha256=digest, revoked_at=None).select_related("backend").first()
    if found is None or not hmac.compare_digest(found.sha256, digest):
        raise Mistake(
            "S002",
            "this token is unknown or was revoked",
            where=request.path,
            hint="make a new one with `armslength server create-backend-token`",
            exit_status=401,
        )
    if found.verb != verb:
        raise Mistake(
            "S003",
            f"this token is for the {found.verb}; this address needs one for the {verb.value}",
            where=request.path,
            exit_status=403,
        )
    _note_seen(found, now=now)
    return found.backend


def _note_seen(token: BackendToken, *, now: datetime) -> None:
    if token.last_used_at and now - token.last_used_at < SEEN_EVERY:
        return
    BackendToken.objects.filter(pk=token.pk).update(last_used_at=now)
    column = "runner_seen_at" if token.verb == Verb.RUNNER else "airlock_seen_at"
    Backend.objects.filter(pk=token.backend_id).update(**{column: now})

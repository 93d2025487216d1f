"""Remembering who saw which bytes."""

from __future__ import annotations

import hashlib
from datetime import datetime

from django.db import transaction

from armslength.airlock.models import ReleaseRequest, SeenContent
from armslength.airlock.models.records import Audience, Deed
from armslength.airlock.record import What, record
from armslength.wire.releases import Identity


def record_view(
    person: Identity,
    *,
    session: str,
    workspace: str,
    path: str,
    sha256: str,
    now: datetime,
    request: ReleaseRequest | None = None,
) -> bool:
    """Record that a person saw these bytes, once per session; return whether this was the first time.

    `session` is hashed before it is kept: the table of views must not hold keys that open sessions.
    """
    digest = hashlib.sha256(f"{person.username}\x00{session}".encode()).hexdigest()
    with transaction.atomic():
        _, first = SeenContent.objects.get_or_create(
            session=digest, workspace=workspace, path=path, sha256=sha256, defaults={"at": now}
        )
        if first:
            # Who of the reviewers has opened what is part of their independent review.
            audience = Audience.REVIEW if request else Audience.MEMBERS
            what = What(workspace=workspace, request=request, path=path, sha256=sha256, audience=audience)
            record(Deed.FILE_VIEW, by=person.username, now=now, what=what)
    return first

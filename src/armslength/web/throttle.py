"""Rate limits: how often something may fail before it must wait."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta

from armslength.web.models import Attempt


@dataclass(frozen=True)
class Limit:
    """At most `count` failures for one subject within `window`."""

    name: str
    count: int
    window: timedelta


SIGN_IN_PERSON = Limit("sign-in:person", count=8, window=timedelta(minutes=15))
SIGN_IN_ADDRESS = Limit("sign-in:address", count=40, window=timedelta(minutes=15))


def _key(limit: Limit, subject: str) -> str:
    # Hashed: a table of failed sign-ins is also a table of passwords typed into the wrong box.
    return hashlib.sha256(f"{limit.name}\x00{subject.lower()}".encode()).hexdigest()


def why_not_try(limit: Limit, *, subject: str, now: datetime) -> str | None:
    """Return None, or in words why this subject has to wait."""
    since = now - limit.window
    failures = Attempt.objects.filter(key=_key(limit, subject), at__gt=since).count()
    if failures < limit.count:
        return None
    minutes = int(limit.window.total_seconds() // 60)
    return f"Too many attempts failed. Wait {minutes} minutes and try again."


def record_failure(limit: Limit, *, subject: str, now: datetime) -> None:
    """Count one failure, and forget those that no longer count."""
    Attempt.objects.filter(at__lt=now - timedelta(days=1)).delete()
    Attempt.objects.create(key=_key(limit, subject), at=now)


def forgive(limit: Limit, *, subject: str) -> None:
    """Forget the failures of a subject who has now succeeded."""
    Attempt.objects.filter(key=_key(limit, subject)).delete()

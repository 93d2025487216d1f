"""Open the ledger, and record what somebody did. The only module that writes to it."""

from __future__ import annotations

from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from armslength.kernel.errors import Mistake
from armslength.ledger import Entry, Key, Kind, Log
from armslength.server.features.ledger.storage import DatabaseStorage


@lru_cache(maxsize=4)
def signing_key(path: Path) -> Key:
    """Return the key that signs this site's heads."""
    try:
        return Key.read(path)
    except Mistake as mistake:
        raise ImproperlyConfigured(f"{mistake}; `armslength server migrate` makes the key once") from None


def ledger() -> Log:
    """Return this site's ledger."""
    return Log(DatabaseStorage(), key=signing_key(settings.LEDGER_KEY))


def begin(*, at: datetime) -> Entry:
    """Make the key if there is none, and write the first entry if the ledger is empty. Safe to repeat."""
    path: Path = settings.LEDGER_KEY
    if not path.exists():
        if DatabaseStorage().size():
            raise Mistake(
                "S010",
                "the ledger has entries, but its signing key is missing",
                where=str(path),
                hint="bring the key file back from your backup; a new key cannot continue this ledger",
            )
        path.parent.mkdir(parents=True, exist_ok=True)
        Key.generate().write(path)
        signing_key.cache_clear()
    return ledger().begin(site=settings.LEDGER_ORIGIN, at=at)


def record(kind: Kind, *, actor: str, subject: str, body: dict[str, Any], at: datetime) -> Entry:
    """Append one entry. Call it inside `recording()`, together with the change it describes."""
    return ledger().append(kind, actor=actor, subject=subject, body=body, at=at)


def recording() -> Any:
    """Open the one transaction that holds a change and its ledger entry: both happen, or neither."""
    return DatabaseStorage().transaction()

"""Who may check outputs is settled inside: appointed by an operator here, confirmed with a passphrase kept here.

The server says who somebody is and which roles they hold. For the one role that lets files leave, that is not
enough: whoever takes the server over can say it of anybody. So an output checker is somebody whom the server
names one *and* who showed, at sign-in, the passphrase that the airlock's operator handed over inside.
"""

from __future__ import annotations

import secrets
from datetime import datetime

from django.contrib.auth.hashers import check_password, make_password
from django.db import transaction
from django.utils.crypto import constant_time_compare, salted_hmac

from armslength.airlock.models import Checker
from armslength.airlock.models.records import Deed
from armslength.airlock.record import What, record

ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"  # nothing that is mistaken for something else when read aloud
GROUPS, LENGTH = 5, 4


def new_phrase() -> str:
    """Return a new passphrase: 99 bits, in groups that can be read out."""
    groups = ("".join(secrets.choice(ALPHABET) for _ in range(LENGTH)) for _ in range(GROUPS))
    return "-".join(groups)


def appoint(username: str, *, phrase: str, by: str, now: datetime) -> None:
    """Appoint an output checker, or give one a new passphrase; sessions confirmed with an older one end as such."""
    with transaction.atomic():
        Checker.objects.update_or_create(
            username=username, defaults={"phrase": make_password(plain(phrase)), "appointed_at": now}
        )
        record(Deed.CHECKER_APPOINTED, by=username, now=now, what=What(detail={"operator": by}))


def dismiss(username: str, *, by: str, now: datetime) -> bool:
    """Take the appointment back, at once also for whoever is signed in. Says whether there was one."""
    with transaction.atomic():
        count, _ = Checker.objects.filter(username=username).delete()
        if count:
            record(Deed.CHECKER_DISMISSED, by=username, now=now, what=What(detail={"operator": by}))
    return bool(count)


def confirmation(username: str, phrase: str) -> str | None:
    """Return what the session keeps when this is the checker's passphrase, else None.

    Takes as long for a name that nobody appointed.
    """
    checker = Checker.objects.filter(pk=username).first()
    if checker is None:
        make_password(plain(phrase))
        return None
    return _mark(checker) if check_password(plain(phrase), checker.phrase) else None


def is_confirmed(username: str, mark: str) -> bool:
    """Say whether what a session kept still belongs to an appointed checker with the same passphrase."""
    checker = Checker.objects.filter(pk=username).first() if mark else None
    return checker is not None and constant_time_compare(mark, _mark(checker))


def _mark(checker: Checker) -> str:
    return salted_hmac("armslength.airlock.checker", f"{checker.username}\x00{checker.phrase}").hexdigest()


def plain(phrase: str) -> str:
    """A passphrase as it is compared: people type it with spaces, capitals and without hyphens."""
    return "".join(phrase.split()).replace("-", "").lower()

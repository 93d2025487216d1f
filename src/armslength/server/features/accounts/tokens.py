"""Single-use tokens for the airlock: four invented words, read on one screen and typed on another."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta

from django.contrib.auth.hashers import check_password, make_password
from django.db import transaction

from armslength.server.models import Person
from armslength.web import throttle

LIFETIME = timedelta(hours=1)
TRIES = throttle.Limit("airlock-token", count=5, window=timedelta(minutes=15))
CONSONANTS, VOWELS = "bdfghjklmnprstvz", "aeiou"


def _word() -> str:
    # Invented words of two syllables and one letter (16·5·16·5·16 = 102,400): speakable in any language, and
    # no list to keep. Four of them are 66 bits, beyond guessing within an hour at five tries.
    return "".join(
        secrets.choice(letters) for letters in (CONSONANTS, VOWELS, CONSONANTS, VOWELS, CONSONANTS)
    )


def _bare(token: str) -> str:
    return "".join(letter for letter in token.lower() if letter.isalnum())


def make_token(person: Person, *, now: datetime) -> str:
    """Give a person a new token and return it, the only time it can be read. An earlier one stops working."""
    token = "-".join(_word() for _ in range(4))
    person.token_hash, person.token_until = make_password(_bare(token)), now + LIFETIME
    person.save(update_fields=["token_hash", "token_until"])
    return token


def why_not_use(username: str, *, now: datetime) -> str | None:
    """Return None, or why nobody may try a token for this name just now."""
    return throttle.why_not_try(TRIES, subject=username, now=now)


def use_token(username: str, token: str, *, now: datetime) -> Person | None:
    """Return the person this token belongs to, and spend it; None when it does not fit or no longer counts."""
    with transaction.atomic():
        person = Person.objects.select_for_update().filter(username=username, is_active=True).first()
        alive = person is not None and bool(person.token_hash) and (person.token_until or now) > now
        # Hash in any case, so that the time taken does not tell whether there is such a person.
        if person is None or not alive:
            make_password(_bare(token))
        elif check_password(_bare(token), person.token_hash):
            person.token_hash, person.token_until = "", None
            person.save(update_fields=["token_hash", "token_until"])
            throttle.forgive(TRIES, subject=username)
            return person
        throttle.record_failure(TRIES, subject=username, now=now)
        return None

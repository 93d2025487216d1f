"""Ids: short, random, safe in a path, a URL and a process name."""

from __future__ import annotations

import hashlib
import secrets

# No vowels and no look-alikes: an id never spells a word and survives being read out.
ALPHABET = "23456789bcdfghjkmnpqrstvwxyz"
LENGTH = 16


def new_id() -> str:
    """Return a new random id of 16 characters (76 bits)."""
    return "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))


def derived_id(*parts: str) -> str:
    """Return the id that always follows from the same parts, so that repeating a step repeats its id.

    >>> derived_id("request", "action") == derived_id("request", "action")
    True
    >>> derived_id("ab", "c") == derived_id("a", "bc")
    False
    """
    digest = hashlib.sha256("\x00".join(parts).encode()).digest()
    number = int.from_bytes(digest, "big")
    letters = []
    for _ in range(LENGTH):
        number, index = divmod(number, len(ALPHABET))
        letters.append(ALPHABET[index])
    return "".join(letters)

"""Entries: one thing that somebody did, frozen, linked to the entry before it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from armslength.kernel import clock
from armslength.kernel.errors import Mistake
from armslength.ledger import tree
from armslength.ledger.canonical import JsonObject, NotCanonical, canonical_bytes, parse_object, why_not_text

FORMAT = 1
NOTHING_BEFORE = "0" * 64  # `previous` of the first entry
HEX_HASH = re.compile(r"[0-9a-f]{64}")
MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z", re.ASCII)


class Kind(StrEnum):
    """What an entry records. What people do inside is named as in `wire.releases.EventKind`."""

    GENESIS = "genesis"  # the first entry: which site this log belongs to, and its public key
    PROJECT = "project"  # a project was created, approved, finished or otherwise changed state
    GRANT = "grant"  # a person received or lost a role
    REQUEST = "request"  # somebody asked that actions of one commit be run
    CANCEL = "cancel"  # somebody asked that a request be stopped
    RUN = "run"  # the runner accepted, refused or finished a request
    VIEW = "view"  # somebody looked at a level 4 file
    RELEASE_REQUEST_CREATE = "release_request_create"
    RELEASE_REQUEST_SUBMIT = "release_request_submit"
    RELEASE_REQUEST_WITHDRAW = "release_request_withdraw"
    RELEASE_REQUEST_RETURN = "release_request_return"
    RELEASE_REQUEST_REJECT = "release_request_reject"
    VOTE = "vote"  # a reviewer judged one file
    REVIEW_SUBMIT = "review_submit"  # a reviewer finished their review
    RELEASE = "release"  # files left the secure environment
    PUBLICATION = "publication"  # released files were shown to everybody
    PUBLICATION_WITHDRAWAL = "publication_withdrawal"  # published files were taken down again


KINDS = frozenset(kind.value for kind in Kind)
FIELDS = frozenset({"index", "previous", "at", "kind", "actor", "subject", "body"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One entry. `previous` is the hash of the entry before it; `body` holds canonical JSON values only.

    `actor` is a username or the name of a part of the platform; `subject` is what it is about, written
    as a word and an id, such as `request:7k2m…`. Raises Mistake L001 when a field cannot be recorded.
    """

    index: int
    previous: str
    at: datetime
    kind: Kind
    actor: str
    subject: str
    body: JsonObject

    def __post_init__(self) -> None:
        why = self._why_not()
        if why:
            raise Mistake("L001", f"this cannot be a ledger entry: {why}", where=f"entry {self.index}")

    def _why_not(self) -> str | None:
        if type(self.index) is not int or self.index < 0:
            return f"the index {self.index!r} is not a whole number from 0"
        if not HEX_HASH.fullmatch(self.previous):
            return "`previous` is not a SHA-256 in small hexadecimal letters"
        if (self.previous == NOTHING_BEFORE) != (self.index == 0) or (self.kind is Kind.GENESIS) != (
            self.index == 0
        ):
            return "the first entry, and no other, is the genesis and has nothing before it"
        if self.at.tzinfo is not UTC:
            return "its time is not in UTC"
        return _why_not_name("actor", self.actor, longest=200) or _why_not_name(
            "subject", self.subject, longest=500
        )

    def to_object(self) -> JsonObject:
        """Return the entry as a JSON object."""
        return {
            "index": self.index,
            "previous": self.previous,
            "at": clock.to_text(self.at),
            "kind": self.kind.value,
            "actor": self.actor,
            "subject": self.subject,
            "body": self.body,
        }

    def to_bytes(self) -> bytes:
        """Return the canonical bytes: what is hashed, and one line of an export."""
        try:
            return canonical_bytes(self.to_object())
        except NotCanonical as error:
            raise Mistake(
                "L001", f"this cannot be a ledger entry: {error}", where=f"entry {self.index}"
            ) from None

    def to_json(self) -> str:
        """Return the canonical text."""
        return self.to_bytes().decode()

    @property
    def hash(self) -> str:
        """The hash of the entry in hexadecimal: the leaf of the tree, and `previous` of the next entry."""
        return entry_hash(self).hex()


def entry_hash(entry: Entry) -> bytes:
    """Return the 32-byte hash of an entry: SHA-256 of a zero byte and its canonical bytes (RFC 6962 leaf)."""
    return tree.leaf_hash(entry.to_bytes())


def from_object(value: Any, *, where: str) -> Entry:
    """Read an entry from the JSON object it travelled as, or raise Mistake L001."""
    if not isinstance(value, dict) or value.keys() != FIELDS:
        raise Mistake(
            "L001", f"this is not a ledger entry: its fields must be {', '.join(sorted(FIELDS))}", where=where
        )
    for name in ("previous", "at", "kind", "actor", "subject"):
        if type(value[name]) is not str:
            raise Mistake("L001", f"this is not a ledger entry: `{name}` is not text", where=where)
    if not isinstance(value["body"], dict):
        raise Mistake("L001", "this is not a ledger entry: `body` is not an object", where=where)
    if value["kind"] not in KINDS:
        raise Mistake(
            "L001",
            f"this is not a ledger entry: the kind `{value['kind']:.60}` is unknown",
            where=where,
            hint="a newer armslength may know it; compare `armslength --version` on both sides",
        )
    return Entry(**{**value, "at": read_moment(value["at"], where=where), "kind": Kind(value["kind"])})


def from_json(text: str | bytes, *, where: str) -> Entry:
    """Read an entry from exactly its canonical text, or raise Mistake L001 or L002."""
    try:
        entry = from_object(parse_object(text), where=where)
    except NotCanonical as error:
        raise Mistake("L001", f"this is not a ledger entry: {error}", where=where) from None
    if entry.to_bytes() != (text.encode() if isinstance(text, str) else text):
        raise Mistake(
            "L002",
            "the entry is not written in canonical form",
            where=where,
            hint="download the export again and do not edit or reformat it",
        )
    return entry


def read_moment(text: str, *, where: str) -> datetime:
    """Read a moment in the ledger's one form, `2030-01-02T03:04:05.000000Z`, or raise Mistake L001."""
    # Stricter and much faster than strptime, which would also take `2030-1-2`.
    try:
        if not MOMENT.fullmatch(text):
            raise ValueError(text)
        return datetime.fromisoformat(text[:-1]).replace(tzinfo=UTC)
    except ValueError:
        raise Mistake(
            "L001", f"`{text:.60}` is not a moment such as 2030-01-02T03:04:05.000000Z", where=where
        ) from None


def _why_not_name(field: str, text: str, *, longest: int) -> str | None:
    if not 0 < len(text) <= longest:
        return f"`{field}` must have 1 to {longest} characters"
    if not text.isprintable():
        return f"`{field}` holds a character that cannot be printed"
    why = why_not_text(text)
    return f"`{field}`: {why}" if why else None

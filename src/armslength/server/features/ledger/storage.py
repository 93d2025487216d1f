"""The ledger's entries and tree nodes in this site's database."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import IntegrityError, connection, transaction
from django.db.models import Max

from armslength.ledger import Entry
from armslength.ledger.entries import entry_hash, from_json
from armslength.server.models import LedgerEntry, LedgerNode

# Any number of our own: every writer of the ledger waits for the same lock. (PostgreSQL; SQLite has one writer.)
WRITER_LOCK = int.from_bytes(hashlib.sha256(b"armslength ledger writer").digest()[:7], "big")
CHUNK = 500


class DatabaseNodes:
    """Complete subtrees of the tree, one row each."""

    def get(self, level: int, index: int) -> bytes:
        """Return the hash of a node; LookupError if it never was put."""
        value = LedgerNode.objects.filter(level=level, index=index).values_list("value", flat=True).first()
        if value is None:
            raise LookupError(f"node {level}, {index}")
        return bytes(value)

    def put(self, level: int, index: int, value: bytes) -> None:
        """Keep the hash of a node; ValueError when another is kept there already."""
        kept = LedgerNode.objects.filter(level=level, index=index).values_list("value", flat=True).first()
        if kept is None:
            LedgerNode(level=level, index=index, value=value).save()
        elif bytes(kept) != value:
            raise ValueError(f"node {level}, {index} cannot change")


class DatabaseStorage:
    """A `LogStorage` on Django's default database."""

    def __init__(self) -> None:
        self.nodes = DatabaseNodes()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Be the only writer of the ledger; undo everything when the block raises."""
        with transaction.atomic():
            if connection.vendor == "postgresql":
                with connection.cursor() as cursor:
                    cursor.execute("select pg_advisory_xact_lock(%s)", [WRITER_LOCK])
            yield

    def size(self) -> int:
        """Return the number of entries."""
        last = LedgerEntry.objects.aggregate(last=Max("index"))["last"]
        return 0 if last is None else int(last) + 1

    def entry(self, index: int) -> Entry:
        """Return one entry; LookupError when there is none."""
        row = (
            LedgerEntry.objects.filter(index=index).values_list("canonical", flat=True).first()
            if index >= 0
            else None
        )
        if row is None:
            raise LookupError(index)
        return from_json(bytes(row), where=f"entry {index} of the database")

    def entries(self, start: int, stop: int) -> Iterator[Entry]:
        """Yield entries in order. In pieces: an open cursor would not survive a slow reader's next write."""
        place = max(start, 0)
        while place < stop:
            rows = list(
                LedgerEntry.objects.filter(index__gte=place, index__lt=min(stop, place + CHUNK))
                .order_by("index")
                .values_list("canonical", flat=True)
            )
            for row in rows:
                yield from_json(bytes(row), where=f"entry {place} of the database")
                place += 1
            if not rows:
                return

    def add(self, entry: Entry) -> None:
        """Keep an entry; ValueError unless its index is the present size."""
        if entry.index != self.size():
            raise ValueError(f"entry {entry.index} cannot follow {self.size()} entries")
        row = LedgerEntry(
            index=entry.index,
            sha256=entry_hash(entry).hex(),
            at=entry.at,
            kind=entry.kind.value,
            actor=entry.actor,
            subject=entry.subject,
            canonical=entry.to_bytes(),
        )
        try:
            row.save()
        except IntegrityError as error:
            raise ValueError(f"entry {entry.index} is there already") from error

"""The log: entries are only ever added, each linked to the one before and covered by the tree."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from typing import Protocol

from armslength.kernel.errors import Mistake
from armslength.ledger import tree
from armslength.ledger.canonical import JsonObject, canonical_bytes, normalised
from armslength.ledger.entries import FORMAT, NOTHING_BEFORE, Entry, Kind, entry_hash
from armslength.ledger.heads import Key, SignedHead, sign_head
from armslength.ledger.shapes import Consistency, Inclusion
from armslength.ledger.tree import Nodes


class LogStorage(Protocol):
    """Keeps entries and nodes, adds them in order, never changes or removes one.

    `transaction` lets one writer in at a time: between entering and leaving it nobody else can add, and
    everything added inside becomes durable together or not at all. `Log.append` opens it itself; a
    caller that records an entry with the change it describes opens it around both (it may be nested).
    """

    @property
    def nodes(self) -> Nodes:
        """The complete subtrees of the tree."""

    def transaction(self) -> AbstractContextManager[None]:
        """Be the only writer; undo everything when the block raises."""

    def size(self) -> int:
        """Return the number of entries."""

    def entry(self, index: int) -> Entry:
        """Return one entry; LookupError when there is none."""

    def entries(self, start: int, stop: int) -> Iterator[Entry]:
        """Yield the entries from `start` up to but not including `stop`, in order, as many as there are."""

    def add(self, entry: Entry) -> None:
        """Keep an entry; ValueError unless its index is the present size."""


class Log:
    """One append-only log and the key that signs its heads."""

    def __init__(self, storage: LogStorage, *, key: Key) -> None:
        self.storage = storage
        self.key = key

    def begin(self, *, site: str, at: datetime) -> Entry:
        """Write the genesis entry if the log is empty; return it. L007 if it names another key."""
        with self.storage.transaction():
            if self.storage.size() == 0:
                body = {"format": FORMAT, "site": site, "public_key": self.key.public.hex}
                return self._add(Kind.GENESIS, actor="server", subject=f"site:{site}", body=body, at=at)
            genesis = self.storage.entry(0)
        if genesis.body.get("public_key") != self.key.public.hex:
            raise Mistake(
                "L007",
                f"this log began with another signing key than {self.key.public.id}",
                where="entry 0",
                hint="point the site at the key file the log was begun with",
            )
        return genesis

    def append(self, kind: Kind, *, actor: str, subject: str, body: JsonObject, at: datetime) -> Entry:
        """Add one entry and return it, its texts in Unicode form NFC. L001 if it cannot be recorded."""
        with self.storage.transaction():
            return self._add(kind, actor=actor, subject=subject, body=body, at=at)

    def _add(self, kind: Kind, *, actor: str, subject: str, body: JsonObject, at: datetime) -> Entry:
        size = self.storage.size()
        entry = Entry(
            index=size,
            previous=self.storage.nodes.get(0, size - 1).hex() if size else NOTHING_BEFORE,
            at=at.astimezone(UTC),
            kind=kind,
            actor=normalised(actor),
            subject=normalised(subject),
            body=normalised(body),
        )
        leaf = entry_hash(entry)  # before anything is kept: it refuses a body without a canonical form
        self.storage.add(entry)
        tree.append(self.storage.nodes, size=size, leaf=leaf)
        return entry

    def size(self) -> int:
        """Return the number of entries."""
        return self.storage.size()

    def entry(self, index: int) -> Entry:
        """Return one entry, or raise Mistake L008 when there is none."""
        try:
            return self.storage.entry(index)
        except LookupError:
            raise Mistake(
                "L008", f"the ledger has no entry {index}", where=f"{self.size()} entries"
            ) from None

    def head(self, *, at: datetime, size: int | None = None) -> SignedHead:
        """Sign the head of the whole log, or of its first `size` entries, as of now."""
        covered = self._covered(self.size() if size is None else size)
        root = tree.root(self.storage.nodes, size=covered)
        return sign_head(self.key, size=covered, root=root, at=at.astimezone(UTC))

    def inclusion(self, index: int, *, size: int) -> Inclusion:
        """Return the proof that entry `index` is among the first `size`, or raise Mistake L008."""
        if not 0 <= index < self._covered(size):
            raise Mistake("L008", f"entry {index} is not among the first {size} of the ledger")
        hashes = tree.inclusion_proof(self.storage.nodes, index=index, size=size)
        return Inclusion(index=index, size=size, hashes=tuple(hashes))

    def consistency(self, old: int, new: int) -> Consistency:
        """Return the proof that the first `old` entries are a beginning of the first `new`, or raise L008."""
        if not 0 <= old <= self._covered(new):
            raise Mistake("L008", f"a log of {old} entries is not a beginning of one of {new}")
        return Consistency(
            old=old, new=new, hashes=tuple(tree.consistency_proof(self.storage.nodes, old=old, new=new))
        )

    def export(self, *, at: datetime, start: int = 0, limit: int | None = None) -> Iterator[str]:
        """Yield an export as lines: entries from `start`, at most `limit`, then the head of the whole log."""
        head = self.head(
            at=at
        )  # first: entries added while a slow reader downloads are left for the next time
        stop = head.size if limit is None else min(head.size, start + limit)
        for entry in self.storage.entries(start, stop):
            yield entry.to_json() + "\n"
        yield head_line(head)

    def _covered(self, size: int) -> int:
        present = self.size()
        if not 0 <= size <= present:
            raise Mistake("L008", f"the ledger has {present} entries, not {size}")
        return size


def head_line(head: SignedHead) -> str:
    """Return the last line of an export."""
    return canonical_bytes({"head": head.to_object()}).decode() + "\n"


class MemoryNodes:
    """Nodes in this process only."""

    def __init__(self) -> None:
        self._kept: dict[tuple[int, int], bytes] = {}

    def get(self, level: int, index: int) -> bytes:
        """Return the hash of a node."""
        return self._kept[level, index]

    def put(self, level: int, index: int, value: bytes) -> None:
        """Keep the hash of a node."""
        if self._kept.setdefault((level, index), value) != value:
            raise ValueError(f"node {level}, {index} cannot change")

    def forget_after(self, size: int) -> None:
        """Drop what a log of `size` entries does not have yet."""
        self._kept = {
            place: value for place, value in self._kept.items() if (place[1] + 1) << place[0] <= size
        }


class MemoryStorage:
    """A storage in this process only, for one process's own use and for tests of everything above."""

    def __init__(self) -> None:
        self.nodes = MemoryNodes()
        self._entries: list[Entry] = []
        self._writer = threading.RLock()

    def transaction(self) -> AbstractContextManager[None]:
        """Be the only writer; undo everything when the block raises."""
        return _MemoryTransaction(self)

    def size(self) -> int:
        """Return the number of entries."""
        return len(self._entries)

    def entry(self, index: int) -> Entry:
        """Return one entry."""
        if index < 0:
            raise LookupError(index)
        return self._entries[index]

    def entries(self, start: int, stop: int) -> Iterator[Entry]:
        """Yield entries in order."""
        yield from self._entries[max(start, 0) : max(stop, 0)]

    def add(self, entry: Entry) -> None:
        """Keep an entry."""
        if entry.index != len(self._entries):
            raise ValueError(f"entry {entry.index} cannot follow {len(self._entries)} entries")
        self._entries.append(entry)


class _MemoryTransaction:
    def __init__(self, storage: MemoryStorage) -> None:
        self._storage = storage
        self._size = 0

    def __enter__(self) -> None:
        self._storage._writer.acquire()
        self._size = len(self._storage._entries)

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        try:
            if kind is not None and len(self._storage._entries) >= self._size:
                del self._storage._entries[self._size :]
                self._storage.nodes.forget_after(self._size)
        finally:
            self._storage._writer.release()

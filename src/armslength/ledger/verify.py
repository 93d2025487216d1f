"""Verify an export line by line, and name the first entry that is not as it was recorded."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Iterable, Iterator
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import datetime
from typing import IO

from armslength.kernel import clock
from armslength.kernel.errors import Mistake
from armslength.ledger.canonical import LONGEST_TEXT, NotCanonical, canonical_bytes, read_object
from armslength.ledger.entries import NOTHING_BEFORE, Entry, Kind, from_json
from armslength.ledger.heads import DISTRUST, PublicKey, SignedHead, verify_head
from armslength.ledger.tree import Frontier, leaf_hash

HEAD_START = b'{"head":'
LOOK_AHEAD = 10_000  # lines searched, after the first bad one, for the entry that should have stood there
GET_ANOTHER = "get another copy, and ask whoever gave you this one"


@dataclass(eq=False)
class BadEntry(Mistake):
    """The first entry of an export that is not as it was recorded."""

    index: int = 0
    kind: Kind | None = None
    at: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class Summary:
    """What a verified export holds."""

    site: str
    entries: int
    head: SignedHead
    key: PublicKey
    key_was_given: bool  # False: checked only against the key that the log itself names
    first_at: datetime | None
    last_at: datetime | None
    kinds: dict[Kind, int]


@dataclass(frozen=True, slots=True)
class _Line:
    """One line, read: an entry with its hash, or the head."""

    number: int
    entry: Entry | None = None
    hash: bytes = b""
    head: SignedHead | None = None


@dataclass
class _Reading:
    """How far a verification has come. The hash of the last entry waits, because the next line judges it."""

    where: str
    frontier: Frontier = field(default_factory=Frontier)
    last: _Line | None = None
    first_at: datetime | None = None
    site: str = ""
    kinds: Counter[Kind] = field(default_factory=Counter)

    @property
    def size(self) -> int:
        return self.frontier.size + (self.last is not None)

    def accept(self, line: _Line, entry: Entry) -> None:
        if self.last is not None:
            self.frontier.add(self.last.hash)
        else:
            self.first_at, self.site = entry.at, str(entry.body.get("site", ""))
        self.last = line
        self.kinds[entry.kind] += 1

    def root_with(self, *leaves: bytes) -> str:
        """Return the root if these were the leaves after those that are certain."""
        frontier = deepcopy(self.frontier)
        for leaf in leaves:
            frontier.add(leaf)
        return frontier.root().hex()


def verify_export(lines: Iterable[str | bytes], *, where: str, key: PublicKey | None = None) -> Summary:
    """Verify the chain, the tree and the signature of an export and say what it holds.

    Without a key, the one named by the genesis entry is used: that shows that the export is whole, not
    whose it is. Raises BadEntry (L020 to L027), or Mistake L003, L010, L011 for the head.
    """
    reading = _Reading(where)
    source = _read(lines, where=where)
    key_was_given = key is not None
    for line in source:
        if line.head is not None:
            _check_nothing_follows(source, reading)
            _check_head(reading, line.head, line=line, key=key)
            return _summary(reading, line.head, key=key, key_was_given=key_was_given)
        entry = _entry_of(line)
        _check_place(reading, line, source)
        _check_link(reading, line, source)
        if entry.index == 0:
            key = _check_genesis(entry, key=key, where=_place(where, line))
        reading.accept(line, entry)
    raise _truncated(reading, f"the export ends after {_count(reading.size)} without a signed head")


def read_lines(file: IO[bytes]) -> Iterator[bytes]:
    """Yield the lines of a file; one that is longer than any entry can be is yielded cut, and then refused."""
    while line := file.readline(LONGEST_TEXT + 2):
        yield line


def _read(lines: Iterable[str | bytes], *, where: str) -> Iterator[_Line]:
    for number, line in enumerate(lines, start=1):
        raw = line.encode() if isinstance(line, str) else line
        text = raw.removesuffix(b"\n")
        try:
            if text.startswith(HEAD_START):
                value = read_object(text)
                if value.keys() != {"head"} or canonical_bytes(value) != text:
                    raise NotCanonical("the line is not written in canonical form")
                yield _Line(number, head=SignedHead.from_object(value["head"], where=f"{where}:{number}"))
            else:
                entry = from_json(text, where=f"{where}:{number}")
                yield _Line(number, entry=entry, hash=leaf_hash(text))
        except NotCanonical as error:
            raise Mistake("L003", f"this is not a head: {error}", where=f"{where}:{number}") from None
        except Mistake as mistake:
            if mistake.code not in ("L001", "L002"):
                raise
            cut = not raw.endswith(b"\n")
            raise BadEntry(
                "L025" if cut else "L020",
                f"entry {number - 1} is cut off in the middle"
                if cut
                else f"entry {number - 1} cannot be read: {mistake.what.removeprefix('this is ')}",
                where=f"{where}:{number}",
                hint=GET_ANOTHER,
                exit_status=DISTRUST,
                index=number - 1,
            ) from None


def _entry_of(line: _Line) -> Entry:
    if line.entry is None:
        raise ValueError(f"line {line.number} is not an entry")
    return line.entry


def _check_place(reading: _Reading, line: _Line, rest: Iterator[_Line]) -> None:
    """Raise when an entry is missing, stands in another's place or stands there twice."""
    entry, expected = _entry_of(line), reading.size
    if entry.index == expected:
        return
    if entry.index < expected:
        raise _inserted(reading, line, rest)
    for later in _entries_ahead(rest):
        if later.entry and later.entry.index == expected:
            raise _bad(
                "L023",
                later,
                f"stands after entry {entry.index}: entries were swapped",
                where=_place(reading.where, line),
            )
    missing = (
        f"entry {expected} is"
        if entry.index == expected + 1
        else f"entries {expected} to {entry.index - 1} are"
    )
    raise BadEntry(
        "L021",
        f"{missing} missing before {_named(entry)}",
        where=_place(reading.where, line),
        hint=GET_ANOTHER,
        exit_status=DISTRUST,
        index=expected,
    )


def _inserted(reading: _Reading, line: _Line, rest: Iterator[_Line]) -> BadEntry:
    """Of two entries with one index, blame the one that the next entry does not continue."""
    entry, last = _entry_of(line), reading.last
    following = next(_entries_ahead(rest), None)
    continues = (
        following is not None and following.entry is not None and following.entry.previous == line.hash.hex()
    )
    bad = line
    if continues and last is not None and last.entry is not None and last.entry.index == entry.index:
        bad = last
    return _bad("L022", bad, "was inserted: its index appears twice", where=_place(reading.where, bad))


def _check_link(reading: _Reading, line: _Line, rest: Iterator[_Line]) -> None:
    """Raise when the entry does not continue the one before; find out which of the two was changed."""
    entry, last = _entry_of(line), reading.last
    if entry.previous == (last.hash.hex() if last else NOTHING_BEFORE):
        return
    following = next(_lines_ahead(rest), None)
    confirmed = False
    if following is not None and following.entry is not None:
        confirmed = following.entry.previous == line.hash.hex()
    elif following is not None and following.head is not None:
        confirmed = reading.root_with(bytes.fromhex(entry.previous), line.hash) == following.head.root
    if confirmed and last is not None:
        raise _bad(
            "L024",
            last,
            f"was changed: its hash is not the one that entry {entry.index} recorded",
            where=_place(reading.where, last),
        )
    raise _bad(
        "L024",
        line,
        "was changed: it does not continue the entry before it",
        where=_place(reading.where, line),
    )


def _check_genesis(entry: Entry, *, key: PublicKey | None, where: str) -> PublicKey:
    named = entry.body.get("public_key")
    if not isinstance(named, str):
        raise _bad("L020", _Line(1, entry=entry), "names no public key", where=where)
    if key is None:
        return PublicKey.parse(named, where=where)
    if named != key.hex:
        raise BadEntry(
            "L011",
            f"{_named(entry)} names another key than the trusted one, {key.id}",
            where=where,
            hint="this is the log of another site, or somebody made a log to look like one",
            exit_status=DISTRUST,
            index=0,
            kind=entry.kind,
            at=entry.at,
        )
    return key


def _check_head(reading: _Reading, head: SignedHead, *, line: _Line, key: PublicKey | None) -> None:
    place = _place(reading.where, line)
    if key is None:
        raise Mistake("L025", "the export has no entry, so it names no key", where=place, hint="give --key")
    verify_head(head, key=key, where=place)
    last = reading.last
    if head.size > reading.size:
        raise _truncated(
            reading, f"the signed head covers {_count(head.size)}, the export holds {reading.size}"
        )
    if last is not None and head.size < reading.size:
        raise BadEntry(
            "L022",
            f"entry {head.size} and what follows was added: the signed head covers {_count(head.size)}",
            where=place,
            hint=GET_ANOTHER,
            exit_status=DISTRUST,
            index=head.size,
        )
    if (reading.root_with(last.hash) if last else reading.root_with()) == head.root:
        return
    if last is None:
        raise Mistake("L003", "the head of an empty log has an impossible root", where=place)
    raise _bad(
        "L026",
        last,
        "is not the one the signed head covers: it was changed, or the chain was made anew up to it",
        where=_place(reading.where, last),
    )


def _check_nothing_follows(rest: Iterator[_Line], reading: _Reading) -> None:
    try:
        follows = next(rest, None) is not None
    except Mistake:
        follows = True
    if follows:
        raise BadEntry(
            "L027",
            "something follows the signed head, which must be the last line",
            where=f"{reading.where}:{reading.size + 2}",
            hint=GET_ANOTHER,
            exit_status=DISTRUST,
            index=reading.size,
        )


def _summary(reading: _Reading, head: SignedHead, *, key: PublicKey | None, key_was_given: bool) -> Summary:
    if key is None:
        raise ValueError("a head was verified without a key")
    last = reading.last.entry if reading.last else None
    return Summary(
        site=reading.site,
        entries=reading.size,
        head=head,
        key=key,
        key_was_given=key_was_given,
        first_at=reading.first_at,
        last_at=last.at if last else None,
        kinds=dict(reading.kinds),
    )


def _lines_ahead(rest: Iterator[_Line]) -> Iterator[_Line]:
    """Yield what can still be read after a bad place, as far as it can be read."""
    try:
        yield from itertools.islice(rest, LOOK_AHEAD)
    except Mistake:
        return


def _entries_ahead(rest: Iterator[_Line]) -> Iterator[_Line]:
    return (line for line in _lines_ahead(rest) if line.entry is not None)


def _truncated(reading: _Reading, what: str) -> BadEntry:
    return BadEntry(
        "L025",
        f"entry {reading.size} is missing: {what}",
        where=reading.where,
        hint="the export was cut off: download it again, or ask for the end that was left out",
        exit_status=DISTRUST,
        index=reading.size,
    )


def _bad(code: str, line: _Line, why: str, *, where: str) -> BadEntry:
    entry = _entry_of(line)
    return BadEntry(
        code,
        f"{_named(entry)} {why}",
        where=where,
        hint=GET_ANOTHER,
        exit_status=DISTRUST,
        index=entry.index,
        kind=entry.kind,
        at=entry.at,
    )


def _named(entry: Entry) -> str:
    return f"entry {entry.index} ({entry.kind}, {clock.to_text(entry.at)})"


def _place(where: str, line: _Line) -> str:
    return f"{where}:{line.number}"


def _count(number: int) -> str:
    return "1 entry" if number == 1 else f"{number} entries"

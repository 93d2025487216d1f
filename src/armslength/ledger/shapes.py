"""Proofs as they travel: the JSON objects of inclusion and consistency, strictly read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from armslength.kernel.errors import Mistake
from armslength.ledger.canonical import LARGEST_NUMBER, JsonObject
from armslength.ledger.tree import HASH_BYTES, LONGEST_PROOF


@dataclass(frozen=True, slots=True, kw_only=True)
class Inclusion:
    """Shows that one entry is among the first `size`: {"index", "size", "hashes"}."""

    index: int
    size: int
    hashes: tuple[bytes, ...]

    def to_object(self) -> JsonObject:
        """Return the proof as a JSON object."""
        return {"index": self.index, "size": self.size, "hashes": [value.hex() for value in self.hashes]}

    @classmethod
    def from_object(cls, value: Any, *, where: str) -> Inclusion:
        """Read the proof from the JSON object it travelled as, or raise Mistake L003."""
        what = "an inclusion proof"
        fields = _fields(value, names=("index", "size", "hashes"), what=what, where=where)
        return cls(
            index=whole_number(fields["index"], name="index", what=what, where=where),
            size=whole_number(fields["size"], name="size", what=what, where=where),
            hashes=_hashes(fields["hashes"], what=what, where=where),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Consistency:
    """Shows that the log of `old` entries is a beginning of the log of `new`: {"from", "to", "hashes"}."""

    old: int
    new: int
    hashes: tuple[bytes, ...]

    def to_object(self) -> JsonObject:
        """Return the proof as a JSON object."""
        return {"from": self.old, "to": self.new, "hashes": [value.hex() for value in self.hashes]}

    @classmethod
    def from_object(cls, value: Any, *, where: str) -> Consistency:
        """Read the proof from the JSON object it travelled as, or raise Mistake L003."""
        what = "a consistency proof"
        fields = _fields(value, names=("from", "to", "hashes"), what=what, where=where)
        return cls(
            old=whole_number(fields["from"], name="from", what=what, where=where),
            new=whole_number(fields["to"], name="to", what=what, where=where),
            hashes=_hashes(fields["hashes"], what=what, where=where),
        )


def whole_number(value: Any, *, name: str, what: str, where: str) -> int:
    """Return the value if it is a whole number from 0, else raise Mistake L003."""
    if type(value) is not int or not 0 <= value <= LARGEST_NUMBER:
        raise Mistake("L003", f"this is not {what}: `{name}` is not a whole number from 0", where=where)
    return value


def _fields(value: Any, *, names: tuple[str, ...], what: str, where: str) -> JsonObject:
    if not isinstance(value, dict) or value.keys() != set(names):
        raise Mistake("L003", f"this is not {what}: its fields must be {', '.join(names)}", where=where)
    return value


def _hashes(value: Any, *, what: str, where: str) -> tuple[bytes, ...]:
    if not isinstance(value, list) or len(value) > LONGEST_PROOF:
        raise Mistake(
            "L003", f"this is not {what}: `hashes` is not a list of at most {LONGEST_PROOF}", where=where
        )
    digits = set("0123456789abcdef")
    for item in value:
        if not isinstance(item, str) or len(item) != 2 * HASH_BYTES or not set(item) <= digits:
            raise Mistake("L003", f"this is not {what}: a hash is not 64 hexadecimal digits", where=where)
    return tuple(bytes.fromhex(item) for item in value)

"""The Merkle tree of RFC 6962: one root for the whole log, short proofs for any part of it.

Only complete subtrees are stored: node (level, index) covers the leaves index·2^level up to
(index+1)·2^level. They never change once written, so every root and proof of any earlier size
can be made from them with a number of reads that grows with the logarithm of the size.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Protocol

HASH_BYTES = 32
LONGEST_PROOF = 64  # hashes; enough for 2^63 entries


class Nodes(Protocol):
    """Keeps the complete subtrees. What was put is never put differently again."""

    def get(self, level: int, index: int) -> bytes:
        """Return the hash of a node that was put; LookupError if it never was."""

    def put(self, level: int, index: int, value: bytes) -> None:
        """Keep the hash of a node."""


def empty_root() -> bytes:
    """Return the root of a log without entries."""
    return hashlib.sha256(b"").digest()


def leaf_hash(content: bytes) -> bytes:
    """Return the hash of a leaf; the prefix keeps a leaf from passing for a node."""
    return hashlib.sha256(b"\x00" + content).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Return the hash of the node above two others."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def append(nodes: Nodes, *, size: int, leaf: bytes) -> None:
    """Add the leaf hash at place `size`, and every subtree that it completes."""
    level, index, value = 0, size, leaf
    nodes.put(level, index, value)
    while index % 2 == 1:
        value = node_hash(nodes.get(level, index - 1), value)
        level, index = level + 1, index // 2
        nodes.put(level, index, value)


def root(nodes: Nodes, *, size: int) -> bytes:
    """Return the root of the first `size` leaves."""
    return _range_root(nodes, 0, size) if size else empty_root()


def inclusion_proof(nodes: Nodes, *, index: int, size: int) -> list[bytes]:
    """Return the hashes that lead from leaf `index` to the root of the first `size` leaves."""
    if not 0 <= index < size:
        raise ValueError(f"entry {index} is not among the first {size}")
    start, end, path = 0, size, []
    while end - start > 1:
        middle = start + _split(end - start)
        if index < middle:
            path.append(_range_root(nodes, middle, end))
            end = middle
        else:
            path.append(_range_root(nodes, start, middle))
            start = middle
    return path[::-1]


def consistency_proof(nodes: Nodes, *, old: int, new: int) -> list[bytes]:
    """Return the hashes that show that the first `old` leaves are a beginning of the first `new`.

    Nothing is to be shown when `old` is 0 or both are equal: the proof is empty then.
    """
    if not 0 <= old <= new:
        raise ValueError(f"a log of {old} entries is not a beginning of one of {new}")
    if old in (0, new):
        return []
    start, end, whole, path = 0, new, True, []
    while old != end:
        middle = start + _split(end - start)
        if old <= middle:
            path.append(_range_root(nodes, middle, end))
            end = middle
        else:
            path.append(_range_root(nodes, start, middle))
            start, whole = middle, False
    if not whole:
        path.append(_range_root(nodes, start, end))
    return path[::-1]


def inclusion_holds(*, leaf: bytes, index: int, size: int, path: Sequence[bytes], root: bytes) -> bool:
    """Say whether the path leads from the leaf hash at `index` to the root (RFC 9162, section 2.1.3.2)."""
    if not 0 <= index < size:
        return False
    place, last, value = index, size - 1, leaf
    for hash_beside in path:
        if last == 0:
            return False
        if place % 2 == 1 or place == last:
            value = node_hash(hash_beside, value)
            while place % 2 == 0 and place != 0:
                place, last = place >> 1, last >> 1
        else:
            value = node_hash(value, hash_beside)
        place, last = place >> 1, last >> 1
    return last == 0 and value == root


def consistency_holds(*, old: int, new: int, path: Sequence[bytes], old_root: bytes, new_root: bytes) -> bool:
    """Say whether the path shows that one log is a beginning of the other (RFC 9162, section 2.1.4.2)."""
    if not 0 <= old <= new:
        return False
    if old == new:
        return not path and old_root == new_root
    if old == 0:
        return not path and old_root == empty_root()
    # When the old log is one complete subtree, its root is the first hash and need not be sent.
    hashes = [old_root, *path] if old & (old - 1) == 0 else list(path)
    if not hashes:
        return False
    place, last = old - 1, new - 1
    while place % 2 == 1:
        place, last = place >> 1, last >> 1
    from_old = from_new = hashes[0]
    for value in hashes[1:]:
        if last == 0:
            return False
        if place % 2 == 1 or place == last:
            from_old, from_new = node_hash(value, from_old), node_hash(value, from_new)
            while place % 2 == 0 and place != 0:
                place, last = place >> 1, last >> 1
        else:
            from_new = node_hash(from_new, value)
        place, last = place >> 1, last >> 1
    return last == 0 and from_old == old_root and from_new == new_root


class Frontier:
    """The root of a stream of leaves, remembering only the complete subtrees at its right edge."""

    def __init__(self) -> None:
        self.size = 0
        self._peaks: list[bytes] = []

    def add(self, leaf: bytes) -> None:
        """Add the next leaf hash."""
        value, place = leaf, self.size
        while place % 2 == 1:
            value = node_hash(self._peaks.pop(), value)
            place >>= 1
        self._peaks.append(value)
        self.size += 1

    def root(self) -> bytes:
        """Return the root of the leaves so far."""
        if not self._peaks:
            return empty_root()
        value = self._peaks[-1]
        for peak in reversed(self._peaks[:-1]):
            value = node_hash(peak, value)
        return value


def _split(count: int) -> int:
    """Return the largest power of two smaller than `count`, which is at least 2."""
    return 1 << ((count - 1).bit_length() - 1)


def _range_root(nodes: Nodes, start: int, end: int) -> bytes:
    """Return the root of leaves start to end; `start` is a place where RFC 6962 begins a subtree."""
    count = end - start
    if count & (count - 1) == 0:
        level = count.bit_length() - 1
        return nodes.get(level, start >> level)
    middle = start + _split(count)
    return node_hash(_range_root(nodes, start, middle), _range_root(nodes, middle, end))

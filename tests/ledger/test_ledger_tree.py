"""The tree against the definition in RFC 6962 and against its well-known values."""

from __future__ import annotations

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from armslength.ledger import tree
from armslength.ledger.log import MemoryNodes

LARGEST = 70
LEAVES = [tree.leaf_hash(bytes([number])) for number in range(LARGEST)]

# The eight inputs and the roots of their beginnings that implementations of RFC 6962 share.
KNOWN_INPUTS = [
    bytes.fromhex(text)
    for text in (
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    )
]
KNOWN_ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]


def grown(leaves: list[bytes]) -> MemoryNodes:
    nodes = MemoryNodes()
    for size, leaf in enumerate(leaves):
        tree.append(nodes, size=size, leaf=leaf)
    return nodes


NODES = grown(LEAVES)


def naive_root(leaves: list[bytes]) -> bytes:
    """The definition, word for word."""
    if not leaves:
        return hashlib.sha256(b"").digest()
    if len(leaves) == 1:
        return leaves[0]
    half = 1
    while half * 2 < len(leaves):
        half *= 2
    return hashlib.sha256(b"\x01" + naive_root(leaves[:half]) + naive_root(leaves[half:])).digest()


def naive_inclusion(index: int, leaves: list[bytes]) -> list[bytes]:
    if len(leaves) == 1:
        return []
    half = 1
    while half * 2 < len(leaves):
        half *= 2
    if index < half:
        return [*naive_inclusion(index, leaves[:half]), naive_root(leaves[half:])]
    return [*naive_inclusion(index - half, leaves[half:]), naive_root(leaves[:half])]


def naive_consistency(old: int, leaves: list[bytes], *, whole: bool = True) -> list[bytes]:
    if old == len(leaves):
        return [] if whole else [naive_root(leaves)]
    half = 1
    while half * 2 < len(leaves):
        half *= 2
    if old <= half:
        return [*naive_consistency(old, leaves[:half], whole=whole), naive_root(leaves[half:])]
    return [*naive_consistency(old - half, leaves[half:], whole=False), naive_root(leaves[:half])]


def test_the_well_known_roots_come_out():
    nodes = grown([tree.leaf_hash(value) for value in KNOWN_INPUTS])
    assert (
        tree.root(nodes, size=0).hex() == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    )
    assert [tree.root(nodes, size=size).hex() for size in range(1, 9)] == KNOWN_ROOTS


def test_the_well_known_proofs_come_out():
    nodes = grown([tree.leaf_hash(value) for value in KNOWN_INPUTS])
    path = [
        "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
    ]
    assert [value.hex() for value in tree.inclusion_proof(nodes, index=0, size=8)] == path
    assert [value.hex() for value in tree.consistency_proof(nodes, old=1, new=8)] == path


@pytest.mark.parametrize("size", range(LARGEST + 1))
def test_roots_and_proofs_equal_the_definition_at_every_size(size):
    leaves = LEAVES[:size]
    root = tree.root(NODES, size=size)
    assert root == naive_root(leaves)
    for index in range(size):
        path = tree.inclusion_proof(NODES, index=index, size=size)
        assert path == naive_inclusion(index, leaves)
        assert tree.inclusion_holds(leaf=leaves[index], index=index, size=size, path=path, root=root)
    for old in range(1, size + 1):
        path = tree.consistency_proof(NODES, old=old, new=size)
        assert path == naive_consistency(old, leaves)
        assert tree.consistency_holds(
            old=old, new=size, path=path, old_root=naive_root(leaves[:old]), new_root=root
        )


@pytest.mark.parametrize("size", range(1, 34))
def test_no_inclusion_proof_serves_for_anything_else(size):
    """Each proof is tried for other places, leaves and sizes, shortened, lengthened and damaged."""
    roots = [tree.root(NODES, size=number) for number in range(40)]
    for index in range(size):
        path = tree.inclusion_proof(NODES, index=index, size=size)
        for other in range(size):
            if other != index:
                assert not holds(LEAVES[index], other, size, path, roots[size])
                assert not holds(LEAVES[other], index, size, path, roots[size])
        for other in range(1, 40):
            if other != size:
                assert not holds(LEAVES[index], index, size, path, roots[other])
        assert not holds(LEAVES[index], index, size, [*path, LEAVES[0]], roots[size])
        if path:
            assert not holds(LEAVES[index], index, size, path[:-1], roots[size])
            assert not holds(LEAVES[index], index, size, [turned(path[0]), *path[1:]], roots[size])
        assert not holds(LEAVES[index], size, size, path, roots[size])
        assert not holds(LEAVES[index], -1, size, path, roots[size])


@pytest.mark.parametrize("new", range(1, 34))
def test_no_consistency_proof_serves_for_another_beginning(new):
    """A log that differs in its oldest or newest shared entry is never shown to be a beginning."""
    new_root = tree.root(NODES, size=new)
    for old in range(1, new + 1):
        path = tree.consistency_proof(NODES, old=old, new=new)
        for changed in {0, old // 2, old - 1}:
            forged = [*LEAVES[:changed], turned(LEAVES[changed]), *LEAVES[changed + 1 : old]]
            assert not begins(old, new, path, naive_root(forged), new_root)
        old_root = tree.root(NODES, size=old)
        assert not begins(old, new, path, old_root, turned(new_root))
        assert not begins(old, new, [*path, LEAVES[0]], old_root, new_root)
        if path:
            assert not begins(old, new, path[:-1], old_root, new_root)
            assert not begins(old, new, [turned(path[0]), *path[1:]], old_root, new_root)
            assert not begins(old, new, [*path[:-1], turned(path[-1])], old_root, new_root)


def test_a_larger_log_is_no_beginning_of_a_smaller_one():
    assert not begins(5, 4, [], tree.root(NODES, size=5), tree.root(NODES, size=4))
    with pytest.raises(ValueError, match="not a beginning"):
        tree.consistency_proof(NODES, old=5, new=4)


def test_the_empty_log_is_a_beginning_of_every_log_and_only_the_true_empty_root_says_so():
    assert begins(0, 7, [], tree.empty_root(), tree.root(NODES, size=7))
    assert not begins(0, 7, [], LEAVES[0], tree.root(NODES, size=7))
    assert not begins(0, 7, [LEAVES[0]], tree.empty_root(), tree.root(NODES, size=7))


def test_a_node_cannot_pass_for_a_leaf():
    """The prefixes keep the two apart, or two hashes side by side could be sold as an entry."""
    left, right = LEAVES[:2]
    assert tree.leaf_hash(left + right) != tree.node_hash(left, right)


@given(st.lists(st.binary(max_size=8), max_size=200))
def test_the_stream_has_the_root_of_the_stored_tree(contents):
    leaves = [tree.leaf_hash(content) for content in contents]
    frontier = tree.Frontier()
    for leaf in leaves:
        frontier.add(leaf)
    assert frontier.root() == tree.root(grown(leaves), size=len(leaves))


def test_roots_and_proofs_read_few_nodes():
    """At a hundred thousand entries nothing reads more nodes than the square of the tree's height."""

    class Counting:
        reads = 0

        def get(self, level: int, index: int) -> bytes:
            self.reads += 1
            return LEAVES[0]

        def put(self, level: int, index: int, value: bytes) -> None:
            raise AssertionError("reading writes nothing")

    for ask in (
        lambda nodes: tree.root(nodes, size=99_999),
        lambda nodes: tree.inclusion_proof(nodes, index=54_321, size=99_999),
        lambda nodes: tree.consistency_proof(nodes, old=54_321, new=99_999),
    ):
        nodes = Counting()
        ask(nodes)
        assert nodes.reads <= 17**2


def holds(leaf: bytes, index: int, size: int, path: list[bytes], root: bytes) -> bool:
    return tree.inclusion_holds(leaf=leaf, index=index, size=size, path=path, root=root)


def begins(old: int, new: int, path: list[bytes], old_root: bytes, new_root: bytes) -> bool:
    return tree.consistency_holds(old=old, new=new, path=path, old_root=old_root, new_root=new_root)


def turned(value: bytes) -> bytes:
    """Return the same bytes with one bit turned."""
    return bytes([value[0] ^ 1]) + value[1:]

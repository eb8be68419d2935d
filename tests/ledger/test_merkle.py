"""The tree is RFC 9162's: against its definitions written out, known roots, and every small tree there is."""

from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from publius.ledger.merkle import (
    EMPTY_ROOT,
    TILE,
    Frontier,
    consistency_ranges,
    consistent,
    includes,
    inclusion_ranges,
    leaf_hash,
    node_hash,
    prove,
    tree_hash,
)

# The eight leaves that the certificate-transparency project tests its trees with, and the root after each.
KNOWN_LEAVES = [
    bytes.fromhex(leaf)
    for leaf in (
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
LEAVES = [leaf_hash(bytes([at])) for at in range(33)]


def mth(leaves: list[bytes]) -> bytes:
    """The tree hash as section 2.1.1 writes it, recursively."""
    if len(leaves) < 2:
        return leaves[0] if leaves else sha256(b"").digest()
    split = max(1 << bits for bits in range(20) if 1 << bits < len(leaves))
    return sha256(b"\x01" + mth(leaves[:split]) + mth(leaves[split:])).digest()


def path(at: int, leaves: list[bytes]) -> list[bytes]:
    """The inclusion proof as section 2.1.3.1 writes it."""
    if len(leaves) == 1:
        return []
    split = max(1 << bits for bits in range(20) if 1 << bits < len(leaves))
    if at < split:
        return [*path(at, leaves[:split]), mth(leaves[split:])]
    return [*path(at - split, leaves[split:]), mth(leaves[:split])]


def subproof(first: int, leaves: list[bytes], known: bool) -> list[bytes]:
    """The consistency proof as section 2.1.4.1 writes it."""
    if first == len(leaves):
        return [] if known else [mth(leaves)]
    split = max(1 << bits for bits in range(20) if 1 << bits < len(leaves))
    if first <= split:
        return [*subproof(first, leaves[:split], known), mth(leaves[split:])]
    return [*subproof(first - split, leaves[split:], False), mth(leaves[:split])]


def test_the_empty_tree_and_the_known_roots() -> None:
    assert tree_hash([]) == EMPTY_ROOT == sha256(b"").digest()
    frontier = Frontier()
    for leaf, root in zip(KNOWN_LEAVES, KNOWN_ROOTS, strict=True):
        frontier.append(leaf_hash(leaf))
        assert frontier.root().hex() == root


@given(st.lists(st.binary(max_size=40), max_size=70))
def test_the_frontier_is_the_tree_hash_also_after_a_rest_in_the_database(bodies: list[bytes]) -> None:
    leaves = [leaf_hash(body) for body in bodies]
    frontier = Frontier()
    for leaf in leaves:
        frontier.append(leaf)
        frontier = Frontier.unpack(frontier.size, frontier.pack())
    assert frontier.size == len(leaves)
    assert frontier.root() == mth(leaves)
    assert len(frontier.hashes) == frontier.size.bit_count()


@given(st.integers(0, 3 * TILE + 5))
def test_a_tree_of_tiles_and_left_over_leaves_is_the_same_tree(size: int) -> None:
    leaves = [leaf_hash(at.to_bytes(4)) for at in range(size)]
    whole, tiles = Frontier(), []
    for leaf in leaves:
        if (tile := whole.append(leaf)) is not None:
            tiles.append(tile)
    assert len(tiles) == size // TILE
    tiled = Frontier()
    for tile in tiles:
        tiled.append(tile, level=8)
    for leaf in leaves[len(tiles) * TILE :]:
        tiled.append(leaf)
    assert (tiled.size, tiled.root()) == (size, whole.root())


@pytest.mark.parametrize("size", range(1, len(LEAVES) + 1))
def test_every_inclusion_proof_is_the_rfcs_and_holds_for_its_leaf_alone(size: int) -> None:
    leaves = LEAVES[:size]
    root = mth(leaves)
    for position in range(size):
        proof = prove(inclusion_ranges(position, size), leaves)
        assert proof == path(position, leaves)
        assert includes(leaves[position], position, size, proof, root)
        assert not includes(leaf_hash(b"another"), position, size, proof, root)
        assert not includes(leaves[position], position + 1, size, proof, root)
        assert not includes(leaves[position], position, size, [*proof, root], root)
        assert not proof or not includes(leaves[position], position, size, proof[:-1], root)


@pytest.mark.parametrize("size", range(1, len(LEAVES) + 1))
def test_every_consistency_proof_is_the_rfcs_and_holds_for_its_trees_alone(size: int) -> None:
    leaves = LEAVES[:size]
    root = mth(leaves)
    for first in range(size + 1):
        old = mth(leaves[:first])
        proof = prove(consistency_ranges(first, size), leaves)
        assert proof == (subproof(first, leaves, True) if first else [])
        assert consistent(first, old, size, root, proof)
        assert not consistent(first, leaf_hash(b"another"), size, root, proof)
        if 0 < first < size:
            assert not consistent(first, old, size, leaf_hash(b"another"), proof)
            assert not consistent(first, old, size, root, proof[:-1])
            assert not consistent(first, old, size, root, [*proof, root])


@given(st.data())
def test_a_changed_proof_never_holds(data: st.DataObject) -> None:
    size = data.draw(st.integers(2, len(LEAVES)))
    position = data.draw(st.integers(0, size - 1))
    proof = prove(inclusion_ranges(position, size), LEAVES[:size])
    at = data.draw(st.integers(0, len(proof) - 1))
    proof[at] = data.draw(st.binary(min_size=32, max_size=32).filter(lambda other: other != proof[at]))
    assert not includes(LEAVES[position], position, size, proof, tree_hash(LEAVES[:size]))


def test_a_leaf_can_not_pass_for_a_node() -> None:
    left, right = LEAVES[:2]
    assert leaf_hash(left + right) != node_hash(left, right)

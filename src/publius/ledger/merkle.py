"""The Merkle tree of RFC 9162, section 2.1: tree hash, inclusion and consistency proofs, and the frontier.

Every hash is 32 bytes of SHA-256. A leaf is hashed with a leading 0x00 and an inner node with 0x01, so that
neither can pass for the other. Positions count leaves from 0; ranges `(start, end)` exclude `end`.
"""

from collections.abc import Iterable, Iterator, Sequence
from hashlib import sha256

Range = tuple[int, int]

TILE_LEVEL = 8
TILE = 1 << TILE_LEVEL

EMPTY_ROOT = sha256(b"").digest()


def leaf_hash(body: bytes) -> bytes:
    """The hash of one leaf: SHA-256(0x00 || body)."""
    return sha256(b"\x00" + body).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """The hash of an inner node: SHA-256(0x01 || left || right)."""
    return sha256(b"\x01" + left + right).digest()


class Frontier:
    """The right edge of a growing tree: the hashes of its perfect subtrees, largest first.

    It is all that is needed to append a leaf in O(log n) and to know the root, without any earlier leaf.
    Subtree sizes are the binary digits of `size`.
    """

    def __init__(self, size: int = 0, hashes: Iterable[bytes] = ()) -> None:
        self.size = size
        self.hashes = list(hashes)

    def append(self, node: bytes, level: int = 0) -> bytes | None:
        """Add a leaf hash, or the hash of a perfect subtree of `2**level` leaves where that is aligned.

        Returns the hash of the tile of `TILE` leaves that this completed, if it did: proofs over a long log
        are made from these instead of from every leaf.
        """
        tile = None
        while self.size >> level & 1:
            node = node_hash(self.hashes.pop(), node)
            level += 1
            if level == TILE_LEVEL:
                tile = node
        self.hashes.append(node)
        self.size = (self.size >> level | 1) << level
        return tile

    def root(self) -> bytes:
        """The tree hash of all leaves so far."""
        if not self.hashes:
            return EMPTY_ROOT
        root = self.hashes[-1]
        for left in reversed(self.hashes[:-1]):
            root = node_hash(left, root)
        return root

    def pack(self) -> bytes:
        """The hashes as one string of bytes, for storing beside `size`."""
        return b"".join(self.hashes)

    @classmethod
    def unpack(cls, size: int, packed: bytes) -> "Frontier":
        """The reverse of `pack`."""
        return cls(size, (packed[at : at + 32] for at in range(0, len(packed), 32)))


def tree_hash(leaves: Iterable[bytes]) -> bytes:
    """The root over these leaf hashes (RFC 9162, 2.1.1)."""
    frontier = Frontier()
    for leaf in leaves:
        frontier.append(leaf)
    return frontier.root()


def _split(size: int) -> int:
    """The largest power of two smaller than `size`, where the RFC divides a tree of two leaves or more."""
    return 1 << ((size - 1).bit_length() - 1)


def inclusion_ranges(position: int, size: int) -> list[Range]:
    """Which subtrees' hashes make the inclusion proof of a leaf, from the leaf upwards (RFC 9162, 2.1.3.1)."""
    ranges: list[Range] = []
    start, end = 0, size
    while end - start > 1:
        middle = start + _split(end - start)
        if position < middle:
            ranges.append((middle, end))
            end = middle
        else:
            ranges.append((start, middle))
            start = middle
    return ranges[::-1]


def consistency_ranges(first: int, size: int) -> list[Range]:
    """Which subtrees' hashes prove that the tree of `first` leaves begins that of `size` (RFC 9162, 2.1.4.1)."""
    ranges: list[Range] = []
    start, end = 0, size if first else 0
    while end != first:
        middle = start + _split(end - start)
        if first <= middle:
            ranges.append((middle, end))
            end = middle
        else:
            ranges.append((start, middle))
            start = middle
    # The verifier knows the old root itself, so the subtree that is the whole old tree is left out.
    return ([(start, end)] if start else []) + ranges[::-1]


def prove(ranges: Iterable[Range], leaves: Sequence[bytes]) -> list[bytes]:
    """The proof for these ranges, from leaf hashes that are all at hand."""
    return [tree_hash(leaves[start:end]) for start, end in ranges]


def includes(leaf: bytes, position: int, size: int, proof: Sequence[bytes], root: bytes) -> bool:
    """Whether the proof shows that the leaf hash is at `position` in the tree of `size` (RFC 9162, 2.1.3.2)."""
    if not 0 <= position < size or len(proof) != len(inclusion_ranges(position, size)):
        return False
    node, index, last = leaf, position, size - 1
    for sibling in proof:
        if index & 1 or index == last:
            node = node_hash(sibling, node)
            while not index & 1 and index:
                index, last = index >> 1, last >> 1
        else:
            node = node_hash(node, sibling)
        index, last = index >> 1, last >> 1
    return last == 0 and node == root


def consistent(first: int, first_root: bytes, size: int, root: bytes, proof: Sequence[bytes]) -> bool:
    """Whether the proof shows that the first tree is the beginning of the second (RFC 9162, 2.1.4.2)."""
    if first == size or first == 0:
        return not proof and first_root == (root if first else EMPTY_ROOT)
    if not 0 < first < size or not proof:
        return False
    path: Iterator[bytes] = iter(proof if first & (first - 1) else [first_root, *proof])
    index, last = first - 1, size - 1
    while index & 1:
        index, last = index >> 1, last >> 1
    old = new = next(path)
    for sibling in path:
        if last == 0:
            return False
        if index & 1 or index == last:
            old, new = node_hash(sibling, old), node_hash(sibling, new)
            while not index & 1 and index:
                index, last = index >> 1, last >> 1
        else:
            new = node_hash(new, sibling)
        index, last = index >> 1, last >> 1
    return last == 0 and old == first_root and new == root

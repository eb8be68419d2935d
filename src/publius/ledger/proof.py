"""A receipt's proof: that one record is in the signed log, shown to whoever holds the public key alone."""

from msgspec import Struct

from publius.errors import InvalidRequest
from publius.ledger import body as bodies
from publius.ledger.merkle import includes, leaf_hash
from publius.ledger.signing import Checkpoint, PublicKey
from publius.types import Receipt


class Proof(Struct, frozen=True, kw_only=True):
    """The record's body, the hashes from its leaf to the root (from below), and the signed root."""

    receipt: Receipt
    body: str
    path: tuple[bytes, ...]
    checkpoint: str


def check(proof: Proof, key: PublicKey) -> Checkpoint:
    """The signed checkpoint that the receipt's record is under.

    Raises:
        InvalidRequest: the proof does not hold, and why.
    """
    receipt = proof.receipt
    leaf = leaf_hash(proof.body.encode())
    if leaf.hex() != receipt.leaf_hash or bodies.read(proof.body.encode()).record != receipt.record:
        raise InvalidRequest("The record is not the one that the receipt was given for.")
    checkpoint = key.open(proof.checkpoint)
    if checkpoint.origin != key.origin(receipt.agency):
        raise InvalidRequest("The checkpoint is that of another log.")
    if not includes(leaf, receipt.position, checkpoint.size, proof.path, checkpoint.root):
        raise InvalidRequest("The path does not lead from the record to the signed root.")
    return checkpoint

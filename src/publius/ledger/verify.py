"""Proves a whole log, or finds the first thing that is wrong with it. Needs no database and no network.

Everything is computed anew from the bodies: each leaf's hash, the tree, the root under each signed checkpoint, and
each commitment whose content is there. Because every checkpoint is the root of a beginning of the one list of
leaves, all checkpoints are consistent with one another when each fits.
"""

import contextlib
from collections import deque
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Literal
from uuid import UUID

import msgspec
from msgspec import Struct

from publius.errors import InvalidRequest
from publius.ledger import body as bodies
from publius.ledger import log
from publius.ledger.merkle import Frontier, leaf_hash
from publius.ledger.signing import Checkpoint, PublicKey
from publius.types import Receipt

Progress = Callable[[int, int], None]  # records done, records in all
Kind = Literal["missing", "edited", "moved", "malformed", "content", "checkpoint", "tree", "cut", "unsigned", "head"]


class Fault(Struct, frozen=True):
    """The first thing that is wrong: `position` is the record's, or the first that a wrong tree leaves in doubt."""

    kind: Kind
    position: int
    message: str


class Report(Struct, kw_only=True):
    """What was proved. `removed` counts pieces of content that were removed lawfully, each under a removal's leaf."""

    agency: str
    key: str  # fingerprint
    records: int = 0
    checkpoints: int = 0
    contents: int = 0  # pieces of content that open their commitments
    removed: int = 0
    left_out: int = 0  # pieces of content that an export leaves out, because their label is above its ceiling
    open: int = 0  # streams that have begun and have no leaf yet
    root: str = ""  # hex
    fault: Fault | None = None

    @property
    def whole(self) -> bool:
        """Whether everything fits."""
        return self.fault is None


class Outside(Struct, frozen=True):
    """What an inspector brings along: older signed checkpoints and receipts, which the log must still hold."""

    receipts: tuple[Receipt, ...] = ()
    notes: tuple[str, ...] = ()


NOTHING = Outside()


class Checker:
    """Takes a log batch by batch, in order, and keeps only the tree's right edge."""

    def __init__(
        self,
        key: PublicKey,
        agency: str,
        *,
        contents: bool,
        left_out: frozenset[str] = frozenset(),
        outside: Outside = NOTHING,
    ) -> None:
        self.report = Report(agency=agency, key=key.id)
        self.frontier = Frontier()
        self._key = key
        self._contents = contents
        self._left_out = left_out
        self._removed_records: dict[UUID, int] = {}  # to the position of the latest removal
        self._removed_documents: dict[UUID, int] = {}
        self._receipts: dict[int, list[Receipt]] = {}
        for receipt in outside.receipts:
            self._receipts.setdefault(receipt.position, []).append(receipt)
        self._outside = {checkpoint.size: checkpoint for checkpoint in map(key.open, outside.notes)}
        self._proved = 0  # the size under the last checkpoint that fitted

    def feed(self, batch: log.Batch) -> bool:
        """Check a batch; False once a fault is found."""
        self._note_removals(batch.removals)
        signed = deque(batch.checkpoints)
        for leaf in batch.leaves:
            if not self._found(self._due(signed) or self._leaf(leaf)):
                return False
        return self._found(self._due(signed, all_of_them=True))

    def _due(self, signed: deque[log.Signed], *, all_of_them: bool = False) -> Fault | None:
        """Check the checkpoints whose trees end here, before the next leaf is added."""
        while signed and (all_of_them or signed[0].size <= self.frontier.size):
            if fault := self._checkpoint(signed.popleft()):
                return fault
        return None

    def finish(self, size: int) -> Report:
        """The report, once all is fed; `size` is how many records the log or the file says that it has."""
        if self.report.whole:
            self._found(self._end(size))
        self.report.root = self.frontier.root().hex()
        return self.report

    def _found(self, fault: Fault | None) -> bool:
        self.report.fault = self.report.fault or fault
        self.report.records = self.frontier.size
        return self.report.fault is None

    def _note_removals(self, texts: Iterable[str]) -> None:
        for text in texts:
            removal = None
            with contextlib.suppress(msgspec.MsgspecError):  # when its own turn comes, it is found malformed
                removal = bodies.read(text.encode())
            if isinstance(removal, bodies.Removal):
                self._removed_records |= dict.fromkeys(removal.records, removal.position)
                self._removed_documents |= dict.fromkeys(removal.documents, removal.position)

    def _leaf(self, leaf: log.Leaf) -> Fault | None:
        at = self.frontier.size
        if leaf.position != at:
            return Fault("missing", at, f"Record {at} is missing; record {leaf.position} stands in its place.")
        text = leaf.body.encode()
        hashed = leaf_hash(text)
        if hashed != leaf.leaf_hash:
            return Fault("edited", at, f"Record {at} was edited: its body does not fit the hash beside it.")
        try:
            body = bodies.read(text)
        except msgspec.MsgspecError as error:
            return Fault("malformed", at, f"Record {at} cannot be read: {error}.")
        if (body.position, body.record, body.agency) != (at, leaf.record, self.report.agency):
            return Fault("moved", at, f"At {at} stands record {body.position} of {body.agency}, {body.record}.")
        for receipt in self._receipts.pop(at, ()):
            if (receipt.leaf_hash, receipt.record) != (hashed.hex(), body.record):
                return Fault("edited", at, f"Record {at} is not the one of the receipt {receipt.record}.")
        self.frontier.append(hashed)
        return self._open_contents(body, leaf) if self._contents else None

    def _open_contents(self, body: bodies.Body, leaf: log.Leaf) -> Fault | None:
        at = leaf.position
        there = {piece.item: piece for piece in leaf.contents}
        for item, commitment in body.commitments().items():
            piece = there.pop(item, None)
            if piece is not None and piece.commitment() == commitment:
                self.report.contents += 1
            elif piece is not None:
                return Fault("content", at, f"The {item} of record {at} is not what was committed to.")
            elif self._removed(body, item):
                self.report.removed += 1
            elif isinstance(body, bodies.Walk) and body.label in self._left_out:
                self.report.left_out += 1
            else:
                return Fault("content", at, f"The {item} of record {at} is gone, and no removal is recorded.")
        if there:
            return Fault("content", at, f"Record {at} has content that it never committed to: {', '.join(there)}.")
        return None

    def _removed(self, body: bodies.Body, item: str) -> bool:
        if self._removed_records.get(body.record, -1) > body.position:
            return True
        kind, _, number = item.partition(":")
        if kind != "passage" or not isinstance(body, bodies.Walk):
            return False
        return self._removed_documents.get(body.passages[int(number)].document, -1) > body.position

    def _checkpoint(self, signed: log.Signed) -> Fault | None:
        try:
            checkpoint = self._key.open(signed.note)
        except InvalidRequest as error:
            return Fault("checkpoint", self._proved, f"Checkpoint of {signed.size} records: {error.message}")
        size = self.frontier.size
        if checkpoint.size > size and checkpoint.size == signed.size:
            return Fault("cut", size, f"The log was cut: {checkpoint.size} records were signed, {size} are there.")
        if (checkpoint.origin, checkpoint.size) != (self._key.origin(self.report.agency), signed.size):
            return Fault("checkpoint", self._proved, f"The checkpoint of {signed.size} records is that of another log.")
        if size != checkpoint.size:
            return Fault("checkpoint", self._proved, f"The checkpoint of {checkpoint.size} records is out of order.")
        return self._root_fits(checkpoint) or self._outside_fits(checkpoint)

    def _root_fits(self, checkpoint: Checkpoint) -> Fault | None:
        if self.frontier.root() != checkpoint.root:
            span = f"records {self._proved} to {checkpoint.size - 1}"
            return Fault("tree", self._proved, f"What was signed as {span} was changed, moved or replaced.")
        self._proved = checkpoint.size
        self.report.checkpoints += 1
        return None

    def _outside_fits(self, checkpoint: Checkpoint) -> Fault | None:
        brought = self._outside.pop(checkpoint.size, checkpoint)
        if brought != checkpoint:
            return Fault("tree", 0, f"The checkpoint of {checkpoint.size} records that you hold signs another log.")
        return None

    def _end(self, size: int) -> Fault | None:
        here = self.frontier.size
        if here > self._proved:
            return Fault("unsigned", self._proved, f"Records {self._proved} to {here - 1} are under no checkpoint.")
        if here < size:
            return Fault("cut", here, f"The log was cut: it should have {size} records, {here} are there.")
        for position in sorted(self._receipts):
            return Fault("cut", here, f"The log was cut: you hold a receipt for record {position}, it has {here}.")
        for held in sorted(self._outside):
            if held > here:
                return Fault("cut", here, f"The log was cut: you hold a checkpoint of {held} records, it has {here}.")
            return Fault("checkpoint", held, f"The checkpoint of {held} records that you hold is not in the log.")
        return None


def verify_file(path: Path, key: PublicKey, *, outside: Outside = NOTHING, progress: Progress | None = None) -> Report:
    """Prove an exported log with nothing but the file and the public key.

    Raises:
        InvalidRequest: the file is no exported ledger, or what was brought along is not signed by this key.
    """
    header = log.header(path)
    checker = Checker(key, header.agency, contents=header.contents, left_out=header.left_out, outside=outside)
    if header.contents:
        checker.feed(log.Batch(removals=log.removals(path)))
    try:
        for batch in log.batches(path):
            if not checker.feed(batch):
                break
            if progress:
                progress(checker.frontier.size, header.size)
    except InvalidRequest as error:
        checker.report.fault = Fault("malformed", checker.frontier.size, error.message)
    return checker.finish(header.size)

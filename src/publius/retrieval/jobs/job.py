"""A job as somebody who watches it sees it: how far it is, and what became of each file."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from msgspec import Struct

State = Literal["waiting", "taken", "done", "failed", "cancelled"]
Condition = Literal["reading", "paused", "cancelled", "finished"]


class Job(Struct, frozen=True, kw_only=True):
    """Files that were added together. A file counts while its document is there and under the viewer's ceiling."""

    id: UUID
    title: str  # where they came from
    added_by: str
    created_at: datetime
    paused: bool
    cancelled_at: datetime | None
    files: int
    waiting: int
    taken: int  # being read now
    done: int
    failed: int
    cancelled: int

    @property
    def left(self) -> int:
        """Files that are still to be read, or being read."""
        return self.waiting + self.taken

    @property
    def condition(self) -> Condition:
        """What it is doing."""
        if not self.left:
            return "cancelled" if self.cancelled_at else "finished"
        return "paused" if self.paused else "reading"


class Item(Struct, frozen=True, kw_only=True):
    """One file of a job."""

    position: int  # 1, 2, 3 … within the job
    name: str
    state: State
    reason: str  # why it failed; of one that is done: new, revised, relabelled or unchanged
    attempts: int
    document_id: UUID | None
    settled_at: datetime | None

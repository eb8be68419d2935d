"""What a walk was, once it is over: for metrics and traces."""

from uuid import UUID

from msgspec import Struct

from publius.types.draft import Usage
from publius.types.people import Door


class Stay(Struct, frozen=True):
    """A walk's time in one room, from when it first came in to when it last left, in seconds since the walk began.

    `busy` is the time spent there: a stream goes back and forth between inference and verification.
    """

    room: str
    began: float
    ended: float
    busy: float


class Walked(Struct, frozen=True, kw_only=True):
    """One walk without its content and without its person, so that whoever operates the platform may see it.

    `model` is "" where policy allowed none: what a caller writes in that field could be anything.
    """

    request: UUID  # the question's id, which is the request's
    door: Door
    agency: str  # slug; "platform" where nobody knows who asked
    model: str
    outcome: str  # "answered", "not-answered", "refused", "error" or "cancelled"
    code: str  # the error's, or ""
    fault: str  # the room that raised it, or ""
    began: int  # nanoseconds since 1970
    seconds: float
    stays: tuple[Stay, ...]  # by when each began
    usage: Usage
    passages: int

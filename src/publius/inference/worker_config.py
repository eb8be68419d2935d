"""What the parent tells the engine process when it starts it."""

from msgspec import Struct

from publius.inference.waiting import WaitingLimits


class WorkerConfig(Struct, frozen=True, kw_only=True):
    """All of it by value; paths are absolute. The parent has verified the weights."""

    name: str
    weights: str
    sha256: str
    template: str
    context: int
    cache_gb: float
    socket: str
    patience: float  # seconds that a step may take
    limits: WaitingLimits = WaitingLimits()

"""What the web process and the engine process say to each other: length-framed msgpack over a Unix socket.

A frame is four bytes of length (big-endian) and that many bytes of msgpack, decoded into exactly one of
the types below: nothing else, no pickle, no code.
"""

import asyncio
from typing import TypeVar

import msgspec
from msgspec import Struct

from publius.inference.engine import Request
from publius.inference.load import Load
from publius.types import FinishReason, TokenLogprob, ToolCall, Usage

LARGEST_FRAME = 8 << 20  # Bytes. A whole context of a long model fits; a runaway length does not.

T = TypeVar("T")


class Generate(Struct, frozen=True, tag="generate"):
    """Begin a generation. The client picks `id`, which means something on its own connection only."""

    id: int
    request: Request


class Cancel(Struct, frozen=True, tag="cancel"):
    """End a generation now. Unknown ids are ignored: it may just have ended."""

    id: int


class Count(Struct, frozen=True, tag="count"):
    """How many tokens is each text?"""

    id: int
    texts: tuple[str, ...]


class Ping(Struct, frozen=True, tag="ping"):
    """How are you?"""

    id: int


class Welcome(Struct, frozen=True, tag="welcome"):
    """The engine's first frame on every connection."""

    name: str
    weights: str
    context: int
    pid: int
    instance: str  # this process and no other, also when the system uses its pid again
    silence: float = 300.0  # seconds in which a request may get no frame: it may wait, and then be read


class Goodbye(Struct, frozen=True, tag="goodbye"):
    """The engine ends because it was told to: nothing that is under way is to blame."""

    id: int = 0


class Text(Struct, frozen=True, tag="text"):
    """The next text of a generation, the number of tokens that it took, and what else `engine.Piece` says."""

    id: int
    text: str
    tokens: int
    calls: tuple[ToolCall, ...] = ()
    logprobs: tuple[TokenLogprob, ...] = ()


class End(Struct, frozen=True, tag="end"):
    """A generation is over."""

    id: int
    reason: FinishReason
    usage: Usage


class Counts(Struct, frozen=True, tag="counts"):
    """The answer to Count."""

    id: int
    counts: tuple[int, ...]


class Pong(Struct, frozen=True, tag="pong"):
    """The answer to Ping: generations under way, resident memory in bytes, and the rest of what is known."""

    id: int
    running: int
    memory: int
    load: Load = Load()


class Failure(Struct, frozen=True, tag="failure"):
    """A request could not be carried out. `id` 0 is about the connection, which then closes."""

    id: int
    code: str
    message: str
    retry_after: int | None = None  # seconds
    cure: str = ""  # what to do next, where it is not what all errors of the code say
    param: str | None = None  # the request field at fault


ToEngine = Generate | Cancel | Count | Ping
FromEngine = Welcome | Goodbye | Text | End | Counts | Pong | Failure

_encoder = msgspec.msgpack.Encoder()


class BadFrame(ValueError):
    """What came is not a frame that we speak; the connection that it came on is closed."""


def pack(message: ToEngine | FromEngine) -> bytes:
    """One frame."""
    body = _encoder.encode(message)
    return len(body).to_bytes(4) + body


async def read_frame(stream: asyncio.StreamReader, decoder: msgspec.msgpack.Decoder[T]) -> T | None:
    """The next message, or None when the other side has closed.

    Raises:
        BadFrame: too long, not msgpack, or not a message of this direction.
    """
    try:
        length = int.from_bytes(await stream.readexactly(4))
        if length > LARGEST_FRAME:
            raise BadFrame(f"a frame of {length} bytes is over the limit of {LARGEST_FRAME}")
        return decoder.decode(await stream.readexactly(length))
    except (asyncio.IncompleteReadError, ConnectionError):
        return None
    except msgspec.DecodeError as error:
        raise BadFrame(str(error)) from None

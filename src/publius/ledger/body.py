"""The body of one leaf: what is recorded for ever, and the content that its commitments open to.

A body is JSON with sorted keys and no spaces, in UTF-8; the leaf hash is over exactly those bytes. It holds no
text of anyone's: content stands in it as HMAC-SHA256 under a random 32-byte salt, and lies apart, with its salt.
"""

import hmac
import os
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from msgspec import Struct, field

VERSION = 1

_encoder = msgspec.json.Encoder(order="sorted")


class Content(Struct, frozen=True, omit_defaults=True):
    """One piece of text with the salt of its commitment. `document` is set for a passage on its way into the log."""

    item: str  # "prompt", "draft", "answer", "choices", "passage:0", "tool:0"
    salt: bytes
    content: bytes
    document: UUID | None = None

    def commitment(self) -> str:
        """What stands in the body for it, in hex."""
        return hmac.digest(self.salt, self.content, "sha256").hex()


def content(item: str, value: Any, document: UUID | None = None) -> Content:
    """A text, or any value as sorted JSON, under a fresh salt."""
    data = value.encode("utf-8", "replace") if isinstance(value, str) else canonical(value)
    return Content(item, os.urandom(32), data, document)


class Weights(Struct, frozen=True):
    """Which model wrote: its catalog name and the SHA-256 of its file ("" if an upstream does not say)."""

    name: str
    sha256: str


class Source(Struct, frozen=True):
    """A passage that was shown to Llama: exact span and commitment."""

    document: UUID
    revision: int
    start: int
    end: int
    commitment: str


class Tool(Struct, frozen=True):
    """A computation: the commitment is to its arguments, its value and its derivation."""

    name: str
    commitment: str


class Cited(Struct, frozen=True):
    """A span that the answer cites."""

    number: int
    document: UUID
    revision: int
    start: int
    end: int


class Verdict(Struct, frozen=True):
    """What verification decided."""

    grounded: bool
    quoted: bool
    released: int
    withheld: dict[str, int]  # reason -> sentences


class Spent(Struct, frozen=True):
    """Tokens."""

    prompt: int
    completion: int


class Walk(Struct, kw_only=True, tag_field="kind", tag="walk"):
    """One walk. Times are UTC; durations are whole microseconds by room."""

    version: int = VERSION
    position: int = -1  # set when the leaf gets its place, under the log's lock
    record: UUID
    agency: str
    question: UUID
    when: datetime
    door: str
    outcome: str = "interrupted"  # answered, not-answered, refused:<code>, error:<code>, cancelled, interrupted
    who: str | None = None  # a principal's id, never a name
    label: str | None = None  # the highest of all that the answer rests on
    model: str | None = None
    weights: Weights | None = None
    prompt: str | None = None
    draft: str | None = None
    answer: str | None = None
    choices: str | None = None  # where the answer is more than one text: several, or tool calls
    passages: tuple[Source, ...] = ()
    tools: tuple[Tool, ...] = ()
    citations: tuple[Cited, ...] = ()
    verification: Verdict | None = None
    usage: Spent | None = None
    timing: dict[str, int] = field(default_factory=dict)

    def commitments(self) -> dict[str, str]:
        """Each content item that this body commits to, with its commitment."""
        single = {"prompt": self.prompt, "draft": self.draft, "answer": self.answer, "choices": self.choices}
        found = {item: value for item, value in single.items() if value is not None}
        found |= {f"passage:{at}": passage.commitment for at, passage in enumerate(self.passages)}
        return found | {f"tool:{at}": tool.commitment for at, tool in enumerate(self.tools)}


class Removal(Struct, kw_only=True, tag_field="kind", tag="removal"):
    """Content was removed: of these records whole, or every passage of these documents recorded until then."""

    version: int = VERSION
    position: int = -1
    record: UUID
    agency: str
    when: datetime
    who: str
    reason: str
    records: tuple[UUID, ...] = ()
    documents: tuple[UUID, ...] = ()

    def commitments(self) -> dict[str, str]:
        """A removal holds no content."""
        return {}


class Act(Struct, kw_only=True, tag_field="kind", tag="act"):
    """What somebody did that has the platform act by itself, such as fetching from a source. `subject` is its id."""

    version: int = VERSION
    position: int = -1
    record: UUID
    agency: str
    when: datetime
    who: str  # a principal's id, or "clock" where the time had come
    act: str
    subject: UUID
    details: str  # what it was done to, as JSON

    def commitments(self) -> dict[str, str]:
        """The one content item."""
        return {"details": self.details}


Body = Walk | Removal | Act

_decoder: msgspec.json.Decoder[Body] = msgspec.json.Decoder(Walk | Removal | Act)


class Entry(Struct):
    """A body and its content, on the way into the log; `journaled` if a journal row goes when it arrives."""

    body: Body
    contents: list[Content] = field(default_factory=list)
    journaled: bool = False


def canonical(value: Any) -> bytes:
    """Sorted JSON without spaces. A lone surrogate, which UTF-8 cannot carry, becomes a question mark."""
    try:
        return _encoder.encode(value)
    except UnicodeEncodeError:
        return _encoder.encode(_clean(msgspec.to_builtins(value)))


def _clean(value: Any) -> Any:
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode()
    if isinstance(value, dict):
        return {_clean(key): _clean(item) for key, item in value.items()}
    return [_clean(item) for item in value] if isinstance(value, list | tuple) else value


def read(body: bytes) -> Body:
    """The body in these bytes.

    Raises:
        msgspec.MsgspecError: they hold none.
    """
    return _decoder.decode(body)

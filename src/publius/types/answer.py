"""What leaves the building: sentences with their verdicts and citations, and the receipt."""

from collections.abc import Mapping
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from msgspec import Struct, field

from publius.types.draft import Choice, FinishReason, Usage
from publius.types.evidence import Passage, Reply, ToolResult


class Citation(Struct, frozen=True, kw_only=True):
    """An exact span that a released sentence rests on: `quote == text[start:end]` of that revision.

    A citation of a tool result names the tool, and its offsets count in `ToolResult.text`; it has the
    nil document id and revision 0. From `link` on it says what the passage does.
    """

    number: int  # as shown to the reader, from 1
    document_id: UUID
    document: str  # title
    name: str
    revision: int
    page: int | None
    start: int
    end: int
    quote: str
    tool: str | None = None
    link: str = ""
    official: str = ""
    published: date | None = None
    publisher: str = ""
    recognised: float | None = None


class Reason(StrEnum):
    """Why a sentence was withheld."""

    NO_SOURCE = "no-source"
    FIGURE = "figure"
    NAME = "name"
    MEANING = "meaning"
    NEGATION = "negation"
    INCOMPLETE = "incomplete"
    OFF_QUESTION = "off-question"


class Claim(Struct, frozen=True, kw_only=True):
    """One sentence of a draft with its verdict. Withheld claims carry a reason and a detail."""

    text: str
    citations: tuple[Citation, ...] = ()
    reason: Reason | None = None
    detail: str = ""
    support: float = 0.0  # similarity of meaning to the cited span, 0…1
    breaks: bool = False  # it begins a new line of the answer

    @property
    def released(self) -> bool:
        return self.reason is None


class Checked(Struct, frozen=True, kw_only=True):
    """A draft after verification: what may leave the building. An unchecked one keeps all its choices.

    `reply` is set where a mission's own code spoke, whole or beside Llama; a question back is no answer yet.
    """

    text: str
    grounded: bool  # False: a plain `llama` answer, not checked against documents
    answered: bool
    quoted: bool = False  # True: nothing of the draft stood, a passage is quoted instead
    claims: tuple[Claim, ...] = ()  # released, in order
    withheld: tuple[Claim, ...] = ()
    citations: tuple[Citation, ...] = ()  # of all released claims, each number once
    nearest: tuple[Passage, ...] = ()
    choices: tuple[Choice, ...] = ()
    reply: Reply | None = None
    results: tuple[ToolResult, ...] = ()  # what was computed for it


class Receipt(Struct, frozen=True, kw_only=True):
    """What lets the holder prove, later and offline, that this answer is in the agency's ledger."""

    record: UUID
    agency: str
    leaf_hash: str  # hex
    position: int  # 0-based index of the leaf
    tree_size: int


class Answer(Struct, frozen=True, kw_only=True):
    """What a door gives back. `usage.cached_tokens` is 0 and means nothing unless `shows_cached`."""

    id: UUID
    created: datetime
    model: str
    checked: Checked
    finish_reason: FinishReason
    usage: Usage
    receipt: Receipt
    timing: Mapping[str, float] = field(default_factory=dict)  # seconds by room, plus "total"
    shows_cached: bool = False
    level: int = 0  # the highest of what it rests on, or of the conversation that it goes on with
    label: str = ""  # the agency's name for that level
    documents: tuple[UUID, ...] = ()  # all that it rests on or names

    @property
    def choices(self) -> tuple[Choice, ...]:
        """Every answer; a checked one is alone."""
        return self.checked.choices or (Choice(text=self.checked.text, finish_reason=self.finish_reason),)

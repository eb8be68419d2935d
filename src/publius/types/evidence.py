"""What an answer may rest on."""

from collections.abc import Mapping
from datetime import date
from typing import Any, Literal
from uuid import UUID

from msgspec import Struct, field

from publius.types.draft import Usage

ReplyKind = Literal["result", "ask", "confirm", "refuse", "not-in-sources", "help"]


class Passage(Struct, frozen=True, kw_only=True):
    """A stretch of one revision of one document, as found by search."""

    id: int
    document_id: UUID
    revision: int  # 1, 2, 3 … within the document
    title: str
    name: str  # file name as the agency knows it
    text: str  # text[start:end] of the revision
    start: int
    end: int
    page: int | None = None  # 1-based; None where the format has no pages
    headings: tuple[str, ...] = ()
    context: str = ""  # header of the table whose rows it begins with, when that stands further up in the document
    published: date | None = None  # the day that the document itself names; of a mission's source when it was right
    publisher: str = ""  # the body or person that it names
    recognised: float | None = None  # how surely OCR read it, from 0 to 1; None where the file held its text
    score: float = 0.0  # fused, higher is better; comparable within one search only
    relevance: float = 0.0  # calibrated to 0…1; the floor is applied to this
    link: str = ""  # a path on this server where a person reads it, if it is no document of the agency's
    official: str = ""  # the address of what it restates, where somebody else published that
    level: int = 0  # of its document's label


class ToolResult(Struct, frozen=True, kw_only=True):
    """What code computed for this question. `text` can be cited: what it says, then its derivation line by line.

    `says` is the beginning of `text`: the few sentences that hold the result's figures. `value`, `arguments` and the
    lines of `derivation` are plain JSON values.
    """

    name: str
    value: Any
    text: str
    title: str = ""
    says: str = ""
    arguments: Mapping[str, Any] = field(default_factory=dict)
    derivation: tuple[Mapping[str, Any], ...] = ()
    link: str = ""  # a path on this server where a person sees it computed
    level: int = 0  # the highest of the labels of what it was computed from
    documents: tuple[UUID, ...] = ()  # what it was computed from


class Reply(Struct, frozen=True, kw_only=True):
    """What a mission's own code says, word for word: a result, a question back, the inputs to confirm, a refusal."""

    kind: ReplyKind
    text: str
    language: str = "en"
    tool: str = ""  # the tool that it is about
    asks: tuple[str, ...] = ()  # the parameters that it asks for
    link: str = ""  # the address of a form in which all that was said stands already


class Evidence(Struct, frozen=True):
    """All that an answer may rest on. Empty `passages` means that the documents do not answer.

    With a `reply` Llama writes nothing, and the reply leaves as it is. `otherwise` leaves where nothing stands of what
    Llama writes; of a tool's result it completes what Llama left out.
    """

    passages: tuple[Passage, ...] = ()
    tools: tuple[ToolResult, ...] = ()
    nearest: tuple[Passage, ...] = ()  # below the floor: named to the person, never shown to Llama
    reply: Reply | None = None
    otherwise: Reply | None = None
    asked: str = ""  # what is to be answered, where that is not the last message: "yes" asks nothing
    sought: str = ""  # its words in English, where it was asked in another language
    spent: Usage = Usage()  # what Llama read and wrote to find it

    @property
    def level(self) -> int:
        """The highest level among all that is in it, the passages that are only named included."""
        levels = [each.level for each in (*self.passages, *self.nearest)]
        return max([*levels, *(tool.level for tool in self.tools)], default=0)

    @property
    def documents(self) -> tuple[UUID, ...]:
        """All documents that are in it, each once."""
        passages = [passage.document_id for passage in (*self.passages, *self.nearest)]
        return tuple(dict.fromkeys([*passages, *(id for tool in self.tools for id in tool.documents)]))

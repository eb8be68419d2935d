"""The nouns of Publius: what one room hands to the next.

Every type is an immutable `msgspec.Struct`; none has behaviour beyond reading itself.
Offsets (`start`, `end`) count Unicode code points in the stored text of one revision; `end` is
exclusive, so `text[start:end]` is the span.
"""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any, Literal
from uuid import UUID

from msgspec import Struct, field


class Agency(Struct, frozen=True):
    """One tenant. Its `id` is what the database's walls compare."""

    id: int
    slug: str
    name: str


class Role(StrEnum):
    """What a person or key is in their agency. `OPERATOR` exists only in the agency `platform`."""

    MEMBER = "member"
    ADMINISTRATOR = "administrator"
    AUDITOR = "auditor"
    OPERATOR = "operator"


class Permission(StrEnum):
    """What a route can demand. `NONE` is a statement, not an omission."""

    NONE = "none"
    SIGN_IN = "sign-in"
    ASK = "ask"
    LIST_DOCUMENTS = "documents:list"
    READ_DOCUMENTS = "documents:read"
    WRITE_DOCUMENTS = "documents:write"
    READ_LEDGER = "ledger:read"
    MANAGE_AGENCY = "agency:manage"


class Door(StrEnum):
    """Where a question came in."""

    API = "api"
    WEB = "web"
    CLI = "cli"


class Principal(Struct, frozen=True):
    """Who is asking, for which agency. Every credential resolves to exactly one of these."""

    id: str  # "key:<uuid>", "user:<uuid>" or "local:<system user>"
    name: str
    agency: Agency
    role: Role
    scopes: frozenset[Permission] | None = None  # None: all that the role gives


class Tool(Struct, frozen=True, kw_only=True):
    """A function that the caller can carry out. `parameters` is the JSON Schema of its arguments."""

    name: str
    description: str = ""
    parameters: Mapping[str, Any] = field(default_factory=dict)


class ToolCall(Struct, frozen=True):
    """Llama asks the caller to carry out a tool. `arguments` is JSON text."""

    id: str
    name: str
    arguments: str


class Message(Struct, frozen=True, omit_defaults=True):
    """One message of a conversation, in OpenAI's terms.

    `calls` stand in an assistant's message; a message of the role `tool` answers the one named by `call_id`.
    """

    role: Literal["system", "user", "assistant", "tool"]
    content: str
    calls: tuple[ToolCall, ...] = ()
    call_id: str = ""


class Sampling(Struct, frozen=True):
    """How tokens are chosen. The defaults are greedy, so that the same question reads the same."""

    max_tokens: int | None = None
    temperature: float = 0.0
    top_p: float = 1.0
    seed: int | None = None
    stop: tuple[str, ...] = ()
    presence_penalty: float = 0.0
    frequency_penalty: float = 0.0


class Form(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What an answer must look like, apart from what it says.

    `tool_choice` is `auto`, `none`, `required`, or the name of one tool. `schema` is JSON Schema as JSON text:
    the answer is then a value of it, by constrained decoding; `{}` allows any JSON.
    """

    tools: tuple[Tool, ...] = ()
    tool_choice: str = "auto"
    parallel_calls: bool = True
    schema: str | None = None
    choices: int = 1  # OpenAI's `n`
    logprobs: bool = False


class Question(Struct, frozen=True, kw_only=True):
    """One walk's input, as it came through a door: nothing in it is trusted yet."""

    id: UUID
    door: Door
    model: str
    messages: tuple[Message, ...]
    credential: str | Principal | None = None  # a door that has already authenticated passes the Principal
    sampling: Sampling = Sampling()
    form: Form = Form()

    @property
    def text(self) -> str:
        """The last thing the user said, which is what retrieval searches for."""
        return next((m.content for m in reversed(self.messages) if m.role == "user"), "")


class Model(Struct, frozen=True):
    """One entry of `/v1/models`: `llama` answers from itself, `library` from the agency's documents."""

    id: str
    grounded: bool
    description: str


class Grant(Struct, frozen=True):
    """What policy allowed for this question."""

    principal: Principal
    model: Model
    max_tokens: int

    @property
    def agency(self) -> Agency:
        return self.principal.agency


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
    score: float = 0.0  # fused, higher is better; comparable within one search only
    relevance: float = 0.0  # calibrated to 0…1; the floor is applied to this


class ToolResult(Struct, frozen=True, kw_only=True):
    """What code computed for this question. `text` is its derivation, line by line; it can be cited."""

    name: str
    value: Any
    text: str


class Evidence(Struct, frozen=True):
    """All that an answer may rest on. Empty `passages` means that the documents do not answer."""

    passages: tuple[Passage, ...] = ()
    tools: tuple[ToolResult, ...] = ()
    nearest: tuple[Passage, ...] = ()  # below the floor: named to the person, never shown to Llama


class Usage(Struct, frozen=True):
    """Tokens read and written. `cached_tokens` are those of the prompt that the engine had read before."""

    prompt_tokens: int = 0
    completion_tokens: int = 0
    cached_tokens: int = 0


FinishReason = Literal["stop", "length", "tool_calls", "cancelled"]


class TokenLogprob(Struct, frozen=True):
    """A token that was written and the natural logarithm of its probability."""

    token: bytes
    logprob: float


class Delta(Struct, frozen=True, kw_only=True):
    """A piece of an unchecked answer as it comes. Calls come whole."""

    text: str = ""
    choice: int = 0
    calls: tuple[ToolCall, ...] = ()
    logprobs: tuple[TokenLogprob, ...] = ()


class Choice(Struct, frozen=True, kw_only=True):
    """One whole unchecked answer; a question asks for several with `form.choices`."""

    text: str
    finish_reason: FinishReason
    calls: tuple[ToolCall, ...] = ()
    logprobs: tuple[TokenLogprob, ...] = ()


class Draft(Struct, frozen=True, kw_only=True):
    """What Llama wrote, before anyone has checked it. `choices` holds every answer, this one first."""

    text: str
    finish_reason: FinishReason
    model: str  # catalog name of the weights
    weights: str  # SHA-256 of the weights file, or "" for an upstream that does not say
    usage: Usage = Usage()
    choices: tuple[Choice, ...] = ()


class Citation(Struct, frozen=True, kw_only=True):
    """An exact span that a released sentence rests on: `quote == text[start:end]` of that revision.

    A citation of a tool result names the tool, and its offsets count in `ToolResult.text`; it has the
    nil document id and revision 0.
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
    """A draft after verification: what may leave the building."""

    text: str
    grounded: bool  # False: a plain `llama` answer, not checked against documents
    answered: bool
    quoted: bool = False  # True: nothing of the draft stood, a passage is quoted instead
    claims: tuple[Claim, ...] = ()  # released, in order
    withheld: tuple[Claim, ...] = ()
    citations: tuple[Citation, ...] = ()  # of all released claims, each number once
    nearest: tuple[Passage, ...] = ()


class Receipt(Struct, frozen=True, kw_only=True):
    """What lets the holder prove, later and offline, that this answer is in the agency's ledger."""

    record: UUID
    agency: str
    leaf_hash: str  # hex
    position: int  # 0-based index of the leaf
    tree_size: int


class Answer(Struct, frozen=True, kw_only=True):
    """What a door gives back."""

    id: UUID
    created: datetime
    model: str
    checked: Checked
    finish_reason: str
    usage: Usage
    receipt: Receipt
    timing: Mapping[str, float] = field(default_factory=dict)  # seconds by room, plus "total"

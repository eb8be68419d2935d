"""What is asked, and what policy allowed: one walk's input."""

from collections.abc import Mapping
from typing import Any, Literal
from uuid import UUID

from msgspec import Struct, field

from publius.types.people import Agency, Door, Principal


class Tool(Struct, frozen=True, kw_only=True):
    """A function that the caller can carry out. `parameters` is the JSON Schema of its arguments.

    The schema of a `strict` one uses only what an engine can guarantee.
    """

    name: str
    description: str = ""
    parameters: Mapping[str, Any] = field(default_factory=dict)
    strict: bool = False


class ToolCall(Struct, frozen=True):
    """Llama asks the caller to carry out a tool, or a caller asks a mission to. `arguments` is JSON text."""

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
    the answer is then a value of it, by constrained decoding; `{}` allows any JSON. With `raw`, each message is
    a text that Llama goes on writing, by itself and without a template.
    """

    tools: tuple[Tool, ...] = ()
    tool_choice: str = "auto"
    parallel_calls: bool = True
    schema: str | None = None
    choices: int = 1  # OpenAI's `n`
    logprobs: bool = False
    raw: bool = False


class Question(Struct, frozen=True, kw_only=True):
    """One walk's input, as it came through a door: nothing in it is trusted yet.

    With a `call`, a tool of the mission is computed as it says; there are then no messages, and Llama is not asked.
    """

    id: UUID
    door: Door
    model: str
    messages: tuple[Message, ...]
    credential: str | Principal | None = None  # a door that has already authenticated passes the Principal
    sampling: Sampling = Sampling()
    form: Form = Form()
    call: ToolCall | None = None
    language: str = "en"  # of what a called tool says
    level: int = 0  # of the conversation that its messages come from, where the door keeps it

    @property
    def length(self) -> int:
        """Characters of all that Llama is given to read, without what retrieval adds."""
        said = sum(len(m.content) + sum(len(call.arguments) for call in m.calls) for m in self.messages)
        return said + sum(len(str(tool.parameters)) + len(tool.description) for tool in self.form.tools)

    @property
    def text(self) -> str:
        """The last thing the user said, which is what retrieval searches for."""
        return next((m.content for m in reversed(self.messages) if m.role == "user"), "")


class Model(Struct, frozen=True):
    """One entry of `/v1/models`: `llama` answers from itself, `library` from the agency's documents.

    A mission's has the mission's id, and answers from its tools and sources.
    """

    id: str
    grounded: bool
    description: str
    mission: str = ""


class Share(Struct, frozen=True):
    """An agency's share of the engine: its weight among those who wait, or an engine process of its own."""

    weight: float = 1.0
    exclusive_engine: bool = False


class Grant(Struct, frozen=True):
    """What policy allowed for this question."""

    principal: Principal
    model: Model
    max_tokens: int
    share: Share = Share()
    sees_cached: bool = False  # how much of the prompt the engine had read before

    @property
    def agency(self) -> Agency:
        return self.principal.agency

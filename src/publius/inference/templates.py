"""How a conversation is written for each family of models.

A template gives a list of parts. `Control` parts become the model's special tokens; plain strings are
content and never do, whatever they spell (see `vocabulary.py`). `Salt` marks where the agency's cache
salt goes: at the head of the first message, before anything that two agencies could share, and early
enough to stand wholly in the first cache block (32 tokens).

The families of Llama are written token for token as Meta's package `llama-models` writes them. Which form
each uses for tools, and why, stands in docs/decisions/2026-11-24-llama-formats.md.
"""

from collections.abc import Callable, Sequence

from msgspec import Struct

from publius.inference.dialects import JSON_CALLS, PYTHON_CALLS, TAGGED_CALLS, Dialect
from publius.types import Form, Message, Tool


class Control(Struct, frozen=True):
    """A special token, by its spelling in the vocabulary."""

    spelling: str


class Salt(Struct, frozen=True):
    """The place of the cache salt."""


Part = Control | Salt | str
Write = Callable[[Sequence[Message], Dialect, Sequence[Tool]], list[Part]]


class Family(Struct, frozen=True):
    """How a family is written to and read.

    `within` are the special tokens that may stand inside an answer; any other ends it.
    """

    dialect: Dialect
    write: Write
    within: frozenset[str] = frozenset()
    first: tuple[Control, ...] = ()  # what begins every text

    def prompt(self, messages: Sequence[Message], form: Form) -> list[Part]:
        """The whole prompt, up to where the assistant begins to write."""
        return self.write(messages, self.dialect, () if form.tool_choice == "none" else form.tools)

    def raw(self, text: str) -> list[Part]:
        """Text to go on from, without a conversation."""
        return [*self.first, Salt(), text]


def chatml(messages: Sequence[Message], dialect: Dialect, tools: Sequence[Tool]) -> list[Part]:
    """SmolLM2 and others: `<|im_start|>role\\n…<|im_end|>\\n`. Tools are introduced after the system message."""
    parts: list[Part] = []
    for number, message in enumerate(_introduced(messages, dialect, tools, system_first=True)):
        salt = [Salt()] if number == 0 else []
        said = [message.content, *dialect.spell(message.calls)]
        parts += [Control("<|im_start|>"), f"{message.role}\n", *salt, *said, Control("<|im_end|>"), "\n"]
    return [*parts, Control("<|im_start|>"), "assistant\n"]


def llama3(messages: Sequence[Message], dialect: Dialect, tools: Sequence[Tool]) -> list[Part]:
    """Llama 3 and 3.1. Tools are introduced in a user message of their own, before what the user says."""
    head = [message for message in messages[:1] if message.role == "system"]
    if tools:
        messages = [*head, Message("user", dialect.introduce(tools)), *messages[len(head) :]]
    return _llama(messages, dialect, "<|start_header_id|>", "<|end_header_id|>", lambda message: "<|eot_id|>")


def llama32(messages: Sequence[Message], dialect: Dialect, tools: Sequence[Tool]) -> list[Part]:
    """Llama 3.2 and 3.3: as before, but tools are introduced at the head of the system message."""
    return llama3(_introduced(messages, dialect, tools, system_first=False), dialect, ())


def llama4(messages: Sequence[Message], dialect: Dialect, tools: Sequence[Tool]) -> list[Part]:
    """Llama 4: other headers; a message that awaits another of the same turn ends with `<|eom|>`."""
    messages = _introduced(messages, dialect, tools, system_first=False)
    return _llama(messages, dialect, "<|header_start|>", "<|header_end|>", _llama4_end)


def _llama4_end(message: Message) -> str:
    return "<|eom|>" if message.calls or message.role == "tool" else "<|eot|>"


def _llama(
    messages: Sequence[Message], dialect: Dialect, start: str, end: str, last: Callable[[Message], str]
) -> list[Part]:
    def header(role: str) -> list[Part]:
        return [Control(start), "ipython" if role == "tool" else role, Control(end), "\n\n"]

    parts: list[Part] = [_BEGIN]
    for number, message in enumerate(messages):
        salt = [Salt()] if number == 0 else []
        said = [message.content, *dialect.spell(message.calls)]
        parts += [*header(message.role), *salt, *said, Control(last(message))]
    return [*parts, *header("assistant")]


def _introduced(
    messages: Sequence[Message], dialect: Dialect, tools: Sequence[Tool], *, system_first: bool
) -> Sequence[Message]:
    """The messages with the tools in their system message, which is made if there is none."""
    if not tools:
        return messages
    introduction = dialect.introduce(tools)
    if not (messages and messages[0].role == "system"):
        return [Message("system", introduction), *messages]
    own = messages[0].content
    both = (own, introduction) if system_first else (introduction, own)
    return [Message("system", "\n\n".join(text for text in both if text)), *messages[1:]]


_BEGIN = Control("<|begin_of_text|>")
_PYTHON_TAGS = frozenset({"<|python_tag|>", "<|python_start|>", "<|python_end|>"})

FAMILIES: dict[str, Family] = {
    "chatml": Family(TAGGED_CALLS, chatml),
    "llama3": Family(JSON_CALLS, llama3, _PYTHON_TAGS, (_BEGIN,)),
    "llama3.2": Family(PYTHON_CALLS, llama32, _PYTHON_TAGS, (_BEGIN,)),
    "llama4": Family(PYTHON_CALLS, llama4, _PYTHON_TAGS, (_BEGIN,)),
}

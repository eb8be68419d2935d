"""How a conversation is written for each family of models.

A template gives a list of parts. `Control` parts become the model's special tokens; plain strings are
content and never do, whatever they spell (see `vocabulary.py`). `Salt` marks where the agency's cache
salt goes: at the head of the first message, before anything that two agencies could share, and early
enough to stand wholly in the first cache block (32 tokens).
"""

from collections.abc import Callable, Sequence

from msgspec import Struct

from publius.types import Message


class Control(Struct, frozen=True):
    """A special token, by its spelling in the vocabulary."""

    spelling: str


class Salt(Struct, frozen=True):
    """The place of the cache salt."""


Part = Control | Salt | str


def chatml(messages: Sequence[Message]) -> list[Part]:
    """SmolLM2 and others: `<|im_start|>role\\n…<|im_end|>\\n`."""
    parts: list[Part] = []
    for number, message in enumerate(messages):
        salt = [Salt()] if number == 0 else []
        parts += [Control("<|im_start|>"), f"{message.role}\n", *salt, message.content, Control("<|im_end|>"), "\n"]
    return [*parts, Control("<|im_start|>"), "assistant\n"]


def llama3(messages: Sequence[Message]) -> list[Part]:
    """Llama 3.x, as Meta's model card writes it: content is stripped, headers stand in their own tokens."""
    parts: list[Part] = [Control("<|begin_of_text|>")]
    for number, message in enumerate(messages):
        salt = [Salt()] if number == 0 else []
        parts += [*_llama3_header(message.role), *salt, message.content.strip(), Control("<|eot_id|>")]
    return [*parts, *_llama3_header("assistant")]


def _llama3_header(role: str) -> list[Part]:
    return [Control("<|start_header_id|>"), role, Control("<|end_header_id|>"), "\n\n"]


TEMPLATES: dict[str, Callable[[Sequence[Message]], list[Part]]] = {"chatml": chatml, "llama3": llama3}

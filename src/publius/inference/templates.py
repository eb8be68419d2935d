"""How a conversation is written for each family of models.

A template gives a list of parts. `Control` parts become the model's special tokens; plain strings are
content and never do, whatever they spell (see `vocabulary.py`). `Salt` marks where the agency's cache
salt goes: inside the first cache block, before anything that another agency could share.
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
    parts: list[Part] = [Salt()]
    for message in messages:
        parts += [Control("<|im_start|>"), f"{message.role}\n{message.content}", Control("<|im_end|>"), "\n"]
    return [*parts, Control("<|im_start|>"), "assistant\n"]


def llama3(messages: Sequence[Message]) -> list[Part]:
    """Llama 3.x, as Meta's model card writes it: content is stripped, headers stand in their own tokens."""
    parts: list[Part] = [Control("<|begin_of_text|>"), Salt()]
    for message in messages:
        parts += [*_llama3_header(message.role), message.content.strip(), Control("<|eot_id|>")]
    return [*parts, *_llama3_header("assistant")]


def _llama3_header(role: str) -> list[Part]:
    return [Control("<|start_header_id|>"), role, Control("<|end_header_id|>"), "\n\n"]


TEMPLATES: dict[str, Callable[[Sequence[Message]], list[Part]]] = {"chatml": chatml, "llama3": llama3}

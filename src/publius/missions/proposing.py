"""Llama proposes: which tool is meant, and which of the person's words are which inputs. It decides nothing.

A proposal is a call under the tool's own schema, by constrained decoding. What it holds counts only where the person
said it: every other value is dropped and asked for. A small model chooses badly
(docs/decisions/2026-11-25-proposals.md), so the catalog says of each whether it is asked at all.
"""

import json
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

from publius.errors import EngineFailed, EngineUnavailable, PromptTooLong
from publius.kit import Kind, Tool
from publius.missions import mentions, spelling
from publius.missions.slots import Slot, slots_of
from publius.types import Form, Grant, Message, ToolCall, Usage
from publius.types import Tool as Offered

Propose = Callable[[Grant, Sequence[Message], Form], Awaitable[tuple[ToolCall | None, Usage]]]

INSTRUCTIONS = (
    "Choose the tool that computes what the person asks for, and fill in what the person said, in the person's own "
    "figures. Leave out whatever the person did not say."
)
_LONGEST = 4_000  # characters of the conversation that are read


async def proposed(
    propose: Propose, grant: Grant, tools: Sequence[Tool], said: Sequence[str]
) -> tuple[Tool | None, dict[str, Any], Usage]:
    """The tool that Llama proposes with those values that the person said; without a tool where it proposes none.

    Args:
        said: what the person wrote, oldest first.
    """
    messages = (Message("system", INSTRUCTIONS), Message("user", "\n".join(said)[-_LONGEST:]))
    one = tools[0].name if len(tools) == 1 else "auto"
    try:
        call, spent = await propose(
            grant, messages, Form(tools=tuple(map(offered, tools)), tool_choice=one, parallel_calls=False)
        )
    except (EngineUnavailable, EngineFailed, PromptTooLong):
        return None, {}, Usage()  # The words and the form still do the whole job.
    tool = next((each for each in tools if call is not None and each.name == call.name), None)
    if tool is None or call is None:
        return None, {}, spent
    return tool, kept(tool, json.loads(call.arguments), "\n".join(said)), spent


def offered(tool: Tool) -> Offered:
    """The tool as Llama may call it. Nothing is required, so that nothing has to be made up."""
    return Offered(name=tool.name, description=tool.summary, parameters=tool.schema() | {"required": []})


def kept(tool: Tool, given: Mapping[str, Any], said: str) -> dict[str, Any]:
    """Those of the given values that stand in what was said, by the path of their slot."""
    held = mentions.read(said)
    words = spelling.words(said)
    values = {}
    for slot in slots_of(tool):
        name, _, field = slot.path.partition(".0.")
        value = given.get(name)
        if field:
            value = value[0].get(field) if isinstance(value, list) and len(value) == 1 else None
        if value is not None and _was_said(slot, value, held, words):
            values[slot.path] = value
    return values


def _was_said(slot: Slot, value: Any, held: Sequence[mentions.Mention], words: Sequence[str]) -> bool:
    """Whether the words hold this value: the figure itself, or for yes, no and choices the words that name them."""
    match slot.kind:
        case Kind.YES_NO:
            return any(spelling.find(phrase, words) is not None for phrase in slot.parameter.ask.words)
        case Kind.CHOICE:
            named = next((each for each in slot.parameter.choices if each.value == value), None)
            titles = (named.title, named.title_es) if named else ()
            return any(spelling.find(" ".join(spelling.words(each)), words) is not None for each in titles)
    return any(mention.fits(slot.kind) and mention.value == value and not mention.idle for mention in held)

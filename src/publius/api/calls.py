"""A mission's tool called by itself: as the walk's question, and what comes of it in words that any program reads."""

import json
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from publius.types import Answer, Door, Principal, Question, ToolCall


def calling(
    mission: str,
    tool: str,
    arguments: Mapping[str, Any],
    language: str = "en",
    *,
    id: UUID,
    door: Door,
    credential: str | Principal | None,
) -> Question:
    """The question that asks for one call of a tool. Whether there are such a mission and tool, the walk says."""
    return Question(
        id=id,
        door=door,
        model=f"mission:{mission}",
        messages=(),
        credential=credential,
        call=ToolCall(str(id), tool, json.dumps(arguments, ensure_ascii=False)),
        language=language,
    )


def computed(answer: Answer, mission: str, url: str) -> dict[str, Any]:
    """The result of a call: its value, what it says, every line of the derivation, its page, and the receipt.

    `url` is where people open pages.
    """
    [result] = answer.checked.results
    return {
        "id": str(answer.id),
        "object": "mission.result",
        "mission": mission,
        "tool": result.name,
        "arguments": result.arguments,
        "value": result.value,
        "says": result.says,
        "text": result.text,
        "derivation": result.derivation,
        "page": url + result.link,
        "label": answer.label,
        "receipt": answer.receipt,
    }

"""What an answer looks like in the words of OpenAI's chat completions, whole and in chunks."""

import time
from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from publius.api.basis import basis, url_citations, usage
from publius.types import Answer, Checked, Choice, Delta, FinishReason, TokenLogprob, ToolCall


def completion(answer: Answer, url: str) -> dict[str, Any]:
    """A whole answer as a `chat.completion`; `url` is where people open documents."""
    return {
        "id": completion_id(answer.id),
        "object": "chat.completion",
        "created": int(answer.created.timestamp()),
        "model": answer.model,
        "choices": [
            {
                "index": index,
                "message": _message(choice, answer.checked, url),
                "finish_reason": ending(choice.finish_reason),
                "logprobs": logprobs(choice.logprobs),
            }
            for index, choice in enumerate(answer.choices)
        ],
        "usage": usage(answer),
        "publius": basis(answer),
    }


class Chunks:
    """The `chat.completion.chunk`s of one stream, which all share id, time and model."""

    def __init__(self, id: UUID, model: str) -> None:
        self._common = {
            "id": completion_id(id),
            "object": "chat.completion.chunk",
            "created": int(time.time()),
            "model": model,
        }
        self._begun: set[int] = set()
        self._calls: dict[int, int] = {}  # how many of each choice have left

    def text(self, content: str) -> dict[str, Any]:
        """A piece of the only answer."""
        return self.delta(Delta(text=content))

    def delta(self, piece: Delta) -> dict[str, Any]:
        """A piece of one answer; its first one names the role."""
        delta: dict[str, Any] = self._role(piece.choice)
        if piece.text or not piece.calls:
            delta["content"] = piece.text
        if piece.calls:
            first = self._calls.get(piece.choice, 0)
            self._calls[piece.choice] = first + len(piece.calls)
            delta["tool_calls"] = [
                {"index": at, **call} for at, call in enumerate(tool_calls(piece.calls), start=first)
            ]
        return self._chunk(piece.choice, delta, None, logprobs(piece.logprobs))

    def last(self, answer: Answer, url: str) -> Iterable[dict[str, Any]]:
        """The end of each answer; the very last one has everything that they rest on."""
        cited = {"annotations": annotations(answer.checked, url)}
        ends = [
            self._chunk(at, {**self._role(at), **cited}, ending(choice.finish_reason))
            for at, choice in enumerate(answer.choices)
        ]
        return [*ends[:-1], ends[-1] | {"publius": basis(answer)}]

    def usage(self, answer: Answer) -> dict[str, Any]:
        """The extra chunk that `stream_options.include_usage` asks for."""
        return {**self._common, "choices": [], "usage": usage(answer)}

    def _role(self, choice: int) -> dict[str, Any]:
        if choice in self._begun:
            return {}
        self._begun.add(choice)
        return {"role": "assistant"}

    def _chunk(
        self, index: int, delta: dict[str, Any], ending: str | None, logprobs: dict[str, Any] | None = None
    ) -> dict[str, Any]:
        choice = {"index": index, "delta": delta, "finish_reason": ending, "logprobs": logprobs}
        return {**self._common, "choices": [choice]}


def completion_id(id: UUID) -> str:
    """OpenAI's form of a question's id."""
    return f"chatcmpl-{id.hex}"


def annotations(checked: Checked, url: str) -> list[dict[str, Any]]:
    """The citations as annotations of a chat message."""
    return [{"type": "url_citation", "url_citation": cited} for cited in url_citations(checked, url)]


def tool_calls(calls: Sequence[ToolCall]) -> list[dict[str, Any]]:
    """Tool calls as a chat message has them."""
    return [
        {"id": call.id, "type": "function", "function": {"name": call.name, "arguments": call.arguments}}
        for call in calls
    ]


def logprobs(tokens: Sequence[TokenLogprob]) -> dict[str, Any] | None:
    """The log probabilities of tokens, None where there are none."""
    if not tokens:
        return None
    return {"content": [token_logprob(token) for token in tokens], "refusal": None}


def token_logprob(token: TokenLogprob) -> dict[str, Any]:
    """One token; a part of a character is shown as a replacement mark, and exactly in `bytes`."""
    return {
        "token": token.token.decode("utf-8", "replace"),
        "logprob": token.logprob,
        "bytes": list(token.token),
        "top_logprobs": [],
    }


def ending(reason: FinishReason) -> str:
    """Why an answer ended, in OpenAI's words."""
    return reason if reason in ("length", "tool_calls") else "stop"


def _message(choice: Choice, checked: Checked, url: str) -> dict[str, Any]:
    message: dict[str, Any] = {
        "role": "assistant",
        "content": choice.text if choice.text or not choice.calls else None,
        "refusal": None,
        "annotations": annotations(checked, url),
    }
    if choice.calls:
        message["tool_calls"] = tool_calls(choice.calls)
    return message

"""What an answer looks like in the words of OpenAI's responses."""

import time
from collections.abc import Sequence
from typing import Any

import msgspec

from publius.api.basis import basis, url_citations
from publius.api.completions import token_logprob
from publius.api.response_request import ResponseRequest
from publius.types import Answer, Choice, Question, ToolCall


class ResponseObjects:
    """The `response` of one question at every stage of it; `url` is where people open documents."""

    def __init__(self, wanted: ResponseRequest, asked: Question, url: str) -> None:
        self._id = asked.id.hex
        self.url = url
        self._common = {
            "id": f"resp_{self._id}",
            "object": "response",
            "created_at": int(time.time()),
            "model": asked.model,
            "error": None,
            "incomplete_details": None,
            "instructions": wanted.instructions,
            "max_output_tokens": wanted.max_output_tokens,
            "metadata": wanted.metadata or {},
            "parallel_tool_calls": asked.form.parallel_calls,
            "previous_response_id": None,
            "store": False,
            "background": False,
            "temperature": asked.sampling.temperature,
            "top_p": asked.sampling.top_p,
            "text": {"format": _format(wanted)},
            "tool_choice": msgspec.to_builtins(wanted.tool_choice) or "auto",
            "tools": [msgspec.to_builtins(tool) for tool in wanted.tools or ()],
            "truncation": "disabled",
        }

    def begun(self, status: str) -> dict[str, Any]:
        """Before there is anything of the answer."""
        return {**self._common, "status": status, "output": [], "usage": None}

    def whole(self, answer: Answer) -> dict[str, Any]:
        """All of it."""
        choice = answer.choices[0]
        cut = choice.finish_reason == "length"
        output = [self.message(choice, answer)] if choice.text or not choice.calls else []
        output += [self.call(call, at) for at, call in enumerate(choice.calls)]
        return {
            **self._common,
            "status": "incomplete" if cut else "completed",
            "incomplete_details": {"reason": "max_output_tokens"} if cut else None,
            "output": output,
            "usage": _usage(answer),
            "publius": basis(answer),
        }

    def message(self, choice: Choice, answer: Answer | None = None) -> dict[str, Any]:
        """The text as an item; with the answer's citations, once there are any."""
        part = self.part(choice, [citation(one) for one in url_citations(answer.checked, self.url)] if answer else [])
        status = "incomplete" if choice.finish_reason == "length" else "completed"
        return {**self.opening(), "status": status, "content": [part]}

    def opening(self) -> dict[str, Any]:
        """The item of the text, before any text."""
        return {
            "id": f"msg_{self._id}",
            "type": "message",
            "role": "assistant",
            "status": "in_progress",
            "content": [],
        }

    def part(self, choice: Choice, annotations: Sequence[dict[str, Any]] = ()) -> dict[str, Any]:
        """The text as a part of its item."""
        told = [token_logprob(token) for token in choice.logprobs]
        return {"type": "output_text", "text": choice.text, "annotations": list(annotations), "logprobs": told}

    def call(self, call: ToolCall, number: int) -> dict[str, Any]:
        """A call as an item."""
        return {
            "id": f"fc_{self._id}{number:02}",
            "type": "function_call",
            "status": "completed",
            "call_id": call.id,
            "name": call.name,
            "arguments": call.arguments,
        }


def citation(cited: dict[str, Any]) -> dict[str, Any]:
    """A citation as an annotation of a text."""
    return {"type": "url_citation", **cited}


def _format(wanted: ResponseRequest) -> dict[str, Any]:
    if wanted.text is None or wanted.text.format is None:
        return {"type": "text"}
    sent: dict[str, Any] = msgspec.to_builtins(wanted.text.format)
    return {name: value for name, value in sent.items() if value is not None}


def _usage(answer: Answer) -> dict[str, Any]:
    """Token counts. OpenAI's clients expect a number of cached tokens: 0 for whom it may not be told."""
    used = answer.usage
    return {
        "input_tokens": used.prompt_tokens,
        "input_tokens_details": {"cached_tokens": used.cached_tokens, "cache_write_tokens": 0},
        "output_tokens": used.completion_tokens,
        "output_tokens_details": {"reasoning_tokens": 0},
        "total_tokens": used.prompt_tokens + used.completion_tokens,
    }

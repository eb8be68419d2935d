"""What an answer looks like in OpenAI's words, and the `publius` object that says what it rests on."""

import time
from collections.abc import Iterator
from typing import Any
from uuid import UUID

from publius.types import Answer, Checked, Citation, Claim, Passage, Usage

NOT_CHECKED = "This answer comes from Llama alone. It was not checked against your agency's documents."


def completion(answer: Answer, url: str) -> dict[str, Any]:
    """A whole answer as a `chat.completion`; `url` is where people open documents."""
    message = {
        "role": "assistant",
        "content": answer.checked.text,
        "refusal": None,
        "annotations": annotations(answer.checked, url),
    }
    return {
        "id": completion_id(answer.id),
        "object": "chat.completion",
        "created": int(answer.created.timestamp()),
        "model": answer.model,
        "choices": [{"index": 0, "message": message, "finish_reason": _ending(answer), "logprobs": None}],
        "usage": usage(answer.usage),
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
        self._begun = False

    def text(self, content: str) -> dict[str, Any]:
        """A piece of the answer; the first one names the role."""
        delta = {"content": content} if self._begun else {"role": "assistant", "content": content}
        self._begun = True
        return self._chunk(delta, None)

    def last(self, answer: Answer, url: str) -> dict[str, Any]:
        """The end of the text, with everything that it rests on."""
        delta = {"annotations": annotations(answer.checked, url)}
        return self._chunk(delta, _ending(answer)) | {"publius": basis(answer)}

    def usage(self, answer: Answer) -> dict[str, Any]:
        """The extra chunk that `stream_options.include_usage` asks for."""
        return {**self._common, "choices": [], "usage": usage(answer.usage)}

    def _chunk(self, delta: dict[str, Any], ending: str | None) -> dict[str, Any]:
        choice = {"index": 0, "delta": delta, "finish_reason": ending, "logprobs": None}
        return {**self._common, "choices": [choice]}


def completion_id(id: UUID) -> str:
    """OpenAI's form of a question's id."""
    return f"chatcmpl-{id.hex}"


def usage(used: Usage) -> dict[str, int]:
    """Token counts in OpenAI's words."""
    total = used.prompt_tokens + used.completion_tokens
    return {
        "prompt_tokens": used.prompt_tokens,
        "completion_tokens": used.completion_tokens,
        "total_tokens": total,
    }


def annotations(checked: Checked, url: str) -> list[dict[str, Any]]:
    """One `url_citation` for each citation of each sentence, with the sentence's place in the text."""
    return [
        {
            "type": "url_citation",
            "url_citation": {"start_index": start, "end_index": end, "title": cited.document, "url": place(cited, url)},
        }
        for claim, start, end in _placed(checked)
        for cited in claim.citations
    ]


def place(cited: Citation, url: str) -> str:
    """The address at which a person sees the cited span."""
    return f"{url}/documents/{cited.document_id}?revision={cited.revision}&start={cited.start}&end={cited.end}"


def basis(answer: Answer) -> dict[str, Any]:
    """The `publius` object: what the answer rests on, what was withheld, and its receipt."""
    checked = answer.checked
    return {
        "answered": checked.answered,
        "grounded": checked.grounded,
        "quoted": checked.quoted,
        "notice": None if checked.grounded else NOT_CHECKED,
        "citations": checked.citations,
        "withheld": [{"text": c.text, "reason": c.reason, "detail": c.detail} for c in checked.withheld],
        "nearest": [_nearest(passage) for passage in checked.nearest],
        "receipt": answer.receipt,
        "timing": {room: round(seconds, 4) for room, seconds in answer.timing.items()},
    }


def _placed(checked: Checked) -> Iterator[tuple[Claim, int, int]]:
    """Each released sentence with where it stands in the text."""
    at = 0
    for claim in checked.claims:
        start = checked.text.find(claim.text, at)
        if start >= 0:
            at = start + len(claim.text)
            yield claim, start, at


def _nearest(passage: Passage) -> dict[str, Any]:
    return {
        "document_id": passage.document_id,
        "document": passage.title,
        "name": passage.name,
        "revision": passage.revision,
        "page": passage.page,
        "start": passage.start,
        "end": passage.end,
    }


def _ending(answer: Answer) -> str:
    return "length" if answer.finish_reason == "length" else "stop"

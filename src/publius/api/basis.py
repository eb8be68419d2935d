"""What an answer rests on, in every door's words: citations, what was withheld, the receipt, and the tokens it took."""

from collections.abc import Iterator
from typing import Any

from publius.types import Answer, Checked, Citation, Claim, Passage

NOT_CHECKED = "This answer comes from Llama alone. It was not checked against your agency's documents."

_REPLY = ("kind", "tool", "asks", "link", "language")
_RESULT = ("name", "arguments", "value")


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
        "reply": checked.reply and {name: getattr(checked.reply, name) for name in _REPLY},
        "results": [{name: getattr(result, name) for name in _RESULT} for result in checked.results],
        "label": answer.label,
        "receipt": answer.receipt,
        "timing": {room: round(seconds, 4) for room, seconds in answer.timing.items()},
    }


def url_citations(checked: Checked, url: str) -> list[dict[str, Any]]:
    """One for each citation of each sentence, with where the sentence stands; `url` is where people open documents."""
    return [url_citation(cited, start, end, url) for claim, start, end in _placed(checked) for cited in claim.citations]


def url_citation(cited: Citation, start: int, end: int, url: str) -> dict[str, Any]:
    """One citation of what stands from `start` to `end`."""
    return {"start_index": start, "end_index": end, "title": cited.document, "url": place(cited, url)}


def place(cited: Citation, url: str) -> str:
    """The address at which a person sees the cited span."""
    if cited.link:
        return url + cited.link
    return f"{url}/documents/{cited.document_id}?revision={cited.revision}&start={cited.start}&end={cited.end}"


def usage(answer: Answer) -> dict[str, Any]:
    """Token counts in the words of chat and completions; of the cache only to whom it may be told."""
    used = answer.usage
    counts: dict[str, Any] = {
        "prompt_tokens": used.prompt_tokens,
        "completion_tokens": used.completion_tokens,
        "total_tokens": used.prompt_tokens + used.completion_tokens,
    }
    if answer.shows_cached:
        counts["prompt_tokens_details"] = {"cached_tokens": used.cached_tokens}
    return counts


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

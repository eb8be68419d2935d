"""The events of a streamed response, in OpenAI's order: each item is added, written and done, and then the whole."""

from collections.abc import Iterator
from typing import Any

import msgspec

from publius.api.basis import url_citation
from publius.api.completions import token_logprob
from publius.api.errors import envelope
from publius.api.response_objects import ResponseObjects, citation
from publius.api.streams import event, leaving
from publius.errors import PubliusError
from publius.types import Answer, Choice, Claim, Delta, TokenLogprob, ToolCall


class ResponseEvents:
    """Turns what leaves the walk into events. Text comes first, in one item; then calls, each an item of its own."""

    def __init__(self, objects: ResponseObjects) -> None:
        self._objects = objects
        self._number = 0
        self._items = 0  # done so far
        self._text: list[str] | None = None  # of the open item
        self._logprobs: list[TokenLogprob] = []
        self._cited = 0
        self._calls = 0

    def begin(self) -> Iterator[bytes]:
        """Before anything else."""
        for name, status in (("response.created", "in_progress"), ("response.in_progress", "in_progress")):
            yield self._event(name, response=self._objects.begun(status))

    def of(self, thing: Claim | Delta | Answer) -> Iterator[bytes]:
        """What one step of the walk makes known."""
        match thing:
            case Delta():
                return self._delta(thing)
            case Claim():
                return self._sentence(thing)
            case Answer():
                return self._end(thing)

    def _delta(self, piece: Delta) -> Iterator[bytes]:
        """A piece of a plain answer."""
        if piece.text:
            yield from self._written(piece.text, piece.logprobs)
        for call in piece.calls:
            yield from self._called(call)

    def _written(self, text: str, logprobs: tuple[TokenLogprob, ...] = ()) -> Iterator[bytes]:
        """A piece of text."""
        if self._text is None:
            self._text = []
            yield self._event("response.output_item.added", output_index=self._items, item=self._objects.opening())
            empty = self._objects.part(Choice(text="", finish_reason="stop"))
            yield self._event("response.content_part.added", **self._part(), part=empty)
        self._text.append(text)
        self._logprobs += logprobs
        told = [token_logprob(token) for token in logprobs]
        yield self._event("response.output_text.delta", **self._part(), delta=text, logprobs=told)

    def _sentence(self, claim: Claim) -> Iterator[bytes]:
        """A verdict on a sentence: a released one with its citations."""
        before = len("".join(self._text or ()))
        if not (said := leaving(claim, "".join(self._text or ()))):
            return
        yield from self._written(said)
        start = before + said.index(claim.text)
        for cited in claim.citations:
            one = url_citation(cited, start, start + len(claim.text), self._objects.url)
            yield self._event(
                "response.output_text.annotation.added",
                **self._part(),
                annotation_index=self._cited,
                annotation=citation(one),
            )
            self._cited += 1

    def _end(self, answer: Answer) -> Iterator[bytes]:
        """The rest, with the whole response."""
        choice = answer.choices[0]
        if self._text is None and not choice.calls:
            yield from self._written(choice.text)
        yield from self._close(answer)
        name = "response.incomplete" if choice.finish_reason == "length" else "response.completed"
        yield self._event(name, response=self._objects.whole(answer))

    def failed(self, error: PubliusError) -> bytes:
        """The last event of a stream that breaks; `error` is the envelope, which OpenAI's clients raise."""
        said = msgspec.json.decode(envelope(error))["error"]
        return self._event("error", code=error.code, message=said["message"], param=error.param, error=said)

    def _close(self, answer: Answer | None) -> Iterator[bytes]:
        """The end of the open text, if one is open."""
        if self._text is None:
            return
        reason = answer.choices[0].finish_reason if answer else "tool_calls"
        choice = Choice(text="".join(self._text), finish_reason=reason, logprobs=tuple(self._logprobs))
        item = self._objects.message(choice, answer)
        [part] = item["content"]
        yield self._event("response.output_text.done", **self._part(), text=choice.text, logprobs=part["logprobs"])
        yield self._event("response.content_part.done", **self._part(), part=part)
        yield self._event("response.output_item.done", output_index=self._items, item=item)
        self._items, self._text, self._logprobs = self._items + 1, None, []

    def _called(self, call: ToolCall) -> Iterator[bytes]:
        """A call, which comes whole."""
        yield from self._close(None)
        item = self._objects.call(call, self._calls)
        place: dict[str, Any] = {"output_index": self._items, "item_id": item["id"]}
        opening = {**item, "status": "in_progress", "arguments": ""}
        yield self._event("response.output_item.added", output_index=self._items, item=opening)
        yield self._event("response.function_call_arguments.delta", **place, delta=call.arguments)
        done = "response.function_call_arguments.done"
        yield self._event(done, **place, name=call.name, arguments=call.arguments)
        yield self._event("response.output_item.done", output_index=self._items, item=item)
        self._items, self._calls = self._items + 1, self._calls + 1

    def _part(self) -> dict[str, Any]:
        return {"item_id": self._objects.opening()["id"], "output_index": self._items, "content_index": 0}

    def _event(self, kind: str, /, **fields: Any) -> bytes:
        number, self._number = self._number, self._number + 1
        return event({"type": kind, "sequence_number": number, **fields}, kind)

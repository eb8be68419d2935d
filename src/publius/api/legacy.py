"""`POST /v1/completions`: Llama goes on writing a raw text, in the form that OpenAI had before chat."""

import time
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from itertools import accumulate
from typing import Annotated, Any
from uuid import UUID

import msgspec
from litestar import MediaType, Request, Response, post
from msgspec import Raw, Struct

from publius import flow
from publius.api.admission import building, known_first, may
from publius.api.basis import basis, usage
from publius.api.body import read
from publius.api.completions import ending
from publius.api.fields import Ignored, Refused, Served, refuse, told_as
from publius.api.leaving import while_connected
from publius.api.metrics import metrics_of
from publius.api.questions import UNREAD, StreamOptions, sampling
from publius.api.streams import EventStream, event
from publius.errors import InvalidRequest
from publius.types import (
    Answer,
    Delta,
    Door,
    FinishReason,
    Form,
    Message,
    Permission,
    Principal,
    Question,
    TokenLogprob,
)

Web = Request[Any, Any, Any]

DEFAULT_TOKENS = 16  # as OpenAI's
NAMES = {r"messages\[(\d+)\]\.content": r"prompt[\1]", r"messages": "prompt"}


class CompletionRequest(Struct):
    """The fields of OpenAI's completions, and what becomes of each."""

    model: Annotated[str, Served("`llama`; library answers questions, see chat completions")]
    prompt: Annotated[str | list[Any], Served("a text or up to 16 texts, not token ids; no template stands around it")]
    stream: Annotated[bool | None, Served()] = None
    stream_options: Annotated[StreamOptions | None, Served("`include_usage`")] = None
    max_tokens: Annotated[int | None, Served("of each choice; 16 if left out")] = None
    temperature: Annotated[float | None, Served("0 to 2; 0 if left out, and 1 with several choices")] = None
    top_p: Annotated[float | None, Served("0.01 to 1")] = None
    seed: Annotated[
        int | None, Served("the same seed, the same text, on an idle engine that had read the prompt before")
    ] = None
    stop: Annotated[str | list[str] | None, Served("up to 4")] = None
    presence_penalty: Annotated[float | None, Served("-2 to 2")] = None
    frequency_penalty: Annotated[float | None, Served("-2 to 2")] = None
    n: Annotated[int | None, Served("1 to 8, and 16 answers in all")] = None
    logprobs: Annotated[int | None, Served("0: of the tokens that were written. More is refused")] = None
    echo: Annotated[bool | None, Served("not with logprobs")] = None
    best_of: Annotated[int | None, Refused("Ask for n and choose yourself.", (1,))] = None
    suffix: Annotated[str | None, Refused("Llama does not fill in; leave it out.")] = None
    logit_bias: Annotated[Any, Refused("Leave it out.")] = None
    user: Annotated[Raw, Ignored("who asks is who the key belongs to")] = UNREAD


@post("/v1/completions", status_code=200, opt=may(Permission.ASK, walk=True))
async def completions(request: Web) -> Response[Any]:
    """Go on writing each prompt, streamed if that is asked for."""
    with known_first(request):
        wanted = read(await request.body(), CompletionRequest)
        asked = question(wanted, request.state["request_id"], request.state["credential"])
    shown = Completions(asked, echo=bool(wanted.echo))
    if wanted.stream:
        include = wanted.stream_options is not None and wanted.stream_options.include_usage
        return EventStream(_events(asked, shown, request, counted=include))
    with told_as(NAMES):
        answer = await while_connected(request.receive, flow.answer(asked, building(request)))
    metrics_of(request).answered(asked.door, answer)
    return Response(msgspec.json.encode(shown.whole(answer)), media_type=MediaType.JSON)


async def _events(asked: Question, shown: "Completions", request: Web, *, counted: bool) -> AsyncGenerator[bytes, None]:
    """The pieces of every text as they come."""
    with told_as(NAMES):
        async with aclosing(flow.stream(asked, building(request))) as walk:
            async for thing in walk:
                if isinstance(thing, Delta):
                    yield event(shown.piece(thing))
                elif isinstance(thing, Answer):
                    metrics_of(request).answered(asked.door, thing)
                    for chunk in shown.last(thing, counted=counted):
                        yield event(chunk)
    yield b"data: [DONE]\n\n"


def question(request: CompletionRequest, id: UUID, credential: str | Principal | None) -> Question:
    """The prompts as a question.

    Raises:
        InvalidRequest: a prompt is no text, or something is asked for that is not supported.
    """
    refuse(request)
    prompts = [request.prompt] if isinstance(request.prompt, str) else request.prompt
    if not prompts:
        raise InvalidRequest("There is no prompt.", param="prompt")
    for at, prompt in enumerate(prompts):
        if not isinstance(prompt, str) or not prompt:
            raise InvalidRequest("A prompt is a text, not empty and not token ids.", param=f"prompt[{at}]")
    if request.logprobs:
        cure = "Send 0: the engines tell the token that was written."
        raise InvalidRequest("logprobs of other tokens are not supported.", cure=cure, param="logprobs")
    if request.echo and request.logprobs is not None:
        raise InvalidRequest("echo does not go with logprobs.", cure="Leave one out.", param="echo")
    choices = 1 if request.n is None else request.n
    most = DEFAULT_TOKENS if request.max_tokens is None else request.max_tokens
    return Question(
        id=id,
        door=Door.API,
        model=request.model,
        messages=tuple(Message("user", prompt) for prompt in prompts),
        credential=credential,
        sampling=sampling(request, most, choices),
        form=Form(choices=choices, logprobs=request.logprobs is not None, raw=True),
    )


class Completions:
    """The `text_completion`s of one question; with `echo` each text begins with its prompt."""

    def __init__(self, asked: Question, *, echo: bool) -> None:
        self._asked = asked
        self._echo = echo
        self._sent: dict[int, int] = {}  # characters of each text so far
        self._common = {
            "id": f"cmpl-{asked.id.hex}",
            "object": "text_completion",
            "created": int(time.time()),
            "model": asked.model,
        }

    def whole(self, answer: Answer) -> dict[str, Any]:
        """All texts at once."""
        choices = [
            self._choice(at, self._before(at) + choice.text, choice.logprobs, choice.finish_reason)
            for at, choice in enumerate(answer.choices)
        ]
        return {**self._common, "choices": choices, "usage": usage(answer), "publius": basis(answer)}

    def piece(self, delta: Delta) -> dict[str, Any]:
        """A piece of one text."""
        first = delta.choice not in self._sent
        text = (self._before(delta.choice) if first else "") + delta.text
        start = self._sent.get(delta.choice, 0)
        self._sent[delta.choice] = start + len(text)
        return {**self._common, "choices": [self._choice(delta.choice, text, delta.logprobs, None, start)]}

    def last(self, answer: Answer, *, counted: bool) -> list[dict[str, Any]]:
        """The end of each text, the very last with its receipt, and the tokens if they are wanted."""
        ends: list[dict[str, Any]] = [
            {**self._common, "choices": [self._choice(at, self._unsent(at), (), choice.finish_reason)]}
            for at, choice in enumerate(answer.choices)
        ]
        ends[-1]["publius"] = basis(answer)
        return [*ends, {**self._common, "choices": [], "usage": usage(answer)}] if counted else ends

    def _unsent(self, number: int) -> str:
        return "" if number in self._sent else self._before(number)

    def _before(self, number: int) -> str:
        return self._asked.messages[number // self._asked.form.choices].content if self._echo else ""

    def _choice(
        self, index: int, text: str, tokens: Sequence[TokenLogprob], reason: FinishReason | None, start: int = 0
    ) -> dict[str, Any]:
        told = _logprobs(tokens, start) if self._asked.form.logprobs else None
        return {"index": index, "text": text, "logprobs": told, "finish_reason": reason and ending(reason)}


def _logprobs(tokens: Sequence[TokenLogprob], start: int) -> dict[str, Any]:
    """Tokens with where each begins in the text."""
    texts = [token.token.decode("utf-8", "replace") for token in tokens]
    offsets = list(accumulate(map(len, texts[:-1]), initial=start)) if texts else []
    told = [token.logprob for token in tokens]
    return {"tokens": texts, "token_logprobs": told, "top_logprobs": None, "text_offset": offsets}

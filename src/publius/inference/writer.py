"""The room's face: a grant, a question and its evidence in; a draft out."""

import hmac
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing

from msgspec import structs

from publius.errors import EngineFailed, PromptTooLong
from publius.inference import prompts
from publius.inference.engine import Engine, Finish, Request
from publius.inference.exclusive import serving
from publius.inference.grounding import compose
from publius.inference.pace import Pace
from publius.inference.writing import Written, together, written
from publius.types import (
    Choice,
    Delta,
    Draft,
    Evidence,
    Form,
    Grant,
    Message,
    Question,
    Sampling,
    ToolCall,
    Usage,
)

ANSWER_TOKENS = 128  # A grounded answer, unless more is asked for.
PROPOSAL_TOKENS = 512  # A call of a tool; one that is longer is cut off, and then it is none.
_SEEDS = 2**63


class Writer:
    """Has drafts written by the engine that serves the agency.

    `key` is the server's secret, from which cache salts are derived.
    """

    def __init__(self, engine: Engine, key: bytes) -> None:
        self.pace = Pace()
        self._engine = engine
        self._key = key

    async def write(self, grant: Grant, question: Question, evidence: Evidence) -> Draft:
        """The whole draft at once; see `stream`."""
        async with aclosing(self.stream(grant, question, evidence)) as pieces:
            async for piece in pieces:
                if isinstance(piece, Draft):
                    return piece
        raise EngineFailed("The engine ended without finishing its answer.")

    async def stream(self, grant: Grant, question: Question, evidence: Evidence) -> AsyncGenerator[Delta | Draft, None]:
        """Pieces of every answer as they come, then the Draft. Closing the iterator cancels within one step.

        A grounded model without evidence writes nothing: there is nothing that it could rest on. Nor does it beside a
        reply, and no engine is needed for that one. What finding the evidence took counts as usage.

        Raises:
            PromptTooLong: the person's own messages do not fit; EngineUnavailable, EngineFailed.
        """
        if evidence.reply is not None:
            yield _unwritten(evidence.spent)
            return
        async with serving(self._engine, grant) as engine:
            if grant.model.grounded and not (evidence.passages or evidence.tools):
                await _must_fit(engine, question)
                yield _draft(engine, [Choice(text="", finish_reason="stop")], evidence.spent)
                return
            requests = await self._requests(engine, grant, question, evidence)
            answers: dict[int, Written] = {}
            writing = [
                written(
                    engine, request, self.pace.watch(engine.generate(request)), number, grounded=grant.model.grounded
                )
                for number, request in enumerate(requests)
            ]
            async with aclosing(together(writing)) as pieces:
                async for piece in pieces:
                    if isinstance(piece, Delta):
                        yield piece
                    else:
                        answers[piece.number] = piece
            ordered = [answers[number] for number in range(len(requests))]
            usage = added(_total(ordered, question.form.choices), evidence.spent)
            yield _draft(engine, [answer.choice for answer in ordered], usage)

    async def propose(self, grant: Grant, messages: Sequence[Message], form: Form) -> tuple[ToolCall | None, Usage]:
        """The tool that Llama would call, held to its schema, and what asking took; None where it calls none.

        Raises:
            PromptTooLong: the messages and the tools do not fit; EngineUnavailable, EngineFailed.
        """
        async with serving(self._engine, grant) as engine:
            request = self._request(grant, Sampling(max_tokens=PROPOSAL_TOKENS), form, tuple(messages))
            calls: tuple[ToolCall, ...] = ()
            async with aclosing(self.pace.watch(engine.generate(request))) as pieces:
                async for piece in pieces:
                    if isinstance(piece, Finish):
                        return (calls[0] if calls else None), piece.usage
                    calls += piece.calls
        raise EngineFailed("The engine ended without finishing its answer.")

    async def _requests(self, engine: Engine, grant: Grant, question: Question, evidence: Evidence) -> list[Request]:
        """One for each answer: each prompt as often as the question wants answers to it."""
        if question.form.raw:
            first = [
                self._request(grant, question.sampling, question.form, prompt=message.content)
                for message in question.messages
            ]
        elif grant.model.grounded:
            most = min(question.sampling.max_tokens or ANSWER_TOKENS, grant.max_tokens)
            messages = await compose(engine, question, evidence, most)
            request = self._request(grant, question.sampling, question.form, messages)
            first = [structs.replace(request, max_tokens=most)]
        else:
            messages = prompts.plain(question.messages)
            first = [self._request(grant, question.sampling, question.form, messages)]
        return [_seeded(request, number) for request in first for number in range(question.form.choices)]

    def _request(
        self,
        grant: Grant,
        sampling: Sampling,
        form: Form,
        messages: tuple[Message, ...] = (),
        prompt: str | None = None,
    ) -> Request:
        chosen = structs.asdict(sampling)
        chosen["max_tokens"] = min(sampling.max_tokens or grant.max_tokens, grant.max_tokens)
        return Request(
            messages=messages,
            prompt=prompt,
            salt=cache_salt(self._key, grant.agency.id, min(grant.agency.ceiling, grant.agency.labels.highest)),
            agency=grant.agency.id,
            user=grant.principal.id,
            weight=grant.share.weight,
            form=form,
            **chosen,
        )


async def _must_fit(engine: Engine, question: Question) -> None:
    """Search reads the beginning of a question only: one that Llama could not read must not pass for unanswered."""
    if len(question.text) <= engine.context:  # a token is a character at least
        return
    [tokens] = await engine.count([question.text])
    if tokens >= engine.context:
        raise PromptTooLong(f"The question is longer than the {engine.context:,} tokens that the model reads.")


def _draft(engine: Engine, choices: Sequence[Choice], usage: Usage) -> Draft:
    return Draft(
        text=choices[0].text,
        finish_reason=choices[0].finish_reason,
        model=engine.name,
        weights=engine.weights,
        usage=usage,
        choices=tuple(choices),
    )


def _unwritten(spent: Usage) -> Draft:
    """Of an answer that no model wrote."""
    return Draft(text="", finish_reason="stop", model="", weights="", usage=spent)


def added(one: Usage, other: Usage) -> Usage:
    """What both took."""
    return Usage(
        one.prompt_tokens + other.prompt_tokens,
        one.completion_tokens + other.completion_tokens,
        one.cached_tokens + other.cached_tokens,
    )


def cache_salt(key: bytes, agency: int, ceiling: int = 0) -> bytes:
    """An agency's own beginning of every prompt, so that no other's prompt ever shares a cached one with it.

    Nor does that of somebody with another ceiling: how soon an answer comes would tell them what is above theirs.
    """
    return hmac.digest(key, b"cache salt of agency %d up to level %d" % (agency, ceiling), "sha256")


def _seeded(request: Request, number: int) -> Request:
    """The request for one of several answers: with the same seed they would all be the same."""
    if number == 0 or request.seed is None:
        return request
    return structs.replace(request, seed=(request.seed + number + _SEEDS) % (2 * _SEEDS) - _SEEDS)


def _total(answers: Sequence[Written], times: int) -> Usage:
    """What all answers took. A prompt counts once, as often as it is answered; the engine reads it once, too.

    What the engine knew of it before is what the first to come found, not what they found of one another.
    """
    of_each_prompt = [[answer.usage for answer in answers[at : at + times]] for at in range(0, len(answers), times)]
    return Usage(
        sum(max(usage.prompt_tokens for usage in same) for same in of_each_prompt),
        sum(answer.usage.completion_tokens for answer in answers),
        sum(min(usage.cached_tokens for usage in same) for same in of_each_prompt),
    )

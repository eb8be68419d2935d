"""The room's face: a grant, a question and its evidence in; a draft out."""

import hmac
from collections.abc import AsyncGenerator
from contextlib import aclosing

from publius.errors import EngineFailed, PromptTooLong
from publius.inference import prompts
from publius.inference.engine import Engine, Finish, Request
from publius.inference.grounding import compose
from publius.inference.looping import Repetition, loops
from publius.inference.pace import Pace
from publius.types import Agency, Draft, Evidence, Grant, Question, Usage

ANSWER_TOKENS = 128  # A grounded answer, unless more is asked for.


class Writer:
    """Has drafts written by one engine. `key` is the server's secret, from which cache salts are derived."""

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

    async def stream(self, grant: Grant, question: Question, evidence: Evidence) -> AsyncGenerator[str | Draft, None]:
        """Pieces of text as they come, then the Draft. Closing the iterator cancels within one step.

        A grounded model without evidence writes nothing: there is nothing that it could rest on.

        Raises:
            PromptTooLong: the person's own messages do not fit; EngineUnavailable, EngineFailed.
        """
        if grant.model.grounded and not (evidence.passages or evidence.tools):
            await self._must_fit(question)
            yield self._draft("", Finish("stop", Usage()))
            return
        request = await self._request(grant, question, evidence)
        text: list[str] = []
        tokens, repetition = 0, Repetition()
        async with aclosing(self.pace.watch(self._engine.generate(request))) as pieces:
            async for piece in pieces:
                if isinstance(piece, Finish):
                    yield self._draft("".join(text), piece)
                    return
                tokens += piece.tokens
                if piece.text:
                    text.append(piece.text)
                    yield piece.text
                # What is said again verification would drop; and a plain answer that loops never ends well.
                if repetition.feed(piece.text) if grant.model.grounded else loops("".join(text)):
                    read = sum(await self._engine.count([message.content for message in request.messages]))
                    yield self._draft("".join(text), Finish("stop", Usage(read, tokens)))
                    return

    async def _must_fit(self, question: Question) -> None:
        """Search reads the beginning of a question only: one that Llama could not read must not pass for unanswered."""
        if len(question.text) <= self._engine.context:  # a token is a character at least
            return
        [tokens] = await self._engine.count([question.text])
        if tokens >= self._engine.context:
            raise PromptTooLong(
                f"The question is longer than the {self._engine.context:,} tokens that the model reads."
            )

    async def _request(self, grant: Grant, question: Question, evidence: Evidence) -> Request:
        sampling = question.sampling
        default = ANSWER_TOKENS if grant.model.grounded else grant.max_tokens
        most = min(sampling.max_tokens or default, grant.max_tokens)
        if grant.model.grounded:
            messages = await compose(self._engine, question, evidence, most)
        else:
            messages = prompts.plain(question.messages)
        return Request(
            messages=messages,
            salt=self._salt(grant.agency),
            max_tokens=most,
            agency=grant.agency.id,
            user=grant.principal.id,
            weight=grant.share.weight,
            temperature=sampling.temperature,
            top_p=sampling.top_p,
            seed=sampling.seed,
            stop=sampling.stop,
            presence_penalty=sampling.presence_penalty,
            frequency_penalty=sampling.frequency_penalty,
            form=question.form,
        )

    def _salt(self, agency: Agency) -> bytes:
        return hmac.digest(self._key, b"cache salt of agency %d" % agency.id, "sha256")

    def _draft(self, text: str, finish: Finish) -> Draft:
        return Draft(
            text=text,
            finish_reason=finish.reason,
            model=self._engine.name,
            weights=self._engine.weights,
            usage=finish.usage,
        )

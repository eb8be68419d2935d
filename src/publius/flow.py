"""The walk: request -> identity -> policy -> retrieval -> inference -> verification -> ledger -> response.

Both functions read top to bottom, one line a room. Whatever a room raises passes through the ledger's
record, which notes it, and reaches the door; but if the engine is lost before anything of an answer has
left, the answer is begun once more, and the caller does not notice.
"""

from collections.abc import AsyncGenerator, Awaitable
from contextlib import aclosing
from functools import partial
from typing import TypeVar

from msgspec import Struct

from publius.application import Application
from publius.ledger.record import Record
from publius.replay import Leaving, begun_once_more, once_more
from publius.types import Answer, Checked, Claim, Delta, Draft, Evidence, Grant, Principal, Question, Usage

Thing = TypeVar("Thing", Principal, Grant, Evidence, Draft)


class Meter(Struct):
    """What a walk has spent so far. It counts against the budget also when the reader leaves early."""

    usage: Usage = Usage()


async def answer(question: Question, app: Application) -> Answer:
    """Walk the whole building and come back with an answer whose record is sealed.

    Raises:
        PubliusError: a room refused or failed; the record says so.
    """
    async with app.ledger.open(question) as record:
        principal = await _enter(record, "identity", app.identity.authenticate(question.credential))
        grant = await _enter(record, "policy", app.policy.authorize(principal, question))
        evidence = await _enter(record, "retrieval", app.gather(grant, question))
        draft = await _enter(record, "inference", once_more(partial(app.inference.write, grant, question, evidence)))
        await app.policy.settle(grant, draft.usage)
        with record.timed("verification"):
            checked = await app.verification.check(grant, question, evidence, draft)
        return await record.seal(checked)


async def stream(question: Question, app: Application) -> AsyncGenerator[Claim | Delta | Answer, None]:
    """The same walk, sentence by sentence: each `Claim` once it is decided, released or withheld, then the `Answer`.

    A plain `llama` answer comes as `Delta`s instead, since there is nothing to check it against.
    Closing the iterator ends the walk within one step of the engine; the record says that it was cancelled.
    """
    async with app.ledger.open(question) as record:
        principal = await _enter(record, "identity", app.identity.authenticate(question.credential))
        grant = await _enter(record, "policy", app.policy.authorize(principal, question))
        evidence = await _enter(record, "retrieval", app.gather(grant, question))
        await record.begin()  # from here on text leaves, so the record must outlive us
        spent = Meter()
        attempt = partial(_checked, record, spent, grant, question, evidence, app)
        try:
            async with aclosing(begun_once_more(attempt)) as things:
                async for thing in things:
                    if isinstance(thing, Checked):
                        checked = thing
                        continue
                    record.note(thing)
                    yield thing
        finally:
            await app.policy.settle(grant, spent.usage)
        yield await record.seal(checked)


async def _enter(record: Record, room: str, step: Awaitable[Thing]) -> Thing:
    """Take one step: time it and let the record note what came of it."""
    with record.timed(room):
        thing = await step
    record.note(thing)
    return thing


async def _checked(
    record: Record, spent: Meter, grant: Grant, question: Question, evidence: Evidence, app: Application
) -> AsyncGenerator[Leaving, None]:
    """Each sentence once it is decided, or each piece of a plain answer, and last the whole."""
    checking = app.verification.open(grant, question, evidence)
    async with aclosing(_written(record, spent, grant, question, evidence, app)) as written:
        async for piece in written:
            if isinstance(piece, Draft):
                draft = piece
                continue
            if not grant.model.grounded:
                yield piece
            with record.timed("verification"):
                claims = await checking.feed(piece.text)
            for claim in claims:
                yield claim
    with record.timed("verification"):
        claims, checked = await checking.finish(draft)
    for claim in claims:
        yield claim
    yield checked


async def _written(
    record: Record, spent: Meter, grant: Grant, question: Question, evidence: Evidence, app: Application
) -> AsyncGenerator[Delta | Draft, None]:
    """What Llama writes, as it comes."""
    spent.usage = Usage(prompt_tokens=_estimate(question, evidence))
    async with aclosing(app.inference.stream(grant, question, evidence)) as pieces:
        while (piece := await _next(record, pieces)) is not None:
            if isinstance(piece, Draft):
                spent.usage = piece.usage
                record.note(piece)
            else:
                spent.usage = Usage(spent.usage.prompt_tokens, spent.usage.completion_tokens + piece.tokens)
            yield piece


async def _next(record: Record, pieces: AsyncGenerator[Delta | Draft, None]) -> Delta | Draft | None:
    with record.timed("inference"):
        return await anext(pieces, None)


def _estimate(question: Question, evidence: Evidence) -> int:
    # About four characters a token: only used for a stream that its reader left before the engine had counted.
    return (question.length + sum(len(passage.text) for passage in evidence.passages)) // 4

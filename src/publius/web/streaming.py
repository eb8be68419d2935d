"""An answer as server-sent events: each sentence once it is verified, and at the end the turn as a page shows it."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Any
from uuid import UUID

import msgspec
import structlog

from publius import flow
from publius.api.metrics import metrics_of
from publius.errors import PubliusError
from publius.types import Answer, Claim, Delta, Question
from publius.web.conversations import Turn, title_of
from publius.web.visitor import AnyRequest, Site, site_of, viewer

STOPPED = "You stopped this answer before it was complete, so nothing of it was kept. Ask again."
log = structlog.get_logger("publius.web")


async def streamed(
    request: AnyRequest, question: Question, turn: Turn, conversation: UUID
) -> AsyncGenerator[bytes, None]:
    """The events of one question. Closing it early ends the walk, and the turn says that it was stopped."""
    site, principal = site_of(request), viewer(request)
    new = len(question.messages) == 1
    if new:
        yield _event(str(conversation), "conversation")
    grounded = (await site.app.policy.model(principal, question.model)).grounded
    yield _part(site, "begun.html", turn=turn, grounded=grounded, new=new, title=title_of(turn.question))
    withheld = 0
    try:
        async with aclosing(flow.stream(question, site.app)) as steps:
            async for step in steps:
                match step:
                    case Answer():
                        turn = msgspec.structs.replace(turn, answer=step, label=step.label)
                        await site.conversations.answered(principal, turn.id, step)
                        metrics_of(request).answered(question.door, step)
                    case Claim(released=False):
                        withheld += 1
                        yield _part(site, "withholding.html", turn=turn, count=withheld)
                    case Delta():
                        yield _part(site, "arrived.html", turn=turn, piece=step.text)
                    case Claim():
                        yield _part(site, "arrived.html", turn=turn, piece=step)
    except (asyncio.CancelledError, GeneratorExit):
        await site.conversations.failed(principal, turn.id, STOPPED)
        raise
    except Exception as error:  # noqa: BLE001 (the status is sent: nothing else is left to say it)
        turn = msgspec.structs.replace(turn, failure=str(_recognised(error)))
        await site.conversations.failed(principal, turn.id, str(turn.failure))
    yield _part(site, "finished.html", turn=turn)


def _recognised(error: Exception) -> PubliusError:
    if isinstance(error, PubliusError):
        return error
    log.error("unexpected", error=type(error).__name__, exc_info=error)
    return PubliusError("Something went wrong on our side.")


def _part(site: Site, template: str, **context: Any) -> bytes:
    return _event(site.templates.render(template, **context))


def _event(data: str, name: str = "") -> bytes:
    """One server-sent event; each line of `data` travels as a line of its own."""
    lines = [f"event: {name}"] if name else []
    lines += [f"data: {line}" for line in data.replace("\r\n", "\n").replace("\r", "\n").split("\n")]
    return ("\n".join(lines) + "\n\n").encode()

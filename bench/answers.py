"""Grounded answers, one at a time: seconds to the first verified sentence, to the end, and in each room."""

import asyncio
import time
from statistics import median
from uuid import uuid4

from bench.building import building, documents, fresh_home, member, questions
from bench.report import Report, Target
from publius import flow
from publius.application import Application
from publius.types import Answer, Claim, Door, Message, Question

QUESTIONS = 20


def measure() -> Report:
    """Read the documents, warm up with one question, then ask."""
    return asyncio.run(_measure())


async def _measure() -> Report:
    with fresh_home() as settings:
        async with building(settings) as app:
            asked = questions(QUESTIONS)
            for slug in {slug for slug, _ in asked}:
                agency = await app.database.agency_by_slug(slug)
                async for _ in app.retrieval.add_many(agency, "user:bench", documents(slug)):
                    pass
                await _ask(app, slug, asked[0][1])  # the agency's prefix is read once
            runs = [await _ask(app, slug, text) for slug, text in asked]
    firsts = [first for first, _ in runs if first is not None]
    answers = [answer for _, answer in runs]
    rooms = {room: median(a.timing.get(room, 0.0) for a in answers) for room in answers[0].timing}
    ours = {
        "questions": len(runs),
        "with a released sentence": len(firsts),
        "first sentence, median s": median(firsts) if firsts else float("nan"),
        "whole answer, median s": rooms["total"],
        "whole answer, worst s": max(a.timing["total"] for a in answers),
        "rooms, median s": {room: round(seconds, 4) for room, seconds in rooms.items()},
    }
    targets = {
        "first verified sentence": Target(ours["first sentence, median s"], 2, "s"),
        "whole answer": Target(rooms["total"], 4, "s"),
    }
    return Report("answers", ours, targets=targets)


async def _ask(app: Application, slug: str, text: str) -> tuple[float | None, Answer]:
    """Seconds to the first released sentence (None if there was none), and the answer."""
    who = member(await app.database.agency_by_slug(slug))
    question = Question(id=uuid4(), door=Door.API, model="library", messages=(Message("user", text),), credential=who)
    begun, first = time.perf_counter(), None
    async for step in flow.stream(question, app):
        if first is None and isinstance(step, Claim) and step.released:
            first = time.perf_counter() - begun
    assert isinstance(step, Answer)
    return first, step

"""Asks the cases of a pack through the whole building, as a member of an agency, and judges what comes back."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from typing import NamedTuple
from uuid import uuid4

from publius.errors import PubliusError
from publius.missions.cases import Placed
from publius.missions.verdicts import Verdict, judge
from publius.types import Answer, Door, Message, Principal, Question

AT_ONCE = 4  # cases under way together: an engine answers several as fast as one

Ask = Callable[[Question], Awaitable[Answer]]


class Outcome(NamedTuple):
    """A case that was asked: the last answer, the verdicts, and the seconds that its turns took."""

    placed: Placed
    text: str
    verdicts: tuple[Verdict, ...]
    seconds: float

    @property
    def passed(self) -> bool:
        return all(verdict.met for verdict in self.verdicts)


async def run(
    cases: Sequence[Placed], model: str, who: Principal, ask: Ask, told: Callable[[Outcome], None]
) -> list[Outcome]:
    """Ask every case of the model `mission:ID`. `told` hears each outcome at once; they come back in the cases' order.

    A question that ends in an error is an outcome too, which has not passed.
    """
    free = asyncio.Semaphore(AT_ONCE)

    async def one(placed: Placed) -> Outcome:
        async with free:
            outcome = await _asked(placed, model, who, ask)
        told(outcome)
        return outcome

    async with asyncio.TaskGroup() as tasks:
        started = [tasks.create_task(one(placed)) for placed in cases]
    return [task.result() for task in started]


async def _asked(placed: Placed, model: str, who: Principal, ask: Ask) -> Outcome:
    begun = time.monotonic()
    messages: tuple[Message, ...] = ()
    text = ""
    verdicts: tuple[Verdict, ...]
    try:
        for said in placed.case.asked:
            messages += (Message("user", said),)
            answer = await ask(Question(id=uuid4(), door=Door.CLI, model=model, messages=messages, credential=who))
            text = answer.choices[0].text
            messages += (Message("assistant", text),)
        verdicts = tuple(judge(placed.case, answer))
    except PubliusError as error:
        verdicts = (Verdict("an answer", False, error.message),)
    return Outcome(placed, text, verdicts, time.monotonic() - begun)

"""The promise: every case of student aid comes out as its author wrote down, asked through the whole building."""

from functools import partial

import pytest
from tests.missions.student_aid.test_mission import CASES, PACK
from tests.missions.test_conversation import member

from publius import flow
from publius.application import Application
from publius.missions.running import Outcome, run
from publius.types import Agency

pytestmark = pytest.mark.slow


async def asked(building: Application, agency: Agency) -> list[Outcome]:
    await building.missions.turn(agency, PACK.id, True, "user:1")
    return await run(CASES, PACK.model, member(agency), partial(flow.answer, app=building), lambda _: None)


def told(outcome: Outcome) -> str:
    unmet = "; ".join(f"{each.expected} ({each.found})" for each in outcome.verdicts if not each.met)
    return f"{outcome.placed.name} {outcome.placed.case.asked[-1]!r}: {unmet}; it said {outcome.text!r}"


@pytest.mark.timeout(600)
async def test_every_case_is_met(building: Application, education: Agency) -> None:
    """With the null engine, which quotes the sources' nearest sentences: what the code decides is all there is."""
    unmet = [told(outcome) for outcome in await asked(building, education) if not outcome.passed]
    assert not unmet, "\n" + "\n".join(unmet)

"""A mission with the real small Llama: it phrases results and reads sources; what it may propose decides nothing."""

import json
from collections.abc import Sequence

import jsonschema
import pytest
from tests.missions import test_conversation
from tests.missions.test_conversation import ALL, PRICE, SAVED, Talk, member, open_mission

from publius.application import Application
from publius.missions import mentions
from publius.missions.proposing import kept, proposed
from publius.settings import Settings, read
from publius.types import Agency, Form, Grant, Message, Model, ToolCall, Usage
from publius.verification.figures import missing
from publius.verification.figures import read as figures

__all__ = ["open_mission"]

pytestmark = [pytest.mark.model, pytest.mark.slow, pytest.mark.timeout(900)]


@pytest.fixture
def engine() -> None:
    """The engine that the settings choose."""


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return test_conversation.with_mission(read({}, home=settings.home, metrics_port=0))


@pytest.mark.parametrize("told", [ALL, ALL.replace("$32,719", "$91,250").replace("household of 4", "household of 3")])
async def test_a_conversation_ends_with_the_tools_figures_and_no_others(
    open_mission: Application, education: Agency, told: str
) -> None:
    talk = Talk(open_mission, education)
    await talk.say(told)
    claims, streamed = await talk.stream("yes")
    done = await talk.say("yes")
    [result] = done.checked.results
    for answer in (done, streamed):
        said = " ".join(claim.text for claim in answer.checked.claims)
        assert not missing(result.says, figures(said)) and not missing(said, figures(result.says))
    assert claims and done.usage.completion_tokens > 0
    if told == ALL:
        assert PRICE in done.checked.text and SAVED in done.checked.text


async def test_sources_are_answered_in_both_languages(open_mission: Application, education: Agency) -> None:
    english = await Talk(open_mission, education).say("What is the fee for a lost pass?")
    spanish = await Talk(open_mission, education).say("¿Cuál es la tarifa por reemplazar un pase perdido?")
    for answer, name in ((english, "passes.en"), (spanish, "passes.es")):
        assert answer.checked.answered and "$15" in answer.checked.text
        assert {citation.name for citation in answer.checked.citations} == {name}
        assert "free" not in answer.checked.text


ASKS = (
    ALL,
    "how much is my monthly pass, four of us live on 50k, 2026-27",
    "I want my money back for the pass. It cost $62 and 10 days are left.",
    "¿Cuánto me devuelven? El pase costó $62 y quedan 10 días.",
)


async def test_whatever_it_proposes_is_a_call_under_the_schema_and_only_what_was_said_is_kept(
    open_mission: Application, education: Agency
) -> None:
    writer, made = open_mission.inference, []
    pack = open_mission.missions.seen_by(education)["bus_fare"]
    tools = open_mission.missions.tools(pack)
    grant = Grant(member(education), Model("mission:bus_fare", True, "", mission="bus_fare"), 512)

    async def watched(grant: Grant, messages: Sequence[Message], form: Form) -> tuple[ToolCall | None, Usage]:
        call, usage = await writer.propose(grant, messages, form)
        made.append(call)
        return call, usage

    for ask in ASKS:
        tool, values, spent = await proposed(watched, grant, tools[:1] if ask == ALL else tools, [ask])
        call = made[-1]
        assert spent.prompt_tokens > 0
        if call is not None and tool is not None:
            jsonschema.validate(json.loads(call.arguments), tool.schema() | {"required": []})
            held = [mention.value for mention in mentions.read(ask)]
            assert all(
                value in held for value in values.values() if isinstance(value, int) and value not in (True, False)
            )
            assert values == kept(tool, json.loads(call.arguments), ask)
    assert any(made)

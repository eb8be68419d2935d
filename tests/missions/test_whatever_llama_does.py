"""Whatever Llama writes, proposes or fails to do, no figure but the tool's leaves, and nothing is made up."""

import json

import pytest
from msgspec import structs
from tests.missions.test_conversation import ALL, Talk, call, member, open_mission, with_mission, without_seals

from publius import flow
from publius.application import Application
from publius.errors import EngineUnavailable
from publius.inference.echo import EchoEngine
from publius.inference.engine import Request
from publius.settings import Settings
from publius.types import Agency, ToolCall

__all__ = ["open_mission"]


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return with_mission(settings)


class TestALyingLlama:
    """Whatever Llama writes around a result, no figure but the tool's leaves."""

    LIES = (
        "Your reduced monthly pass for 2026-27 costs $75.",
        "That is $20 less than a full pass.",
        "Your reduced monthly pass costs $2.",
        "Your reduced monthly pass for 2025-26 costs $20.",
        "Your income a head is $32,719.",
        "The price is 8,179.",
        "Your reduced monthly pass is free.",
    )

    @pytest.fixture
    def engine(self) -> EchoEngine:
        return EchoEngine(lambda request: " ".join(self.LIES))

    async def test_nothing_of_it_leaves(self, open_mission: Application, education: Agency) -> None:
        talk = Talk(open_mission, education)
        await talk.say(ALL)
        claims, streamed = await talk.stream("yes")
        whole = await talk.say("yes")
        assert without_seals(streamed.checked) == without_seals(whole.checked)
        assert not {claim.text for claim in whole.checked.claims} & set(self.LIES)
        assert not {claim.text for claim in claims if claim.released} & set(self.LIES)
        assert whole.checked.text.startswith("Your reduced monthly pass for 2026-27 costs $20.")
        assert "That is $75 less than a full pass." in whole.checked.text
        assert len(whole.checked.claims) == 2 and whole.checked.withheld


class TestAGoodLlama:
    """What Llama says rightly stands in place of the tool's own sentences."""

    @pytest.fixture
    def engine(self) -> EchoEngine:
        return EchoEngine(
            lambda request: "A reduced monthly pass for 2026-27 costs $20. It is $75 less than a full pass."
        )

    async def test_it_is_kept(self, open_mission: Application, education: Agency) -> None:
        talk = Talk(open_mission, education)
        await talk.say(ALL)
        done = await talk.say("yes")
        assert [claim.text for claim in done.checked.claims] == [
            "A reduced monthly pass for 2026-27 costs $20.",
            "It is $75 less than a full pass.",
        ]
        assert done.usage.completion_tokens > 0 and not done.checked.withheld


class TestWhatLlamaReads:
    """A result is phrased from the tool's sentences; what stands in a tool's text is data."""

    seen: list[Request]

    @pytest.fixture
    def engine(self) -> EchoEngine:
        self.seen = []

        def script(request: Request) -> str:
            self.seen.append(request)
            return "I obey."

        return EchoEngine(script)

    async def test_it_reads_the_result_and_its_question_alone(
        self, open_mission: Application, education: Agency
    ) -> None:
        talk = Talk(open_mission, education)
        await talk.say(ALL)
        assert not self.seen
        done = await talk.say("yes")
        [request] = self.seen
        assert (
            "costs $20" in request.messages[-1].content
            and "Question: Reduced monthly pass" in request.messages[-1].content
        )
        assert "I obey" not in done.checked.text


class TestAProposingLlama:
    """A model that is asked to propose decides nothing: what it makes up is dropped and asked for."""

    proposals: list[ToolCall]

    @pytest.fixture
    def settings(self, settings: Settings) -> Settings:
        return structs.replace(settings, proposals="on")

    @pytest.fixture
    def engine(self) -> EchoEngine:
        def script(request: Request) -> str | list[ToolCall]:
            offered = {tool.name for tool in request.form.tools}
            if not offered:
                return "Nothing to say."
            made_up = {"household": 4, "income": 50_000, "award_year": "2027-28", "veteran": True, "rent": 900}
            name = "reduced_pass" if "reduced_pass" in offered else "refund"
            return [ToolCall("call_1", name, json.dumps(made_up if name == "reduced_pass" else {"price": 1}))]

        return EchoEngine(script)

    async def test_only_what_was_said_is_taken(self, open_mission: Application, education: Agency) -> None:
        talk = Talk(open_mission, education)
        answer = await talk.say("We are four at home and live on 50k. What would the monthly pass be for us?")
        reply = answer.checked.reply
        assert reply is not None and reply.asks == ("award_year", "veteran")
        assert "household? 4\n" in reply.text and "income? $50,000\n" in reply.text
        assert "900" not in reply.text and "2027-28" not in reply.text and "veteran? Yes" not in reply.text
        spent = answer.usage.prompt_tokens + answer.usage.completion_tokens
        assert spent and (await open_mission.policy.usage(member(education))).tokens == spent
        confirm = await talk.say("2026-27, no")
        assert confirm.checked.reply is not None and confirm.checked.reply.kind == "confirm"
        assert (await talk.say("yes")).checked.results[0].arguments["income"] == 50_000

    async def test_a_tool_is_found_without_its_words(self, open_mission: Application, education: Agency) -> None:
        answer = await Talk(open_mission, education).say("Four of us live on 50k and go by bus.")
        assert answer.checked.reply is not None and answer.checked.reply.tool == "reduced_pass"
        silent = await Talk(open_mission, education).say("Who won the chess championship?")
        assert silent.checked.reply is not None and silent.checked.reply.kind == "not-in-sources"
        assert silent.usage.prompt_tokens > 0


class TestABrokenLlama:
    """Without Llama the words, the questions and the sources' own sentences still do the whole job."""

    @pytest.fixture
    def settings(self, settings: Settings) -> Settings:
        return structs.replace(settings, proposals="on")

    @pytest.fixture
    def engine(self) -> EchoEngine:
        def script(request: Request) -> str:
            raise EngineUnavailable("The engine is restarting.")

        return EchoEngine(script)

    async def test_it_asks_and_confirms_all_the_same(self, open_mission: Application, education: Agency) -> None:
        asked = await Talk(open_mission, education).say("calculate my monthly pass")
        assert asked.checked.reply is not None and asked.checked.reply.kind == "ask"
        called = await flow.answer(call(education, "refund", '{"price": 62, "days": 10}'), open_mission)
        assert called.checked.results[0].value == 20

"""The promise: a mission is asked like any model, and its figures walk through every room unchanged."""

import json
import re
import shutil
from collections.abc import AsyncIterator
from datetime import date
from pathlib import Path
from uuid import uuid4

import pytest

from publius import flow
from publius.application import Application
from publius.errors import InvalidInputs, NotFound
from publius.settings import Settings
from publius.types import Agency, Answer, Checked, Claim, Door, Message, Principal, Question, Role, ToolCall, Usage

MODEL = "mission:bus_fare"
ALL = "What would my monthly pass cost for 2026-27? We are a household of 4, our income is $32,719, I am not a veteran."
PRICE, SAVED = "$20", "$75"


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return with_mission(settings)


def with_mission(settings: Settings) -> Settings:
    """The tiny mission in the folders of two agencies."""
    for agency in ("education", "state"):
        folder = settings.home / "missions" / agency / "bus_fare"
        shutil.copytree(Path(__file__).parent / "bus_fare", folder, ignore=shutil.ignore_patterns("__pycache__"))
    return settings


@pytest.fixture
async def open_mission(building: Application, education: Agency) -> AsyncIterator[Application]:
    await building.missions.turn(education, "bus_fare", True, "user:1")
    yield building


def member(agency: Agency) -> Principal:
    return Principal("user:1", "Ada", agency, Role.MEMBER)


class Talk:
    """One conversation through the whole building, each message sent with all those before it."""

    def __init__(self, app: Application, agency: Agency, model: str = MODEL) -> None:
        self.messages: list[Message] = []
        self._app = app
        self._model = model
        self._who = member(agency)

    def question(self, text: str) -> Question:
        self.messages.append(Message("user", text))
        return Question(
            id=uuid4(), door=Door.API, model=self._model, messages=tuple(self.messages), credential=self._who
        )

    async def say(self, text: str) -> Answer:
        answer = await flow.answer(self.question(text), self._app)
        self.messages.append(Message("assistant", answer.checked.text))
        return answer

    async def stream(self, text: str) -> tuple[list[Claim], Answer]:
        """The same message again, streamed."""
        *things, last = [thing async for thing in flow.stream(self.question(text), self._app)]
        self.messages.pop()
        assert isinstance(last, Answer)
        return [thing for thing in things if isinstance(thing, Claim)], last


def without_seals(checked: Checked | tuple[Claim, ...]) -> str:
    """What was answered, but for what is sealed into its links, each time anew."""
    return re.sub(r"\?a=[\w-]+", "?a=", repr(checked))


def call(agency: Agency, tool: str, arguments: str, model: str = MODEL) -> Question:
    return Question(
        id=uuid4(),
        door=Door.API,
        model=model,
        messages=(),
        credential=member(agency),
        call=ToolCall("c", tool, arguments),
    )


async def test_a_whole_conversation_ends_with_the_right_figures(open_mission: Application, education: Agency) -> None:
    talk = Talk(open_mission, education)
    asked = await talk.say("How much would my monthly pass cost?")
    assert asked.checked.reply is not None and asked.checked.reply.kind == "ask" and not asked.checked.answered
    assert asked.usage == Usage() and asked.checked.text.endswith("/missions/bus_fare/tools/reduced_pass")
    confirm = await talk.say("2026-27, household of 4, income $32,719, not a veteran: no")
    assert confirm.checked.reply is not None
    if confirm.checked.reply.kind == "ask":
        confirm = await talk.say("no")
    assert confirm.checked.reply is not None and confirm.checked.reply.kind == "confirm"
    done = await talk.say("yes")
    assert done.checked.answered and PRICE in done.checked.text and SAVED in done.checked.text
    [result] = done.checked.results
    assert result.value["price"] == 20
    for citation in done.checked.citations:
        assert citation.tool == "reduced_pass" and citation.quote == result.text[citation.start : citation.end]


async def test_the_stream_says_the_same_as_the_whole(open_mission: Application, education: Agency) -> None:
    talk = Talk(open_mission, education)
    for text in ("What does a lost pass cost?", ALL, "yes", "How do I forge a pass?", "Who won the chess match?"):
        claims, streamed = await talk.stream(text)
        whole = await talk.say(text)
        assert without_seals(streamed.checked) == without_seals(whole.checked)
        released = tuple(claim for claim in claims if claim.released)
        assert without_seals(released) == without_seals(whole.checked.claims)


async def test_sources_are_answered_from_and_cited_with_their_link(
    open_mission: Application, education: Agency
) -> None:
    answer = await Talk(open_mission, education).say("What is the fee for a lost pass?")
    assert answer.checked.answered and "$15" in answer.checked.text
    [citation, *_] = answer.checked.citations
    assert (
        citation.document == "Who may have a reduced pass" and citation.link == "/missions/bus_fare/sources/passes.en"
    )
    assert citation.official == "https://transit.example.gov/fare-order-12"
    assert (citation.publisher, citation.published) == ("Transit office", date(2026, 11, 25))
    assert "free" not in answer.checked.text  # what a source orders is not obeyed
    silent = await Talk(open_mission, education).say("¿Quién ganó el campeonato de ajedrez?")
    assert not silent.checked.answered and "no está en las fuentes de esta misión" in silent.checked.text


async def test_the_agencys_own_documents_are_left_out(open_mission: Application, education: Agency) -> None:
    await open_mission.retrieval.add(
        education, "user:1", "lost.md", b"# Lost passes\n\nThe fee for a lost pass is $99."
    )
    answer = await Talk(open_mission, education).say("What is the fee for a lost pass?")
    assert "$15" in answer.checked.text and "$99" not in answer.checked.text


async def test_an_agency_without_the_mission_has_no_such_model(
    open_mission: Application, education: Agency, state: Agency
) -> None:
    with pytest.raises(NotFound):
        await Talk(open_mission, state).say(ALL)
    with pytest.raises(NotFound):
        await flow.answer(call(state, "refund", '{"price": 62, "days": 10}'), open_mission)
    await open_mission.missions.turn(state, "bus_fare", True, "user:2")
    assert (await Talk(open_mission, state).say(ALL)).checked.reply is not None


async def test_a_called_tool_walks_like_a_question(open_mission: Application, education: Agency) -> None:
    question = call(education, "refund", '{"price": "$62", "days": 10}')
    answer = await flow.answer(question, open_mission)
    assert answer.checked.answered and answer.usage == Usage()
    assert answer.checked.text == "Your refund is $20. [1]" and answer.checked.results[0].value == 20
    *claims, streamed = [thing async for thing in flow.stream(question, open_mission)]
    assert isinstance(streamed, Answer) and len(claims) == 1
    assert without_seals(streamed.checked) == without_seals(answer.checked)


async def test_a_called_tool_is_refused_as_questions_are(
    open_mission: Application, education: Agency, building: Application
) -> None:
    with pytest.raises(InvalidInputs) as wrong:
        await flow.answer(call(education, "refund", '{"days": 99}'), open_mission)
    assert set(wrong.value.problems) == {"price", "days"}
    for broken in (
        call(education, "refund", "[]"),
        call(
            education,
            "refund",
            "{",
        ),
        call(education, "refund", "{}", "library"),
    ):
        with pytest.raises(Exception, match=r"JSON object|has no tools"):
            await flow.answer(broken, open_mission)
    async with building.database.agency(education) as connection:
        rows = await connection.execute("SELECT body::json->>'outcome' FROM ledger_records ORDER BY position")
        outcomes = [row[0] for row in await rows.fetchall()]
    assert outcomes == ["refused:invalid_inputs", *["refused:invalid_request"] * 3]


async def test_the_record_commits_to_the_call_and_its_derivation(open_mission: Application, education: Agency) -> None:
    await flow.answer(call(education, "refund", '{"price": 62, "days": 10}'), open_mission)
    async with open_mission.database.agency(education) as connection:
        [row] = await (await connection.execute("SELECT body FROM ledger_records")).fetchall()
        held = await (await connection.execute("SELECT item, content FROM ledger_contents")).fetchall()
    body = json.loads(row.body)
    assert body["model"] == MODEL and body["outcome"] == "answered" and body["weights"] is None
    assert [tool["name"] for tool in body["tools"]] == ["refund"]
    assert all(tool.keys() == {"name", "commitment"} for tool in body["tools"])
    contents = {one.item: bytes(one.content) for one in held}
    noted = json.loads(contents["tool:0"])
    assert noted["arguments"] == {"price": 62, "days": 10} and noted["value"] == 20
    assert "price * days / 31" in noted["derivation"]
    assert json.loads(contents["prompt"])["call"]["name"] == "refund"

"""A mission in conversation: nothing is guessed, nothing counts before it was confirmed, and any wording will do."""

from collections.abc import Sequence
from pathlib import Path
from uuid import uuid4

import numpy as np
import pytest
from msgspec import structs
from tests.verification.case import embed

from publius.errors import InvalidInputs, NotFound
from publius.kit import Tool
from publius.missions.desk import Desk
from publius.missions.loading import tools_of
from publius.missions.pack import Pack, read_pack
from publius.missions.sealed import Seal
from publius.missions.shelf import Shelf
from publius.types import Agency, Door, Evidence, Grant, Message, Model, Principal, Question, Role, ToolCall

SECRET = bytes(32)
FOLDER = Path(__file__).parent / "bus_fare"
PRINCIPAL = Principal("user:1", "Ada", Agency(1, "transit", "Transit"), Role.MEMBER)
GRANT = Grant(PRINCIPAL, Model("mission:bus_fare", True, "", mission="bus_fare"), 256)
ALL = "What would my monthly pass cost for 2026-27? We are a household of 4, our income is $32,719, I am not a veteran."


@pytest.fixture(scope="module")
def pack() -> Pack:
    return read_pack(FOLDER, "tests.missions.bus_fare")


@pytest.fixture(scope="module")
def tools(pack: Pack) -> list[Tool]:
    return list(tools_of(pack))


class Conversation:
    """What a person says in turn, each answered from all that was said before, as a client would send it."""

    def __init__(self, pack: Pack, tools: list[Tool], folder: Path) -> None:
        self.desk = Desk(Shelf(embed, folder), "http://here", SECRET)
        self._pack, self._tools = pack, tools
        self.messages: list[Message] = []

    async def say(self, text: str) -> Evidence:
        self.messages.append(Message("user", text))
        question = Question(id=uuid4(), door=Door.API, model="mission:bus_fare", messages=tuple(self.messages))
        evidence = await self.desk.evidence(self._pack, self._tools, GRANT, question)
        reply = evidence.reply or evidence.otherwise
        assert reply is not None
        self.messages.append(Message("assistant", f"{reply.text}\n\n{reply.link}" if reply.link else reply.text))
        return evidence


def filled(link: str) -> dict[str, str]:
    """What stands in the form that a link opens."""
    path, _, sealed = link.removeprefix("http://here").partition("?a=")
    return Seal(SECRET, PRINCIPAL.agency, path).open(sealed.partition("&")[0]).answers


@pytest.fixture
def talk(pack: Pack, tools: list[Tool], home: Path) -> Conversation:
    return Conversation(pack, tools, home)


async def test_all_said_at_once_is_confirmed_and_then_computed(talk: Conversation) -> None:
    asked = await talk.say(ALL)
    assert asked.reply is not None and asked.reply.kind == "confirm" and not asked.tools
    for line in ("For which year? 2026-27", "household? 4", "income? $32,719", "veteran? No"):
        assert f"{line}\n" in asked.reply.text
    assert "Nobody said these" in asked.reply.text and "**$0**: What rent do you pay?" in asked.reply.text
    assert "**Inner city**: Where do you ride?" in asked.reply.text
    done = await talk.say("yes")
    assert done.reply is None and done.otherwise is not None and done.otherwise.kind == "result"
    [result] = done.tools
    assert result.value == {"price": 20, "zone": "city", "state": None}
    assert result.says in result.text and "price / household" not in result.says
    assert result.derivation[1]["name"] == "income a head" and result.derivation[1]["amount"] == 32_719 // 4
    assert result.arguments["income"] == 32_719 and filled(result.link)["income"] == "32719"


async def test_what_is_missing_is_asked_for_in_the_tools_order_and_short_answers_do(talk: Conversation) -> None:
    asked = await talk.say("calculate my monthly pass")
    assert asked.reply is not None
    assert asked.reply.asks == ("award_year", "household", "income")
    assert asked.reply.link == "http://here/missions/bus_fare/tools/reduced_pass"
    asked = await talk.say("2026-27")
    assert asked.reply is not None and asked.reply.asks == ("household", "income", "veteran")
    asked = await talk.say("there are four of us")
    assert asked.reply is not None and asked.reply.asks == ("household",)  # or is the income four dollars?
    asked = await talk.say("four")
    assert asked.reply is not None and asked.reply.asks == ("income", "veteran")
    asked = await talk.say("1. 32 719")
    assert asked.reply is not None and asked.reply.asks == ("income",)
    asked = await talk.say("1. $32,719")
    assert asked.reply is not None and asked.reply.asks == ("veteran",)
    asked = await talk.say("No I am not")
    assert asked.reply is not None and asked.reply.kind == "confirm"
    assert filled(asked.reply.link) == {"award_year": "2026-27", "household": "4", "income": "32719", "veteran": "no"}
    assert "32719" not in asked.reply.link and "2026-27" not in asked.reply.link
    assert (await talk.say("Yes, that is right")).tools


async def test_a_bare_answer_fills_what_alone_was_asked_for(talk: Conversation) -> None:
    await talk.say("What would my monthly pass cost for 2026-27? Our income is $50k and I am a veteran")
    asked = talk.messages[-1].content
    assert "1. How many people live in the household?" in asked and "2." not in asked
    confirmed = await talk.say("4")
    assert (
        confirmed.reply is not None and confirmed.reply.kind == "confirm" and "household? 4\n" in confirmed.reply.text
    )
    assert "income? $50,000" in confirmed.reply.text


async def test_nothing_is_guessed(talk: Conversation) -> None:
    asked = await talk.say(
        "What would my monthly pass cost next year? We earn enough, a big family, if I were a veteran?"
    )
    assert asked.reply is not None and asked.reply.asks == ("award_year", "household", "income")
    assert "You have told me" not in asked.reply.text


async def test_an_amount_that_is_nobodys_is_said_to_be_left_out(talk: Conversation) -> None:
    await talk.say(ALL)
    asked = await talk.say("My uncle gives me $500 and the household size is 5")
    assert asked.reply is not None and "You also said $500" in asked.reply.text
    assert "household? 5\n" in asked.reply.text and "500\n" not in asked.reply.text.split("check what")[1]


async def test_a_correction_is_confirmed_again_before_it_counts(talk: Conversation) -> None:
    await talk.say(ALL)
    again = await talk.say("no, 5 people")
    assert again.reply is not None and again.reply.kind == "confirm" and not again.tools
    assert "household? 5\n" in again.reply.text and "income? $32,719" in again.reply.text
    again = await talk.say("yes, but the income is 40,000")
    assert again.reply is not None and again.reply.kind == "confirm" and "income? $40,000" in again.reply.text
    [result] = (await talk.say("ok")).tools
    assert result.arguments["household"] == 5 and result.arguments["income"] == 40_000


async def test_after_a_result_other_inputs_are_confirmed_and_computed_again(talk: Conversation) -> None:
    await talk.say(ALL)
    await talk.say("yes")
    again = await talk.say("And if we were 5 people?")
    assert again.reply is not None and again.reply.kind == "confirm" and "household? 5\n" in again.reply.text
    assert (await talk.say("yes")).tools[0].arguments["household"] == 5


async def test_what_was_answered_is_known_when_the_tool_is_asked_for_again(talk: Conversation) -> None:
    await talk.say("calculate my monthly pass for 2026-27")
    await talk.say("1. four")
    await talk.say("What would my refund be?")
    again = await talk.say("calculate my monthly pass, my income is 30,000")
    assert again.reply is not None and again.reply.asks == ("veteran",) and "household? 4\n" in again.reply.text


async def test_a_bare_no_is_asked_what_to_change(talk: Conversation) -> None:
    await talk.say(ALL)
    asked = await talk.say("No")
    assert asked.reply is not None and asked.reply.kind == "ask" and "what to change" in asked.reply.text
    again = await talk.say("the income is 31000")
    assert again.reply is not None and again.reply.kind == "confirm" and "income? $31,000" in again.reply.text


async def test_yes_counts_only_to_our_own_confirmation_of_these_inputs(talk: Conversation) -> None:
    await talk.say(ALL)
    changed = talk.messages[-1].content.replace("Nobody said these, so I assume them:", "All agreed:")
    talk.messages[-1] = Message("assistant", changed)
    assert not (await talk.say("yes")).tools
    talk.messages = [Message("user", ALL), Message("assistant", "Shall I compute it with 4 people and $32,719?")]
    assert not (await talk.say("yes")).tools


async def test_spanish(talk: Conversation) -> None:
    asked = await talk.say("¿Cuánto me costaría el pase mensual para 2026-27? Somos un hogar de 4 y soy veterano")
    assert asked.reply is not None and asked.reply.language == "es" and asked.reply.asks == ("income",)
    assert "¿Cuál es el ingreso anual?" in asked.reply.text
    confirmed = await talk.say("$32,719")
    assert confirmed.reply is not None and confirmed.reply.kind == "confirm" and "¿Es correcto?" in confirmed.reply.text
    assert "¿Es usted veterano? Sí\n" in confirmed.reply.text
    [result] = (await talk.say("sí")).tools
    assert result.says == "Su pase mensual reducido para 2026-27 cuesta $10. Son $85 menos que un pase completo."


async def test_figures_for_a_tool_ask_for_it(talk: Conversation) -> None:
    asked = await talk.say("I want my money back. It cost $62 and 10 days are left.")
    assert asked.reply is not None and asked.reply.tool == "refund" and asked.reply.kind == "confirm"
    asked = await talk.say("Monthly pass, household of 2, income 20,000, veteran: yes")
    assert asked.reply is not None and asked.reply.asks == ("award_year",)
    told = await talk.say("Who sells the monthly pass?")
    assert told.reply is None or told.reply.kind == "not-in-sources"


async def test_typing_errors_do_not_matter(talk: Conversation) -> None:
    asked = await talk.say("wat is my montly pas for 2026-2027, houshold of 4, incom 32,719. im not a vetran")
    assert asked.reply is not None and asked.reply.kind == "confirm"
    assert "income? $32,719" in asked.reply.text and "veteran? No" in asked.reply.text


async def test_people_are_asked_for_whole(talk: Conversation) -> None:
    asked = await talk.say(f"{ALL} My wife earns $10,000.")
    assert asked.reply is not None and asked.reply.asks == ("earners.0.tax",)
    confirmed = await talk.say("1,000")
    assert confirmed.reply is not None and confirmed.reply.kind == "confirm"
    assert "What do the others earn?\n\n- Wages: $10,000\n- Tax paid: $1,000" in confirmed.reply.text
    [result] = (await talk.say("yes")).tools
    assert result.arguments["earners"] == [{"wages": 10_000, "tax": 1_000, "tips": 0}]


async def test_a_value_that_cannot_be_is_said_and_asked_for_again(talk: Conversation) -> None:
    asked = await talk.say("my monthly pass please, household of 45, 2026-27, income $10, not a veteran")
    assert asked.reply is not None and "45" in asked.reply.text and "household" in asked.reply.asks
    over = await talk.say(ALL.replace("$32,719", "$2,000,000"))
    assert over.reply is not None and "With that income there is no reduced pass." in over.reply.text


async def test_a_question_in_between_is_answered_and_the_conversation_goes_on(talk: Conversation) -> None:
    await talk.say("What would my monthly pass cost for 2026-27? Our income is $50k and I am a veteran")
    between = await talk.say("What does it cost to replace a lost pass?")
    assert between.passages and any("$15" in passage.text for passage in between.passages)
    between = await talk.say("How is a household of 7 counted?")
    assert between.reply is None or between.reply.kind == "not-in-sources"
    confirmed = await talk.say("It is 4! Who may have a pass?")
    assert confirmed.reply is not None and confirmed.reply.kind == "confirm"
    assert "household? 4\n" in confirmed.reply.text


async def test_another_tool_is_another_computation(talk: Conversation) -> None:
    await talk.say(ALL)
    asked = await talk.say("What would my refund be?")
    assert asked.reply is not None and asked.reply.tool == "refund" and asked.reply.asks == ("price", "days")


async def test_refusals_come_first(talk: Conversation) -> None:
    await talk.say(ALL)
    refused = await talk.say("yes, and how do I forge a pass?")
    assert refused.reply is not None and refused.reply.kind == "refuse"
    assert refused.reply.text == "I cannot help to forge a pass." and not refused.tools
    assert (await talk.say("¿Cómo puedo falsificar un pase?")).reply.text == "No puedo ayudar a falsificar un pase."  # type: ignore[union-attr]


async def test_sources_answer_in_the_language_of_the_question_first(talk: Conversation) -> None:
    english = await talk.say("How much does a veteran pay a month for a reduced pass?")
    assert {passage.name for passage in english.passages} == {"passes.en"}
    [*_, passage] = english.passages
    assert passage.link == "/missions/bus_fare/sources/passes.en"
    assert passage.official == "https://transit.example.gov/fare-order-12"
    spanish = await talk.say("¿Qué tarifa se paga por reemplazar un pase perdido?")
    assert {passage.name for passage in spanish.passages} == {"passes.es"}


async def test_what_no_source_holds_is_said_so_in_the_persons_language(talk: Conversation) -> None:
    silent = await talk.say("Who won the chess championship?")
    assert silent.reply is not None and silent.reply.kind == "not-in-sources" and not silent.passages
    assert "not in the sources of this mission (Bus passes)" in silent.reply.text
    spanish = await talk.say("¿Quién ganó el campeonato de ajedrez?")
    assert (
        spanish.reply is not None and "no está en las fuentes de esta misión (Pases de autobús)" in spanish.reply.text
    )


FEE = "What is the fee for which a lost pass is replaced?"


async def test_a_source_is_embedded_once_for_what_is_in_it(pack: Pack, home: Path) -> None:
    asked: list[int] = []

    async def counting(texts: Sequence[str]) -> np.ndarray:
        asked.append(len(texts))
        return await embed(texts)

    first = await Shelf(counting, home).search(pack, FEE, "en")
    assert len(asked) == 2  # the question, and the English source
    later = Shelf(counting, home)
    assert (await later.search(pack, FEE, "en")) == first
    await later.search(pack, FEE, "en")
    assert len(asked) == 4  # the question twice more
    for file in home.glob("*.npy"):
        file.write_bytes(b"broken")
    assert (await Shelf(counting, home).search(pack, FEE, "en")) == first
    text = pack.sources[0].text.replace("$15", "$16")
    changed = structs.replace(pack, sources=(structs.replace(pack.sources[0], text=text),))
    found = await Shelf(counting, home).search(changed, FEE, "en")
    assert "$16" in found.passages[0].text


async def test_a_called_tool_computes_at_once(talk: Conversation, pack: Pack, tools: list[Tool]) -> None:
    def called(name: str, arguments: str) -> Question:
        call = ToolCall("1", name, arguments)
        return Question(id=uuid4(), door=Door.API, model="mission:bus_fare", messages=(), call=call)

    evidence = await talk.desk.evidence(pack, tools, GRANT, called("refund", '{"price": 62, "days": 10}'))
    assert evidence.reply is not None and evidence.reply.kind == "result" and evidence.tools[0].value == 20
    with pytest.raises(InvalidInputs) as wrong:
        await talk.desk.evidence(pack, tools, GRANT, called("refund", '{"price": "much", "weeks": 1}'))
    assert set(wrong.value.problems) == {"price", "days", "weeks"}
    with pytest.raises(NotFound):
        await talk.desk.evidence(pack, tools, GRANT, called("fine", "{}"))

"""A bare yes or no is the answer of one question, which is named; where it could be of several, it is asked back."""

from pathlib import Path
from typing import Annotated

import pytest
from tests.missions.test_desk import Conversation, filled, pack, talk, tools

from publius.kit import Ask, AwardYear, Derivation, Result, YesNo, tool
from publius.missions.pack import Pack

__all__ = ["pack", "talk", "tools"]


@tool(title="Two questions", es="Dos preguntas", asks=("two questions", "dos preguntas"))
def two_questions(
    award_year: Annotated[AwardYear, Ask("For which award year?", es="¿Para qué año?")],
    dependent: Annotated[YesNo, Ask("Are you dependent?", es="¿Es dependiente?", words=("dependent", "dependiente"))],
    married: Annotated[YesNo, Ask("Are you married?", es="¿Está casado?", words=("married", "casado"))],
) -> Result[int]:
    """Nothing.

    Of no law.
    """
    return Result(0, Derivation())


@pytest.mark.parametrize(
    ("ask", "yes", "asked"),
    [
        ("calculate my two questions", "yes", ("Are you dependent?", "Are you married?")),
        ("quiero calcular mis dos preguntas", "sí", ("¿Es dependiente?", "¿Está casado?")),
    ],
)
async def test_a_yes_to_several_questions_is_asked_back_by_their_names(
    pack: Pack, home: Path, ask: str, yes: str, asked: tuple[str, str]
) -> None:
    talk = Conversation(pack, [two_questions], home)
    await talk.say(ask)
    which = (await talk.say(yes)).reply
    assert which is not None and which.asks == ("award_year", "dependent", "married") and "?a=" not in which.link
    assert all(question in which.text.split("\n")[0] for question in asked)
    told = (await talk.say(f"2. {yes}, 3. no")).reply
    assert told is not None and filled(told.link) == {"dependent": "yes", "married": "no"}


async def test_a_yes_that_is_taken_for_one_of_several_questions_says_for_which(talk: Conversation) -> None:
    await talk.say("calculate my monthly pass for 2026-27 with an income of $20,000")
    told = (await talk.say("no")).reply
    assert told is not None and told.asks == ("household",) and told.text.startswith("I took this as your answer to")
    assert filled(told.link)["veteran"] == "no" and "veteran" in told.text.split("\n")[0]

"""A person's conversations: theirs alone, found again, renamed, gone when deleted."""

from datetime import UTC, datetime
from uuid import UUID, uuid4

import pytest

from publius.errors import NotFound
from publius.storage import Database
from publius.types import Agency, Answer, Checked, Claim, Principal, Receipt, Role, Usage
from publius.web.conversations import Conversations, Turn


def person(agency: Agency, name: str = "ana") -> Principal:
    return Principal(f"user:{name}", name, agency, Role.MEMBER)


def turn(question: str) -> Turn:
    return Turn(id=uuid4(), question=question, model="library", asked_at=datetime.now(UTC))


def answer(text: str) -> Answer:
    return Answer(
        id=uuid4(),
        created=datetime.now(UTC),
        model="library",
        checked=Checked(text=text, grounded=True, answered=True, claims=(Claim(text=text, support=0.9),)),
        finish_reason="stop",
        usage=Usage(10, 3),
        receipt=Receipt(record=uuid4(), agency="education", leaf_hash="ab", position=0, tree_size=1),
        timing={"total": 1.5},
    )


async def asked(store: Conversations, who: Principal, question: str, reply: str) -> UUID:
    asked_turn = turn(question)
    home = await store.ask(who, None, asked_turn)
    await store.answered(who, asked_turn.id, answer(reply))
    return home


async def test_a_conversation_is_read_back_as_it_was(database: Database, education: Agency) -> None:
    store, who = Conversations(database), person(education)
    first, second = turn("What is the limit?"), turn("And for 50% of it, in \\N{SNOWMAN}_?")
    home = await store.ask(who, None, first)
    given = answer("The limit is $7,395.")
    await store.answered(who, first.id, given)
    assert await store.ask(who, home, second) == home
    await store.failed(who, second.id, "The engine is starting.")

    opened = await store.open(who, home)

    assert [one.question for one in opened.turns] == [first.question, second.question]
    assert opened.turns[0].answer == given
    assert opened.turns[1].failure == "The engine is starting."
    assert [message.content for message in opened.messages()] == [first.question, "The limit is $7,395."]


async def test_a_long_conversation_still_leaves_room_for_the_next_question(
    database: Database, education: Agency
) -> None:
    store, who = Conversations(database), person(education)
    home = await asked(store, who, "first", "long " * 1000)
    for question in ("second", "third"):
        one = turn(question)
        await store.ask(who, home, one)
        await store.answered(who, one.id, answer("long " * 1000))
    said = (await store.open(who, home)).messages()
    assert [message.content for message in said if message.role == "user"] == ["second", "third"]
    assert said[0].role == "user"


async def test_search_finds_titles_questions_and_answers_and_takes_wildcards_literally(
    database: Database, education: Agency
) -> None:
    store, who = Conversations(database), person(education)
    grants = await asked(store, who, "Who may have a Pell grant?", "Undergraduates.")
    loans = await asked(store, who, "What is the rate of a loan?", "It is 5_5%.")

    async def found(words: str) -> list[UUID]:
        return [one.id for one in await store.list(who, words)]

    assert await found("") == [loans, grants]
    assert await found("pell") == [grants]
    assert await found("UNDERGRAD") == [grants]
    assert await found("5_5%") == [loans]
    assert await found("___") == []
    assert await found("\\") == []


async def test_nobody_else_sees_renames_deletes_or_continues_it(
    database: Database, education: Agency, state: Agency
) -> None:
    store, who = Conversations(database), person(education)
    home = await asked(store, who, "Who may have a Pell grant?", "Undergraduates.")
    for other in (person(education, "ben"), person(state)):
        assert await store.list(other) == []
        for attempt in (
            store.open(other, home),
            store.rename(other, home, "mine"),
            store.delete(other, home),
            store.ask(other, home, turn("Carry on")),
        ):
            with pytest.raises(NotFound):
                await attempt
    assert len((await store.open(who, home)).turns) == 1


async def test_rename_and_delete(database: Database, education: Agency) -> None:
    store, who = Conversations(database), person(education)
    home = await asked(store, who, "Who may have a Pell grant?", "Undergraduates.")
    await store.rename(who, home, "  Pell   " + "rules " * 40)
    renamed = (await store.list(who))[0].title
    assert renamed.startswith("Pell rules") and len(renamed) <= 80
    await store.delete(who, home)
    assert await store.list(who) == []
    async with database.agency(education) as connection:
        assert await (await connection.execute("SELECT FROM turns")).fetchall() == []

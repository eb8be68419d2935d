"""What a person asked before: kept per person, searchable, renamed, deleted for good."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from msgspec import Struct

from publius.errors import NotFound
from publius.retrieval.library import Now
from publius.storage import Database
from publius.types import Answer, Citation, Message, Principal, Receipt

LONGEST_TITLE = 80
MOST_LISTED = 200
REMEMBERED = 12_000  # characters of a conversation that go into the next prompt


class Turn(Struct, frozen=True, kw_only=True):
    """One question with its answer, or with the reason why there is none."""

    id: UUID
    question: str
    model: str
    asked_at: datetime
    answer: Answer | None = None
    failure: str | None = None
    label: str = ""  # of the answer, as it is now: it can have risen since
    now: Mapping[UUID, Now] | None = None  # of the documents that it cites; None where nobody has looked

    def cited(self) -> list[UUID]:
        """The documents of the library that the answer cites."""
        citations = self.answer.checked.citations if self.answer else ()
        return [each.document_id for each in citations if not each.tool and not each.link]

    def newer(self, citation: Citation) -> int:
        """The newest revision of the cited document, if the answer did not rest on that; else 0."""
        now = self.now.get(citation.document_id) if self.now and not (citation.tool or citation.link) else None
        return now.revision if now and now.revision > citation.revision else 0


class Summary(Struct, frozen=True):
    """A conversation as a list shows it."""

    id: UUID
    title: str
    updated_at: datetime
    level: int
    questions: int


class Conversation(Struct, frozen=True):
    """A conversation with all its turns, oldest first. Its level is the highest that any of its answers ever had."""

    id: UUID
    title: str
    level: int
    turns: tuple[Turn, ...]

    def messages(self) -> tuple[Message, ...]:
        """What was said lately, as a model reads it: the newest answered turns, as many as leave room for the next."""
        said: list[Message] = []
        room = REMEMBERED
        for turn in reversed(self.turns):
            if turn.answer is None:
                continue
            room -= len(turn.question) + len(turn.answer.checked.text)
            if room < 0:
                break
            said = [Message("user", turn.question), Message("assistant", turn.answer.checked.text), *said]
        return tuple(said)


class Conversations:
    """Every person's conversations. What is not theirs, or above their ceiling by now, does not exist for them."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def list(self, principal: Principal, search: str = "") -> list[Summary]:
        """The newest first; `search` looks into titles, questions and answers, in any case."""
        pattern = "%" + search.replace("\\", "\\\\").replace("%", r"\%").replace("_", r"\_") + "%"
        async with self._database.agency(principal.agency) as connection:
            rows = await connection.execute(
                """
                SELECT c.id, c.title, c.updated_at, c.level,
                       (SELECT count(*) FROM turns t WHERE t.conversation_id = c.id)
                FROM conversations c
                WHERE c.principal = %(principal)s
                  AND (c.title ILIKE %(pattern)s OR EXISTS (
                      SELECT FROM turns t WHERE t.conversation_id = c.id
                      AND (t.question ILIKE %(pattern)s OR t.answer #>> '{checked,text}' ILIKE %(pattern)s)))
                ORDER BY c.updated_at DESC LIMIT %(most)s
                """,
                {"principal": principal.id, "pattern": pattern, "most": MOST_LISTED},
            )
            return [Summary(*row) for row in await rows.fetchall()]

    async def open(self, principal: Principal, conversation: UUID) -> Conversation:
        """One conversation.

        Raises:
            NotFound: there is none of this person's with that id.
        """
        async with self._database.agency(principal.agency) as connection:
            found = await connection.execute(
                "SELECT id, title, level FROM conversations WHERE id = %s AND principal = %s",
                [conversation, principal.id],
            )
            row = _present(await found.fetchone())
            turns = await connection.execute(
                "SELECT id, question, model, asked_at, answer, failure, level FROM turns"
                " WHERE conversation_id = %s ORDER BY position",
                [conversation],
            )
            return Conversation(
                row.id, row.title, row.level, tuple(_turn(turn, principal) for turn in await turns.fetchall())
            )

    async def ask(self, principal: Principal, conversation: UUID | None, turn: Turn) -> UUID:
        """Write the question down before it is answered; returns the conversation, a new one for None.

        Raises:
            NotFound: the conversation is not this person's.
        """
        async with self._database.agency(principal.agency) as connection:
            if conversation is None:
                found = await connection.execute(
                    "INSERT INTO conversations (principal, title) VALUES (%s, %s) RETURNING id",
                    [principal.id, title_of(turn.question)],
                )
            else:
                # The update also takes the row's lock, so that two tabs do not claim one position.
                found = await connection.execute(
                    "UPDATE conversations SET updated_at = now() WHERE id = %s AND principal = %s RETURNING id",
                    [conversation, principal.id],
                )
            home: UUID = _present(await found.fetchone()).id
            await connection.execute(
                "INSERT INTO turns (id, conversation_id, position, question, model) VALUES (%s, %s,"
                " (SELECT coalesce(max(position), 0) + 1 FROM turns WHERE conversation_id = %s), %s, %s)",
                [turn.id, home, home, turn.question, turn.model],
            )
            return home

    async def answered(self, principal: Principal, turn: UUID, answer: Answer) -> None:
        """Keep the answer with its question; nothing happens if the conversation was deleted meanwhile.

        The conversation's level rises to the answer's, and never falls.
        """
        async with self._database.agency(principal.agency) as connection:
            await connection.execute(
                "WITH kept AS (UPDATE turns SET answer = %s::jsonb, level = %s, documents = %s WHERE id = %s"
                " RETURNING conversation_id)"
                " UPDATE conversations SET level = greatest(level, %s) WHERE id = (SELECT conversation_id FROM kept)",
                [msgspec.json.encode(answer).decode(), answer.level, list(answer.documents), turn, answer.level],
            )

    async def failed(self, principal: Principal, turn: UUID, failure: str) -> None:
        """Keep the reason why there is no answer."""
        async with self._database.agency(principal.agency) as connection:
            await connection.execute("UPDATE turns SET failure = %s WHERE id = %s", [failure, turn])

    async def receipt(self, principal: Principal, record: UUID) -> Receipt:
        """The receipt of one of this person's answers.

        Raises:
            NotFound: none of their answers has it.
        """
        async with self._database.agency(principal.agency) as connection:
            found = await connection.execute(
                "SELECT t.answer -> 'receipt' AS receipt FROM turns t JOIN conversations c ON c.id = t.conversation_id"
                " WHERE c.principal = %s AND t.answer #>> '{receipt,record}' = %s",
                [principal.id, str(record)],
            )
            row = await found.fetchone()
        if row is None:
            raise NotFound("There is no such receipt.", cure="Each answer in your conversations leads to its own.")
        return msgspec.convert(row.receipt, Receipt)

    async def rename(self, principal: Principal, conversation: UUID, title: str) -> None:
        """Give it another title (cut to its longest).

        Raises:
            NotFound: there is none of this person's with that id.
        """
        async with self._database.agency(principal.agency) as connection:
            found = await connection.execute(
                "UPDATE conversations SET title = %s WHERE id = %s AND principal = %s RETURNING id",
                [title_of(title), conversation, principal.id],
            )
            _present(await found.fetchone())

    async def delete(self, principal: Principal, conversation: UUID) -> None:
        """Delete it with all its turns, for good.

        Raises:
            NotFound: there is none of this person's with that id.
        """
        async with self._database.agency(principal.agency) as connection:
            found = await connection.execute(
                "DELETE FROM conversations WHERE id = %s AND principal = %s RETURNING id", [conversation, principal.id]
            )
            _present(await found.fetchone())


def title_of(text: str) -> str:
    """One line of at most 80 characters, cut at a word."""
    line = " ".join(text.split()) or "Untitled"
    if len(line) <= LONGEST_TITLE:
        return line
    return line[: LONGEST_TITLE - 1].rsplit(" ", 1)[0] + "…"


def _present(row: Any) -> Any:
    if row is None:
        raise NotFound("There is no such conversation.", cure="Your conversations are listed under Conversations.")
    return row


def _turn(row: Any, principal: Principal) -> Turn:
    answer = None if row.answer is None else msgspec.convert(row.answer, Answer)
    return Turn(
        id=row.id,
        question=row.question,
        model=row.model,
        asked_at=row.asked_at,
        answer=answer,
        failure=row.failure,
        label=principal.agency.labels.name(row.level) if answer else "",
    )

"""Llama proposes how a question that no rule understands may be meant. It writes no SQL and decides nothing.

A proposal is a call held to the table's own columns and values by constrained decoding. It becomes a question that the
rules do understand, and the person is asked whether that is meant; only who says yes gets a figure. A small model
chooses badly (docs/decisions/2026-11-25-querying.md), so the catalog says of each whether it is asked at all.
"""

import re
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import msgspec
from msgspec import Struct

from publius.errors import EngineFailed, EngineUnavailable, PromptTooLong
from publius.retrieval.gathering import asked as last_asked
from publius.retrieval.querying.forms import read
from publius.retrieval.querying.job import Column, Kind, Table
from publius.retrieval.querying.words import is_spanish, stems, words
from publius.types import Form, Grant, Message, Tool, ToolCall, Usage

Propose = Callable[[Grant, Sequence[Message], Form], Awaitable[tuple[ToolCall | None, Usage]]]

ASK = "ask_table"
INSTRUCTIONS = (
    "Say which figure of the table is asked for. Choose the column that is measured, and the column and the value that "
    "the rows are narrowed by, if the person names one. Leave out whatever the person did not say."
)
MOST_VALUES = 300  # offered to Llama; of a table with more, it writes the value itself
_LONGEST = 2_000  # characters of the question that are read

_IS_MEANT = {
    "en": "Is this meant: “{question}” Answer yes, or ask it in other words.",
    "es": "¿Se pregunta esto: “{question}” Responda sí, o pregunte con otras palabras.",
}
_MEANT = re.compile(r"(?:Is this meant|¿Se pregunta esto): “(.+)” (?:Answer yes|Responda sí)")
_YES = re.compile(r"\W*(yes|yes please|yep|right|correct|si|sí|sí, por favor|correcto)\W*", re.I)

_EN: dict[Kind, str] = {
    "count": "How many rows are there",
    "distinct": "How many different {measure} are there",
    "sum": "What is the total of {measure}",
    "average": "What is the average of {measure}",
    "highest": "What is the highest {measure}",
    "lowest": "What is the lowest {measure}",
}
_ES: dict[Kind, str] = {
    "count": "¿Cuántas filas hay",
    "distinct": "¿Cuántos distintos {measure} hay",
    "sum": "¿Cuál es el total de {measure}",
    "average": "¿Cuál es el promedio de {measure}",
    "highest": "¿Cuál es el mayor {measure}",
    "lowest": "¿Cuál es el menor {measure}",
}


class _Proposal(Struct):
    """What Llama's call may hold."""

    kind: Kind
    measure: str = ""
    each: str = ""
    column: str = ""
    value: str = ""


def meant(messages: Sequence[Message]) -> str:
    """What is asked: the last question, or if it is the yes to one that we asked back, that one."""
    said = [message for message in messages if message.role in ("user", "assistant")]
    if len(said) > 1 and _YES.fullmatch(said[-1].content) and (back := _MEANT.search(said[-2].content)):
        return back[1]
    return last_asked(messages)


async def asked_back(propose: Propose, grant: Grant, table: Table, question: str) -> tuple[str, str, Usage]:
    """The sentence that asks whether this is meant, its language, and what Llama took; "" where it proposes nothing."""
    messages = (Message("system", INSTRUCTIONS), Message("user", question[:_LONGEST]))
    try:
        call, spent = await propose(grant, messages, Form(tools=(offered(table),), tool_choice=ASK))
    except (EngineUnavailable, EngineFailed, PromptTooLong):
        return "", "en", Usage()  # search and SQL still do the whole job
    language = "es" if is_spanish(words(question)) else "en"
    canonical = phrased(call, table, question, language) if call is not None else ""
    return (_IS_MEANT[language].format(question=canonical) if canonical else ""), language, spent


def offered(table: Table) -> Tool:
    """The table as Llama may ask it: its columns and values, and nothing else."""
    texts = [column for column in table.columns if column.values]
    values = [value for column in texts for value in column.values]
    value: dict[str, Any] = {"enum": values} if 0 < len(values) <= MOST_VALUES else {"type": "string", "maxLength": 80}
    properties: dict[str, Any] = {
        "kind": {"enum": list(_EN)},
        "measure": {"enum": [column.name for column in table.columns]},
    }
    if texts:
        named = [column.name for column in texts]
        properties |= {"each": {"enum": named}, "column": {"enum": named}, "value": value}
    schema = {"type": "object", "properties": properties, "required": ["kind"], "additionalProperties": False}
    return Tool(name=ASK, description=f"Computes one figure of the table {table.name}.", parameters=schema)


def phrased(call: ToolCall, table: Table, question: str, language: str) -> str:
    """The proposal as a question that the rules understand; "" for one that they do not, or that nobody said."""
    try:
        proposal = msgspec.json.decode(call.arguments, type=_Proposal)
    except msgspec.MsgspecError:
        return ""
    columns = {column.name: column for column in table.columns}
    if not _was_said(proposal, columns, question):
        return ""
    spanish = language == "es"
    asked = (_ES if spanish else _EN)[proposal.kind].format(measure=proposal.measure)
    if proposal.each:
        asked += f" {'por cada' if spanish else 'for each'} {proposal.each}"
    if proposal.value:
        asked += f" {'donde' if spanish else 'where'} {proposal.column} {'es' if spanish else 'is'} {proposal.value}"
    understood = read(f"{asked}?", [table])
    return f"{asked}?" if understood is not None and understood.kind == proposal.kind else ""


def _was_said(proposal: _Proposal, columns: dict[str, Column], question: str) -> bool:
    """Whether the columns exist, the value stands in the question, and one of the columns is at least hinted at."""
    said = {word.stem for word in words(question)}
    named = [name for name in (proposal.measure, proposal.each, proposal.column) if name]
    if not all(name in columns for name in named) or bool(proposal.column) != bool(proposal.value):
        return False
    if proposal.value and not (
        proposal.value in columns[proposal.column].values and set(stems(proposal.value)) <= said
    ):
        return False
    hinted = any(set(stems(name)) & said for name in named)
    return hinted or bool(proposal.value)

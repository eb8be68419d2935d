"""Documents that are tables, asked by SQL or by a question that a rule understands; each figure is the query's own."""

import json
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

import msgspec
from msgspec import Struct, structs

from publius.errors import InvalidRequest
from publius.retrieval.documents import Original
from publius.retrieval.library import Library
from publius.retrieval.querying import telling
from publius.retrieval.querying.forms import asks
from publius.retrieval.querying.job import KINDS, Job, Reply, Source, Table, table_name
from publius.retrieval.querying.proposing import Propose, asked_back, meant
from publius.retrieval.querying.sandbox import Queries
from publius.types import Agency, Evidence, Grant, Passage, Question, ToolResult
from publius.types import Reply as Said

QUERY = "query"  # the name of the tool
MOST_DOCUMENTS = 8  # in one query
FIRST = 3  # passages found, among which a table's must be
MOST_SHOWN = 50  # rows in what can be cited
LARGEST = 64_000_000  # bytes of all documents of one query


class Wanted(Struct, forbid_unknown_fields=True):
    """The arguments of the tool: which documents, and what to ask of them."""

    documents: tuple[UUID, ...]
    sql: str = ""
    question: str = ""


class Tables:
    """What can be asked of the library by query."""

    def __init__(self, library: Library, queries: Queries, propose: Propose | None = None) -> None:
        """`propose` is None where Llama is not asked how a question may be meant."""
        self._library = library
        self._queries = queries
        self._propose = propose

    async def described(self, agency: Agency, documents: Sequence[UUID]) -> tuple[Table, ...]:
        """The tables of these documents, with their columns.

        Raises:
            NotFound: the agency has no such document.
            InvalidRequest: one of them is no table, or they are too large.
        """
        originals = await self._originals(agency, documents)
        return _mended(await self._queries.run(Job(_sources(originals)))).tables

    async def evidence(self, grant: Grant, question: Question) -> Evidence:
        """The result of a query that somebody asks for by itself.

        Raises:
            NotFound: the agency has no such document, or there is no such tool.
            InvalidRequest: the query cannot be run, and why; or no rule understands the question.
        """
        wanted = _wanted(question)
        originals = await self._originals(grant.agency, wanted.documents)
        job = Job(_sources(originals), sql=wanted.sql, question=wanted.question)
        reply = _mended(await self._queries.run(job))
        if reply.result is None:
            raise InvalidRequest(
                "No rule understands this question of these tables.", cure="Ask it as SQL.", param="question"
            )
        return _evidence(reply, originals, question.language)

    async def instead(self, grant: Grant, question: Question, found: Evidence) -> Evidence:
        """What was found, or where a table is among it and a rule understands the question, the query's result.

        Where none does, Llama may propose what is meant, which is asked back. A table that cannot be asked leaves what
        was found as it is: its rows are passages too.
        """
        words = meant(question.messages)
        table = next((each for each in (*found.passages, *found.nearest)[:FIRST] if _is_table(each)), None)
        if table is None or not asks(words):
            return found
        originals = await self._originals(grant.agency, [table.document_id])
        reply = await self._queries.run(Job(_sources(originals), question=words))
        if reply.result is not None:
            return _evidence(reply, originals, "en")
        if self._propose is None or table not in found.passages[:1] or not reply.tables:
            return found
        text, language, spent = await asked_back(self._propose, grant, reply.tables[0], words)
        if not text:
            return structs.replace(found, spent=spent)
        said = Said(kind="confirm", text=text, language=language, tool=QUERY)
        return Evidence(nearest=(table,), reply=said, spent=spent)

    async def _originals(self, agency: Agency, documents: Sequence[UUID]) -> list[Original]:
        if not 1 <= len(documents) <= MOST_DOCUMENTS:
            raise InvalidRequest(f"A query is about 1 to {MOST_DOCUMENTS} documents.", param="documents")
        originals = [await self._library.original(agency, id) for id in dict.fromkeys(documents)]
        for each in originals:
            if each.media_type not in KINDS:
                raise InvalidRequest(
                    f"{each.name} is no table.", cure="CSV, Excel and Parquet documents can be asked by query.",
                    param="documents",
                )  # fmt: skip
        if sum(len(each.data) for each in originals) > LARGEST:
            raise InvalidRequest(f"A query reads at most {LARGEST // 1_000_000} MB of documents.", param="documents")
        return originals


def _is_table(passage: Passage) -> bool:
    return passage.name.casefold().endswith((".csv", ".tsv", ".xlsx", ".xlsm", ".parquet"))


def _wanted(question: Question) -> Wanted:
    try:
        wanted = msgspec.convert(json.loads(question.call.arguments if question.call else ""), Wanted)
    except (ValueError, msgspec.ValidationError) as error:
        raise InvalidRequest(
            f"The query cannot be read: {error}.", cure="Send documents, and sql or question.", param="query"
        ) from None
    if bool(wanted.sql) == bool(wanted.question):
        raise InvalidRequest("A query is either sql or a question.", cure="Send one of the two.", param="sql")
    return wanted


def _sources(originals: Sequence[Original]) -> list[Source]:
    """Each document under the name of its table; where two would have the same, numbered."""
    sources: list[Source] = []
    for each in originals:
        name, again = table_name(each.name), 1
        while name in {source.name for source in sources}:
            again += 1
            name = f"{table_name(each.name)}_{again}"
        sources.append(Source(name, each.media_type, each.data))
    return sources


def _mended(reply: Reply) -> Reply:
    if reply.problem:
        tables = ", ".join(table.name for table in reply.tables)
        raise InvalidRequest(reply.problem, cure=reply.cure + (f" Tables: {tables}." if tables else ""), param="sql")
    return reply


def _evidence(reply: Reply, originals: Sequence[Original], language: str) -> Evidence:
    """The result as an answer may rest on it, said as it is."""
    result = reply.result
    assert result is not None  # a reply without one was sent back before
    asked = reply.asked
    names = ", ".join(each.name for each in originals)
    language = ("es" if asked.spanish else "en") if asked else language
    says = telling.told(asked, result, names) if asked else telling.gave(result)
    header = " | ".join(result.columns)
    rows = [" | ".join("" if cell is None else str(cell) for cell in row) for row in result.rows[:MOST_SHOWN]]
    sql = " ".join(reply.sql.split())
    computed = ToolResult(
        name=QUERY,
        title=names,
        says=says,
        text="\n".join([says, f"SQL: {sql}", header, *rows]),
        value={"columns": list(result.columns), "rows": [list(row) for row in result.rows], "more": result.more},
        arguments={"documents": [str(each.id) for each in originals], "sql": reply.sql},
        derivation=tuple(_lines(reply, originals)),
        link=f"/documents/{originals[0].id}/query?{urlencode({'sql': reply.sql})}",
        level=max(each.level for each in originals),
        documents=tuple(each.id for each in originals),
    )
    said = Said(kind="result", text=says, language=language, tool=QUERY)
    return Evidence(tools=(computed,), reply=said)


def _lines(reply: Reply, originals: Sequence[Original]) -> list[Mapping[str, Any]]:
    """What was read, and the query: enough to do it again."""
    read = [
        {"document": each.name, "document_id": str(each.id), "revision": each.revision, "sha256": each.sha256}
        for each in originals
    ]
    tables = [{"table": table.name, "rows": table.rows} for table in reply.tables]
    return [*read, *tables, {"sql": reply.sql}]

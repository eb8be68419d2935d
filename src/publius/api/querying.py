"""`POST /v1/query`: documents that are tables, asked by SQL or by a question; and what tables a document holds.

A query goes the whole way that any question goes, with the same permissions, limits, labels and record; Llama has no
part in it.
"""

import json
from typing import Any
from uuid import UUID

import msgspec
from litestar import MediaType, Request, Response, get, post
from litestar.params import FromPath
from msgspec import Struct

from publius import flow
from publius.api.admission import building, known_first, may, principal_of
from publius.api.body import read
from publius.api.leaving import while_connected
from publius.api.metrics import metrics_of
from publius.types import Answer, Door, Permission, Principal, Question, ToolCall

Web = Request[Any, Any, Any]


class QueryRequest(Struct):
    """The fields that are read: 1 to 8 documents, and either SQL or a question."""

    documents: list[UUID]
    sql: str = ""
    question: str = ""


@post("/v1/query", status_code=200, opt=may(Permission.ASK, walk=True))
async def query(request: Web) -> Response[Any]:
    """Run one query: its columns and rows, the SQL, what it says in words, and a receipt."""
    with known_first(request):
        wanted = read(await request.body(), QueryRequest)
    state, app = request.state, building(request)
    question = querying(wanted, id=state["request_id"], door=Door.API, credential=state["credential"])
    answer = await while_connected(request.receive, flow.answer(question, app))
    metrics_of(request).answered(question.door, answer)
    return Response(msgspec.json.encode(queried(answer, app.settings.url)), media_type=MediaType.JSON)


@get("/v1/documents/{id:uuid}/tables", opt=may(Permission.READ_DOCUMENTS))
async def tables(request: Web, id: FromPath[UUID]) -> dict[str, Any]:
    """The tables of one document, with their columns, as SQL names them."""
    found = await building(request).tables.described(principal_of(request).agency, [id])
    shown = [
        {
            "name": table.name,
            "object": "table",
            "rows": table.rows,
            "columns": [{"name": column.name, "type": column.type} for column in table.columns],
        }
        for table in found
    ]
    return {"object": "list", "data": shown}


def read_wanted(documents: list[UUID], asked: str) -> QueryRequest:
    """What somebody typed is SQL if it begins like it, and else a question."""
    sql = asked.lstrip("( \r\n\t").upper().startswith(("SELECT", "WITH", "FROM"))
    return QueryRequest(documents, sql=asked) if sql else QueryRequest(documents, question=asked)


def querying(wanted: QueryRequest, *, id: UUID, door: Door, credential: str | Principal | None) -> Question:
    """The question that asks for one query. Whether there are such documents, the walk says."""
    arguments = json.dumps(msgspec.to_builtins(wanted), ensure_ascii=False)
    call = ToolCall(str(id), "query", arguments)
    return Question(id=id, door=door, model="library", messages=(), credential=credential, call=call)


def queried(answer: Answer, url: str) -> dict[str, Any]:
    """The result of a query; `url` is where people open pages."""
    [result] = answer.checked.results
    return {
        "id": str(answer.id),
        "object": "query.result",
        "sql": result.arguments["sql"],
        "columns": result.value["columns"],
        "rows": result.value["rows"],
        "more": result.value["more"],
        "says": result.says,
        "derivation": result.derivation,
        "page": url + result.link,
        "label": answer.label,
        "receipt": answer.receipt,
    }

"""A document that is a table, asked on a page: its columns, a query or a question, and the rows with their SQL."""

from typing import Any
from uuid import UUID, uuid4

from litestar import Response, get, post
from litestar.params import FromPath

from publius import flow
from publius.api.leaving import while_connected
from publius.api.metrics import metrics_of
from publius.api.querying import querying, read_wanted
from publius.errors import RequestError
from publius.types import Answer, Door, Permission
from publius.web.pages import page
from publius.web.visitor import AnyRequest, plain, site_of, viewer

ASK = {"permission": Permission.ASK}
LONGEST = 10_000  # characters of a query


@get("/documents/{document:uuid}/query", opt=ASK)
async def query_page(request: AnyRequest, document: FromPath[UUID]) -> Response[Any]:
    """The form, with the query of the answer that led here."""
    return await _page(request, document, asked=plain(request.query_params.get("sql"))[:LONGEST])


@post("/documents/{document:uuid}/query", status_code=200, opt=ASK)
async def run_query(request: AnyRequest, document: FromPath[UUID]) -> Response[Any]:
    """Run it, and show the rows below the form."""
    asked = plain((await request.form()).get("asked"))[:LONGEST]
    wanted = read_wanted([document], asked)
    question = querying(wanted, id=uuid4(), door=Door.WEB, credential=viewer(request))
    try:
        answer = await while_connected(request.receive, flow.answer(question, site_of(request).app))
    except RequestError as error:
        if error.status == 404:
            raise
        return await _page(request, document, asked=asked, problems={"asked": str(error)})
    metrics_of(request).answered(question.door, answer)
    return await _page(request, document, asked=asked, answer=answer)


async def _page(
    request: AnyRequest,
    document: UUID,
    *,
    asked: str,
    problems: dict[str, str] | None = None,
    answer: Answer | None = None,
) -> Response[Any]:
    app, agency = site_of(request).app, viewer(request).agency
    tables = await app.tables.described(agency, [document])
    return page(
        request,
        "query.html",
        status=422 if problems else 200,
        document=await app.retrieval.open(agency, document),
        tables=tables,
        asked=asked,
        problems=problems or {},
        answer=answer,
    )

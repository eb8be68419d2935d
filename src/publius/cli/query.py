"""`publius query`: a document that is a table, asked by SQL or by a question."""

from typing import Annotated, Any
from uuid import UUID, uuid4

import typer

from publius import flow
from publius.api.querying import queried, querying, read_wanted
from publius.application import Application
from publius.cli.terminal import AsJson, OfAgency, console, local_principal, print_json, print_rows, with_application
from publius.errors import InvalidRequest, NotFound
from publius.storage.labels import level_of
from publius.types import Agency, Door, Role


def query(
    asked: Annotated[
        str, typer.Argument(help="SQL that begins with SELECT or WITH, or a question. Without it the tables are shown.")
    ] = "",
    document: Annotated[
        list[str] | None, typer.Option("--document", "-d", help="Name or id of a CSV, Excel or Parquet one. Repeat it.")
    ] = None,
    agency: OfAgency = "",
    ceiling: Annotated[str, typer.Option(help="A label: nothing above it is read. The highest if left out.")] = "",
    json: AsJson = False,
) -> None:
    """Ask documents that are tables, and get rows with the SQL that gave them; no figure comes from anywhere else.

    Example: `publius query "SELECT State, sum(Amount) FROM grants GROUP BY 1" -d grants.csv --agency gsa`
    """
    if not document or not agency:
        raise InvalidRequest("Which documents, and of which agency?", cure="Name them: -d grants.csv --agency SLUG.")

    async def work(app: Application) -> Any:
        where = await app.database.agency_by_slug(agency)
        where = where.under(level_of(where, ceiling)) if ceiling else where
        ids = [await _found(app, where, each) for each in document]
        if not asked:
            return await app.tables.described(where, ids)
        who = local_principal(where, Role.MEMBER)
        answer = await flow.answer(querying(read_wanted(ids, asked), id=uuid4(), door=Door.CLI, credential=who), app)
        return queried(answer, app.settings.url)

    told = with_application(work)
    if not asked:
        rows = [
            {"table": table.name, "column": column.name, "type": column.type}
            for table in told
            for column in table.columns
        ]
        print_rows(rows, as_json=json, empty="There is no table in it.")
    elif json:
        print_json(told)
    else:
        _show(told)


async def _found(app: Application, agency: Agency, named: str) -> UUID:
    try:
        return UUID(named)
    except ValueError:
        listing = await app.retrieval.list(agency, matching=named, limit=1000)
    for each in listing.documents:
        if each.name == named:
            return each.id
    raise NotFound(f"There is no document {named!r} in this agency.", cure=f"publius documents list -a {agency.slug}")


def _show(told: dict[str, Any]) -> None:
    rows = [dict(zip(told["columns"], row, strict=True)) for row in told["rows"]]
    print_rows(rows, as_json=False, empty="No rows.")
    if told["more"]:
        console.print("There are more rows than these.")
    console.print(told["says"], markup=False, soft_wrap=True)
    console.print(f"SQL: {told['sql']}", markup=False, soft_wrap=True)
    receipt = told["receipt"]
    console.print(f"[dim]Label: {told['label']}. Record {receipt.record} in the ledger of {receipt.agency}.[/]")

"""`/v1/sources`: where documents come from again and again; added, run, paused, removed."""

from typing import Annotated, Any, Literal

from litestar import Request, delete, get, post
from litestar.params import FromPath, FromQuery
from msgspec import Meta, Struct

from publius.api import body
from publius.api.admission import building, may, principal_of
from publius.retrieval.sources import Source
from publius.types import Permission

Web = Request[Any, Any, Any]
MANAGE = may(Permission.MANAGE_AGENCY)


class New(Struct, frozen=True):
    """A source to be kept; `settings` are those of its kind."""

    name: str
    address: str
    kind: str = "folder"
    settings: dict[str, Any] = {}
    label: str | None = None
    removes: bool = False
    every_minutes: Annotated[int, Meta(ge=1, le=525_600)] | None = None


@get("/v1/sources", opt=MANAGE)
async def list_sources(request: Web) -> dict[str, Any]:
    """The agency's sources by name, each with what came of its last run."""
    found = await building(request).sources.list(principal_of(request).agency)
    return {"object": "list", "data": [_shown(source) for source in found]}


@post("/v1/sources", status_code=201, opt=MANAGE)
async def add_source(request: Web) -> dict[str, Any]:
    """Keep a source. Nothing is read of it until it is run."""
    new, principal = body.read(await request.body(), New), principal_of(request)
    source = await building(request).sources.add(
        principal.agency,
        principal.id,
        new.name,
        new.address,
        kind=new.kind,
        settings=new.settings,
        label=new.label,
        removes=new.removes,
        every_minutes=new.every_minutes,
    )
    return _shown(source)


@get("/v1/sources/{name:str}", opt=MANAGE)
async def open_source(request: Web, name: FromPath[str]) -> dict[str, Any]:
    """One source."""
    return _shown(await building(request).sources.open(principal_of(request).agency, name))


@post("/v1/sources/{name:str}/{act:str}", status_code=202, opt=MANAGE)
async def change_source(
    request: Web, name: FromPath[str], act: FromPath[Literal["run", "pause", "resume"]]
) -> dict[str, Any]:
    """Have it run soon, or stop its clock, or let that go on."""
    sources = building(request).sources
    change = {"run": sources.want, "pause": sources.pause, "resume": sources.resume}[act]
    principal = principal_of(request)
    return _shown(await change(principal.agency, principal.id, name))


@delete("/v1/sources/{name:str}", status_code=200, opt=MANAGE)
async def remove_source(request: Web, name: FromPath[str], documents: FromQuery[bool] = False) -> dict[str, Any]:
    """Forget a source. Its documents stay, unless `documents` is true."""
    await building(request).remove_source(principal_of(request), name, documents=documents)
    return {"name": name, "object": "source", "deleted": True}


def _shown(source: Source) -> dict[str, Any]:
    return {"object": "source", **source.shown}

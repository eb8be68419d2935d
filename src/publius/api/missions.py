"""`/v1/missions`: the missions that are on, their tools with their schemas, and the tools computed by themselves.

A call goes the whole way that any question goes, with the same permissions, limits and record; Llama has no part in it.
"""

from typing import Any, Literal

import msgspec
from litestar import MediaType, Request, Response, get, post
from litestar.params import FromPath
from msgspec import Struct, field

from publius import flow
from publius.api.admission import building, known_first, may, principal_of
from publius.api.body import read
from publius.api.calls import calling, computed
from publius.api.leaving import while_connected
from publius.api.metrics import metrics_of
from publius.kit import Tool
from publius.missions.pack import Pack
from publius.types import Door, Permission

Web = Request[Any, Any, Any]


class CallRequest(Struct, forbid_unknown_fields=True):
    """The fields that are read. `language` is that of what the result says, and of what is wrong with the arguments."""

    arguments: dict[str, Any] = field(default_factory=dict)
    language: Literal["en", "es"] = "en"


@get("/v1/missions", opt=may(Permission.ASK))
async def list_missions(request: Web) -> dict[str, Any]:
    """The missions that are on for the caller's agency."""
    packs = await building(request).missions.of(principal_of(request).agency)
    return {"object": "list", "data": [_shown(pack) for pack in packs]}


@get("/v1/missions/{id:str}/tools", opt=may(Permission.ASK))
async def list_tools(request: Web, id: FromPath[str]) -> dict[str, Any]:
    """The tools of one of them, each with the JSON Schema of its arguments."""
    missions = building(request).missions
    pack = await missions.pack(principal_of(request).agency, id)
    return {"object": "list", "data": [_described(tool) for tool in missions.tools(pack)]}


@post("/v1/missions/{id:str}/tools/{name:str}", status_code=200, opt=may(Permission.ASK, walk=True))
async def call_tool(request: Web, id: FromPath[str], name: FromPath[str]) -> Response[Any]:
    """Compute one of them: its value, what it says in words, and every line of the derivation, with a receipt."""
    with known_first(request):
        wanted = read(await request.body(), CallRequest)
    state = request.state
    question = calling(
        id,
        name,
        wanted.arguments,
        wanted.language,
        id=state["request_id"],
        door=Door.API,
        credential=state["credential"],
    )
    app = building(request)
    answer = await while_connected(request.receive, flow.answer(question, app))
    metrics_of(request).answered(question.door, answer)
    return Response(msgspec.json.encode(computed(answer, id, app.settings.url)), media_type=MediaType.JSON)


def _shown(pack: Pack) -> dict[str, Any]:
    card = pack.card
    return {
        "id": pack.id,
        "object": "mission",
        "model": pack.model,
        "title": {language: pack.title(language) for language in card.languages},
        "description": {language: pack.description(language) for language in card.languages},
        "languages": card.languages,
        "owner": card.owner,
        "contact": card.contact,
        "review_by": card.review_by.isoformat(),
        "audience": card.audience,
        "impact": card.impact,
        "label": card.label,
        "tools": card.tools,
    }


def _described(tool: Tool) -> dict[str, Any]:
    return {
        "name": tool.name,
        "object": "mission.tool",
        "title": {"en": tool.title, "es": tool.title_es},
        "description": tool.description,
        "parameters": tool.schema(),
    }

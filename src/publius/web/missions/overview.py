"""The missions of an agency: listed, opened with all that belongs to one, and turned on and off."""

import re
from typing import Any

from litestar import Response, get, post
from litestar.params import FromPath
from markupsafe import Markup

from publius.errors import NotFound
from publius.missions.pack import Source
from publius.policy.roles import allowed
from publius.retrieval.reading import read
from publius.types import Permission
from publius.web.missions.computing import place_of
from publius.web.missions.speech import language_of
from publius.web.pages import go, page
from publius.web.rendering import prose
from publius.web.visitor import AnyRequest, site_of, viewer

HERE = "/missions"
ASK = {"permission": Permission.ASK}
MANAGE = {"permission": Permission.MANAGE_AGENCY}
_OPEN, _SHUT = "\ue000", "\ue001"  # stand for the mark's tags while Markdown is read


@get(HERE, opt=ASK)
async def list_missions(request: AnyRequest) -> Response[Any]:
    """The missions that are on for the agency."""
    principal = viewer(request)
    return page(
        request,
        "missions/list.html",
        here=HERE,
        language=language_of(request.query_params.get("lang")),
        packs=await site_of(request).app.missions.of(principal.agency),
        may_manage=Permission.MANAGE_AGENCY in allowed(principal),
    )


@get("/missions/{mission:str}", opt=ASK)
async def open_mission(request: AnyRequest, mission: FromPath[str]) -> Response[Any]:
    """One mission: whom it is for, its tools, its interview and its sources."""
    place = await place_of(request, mission)
    language = _spoken(request, place.pack.card.languages)
    return page(
        request,
        "missions/mission.html",
        here=HERE,
        language=language,
        pack=place.pack,
        tools=list(place.tools.values()),
        script=site_of(request).app.missions.interview(place.pack),
        sources=[source for source in place.pack.sources if source.language == language],
        others=[source for source in place.pack.sources if source.language != language],
    )


@get("/missions/{mission:str}/sources/{name:str}", opt=ASK)
async def open_source(request: AnyRequest, mission: FromPath[str], name: FromPath[str]) -> Response[Any]:
    """One text that the mission answers from; with `start` and `end` those characters are highlighted."""
    place = await place_of(request, mission)
    source = place.pack.source(name)
    if source is None:
        raise NotFound("There is no such source.", cure="The mission's page lists its sources.")
    return page(
        request, "missions/source.html", here=HERE, language=source.language, pack=place.pack, source=source,
        text=_marked(source, request),
    )  # fmt: skip


@get("/manage/missions", opt=MANAGE)
async def manage_missions(request: AnyRequest) -> Response[Any]:
    """Every mission that the agency may turn on, and who turned on which."""
    missions, agency = site_of(request).app.missions, viewer(request).agency
    turned = await missions.turned_on(agency)
    people = {f"user:{one.id}": one.name for one in await site_of(request).app.identity.users.list(agency)}
    return page(
        request,
        "missions/manage.html",
        here="/manage",
        packs=list(missions.seen_by(agency).values()),
        turned=turned,
        people=people,
        gone=sorted(turned.keys() - missions.seen_by(agency).keys()),
        broken=[one for one in missions.broken if one.agency in ("", agency.slug)],
    )


@post("/manage/missions/{mission:str}/on", opt=MANAGE)
async def turn_on(request: AnyRequest, mission: FromPath[str]) -> Response[Any]:
    """Turn one on for everybody in the agency."""
    principal = viewer(request)
    await site_of(request).app.missions.turn(principal.agency, mission, True, principal.id)
    return go("/manage/missions")


@post("/manage/missions/{mission:str}/off", opt=MANAGE)
async def turn_off(request: AnyRequest, mission: FromPath[str]) -> Response[Any]:
    """Turn one off. Nothing is lost by it: it can be turned on again."""
    principal = viewer(request)
    await site_of(request).app.missions.turn(principal.agency, mission, False, principal.id)
    return go("/manage/missions")


def _spoken(request: AnyRequest, languages: tuple[str, ...]) -> str:
    wanted = language_of(request.query_params.get("lang"))
    return wanted if wanted in languages else "en"


def _marked(source: Source, request: AnyRequest) -> Markup:
    """The source's text, with the cited words highlighted."""
    text, title = source.text, f"# {source.title}\n"
    below = 0 if text.startswith(title) else 1
    text = text.removeprefix(title)  # The page says it already.
    for line in _cited(source, request):
        text = text.replace(line, f"{_OPEN}{line}{_SHUT}", 1)
    inside, first, parts = False, True, []
    for part in re.split(f"(<[^>]*>|{_OPEN}|{_SHUT})", prose(text, below)):
        if part in (_OPEN, _SHUT):
            inside = part == _OPEN
        elif inside and part.strip() and not part.startswith("<"):
            parts.append(f'<mark class="cited"{" id=cited tabindex=-1" if first else ""}>{part}</mark>')
            first = False
        else:
            parts.append(part)
    return Markup("".join(parts))  # noqa: S704 - the pieces of what `prose` escaped


def _cited(source: Source, request: AnyRequest) -> list[str]:
    """The lines that `start` and `end` mean. They count in the text as it is read for searching, without its markup."""
    start, end = (_number(request, name) for name in ("start", "end"))
    text = read(f"{source.name}.md", source.text.encode()).text[start:end] if start < end else ""
    return [line.strip() for line in text.splitlines() if line.strip()]


def _number(request: AnyRequest, name: str) -> int:
    sent = request.query_params.get(name, "")
    return int(sent) if sent.isascii() and sent.isdigit() and len(sent) < 10 else 0

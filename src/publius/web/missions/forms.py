"""The form of any tool: filled in, looked over, computed, shown. Nothing typed is lost, or kept before the result."""

import asyncio
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from litestar import Response, get, post
from litestar.params import FromPath
from msgspec.structs import replace

from publius.errors import NotFound
from publius.kit import InvalidInput, Kind, Tool
from publius.missions.sealed import Kept, Seal
from publius.types import Permission
from publius.web.missions.computing import Place, compute, computed_again, place_of, receipt_link
from publius.web.missions.fields import given, id_of, page_of, places
from publius.web.missions.printed import pdf
from publius.web.missions.shown import Shown, shown
from publius.web.missions.speech import language_of, pick, say
from publius.web.pages import HEADERS, go, page
from publius.web.visitor import AnyRequest, plain, site_of, viewer

ASK = {"permission": Permission.ASK}
HERE = "/missions"
ADD, REMOVE, SPEAK = "add:", "remove:", "speak:"  # what a button of the form does before anything is computed


@get("/missions/{mission:str}/tools/{name:str}", opt=ASK)
async def open_form(request: AnyRequest, mission: FromPath[str], name: FromPath[str]) -> Response[Any]:
    """The form, with what a sealed link holds filled in; an address that shows its amounts fills in nothing."""
    place, tool = await _tool(request, mission, name)
    kept = _kept(request, _seal(request, place, tool))
    return _form(request, place, tool, kept.answers, kept.language)


@post("/missions/{mission:str}/tools/{name:str}", status_code=200, opt=ASK)
async def send_form(request: AnyRequest, mission: FromPath[str], name: FromPath[str]) -> Response[Any]:
    """Do what the button says: one more person, one less, the other language; or look the answers over."""
    place, tool = await _tool(request, mission, name)
    form = {str(key): plain(value) for key, value in (await request.form()).items()}
    fields, language, press = _own(tool, form), language_of(form.get("lang")), form.get("press", "")
    if press.startswith(SPEAK):
        return _form(request, place, tool, fields, language_of(press.removeprefix(SPEAK)))
    if press.startswith((ADD, REMOVE)):
        return _form(request, place, tool, _counted(tool, fields, press), language)
    try:
        tool(**tool.read_form(fields, language))
    except InvalidInput as error:
        return _form(request, place, tool, fields, language, error.problems or {"": str(error)})
    said = {field: text for field, text in fields.items() if text.strip()}
    return go(f"{_path(place, tool)}/check?a={_seal(request, place, tool).close(Kept(said, language))}")


@get("/missions/{mission:str}/tools/{name:str}/check", opt=ASK)
async def check_inputs(request: AnyRequest, mission: FromPath[str], name: FromPath[str]) -> Response[Any]:
    """Every input once more, before the result counts."""
    place, tool = await _tool(request, mission, name)
    seal = _seal(request, place, tool)
    kept = _kept(request, seal)
    try:
        said, assumed = given(tool, tool.read_form(kept.answers, kept.language), kept.answers, kept.language)
    except InvalidInput as error:
        return _form(request, place, tool, kept.answers, kept.language, error.problems or {"": str(error)})
    return _page(request, "missions/check.html", place, tool, kept, seal, said=said, assumed=assumed)


@post("/missions/{mission:str}/tools/{name:str}/result", opt=ASK)
async def compute_result(request: AnyRequest, mission: FromPath[str], name: FromPath[str]) -> Response[Any]:
    """Compute: a walk through the building, sealed in the agency's ledger."""
    place, tool = await _tool(request, mission, name)
    seal = _seal(request, place, tool)
    kept = seal.open(plain((await request.form()).get("a")))
    done = await compute(request, place.pack, tool, kept.answers, kept)
    if not isinstance(done, Kept):
        return _form(request, place, tool, kept.answers, kept.language, done)
    return go(f"{_path(place, tool)}/result?a={seal.close(done)}")


@get("/missions/{mission:str}/tools/{name:str}/result", opt=ASK)
async def show_result(request: AnyRequest, mission: FromPath[str], name: FromPath[str]) -> Response[Any]:
    """The result with every line of its derivation."""
    place, tool = await _tool(request, mission, name)
    seal = _seal(request, place, tool)
    kept = _kept(request, seal)
    result = _shown(place, tool, kept)
    if result is None or kept.receipt is None:
        return go(f"{_path(place, tool)}/check?a={seal.close(kept)}")
    receipt = receipt_link(request, kept.receipt)
    return _page(request, "missions/result.html", place, tool, kept, seal, shown=result, receipt=receipt)


@get("/missions/{mission:str}/tools/{name:str}/result.pdf", opt=ASK)
async def print_result(request: AnyRequest, mission: FromPath[str], name: FromPath[str]) -> Response[Any]:
    """The same as a file to print, made for this request and not kept."""
    place, tool = await _tool(request, mission, name)
    seal = _seal(request, place, tool)
    kept = seal.open(request.query_params.get("a", ""))
    result = _shown(place, tool, kept)
    if result is None:
        return go(f"{_path(place, tool)}/check?a={seal.close(kept)}")
    caveat = say("This is a computation from the answers below. It is not a decision of any agency.", kept.language)
    return await paper(request, result, caveat, f"{tool.name}.pdf")


async def paper(request: AnyRequest, result: Shown, caveat: str, name: str) -> Response[bytes]:
    """A result as a PDF to save. It takes long enough that others are not made to wait for it."""
    data = await asyncio.to_thread(pdf, result, viewer(request).agency.name, caveat, datetime.now(UTC))
    headers = {**HEADERS, "Content-Disposition": f'attachment; filename="{name}"'}
    return Response(data, media_type="application/pdf", headers=headers)


def form_link(request: AnyRequest, place: Place, tool: Tool, fields: Mapping[str, str], language: str) -> str:
    """The form of this tool with what it takes of these fields filled in, sealed."""
    return f"{_path(place, tool)}?a={_seal(request, place, tool).close(Kept(_own(tool, fields), language))}"


async def _tool(request: AnyRequest, mission: str, name: str) -> tuple[Place, Tool]:
    place = await place_of(request, mission)
    if name not in place.tools:
        raise NotFound("There is no such form.", cure="The mission's page lists its tools.")
    return place, place.tools[name]


def _seal(request: AnyRequest, place: Place, tool: Tool) -> Seal:
    return Seal(site_of(request).app.secret, viewer(request).agency, _path(place, tool))


def _kept(request: AnyRequest, seal: Seal) -> Kept:
    """What the link holds, in the language that the address asks for."""
    kept = seal.open(request.query_params.get("a", ""))
    wanted = request.query_params.get("lang")
    return replace(kept, language=language_of(wanted)) if wanted else kept


def _shown(place: Place, tool: Tool, kept: Kept) -> Shown | None:
    result = computed_again(tool, kept.answers, kept)
    if result is None or kept.receipt is None:
        return None
    said, _ = given(tool, tool.read_form(kept.answers), kept.answers, kept.language)
    return shown(place.pack, tool, result, said, kept.receipt, kept.language)


def _form(
    request: AnyRequest,
    place: Place,
    tool: Tool,
    fields: Mapping[str, str],
    language: str,
    problems: Mapping[str, str] | None = None,
) -> Response[Any]:
    """The form as it stands, with every problem named at the top and at its field."""
    wrong = dict(problems or {})
    return page(
        request,
        "missions/form.html",
        status=422 if wrong else 200,
        here=HERE,
        language=language,
        pack=place.pack,
        tool=tool,
        title=pick(language, tool.title, tool.title_es),
        form=page_of(tool, fields, wrong, language),
        problems={id_of(name): _placed(tool, name, sentence, language) for name, sentence in wrong.items()},
    )


def _placed(tool: Tool, name: str, sentence: str, language: str) -> str:
    """A problem with the question that it is about, since the summary stands apart from the fields."""
    parameter = tool.parameter(name) if name else None
    return f"{parameter.question(language)} {sentence}" if parameter else sentence


def _page(
    request: AnyRequest, template: str, place: Place, tool: Tool, kept: Kept, seal: Seal, **more: Any
) -> Response[Any]:
    return page(
        request,
        template,
        here=HERE,
        language=kept.language,
        pack=place.pack,
        title=pick(kept.language, tool.title, tool.title_es),
        path=_path(place, tool),
        sealed=seal.close(kept),
        **more,
    )


def _path(place: Place, tool: Tool) -> str:
    return f"/missions/{place.pack.id}/tools/{tool.name}"


def _own(tool: Tool, sent: Mapping[str, str]) -> dict[str, str]:
    """Of what was sent the fields that are the tool's."""
    return {name: text for name, text in sent.items() if len(name) < 200 and tool.parameter(name) is not None}


def _counted(tool: Tool, fields: dict[str, str], press: str) -> dict[str, str]:
    """The fields with one more blank person, or without one."""
    act, _, name = press.partition(":")
    if act == "remove":
        return {field: text for field, text in fields.items() if not field.startswith(f"{name}.")}
    parameter = tool.parameter(name)
    if parameter is None or parameter.kind is not Kind.PEOPLE:
        return fields
    held = places(parameter, fields)
    if len(held) >= parameter.most:
        return fields
    return {**fields, f"{name}.{max(held, default=-1) + 1}.{parameter.fields[0].name}": ""}

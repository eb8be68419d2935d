"""The end of an interview: all answers once more, the result with every line, the picture, and paper to print.

The result is computed for this request and stored nowhere. Whoever wants a receipt asks for it: then the computation is
a walk through the building, and stands with its inputs in the agency's ledger.
"""

from typing import Any, NamedTuple

from litestar import Response, get, post
from litestar.params import FromPath

from publius.kit import Result
from publius.missions.sealed import Kept
from publius.types import Permission
from publius.web.missions.computing import compute, digest, receipt_link
from publius.web.missions.forms import form_link, paper
from publius.web.missions.interview import interview_page, lost
from publius.web.missions.picture import Picture, draw
from publius.web.missions.shown import Shown, shown
from publius.web.missions.speech import language_of, pick, say
from publius.web.missions.walking import Walk, keep, problems_of, walk_of
from publius.web.pages import go
from publius.web.visitor import AnyRequest

ASK = {"permission": Permission.ASK}


@get("/missions/{mission:str}/interview/{id:str}/check", opt=ASK)
async def check_answers(request: AnyRequest, mission: FromPath[str], id: FromPath[str]) -> Any:
    """Every answer once more, each with the way to change it; where they cannot stand together, before the last one."""
    walk = await _walk(request, mission, id)
    if walk is None:
        return lost(mission)
    if walk.journey.open is not None and not walk.contradicted:
        return go(walk.ahead())
    return keep(request, _check(request, walk), walk)


@get("/missions/{mission:str}/interview/{id:str}/result", opt=ASK)
async def show_outcome(request: AnyRequest, mission: FromPath[str], id: FromPath[str]) -> Any:
    """What the answers come to."""
    walk = await _walk(request, mission, id)
    if walk is None:
        return lost(mission)
    if walk.journey.open is not None or problems_of(walk):
        return go(walk.ahead())
    result = walk.tool(**walk.tool.read_form(walk.fields))
    recorded = walk.kept.receipt if walk.kept.digest == digest(result) else None
    response = interview_page(
        request,
        "missions/outcome.html",
        walk,
        shown=_shown(walk, result),
        receipt=receipt_link(request, recorded) if recorded else "",
        picture=picture_of(walk),
        others=_others(request, walk),
    )
    return keep(request, response, walk)


@post("/missions/{mission:str}/interview/{id:str}/result", opt=ASK)
async def record_outcome(request: AnyRequest, mission: FromPath[str], id: FromPath[str]) -> Any:
    """Compute it once more as a walk through the building, for its receipt."""
    walk = await _walk(request, mission, id)
    if walk is None:
        return lost(mission)
    done = await compute(request, walk.place.pack, walk.tool, walk.fields, walk.kept)
    if not isinstance(done, Kept):
        return go(walk.ahead())
    return keep(request, go(f"{walk.path}/result"), walk.having(done))


@get("/missions/{mission:str}/interview/{id:str}/result.pdf", opt=ASK)
async def print_outcome(request: AnyRequest, mission: FromPath[str], id: FromPath[str]) -> Any:
    """The same as a file to print, made for this request and not kept."""
    walk = await _walk(request, mission, id)
    if walk is None:
        return lost(mission)
    if walk.journey.open is not None or problems_of(walk):
        return go(walk.ahead())
    caveat = say(
        "This is a computation from the answers below. It is not a decision of any agency.", walk.kept.language
    )
    result = walk.tool(**walk.tool.read_form(walk.fields))
    return await paper(request, _shown(walk, result), caveat, f"{walk.tool.name}.pdf")


class Drawn(NamedTuple):
    """A picture, what it runs along, and what of the answers it leaves as it is though it would change too."""

    along: str
    note: str
    picture: Picture


def picture_of(walk: Walk) -> Drawn | None:
    """The result's figures along the one that the interview names for these answers."""
    fields, tool = walk.fields, walk.tool
    along = next((each for each in walk.script.along if each.input in fields), None)
    if along is None:
        return None
    values = tool.read_form(fields)
    own = _figure(values, along.input)

    def at(figure: int) -> tuple[int, ...]:
        moved = values
        for path in (along.input, *along.together):
            moved = _with_figure(moved, path, _figure(values, path) + figure - own)
        result = tool(**moved)
        return tuple(int(getattr(result.value, curve.value)) for curve in walk.script.curve)

    language = walk.kept.language
    titles = [pick(language, curve.en, curve.es) for curve in walk.script.curve]
    note = pick(language, along.note, along.note_es)
    return Drawn(pick(language, along.en, along.es), note, draw(own, titles, at))


def _figure(values: dict[str, Any], path: str) -> int:
    """The figure at a path, `income` or `parents.0.income`, among values as a tool is called with."""
    name, *rest = path.split(".")
    return int(getattr(values[name][int(rest[0])], rest[1]) if rest else values[name])


def _with_figure(values: dict[str, Any], path: str, figure: int) -> dict[str, Any]:
    name, *rest = path.split(".")
    if not rest:
        return values | {name: figure}
    people = list(values[name])
    people[int(rest[0])] = people[int(rest[0])]._replace(**{rest[1]: figure})
    return values | {name: people}


async def _walk(request: AnyRequest, mission: str, id: str) -> Walk | None:
    """The interview, in the language that the address asks for."""
    walk, wanted = await walk_of(request, mission, id), request.query_params.get("lang")
    return walk.speaking(language_of(wanted)) if walk and wanted else walk


def _check(request: AnyRequest, walk: Walk) -> Response[Any]:
    problems = problems_of(walk)
    return interview_page(
        request,
        "missions/answers.html",
        walk,
        given=walk.given(),
        problems=problems,
    )


def _shown(walk: Walk, result: Result[Any]) -> Shown:
    receipt = walk.kept.receipt if walk.kept.digest == digest(result) else None
    return shown(walk.place.pack, walk.tool, result, walk.given(), receipt, walk.kept.language)


def _others(request: AnyRequest, walk: Walk) -> list[tuple[str, str]]:
    """The tools to go on with, and their forms with what is known filled in."""
    language = walk.kept.language
    tools = [walk.place.tools[name] for name in walk.script.then]
    return [
        (pick(language, tool.title, tool.title_es), form_link(request, walk.place, tool, walk.fields, language))
        for tool in tools
    ]

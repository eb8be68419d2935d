"""The pages of a guided interview: the start, one question a page, and the way to come back later."""

from typing import Any
from urllib.parse import quote

from litestar import Response, get, post
from litestar.params import FromPath

from publius.kit import InvalidInput
from publius.missions.interview import Page
from publius.missions.sealed import DAYS, Kept
from publius.types import Permission
from publius.web.missions.fields import Field, field_of
from publius.web.missions.speech import language_of, pick
from publius.web.missions.walking import Walk, begin, interview_place, keep, link_seal, start_path, walk_of
from publius.web.pages import go, page
from publius.web.visitor import AnyRequest, plain, site_of

ASK = {"permission": Permission.ASK}
HERE = "/missions"
BACK, SPEAK = "back", "speak:"  # what a button of the page does instead of going on


@get("/missions/{mission:str}/interview", opt=ASK)
async def open_interview(request: AnyRequest, mission: FromPath[str]) -> Response[Any]:
    """What it is about and what to have ready; or, by a link that holds answers, the interview where it was left."""
    place, script = await interview_place(request, mission)
    if sealed := plain(request.query_params.get("a")):
        walk = begin(place, script, link_seal(request, place).open(sealed))
        return keep(request, go(walk.ahead()), walk)
    language = language_of(request.query_params.get("lang"))
    lost = "lost" in request.query_params
    return page(request, "missions/start.html", here=HERE, language=language, pack=place.pack, script=script, lost=lost)


@post("/missions/{mission:str}/interview", opt=ASK)
async def start_interview(request: AnyRequest, mission: FromPath[str]) -> Response[Any]:
    """Begin a fresh one."""
    place, script = await interview_place(request, mission)
    walk = begin(place, script, Kept(language=language_of((await request.form()).get("lang"))))
    return keep(request, go(walk.ahead()), walk)


@get("/missions/{mission:str}/interview/{id:str}/ask/{name:str}", opt=ASK)
async def open_question(request: AnyRequest, mission: FromPath[str], id: FromPath[str], name: FromPath[str]) -> Any:
    """One question, with the answer that it has."""
    walk = await walk_of(request, mission, id)
    if walk is None:
        return lost(mission)
    asked = walk.journey.page(name)
    if asked is None:
        return go(walk.ahead())
    return _question(request, walk, asked)


@post("/missions/{mission:str}/interview/{id:str}/ask/{name:str}", opt=ASK)
async def answer_question(request: AnyRequest, mission: FromPath[str], id: FromPath[str], name: FromPath[str]) -> Any:
    """Take the answer and go on, or back; what cannot be read stays in its field, with what is wrong said beside it.

    Every outcome is another page to see, so that the browser's own Back never asks to send something again.
    """
    walk = await walk_of(request, mission, id)
    if walk is None:
        return lost(mission)
    asked = walk.journey.page(name)
    if asked is None:
        return go(walk.ahead())
    form = await request.form()
    sent, press, then = ",".join(map(plain, form.getall(name, []))), plain(form.get("press")), plain(form.get("then"))
    same = f"{walk.at(asked)}?then={quote(then)}" if then else walk.at(asked)
    if press.startswith(SPEAK):
        walk = walk.speaking(language_of(press.removeprefix(SPEAK))).typing(asked, sent)
        return keep(request, go(same), walk)
    try:
        walk = walk.answering(asked, walk.read(asked, sent))
    except InvalidInput:
        walk = walk.typing(asked, sent, refused=press != BACK)
        if press != BACK:
            return keep(request, go(same), walk)
    return keep(request, go(_onward(walk, asked, press, then)), walk)


@get("/missions/{mission:str}/interview/{id:str}/later", opt=ASK)
async def come_back_later(request: AnyRequest, mission: FromPath[str], id: FromPath[str]) -> Any:
    """The link that holds the answers, to be kept by the person."""
    walk = await walk_of(request, mission, id)
    if walk is None:
        return lost(mission)
    sealed = link_seal(request, walk.place).close(walk.kept)
    link = f"{site_of(request).app.settings.url}{start_path(walk.place)}?a={sealed}&lang={walk.kept.language}"
    return interview_page(request, "missions/later.html", walk, link=link, days=DAYS)


def interview_page(request: AnyRequest, template: str, walk: Walk, **more: Any) -> Response[Any]:
    """A page of the interview in its language."""
    return page(
        request,
        template,
        here=HERE,
        language=walk.kept.language,
        pack=walk.place.pack,
        script=walk.script,
        title=pick(walk.kept.language, walk.script.title, walk.script.title_es),
        path=walk.path,
        ahead=walk.ahead(),
        **more,
    )


def lost(mission: str) -> Response[Any]:
    """To the start, which says that the answers are not in this browser any more."""
    return go(f"/missions/{mission}/interview?lost")


def _onward(walk: Walk, asked: Page, press: str, then: str) -> str:
    if press == BACK:
        before = walk.journey.before(asked)
        return walk.at(before) if before else f"{start_path(walk.place)}?lang={walk.kept.language}"
    # Who changes one answer is led to what it opens, and otherwise back to all of them.
    return walk.ahead() if then == "check" else walk.at(walk.journey.after(asked))


def _question(request: AnyRequest, walk: Walk, asked: Page) -> Response[Any]:
    language, typed = walk.kept.language, walk.kept.typed
    here = typed.page == asked.id
    sent = typed.text if here else walk.kept.answers.get(asked.id, "")
    problem = _problem(walk, asked, sent) if here and typed.refused else ""
    part = next(part for part in walk.script.part if part.id == asked.part)
    return interview_page(
        request,
        "missions/question.html",
        walk,
        asked=asked,
        part=pick(language, part.en, part.es),
        field=_field(walk, asked, sent, problem),
        ticked=sent.split(","),
        problem=problem,
        then=plain(request.query_params.get("then")),
    )


def _problem(walk: Walk, asked: Page, sent: str) -> str:
    """What is wrong with an answer, in the language of the page."""
    try:
        walk.read(asked, sent)
    except InvalidInput as error:
        return error.problems.get(asked.id) or str(error)
    return ""


def _field(walk: Walk, asked: Page, sent: str, problem: str) -> Field:
    """What the page asks, ready to be drawn; ticks look like nothing else."""
    language = walk.kept.language
    if not asked.among:
        return field_of(walk.journey.parameter(asked), asked.id, {asked.id: sent}, {asked.id: problem}, language)
    choices = tuple((name, each.question(language)) for name, each in walk.journey.among(asked).items())
    label, help = pick(language, asked.en, asked.es), pick(language, asked.help, asked.help_es)
    return Field(asked.id, asked.id, "ticks", label, help, choices, sent, problem, "")

"""One person's way through an interview. The answers travel sealed in a cookie of that interview; nothing is stored.

A cookie, and not the address: so the browser's own Back loses nothing, and two interviews in two tabs stay apart, since
each has an id in its path and the cookie is sent below that path alone. It opens in the session that made it and in no
other, and is gone with the browser. Whoever wants to come back later takes the answers along in a link.
"""

import secrets
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, NamedTuple

import msgspec
from litestar import Response

from publius.errors import InvalidRequest, NotFound
from publius.kit import InvalidInput, Tool
from publius.missions.interview import Journey, Page, Script
from publius.missions.sealed import Kept, Seal, Typed
from publius.web.missions.computing import Place, place_of
from publius.web.missions.fields import shown
from publius.web.missions.shown import Given
from publius.web.missions.speech import pick, say
from publius.web.visitor import AnyRequest, site_of, viewer

COOKIE = "publius-interview"
LONGEST_TYPED = 200  # characters that are given back for correction


class Walk(NamedTuple):
    """The interview, the answers so far, and the way that they make."""

    place: Place
    script: Script
    id: str
    kept: Kept
    journey: Journey

    @property
    def path(self) -> str:
        return f"{start_path(self.place)}/{self.id}"

    @property
    def tool(self) -> Tool:
        """The one that the interview leads to."""
        return self.place.tools[self.script.computes]

    @property
    def fields(self) -> dict[str, str]:
        """What that tool gets of the answers."""
        return self.journey.fields(self.script.computes)

    def read(self, page: Page, text: str) -> str:
        """The answer as it is kept.

        InvalidInput, by the page's id, for one that is none, or that the answers before it leave no room for. Who has
        changed one of those since is told with all answers together.
        """
        answer = self.journey.read(page, text, self.kept.language)
        before = {each.id: self.kept.answers[each.id] for each in self.journey.pages[: self.journey.pages.index(page)]}
        known = self._contradictions(before)
        if wrong := " ".join(each for each in self._contradictions(before | {page.id: answer}) if each not in known):
            raise InvalidInput(wrong, problems={page.id: wrong})
        return answer

    @property
    def contradicted(self) -> str:
        """What cannot be, or be computed, in all answers so far, though some are still open; empty where nothing is."""
        return " ".join(self._contradictions({page.id: self.kept.answers[page.id] for page in self.journey.answered}))

    def _contradictions(self, answers: Mapping[str, str]) -> list[str]:
        fields = Journey(self.script, self.place.tools, answers).fields(self.script.computes)
        return self.tool.contradictions(fields, self.kept.language)

    def answering(self, page: Page, answer: str) -> "Walk":
        """The same with one more answer, or another one."""
        return self.having(self.kept.answering({**self.kept.answers, page.id: answer}))

    def typing(self, page: Page, text: str, *, refused: bool = False) -> "Walk":
        """The same with what stands in the page's field, which is no answer yet."""
        kept = msgspec.structs.replace(self.kept, typed=Typed(page.id, text[:LONGEST_TYPED], refused))
        return self._replace(kept=kept)

    def having(self, kept: Kept) -> "Walk":
        """The same with these answers."""
        return self._replace(kept=kept, journey=Journey(self.script, self.place.tools, kept.answers))

    def speaking(self, language: str) -> "Walk":
        """The same in this language."""
        return self._replace(kept=msgspec.structs.replace(self.kept, language=language))

    def ahead(self) -> str:
        """Where it goes on: the first page that is open, or all answers once more, as where they cannot be."""
        return self.at(None if self.contradicted else self.journey.open)

    def at(self, page: Page | None) -> str:
        """The address of a page; of the answers where there is none."""
        return f"{self.path}/ask/{page.id}" if page else f"{self.path}/check"

    def given(self) -> list[Given]:
        """Every answer, by the part of the interview that it belongs to."""
        parts = {part.id: pick(self.kept.language, part.en, part.es) for part in self.script.part}
        return [
            Given(page.id, *self._said(page, self.kept.answers[page.id]), parts[str(page.part)])
            for page in self.journey.answered
        ]

    def _said(self, page: Page, answer: str) -> tuple[str, str]:
        language = self.kept.language
        if page.among:
            ticked = answer.split(",")
            names = [each.question(language) for name, each in self.journey.among(page).items() if name in ticked]
            return pick(language, page.en, page.es), "; ".join(names) or say("None of these", language)
        parameter = self.journey.parameter(page)
        value = self.journey.value(page, answer)
        return parameter.question(language), shown(parameter, value, language)


async def interview_place(request: AnyRequest, mission: str) -> tuple[Place, Script]:
    """The mission with its interview.

    Raises:
        NotFound: there is no such mission for the viewer, or it has none.
    """
    place = await place_of(request, mission)
    script = site_of(request).app.missions.interview(place.pack)
    if script is None:
        raise NotFound("This mission has no guided interview.", cure="Its page lists its tools.")
    return place, script


async def walk_of(request: AnyRequest, mission: str, id: str) -> Walk | None:
    """The interview of that id as this browser holds it; None where it does not, or not any more."""
    place, script = await interview_place(request, mission)
    sealed = request.cookies.get(COOKIE, "")
    try:
        kept = _own_seal(request, place, id).open(sealed)
    except InvalidRequest:
        return None
    return Walk(place, script, id, kept, Journey(script, place.tools, kept.answers)) if sealed else None


def begin(place: Place, script: Script, kept: Kept) -> Walk:
    """A fresh interview, with answers where a link brought some."""
    return Walk(place, script, secrets.token_urlsafe(6), kept, Journey(script, place.tools, kept.answers))


def keep(request: AnyRequest, response: Response[Any], walk: Walk) -> Response[Any]:
    """The response with the answers in its cookie."""
    sealed = _own_seal(request, walk.place, walk.id).close(walk.kept)
    response.set_cookie(replace(site_of(request).cookie(COOKIE, sealed), path=walk.path))
    return response


def link_seal(request: AnyRequest, place: Place) -> Seal:
    """What seals answers into a link, which anybody of the agency may open."""
    return Seal(site_of(request).app.secret, viewer(request).agency, start_path(place))


def start_path(place: Place) -> str:
    """Where the interview of a mission begins."""
    return f"/missions/{place.pack.id}/interview"


def _own_seal(request: AnyRequest, place: Place, id: str) -> Seal:
    site = site_of(request)
    return Seal(site.app.secret, viewer(request).agency, f"{start_path(place)}/{id} of {site.browser(request)}")


def problems_of(walk: Walk) -> Mapping[str, str]:
    """What is wrong with all the answers together, by the page that asks for it, or ""; empty if nothing is."""
    if walk.journey.open is not None:
        return {"": walk.contradicted} if walk.contradicted else {}
    try:
        walk.tool(**walk.tool.read_form(walk.fields, walk.kept.language))
    except InvalidInput as error:
        found = error.problems or {"": str(error)}
        pages = {path: walk.journey.asking(path) for path in found}
        return {page.id if (page := pages[path]) else "": sentence for path, sentence in found.items()}
    return {}

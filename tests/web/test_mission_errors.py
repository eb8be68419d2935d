"""The promise: what does not work on a mission's page is said in the language of the page."""

import html
import re

import pytest
from tests.web.people import Come, Person, words
from tests.web.test_interview import START, answer, begun

from publius.application import Application
from publius.types import Agency


@pytest.fixture
async def person(come: Come, building: Application, education: Agency) -> Person:
    await building.missions.turn(education, "student_aid", True, "local:tests")
    return await come(education)


async def test_what_does_not_work_is_said_in_the_language_of_the_interview(person: Person) -> None:
    page = await begun(person, "es")
    page = await answer(person, page, "2026-27")
    later = await person.get(re.sub(r"/ask/.*", "/later", page.url.path))
    link = html.unescape(re.findall(r"(/missions/student_aid/interview\?a=[^\"<\s]+)", later.text)[0])
    assert link.endswith("&lang=es")
    cut = await person.get(link.replace("&lang=es", "x&lang=es"))
    assert cut.status_code == 400 and '<html lang="es">' in cut.text
    assert "Este enlace no se abre" in words(cut) and "Copie otra vez el enlace entero" in words(cut)
    english = await person.get(link.replace("&lang=es", "x"))
    assert "This link does not open" in words(english) and '<html lang="en">' in english.text
    spanish = {"Accept-Language": "es-MX,es;q=0.9"}
    for path, said in (("/missions/nada", "No hay ninguna misión 'nada'."), (f"{START}/../sources/x", "esa fuente")):
        gone = await person.http.get(path, headers=spanish)
        assert gone.status_code == 404 and "No se encontró" in words(gone) and said in words(gone), words(gone)

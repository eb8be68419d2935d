"""What surrounds the interview: the sign-in before it, and what the picture at its end leaves out."""

import html
import re

import pytest
from tests.web.people import Come, Person, words
from tests.web.test_interview import FAMILY, START, outcome, through

from publius.application import Application
from publius.types import Agency

PASSWORD = "four unrelated quiet words"


@pytest.fixture
async def person(building: Application, come: Come, education: Agency) -> Person:
    await building.missions.turn(education, "student_aid", True, "local:tests")
    return await come(education)


async def test_who_is_not_signed_in_is_told_in_their_language_and_led_to_the_interview_afterwards(
    person: Person, come: Come, building: Application, education: Agency
) -> None:
    await building.identity.users.create(education, "ana", password=PASSWORD)
    for language, told, begin in (
        ("en", "people with an account there", "Start"),
        ("es", "¿No tiene cuenta?", "Empezar"),
    ):
        stranger, wanted = await come(), f"{START}?lang={language}"
        door = await stranger.http.get(wanted, follow_redirects=True)
        assert door.url.path == "/sign-in" and told in words(door) and f'<html lang="{language}">' in door.text
        fields = {
            name: html.unescape(value) for name, value in re.findall(r'name="(csrf|next)" value="([^"]*)"', door.text)
        }
        fields |= {"agency": "education", "username": "ana"}
        wrong = await stranger.http.post("/sign-in", data=fields | {"password": "a guess at it all"})
        assert ("no corresponden" if language == "es" else "do not fit together") in words(wrong)
        fields["next"] = html.unescape(re.findall(r'name="next" value="([^"]*)"', wrong.text)[0])
        page = await stranger.http.post("/sign-in", data=fields | {"password": PASSWORD}, follow_redirects=True)
        assert f"{page.url.path}?{page.url.query.decode()}" == wanted and begin in words(page)


async def test_the_picture_says_what_it_leaves_as_it_was(person: Person) -> None:
    for language, told in (("en", "The income tax paid is left as you gave it."), ("es", "queda como usted lo indicó")):
        check, _ = await through(person, FAMILY, language)
        assert told in words(await outcome(person, check))

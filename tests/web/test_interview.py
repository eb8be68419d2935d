"""The guided interview of student aid: one question a page, back without loss, a link to come back, and the result."""

import html
import io
import re

import httpx
import pypdfium2
import pytest
from structlog.testing import capture_logs
from tests.web.people import Come, Person, words

from publius.application import Application
from publius.types import Agency

START = "/missions/student_aid/interview"
# A dependent student, two parents who filed together; what is not named here is answered with no or left blank.
FAMILY = {
    "award_year": "2026-27",
    "birth_year": "2007",
    "family_size": "4",
    "parents_married": "yes",
    "state": "VA",
    "parents_filed": "us",
    "parents_filing_status": "joint",
    "parents_income": "$85,000",
    "parents_earned": "85,000",
    "parents_tax": "5000",
}
# Independent by age and single: no parents, no spouse, and none of the later questions on dependency.
GROWN = {
    "award_year": "2026-27",
    "birth_year": "1990",
    "family_size": "1",
    "state": "CA",
    "own_filed": "us",
    "own_filing_status": "single",
    "own_income": "20000",
    "own_earned": "20000",
    "own_tax": "500",
}


@pytest.fixture
async def person(building: Application, come: Come, education: Agency) -> Person:
    await building.missions.turn(education, "student_aid", True, "local:tests")
    return await come(education)


def asked(page: httpx.Response) -> str:
    """The id of the question in view; "" where it is none."""
    found = re.search(r"/ask/([\w.]+)$", page.url.path)
    return found[1] if found else ""


async def answer(person: Person, page: httpx.Response, text: str, **more: str) -> httpx.Response:
    form = {"csrf": re.findall(r'name="csrf" value="([0-9a-f]+)"', page.text)[0], asked(page): text, **more}
    return await person.http.post(page.url.path, data=form, follow_redirects=True)


async def begun(person: Person, language: str = "en") -> httpx.Response:
    return await person.post(START, {"lang": language}, follow_redirects=True)


async def through(person: Person, given: dict[str, str], language: str = "en") -> tuple[httpx.Response, list[str]]:
    """Answer until there is no question any more: the page after the last one, and the questions there were."""
    page, met = await begun(person, language), []
    while name := asked(page):
        met.append(name)
        blank = "no" if 'value="no"' in page.text else ""
        page = await answer(person, page, given.get(name, blank))
        assert page.status_code == 200 and asked(page) != name, (name, words(page))
    return page, met


async def outcome(person: Person, page: httpx.Response) -> httpx.Response:
    """From the answers, once more, to the result."""
    assert page.url.path.endswith("/check"), page.url
    return await person.get(page.url.path.replace("/check", "/result"))


async def test_a_family_walks_through_and_sees_every_line(person: Person) -> None:
    start = await person.get(START)
    assert "What to have at hand" in words(start) and "nothing is stored unless you ask" in words(start)
    check, met = await through(person, FAMILY)
    assert met[:2] == ["award_year", "birth_year"] and "parents_cash" in met and "other_parent_income" not in met
    seen = words(check)
    assert "Check your answers" in seen and "$85,000" in seen and "Married filing jointly" in seen
    result = await outcome(person, check)
    seen = words(result)
    assert "Your Student Aid Index (SAI) for 2026-27 is 5,250." in seen and "$2,145" in seen
    for line in ("Parents income protection allowance", "44,880", "HEA sec. 475(c)(3)", "the table's amount for"):
        assert line in seen, line
    svg = result.text[result.text.index("<svg") : result.text.index("</svg>")]
    assert 'role="img"' in svg and "<title" in svg and "With $85,000 it is 2,145." in svg
    assert re.search(r"\$85,000 \(you\) .{0,20}2,145 .{0,20}5,250", seen)


async def test_what_an_answer_makes_needless_is_not_asked(person: Person) -> None:
    """With little income assets are not asked either."""
    check, met = await through(person, GROWN)
    assert not [name for name in met if name.startswith(("parents", "other", "spouse", "student_c", "homeless"))], met
    assert "student_married" in met
    assert "$7,395" in words(await outcome(person, check))


async def test_parents_who_filed_apart_are_asked_one_after_the_other_and_ticks_bring_their_questions(
    person: Person,
) -> None:
    apart = FAMILY | {"parents_filing_status": "separate", "parents_rarer": "pensions"}
    apart |= {"parents_rarer.pensions": "9000", "parents_pension_rollover": "4000", "other_parent_filed": "us"}
    apart |= {"other_parent_filing_status": "separate", "other_parent_income": "10000"}
    apart |= {"other_parent_earned": "10000", "other_parent_tax": "0"}
    check, met = await through(person, apart)
    assert met.index("parents_rarer.pensions") == met.index("parents_rarer") + 1
    assert "parents_pension_rollover" in met and "other_parent_income" in met
    assert "Untaxed pensions" in words(check)
    seen = words(await outcome(person, check))
    assert "100,000" in seen  # 85,000 + 10,000 + 9,000 - 4,000


async def test_back_loses_nothing_by_the_pages_button_and_by_the_browsers(person: Person) -> None:
    page = await begun(person)
    for text in ("2026-27", "2007", "no", "no"):
        page = await answer(person, page, text)
    assert asked(page) == "veteran_or_active_duty"
    back = await answer(person, page, "yes", press="back")
    assert asked(back) == "emancipated_or_guardianship" and re.search(r'value="no" checked', back.text)
    first = await person.get(page.url.path.replace("veteran_or_active_duty", "birth_year"))
    assert 'value="2007"' in first.text
    again = await answer(person, first, "2006")
    assert asked(again) == "orphan_foster_or_ward" and 'value="no" checked' in again.text
    later = await person.get(page.url.path)
    assert 'value="yes" checked' in later.text, "it was kept as the person went back"
    wrong = await answer(person, first, "nineteen", press="back")
    assert asked(wrong) == "award_year"


async def test_one_answer_is_changed_from_the_list_and_leads_back_to_it(person: Person) -> None:
    check, _ = await through(person, FAMILY)
    link = next(link for link in re.findall(r'href="([^"]+)"', check.text) if "/ask/parents_tax?" in link)
    page = await person.get(link)
    assert 'value="5000"' in page.text and "Back to all answers" in words(page)
    done = await answer(person, page, "6000", then="check")
    assert done.url.path == check.url.path and "$6,000" in words(done) and "$5,000" not in words(done)
    married = await person.get(check.url.path.replace("/check", "/ask/parents_filing_status"))
    opened = await answer(person, married, "separate", then="check")
    assert asked(opened) == "other_parent_filed", "what the change makes necessary is asked at once"


async def test_what_cannot_be_read_is_said_beside_the_field_in_plain_words(person: Person) -> None:
    page = await begun(person)
    for blank in ("", "2031-32"):
        wrong = await answer(person, page, blank)
        assert wrong.url == page.url and "<title>Error:" in wrong.text
        assert 'href="#award_year"' in wrong.text and 'id="award_year-problem"' in wrong.text
    page = await answer(person, page, "2026-27")
    hostile = '"><script>alert(1)</script>'
    wrong = await answer(person, page, hostile, lang="en")
    assert "is not a whole number" in words(wrong) and "<script>alert" not in wrong.text
    assert html.escape(hostile) in wrong.text or "&#34;&gt;&lt;script&gt;" in wrong.text
    spanish = await answer(person, page, "diez", press="speak:es")
    assert '<html lang="es">' in spanish.text and 'value="diez"' in spanish.text
    assert "no es un número entero" in words(await answer(person, page, "diez"))


async def test_what_the_answers_cannot_come_to_together_is_said_where_they_are_changed(person: Person) -> None:
    """The tables of 2024-25 are not known in full."""
    parent = {"student_married": "no", "family_size": "6", "own_filing_status": "single"}
    check, _ = await through(person, GROWN | parent)
    year = await person.get(check.url.path.replace("/check", "/ask/award_year"), params={"then": "check"})
    check = await answer(person, year, "2024-25", then="check")
    assert check.url.path.endswith("/check"), "it is said before anything more is asked"
    assert "For 2024-25 this cannot be worked out here: no source was found" in words(check)
    assert "show the result" not in words(check) and "<title>Error:" in check.text
    result = await person.get(check.url.path.replace("/check", "/result"), follow_redirects=True)
    assert result.url.path == check.url.path


async def test_a_table_that_is_not_known_is_said_at_the_answer_that_needs_it(person: Person) -> None:
    answers = {**GROWN, "award_year": "2024-25", "student_married": "no", "family_size": "6"}
    page = await begun(person)
    while (name := asked(page)) != "own_filed":
        page = await answer(person, page, answers.get(name, "no" if 'value="no"' in page.text else ""))
        assert asked(page) != name, words(page)
    told = await answer(person, page, "us")
    assert told.url == page.url and "For 2024-25 this cannot be worked out here" in words(told)
    assert "own_filed-problem" in told.text


async def test_in_spanish_to_the_last_line_and_on_paper(person: Person) -> None:
    check, _ = await through(person, FAMILY, "es")
    assert "Revise sus respuestas" in words(check) and "Casado que declara conjuntamente" in words(check)
    result = await outcome(person, check)
    assert '<html lang="es">' in result.text
    for said in (
        "Su Índice de Ayuda Estudiantil (SAI) para 2026-27 es 5,250",
        "Contribución de los padres",
        "El punto",
    ):
        assert said in words(result), said
    english = await person.get(f"{result.url.path}?lang=en")
    assert "Your Student Aid Index (SAI) for 2026-27 is 5,250." in words(english)
    await person.get(f"{result.url.path}?lang=es")
    paper = await person.get(f"{result.url.path}.pdf")
    document = pypdfium2.PdfDocument(io.BytesIO(paper.content))
    text = " ".join(" ".join(page.get_textpage().get_text_bounded() for page in document).split())
    for said in ("Índice de Ayuda Estudiantil", "5,250", "HEA sec. 475(c)(3)", "$85,000", "Sobre usted"):
        assert said in text, said
    assert "Comprobante" not in text


async def test_a_link_brings_the_answers_back_in_another_browser_of_the_agency_alone(
    building: Application, person: Person, come: Come, education: Agency, state: Agency
) -> None:
    page = await begun(person, "es")
    page = await answer(person, page, "2026-27")
    later = await person.get(page.url.path.partition("/ask/")[0] + "/later")
    link = html.unescape(re.findall(r"<textarea[^>]*>([^<]+)", later.text)[0])
    path = link[link.index("/missions") :]
    assert "2026" not in path and "30 días" in words(later)
    colleague = await come(education)
    there = await colleague.get(path, follow_redirects=True)
    assert asked(there) == "birth_year" and "¿En qué año nació usted?" in words(there)
    await building.missions.turn(state, "student_aid", True, "local:tests")
    stranger = await come(state)
    changed = path[:-30] + ("A" if path[-30] != "A" else "B") + path[-29:]
    for who, tried in ((stranger, path), (person, changed), (person, path[:-9]), (person, f"{START}?a=é")):
        refused = await who.get(tried)
        assert refused.status_code == 400 and re.search("link does not open|enlace no se abre", words(refused))
        assert "birth_year" not in refused.text


async def test_answers_stay_with_their_session_and_two_interviews_stay_apart(
    person: Person, come: Come, education: Agency
) -> None:
    first, second = await begun(person), await begun(person)
    assert first.url != second.url
    await answer(person, first, "2026-27")
    assert asked(await person.get(second.url.path)) == "award_year"
    assert 'value="2026-27" selected' not in (await person.get(second.url.path)).text
    colleague = await come(education)
    for cookie in person.http.cookies.jar:
        if cookie.name == "publius-interview":
            colleague.http.cookies.set(cookie.name, cookie.value or "", path=cookie.path)
    gone = await colleague.get(first.url.path, follow_redirects=True)
    assert gone.url.path == START and "not in this browser any more" in words(gone)


async def test_nothing_is_stored_or_logged_unless_a_receipt_is_asked_for(
    building: Application, person: Person, education: Agency
) -> None:
    async def records() -> int:
        async with building.database.agency(education) as connection:
            rows = await connection.execute("SELECT count(*) AS held FROM ledger_records")
            return int((await rows.fetchone()).held)  # type: ignore[union-attr]

    with capture_logs() as lines:
        check, _ = await through(person, GROWN | {"own_income": "84321"})
        result = await outcome(person, check)
        await person.get(f"{result.url.path}.pdf")
        assert "Nothing of this is stored so far." in words(result) and await records() == 0
        recorded = await person.post(result.url.path, follow_redirects=True)
    assert await records() == 1 and "This result stands in the ledger of Education" in words(recorded)
    receipt = html.unescape(re.findall(r'href="(/receipts/[^"]+)"', recorded.text)[0])
    assert "Checked just now" in words(await person.get(receipt))
    assert len(lines) > 30 and not re.search("84,?321", repr(lines))
    changed = await person.get(result.url.path.replace("/result", "/ask/own_tax"))
    await answer(person, changed, "600", then="check")
    assert "Nothing of this is stored so far." in words(await person.get(result.url.path))


async def test_the_mission_leads_to_it_and_it_leads_on_to_the_other_tools(person: Person) -> None:
    assert f'href="{START}?lang=en"' in (await person.get("/missions/student_aid")).text
    check, _ = await through(person, GROWN)
    result = await outcome(person, check)
    link = next(link for link in re.findall(r'href="([^"]+)"', result.text) if "/tools/what_if?" in link)
    form = await person.get(html.unescape(link))
    assert 'name="student.0.adjusted_gross_income" type="text"' in form.text and 'value="20000"' in form.text


async def test_a_family_that_cannot_be_is_refused_on_the_page_that_makes_it_so(person: Person) -> None:
    family = FAMILY | {"family_size": "2"}
    page = await begun(person, "es")
    while (name := asked(page)) != "family_size":
        page = await answer(person, page, family.get(name, "no"))
    page = await answer(person, page, "2")
    assert asked(page) == "family_size" and "al menos 3 personas" in words(page)
    page = await answer(person, page, "3")
    assert asked(page) == "lives_abroad"

"""Questions as people put them: with typing errors, or in Spanish where the documents are English."""

from importlib.resources import files

import pytest

from publius.retrieval.library import Library
from publius.retrieval.spanish import english
from publius.retrieval.spelling import near, terms
from publius.storage import Database
from publius.types import Agency

LOANS = b"# Loans\n\nA dependent first-year student may borrow 5,500 dollars. Loans must be repaid.\n"
PASSPORTS = b"# Passports\n\nA passport that was lost or stolen must be reported within 30 days.\n"
GRANTS = b"# Grants\n\nThe deadline for a scholarship application is June 30.\n"
ESPANOL = "# Pasaportes\n\nUn pasaporte robado se debe denunciar en 30 días.\n".encode()


@pytest.fixture
async def filled(library: Library, education: Agency) -> Agency:
    for n in range(6):  # a word must stand often enough to be trusted
        await library.add(
            education, "user:1", f"note{n}.md", b"# Note %d\n\nThe passport office wrote on %d May." % (n, n)
        )
    for name, data in (("loans.md", LOANS), ("passports.md", PASSPORTS), ("grants.md", GRANTS)):
        await library.add(education, "user:1", name, data)
    return education


@pytest.mark.parametrize("typed", ["pasport", "passprot", "passsport", "passpert"])
async def test_a_mistyped_word_counts_as_the_one_that_was_meant(library: Library, filled: Agency, typed: str) -> None:
    found = await library.search(filled, typed)
    assert {passage.name for passage in found[:7]} == {f"note{n}.md" for n in range(6)} | {"passports.md"}


async def test_a_word_is_put_right_by_the_agencys_own_documents_alone(
    library: Library, filled: Agency, database: Database, state: Agency
) -> None:
    await library.add(state, "user:1", "visit.md", b"# Visit\n\nThe museum opens at nine.\n")
    async with database.agency(filled) as connection:
        assert await terms(connection, filled, "a passprot") == ["passport"]
    async with database.agency(state) as connection:
        assert await terms(connection, state, "a passprot") == ["passprot"]
        assert await terms(connection, filled, "a passprot") == ["passprot"]  # what is walled off is not known either
        assert await terms(connection, state, "the museun") == ["museun"]  # stands once: it may be an error itself


@pytest.mark.parametrize(
    ("question", "name"),
    [
        ("¿Cuál es la fecha límite para solicitar una beca?", "grants.md"),
        ("¿Cuánto dinero puede pedir prestado un estudiante dependiente?", "loans.md"),
        ("Me robaron el pasaporte, ¿en cuántos días tengo que avisar?", "passports.md"),
        ("plazo solicitud beca", "grants.md"),
    ],
)
async def test_a_question_in_spanish_finds_the_english_document(
    library: Library, filled: Agency, question: str, name: str
) -> None:
    assert (await library.search(filled, question))[0].name == name


async def test_a_spanish_document_still_comes_before_its_english_twin(library: Library, filled: Agency) -> None:
    await library.add(filled, "user:1", "pasaportes.md", ESPANOL)
    found = await library.search(filled, "¿En cuántos días se debe denunciar un pasaporte robado?")
    assert [passage.name for passage in found[:2]] == ["pasaportes.md", "passports.md"]


@pytest.mark.parametrize(
    ("spanish", "said"),
    [
        ("¿Cuándo vence mi licencia de conducir?", "expire defeat driver license"),
        ("Olvidé mi contraseña de Login.gov", "forget password Login.gov"),
        ("¿Quiénes negociaron los tratados?", "negotiate treaty"),
        ("datos biométricos del Sr. Vázquez", "data information biometric Sr Vazquez"),
    ],
)
def test_forms_are_led_back_to_their_words_and_names_are_left(spanish: str, said: str) -> None:
    assert english(spanish) == said


@pytest.mark.parametrize(
    "question",
    ["", "What is the maximum Pell Grant?", "general control error", "Login.gov", "real estate sale", "résumé", "¡!"],
)
def test_what_is_not_spanish_is_left_alone(question: str) -> None:
    assert english(question) == ""


def test_the_list_of_words_is_in_order_and_holds_each_once() -> None:
    lines = (files("publius.retrieval") / "spanish.txt").read_text(encoding="utf-8").splitlines()
    pairs = [line.split(" = ") for line in lines if not line.startswith("#")]
    assert all(len(pair) == 2 and all(part.strip() == part and part for part in pair) for pair in pairs)
    assert len({spanish for spanish, _ in pairs}) == len(pairs) > 2_000


def test_near_words_are_one_slip_away_and_begin_alike() -> None:
    found = near("pasport")
    assert {"passport", "pasprot", "pasprt", "pasxort"} <= set(found)
    assert all(word[0] == "p" and abs(len(word) - 7) <= 1 for word in found) and "pasport" not in found

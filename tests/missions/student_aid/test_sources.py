"""The mission's own sources: in both languages, dated, with a source under every paragraph, and no figure of their own.

A dollar figure or another amount beside an award year must stand in that year's tables. Any other figure, and each
percentage, must be one that the law itself sets, and the paragraph must cite that law.
"""

import re
import tomllib
from datetime import date
from pathlib import Path

import pytest

import publius_missions.student_aid as mission
from publius.kit import Derivation, load
from publius_missions.student_aid import assets, income, index, pell

FOLDER = Path(mission.__file__).parent
SOURCES = sorted((FOLDER / "sources").glob("*.md"))
TOPICS = sorted({path.name.split(".")[0] for path in SOURCES})
YEARS = sorted(path.stem for path in index.TABLES.glob("*.toml"))
SOURCE_LINE = {"en": "Source: ", "es": "Fuente: "}


def share(rate: int) -> int:
    """The whole percent of a rate, which the code has in hundredths of a percent."""
    assert rate % 100 == 0
    return rate // 100


# What the law sets once and for all years: the figure, and what the paragraph must cite for it.
OF_THE_LAW = {
    5: "20 USC 1070a",  # awards are rounded to this
    200: "20 USC 1097",
    5_000: "20 USC 1097",
    20_000: "20 USC 1097",
    assets.EXEMPT_BUSINESS: "20 USC 1087ss",
    assets.EXEMPT_INCOME: "20 USC 1087ss",
    4_000: "20 USC 1070b-1",
}
# The same for amounts without a dollar sign, and for percentages. What the code computes with is the code's own.
BARE_OF_THE_LAW = {-index.LOWEST: "20 USC 1087mm", index.HIGHEST: "20 USC 1087mm"}
PERCENT_OF_THE_LAW = {
    **dict.fromkeys(map(share, (assets.PARENTS_RATE, assets.STUDENT_RATE, assets.FAMILY_RATE)), "20 USC 1087"),
    share(income.EMPLOYMENT_EXPENSE_RATE): "475(c)(4)",
    **dict.fromkeys(
        (*pell.MAXIMUM_PERCENT.values(), *pell.MINIMUM_PERCENT.values(), 10, 50), "20 USC 1070a"
    ),  # 50 is an example's enrolment
    91: "GAO-23-104708",
}
# What a worked example computes from the tables by the code of the mission.
EXAMPLE_INDEX = 3_275
HALF_TIME = pell.for_enrolment(7_395, 50, Derivation())
EXAMPLES = {EXAMPLE_INDEX, 7_395 - EXAMPLE_INDEX, HALF_TIME}


def parts(path: Path) -> tuple[dict[str, object], str]:
    _, front, text = path.read_text(encoding="utf-8").split("+++\n", 2)
    return tomllib.loads(front), text


def paragraphs(text: str) -> list[str]:
    return [block for block in re.split(r"\n\s*\n", text.strip()) if not block.startswith("#")]


def figures_of(year: str) -> set[int]:
    held: set[int] = set()
    for path in index.TABLES.rglob(f"{year}.toml"):
        held |= {int(each) for each in re.findall(r"\d+", path.read_text(encoding="utf-8").replace("_", ""))}
    return held


def test_every_topic_is_there_in_both_languages() -> None:
    assert len(TOPICS) >= 14
    assert {path.name for path in SOURCES} == {f"{topic}.{language}.md" for topic in TOPICS for language in SOURCE_LINE}


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.name)
def test_a_source_says_what_it_is_and_each_paragraph_what_it_rests_on(path: Path) -> None:
    front, text = parts(path)
    assert set(front) == {"title", "language", "link", "publisher", "date", "licence"}
    assert front["language"] == path.suffixes[0].removeprefix(".")
    assert str(front["link"]).startswith("https://") and isinstance(front["date"], date)
    assert text.lstrip().startswith(f"# {front['title']}\n")
    for paragraph in paragraphs(text):
        said, line = paragraph.rsplit("\n", 1)
        assert line.startswith(SOURCE_LINE[str(front["language"])]) and said, paragraph


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.name)
def test_a_figure_stands_in_the_tables_of_its_year_or_in_the_law_that_is_cited(path: Path) -> None:
    for paragraph in paragraphs(parts(path)[1]):
        said, line = paragraph.rsplit("\n", 1)
        for sentence in re.split(r"(?<=[.:]) ", said):
            named = [year for year in YEARS if year in sentence] or [year for year in YEARS if year in said]
            for figure in (int(each.replace(",", "")) for each in re.findall(r"\$(\d[\d,]*\d|\d)", sentence)):
                if figure in OF_THE_LAW and OF_THE_LAW[figure] in line:
                    continue
                assert named, f"{figure} is of no award year, and the law does not set it: {sentence}"
                in_tables = any(figure in figures_of(year) for year in named)
                assert in_tables or figure in EXAMPLES, f"{figure} is in no table of {named}: {sentence}"


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.name)
def test_any_other_amount_and_each_percentage_is_that_of_the_law_which_is_cited(path: Path) -> None:
    for paragraph in paragraphs(parts(path)[1]):
        said, line = paragraph.rsplit("\n", 1)
        for figure in (int(each.replace(",", "")) for each in re.findall(r"(?<![$\d,])\d{1,3}(?:,\d{3})+", said)):
            if figure not in BARE_OF_THE_LAW or BARE_OF_THE_LAW[figure] not in line:
                assert figure == EXAMPLE_INDEX or any(figure in figures_of(year) for year in YEARS if year in said), (
                    said
                )
        for percent in map(int, re.findall(r"(\d+) (?:percent|por ciento)", said)):
            assert PERCENT_OF_THE_LAW.get(percent, "no law") in line, f"{percent} percent: {said}"


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.name)
def test_a_heading_only_asks(path: Path) -> None:
    """A statement in a heading would be quoted as if it were an answer: `I have a child.`"""
    headings = re.findall(r"(?m)^## (.+)$", parts(path)[1])
    assert headings
    for heading in headings:
        assert all(sentence.endswith("?") for sentence in re.split(r"(?<=[.?!]) ", heading)), heading


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.name)
def test_a_statement_stands_by_itself(path: Path) -> None:
    """Quoted beneath another question, its `Yes` would answer that one."""
    for paragraph in paragraphs(parts(path)[1]):
        assert not re.match(r"(?:Yes|No|Sí)[,.] ", paragraph), paragraph
        for sentence in re.split(
            r"(?<=[.?!]) ", paragraph
        ):  # one that is quoted alone has to say of what its figure is
            assert not re.match(r"(?:It|They|También|Fue|Era)\b[^\n]*(?:\$|\d percent|\d por ciento)", sentence)


def test_a_figure_of_another_year_would_be_found() -> None:
    """The test above can fail: 2025-26's allowance is no figure of 2026-27."""
    assert load(index.TABLES, "2025-26")["income_protection.dependent_student.amount"].value not in figures_of(
        "2026-27"
    )


@pytest.mark.parametrize("topic", TOPICS)
def test_both_languages_say_the_same_figures_and_rest_on_the_same_law(topic: str) -> None:
    english, spanish = (parts(FOLDER / "sources" / f"{topic}.{language}.md")[1] for language in ("en", "es"))
    for pattern in (r"\d+(?:,\d{3})*", r"\d+ USC \w+(?:-\d+)?", r"\d+ FR \d+"):
        assert sorted(re.findall(pattern, english)) == sorted(re.findall(pattern, spanish)), topic
    assert english.count("\n## ") == spanish.count("\n## ")
    assert len(paragraphs(english)) == len(paragraphs(spanish))

"""An age is heard however it is said, of whoever speaks alone, and what it leaves open is not made up."""

from datetime import date
from typing import Annotated

import pytest

from publius.kit import Ask, Derivation, Result, Whole, tool
from publius.missions import ages
from publius.missions.saying import said
from publius.missions.slots import slots_of


@tool(title="An age", asks=("age",))
def an_age(
    born: Annotated[Whole | None, Ask("In which year were you born?", words=("born", "nací"), of_age="born")] = None,
    age: Annotated[Whole | None, Ask("How old?", es="¿Cuántos años?", words=("my age",), of_age="years")] = None,
    year: Annotated[Whole | None, Ask("In which year is that?", of_age="in")] = None,
    children: Annotated[Whole, Ask("How many children?", words=("children", "kids", "hijos"))] = 0,
) -> Result[int]:
    """Nothing.

    Of no law.
    """
    return Result(0, Derivation())


SLOTS = slots_of(an_age)


@pytest.fixture(autouse=True)
def _today(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ages, "today", lambda: date(2026, 11, 25))


def heard(text: str, *asked: str) -> dict[str, object]:
    return dict(said(text, SLOTS, [slot for slot in SLOTS if slot.path in asked]).values)


@pytest.mark.parametrize(
    "text",
    [
        "I'm 23", "im 23 and on my own", "I am 23 years old, with a job", "I'm only 23!", "my age is 23", "Age: 23",
        "I'm a 23-year-old student", "Tengo 23 años", "mi edad es de 23", "soy estudiante de 23 años",
        "my son is 23", "mi hija tiene 23 años", "I just turned 23", "acabo de cumplir 23 años", "if I'm 23, do I?",
    ],
)  # fmt: skip
def test_an_age_is_one_of_today(text: str) -> None:
    assert heard(text) == {"age": 23, "year": 2026} and not said(text, SLOTS).unplaced


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("I turn 24 in March 2027", {"born": 2003}),
        ("I will turn 24 on May 3rd, 2027", {"born": 2003}),
        ("cumplo 24 años en marzo de 2027", {"born": 2003}),
        ("I'm turning 24 next year", {"born": 2003}),
        ("voy a cumplir 24 este año", {"born": 2002}),
        ("cumplí 24 el año pasado", {"born": 2001}),
        ("I'll be 24 in 2027", {"age": 24, "year": 2027}),
        ("I was born on March 5, 2003", {"born": 2003}),
        ("my date of birth is 3/5/2003", {"born": 2003}),
        ("nací el 5 de marzo de 2003", {"born": 2003}),
        ("I have 2 children, and I am 30", {"children": 2, "age": 30, "year": 2026}),
    ],
)
def test_a_birthday_gives_the_year_of_birth(text: str, values: dict[str, int]) -> None:
    assert heard(text) == values


@pytest.mark.parametrize(
    "text",
    [
        "my sister is 25 years old", "mi hermana tiene 25 años", "when I'm 25", "cuando cumpla 24 en 2027",
        "I'm almost 24", "I am over 21", "we are 25 students", "tengo 25 becas", "I'm 5 credits short",
        "until I turn 24 in 2027", "I turn 24 soon", "I'm 300 dollars short",
    ],
)  # fmt: skip
def test_what_is_nobodys_certain_age_is_none(text: str) -> None:
    assert heard(text) == {}


def test_an_age_in_answer_to_the_year_of_birth_is_an_age() -> None:
    assert heard("23", "born") == {"age": 23, "year": 2026}
    assert heard("2003", "born") == {"born": 2003}

"""Words of a question and of a table as they are compared: small, without accents, without the ending of a plural."""

import re
import unicodedata

from msgspec import Struct

_WORD = re.compile(r"\d+(?:[.,]\d+)*|[^\W\d_]+")


class Word(Struct, frozen=True):
    """A word or number: as it stands in small letters without accents, and its stem, which is compared."""

    text: str
    stem: str


def words(text: str) -> list[Word]:
    """The words and numbers of a text, in order."""
    parted = unicodedata.normalize("NFD", text.casefold())
    small = "".join(c for c in parted if not unicodedata.combining(c))
    return [Word(each, stem(each)) for each in _WORD.findall(re.sub(r"['’]s\b", "", small).replace("_", " "))]


def stem(word: str) -> str:
    """The word without the ending of its plural: not always the singular, but the same for both, in both languages."""
    if len(word) > 4 and word.endswith("ies"):
        return word[:-3] + "y"
    if len(word) > 3 and word.endswith("s") and not word.endswith("ss"):
        word = word[:-1]
    return word[:-1] if len(word) > 4 and word.endswith("e") else word


def stems(text: str) -> tuple[str, ...]:
    """The stems of a name; those of no meaning are left out, unless there are no others."""
    every = [word.stem for word in words(text)]
    return tuple(each for each in every if each not in SILENT) or tuple(every)


_ENGLISH = """
    a an the of in on at to for from with and or is are was were be been do does did has have had having it its this
    that these those there all any our your their what which who whose where when please tell me show give find list we
    you i row record entry line item listed table data file sheet document according column recorded
"""
_SPANISH = """
    el la los las un una unos unas de del en al a para con y o es son fue fueron hay ha han tiene tienen tenia su sus
    este esta estos estas ese esa que cual cuales quien donde cuando favor dime muestra fila registro entrada tabla dato
    archivo documento segun columna nuestra nuestro
"""
# What a question has whatever it asks for; it neither names a column nor narrows the rows.
SILENT = frozenset(stem(word) for word in (_ENGLISH + _SPANISH).split())

NUMBERS = {
    "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10,
    "dos": 2, "tres": 3, "cuatro": 4, "cinco": 5, "seis": 6, "siete": 7, "ocho": 8, "nueve": 9, "diez": 10,
}  # fmt: skip

_MARKS = frozenset(_SPANISH.split()) - frozenset(_ENGLISH.split()) | {"cuanto", "cuantos", "cuanta", "cuantas", "mayor"}


def is_spanish(asked: list[Word]) -> bool:
    """Whether a question is Spanish rather than English, by its commonest words."""
    return 4 * sum(word.text in _MARKS for word in asked) >= max(len(asked), 1)

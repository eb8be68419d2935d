"""A mistyped word is the one that was meant; a word that is written right is no other word that there is."""

import pytest

from publius.missions.spelling import closest, meant


@pytest.mark.parametrize(
    ("written", "word"),
    [
        ("cuando", "cuanto"), ("cuanto", "cuando"), ("cuanta", "cuenta"), ("falsa", "fafsa"), ("false", "fafsa"),
        ("where", "there"), ("takes", "taxes"), ("forms", "farms"), ("collage", "college"), ("month", "mouth"),
        ("cuesta", "cuenta"), ("grand", "grant"), ("menor", "mayor"), ("cansada", "casada"),
    ],
)  # fmt: skip
def test_a_word_that_there_is_is_no_other_one(written: str, word: str) -> None:
    assert not meant(written, word) and closest(written, {word}) is None


@pytest.mark.parametrize(
    ("written", "word"),
    [
        ("fasfa", "fafsa"), ("recieve", "receive"), ("colege", "college"), ("cuantto", "cuanto"),
        ("calcule", "calcula"), ("independant", "independent"), ("grants", "grant"), ("becas", "beca"),
        ("prestamso", "prestamos"),
    ],
)  # fmt: skip
def test_a_mistyped_word_is_the_one_that_was_meant(written: str, word: str) -> None:
    assert meant(written, word)

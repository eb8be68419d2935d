"""The words that a person reads, as data in both languages: questions, sentences, and the derivation's Spanish."""

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from publius.kit import Ask, translated

WORDS = Path(__file__).parent / "words"


@cache
def _words(name: str) -> dict[str, Any]:
    return tomllib.loads((WORDS / f"{name}.toml").read_text(encoding="utf-8"))


def asked(name: str) -> Ask:
    """The question `name` of `words/questions.toml`, such as `family_size` or `person.income_tax`."""
    words: Any = _words("questions")
    for part in name.split("."):
        words = words[part]
    return Ask(
        words["en"],
        es=words["es"],
        help=words.get("help", ""),
        help_es=words.get("help_es", ""),
        words=tuple(words.get("words", ())),
        no=tuple(words.get("no", ())),
        called={int(value): tuple(names) for value, names in words.get("called", {}).items()},
        choices={value: tuple(names) for value, names in words.get("choices", {}).items()},
        named=words.get("named", False),
        of_age=words.get("of_age", ""),
        of=words.get("of", ""),
    )


SPANISH: dict[str, str] = _words("spanish")  # Each line, formula and input of a derivation by its English.


@dataclass(frozen=True, slots=True)
class Both:
    """A text in both languages."""

    en: str
    es: str

    def __add__(self, more: "Both") -> "Both":
        return Both(self.en + more.en, self.es + more.es)

    def says(self) -> dict[str, str]:
        """By language, as a result takes it."""
        return {"en": self.en, "es": self.es}


Said = str | int | Both  # English words are translated as a derivation's are.


def both(text: Said) -> Both:
    """A text in both languages; a derivation's words are looked up, and what is not among them stays as it is."""
    return text if isinstance(text, Both) else Both(str(text), translated(str(text), SPANISH))


def joined(texts: Iterable[Said], by: str) -> Both:
    """A list of texts in both languages."""
    found = [both(text) for text in texts]
    return Both(by.join(each.en for each in found), by.join(each.es for each in found))


def said(name: str, **given: Said) -> Both:
    """The sentence `name` of `words/sentences.toml`, filled in, in both languages."""
    form: Any = _words("sentences")[name]
    found = {key: both(text) for key, text in given.items()}
    english = form["en"].format(**{key: text.en for key, text in found.items()})
    return Both(english, form["es"].format(**{key: text.es for key, text in found.items()}))

"""The pages' own words in Spanish: each sentence looked up by its English, whatever figures stand in it."""

import re
import tomllib
from datetime import date
from functools import cache
from pathlib import Path

LANGUAGES = {"en": "English", "es": "Español"}
MONTHS = [
    "enero",
    "febrero",
    "marzo",
    "abril",
    "mayo",
    "junio",
    "julio",
    "agosto",
    "septiembre",
    "octubre",
    "noviembre",
    "diciembre",
]


@cache
def spanish() -> dict[str, str]:
    """Every sentence of the pages by its English."""
    words: dict[str, str] = tomllib.loads(Path(__file__).with_name("spanish.toml").read_text(encoding="utf-8"))
    return words


def say(english: str, language: str, /, **figures: object) -> str:
    """The sentence in this language, with its figures put in. One without Spanish is a fault of ours: KeyError."""
    return (spanish()[english] if language == "es" else english).format(**figures)


def told(english: str, language: str) -> str:
    """A sentence that an error says, in this language, its figures in it; as it is where there is no other."""
    if language != "es":
        return english
    for template, other in spanish().items():
        pattern = re.sub(r"\\{\w+\\}", "(.+)", re.escape(template))
        if match := re.fullmatch(pattern, english):
            return re.sub(r"{\w+}", "{}", other).format(*match.groups())
    return english


def pick(language: str, english: str, other: str) -> str:
    """What a pack says in this language; English where it says nothing else."""
    return other if language == "es" and other else english


def language_of(wanted: object) -> str:
    """The language asked for, if the pages know it; else English."""
    return str(wanted) if wanted in LANGUAGES else "en"


def on_day(when: date, language: str) -> str:
    """As in 23 November 2026, or 23 de noviembre de 2026."""
    return f"{when.day} de {MONTHS[when.month - 1]} de {when.year}" if language == "es" else f"{when.day} {when:%B %Y}"

"""Proper names in a sentence, and whether they stand in its source.

A name is a run of capitalised words or an acronym. The first word of a sentence is capitalised
anyway: unless it is one of the words that often stand there, it is treated as a name too, since a
sentence with another subject than its source must not pass.
"""

import re
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from publius.verification.figures import read
from publius.verification.words import FUNCTION_WORDS, TALK_WORDS, fold, listed, singular

_TOKEN = re.compile(r"[^\W_]+(?:['’][^\W\d_]+)*(?:\.(?=[A-Z]\.))?(?:(?<=\.[A-Z])\.)?")
_INITIALS = re.compile(r"\b(?:[A-Z]\.){2,}")
_CONNECTORS = listed("of the and for de la las los del y e on in to a an")
_INSIDE = listed("of the for de la las los del")
_EXPANDED = re.compile(
    r"((?:[A-Z][\w'’-]*[ \t]+(?:(?:of|and|the|for|de|la|y|del|on|in|to)[ \t]+){0,2}){1,7}[A-Z]?[\w'’-]*)"
    r"[ \t]*\((?:the[ \t]+)?[\"“]?([A-Z][A-Za-z0-9&-]{1,9})[\"”]?\)"
)
_PLAIN_OPENERS = listed("""
    yes no sí if when once after before while although because since until unless however therefore also
    additionally furthermore moreover finally first second third next then according under both some most many
    several few other people students student applicants applicant borrowers agencies users individuals states
    institutions schools employees contact visit click select go use apply submit complete make ensure check see
    read call send please note remember eligible required only there per instead generally currently overall
    estudiantes solicitantes usuarios personas además luego después antes según
""")


class Name(NamedTuple):
    """One name: its words as written, and as compared."""

    text: str
    parts: tuple[str, ...]


def read_names(sentence: str) -> list[Name]:
    """The proper names of a sentence, without what its figures already cover."""
    masked = _without_figures(_INITIALS.sub(lambda m: m.group().replace(".", "").ljust(len(m.group())), sentence))
    tokens = list(_TOKEN.finditer(masked))
    names: list[Name] = []
    run: list[re.Match[str]] = []
    for at, token in enumerate(tokens):
        if at and masked[tokens[at - 1].end() : token.start()].strip(" \t-–'’&/"):
            names.extend(_close(run, sentence))
            run = []
        if token.group()[0].isupper() and (at or not _is_opener(token.group())):
            run.append(token)
        elif not (run and token.group().lower() in _INSIDE and _goes_on(tokens, at)):
            names.extend(_close(run, sentence))
            run = []
    return names + _close(run, sentence)


def _without_figures(text: str) -> str:
    for figure in read(text):
        if not figure.weak:
            text = text[: figure.start] + "0" * (figure.end - figure.start) + text[figure.end :]
    return text


def _is_opener(word: str) -> bool:
    """Whether the first word of a sentence is so common there that its capital says nothing."""
    plain = fold(word).removesuffix("'s")
    return len(word) == 1 or _is_small(word) or word.endswith("ly") or plain in _PLAIN_OPENERS | TALK_WORDS


def _is_small(word: str) -> bool:
    """`The`, but not `US`, which is no pronoun."""
    return fold(word).removesuffix("'s") in FUNCTION_WORDS and not (word.isupper() and len(word) > 1)


def _goes_on(tokens: list[re.Match[str]], at: int) -> bool:
    """`Department of Education`: a small word stays inside a name when a capital follows."""
    ahead = tokens[at + 1 : at + 3]
    for token in ahead:
        if token.group()[0].isupper():
            return True
        if token.group().lower() not in _INSIDE:
            return False
    return False


def _close(run: list[re.Match[str]], sentence: str) -> list[Name]:
    while run and _is_small(run[0].group()):
        run = run[1:]
    while run and _is_small(run[-1].group()):
        run = run[:-1]
    if not run:
        return []
    parts = tuple(singular(token.group().strip(".")) for token in run if token.group().lower() not in _CONNECTORS)
    return [Name(sentence[run[0].start() : run[-1].end()], parts)] if parts else []


def acronyms(texts: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """What each acronym stands for, as the sources themselves say: `Federal Student Aid (FSA)`."""
    known: dict[str, tuple[str, ...]] = {}
    for text in texts:
        for match in _EXPANDED.finditer(text):
            words = [singular(word) for word in re.findall(r"[^\W_]+", match[1]) if word.lower() not in _CONNECTORS]
            letters = fold(re.sub(r"[^A-Z]", "", match[2]))
            tail = words[-len(letters) :]
            if letters and "".join(word[0] for word in tail) == letters:
                known[singular(match[2])] = tuple(tail)
    return known


def source_words(text: str) -> list[str]:
    """The words of a source as names are compared with them."""
    joined = _INITIALS.sub(lambda m: m.group().replace(".", ""), text)
    return [singular(m.group().strip(".")) for m in _TOKEN.finditer(joined) if m.group().lower() not in _CONNECTORS]


def stands(name: Name, source: list[str], known: Mapping[str, tuple[str, ...]]) -> bool:
    """Whether the words of the name stand together in the source, in full or as an acronym."""
    spellings = [name.parts]
    for at, part in enumerate(name.parts):
        if part in known:
            spellings.append((*name.parts[:at], *known[part], *name.parts[at + 1 :]))
    for short, full in known.items():
        if len(full) <= len(name.parts):
            for at in range(len(name.parts) - len(full) + 1):
                if name.parts[at : at + len(full)] == full:
                    spellings.append((*name.parts[:at], short, *name.parts[at + len(full) :]))
    return any(_together(parts, source) for parts in spellings)


def _together(parts: tuple[str, ...], source: list[str]) -> bool:
    """All words in this order, with at most three others between them."""
    for at, word in enumerate(source):
        if word != parts[0]:
            continue
        here, found = at, True
        for part in parts[1:]:
            window = source[here + 1 : here + 5]
            if part not in window:
                found = False
                break
            here += 1 + window.index(part)
        if found:
            return True
    return False

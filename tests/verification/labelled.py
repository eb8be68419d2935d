"""A labelled set made by rule from real documents: what follows from a sentence, and what does not.

Every true variant says no more than its sentence; every false one differs in a single thing that a
reader would mind. Used to choose the support threshold and to keep its measured error.
"""

import html
import random
import re
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

from publius.verification.sentences import clean, split

CORPUS = Path(__file__).parents[3] / "shared" / "data" / "corpus"
PASSAGE = 900  # characters, about what search hands over


class Variant(NamedTuple):
    """A sentence to be judged against the passages of `document`, and whether it follows from them."""

    document: str
    kind: str
    source: str
    text: str
    true: bool


def read(path: Path) -> str:
    """A document's plain text; good enough to find sentences in."""
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".html":
        text = re.sub(r"(?s)<(style|script|title).*?</\1>|</?(p|div|h\d|li|tr)[^>]*>", "\n", text)
        text = html.unescape(re.sub(r"<[^>]+>", " ", text))
        text = re.sub(r"[ \t]+", " ", re.sub(r"\n\s*\n+", "\n\n", text))
    return re.sub(r"\A(?:title|source):.*\n(?:source:.*\n)?", "", text)


def passages(text: str) -> list[tuple[int, int]]:
    """Stretches of about `PASSAGE` characters that end where sentences end."""
    found: list[tuple[int, int]] = []
    start, last = None, 0
    for begin, end in split(text):
        start = begin if start is None else start
        if end - start > PASSAGE and last > start:
            found.append((start, last))
            start = begin
        last = end
    if start is not None and last > start:
        found.append((start, last))
    return found


def usable(sentence: str) -> bool:
    """A whole sentence of prose, neither a heading nor a fragment of a list or a link."""
    return (
        8 <= len(sentence.split()) <= 45
        and sentence[0].isupper()
        and sentence.endswith(".")
        and not re.search(r"[|#{}<>\[\]_=]|https?:", sentence)
    )


def documents(half: int, count: int) -> Iterator[tuple[Path, str, list[str]]]:
    """`count` documents of one half (0: to choose on, 1: held out), each with three of its sentences."""
    chooser = random.Random(half)
    paths = sorted([*CORPUS.glob("docs/*/*.md"), *CORPUS.glob("docs/*/*.html")])
    paths = [path for path in paths if zlib.crc32(path.name.encode()) % 2 == half]
    chooser.shuffle(paths)
    for path in paths:
        text = read(path)
        found = [clean(text[start:end]) for start, end in split(text[:12000])]
        found = sorted({sentence for sentence in found if usable(sentence)})
        if len(found) >= 5 and count > 0:
            count -= 1
            yield path, text, chooser.sample(found, 3)


def _swap(pattern: str, other: str | Callable[[re.Match[str]], str]) -> Callable[[str], str | None]:
    def change(sentence: str) -> str | None:
        changed, count = re.subn(pattern, other, sentence, count=1)
        return changed if count and changed != sentence else None

    return change


def _figure(match: re.Match[str]) -> str:
    digits = match.group()
    return digits[:-1] + str((int(digits[-1]) + 3) % 10)


_WORDS = {"two": "2", "three": "3", "four": "4", "five": "5", "six": "6", "seven": "7", "eight": "8", "ten": "10"}
_OPENERS = "However|In addition|Additionally|Moreover|Therefore|Finally|For example|In general|Also"
_COUNTED = "days|months|years|members|weeks|percent"

TRUE: dict[str, Callable[[str], str | None]] = {
    "itself": lambda sentence: sentence,
    "no bracket": _swap(r" \([^()]{9,}\)", ""),
    "no opener": _swap(rf"^(?:{_OPENERS}), (\w)", lambda m: m[1].upper()),
    "shall to must": _swap(r"\bshall\b(?! not)", "must"),
    "may not to cannot": _swap(r"\bmay not\b", "cannot"),
    "words to digits": _swap(rf"\b({'|'.join(_WORDS)})\b(?= (?:{_COUNTED}))", lambda m: _WORDS[m[1]]),
    "percent sign": _swap(r"(\d) percent\b", r"\1%"),
    "bound in other words": _swap(r"\b[Nn]ot more than (?=\$?\d)", "no more than "),
    "not less than to at least": _swap(r"\bnot less than (?=\$?\d)", "at least "),
    "plainer words": _swap(r"\b(?:utilize|obtain|assist|purchase|commence|individuals|prior to)\b", lambda m: {
        "utilize": "use", "obtain": "get", "assist": "help", "purchase": "buy", "commence": "begin",
        "individuals": "people", "prior to": "before"}[m.group()]),
    "according to": lambda sentence: f"According to the passage, {sentence}",
}  # fmt: skip

_OTHER_NAMES = ["Brazil", "Kansas", "Eisenhower", "Oracle", "Geneva", "Mars"]

FALSE: dict[str, Callable[[str], str | None]] = {
    "figure": _swap(r"(?<![\w.-])\d[\d,]*\d(?![\w-])|(?<![\w.-])\d(?![\w.-])", _figure),
    "name": _swap(r"(?<=[a-z,] )[A-Z][a-z]{3,}(?: [A-Z][a-z]+)*(?= [a-z])", lambda m: _OTHER_NAMES[len(m.group()) % 6]),
    "negation added": _swap(r"\b(shall|must|may|can|will|is|are|was|were|should)\b(?! not)", r"\1 not"),
    "negation dropped": _swap(r"\b(shall|must|may|can|will|is|are|was|were|should|does|do) not\b", r"\1"),
    "must to may": _swap(r"\b(?:must|shall|is required to|are required to)\b(?! not)", "may"),
    "may to must": _swap(r"\b(?:may|can|should)\b(?! not)", "must"),
    "condition dropped": _swap(r",? (?:unless|except|only if|provided that|if|subject to) [^,.;]+(?=[.,;])", ""),
    "bound flipped": _swap(
        r"\b(?:not more than|no more than|at least|not less than|more than|less than|at most|no later than)\b",
        lambda m: {"not more than": "not less than", "no more than": "no less than", "at least": "at most",
                   "not less than": "not more than", "more than": "less than", "less than": "more than",
                   "at most": "at least", "no later than": "no earlier than"}[m.group()]),
    "bound dropped": _swap(r"\b(?:not more than|no more than|at least|not less than|up to|more than) (?=\$?\d)", ""),
    "before to after": _swap(r"\b(before|after|prior to)\b", lambda m: "before" if m.group() == "after" else "after"),
    "all to some": _swap(r"\b([Aa]ll|[Ee]ach|[Ee]very)\b", "some"),
    "some to all": _swap(r"\b([Ss]ome|[Mm]any|[Mm]ost|[Ss]everal)\b", "all"),
    "only dropped": _swap(r" only\b", ""),
}  # fmt: skip


def variants(document: str, sentence: str, nouns: list[str]) -> Iterator[Variant]:
    """Every true and false variant that the rules can make of one sentence."""
    for kind, change in TRUE.items():
        if (text := change(sentence)) is not None:
            yield Variant(document, kind, sentence, text, true=True)
    for kind, change in {**FALSE, "subject": lambda s: subject(s, nouns), "roles": roles}.items():
        if (text := change(sentence)) is not None:
            yield Variant(document, kind, sentence, text, true=False)


def subject(sentence: str, nouns: list[str]) -> str | None:
    """Another subject from the same document: `The lender must …` for `The school must …`."""
    match = re.match(r"(The|A|An|Each|Any) ([a-z]+) (?=shall|must|may|is|was|can|will|has)", sentence)
    other = next((noun for noun in nouns if match and noun != match[2] and noun not in sentence), None)
    return f"{match[1]} {other} {sentence[match.end() :]}" if match and other else None


def roles(sentence: str) -> str | None:
    """Subject and object change places."""
    match = re.match(r"The ([a-z]+) ((?:[a-z]+ ){1,3})the ([a-z]+)\b", sentence)
    return f"The {match[3]} {match[2]}the {match[1]}{sentence[match.end() :]}" if match else None


def nouns_of(text: str) -> list[str]:
    """Words that stand as subjects in a document, commonest first."""
    found = re.findall(r"\b(?:The|the|A|a|Each|Any) ([a-z]{4,}) (?:shall|must|may|is|was|can|will|has)\b", text)
    return sorted(set(found), key=lambda noun: (-found.count(noun), noun))

"""Whether an answer is what its case expects, expectation by expectation."""

import re
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

import msgspec

from publius.missions.cases import Case
from publius.types import Answer
from publius.verification import figures
from publius.verification.figure import Figure, Kind
from publius.verification.words import fold

_MARK = re.compile(r"\s?\[\d+\]")  # of a citation, whose number is no figure
_UNIT = re.compile(r"(?i)^\s*(?:dollars?|dólar(?:es)?|percent|por ciento)\b")  # which the figure has read already
_AMOUNTS = {Kind.NUMBER, Kind.MONEY}  # people write 7,395 for $7,395


class Verdict(NamedTuple):
    """One expectation: what it was, whether the answer meets it, and what there was instead."""

    expected: str
    met: bool
    found: str = ""


def judge(case: Case, answer: Answer) -> Iterator[Verdict]:
    """A verdict for each thing that the case expects of the answer."""
    checked, reply = answer.checked, answer.checked.reply
    kind = reply.kind if reply else ("answer" if checked.answered else "not-in-sources")
    text = _MARK.sub("", answer.choices[0].text)
    for phrase in case.says:
        yield Verdict(f"says {phrase!r}", says(text, phrase))
    for phrase in case.never_says:
        yield Verdict(f"never says {phrase!r}", not says(text, phrase))
    if case.cites:
        cited = {citation.tool or citation.name.removesuffix(".md") for citation in checked.citations}
        for name in case.cites:
            found = f"cites {', '.join(sorted(cited)) or 'nothing'}"
            yield Verdict(f"cites {name}", name.removesuffix(".md") in cited, found)
    if case.computes:
        made = {result.name: result.value for result in checked.results}
        tool, value = case.computes.tool, case.computes.value
        found = f"computed {shown(made) if made else 'nothing'}"
        yield Verdict(f"computes {tool}", tool in made and holds(made[tool], value), found)
    if case.refuses:
        yield Verdict("refuses", kind == "refuse", f"it is {kind}")
    if case.not_in_sources:
        yield Verdict("says that it is not in the sources", kind == "not-in-sources", f"it is {kind}")
    if case.asks_for:
        asked = reply.asks if reply and kind == "ask" else ()
        for name in case.asks_for:
            yield Verdict(f"asks for {name}", name in asked, f"asks for {', '.join(asked) or 'nothing'}")


def says(text: str, phrase: str) -> bool:
    """Whether the text holds the phrase: each of its figures by its value, and each stretch of words between them.

    Capitals, accents and line breaks make no difference. `$7,395`, `7395` and `7,395 dollars` are one figure.
    """
    wanted = figures.read(phrase)
    held = figures.read(text)
    if not all(any(_equal(figure, other) for other in held) for figure in wanted):
        return False
    words = phrase
    for figure in reversed(wanted):
        words = f"{words[: figure.start]}\n{_UNIT.sub('', words[figure.end :])}"
    return all(_stands(part, text) for part in words.split("\n"))


def holds(made: Any, wanted: Any) -> bool:
    """Whether a computed value is the wanted one; of objects, whether each wanted field is in it and equal."""
    if wanted is msgspec.UNSET:
        return True
    if isinstance(wanted, Mapping):
        fields = made if isinstance(made, Mapping) else {}
        return all(name in fields and holds(fields[name], value) for name, value in wanted.items())
    if isinstance(wanted, list):
        return isinstance(made, list | tuple) and len(made) == len(wanted) and all(map(holds, made, wanted))
    return bool(made == wanted)


def shown(value: Any) -> str:
    """A value as one line, cut where it is long."""
    text = msgspec.json.encode(value).decode()
    return text if len(text) <= 300 else f"{text[:299]}…"


def _equal(mine: Figure, other: Figure) -> bool:
    alike = mine.kind == other.kind or {mine.kind, other.kind} == _AMOUNTS
    return alike and mine.value == other.value


def _stands(part: str, text: str) -> bool:
    words = re.findall(r"[\w']+", fold(part))
    pattern = r"\W+".join(map(re.escape, words))
    return not words or re.search(rf"\b{pattern}\b", fold(text)) is not None

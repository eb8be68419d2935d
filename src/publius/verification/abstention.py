"""Whether the evidence answers a question at all: an answer to something else is worse than none.

Passages on the right subject are easily found; whether they hold what was asked for shows in three things: how near
the best of them comes, whether it has the kind of thing that was asked for, and whether what the question names stands
there too.
"""

import math
import re

from msgspec import Struct

from publius.types import Agency
from publius.verification import figures, names
from publius.verification.figure import Figure, Kind
from publius.verification.names import Name
from publius.verification.support import Source
from publius.verification.words import FUNCTION_WORDS, fold, words

# Logistic regression; how it was fitted and how often it errs: docs/decisions/2026-11-25-answer-quality.md.
NEARNESS, UNMET, UNNAMED, INTERCEPT = 5.4, -3.8, -2.5, -1.55
FLOOR = 0.5

_KINDS_OF_AGENCY = ("department", "agency", "office")
_BEGINS = re.compile(r"(?:^|[.?!]\s+|[¿¡])[\"“(]*([^\W_]+)")


class Signs(Struct, frozen=True):
    """What speaks for an answer, and against it."""

    nearness: float  # support of the best span, 0 to about 1
    unmet: float  # 1 where no span has the kind of thing that was asked for
    unnamed: float  # share of what the question names that no one passage holds, 0 to 1

    @property
    def likelihood(self) -> float:
        """How likely the question is answered, 0 to 1."""
        weighed = NEARNESS * self.nearness + UNMET * self.unmet + UNNAMED * self.unnamed
        return 1 / (1 + math.exp(-(INTERCEPT + weighed)))


def named(question: str) -> tuple[list[Name], list[Figure]]:
    """The names in a question, and its labels such as `AAL4` or `Phase Three`; a sentence's first word is no name."""
    begins = set(_BEGINS.findall(question))
    found = [
        name
        for name in names.read_names(question)
        if max(map(len, name.parts)) > 2 and (len(name.parts) > 1 or name.text not in begins or name.text.isupper())
    ]
    labels = [figure for figure in figures.read(question) if figure.kind is Kind.LABEL and not figure.weak]
    return found, [label for label in labels if re.search(r"\d", str(label.value))]


class Named:
    """What a question names, and how much of it each source lacks."""

    def __init__(self, question: str, agency: Agency, acronyms: dict[str, tuple[str, ...]]) -> None:
        found, self._labels = named(question)
        self._names = [name for name in found if not _is_own(name, agency)]
        self._acronyms = acronyms
        self._lacking: dict[int, float] = {}

    def lacking(self, source: Source) -> float:
        """The share of the names that stand neither in the source nor above it, 0 to 1."""
        if source.rank not in self._lacking:
            self._lacking[source.rank] = self._read(source)
        return self._lacking[source.rank]

    def _read(self, source: Source) -> float:
        text = f"{source.text} . {source.heading} . {source.context}"
        folded, here = fold(text), figures.read(text)
        # Who asks of AAL4 is not answered by what holds for AAL3, however much else of the question stands there.
        if any(not (figures.stands(label, here) or fold(label.text) in folded) for label in self._labels):
            return 1.0
        held = names.source_words(text)
        lacking = sum(not (names.stands(name, held, self._acronyms) or _spelt(name, text)) for name in self._names)
        return lacking / len(self._names) if self._names else 0.0


def _is_own(name: Name, agency: Agency) -> bool:
    """Whether it is the agency's own name, which its documents seldom say: `the State Department`, `GSA`."""
    own = names.source_words(agency.name)
    return set(name.parts) <= {*own, *_KINDS_OF_AGENCY, agency.slug, "".join(word[0] for word in own)}


def _spelt(name: Name, text: str) -> bool:
    """Whether an acronym's letters begin the words of the text, one after the other: `EFC`, expected family c…"""
    if len(name.parts) > 1 or not name.text.isupper() or len(name.text) < 3:
        return False
    initials = "".join(fold(word.text)[0] for word in words(text) if word.text.lower() not in FUNCTION_WORDS)
    return fold(name.text) in initials

"""One sentence against all the evidence: the span that supports it, or why none does."""

from typing import NamedTuple

from publius.types import Reason, ToolResult
from publius.verification import bindings, figures, meaning, names, words
from publius.verification.meaning import Objection
from publius.verification.support import Match, Sources, Span, Vectors

# Measured: docs/decisions/2026-11-23-support-threshold.md.
SUPPORT_FLOOR = 0.65
WORDS_FLOOR = 0.8  # share of its words that the span must hold, rare ones counting more
CANDIDATES = 6


class Verdict(NamedTuple):
    """The best match for a sentence; `objection` is None when it may be released on it."""

    match: Match | None
    objection: Objection | None

    @property
    def support(self) -> float:
        return self.match.support if self.match else 0.0


def judge(sentence: str, vector: Vectors, question: str, sources: Sources) -> Verdict:
    """Hold a sentence against its best spans; the first that supports all of it decides."""
    matches = sources.best(sentence, vector, CANDIDATES)
    if not matches:
        return Verdict(None, Objection(Reason.NO_SOURCE, "There is no passage to support it."))
    first: Objection | None = None
    for match in matches:
        objection = _object(sentence, match, question, sources)
        if objection is None:
            return Verdict(match, None)
        first = first or objection
        # A source that says otherwise is not outvoted by one that is farther away.
        if objection.reason in {Reason.NEGATION, Reason.MEANING}:
            return Verdict(match, objection)
    return Verdict(matches[0], first)


def _object(sentence: str, match: Match, question: str, sources: Sources) -> Objection | None:
    span = match.span
    if lost := figures.missing(sentence, span.figures):
        return Objection(Reason.FIGURE, f"“{lost[0].text.strip()}” is not in the nearest passage.")
    if isinstance(span.source.origin, ToolResult) and (moved := bindings.moved(sentence, span.plain)):
        return Objection(Reason.FIGURE, f"“{moved.text.strip()}” stands beside other words in the result.")
    for name in names.read_names(sentence):
        if not names.stands(name, span.names, sources.acronyms):
            return Objection(Reason.NAME, f"“{name.text}” is not in the nearest passage.")
    if match.support < SUPPORT_FLOOR or match.overlap < WORDS_FLOOR:
        return Objection(Reason.NO_SOURCE, "No passage says this closely enough.")
    if span.header and (odd := [word.text for word in words.telling(sentence) if word.stem not in span.stems]):
        return Objection(Reason.MEANING, f"“{odd[0]}” does not stand in that row of the table.")
    if (stray := _stray(sentence, span, sources)) is not None:
        return Objection(Reason.MEANING, f"“{stray}” stands elsewhere, not beside this figure.")
    return meaning.objection(sentence, span.plain, question)


def _stray(sentence: str, span: Span, sources: Sources) -> str | None:
    """A word that the evidence says of something else: put beside a figure it makes another fact of it."""
    if not figures.read(sentence):
        return None
    strange = (word for word in words.telling(sentence) if word.stem not in span.around)
    return next((word.text for word in strange if sources.knows(word.stem)), None)

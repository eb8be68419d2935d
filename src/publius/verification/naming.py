"""What a question names, and how much of it stands in the passages that would answer it."""

import re
from collections.abc import Collection
from functools import cached_property

from publius.types import Agency, Passage
from publius.verification import figures, names
from publius.verification.figure import Figure, Kind
from publius.verification.names import Name
from publius.verification.support import Source, Span
from publius.verification.words import FUNCTION_WORDS, fold, listed, stem, telling

LEAST_ASKED = 3  # content words of a sentence that asks something by itself

_KINDS_OF_AGENCY = ("department", "agency", "office")
_BEGINS = re.compile(r"(?:^|[.?!]\s+|[¿¡])[\"“(]*([^\W_]+)")
_SENTENCE = re.compile(r"(?<=[.?!])\s+(?=[A-ZÁÉÍÓÚ¿¡])")
_BETWEEN_PARTS = re.compile(r"[,;:]|\b(?:and|or|vs|versus|compared|y|o)\b")
_IN_A_YEAR = re.compile(r"\b(?:in|en) ((?:1[5-9]|20)\d\d)\b")
_SUBJECT = re.compile(
    r"\b(?:what|which)(?:'s| is| was| are| were)? the ((?:[\w-]+ ){0,3}?[\w-]+) "
    r"(?:of|for|in|on|at|to|from|that|when|by|does|do|this|and)\b"
    r"|\bhow many ((?:[\w.'-]+ ){0,2}?[\w-]+) "
    r"(?:is|are|was|were|do|does|did|can|have|has|must|will|may|should|in|at|of|from|to|there)\b"
    r"|\bwhich ((?:[\w-]+ ){0,2}?[\w-]+) (?:is|are|was|were|do|does|did|can|has|have|must|will|makes|runs|\w+ed)\b"
)
# Of these the answer says the figure, and another word or none.
_MEASURES = listed("""
    people number name thing maximum minimum difference days years weeks hours minutes months semesters
""")
_BETWEEN_WORDS = re.compile(r"[\W_]+")
_WORD = re.compile(r"[^\W_]+")


def asking(question: str) -> str:
    """The sentences that ask. What comes before, `I am back from France.`, tells of the person, not of the answer."""
    sentences = _SENTENCE.split(question)
    asked = " ".join(sentence for sentence in sentences if sentence.rstrip().endswith("?"))
    return asked if len(telling(asked)) >= LEAST_ASKED else question


def says_much(question: str) -> bool:
    """Whether it asks or tells several things: `We have no second building. What is acceptable?`

    `Perkins loan: what is the rate?` only names its subject first.
    """
    told = [sentence for sentence in _SENTENCE.split(question) if telling(sentence)]
    return len(told) > 1 or len(parts(question.split(": ", 1)[-1])) > 1


def parts(question: str) -> list[str]:
    """The parts of a question, each of which may be answered from elsewhere: `Louisiana or Alaska, and what …`."""
    return [part for part in _BETWEEN_PARTS.split(asking(question)) if telling(part)]


def named(question: str, written: Collection[str] = ()) -> tuple[list[Name], list[Figure]]:
    """The names in a question, and its labels such as `AAL4`, `Phase Three` or the year in `sold in 2023`.

    A sentence's first word is a name only where the passages, of which `written` holds the words, always write it with
    a capital: `Perkins loan`, but not `Enrollment codes`.
    """
    begins = {word for word in _BEGINS.findall(question) if word not in written or word.lower() in written}
    found = [
        name
        for name in names.read_names(question)
        if max(map(len, name.parts)) > 2 and (len(name.parts) > 1 or name.text not in begins or name.text.isupper())
    ]
    years = _IN_A_YEAR.findall(question)
    return found, [
        figure
        for figure in figures.read(question)
        if (figure.kind is Kind.LABEL and not figure.weak and re.search(r"\d", str(figure.value)))
        or figure.text.strip() in years
    ]


def subjects(question: str) -> list[str]:
    """The stems of what is counted or asked about, where it says so: `how many visas are`, `what is the cap on`."""
    said = [next(filter(None, groups)).split()[-1] for groups in _SUBJECT.findall(question.lower())]
    return [stem(word) for word in said if word not in _MEASURES]


class Named:
    """What a question names, part by part: two things that are compared may stand in two passages."""

    def __init__(self, question: str, agency: Agency, sources: Collection[Source], known: dict[str, tuple[str, ...]]):
        self._known = known  # what acronyms stand for
        self._held = {source.rank: _Held(source) for source in sources}
        found, labels = named(question, {word for held in self._held.values() for word in held.written})
        self._parts = [
            (
                [name for name in found if name.text in part and not _is_own(name, agency)],
                [label for label in labels if label.text.strip() in part],
            )
            for part in parts(question)
        ]

    def lacking(self, among: Collection[Span]) -> float:
        """The share of the names that no passage of these spans holds, of the part that lacks most; 0 to 1."""
        return max((min(self._lacks(span, *part) for span in among) for part in self._parts), default=0.0)

    def _lacks(self, span: Span, found: list[Name], labels: list[Figure]) -> float:
        held = self._held[span.source.rank]
        # Who asks of AAL4 is not answered by what holds for AAL3, however much else of the question stands there.
        if any(not (_dates(span, label) if label.kind is Kind.DATE else held.label(label)) for label in labels):
            return 1.0
        return sum(not held.name(name, self._known) for name in found) / len(found) if found else 0.0


class _Held:
    """What stands in a source, above it, and in its file's name: `tts-handbook-travel.md` is of TTS.

    It is read as far as a question needs it, since reading it all takes milliseconds.
    """

    def __init__(self, source: Source) -> None:
        name = source.origin.name if isinstance(source.origin, Passage) else ""
        self._text = f"{source.text} . {source.heading} . {source.context} . {_BETWEEN_WORDS.sub(' ', name)}"

    @property
    def written(self) -> list[str]:
        """Its words as they are written."""
        return _WORD.findall(self._text)

    def label(self, label: Figure) -> bool:
        """Whether a label stands there."""
        return fold(label.text) in fold(self._text) or figures.stands(label, figures.read(self._text))

    def name(self, name: Name, known: dict[str, tuple[str, ...]]) -> bool:
        """Whether a name stands there, or an acronym's letters begin the words: `EFC`, expected family c…"""
        acronym = len(name.parts) == 1 and name.text.isupper() and len(name.text) > 2
        return names.stands(name, self._names, known) or (acronym and fold(name.text) in self._initials)

    @cached_property
    def _names(self) -> list[str]:
        return names.source_words(self._text)

    @cached_property
    def _initials(self) -> str:
        return "".join(fold(word)[0] for word in self.written if word.lower() not in FUNCTION_WORDS)


def _dates(span: Span, year: Figure) -> bool:
    """Whether a year stands with the span: a passage tells of many."""
    return figures.stands(year, figures.read(f"{span.plain} . {span.before} . {span.source.heading}"))


def _is_own(name: Name, agency: Agency) -> bool:
    """Whether it is the agency's own name, which its documents seldom say: `the State Department`, `GSA`."""
    own = names.source_words(agency.name)
    return set(name.parts) <= {*own, *_KINDS_OF_AGENCY, agency.slug, "".join(word[0] for word in own)}

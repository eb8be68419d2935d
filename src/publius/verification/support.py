"""Which exact span of the evidence supports a sentence, and how well.

The evidence is cut into sentences and table rows once. A sentence of the draft is then held against
each of them, and against each two neighbours; support is a mean of the similarity of meaning and the
share of its words that the span holds, rare words counting more.
"""

import math
from collections import Counter
from collections.abc import Awaitable, Callable, Iterable, Iterator, Sequence, Set
from functools import cached_property
from typing import Any, NamedTuple
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from publius.types import Citation, Evidence, Passage, ToolResult
from publius.verification import figures, names, sentences
from publius.verification.figure import Figure
from publius.verification.words import content, one_slip, telling

Vectors = NDArray[np.float32]
Embed = Callable[[Sequence[str]], Awaitable[Any]]  # texts -> (n, d) float32, rows of length 1

COSINE_SHARE = 0.5  # the rest is the overlap of words
SHORTEST_MISTYPED = 5  # letters; a shorter word has too many neighbours
PAIR_COST = 0.04  # two sentences are cited only when clearly better than one


class Source:
    """One passage or tool result. `rank` is its place in the evidence, from 0."""

    def __init__(self, origin: Passage | ToolResult, rank: int) -> None:
        self.origin = origin
        self.text = origin.text
        self.rank = rank

    @property
    def heading(self) -> str:
        """What stands above the text and may be left unsaid in it."""
        return " ".join((self.origin.title, *self.origin.headings)) if isinstance(self.origin, Passage) else ""

    @property
    def context(self) -> str:
        """The header of the table that the text begins inside, if it does."""
        return self.origin.context if isinstance(self.origin, Passage) else ""

    @cached_property
    def stems(self) -> frozenset[str]:
        """The content words of the heading."""
        return frozenset(word.stem for word in content(self.heading))

    def cite(self, start: int, end: int, number: int) -> Citation:
        """The citation of `text[start:end]`, with offsets into the whole revision."""
        quote = self.text[start:end]
        if isinstance(self.origin, ToolResult):
            tool = self.origin.name
            return Citation(
                number=number, document_id=UUID(int=0), document=self.origin.title or tool, name=tool, revision=0,
                page=None, start=start, end=end, quote=quote, tool=tool, link=self.origin.link,
            )  # fmt: skip
        passage = self.origin
        return Citation(
            number=number, document_id=passage.document_id, document=passage.title, name=passage.name,
            revision=passage.revision, page=passage.page, start=passage.start + start, end=passage.start + end,
            quote=quote, link=passage.link, official=passage.official,
            published=passage.published, publisher=passage.publisher, recognised=passage.recognised,
        )  # fmt: skip


class Span:
    """`source.text[start:end]`: one sentence, or two neighbours. What is read from it is read once.

    `before` is the sentence before it, `header` the first row of the table that it is a row of, and
    `heading` that row itself where it stands in the same passage.
    """

    def __init__(
        self, source: Source, start: int, end: int, before: str = "", header: str = "", heading: "Span | None" = None
    ) -> None:
        self.source, self.start, self.end, self.before, self.header = source, start, end, before, header
        self.heading = heading
        self.text = source.text[start:end]

    def overlaps(self, other: "Span") -> bool:
        """Whether the two share any text."""
        return self.source is other.source and self.start < other.end and other.start < self.end

    @property
    def meaning(self) -> str:
        """The text whose meaning is compared: a table row means nothing without its header."""
        return f"{self.header} {self.plain}".strip()

    @cached_property
    def plain(self) -> str:
        """The text without marks, as a reader sees it."""
        return " ".join(filter(None, map(sentences.clean, self.text.split("\n"))))

    @property
    def labelled(self) -> str:
        """A row with each cell named by its column; the text itself where it is no row, or fits no header."""
        if self.heading is None:
            return self.plain
        columns, cells = sentences.cells(self.heading.text), sentences.cells(self.text)
        if len(columns) != len(cells):
            return self.plain
        return "; ".join(f"{column}: {cell}" for column, cell in zip(columns, cells, strict=True) if cell)

    @cached_property
    def stems(self) -> frozenset[str]:
        return frozenset(word.stem for word in content(self.meaning))

    @cached_property
    def around(self) -> frozenset[str]:
        """The content words of the span, of the sentence before it and of what stands above."""
        return self.stems | self.source.stems | {word.stem for word in content(self.before)}

    @cached_property
    def figures(self) -> tuple[Figure, ...]:
        return figures.read(self.plain)

    @cached_property
    def names(self) -> list[str]:
        """The words in which a name may stand: the span's, its heading's and the sentence's before."""
        return names.source_words(f"{self.plain} . {self.source.heading} . {self.before}")


class Match(NamedTuple):
    """A span with its support for one sentence, each between 0 and 1."""

    span: Span
    support: float
    similarity: float
    overlap: float


class Sources:
    """All spans of one evidence, with their vectors; `passage_vectors` has one row a source."""

    def __init__(self, spans: Sequence[Span], vectors: Vectors, acronyms: dict[str, tuple[str, ...]]) -> None:
        self.spans = spans
        self.vectors = vectors
        self.acronyms = acronyms
        self.passage_vectors = _means(spans, vectors)
        counted = Counter(stem for span in spans if not span.before for stem in span.stems)
        self._weights = {stem: math.log(1 + len(spans) / count) for stem, count in counted.items()}
        self._unknown = math.log(1 + max(1, len(spans)))

    def weight(self, stem: str) -> float:
        """How much a word says: a rare one more, one that no source holds most."""
        return self._weights.get(stem, self._unknown)

    def knows(self, stem: str) -> bool:
        """Whether the word stands anywhere in the evidence."""
        return stem in self._weights

    def nearest(self, stem: str) -> str:
        """The word, or if no source holds it the one that a single slip of the keyboard makes of it."""
        if stem in self._said or len(stem) < SHORTEST_MISTYPED:
            return stem
        return next((other for other in sorted(self._said) if one_slip(stem, other)), stem)

    def put_right(self, question: str) -> str:
        """The question, each word with a slip as the evidence writes it: `pasport` is `passport` there."""
        for word in reversed(telling(question)):
            other = self.nearest(word.stem)
            if other != word.stem and word.text.islower():  # a name is left as it is
                question = question[: word.start] + self._written(other) + question[word.end :]
        return question

    def _written(self, stem: str) -> str:
        texts = (text for span in self.spans for text in (span.meaning, span.source.heading))
        return next((word.text for text in texts for word in content(text) if word.stem == stem), stem)

    @cached_property
    def _said(self) -> frozenset[str]:
        """Every stem of the evidence, those that stand above it too."""
        return frozenset(self._weights).union(*(span.source.stems for span in self.spans))

    def overlap(self, stems: Iterable[str], held: Set[str]) -> float:
        """The weighted share of `stems` that is held."""
        weights = {stem: self.weight(stem) for stem in stems}
        total = sum(weights.values())
        return sum(weight for stem, weight in weights.items() if stem in held) / total if total else 0.0

    def best(self, sentence: str, vector: Vectors, count: int) -> list[Match]:
        """The `count` spans with the highest support for `sentence`, best first."""
        if not self.spans:
            return []
        stems = {word.stem for word in telling(sentence)}
        similarities = np.clip(self.vectors @ vector, 0.0, 1.0)
        matches = []
        for span, similarity in zip(self.spans, similarities.tolist(), strict=True):
            overlap = self.overlap(stems, span.stems)
            support = COSINE_SHARE * similarity + (1 - COSINE_SHARE) * overlap
            matches.append(Match(span, support, similarity, overlap))
        return sorted(matches, key=lambda match: match.support - PAIR_COST * _is_pair(match.span), reverse=True)[:count]


def _is_pair(span: Span) -> bool:
    return isinstance(span, Neighbours)


class Neighbours(Span):
    """Two sentences that follow each other."""


class Heading(Span):
    """The first row of a table: it says what the others hold, and nothing by itself."""


async def prepare(evidence: Evidence, embed: Embed) -> Sources:
    """Cut the evidence into spans and embed them, each sentence once."""
    singles: list[Span] = []
    pairs: list[Span] = []
    indexes: list[tuple[int, int]] = []
    origins: list[Passage | ToolResult] = [*evidence.passages, *evidence.tools]
    for rank, origin in enumerate(origins):
        source = Source(origin, rank)
        last: Span | None = None
        for span in _cut(source):
            if last is not None and _follows(last, span):
                pairs.append(Neighbours(source, last.start, span.end, last.before))
                indexes.append((len(singles) - 1, len(singles)))
            singles.append(span)
            last = span
    if not singles:
        return Sources((), np.zeros((0, 1), np.float32), {})
    vectors = np.asarray(await embed([span.meaning for span in singles]), dtype=np.float32)
    joined = vectors[[i for i, _ in indexes]] + vectors[[j for _, j in indexes]] if indexes else vectors[:0]
    joined /= np.maximum(np.linalg.norm(joined, axis=1, keepdims=True), 1e-9)
    known = names.acronyms(passage.text for passage in evidence.passages)
    return Sources((*singles, *pairs), np.concatenate([vectors, joined]), known)


def _follows(last: Span, span: Span) -> bool:
    """Whether the two may be cited as one. Each sentence of a tool stands alone, so that no figure changes places."""
    computed = isinstance(span.source.origin, ToolResult)
    return not (computed or sentences.is_row(span.text) or sentences.is_row(last.text))


def _cut(source: Source) -> Iterator[Span]:
    """The sentences of a source; each row of a table knows the table's first row."""
    before, header, above = "", "", source.context
    heading: Heading | None = None
    for start, end in sentences.split(source.text):
        text = source.text[start:end]
        if not sentences.is_row(text):
            header, above, heading = "", "", None
            yield Span(source, start, end, before)
        elif header or above:
            header = header or above
            yield Span(source, start, end, before, header, heading)
        else:
            header, heading = text, Heading(source, start, end, before)
            yield heading
        before = text


def _means(spans: Sequence[Span], vectors: Vectors) -> Vectors:
    """The mean of the vectors of each source's spans, of length 1."""
    count = max((span.source.rank for span in spans), default=-1) + 1
    sums = np.zeros((count, vectors.shape[1]), np.float32)
    np.add.at(sums, [span.source.rank for span in spans], vectors)
    sums /= np.maximum(np.linalg.norm(sums, axis=1, keepdims=True), 1e-9)
    return sums

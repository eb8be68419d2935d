"""A mission's own sources, searched in memory: the same reading, cutting and floor as an agency's documents.

They are public and the same for everybody, and few; so they are kept by what is in them, not by agency, and their
vectors on disk, since making those takes seconds. The question's language comes first, since a person reads the source
that an answer cites.
"""

import asyncio
import contextlib
import hashlib
import math
import re
import tempfile
import uuid
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from msgspec import Struct, structs
from numpy.typing import NDArray

from publius.missions import spelling
from publius.missions.pack import Pack, Source
from publius.retrieval.gathering import evidence
from publius.retrieval.passages import split
from publius.retrieval.reading import read
from publius.retrieval.relevance import FLOOR, relevance
from publius.retrieval.search import K1, LEXICAL_SHARE, B
from publius.retrieval.whole import embedded
from publius.types import Evidence, Passage
from publius.verification.words import content, fold

Embed = Callable[[Sequence[str]], Awaitable[Any]]  # texts -> (n, d) float32, rows of length 1

# The encoder learned English: to it all Spanish is alike, and relevance is higher throughout. Measured:
# docs/decisions/2026-11-25-missions-in-conversation.md.
SPANISH_FLOOR = 0.75

SLIP = 3  # letters up to which a word that no source has is taken for a slip: `wat`, `hav`

_WORD = re.compile(r"[^\W\d_]+")
_SPACE = uuid.UUID("6a1f3c64-5c0e-4a4b-9a55-0d6f1c7a8e21")  # of the ids of sources


class _Cut(Struct, frozen=True):
    """A source's passages with their vectors and the stems of their words."""

    passages: tuple[Passage, ...]
    vectors: NDArray[np.float32]
    words: tuple[Counter[str], ...]
    vocabulary: frozenset[str]


class Shelf:
    """Every source that was searched so far, cut and embedded once for what is in it.

    `folder` is where vectors are kept; they are of the one encoder that there is, or a new name of the folder.
    """

    def __init__(self, embed: Embed, folder: Path) -> None:
        self._embed = embed
        self._folder = folder
        self._cut: dict[tuple[str, str, str], _Cut] = {}
        self._cutting = asyncio.Lock()

    async def prepare(self, pack: Pack, told: Callable[[], None]) -> None:
        """Read the pack's sources now, so that nobody waits for it who asks; `told` hears of each that is done."""
        for source in pack.sources:
            await self._of(pack.id, source)
            told()

    async def search(self, pack: Pack, words: str, language: str) -> Evidence:
        """The passages that an answer may rest on; in another language only where this one holds none."""
        if not words.strip():
            return Evidence()
        own = [source for source in pack.sources if source.language == language]
        found = await self._found(pack, own, words, SPANISH_FLOOR if language == "es" else FLOOR)
        if found.passages:
            return found
        others = [source for source in pack.sources if source.language != language]
        foreign = await self._found(pack, others, words, SPANISH_FLOOR)
        return foreign if foreign.passages or not found.nearest else found

    async def _found(self, pack: Pack, sources: Sequence[Source], words: str, floor: float) -> Evidence:
        cuts = [await self._of(pack.id, source) for source in sources]
        meant = _corrected(words, frozenset[str]().union(*(cut.vocabulary for cut in cuts)))
        vector = np.asarray(await self._embed([meant]), dtype=np.float32)[0]
        found = evidence(_ranked(cuts, meant, vector), floor)
        return found if meant == words else structs.replace(found, asked=meant)

    async def _of(self, mission: str, source: Source) -> _Cut:
        key = (mission, source.name, hashlib.sha256(f"{source.title}\n{source.text}".encode()).hexdigest())
        async with self._cutting:
            if key not in self._cut:
                self._cut[key] = await self._read(mission, source)
        return self._cut[key]

    async def _read(self, mission: str, source: Source) -> _Cut:
        document = await asyncio.to_thread(read, f"{source.name}.md", source.text.encode())
        pieces = split(document)
        texts = [embedded(source.title, piece) for piece in pieces]
        vectors = await self._vectors(texts)
        passages = tuple(
            Passage(
                id=number,
                document_id=uuid.uuid5(_SPACE, f"{mission}/{source.name}"),
                revision=1,
                title=source.title,
                name=source.name,
                text=piece.text,
                start=piece.start,
                end=piece.end,
                headings=piece.headings,
                context=piece.context,
                link=f"/missions/{mission}/sources/{source.name}",
                official=source.link,
                published=source.date,
                publisher=source.publisher,
            )
            for number, piece in enumerate(pieces)
        )
        vocabulary = frozenset(word for text in texts for word in spelling.words(text))
        return _Cut(passages, vectors, tuple(Counter(_stems(text)) for text in texts), vocabulary)

    async def _vectors(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """One row a text, from disk where they were made before. A file that cannot be read is made again."""
        digest = hashlib.sha256("\0".join(texts).encode()).hexdigest()
        file = self._folder / f"{digest}.npy"
        with contextlib.suppress(OSError, ValueError):
            kept: NDArray[np.float32] = np.load(file, allow_pickle=False)
            if kept.dtype == np.float32 and kept.ndim == 2 and len(kept) == len(texts):
                return kept
        made = np.asarray(await self._embed(texts), dtype=np.float32)
        with contextlib.suppress(OSError):  # Without room on the disk they are made again next time.
            self._folder.mkdir(parents=True, exist_ok=True)
            with tempfile.NamedTemporaryFile(dir=self._folder, delete=False) as part:
                np.save(part, made, allow_pickle=False)
            Path(part.name).replace(file)
        return made


def _stems(text: str) -> list[str]:
    return [word.stem for word in content(text)]


def _ranked(cuts: Sequence[_Cut], words: str, vector: NDArray[np.float32]) -> list[Passage]:
    """All passages, best first: BM25 and cosine, weighed as the library weighs them."""
    counts = [count for cut in cuts for count in cut.words]
    if not counts:
        return []
    passages = [passage for cut in cuts for passage in cut.passages]
    cosines = np.concatenate([cut.vectors for cut in cuts]) @ vector
    frequency = Counter(stem for count in counts for stem in count)
    typical = sum(sum(count.values()) for count in counts) / len(counts)
    asked = {stem for stem in _stems(words) if stem in frequency or len(stem) > SLIP}
    weights = {
        stem: math.log(1 + (len(counts) - frequency[stem] + 0.5) / (frequency[stem] + 0.5)) for stem in sorted(asked)
    }
    whole = sum(weights.values()) or 1.0
    ranked = []
    for passage, count, cosine in zip(passages, counts, cosines.tolist(), strict=True):
        length = 1 - B + B * sum(count.values()) / typical
        held = {stem: count[stem] for stem in weights if count[stem]}
        bm25 = sum(weights[stem] * times * (K1 + 1) / (times + K1 * length) for stem, times in held.items()) / whole
        covered = sum(weights[stem] for stem in held) / whole
        score = LEXICAL_SHARE * bm25 + (1 - LEXICAL_SHARE) * cosine
        ranked.append(structs.replace(passage, score=score, relevance=relevance(covered, cosine)))
    return sorted(ranked, key=lambda passage: -passage.score)


def _corrected(text: str, known: frozenset[str]) -> str:
    """The text with each mistyped word as the sources write it; a word that is like none or several of theirs stays."""

    forms = {spelling.form(word) for word in known}

    def meant(match: re.Match[str]) -> str:
        folded = fold(match.group())
        if folded in known or spelling.form(folded) in forms:
            return match.group()
        return spelling.closest(folded, known) or match.group()

    return _WORD.sub(meant, text)

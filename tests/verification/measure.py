"""Judges the labelled set with real embeddings; `python -m tests.verification.measure` prints the table."""

import asyncio
import sys
from collections import defaultdict
from pathlib import Path

from publius.inference.embedding import Embedder
from publius.settings import read as read_settings
from publius.types import Evidence
from publius.verification.support import Embed, prepare
from publius.verification.verdict import judge

from . import labelled
from .case import passage

MOST_PASSAGES = 6


def embedder() -> Embedder | None:
    """The embedding model of this machine, or None where it has not been fetched."""
    folder: Path = read_settings().home / "models" / "minilm-l6"
    return Embedder(folder) if (folder / "model.onnx").is_file() else None


async def judged(half: int, documents: int, embed: Embed) -> list[tuple[labelled.Variant, bool, float]]:
    """Every variant of one half's sentences, whether it would be released, and its support."""
    found = []
    before: list[str] = []
    for path, text, sentences in labelled.documents(half, documents):
        name = path.relative_to(labelled.CORPUS).as_posix()
        sources = await prepare(Evidence(passages=_around(text, sentences, path.stem)), embed)
        nouns = labelled.nouns_of(text)
        variants = [each for sentence in sentences for each in labelled.variants(name, sentence, nouns)]
        variants += [labelled.Variant(name, "other document", other, other, true=False) for other in before]
        before = sentences[:2]
        for variant in variants:
            [vector] = await embed([variant.text])
            verdict = judge(variant.text, vector, "", sources)
            found.append((variant, verdict.objection is None, verdict.support))
    return found


def _around(text: str, sentences: list[str], title: str) -> tuple:
    """The passages that hold the sentences, filled up with the document's first ones."""
    spans = labelled.passages(text)
    plain = [" ".join(labelled.clean(text[start:end]).split()) for start, end in spans]
    holding = [next((n for n, t in enumerate(plain) if sentence[:60] in t), 0) for sentence in sentences]
    chosen = sorted(list(dict.fromkeys([*holding, *range(len(spans))]))[:MOST_PASSAGES])
    return tuple(
        passage(text[spans[n][0] : spans[n][1]], rank, spans[n][0], title=title) for rank, n in enumerate(chosen, 1)
    )


def table(rows: list[tuple[labelled.Variant, bool, float]]) -> str:
    """What share of each kind of variant would be released."""
    kinds: dict[tuple[bool, str], list[bool]] = defaultdict(list)
    for variant, released, _ in rows:
        kinds[not variant.true, variant.kind].append(released)
        kinds[not variant.true, "ALL"].append(released)
    lines = ["| follows | variant | sentences | released |", "| --- | --- | --- | --- |"]
    for (false, kind), released in sorted(kinds.items()):
        share = f"{sum(released)} ({100 * sum(released) / len(released):.1f} %)"
        lines.append(f"| {'no' if false else 'yes'} | {kind} | {len(released)} | {share} |")
    return "\n".join(lines)


async def main(half: int, documents: int) -> None:
    real = embedder()
    assert real is not None, "fetch the models first"
    print(table(await judged(half, documents, real.embed)))


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]), int(sys.argv[2])))

"""Near copies folded: of passages that say the same, the first is kept and stands for all."""

from collections.abc import Sequence

from publius.types import Passage

SAME = 0.85  # share of words in common from which two passages say the same


def folded(found: Sequence[Passage]) -> list[Passage]:
    """The passages in their order, without those that say what one before them says."""
    kept: list[Passage] = []
    seen: list[set[str]] = []
    for passage in found:
        words = set(passage.text.lower().split())
        if not any(len(words & other) > SAME * len(words | other) for other in seen):
            kept.append(passage)
            seen.append(words)
    return kept

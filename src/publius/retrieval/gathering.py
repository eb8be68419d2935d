"""From a conversation to what is searched for, and from what was found to what Llama may read."""

from collections.abc import Sequence

from publius.retrieval.relevance import FLOOR
from publius.types import Evidence, Message, Passage

FOLLOW_UP_WORDS = 6  # "and for parents?" means nothing without the question before it
MOST_PASSAGES = 6
MOST_CHARACTERS = 5_400  # about 1,350 tokens; each model is shown as much of it as it reads well
NEAREST = 3


def asked(messages: Sequence[Message]) -> str:
    """What to search for: what the user said last, behind the turn before where that is too short to stand alone."""
    turns = [message.content.strip() for message in messages if message.role == "user"]
    if len(turns) > 1 and len(turns[-1].split()) <= FOLLOW_UP_WORDS:
        return f"{turns[-2]} {turns[-1]}"
    return turns[-1] if turns else ""


def evidence(found: Sequence[Passage], floor: float = FLOOR) -> Evidence:
    """The few passages worth reading, best first; none, and the nearest named, where the best is under the floor."""
    if not found or found[0].relevance < floor:
        return Evidence(nearest=tuple(found[:NEAREST]))
    return Evidence(passages=tuple(_fitting(found)))


def _fitting(passages: Sequence[Passage]) -> list[Passage]:
    kept = list(passages[:1])
    room = MOST_CHARACTERS - len(kept[0].text)
    for passage in passages[1:]:
        if len(kept) < MOST_PASSAGES and len(passage.text) <= room:
            kept.append(passage)
            room -= len(passage.text)
    return kept

"""Fits evidence into a grounded prompt: the best passages first, as many as there is room for."""

from collections.abc import Sequence

from publius.errors import PromptTooLong
from publius.inference import prompts
from publius.inference.engine import Engine
from publius.types import Evidence, Message, Question

_TURN_SHARE = 5  # Earlier turns get at most one part in five of the prompt.
_FRAME = 64  # The template, the salt and the lines between passages.


async def compose(engine: Engine, question: Question, evidence: Evidence, answer: int) -> tuple[Message, ...]:
    """The messages of a grounded prompt that leaves `answer` tokens of the context free.

    The lowest-ranked passages go first when there is too little room, and the oldest turns.

    Raises:
        PromptTooLong: the question leaves no room for a single passage.
    """
    turns = _earlier(question)
    asked = evidence.asked or question.text
    blocks = [prompts.tool_block(result) for result in evidence.tools]
    blocks += [prompts.passage_block(number, passage) for number, passage in enumerate(evidence.passages, 1)]
    rules = f"{prompts.GROUNDED} {prompts.ENDING}"
    counts = await engine.count([rules, asked, *(turn.content for turn in turns), *blocks])
    turn_counts, block_counts = counts[2 : 2 + len(turns)], counts[2 + len(turns) :]
    fixed = counts[0] + counts[1] + _FRAME
    room = engine.context - answer - fixed
    if room < block_counts[0]:
        raise PromptTooLong(
            f"The question takes {counts[1]} tokens and leaves no room for a passage: the model reads {engine.context}."
        )
    # The best passage is kept even where it alone is more than we like.
    wanted = max(min(room, engine.grounded_tokens - fixed), block_counts[0])
    kept = _fitting(turn_counts[::-1], min(engine.grounded_tokens // _TURN_SHARE, wanted - block_counts[0]))
    wanted -= sum(turn_counts[len(turns) - kept :])
    return prompts.grounded(blocks[: _fitting(block_counts, wanted)], turns[len(turns) - kept :], asked)


def _fitting(counts: Sequence[int], room: int) -> int:
    for number, count in enumerate(counts):
        room -= count
        if room < 0:
            return number
    return len(counts)


def _earlier(question: Question) -> list[Message]:
    """The conversation before the last thing the person said; a client's system messages are not instructions here."""
    last = max((i for i, message in enumerate(question.messages) if message.role == "user"), default=0)
    return [message for message in question.messages[:last] if message.role != "system"]

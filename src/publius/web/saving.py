"""A conversation as a text file that can be kept and passed on, with its label where nobody overlooks it."""

from collections.abc import Iterator

from publius.types import Agency
from publius.web.conversations import Conversation, Turn
from publius.web.rendering import moment, ocr


def saved(conversation: Conversation, agency: Agency) -> str:
    """The conversation in Markdown: its label first and last, and that of each answer beside it."""
    label = f"Label: {agency.labels.name(conversation.level)}"
    parts = [label, f"# {conversation.title}", f"{agency.name}, by Publius."]
    for turn in conversation.turns:
        parts += _turn(turn)
    return "\n\n".join([*parts, label]) + "\n"


def _turn(turn: Turn) -> Iterator[str]:
    yield f"## {turn.question}"
    if turn.answer is None:
        yield turn.failure or "This answer was broken off before it was complete."
        return
    checked = turn.answer.checked
    yield f"Label: {turn.label}. {moment(turn.answer.created)}, by the model {turn.model}."
    if not checked.grounded:
        yield "Not checked against documents."
    yield checked.text or "Your agency's documents do not answer this."
    for cited in checked.citations:
        page = f", page {cited.page}" if cited.page else ""
        page += f", {ocr(cited.recognised)}" if cited.recognised is not None else ""
        yield f"[{cited.number}] {cited.document}{page}, revision {cited.revision}: “{' '.join(cited.quote.split())}”"
    receipt = turn.answer.receipt
    yield f"Receipt: record {receipt.record}, leaf hash {receipt.leaf_hash}."

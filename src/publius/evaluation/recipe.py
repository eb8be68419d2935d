"""The default recipe's answer: the three nearest chunks into the prompt, and whatever Llama then says."""

import re
from collections.abc import Sequence
from uuid import UUID, uuid4

from publius import flow
from publius.application import Application
from publius.evaluation.baselines import Stretch
from publius.types import Checked, Citation, Claim, Door, Message, Principal, Question, Sampling

TOP = 3
MOST_TOKENS = 256
PROMPT = (
    "Use the following pieces of context to answer the question at the end. If you don't know the answer, just say "
    "that you don't know, don't try to make up an answer.\n\n{context}\n\nQuestion: {question}\nHelpful answer:"
)
# What a model says that keeps to the prompt's second sentence.
_DECLINES = re.compile(
    r"(?i)\b(?:(?:do not|don['’]t|cannot|can['’]t) (?:know|answer|find|determine)|no information|not (?:mentioned|"
    r"provided|specified|stated|given|contain(?:ed)?) in|(?:does|do) not (?:mention|provide|specify|contain|say))\b"
)


async def answer(app: Application, who: Principal, question: str, found: Sequence[Stretch]) -> Checked:
    """Asked of the same Llama through the same door, as its `llama` model.

    The chunks count as what its answer cites. They are no quotation: nothing says which sentence it went by.

    Raises:
        PubliusError: what the walk raised.
    """
    chunks = found[:TOP]
    prompt = PROMPT.format(context="\n\n".join(chunk.text for chunk in chunks), question=question)
    asked = Question(
        id=uuid4(),
        door=Door.CLI,
        model="llama",
        messages=(Message("user", prompt),),
        credential=who,
        sampling=Sampling(max_tokens=MOST_TOKENS),
    )
    text = (await flow.answer(asked, app)).checked.text
    citations = tuple(_citation(number, chunk) for number, chunk in enumerate(chunks, 1))
    answered = bool(text.strip()) and not _DECLINES.search(text)
    claims = (Claim(text=text, citations=citations),)
    return Checked(text=text, grounded=False, answered=answered, claims=claims)


def _citation(number: int, chunk: Stretch) -> Citation:
    return Citation(
        number=number,
        document_id=UUID(int=0),
        document=chunk.name,
        name=chunk.name,
        revision=0,
        page=None,
        start=0,
        end=len(chunk.text),
        quote=chunk.text,
    )

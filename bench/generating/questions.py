"""Grounded questions of one agency: the same beginning for all, then passages that no two of them share."""

import random

from publius.inference import prompts
from publius.types import Message

_WHO = ("An applicant", "A school", "A student", "The agency", "A parent", "An officer", "A lender", "A contractor")
_DOES = ("files a claim", "reports income", "asks for a review", "closes an account", "moves abroad", "pays late")
_MUST = ("send the form", "keep the record", "give notice", "pay the rest", "name a contact", "sign the statement")
_WHEN = ("before the term begins", "in writing", "with two copies", "at the local office", "by registered mail")


def grounded(number: int, *, shared: int, own: int) -> tuple[Message, ...]:
    """Question `number` with about `shared` tokens that all share (rules and terms) and `own` of its passages."""
    terms = "\n".join(_sentences("terms of the agency", max(shared - 140, 0)))
    blocks = [
        f"[{i}] Handbook > Part {number}.{i}\n{' '.join(_sentences(f'{number} {i}', own // 5))}" for i in range(1, 6)
    ]
    question = "Explain in detail, step by step, what each passage asks for, and of whom."
    first, *rest = prompts.grounded(blocks, (), question)
    return Message("system", f"{first.content}\n\nTerms:\n{terms}"), *rest


def _sentences(seed: str, tokens: int) -> list[str]:
    draw = random.Random(seed)
    return [_sentence(draw) for _ in range(round(tokens / 27))]  # A sentence has about 27 tokens.


def _sentence(draw: random.Random) -> str:
    days, section = draw.randrange(5, 95), draw.randrange(100, 999)
    who, does, must, when = (draw.choice(words) for words in (_WHO, _DOES, _MUST, _WHEN))
    return f"{who} that {does} under section {section} must {must} within {days} days, {when}."

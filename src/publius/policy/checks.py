"""Whether a question is one that can be asked at all, told in the caller's own field names."""

import math

from publius.errors import InvalidRequest
from publius.types import Message, Question, Sampling

_ROLES = ("system", "user", "assistant")
_MOST_STOPS = 4
_LONGEST_STOP = 200
_SEEDS = 2**63


def check(question: Question, most_tokens: int) -> int:
    """Check messages and sampling; returns how many tokens the answer may have.

    Raises:
        InvalidRequest: names the field, what it was and what it may be.
    """
    _check_messages(question.messages)
    _check_sampling(question.sampling)
    return _tokens(question.sampling.max_tokens, most_tokens)


def _check_messages(messages: tuple[Message, ...]) -> None:
    for position, message in enumerate(messages):
        if message.role not in _ROLES:
            raise InvalidRequest(f"A message's role is one of {', '.join(_ROLES)}.", param=f"messages[{position}].role")
        if not _is_text(message.content):
            raise InvalidRequest(
                "A message holds a NUL character or half of a Unicode pair, which is no text.",
                cure="Remove it and send the message again.",
                param=f"messages[{position}].content",
            )
    if not any(message.role == "user" and message.content.strip() for message in messages):
        raise InvalidRequest("There is no question: no message of the user has any text.", param="messages")


def _check_sampling(sampling: Sampling) -> None:
    _within("temperature", sampling.temperature, 0, 2)
    _within("top_p", sampling.top_p, 0.01, 1)
    if sampling.seed is not None and not -_SEEDS <= sampling.seed < _SEEDS:
        raise InvalidRequest("seed must fit into 64 bits.", param="seed")
    if len(sampling.stop) > _MOST_STOPS or not all(_is_stop(stop) for stop in sampling.stop):
        raise InvalidRequest(
            f"stop takes up to {_MOST_STOPS} texts of 1 to {_LONGEST_STOP} characters each.", param="stop"
        )


def _within(name: str, value: float, least: float, most: float) -> None:
    if not (math.isfinite(value) and least <= value <= most):
        raise InvalidRequest(f"{name} must be from {least} to {most}; it was {value}.", param=name)


def _tokens(wanted: int | None, most: int) -> int:
    if wanted is None:
        return most
    if not 1 <= wanted <= most:
        raise InvalidRequest(
            f"max_tokens must be from 1 to {most:,}; it was {wanted:,}.",
            cure="Choose a number in that range, or leave the field out.",
            param="max_tokens",
        )
    return wanted


def _is_stop(stop: str) -> bool:
    return 1 <= len(stop) <= _LONGEST_STOP and _is_text(stop)


def _is_text(text: str) -> bool:
    """Neither the database nor the ledger's hashes can hold what is not encodable text."""
    return "\0" not in text and not any("\ud800" <= character <= "\udfff" for character in text)

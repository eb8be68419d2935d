"""What Llama wrote, before anyone has checked it."""

from typing import Literal

from msgspec import Struct

from publius.types.question import ToolCall


class Usage(Struct, frozen=True):
    """Tokens read and written. `cached_tokens` are those of the prompt that the engine had read before."""

    prompt_tokens: int = 0
    completion_tokens: int = 0
    cached_tokens: int = 0


FinishReason = Literal["stop", "length", "tool_calls", "cancelled"]


class TokenLogprob(Struct, frozen=True):
    """A token that was written and the natural logarithm of its probability."""

    token: bytes
    logprob: float


class Delta(Struct, frozen=True, kw_only=True):
    """A piece of an answer as Llama writes it; `tokens` is how many it took. Calls come whole."""

    text: str = ""
    tokens: int = 0
    choice: int = 0
    calls: tuple[ToolCall, ...] = ()
    logprobs: tuple[TokenLogprob, ...] = ()


class Choice(Struct, frozen=True, kw_only=True):
    """One whole unchecked answer; a question asks for several with `form.choices`."""

    text: str
    finish_reason: FinishReason
    calls: tuple[ToolCall, ...] = ()
    logprobs: tuple[TokenLogprob, ...] = ()


class Draft(Struct, frozen=True, kw_only=True):
    """What Llama wrote, before anyone has checked it. `choices` holds every answer, this one first."""

    text: str
    finish_reason: FinishReason
    model: str  # catalog name of the weights
    weights: str  # SHA-256 of the weights file, or "" for an upstream that does not say
    usage: Usage = Usage()
    choices: tuple[Choice, ...] = ()

"""The seam between Publius and whatever runs Llama: requests in, pieces of text out."""

from collections.abc import AsyncGenerator, Sequence
from typing import Protocol

from msgspec import Struct

from publius.inference.load import Load
from publius.types import FinishReason, Form, Message, Sampling, TokenLogprob, ToolCall, Usage


class Request(Sampling, frozen=True, kw_only=True):
    """One generation, with how its tokens are chosen. Everything is resolved: no defaults are left to the engine.

    `salt` begins the prompt of an embedded engine, so that two agencies share no cached prefix; it is
    the platform's secret and never comes from a client. `temperature` 0 is greedy. A request waits for its
    turn among `agency`'s, and within the agency among `user`'s; `weight` is the agency's share of the engine.
    `form.choices` is for the writer, which sends a request for each. `prompt` is raw text instead of messages,
    which are then empty: Llama goes on writing where it ends, with nothing but the salt before it and no template.
    """

    messages: tuple[Message, ...]
    salt: bytes
    max_tokens: int
    agency: int
    user: str
    weight: float = 1.0
    priority: int = 0  # of its turn, for an engine that orders requests itself; lower is sooner
    form: Form = Form()
    prompt: str | None = None


class Piece(Struct, frozen=True, tag="piece"):
    """Text as it comes, in whole characters; `tokens` is how many tokens it took. Calls come whole."""

    text: str
    tokens: int
    calls: tuple[ToolCall, ...] = ()
    logprobs: tuple[TokenLogprob, ...] = ()


class Finish(Struct, frozen=True, tag="finish"):
    """The last thing a generation gives."""

    reason: FinishReason
    usage: Usage


class Health(Struct, frozen=True):
    """What an engine says of itself. `detail` is one plain sentence for an operator."""

    ready: bool
    detail: str
    running: int = 0  # generations under way


class Engine(Protocol):
    """Runs one model.

    `context` is in tokens; `grounded_tokens` is how long a prompt with passages should be at most;
    `weights` is a SHA-256, or "" where it is not known.
    """

    @property
    def name(self) -> str: ...
    @property
    def weights(self) -> str: ...
    @property
    def context(self) -> int: ...
    @property
    def grounded_tokens(self) -> int: ...

    async def start(self) -> None:
        """Get ready to generate.

        Raises:
            WeightsMissing, DigestMismatch, EngineUnavailable: it cannot, and why.
        """

    async def stop(self) -> None:
        """End what `start` began. May be called twice."""

    async def health(self) -> Health:
        """Never raises and never waits long: what `/readyz` asks."""

    async def load(self) -> Load:
        """Never raises and never waits long: what the metrics ask. What is not known just now is None."""

    async def count(self, texts: Sequence[str]) -> list[int]:
        """Tokens in each text, without the template's own. An upstream engine estimates."""

    def generate(self, request: Request) -> AsyncGenerator[Piece | Finish, None]:
        """Pieces of text and then one Finish. Closing the iterator cancels within one step.

        Raises:
            PromptTooLong: the messages do not fit into the context.
            EngineUnavailable: nothing was sent, and trying again is safe.
            EngineFailed: it broke in mid-answer; as EngineLost, asking again may help.
            EndsEngine: it ended the engine before, twice.
        """

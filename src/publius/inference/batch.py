"""Generations over OpenVINO GenAI's continuous batching. How it is set up stands in `pipeline.py`.

`step()` holds Python's interpreter lock for its whole length (up to some hundred milliseconds), which is
why all of this runs in the engine process (`worker.py`) and in one thread.
"""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import numpy as np
import openvino  # type: ignore[import-untyped]
from numpy.typing import NDArray
from openvino_genai import py_openvino_genai as genai  # type: ignore[import-untyped]

from publius.errors import InvalidRequest, PromptTooLong
from publius.inference.compiling import Compilation, GrammarCompiler
from publius.inference.constraint import Begun, Held, constraint
from publius.inference.engine import Request
from publius.inference.generation import Generation
from publius.inference.gguf import read_shape
from publius.inference.pipeline import BLOCK_TOKENS, key_value_blocks, open_pipeline
from publius.inference.templates import FAMILIES, Part
from publius.inference.vocabulary import from_tokenizer


class Prompt(NamedTuple):
    """A request as the model reads it; `most` is how many tokens its answer may have."""

    request: Request
    tokens: NDArray[np.int64]
    most: int
    config: genai.GenerationConfig
    compilation: Compilation | None  # of what the answer is held to; it cannot begin before that is over


class Warming:
    """A part of a prompt that is being read into the cache."""

    def __init__(self, handle: genai.GenerationHandle) -> None:
        self._handle = handle

    @property
    def over(self) -> bool:
        return bool(self._handle.get_status() != genai.GenerationStatus.RUNNING)

    def cancel(self) -> None:
        """Read no more of it."""
        self._handle.cancel()


class Batch:
    """The model, loaded. Not for more than one thread."""

    def __init__(self, weights: Path, sha256: str, template: str, context: int, cache_gb: float) -> None:
        shape = read_shape(weights)
        self.context = min(context, shape.context)
        self._family = FAMILIES[template]
        self._pipeline = open_pipeline(weights, sha256, shape, cache_gb)
        self.blocks = key_value_blocks(shape, cache_gb)
        self._cache_tokens = (self.blocks - 1) * BLOCK_TOKENS  # A sequence may need a block more than its tokens fill.
        self.vocabulary = from_tokenizer(self._pipeline.get_tokenizer(), shape.special)
        self.compiler = GrammarCompiler(self._pipeline.get_tokenizer(), self.vocabulary.size)
        self._ends = self.vocabulary.special - self.vocabulary.ids_of(self._family.within)
        self._next = 0

    def prepare(self, request: Request) -> Prompt:
        """Read a request's text as tokens.

        Raises:
            PromptTooLong: the prompt leaves no room for an answer.
            InvalidRequest: the answer cannot be held to the form that is asked for, or a number is out of its range.
            QueueFull, EngineUnavailable: too many new schemas wait to be compiled, or are kept.
        """
        prompt = self.vocabulary.render(self._parts(request), request.salt)
        room = min(self.context, self._cache_tokens) - len(prompt)
        if room < 1 and self._cache_tokens < self.context:
            raise PromptTooLong(
                f"The messages are longer than the {self._cache_tokens:,} tokens of the engine's cache."
            )
        if room < 1:
            raise PromptTooLong(f"The messages are longer than the {self.context:,} tokens that the model reads.")
        most = min(request.max_tokens, room)
        if most < 1:  # the library would read a negative number as an immense one
            raise InvalidRequest(f"An answer has at least one token; {most} were asked for.", param="max_tokens")
        with _refused():
            held = constraint(request.form, self._family.dialect)
            config = self._config(request, most, held)
        return Prompt(request, np.array(prompt, np.int64), most, config, self._compilation(held, request.agency))

    def begin(self, prompt: Prompt) -> Generation:
        """Begin a generation.

        Raises:
            InvalidRequest: the library refuses it after all.
        """
        with _refused():
            handle = self._add(prompt.tokens, prompt.config)
        return Generation(handle, len(prompt.tokens), prompt.request, self.vocabulary, self._family.dialect)

    def warm(self, prompt: Prompt, upto: int) -> Warming:
        """Read a prompt's first tokens, so that the cache holds them when the rest is read."""
        config = genai.GenerationConfig(max_new_tokens=1)
        config.apply_chat_template = False
        return Warming(self._add(prompt.tokens[:upto], config))

    def _compilation(self, held: Held | Begun | None, agency: int) -> Compilation | None:
        if held is None:
            return None
        return self.compiler.compile(repr(held), _structured(held, agency), held.places, agency)

    def _parts(self, request: Request) -> list[Part]:
        if request.prompt is None:
            return self._family.prompt(request.messages, request.form)
        if not request.prompt:
            raise InvalidRequest("The prompt is empty.", cure="Send some text that the answer goes on from.")
        return self._family.raw(request.prompt)

    def step(self) -> None:
        """Read up to 256 prompt tokens and write one token of every running answer."""
        self._pipeline.step()

    def cache_used(self) -> float:
        """Share of the cache's blocks that running requests hold, 0 to 1."""
        return float(self._pipeline.get_metrics().cache_usage) / 100

    def cache_bytes(self) -> int:
        """The cache's size."""
        return int(self._pipeline.get_metrics().cache_size_in_bytes)

    def busy(self) -> bool:
        return bool(self._pipeline.has_non_finished_requests())

    def _add(self, tokens: NDArray[np.int64], config: genai.GenerationConfig) -> genai.GenerationHandle:
        self._next += 1
        return self._pipeline.add_request(self._next, openvino.Tensor(tokens[np.newaxis]), config)

    def _config(self, request: Request, most: int, held: Held | Begun | None) -> genai.GenerationConfig:
        # With nothing to choose from (top_p 0) the most likely token is meant, which is what greedy takes.
        sampled = request.temperature > 0 and request.top_p > 0
        config = genai.GenerationConfig(max_new_tokens=most, do_sample=sampled)
        config.stop_token_ids = set(self._ends)
        config.apply_chat_template = False
        config.presence_penalty, config.frequency_penalty = request.presence_penalty, request.frequency_penalty
        config.logprobs = int(request.form.logprobs)
        if held:
            config.structured_output_config = _structured(held, request.agency)
        if sampled:
            config.temperature, config.top_p = request.temperature, request.top_p
            config.rng_seed = secrets.randbits(32) if request.seed is None else request.seed % 2**32
        config.validate()
        return config


@contextmanager
def _refused() -> Iterator[None]:
    """The library checks its numbers itself; one that it refuses must not end the engine."""
    try:
        yield
    except (OverflowError, RuntimeError, TypeError, ValueError) as error:
        reason = (str(error).strip().splitlines() or ["it gave no reason"])[-1][:200]
        raise InvalidRequest(f"The engine cannot carry out such a request: {reason}") from None


def _structured(held: Held | Begun, agency: int) -> genai.StructuredOutputConfig:
    # A rule that nothing uses makes it the agency's own for the library. How fast an answer begins would otherwise tell
    # one agency that another has sent the same schema.
    own = f'\nagency ::= "{agency}"'
    structured = genai.StructuredOutputConfig
    if isinstance(held, Held):
        return structured(grammar=held.grammar + own)
    tags = [structured.Tag(begin, structured.EBNF(grammar + own), "") for begin, grammar in held.tags]
    begins = [begin for begin, _ in held.tags]
    return structured(structural_tags_config=structured.TriggeredTags(begins, tags, stop_after_first=held.once))

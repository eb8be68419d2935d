"""Generations over OpenVINO GenAI's continuous batching. How it is set up stands in `pipeline.py`.

`step()` holds Python's interpreter lock for its whole length (up to some hundred milliseconds), which is
why all of this runs in the engine process (`worker.py`) and in one thread.
"""

import secrets
from pathlib import Path
from typing import NamedTuple

import numpy as np
import openvino  # type: ignore[import-untyped]
from numpy.typing import NDArray
from openvino_genai import py_openvino_genai as genai  # type: ignore[import-untyped]

from publius.errors import PromptTooLong
from publius.inference.assembly import Assembly
from publius.inference.engine import Request
from publius.inference.gguf import read_shape
from publius.inference.pipeline import BLOCK_TOKENS, key_value_blocks, open_pipeline
from publius.inference.templates import FAMILIES
from publius.inference.vocabulary import Vocabulary, from_tokenizer
from publius.types import FinishReason, Usage


class Generation:
    """One answer under way."""

    def __init__(self, handle: genai.GenerationHandle, prompt_tokens: int, request: Request) -> None:
        self._handle = handle
        self._assembly = Assembly(request.stop)
        self._prompt_tokens = prompt_tokens
        self._written = 0
        self.finished: FinishReason | None = None

    @property
    def usage(self) -> Usage:
        return Usage(self._prompt_tokens, self._written)

    def read(self, vocabulary: Vocabulary) -> tuple[str, int]:
        """Text and number of tokens since the last call. Sets `finished` when that was the last."""
        ids: list[int] = []
        while self._handle.can_read():
            for output in self._handle.read().values():
                ids += output.generated_ids
        self._written += len(ids)
        over = self._handle.get_status() != genai.GenerationStatus.RUNNING
        text = self._assembly.feed(vocabulary.bytes_of(ids), final=over)
        if self._assembly.stopped and not over:
            self._handle.cancel()
        if self._assembly.stopped or (ids and ids[-1] in vocabulary.special):
            self.finished = "stop"
        elif over:
            self.finished = "length"
        return text, len(ids)

    def cancel(self) -> None:
        """Give the place free at the next step."""
        self._handle.cancel()


class Prompt(NamedTuple):
    """A request as the model reads it; `most` is how many tokens its answer may have."""

    request: Request
    tokens: NDArray[np.int64]
    most: int


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
        self._ends = self.vocabulary.special - self.vocabulary.ids_of(self._family.within)
        self._next = 0

    def prepare(self, request: Request) -> Prompt:
        """Read a request's text as tokens.

        Raises:
            PromptTooLong: the prompt leaves no room for an answer.
        """
        prompt = self.vocabulary.render(self._family.prompt(request.messages, request.form), request.salt)
        room = min(self.context, self._cache_tokens) - len(prompt)
        if room < 1 and self._cache_tokens < self.context:
            raise PromptTooLong(
                f"The messages are longer than the {self._cache_tokens:,} tokens of the engine's cache."
            )
        if room < 1:
            raise PromptTooLong(f"The messages are longer than the {self.context:,} tokens that the model reads.")
        return Prompt(request, np.array(prompt, np.int64), min(request.max_tokens, room))

    def begin(self, prompt: Prompt) -> Generation:
        """Begin a generation."""
        handle = self._add(prompt.tokens, self._config(prompt.request, prompt.most))
        return Generation(handle, len(prompt.tokens), prompt.request)

    def warm(self, prompt: Prompt, upto: int) -> Warming:
        """Read a prompt's first tokens, so that the cache holds them when the rest is read."""
        config = genai.GenerationConfig(max_new_tokens=1)
        config.apply_chat_template = False
        return Warming(self._add(prompt.tokens[:upto], config))

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

    def _config(self, request: Request, most: int) -> genai.GenerationConfig:
        config = genai.GenerationConfig(max_new_tokens=most, do_sample=request.temperature > 0)
        config.stop_token_ids = set(self._ends)
        config.apply_chat_template = False
        if request.temperature > 0:
            config.temperature, config.top_p = request.temperature, request.top_p
            config.rng_seed = secrets.randbits(32) if request.seed is None else request.seed
        return config

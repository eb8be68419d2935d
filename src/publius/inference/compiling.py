"""Compiles what answers are held to beside the steps, so that no step waits for it.

The library compiles a grammar in the first step of an answer that is held to it. With many lengths in it that takes
seconds, and every answer under way would wait. But it keeps what it compiled with the tokenizer: so a second pipeline
over the same tokenizer, around a model that computes nothing, writes one token of each new grammar first. That needs
no lock of Python's and runs in a thread of low priority; the step then finds the grammar compiled.

The library forgets nothing. What it keeps is counted: an agency may fill half of the room, and the engine process
starts anew when much is kept and nothing is under way.
"""

import os
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import numpy as np
import openvino  # type: ignore[import-untyped]
from openvino_genai import py_openvino_genai as genai  # type: ignore[import-untyped]

from publius.errors import EngineUnavailable, InvalidRequest, PubliusError, QueueFull
from publius.inference import blank_model
from publius.inference.grammar.ebnf import MOST

MOST_BYTES = 512 << 20  # That compiled grammars may keep; those of one agency half of it.
MOST_OF_ONE = 2 * MOST  # Places in grammars of one agency that wait to be compiled: two of the dearest.
# A grammar keeps about 0.5 MB, and 40 KB for each place of `ebnf.MOST`, with a vocabulary of 49,152 tokens (measured).
_BYTES, _BYTES_OF_PLACE, _MEASURED_WITH = 500_000, 40_000, 49_152
_NICE = 10


def _nothing() -> None:
    """Nobody wants to hear of it."""


class Compilation:
    """One grammar on its way. `over` once the engine can use it, or cannot: then `error` says why."""

    def __init__(self, key: str, config: genai.StructuredOutputConfig, places: float, agency: int) -> None:
        self.key = key
        self.config = config
        self.places = places
        self.agency = agency
        self.wanted = 0  # requests that wait for it
        self.begun = self.over = False
        self.error: PubliusError | None = None


class GrammarCompiler:
    """One grammar at a time, the agencies in turn. Its thread is started by the first."""

    def __init__(self, tokenizer: genai.Tokenizer, words: int) -> None:
        self._tokenizer = tokenizer
        self._words = words
        self._known: dict[tuple[int, str], Compilation] = {}
        self._waiting: list[Compilation] = []
        self._kept: Counter[int] = Counter()  # bytes, about, by agency
        self._served: dict[int, float] = {}  # when each agency last had its turn
        self._change = threading.Condition()
        self._thread: threading.Thread | None = None
        self.when_over: Callable[[], None] = _nothing  # called in the compiler's thread

    @property
    def worn(self) -> bool:
        """Whether so much is kept that the process should start anew when nobody is in its way."""
        return self._kept.total() >= MOST_BYTES // 2

    def compile(self, key: str, config: genai.StructuredOutputConfig, places: float, agency: int) -> Compilation | None:
        """The compilation to wait for, or None if the agency's grammar of this key is compiled.

        Raises:
            QueueFull: the agency has too many waiting; EngineUnavailable: no more can be kept.
        """
        with self._change:
            if known := self._known.get((agency, key)):
                known.wanted += 1
                return None if known.over else known
            if self._kept[agency] >= MOST_BYTES // 2 or self._kept.total() >= MOST_BYTES:
                raise EngineUnavailable(
                    "The engine keeps as many different schemas as it has memory for.",
                    cure="Try again in a minute: it starts anew once nothing is under way. Use fewer schemas.",
                    retry_after=30,
                )
            if places + sum(each.places for each in self._waiting if each.agency == agency) > MOST_OF_ONE:
                raise QueueFull("The agency has too many new schemas waiting to be compiled.", retry_after=10)
            compilation = Compilation(key, config, places, agency)
            compilation.wanted = 1
            self._known[agency, key] = compilation
            self._waiting.append(compilation)
            self._change.notify()
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, daemon=True, name="grammars")
                self._thread.start()
            return compilation

    def give_up(self, compilation: Compilation) -> None:
        """A request does not wait for it any more; what none waits for is not begun."""
        with self._change:
            compilation.wanted -= 1
            if not compilation.wanted and not compilation.begun:
                self._waiting.remove(compilation)
                del self._known[compilation.agency, compilation.key]

    def _run(self) -> None:
        if sys.platform == "linux":  # Elsewhere this names no thread.
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), _NICE)
        pipeline = self._pipeline()
        while True:
            with self._change:
                self._change.wait_for(lambda: self._waiting)
                next = min(self._waiting, key=lambda each: self._served.get(each.agency, 0.0))
                next.begun = True
            next.error = _written(pipeline, next.config)
            with self._change:
                self._waiting.remove(next)
                self._served[next.agency] = time.monotonic()
                if next.error:
                    del self._known[next.agency, next.key]
                kept = round((_BYTES + _BYTES_OF_PLACE * next.places) * self._words / _MEASURED_WITH)
                self._kept[next.agency] += 0 if next.error else kept
                next.over = True
            self.when_over()

    def _pipeline(self) -> genai.LLMPipeline:
        with tempfile.TemporaryDirectory(prefix="publius-blank-") as folder:
            blank_model.write(Path(folder), self._words)
            return genai.LLMPipeline(folder, self._tokenizer, "CPU", ATTENTION_BACKEND="SDPA")


def _written(pipeline: genai.LLMPipeline, held: genai.StructuredOutputConfig) -> PubliusError | None:
    """Write one token that is held to a grammar; what went wrong, if anything did."""
    config = genai.GenerationConfig(max_new_tokens=1)
    config.apply_chat_template = False
    config.structured_output_config = held
    ids = np.zeros((1, 1), np.int64)
    try:
        pipeline.generate(genai.TokenizedInputs(openvino.Tensor(ids), openvino.Tensor(np.ones_like(ids))), config)
    except RuntimeError:  # Its words may repeat the schema.
        return InvalidRequest("The engine cannot compile the schema.", cure="Send a simpler one.")
    return None

"""One answer under way: token ids become text, calls of tools and log probabilities, as they come."""

from openvino_genai import py_openvino_genai as genai  # type: ignore[import-untyped]

from publius.inference.assembly import Assembly
from publius.inference.calling import Calling
from publius.inference.constraint import tools_of
from publius.inference.dialects import Dialect
from publius.inference.engine import Piece, Request
from publius.inference.vocabulary import Vocabulary
from publius.types import FinishReason, TokenLogprob, ToolCall, Usage


class Generation:
    """`finished` says why the answer ended, once it has."""

    def __init__(
        self,
        handle: genai.GenerationHandle,
        prompt_tokens: int,
        request: Request,
        vocabulary: Vocabulary,
        dialect: Dialect,
    ) -> None:
        self._handle = handle
        self._vocabulary = vocabulary
        self._form = request.form
        self._assembly = Assembly(request.stop)
        self._calling = Calling(dialect, [tool.name for tool in tools_of(request.form)])
        self._prompt_tokens = prompt_tokens
        self._written = 0
        self._called = False
        self.finished: FinishReason | None = None

    @property
    def usage(self) -> Usage:
        return Usage(self._prompt_tokens, self._written)

    def read(self) -> Piece:
        """What came since the last call. Sets `finished` when that was the last."""
        ids, logprobs = self._new()
        over = self._handle.get_status() != genai.GenerationStatus.RUNNING
        text = self._assembly.feed(self._vocabulary.bytes_of(ids), final=over)
        text, calls = self._find_calls(text, final=over or self._assembly.stopped)
        enough = self._assembly.stopped or (self._called and not self._form.parallel_calls)
        if enough and not over:
            self._handle.cancel()
        if enough or (over and ids and ids[-1] in self._vocabulary.special):
            self.finished = "tool_calls" if self._called else "stop"
        elif over:
            self.finished = "length"
        return Piece(text, len(ids), calls, logprobs)

    def cancel(self) -> None:
        """Give the place free at the next step."""
        self._handle.cancel()

    def _new(self) -> tuple[list[int], tuple[TokenLogprob, ...]]:
        ids: list[int] = []
        values: list[float] = []
        while self._handle.can_read():
            for output in self._handle.read().values():
                ids += output.generated_ids
                values += output.generated_log_probs
        self._written += len(ids)
        if not self._form.logprobs:
            return ids, ()
        spelled = ((self._vocabulary.bytes_of([i]), value) for i, value in zip(ids, values, strict=True))
        return ids, tuple(TokenLogprob(token, value) for token, value in spelled if token)

    def _find_calls(self, text: str, *, final: bool) -> tuple[str, tuple[ToolCall, ...]]:
        if not tools_of(self._form):
            return text, ()
        said = ""
        calls: list[ToolCall] = []
        for item in self._calling.feed(text, final=final):
            if self._called and not self._form.parallel_calls:
                break  # What was written after the one call that is wanted.
            if isinstance(item, str):
                said += item
                continue
            self._called = self._called or bool(item.calls)
            calls += item.calls if self._form.parallel_calls else item.calls[:1]
        return said, tuple(calls)

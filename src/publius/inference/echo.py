"""A real engine without a model: it answers at once, always the same, word by word. For tests and demonstrations."""

import asyncio
import hashlib
import re
from collections.abc import AsyncGenerator, Callable, Sequence
from uuid import uuid4

import msgspec

from publius.errors import PromptTooLong
from publius.inference.engine import Finish, Health, Piece, Request
from publius.inference.instance import instance
from publius.inference.load import Load, Tally
from publius.inference.prompts import ENDING
from publius.types import FinishReason, TokenLogprob, Tool, ToolCall, Usage

Script = Callable[[Request], str | Sequence[ToolCall]]

_WORD = re.compile(r"\S+\s*|\s+")
_PASSAGES = re.compile(rf"Passages:\n\n(.*)\n\nQuestion: (.*)\n{re.escape(ENDING)}", re.DOTALL)
_HEAD = re.compile(r"^\[[^\]]+\].*$", re.MULTILINE)
_SENTENCE = re.compile(r"[^\s.!?][^.!?\n]*[.!?](?=\s|$)")
_REMEMBERED = 1000  # prompts


def echo(request: Request) -> str | Sequence[ToolCall]:
    """What is echoed: of a grounded prompt the passage sentences nearest to the question, else the last message.

    A tool is called where one has to be, or where the last message names it, and with as little as its schema
    allows. Where the answer has a schema, it is as little as that allows. Raw text is written again.
    """
    if request.prompt is not None:
        return request.prompt
    last = request.messages[-1]
    called = _called(request, last.content if last.role == "user" else "")
    if called:
        return [ToolCall(f"call_{uuid4().hex[:24]}", tool.name, instance(_schema(tool))) for tool in called]
    if request.form.schema is not None:
        return instance(request.form.schema)
    grounded = _PASSAGES.fullmatch(last.content)
    if not grounded:
        return f"{'The tool' if last.role == 'tool' else 'You'} said: {last.content}"
    sentences = _SENTENCE.findall(_HEAD.sub("", grounded[1]))
    asked = _words(grounded[2])
    ranked = sorted(sentences, key=lambda sentence: -len(asked & _words(sentence)))
    return " ".join(ranked[:2]) or "The passages do not answer this question."


class EchoEngine:
    """Tokens are words. `script` decides what is written, or called; `delay` is seconds before each word.

    What it was given before counts as cached, by the salt, as with an engine whose cache is walled.
    """

    name = "echo"
    weights = ""
    grounded_tokens = 1200

    def __init__(self, script: Script = echo, *, context: int = 8192, delay: float = 0.0) -> None:
        self.context = context
        self._script = script
        self._delay = delay
        self._tally = Tally()
        self._read: dict[bytes, None] = {}  # digests of prompts, oldest first

    async def start(self) -> None:
        """There is nothing to start."""

    async def stop(self) -> None:
        """There is nothing to stop."""

    async def health(self) -> Health:
        """Always ready."""
        return Health(True, "The echo engine repeats; it is not a model.", self._tally.running)

    async def load(self) -> Load:
        """Nobody waits; what it remembers is no cache that would take room."""
        return self._tally.load()

    async def count(self, texts: Sequence[str]) -> list[int]:
        """Words in each text."""
        return [len(_WORD.findall(text)) for text in texts]

    async def generate(self, request: Request) -> AsyncGenerator[Piece | Finish, None]:
        """See `Engine.generate`. It is sure of each word, so their probability is 1."""
        prompt = sum(await self.count(_texts(request)))
        if prompt >= self.context:
            raise PromptTooLong(f"The messages are longer than the {self.context:,} tokens that the model reads.")
        cached = prompt if self._remembers(request) else 0
        said = self._script(request)
        self._tally.read(prompt)
        if not isinstance(said, str):
            tokens = sum(await self.count([call.arguments for call in said]))
            self._tally.wrote(tokens)
            yield Piece("", tokens, tuple(said))
            yield Finish("tool_calls", Usage(prompt, tokens, cached))
            return
        stops = [at for word in request.stop if (at := said.find(word)) >= 0]
        words = _WORD.findall(said[: min(stops, default=len(said))])
        most = min(request.max_tokens, self.context - prompt)
        with self._tally.under_way(request.agency):
            for word in words[:most]:
                await asyncio.sleep(self._delay)
                self._tally.wrote(1)
                sure = (TokenLogprob(word.encode("utf-8", "replace"), 0.0),) if request.form.logprobs else ()
                yield Piece(word, 1, logprobs=sure)
        reason: FinishReason = "length" if len(words) > most else "stop"
        yield Finish(reason, Usage(prompt, min(len(words), most), cached))

    def _remembers(self, request: Request) -> bool:
        """Whether it read this before for the same agency; it does so now."""
        key = request.salt + msgspec.json.encode([request.messages, request.prompt, request.form.tools])
        digest = hashlib.sha256(key).digest()
        known = digest in self._read
        self._read[digest] = None
        if len(self._read) > _REMEMBERED:
            del self._read[next(iter(self._read))]
        return known


def _texts(request: Request) -> list[str]:
    if request.prompt is not None:
        return [request.prompt]
    tools = [f"{tool.name} {tool.description} {_schema(tool)}" for tool in request.form.tools]
    return [message.content for message in request.messages] + tools


def _called(request: Request, said: str) -> list[Tool]:
    """The tools to call: the one that is wanted, one if any is, or those whose names the message says."""
    form = request.form
    if form.tool_choice == "none" or not form.tools:
        return []
    named = [tool for tool in form.tools if tool.name == form.tool_choice]
    if named:
        return named
    said_of = [tool for tool in form.tools if re.search(rf"\b{re.escape(tool.name)}\b", said)]
    if form.tool_choice == "required" and not said_of:
        return [form.tools[0]]
    return said_of if form.parallel_calls else said_of[:1]


def _schema(tool: Tool) -> str:
    return msgspec.json.encode(tool.parameters).decode()


def _words(text: str) -> set[str]:
    return {word for word in re.findall(r"\w+", text.lower()) if len(word) > 3}

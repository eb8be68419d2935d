"""A real engine without a model: it answers at once, always the same, word by word. For tests and demonstrations."""

import asyncio
import re
from collections.abc import AsyncGenerator, Callable, Sequence

from publius.errors import PromptTooLong
from publius.inference.engine import Finish, Health, Piece, Request
from publius.inference.load import Load, Tally
from publius.inference.prompts import ENDING
from publius.types import FinishReason, Usage

Script = Callable[[Request], str]

_WORD = re.compile(r"\S+\s*")
_PASSAGES = re.compile(rf"Passages:\n\n(.*)\n\nQuestion: (.*)\n{re.escape(ENDING)}", re.DOTALL)
_HEAD = re.compile(r"^\[[^\]]+\].*$", re.MULTILINE)
_SENTENCE = re.compile(r"[^\s.!?][^.!?\n]*[.!?](?=\s|$)")


def echo(request: Request) -> str:
    """What is echoed: of a grounded prompt the passage sentences nearest to the question, else the last message."""
    last = request.messages[-1].content
    grounded = _PASSAGES.fullmatch(last)
    if not grounded:
        return f"You said: {last}"
    sentences = _SENTENCE.findall(_HEAD.sub("", grounded[1]))
    asked = _words(grounded[2])
    ranked = sorted(sentences, key=lambda sentence: -len(asked & _words(sentence)))
    return " ".join(ranked[:2]) or "The passages do not answer this question."


class EchoEngine:
    """Tokens are words. `script` decides what is written; `delay` is seconds before each word."""

    name = "echo"
    weights = ""
    grounded_tokens = 1200

    def __init__(self, script: Script = echo, *, context: int = 8192, delay: float = 0.0) -> None:
        self.context = context
        self._script = script
        self._delay = delay
        self._tally = Tally()

    async def start(self) -> None:
        """There is nothing to start."""

    async def stop(self) -> None:
        """There is nothing to stop."""

    async def health(self) -> Health:
        """Always ready."""
        return Health(True, "The echo engine repeats; it is not a model.", self._tally.running)

    async def load(self) -> Load:
        """Nobody waits, and there is no cache."""
        return self._tally.load()

    async def count(self, texts: Sequence[str]) -> list[int]:
        """Words in each text."""
        return [len(_WORD.findall(text)) for text in texts]

    async def generate(self, request: Request) -> AsyncGenerator[Piece | Finish, None]:
        """See `Engine.generate`."""
        prompt = sum(await self.count([message.content for message in request.messages]))
        if prompt >= self.context:
            raise PromptTooLong(f"The messages are longer than the {self.context:,} tokens that the model reads.")
        text = self._script(request)
        stops = [at for word in request.stop if (at := text.find(word)) >= 0]
        words = _WORD.findall(text[: min(stops, default=len(text))])
        most = min(request.max_tokens, self.context - prompt)
        self._tally.read(prompt)
        with self._tally.under_way(request.agency):
            for word in words[:most]:
                await asyncio.sleep(self._delay)
                self._tally.wrote(1)
                yield Piece(word, 1)
        reason: FinishReason = "length" if len(words) > most else "stop"
        yield Finish(reason, Usage(prompt, min(len(words), most)))


def _words(text: str) -> set[str]:
    return {word for word in re.findall(r"\w+", text.lower()) if len(word) > 3}

"""Any OpenAI-compatible server as the engine: vLLM, SGLang, llama-server, NIM.

Only what Publius itself decided is sent. What a client put into its request beyond our own types never
gets here, so it cannot pass through.
"""

import math
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
import msgspec
from msgspec import Struct

from publius.errors import EngineFailed, EngineUnavailable, PromptTooLong, PubliusError
from publius.inference.engine import Finish, Health, Piece, Request
from publius.inference.load import Load, Tally
from publius.types import FinishReason, Usage

_CONNECT = 10.0  # Seconds.
_SILENCE = 120.0  # Seconds without a byte, the wait for the first token included.
_BYTES_PER_TOKEN = 3.0  # Lower than any measured for English or Spanish, so that estimates err on the long side.


class _Delta(Struct):
    content: str | None = None


class _Choice(Struct):
    delta: _Delta = msgspec.field(default_factory=_Delta)
    finish_reason: str | None = None


class _Usage(Struct):
    prompt_tokens: int = 0
    completion_tokens: int = 0


class _Chunk(Struct):
    choices: list[_Choice] = msgspec.field(default_factory=list)
    usage: _Usage | None = None
    error: dict[str, Any] | None = None


class _Card(Struct):
    id: str
    owned_by: str = ""
    max_model_len: int | None = None


class _Cards(Struct):
    data: list[_Card]


class UpstreamEngine:
    """Speaks to `url` (with or without `/v1`) about the model `name`. `key` is its bearer key, if it wants one."""

    weights = ""  # An upstream does not say.
    grounded_tokens = 4000  # What runs on a server of its own is large enough to read many passages.

    def __init__(self, url: str, name: str, key: str = "", context: int = 8192) -> None:
        self.name = name
        self.context = context
        self._url = url.rstrip("/").removesuffix("/v1") + "/v1"
        self._headers = {"Authorization": f"Bearer {key}"} if key else {}
        self._session: aiohttp.ClientSession | None = None
        self._takes_salt = False  # vLLM knows `cache_salt`, and says that it is vLLM.
        self._tally = Tally()

    async def start(self) -> None:
        """Look at the server's models. A server that is not up yet is no error: it may come later."""
        timeout = aiohttp.ClientTimeout(total=None, connect=_CONNECT, sock_read=_SILENCE)
        self._session = aiohttp.ClientSession(headers=self._headers, timeout=timeout)
        await self.health()

    async def stop(self) -> None:
        """Hang up."""
        if self._session:
            await self._session.close()
            self._session = None

    async def health(self) -> Health:
        """Whether the server answers and has our model."""
        try:
            async with self._call("GET", "/models", timeout=aiohttp.ClientTimeout(total=5)) as response:
                cards = msgspec.json.decode(await response.read(), type=_Cards).data
        except (PubliusError, msgspec.DecodeError) as error:
            return Health(False, f"The upstream engine at {self._url} does not answer: {error}")
        mine = next((card for card in cards if card.id == self.name), None)
        if not mine:
            return Health(False, f"The upstream engine at {self._url} has no model {self.name}.")
        self._takes_salt = mine.owned_by == "vllm"
        self.context = mine.max_model_len or self.context
        return Health(True, f"The upstream engine at {self._url} has {self.name}.", self._tally.running)

    async def load(self) -> Load:
        """What we sent and were told; how the server stands otherwise its own metrics say."""
        return self._tally.load()

    async def count(self, texts: Sequence[str]) -> list[int]:
        """An estimate from the length in bytes: the server's tokenizer is not ours."""
        return [math.ceil(len(text.encode()) / _BYTES_PER_TOKEN) for text in texts]

    async def generate(self, request: Request) -> AsyncGenerator[Piece | Finish, None]:
        """See `Engine.generate`."""
        with self._tally.under_way(request.agency):
            async with self._call("POST", "/chat/completions", json=self._body(request)) as response:
                async for item in _pieces(response):
                    if isinstance(item, Finish):
                        self._tally.read(item.usage.prompt_tokens)
                    else:
                        self._tally.wrote(item.tokens)
                    yield item

    def _body(self, request: Request) -> dict[str, Any]:
        body: dict[str, Any] = {
            "model": self.name,
            "messages": [{"role": message.role, "content": message.content} for message in request.messages],
            "max_tokens": request.max_tokens,
            "temperature": request.temperature,
            "top_p": request.top_p,
            "stream": True,
            "stream_options": {"include_usage": True},
        }
        if request.stop:
            body["stop"] = list(request.stop)
        if request.seed is not None:
            body["seed"] = request.seed
        if self._takes_salt:
            body["cache_salt"] = request.salt.hex()
            body["priority"] = request.priority  # Has an effect where vLLM runs with --scheduling-policy priority.
        elif request.salt:
            # Another server's cache is walled by what it compares: the beginning of the prompt itself.
            body["messages"][0]["content"] = f"[{request.salt.hex()[:32]}]\n{request.messages[0].content}"
        return body

    @asynccontextmanager
    async def _call(self, method: str, path: str, **options: Any) -> AsyncGenerator[aiohttp.ClientResponse, None]:
        """One request, with every way that it can fail before its first byte turned into our errors."""
        if not self._session:
            raise EngineUnavailable("The upstream engine is not started.")
        try:
            response = await self._session.request(method, self._url + path, **options)
        except (aiohttp.ClientError, TimeoutError) as error:
            raise EngineUnavailable(f"The upstream engine cannot be reached: {type(error).__name__}.") from None
        async with response:
            if response.status >= 400:
                raise _refusal(response.status, await response.text())
            yield response


def _refusal(status: int, body: str) -> PubliusError:
    # The body is not shown: it may repeat the prompt.
    if status in (400, 413) and any(word in body.lower() for word in ("context", "too long", "maximum length")):
        return PromptTooLong("The messages do not fit into the upstream model's context.")
    if status in (429, 502, 503, 504):
        return EngineUnavailable(f"The upstream engine is busy or starting (it answered {status}).")
    cure = "The operator should check PUBLIUS_ENGINE, PUBLIUS_ENGINE_KEY and PUBLIUS_MODEL."
    return EngineFailed(f"The upstream engine refused the request (it answered {status}).", cure=cure)


async def _pieces(response: aiohttp.ClientResponse) -> AsyncGenerator[Piece | Finish, None]:
    reason: FinishReason | None = None
    usage: _Usage | None = None
    written = 0
    async for chunk in _chunks(response):
        usage = chunk.usage or usage
        for choice in chunk.choices[:1]:
            if choice.delta.content:
                written += 1
                yield Piece(choice.delta.content, 1)
            if choice.finish_reason:
                reason = "length" if choice.finish_reason == "length" else "stop"
    if reason is None:
        raise EngineFailed("The upstream engine broke off in mid-answer.")
    counted = usage or _Usage(0, written)
    yield Finish(reason, Usage(counted.prompt_tokens, counted.completion_tokens))


async def _chunks(response: aiohttp.ClientResponse) -> AsyncGenerator[_Chunk, None]:
    """The server-sent events of a stream, up to `[DONE]` or the end of the connection."""
    try:
        async for line in response.content:
            if not line.startswith(b"data:"):
                continue
            data = line[5:].strip()
            if data == b"[DONE]":
                return
            chunk = msgspec.json.decode(data, type=_Chunk)
            if chunk.error:
                raise EngineFailed("The upstream engine reported an error in mid-answer.")
            yield chunk
    except (aiohttp.ClientError, TimeoutError, ValueError) as error:
        raise EngineFailed(f"The upstream engine broke off in mid-answer: {type(error).__name__}.") from None

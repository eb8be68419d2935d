"""Any OpenAI-compatible server as the engine: vLLM, SGLang, llama-server, NIM.

Only what Publius itself decided is sent (`upstream_request.py`). What a client put into its request beyond our own
types never gets here, so it cannot pass through.
"""

import asyncio
import math
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
import msgspec
from msgspec import Struct, field

from publius.errors import EngineFailed, EngineLost, EngineUnavailable, PromptTooLong, PubliusError
from publius.inference.engine import Finish, Health, Piece, Request
from publius.inference.load import Load, Tally
from publius.inference.upstream_request import JOINER, body, broken
from publius.inference.upstream_stream import Patience, Reading

_CONNECT = 10.0  # Seconds.
_LOOK = 5.0  # Seconds for a question about the server itself.
_LARGEST_REPLY = 4 << 20  # Bytes of a reply that is not a stream.
_BYTES_PER_TOKEN = 3.0  # Lower than any measured for English or Spanish, so that estimates err on the long side.
_LONGEST_WAIT = 3600  # Seconds that we pass on as Retry-After.
_CURE = "The operator should check PUBLIUS_ENGINE, PUBLIUS_ENGINE_KEY and PUBLIUS_MODEL."


class _Meta(Struct):
    n_ctx: int | None = None


class _Card(Struct):
    id: str
    owned_by: str = ""
    max_model_len: int | None = None  # vLLM
    meta: _Meta | None = None  # llama.cpp
    aliases: list[str] = field(default_factory=list)


class _Cards(Struct):
    data: list[_Card]


class _Tokens(Struct):
    tokens: list[int]


class UpstreamEngine:
    """Speaks to `url` (with or without `/v1`) about the model `name`. `key` is its bearer key, if it wants one."""

    weights = ""  # An upstream does not say.
    grounded_tokens = 4000  # What runs on a server of its own is large enough to read many passages.

    def __init__(
        self, url: str, name: str, key: str = "", context: int = 8192, patience: Patience | None = None
    ) -> None:
        self.name = name
        self.context = context
        self._root = url.rstrip("/").removesuffix("/v1")
        self._url = self._root + "/v1"
        self._headers = {"Authorization": f"Bearer {key}"} if key else {}
        self._patience = patience or Patience()
        self._session: aiohttp.ClientSession | None = None
        self._dialect = ""  # Who owns the model, as the server says: `vllm` and `llamacpp` are known to us.
        self._tally = Tally()

    async def start(self) -> None:
        """Look at the server's models. A server that is not up yet is no error: it may come later."""
        self._session = aiohttp.ClientSession(
            headers=self._headers,
            timeout=aiohttp.ClientTimeout(total=None, connect=_CONNECT),
            connector=aiohttp.TCPConnector(limit=0),  # How many run at once is not decided here.
            cookie_jar=aiohttp.DummyCookieJar(),
        )
        await self.health()

    async def stop(self) -> None:
        """Hang up."""
        if self._session:
            await self._session.close()
            self._session = None

    async def health(self) -> Health:
        """Whether the server answers, has loaded our model, and how much it reads."""
        try:
            cards = msgspec.json.decode(await self._look("GET", self._url + "/models"), type=_Cards).data
        except (PubliusError, msgspec.DecodeError) as error:
            return Health(False, f"The upstream engine at {self._url} does not answer: {error}")
        mine = next((card for card in cards if self.name in (card.id, *card.aliases)), None)
        if not mine:
            return Health(False, f"The upstream engine at {self._url} has no model {self.name}.")
        self._dialect = mine.owned_by
        self.context = mine.max_model_len or (mine.meta and mine.meta.n_ctx) or self.context
        return Health(True, f"The upstream engine at {self._url} has {self.name}.", self._tally.running)

    async def load(self) -> Load:
        """What we sent and were told; how the server stands otherwise its own metrics say."""
        return self._tally.load()

    async def count(self, texts: Sequence[str]) -> list[int]:
        """By the server's own tokenizer where it lends it (llama.cpp, vLLM), else an estimate from the length."""
        if self._dialect in ("llamacpp", "vllm"):
            try:
                return list(await asyncio.gather(*map(self._count, texts)))
            except (PubliusError, msgspec.DecodeError):
                pass  # It may be switched off there, or behind a proxy that does not pass it on.
        return [math.ceil(len(text.encode()) / _BYTES_PER_TOKEN) for text in texts]

    async def _count(self, text: str) -> int:
        told = broken(text)
        asked = (
            {"content": told, "parse_special": False}
            if self._dialect == "llamacpp"
            else {"model": self.name, "prompt": told, "add_special_tokens": False}
        )
        reply = await self._look("POST", self._root + "/tokenize", json=asked)
        return len(msgspec.json.decode(reply, type=_Tokens).tokens)

    async def generate(self, request: Request) -> AsyncGenerator[Piece | Finish, None]:
        """See `Engine.generate`. A request whose connection broke before anything came is sent once more."""
        path = "/chat/completions" if request.prompt is None else "/completions"
        asked = msgspec.json.encode(body(self.name, request, self._dialect))
        with self._tally.under_way(request.agency):
            for last in (False, True):
                reading = Reading(request, mend=JOINER.encode() in asked)
                try:
                    async for item in self._answer(path, asked, reading):
                        self._count_in(item)
                        yield item
                    return
                except EngineLost:
                    if reading.begun:
                        raise
                    if last:
                        raise EngineUnavailable("The upstream engine went away twice on this request.") from None

    async def _answer(self, path: str, asked: bytes, reading: Reading) -> AsyncGenerator[Piece | Finish, None]:
        headers = {"Content-Type": "application/json"}
        async with self._call("POST", self._url + path, data=asked, headers=headers) as response:
            async for item in reading.pieces(response, self._patience):
                yield item

    def _count_in(self, item: Piece | Finish) -> None:
        if isinstance(item, Finish):
            self._tally.read(item.usage.prompt_tokens, item.usage.cached_tokens)
        else:
            self._tally.wrote(item.tokens)

    async def _look(self, method: str, url: str, **options: Any) -> bytes:
        """A short question about the server itself."""
        async with self._call(method, url, timeout=aiohttp.ClientTimeout(total=_LOOK), **options) as response:
            return await _bounded(response)

    @asynccontextmanager
    async def _call(self, method: str, url: str, **options: Any) -> AsyncGenerator[aiohttp.ClientResponse, None]:
        """One request, with every way that it can fail before its first byte turned into our errors."""
        if not self._session:
            raise EngineUnavailable("The upstream engine is not started.")
        # A redirect is never followed: it would carry the key and the prompt to wherever it points.
        asking = self._session.request(method, url, allow_redirects=False, **options)
        try:
            async with asyncio.timeout(self._patience.first):
                response = await asking
        except aiohttp.ClientConnectorError as error:
            raise EngineUnavailable(f"The upstream engine cannot be reached: {type(error).__name__}.") from None
        except (aiohttp.ServerDisconnectedError, aiohttp.ClientOSError) as error:
            raise EngineLost(f"The upstream engine hung up: {type(error).__name__}.") from None
        except (aiohttp.ClientError, TimeoutError) as error:
            raise EngineUnavailable(f"The upstream engine does not answer: {type(error).__name__}.") from None
        async with response:
            if response.status >= 300:
                raise _refusal(response.status, response.headers.get("Retry-After", ""), await _bounded(response))
            yield response


async def _bounded(response: aiohttp.ClientResponse) -> bytes:
    """The whole of a reply that is not a stream, up to a size that no honest one has."""
    reply = b""
    try:
        async with asyncio.timeout(_LOOK):
            async for part in response.content.iter_any():
                reply += part
                if len(reply) > _LARGEST_REPLY:
                    raise EngineFailed("The upstream engine sent more than it was asked for.", cure=_CURE)
    except (aiohttp.ClientError, TimeoutError) as error:
        raise EngineLost(f"The upstream engine broke off: {type(error).__name__}.") from None
    return reply


def _refusal(status: int, retry_after: str, reply: bytes) -> PubliusError:
    # The reply is not shown: it may repeat the prompt.
    said = reply.decode(errors="replace").lower()
    if status in (400, 413) and any(words in said for words in ("context", "too long", "maximum length")):
        return PromptTooLong("The messages do not fit into the upstream model's context.")
    if status in (429, 502, 503, 504):
        return EngineUnavailable(
            f"The upstream engine is busy or starting (it answered {status}).",
            retry_after=min(max(int(retry_after), 1), _LONGEST_WAIT) if retry_after.isdecimal() else 5,
        )
    if status < 400:
        why = f"answered {status}, which points elsewhere, and Publius does not follow"
    else:
        why = f"refused the request: it answered {status}"
    return EngineFailed(f"The upstream engine {why}.", cure=_CURE)

"""What an OpenAI-compatible server streams back, as pieces and a finish.

The server is not trusted to behave: what it sends is bounded in time, in bytes and in events, and what it was asked
to keep to (a required call, JSON) is looked at before the answer counts as finished.
"""

import asyncio
import itertools
import secrets
from collections.abc import AsyncGenerator
from typing import Any

import aiohttp
import msgspec
from aiohttp.http_exceptions import HttpProcessingError
from msgspec import Struct, field

from publius.errors import EngineFailed, EngineLost
from publius.inference.engine import Finish, Piece, Request
from publius.inference.upstream_request import JOINER
from publius.types import FinishReason, TokenLogprob, ToolCall, Usage

_LONGEST_LINE = 1 << 20  # Bytes: a whole call in one event fits, a line that never ends does not.
_EVENT = 4096  # Bytes that an event takes on average, at most.
_SPARE = 64  # Events that hold no token: roles, usage, the end.
_MOST_CALLS = 128
_BROKE_OFF = "The upstream engine broke off in mid-answer"


class Patience(Struct, frozen=True):
    """Seconds that a server may stay silent: before the first token, which waits for others, and between tokens."""

    first: float = 120.0
    between: float = 60.0


class _Logprob(Struct):
    token: str
    logprob: float
    bytes: list[int] | None = None


class _Logprobs(Struct):
    """`content` in chats and from llama.cpp; the two lists from others in the older completions."""

    content: list[_Logprob] | None = None
    tokens: list[str] | None = None
    token_logprobs: list[float | None] | None = None


class _Function(Struct):
    name: str | None = None
    arguments: str | None = None


class _Fragment(Struct):
    index: int = 0
    id: str | None = None
    function: _Function = field(default_factory=_Function)


class _Delta(Struct):
    content: str | None = None
    tool_calls: list[_Fragment] | None = None


class _Choice(Struct):
    delta: _Delta = field(default_factory=_Delta)
    text: str | None = None  # The older completions.
    logprobs: _Logprobs | None = None
    finish_reason: str | None = None


class _Details(Struct):
    cached_tokens: int | None = None


class _Usage(Struct):
    prompt_tokens: int = 0
    completion_tokens: int = 0
    prompt_tokens_details: _Details | None = None


class _Chunk(Struct):
    choices: list[_Choice] = field(default_factory=list)
    usage: _Usage | None = None
    error: Any = None


class Reading:
    """One answer as it is read. `mend` takes out what `upstream_request.broken` put in."""

    def __init__(self, request: Request, *, mend: bool) -> None:
        self._request = request
        self._mend = mend
        self._calls: dict[int, ToolCall] = {}
        self._text: list[str] = []
        self._reason = ""
        self._usage: _Usage | None = None
        self._events = 0
        self.begun = False  # Whether anything was given on: then trying again is not safe.

    async def pieces(
        self, response: aiohttp.ClientResponse, patience: Patience
    ) -> AsyncGenerator[Piece | Finish, None]:
        """What comes, and a Finish at the end.

        Raises:
            EngineLost: the server broke off.
            EngineFailed: it fell silent, sent too much, or did not do what was asked of it.
        """
        async for chunks in self._chunks(response, patience):
            piece = self._taken(chunks)
            if piece.text or piece.logprobs:
                self.begun = True
                yield piece
        if not self._reason:
            raise EngineLost(f"{_BROKE_OFF}.")
        calls = self._whole_calls()
        self._check(calls)
        if calls:
            self.begun = True
            yield Piece("", 0, calls=calls)
        yield Finish(self._finish_reason(calls), self._counted())

    def _taken(self, chunks: list[_Chunk]) -> Piece:
        """All that these chunks say, as one piece."""
        texts: list[str] = []
        logprobs: list[TokenLogprob] = []
        for chunk in chunks:
            self._usage = chunk.usage or self._usage
            for choice in chunk.choices[:1]:
                self._reason = choice.finish_reason or self._reason
                for fragment in choice.delta.tool_calls or ():
                    self._assemble(fragment)
                text = self._mended(choice.delta.content or choice.text or "")
                told = _logprobs(choice.logprobs) if self._request.form.logprobs else ()
                if text or told:
                    texts.append(text)
                    logprobs += told
        self._text += texts
        return Piece("".join(texts), len(texts), logprobs=tuple(logprobs))

    async def _chunks(self, response: aiohttp.ClientResponse, patience: Patience) -> AsyncGenerator[list[_Chunk], None]:
        """The server-sent events of a stream, up to `[DONE]` or the end of the connection.

        Those that are there already come together: nobody waits for more, and each costs its reader less.
        """
        loop = asyncio.get_running_loop()
        room = _LONGEST_LINE + _EVENT * self._request.max_tokens
        deadline = loop.time() + patience.first
        rest, ended = b"", False
        try:
            while not ended:
                async with asyncio.timeout_at(deadline):  # A comment, which says that it lives, is no token.
                    read = await response.content.readany()
                room -= len(read)
                *lines, rest = (rest + read).split(b"\n") if read else (rest, b"")
                events = [line[5:].strip() for line in lines if line.startswith(b"data:")]
                self._events += len(events)
                if room < 0 or len(rest) > _LONGEST_LINE or self._events > 2 * self._request.max_tokens + _SPARE:
                    raise EngineFailed("The upstream engine wrote more than it was asked for.")
                ended = not read or b"[DONE]" in events
                if events:
                    deadline = loop.time() + patience.between
                    chunks: list[_Chunk] = []
                    try:
                        chunks.extend(map(_decoded, itertools.takewhile(b"[DONE]".__ne__, events)))
                    finally:  # What came before an event that is none is given on first.
                        yield chunks
        except TimeoutError:
            raise EngineFailed("The upstream engine fell silent in mid-answer.") from None
        except aiohttp.ClientError as error:
            raise EngineLost(f"{_BROKE_OFF}: {type(error).__name__}.") from None
        except (ValueError, HttpProcessingError):  # Not JSON, of another shape, or no chunks of HTTP.
            raise EngineFailed("The upstream engine sent what is no answer.") from None

    def _assemble(self, fragment: _Fragment) -> None:
        """A call comes in pieces: its name first, then its arguments, told apart from other calls by the index."""
        if not 0 <= fragment.index < _MOST_CALLS:
            raise EngineFailed("The upstream engine wrote more calls than any answer needs.")
        call = self._calls.get(fragment.index) or ToolCall("", "", "")
        self._calls[fragment.index] = ToolCall(
            call.id or fragment.id or "",
            call.name + (fragment.function.name or ""),
            call.arguments + (fragment.function.arguments or ""),
        )

    def _whole_calls(self) -> tuple[ToolCall, ...]:
        """In the order of their indices. One that the limit on tokens cut short is not given: it must not be run."""
        calls = [
            ToolCall(call.id or f"call_{secrets.token_hex(12)}", call.name, self._mended(call.arguments or "{}"))
            for _, call in sorted(self._calls.items())
        ]
        if self._reason == "length":
            calls = [call for call in calls if _json(call.arguments, dict)]
        return tuple(calls if self._request.form.parallel_calls else calls[:1])

    def _check(self, calls: tuple[ToolCall, ...]) -> None:
        """What was asked of the server it may not know, and then it says nothing of it."""
        if self._reason == "length":
            return
        form = self._request.form
        if form.tools and form.tool_choice not in ("auto", "none") and not calls:
            raise EngineFailed(
                "The upstream engine wrote no tool call, though one was required.",
                cure="The operator should check that the upstream's chat template and settings know tools.",
            )
        if form.schema is not None and not calls and not _json("".join(self._text), Any):
            raise EngineFailed(
                "The upstream engine did not keep to response_format.",
                cure="The operator should check that the upstream knows response_format.",
            )

    def _finish_reason(self, calls: tuple[ToolCall, ...]) -> FinishReason:
        if self._reason == "length":
            return "length"
        return "tool_calls" if calls else "stop"

    def _counted(self) -> Usage:
        counted = self._usage or _Usage(0, len(self._text))
        details = counted.prompt_tokens_details or _Details()
        return Usage(counted.prompt_tokens, counted.completion_tokens, details.cached_tokens or 0)

    def _mended(self, text: str) -> str:
        return text.replace(JOINER, "") if self._mend else text


def _decoded(data: bytes) -> _Chunk:
    chunk = msgspec.json.decode(data, type=_Chunk)
    if chunk.error:  # Its words are not shown: they may repeat the prompt.
        raise EngineFailed("The upstream engine reported an error in mid-answer.")
    return chunk


def _logprobs(told: _Logprobs | None) -> tuple[TokenLogprob, ...]:
    if told is None:
        return ()
    if told.content is not None:
        return tuple(
            TokenLogprob(one.token.encode() if one.bytes is None else bytes(one.bytes), one.logprob)
            for one in told.content
        )
    pairs = zip(told.tokens or (), told.token_logprobs or (), strict=False)
    return tuple(TokenLogprob(token.encode(), logprob or 0.0) for token, logprob in pairs)


def _json(text: str, wanted: Any) -> bool:
    try:
        msgspec.json.decode(text, type=wanted)
    except msgspec.DecodeError:
        return False
    return True

"""An OpenAI server that answers at once and costs next to nothing, so that only what stands before it is measured.

`python -m bench.serving.mock` prints the port that it took and serves until it is ended.
"""

import asyncio
from collections.abc import Sequence
from typing import cast

import msgspec
import uvloop
from msgspec import Struct

MODEL = "llama"
WORDS = [f"word{at} " for at in range(64)]  # a token each
TEXT = "".join(WORDS)
_USAGE = {"prompt_tokens": 40, "completion_tokens": len(WORDS), "total_tokens": 40 + len(WORDS)}


class _Asked(Struct):
    stream: bool = False


class Mock(asyncio.Protocol):
    """One connection; requests may follow one another on it."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)  # uvloop's is none by class
        self._buffer = b""

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        while (head := self._buffer.find(b"\r\n\r\n")) >= 0:
            body = head + 4
            end = body + _length(self._buffer[:head].lower())
            if len(self._buffer) < end:
                return
            self._write(_answer(self._buffer[:head], self._buffer[body:end]))
            self._buffer = self._buffer[end:]

    def _write(self, parts: Sequence[bytes]) -> None:
        """One part in each turn of the loop."""
        self._transport.write(parts[0])
        if parts[1:]:
            asyncio.get_running_loop().call_soon(self._write, parts[1:])


def _length(head: bytes) -> int:
    _, found, rest = head.partition(b"content-length:")
    return int(rest.partition(b"\r\n")[0]) if found else 0


def _answer(head: bytes, body: bytes) -> Sequence[bytes]:
    if head.startswith(b"GET /v1/models"):
        return [_MODELS]
    if head.startswith(b"POST /v1/chat/completions"):
        return _STREAM if msgspec.json.decode(body, type=_Asked).stream else [_WHOLE]
    return [b"HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n"]


def _whole(body: object) -> bytes:
    data = msgspec.json.encode(body)
    return b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: %d\r\n\r\n%b" % (len(data), data)


def _streamed() -> list[bytes]:
    """64 events of a word each, then the end and the usage; each an HTTP chunk and a write of its own.

    An engine leaves milliseconds between its tokens. An instant one must at least not give them all in one piece,
    which whoever reads them would only have to pass on.
    """
    deltas = [{"role": "assistant", "content": WORDS[0]}, *({"content": word} for word in WORDS[1:]), {}]
    choices = [{"index": 0, "delta": delta, "finish_reason": None if delta else "stop"} for delta in deltas]
    common = {"id": "chatcmpl-mock", "object": "chat.completion.chunk", "created": 1_700_000_000, "model": MODEL}
    chunks = [common | {"choices": [choice]} for choice in choices]
    chunks.append(common | {"choices": [], "usage": _USAGE})
    events = [b"data: %b\n\n" % data for data in (*map(msgspec.json.encode, chunks), b"[DONE]")]
    head = b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n"
    return [head, *(b"%x\r\n%b\r\n" % (len(event), event) for event in events), b"0\r\n\r\n"]


_MESSAGE = {"role": "assistant", "content": TEXT}
_COMPLETION = {
    "id": "chatcmpl-mock",
    "object": "chat.completion",
    "created": 1_700_000_000,
    "model": MODEL,
    "choices": [{"index": 0, "message": _MESSAGE, "finish_reason": "stop"}],
    "usage": _USAGE,
}
_MODELS = _whole({"object": "list", "data": [{"id": MODEL, "object": "model", "created": 1, "owned_by": "mock"}]})
_WHOLE = _whole(_COMPLETION)
_STREAM = _streamed()


async def _serve() -> None:
    server = await asyncio.get_running_loop().create_server(Mock, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    uvloop.run(_serve())

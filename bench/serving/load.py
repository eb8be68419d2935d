"""The load: so many connections, each with one request under way at a time, the same for every server.

`python -m bench.serving.load PORT KEY CONNECTIONS SECONDS whole|stream` prints what came back as JSON.
"""

import asyncio
import statistics
import sys
import time
from typing import cast

import msgspec
import uvloop
from msgspec import Struct

from bench.serving.mock import MODEL, TEXT, WORDS

_ASKED = "Write a short notice to our staff: the new form for leave is used from the first of March, for everybody."


class Run(Struct):
    """What one run came to; times in ms."""

    requests: int
    per_second: float
    median: float
    p99: float


class Client(asyncio.Protocol):
    """One connection: sends its request again as soon as the answer is whole, until `until`."""

    def __init__(self, request: bytes, until: float, *, stream: bool) -> None:
        self.done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.took: list[float] = []
        self._request = request
        self._until = until
        self._stream = stream

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)  # uvloop's is none by class
        self._send()

    def data_received(self, data: bytes) -> None:
        self._answer += data
        if not self._whole():
            return
        now = time.perf_counter()
        self._check()
        self.took.append(now - self._sent)
        if now < self._until:
            self._send()
        else:
            self._transport.close()

    def connection_lost(self, error: Exception | None) -> None:
        if not self.done.done():
            self.done.set_result(None)

    def _send(self) -> None:
        self._answer = bytearray()
        self._sent = time.perf_counter()
        self._transport.write(self._request)

    def _whole(self) -> bool:
        head = self._answer.find(b"\r\n\r\n")
        if head < 0:
            return False
        if self._stream and self._answer.startswith(b"HTTP/1.1 200"):
            return self._answer.endswith(b"0\r\n\r\n")
        _, found, rest = self._answer[:head].lower().partition(b"content-length:")
        return bool(found) and len(self._answer) >= head + 4 + int(rest.partition(b"\r\n")[0])

    def _check(self) -> None:
        """The first answer is read word for word, the others as far as can be done without slowing the load."""
        right = self._answer.startswith(b"HTTP/1.1 200")
        if self._stream:
            right = right and WORDS[-1].encode() in self._answer and b"data: [DONE]" in self._answer
            right = right and (bool(self.took) or _written(self._answer) == TEXT)
        else:
            right = right and TEXT.encode() in self._answer
        if not right and not self.done.done():
            self.done.set_exception(RuntimeError(f"A wrong answer: {bytes(self._answer[:2000])!r}"))
            self._transport.close()


def _written(answer: bytearray) -> str:
    """What the events of a streamed answer say, put together."""
    lines = [line[6:] for line in bytes(answer).split(b"\n") if line.startswith(b"data: {")]
    choices = [choice for line in lines for choice in msgspec.json.decode(line)["choices"]]
    return "".join(choice["delta"].get("content") or "" for choice in choices)


def _request(key: str, *, stream: bool) -> bytes:
    body = msgspec.json.encode(
        {"model": MODEL, "messages": [{"role": "user", "content": _ASKED}], "max_tokens": 64, "stream": stream}
    )
    return (
        b"POST /v1/chat/completions HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: application/json\r\n"
        b"authorization: Bearer %b\r\ncontent-length: %d\r\n\r\n%b" % (key.encode(), len(body), body)
    )


async def load(port: int, key: str, connections: int, seconds: float, *, stream: bool) -> Run:
    """Ask for `seconds`; every answer that was begun is waited for, and a wrong one ends the run."""
    loop = asyncio.get_running_loop()
    begun = time.perf_counter()
    request = _request(key, stream=stream)
    clients = [Client(request, begun + seconds, stream=stream) for _ in range(connections)]
    for client in clients:
        await loop.create_connection(lambda client=client: client, "127.0.0.1", port)  # type: ignore[misc]
    await asyncio.gather(*(client.done for client in clients))
    lasted = time.perf_counter() - begun
    took = sorted(seconds * 1000 for client in clients for seconds in client.took)
    return Run(len(took), len(took) / lasted, statistics.median(took), took[int(len(took) * 0.99)])


if __name__ == "__main__":
    port, key, connections, seconds, kind = sys.argv[1:]
    run = uvloop.run(load(int(port), key, int(connections), float(seconds), stream=kind == "stream"))
    print(msgspec.json.encode(run).decode())

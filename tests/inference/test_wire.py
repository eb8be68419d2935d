"""A client that speaks badly to the engine harms nobody but itself. Spoken to the real engine process."""

import asyncio
import os
import stat
from pathlib import Path

import msgspec
import pytest

from publius.inference import wire
from publius.inference.embedded import EmbeddedEngine
from publius.inference.engine import Request
from publius.inference.process import socket_path
from publius.types import Message

pytestmark = pytest.mark.model

BAD_FRAMES = {
    "not msgpack": b"\x00\x00\x00\x03\xc1\xc1\xc1",
    "an unknown message": wire.pack(wire.Ping(1)).replace(b"ping", b"pong"),
    "a wrong type": wire.pack(wire.Ping(1)).replace(b"\x01", b"\xc0", 1) + b"\x00" * 8,
    "a length over the limit": b"\xff\xff\xff\xff",
    "text": b"GET / HTTP/1.1\r\nHost: x\r\n\r\n",
    "a pickle": (lambda body: len(body).to_bytes(4) + body)(b"\x80\x04cos\nsystem\n(S'true'\ntR."),
}


async def connect(home: Path) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    reader, writer = await asyncio.open_unix_connection(home / "run" / "engine.sock")
    assert isinstance(await read(reader), wire.Welcome)
    return reader, writer


async def read(reader: asyncio.StreamReader) -> wire.FromEngine | None:
    return await wire.read_frame(reader, msgspec.msgpack.Decoder(wire.FromEngine))


@pytest.mark.parametrize("frame", BAD_FRAMES.values(), ids=BAD_FRAMES.keys())
async def test_a_bad_frame_closes_its_own_connection_with_a_reason(
    llama: EmbeddedEngine, engine_home: Path, frame: bytes
) -> None:
    bystander = asyncio.create_task(
        anext(
            llama.generate(Request(messages=(Message("user", "Hello"),), salt=b"", max_tokens=20, agency=1, user="me"))
        )
    )
    reader, writer = await connect(engine_home)
    writer.write(frame)
    failure = await read(reader)
    assert isinstance(failure, wire.Failure)
    assert (failure.id, failure.code) == (0, "bad_frame")
    assert await reader.read() == b"", "the connection is closed"
    writer.close()
    await bystander
    async with asyncio.timeout(60):  # on a busy machine it may take longer than health waits
        while not (await llama.health()).ready:
            await asyncio.sleep(0.1)


async def test_a_frame_that_never_ends_holds_nothing_up(llama: EmbeddedEngine, engine_home: Path) -> None:
    _, writer = await connect(engine_home)
    writer.write(b"\x00\x00\x10\x00only the beginning")
    await writer.drain()
    assert (await llama.health()).ready
    writer.close()


async def test_one_connection_cannot_cancel_or_read_anothers_generation(
    llama: EmbeddedEngine, engine_home: Path
) -> None:
    stream = llama.generate(
        Request(messages=(Message("user", "Count to fifty."),), salt=b"", max_tokens=40, agency=1, user="me")
    )
    await anext(stream)
    reader, writer = await connect(engine_home)
    for id in range(1, 50):
        writer.write(wire.pack(wire.Cancel(id)))
    writer.write(wire.pack(wire.Ping(7)))
    assert isinstance(await read(reader), wire.Pong), "the first frame that it gets is the answer to its own"
    writer.close()
    rest = [item async for item in stream]
    assert rest[-1].reason != "cancelled"  # type: ignore[union-attr]


def test_only_the_owner_can_reach_the_socket(engine_home: Path) -> None:
    socket = engine_home / "run" / "engine.sock"
    assert stat.S_IMODE(socket.parent.stat().st_mode) == 0o700
    assert stat.S_IMODE(socket.stat().st_mode) == 0o600


def test_a_path_too_long_for_a_socket_is_moved_to_a_private_folder(tmp_path: Path) -> None:
    run = tmp_path / ("long" * 30) / "run"
    path = socket_path(run)
    assert path == socket_path(run)
    assert len(os.fsencode(path)) < 100
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    path.parent.rmdir()

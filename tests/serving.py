"""A real server for the building of one test."""

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator

import uvicorn

from publius.api.protocol import BoundedProtocol
from publius.application import Application
from publius.web import create_app

_TICK = 0.005  # Seconds.


class Server(uvicorn.Server):
    """Uvicorn, that looks more often whether it is over: its own rests are as long as many a test."""

    async def main_loop(self) -> None:
        await self.on_tick(0)
        while not self.should_exit:
            await asyncio.sleep(_TICK)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        for server in self.servers:
            server.close()
        for connection in list(self.server_state.connections):
            connection.shutdown()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(self.config.timeout_graceful_shutdown):
                while self.server_state.connections or self.server_state.tasks:
                    await asyncio.sleep(_TICK)
        for task in self.server_state.tasks:
            task.cancel()
        await self.lifespan.shutdown()


@contextlib.asynccontextmanager
async def serving(app: Application) -> AsyncIterator[str]:
    """The address of a server for `app` on a free loopback port."""
    listener = socket.create_server(("127.0.0.1", 0))
    config = uvicorn.Config(
        create_app(app),
        http=BoundedProtocol,
        log_config=None,
        access_log=False,
        server_header=False,
        lifespan="on",
        timeout_graceful_shutdown=10,
    )
    server = Server(config)
    running = asyncio.create_task(server.serve([listener]))
    try:
        while not server.started:
            await asyncio.sleep(_TICK)
            assert not running.done(), "the server did not start"
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        server.should_exit = True
        await running

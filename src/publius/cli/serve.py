"""`publius run`: start everything, say where to go, and stop everything again."""

import asyncio
import contextlib
import gc
import shutil
import signal
import socket
from collections.abc import Callable, Coroutine, Iterator
from typing import Annotated, Any

import typer
import uvicorn
import uvloop

from publius.api.protocol import BoundedProtocol
from publius.application import Application, open_application
from publius.cli import address, first_run
from publius.cli.terminal import console, step
from publius.errors import DiskFull, PortTaken, PubliusError
from publius.settings import Settings, read
from publius.storage import Owner, storage_ready
from publius.web import create_app

ROOM_NEEDED = 200 * 2**20  # bytes free, below which the ledger could soon not be written


def run(
    port: Annotated[int | None, typer.Option(help="Port to listen on, instead of PORT or 8080.")] = None,
    demonstration: Annotated[bool, typer.Option(help="On the first run, make four agencies to try it with.")] = True,
) -> None:
    """Start Publius and everything it needs. Ctrl-C stops all of it.

    Example: `PORT=8090 publius run`
    """
    settings = read(port=port)
    _check_port(settings)
    _check_room(settings)
    with contextlib.suppress(asyncio.CancelledError), asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(_serve(settings, demonstration))
    console.print("Stopped.")


async def _serve(settings: Settings, demonstration: bool) -> None:
    server = _Server(settings)
    server.stop_on_signals()
    with contextlib.ExitStack() as stack:
        with step("Database"):
            storage = stack.enter_context(storage_ready(settings))
        new = demonstration and first_run.make_agencies(Owner(storage.owner), settings)
        async with open_application(settings, storage, start_engine=False) as app:
            with step("Llama"):
                await app.engine.start()
            for broken in app.missions.broken:
                console.print(f"The mission {broken.id} is left out. {broken.error}", markup=False, soft_wrap=True)
            if new:
                await first_run.turn_on_missions(app)
            if demonstration:
                await first_run.read_documents(app)
            reading = asyncio.create_task(_read_sources(app))
            try:
                with address.told(settings):
                    await server.serve(app)
            finally:
                reading.cancel()
                await asyncio.wait([reading])


async def _read_sources(app: Application) -> None:
    """Read the sources of the missions that are on, beside the answering: else the first who asks waits for it."""
    with contextlib.suppress(PubliusError):  # Whoever asks then is told what is wrong.
        for agency in await app.database.agencies():
            for pack in await app.missions.of(agency):
                await app.desk.shelf.prepare(pack, lambda: None)


class _Server:
    """uvicorn, with signals that let our own clean-up run to its end."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._uvicorn: uvicorn.Server | None = None

    def stop_on_signals(self) -> None:
        """Ctrl-C breaks off the start; a server that runs winds down, and drops its streams at the second Ctrl-C."""
        starting = asyncio.current_task()
        assert starting is not None

        def stop() -> None:
            if self._uvicorn is None:
                starting.cancel()
                return
            self._uvicorn.force_exit = self._uvicorn.should_exit
            self._uvicorn.should_exit = True

        for number in (signal.SIGINT, signal.SIGTERM):
            asyncio.get_running_loop().add_signal_handler(number, stop)

    async def serve(self, app: Application) -> None:
        """Answer requests until told to stop."""
        config = uvicorn.Config(
            create_app(app),
            host=self._settings.host,
            port=self._settings.port,
            http=BoundedProtocol,
            log_config=None,
            access_log=False,
            server_header=False,
            timeout_graceful_shutdown=5,
        )
        self._uvicorn = _Uvicorn(config)
        self._uvicorn.welcome = lambda: first_run.welcome(app)
        await self._uvicorn.serve()


class _Uvicorn(uvicorn.Server):
    welcome: Callable[[], Coroutine[Any, Any, None]]

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        _spare_the_collector()
        if self.started:
            await self.welcome()

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        # uvicorn raises a caught signal again once it has stopped, which would cut our own clean-up short.
        yield


def _spare_the_collector() -> None:
    """Leave what stands after the start out of every later collection, and collect less often.

    A request makes thousands of objects, nearly all freed by their counts; looking for rings among them again and
    again cost a fifth of its time (docs/decisions/2026-11-24-gateway-speed.md).
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(10_000, 20, 50)


def _check_port(settings: Settings) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((settings.host, settings.port))
        except OSError as error:
            raise PortTaken(
                f"{settings.host}:{settings.port} cannot be listened on: {error.strerror}.",
                cure=f"Stop the program that uses it, or choose another: PORT={settings.port + 1} make run.",
            ) from None


def _check_room(settings: Settings) -> None:
    settings.home.mkdir(parents=True, exist_ok=True)
    free = shutil.disk_usage(settings.home).free
    if free < ROOM_NEEDED:
        raise DiskFull(
            f"{settings.home} has {free // 2**20} MB free, and Publius wants {ROOM_NEEDED // 2**20} MB to start.",
            cure="Free some room, or set PUBLIUS_HOME to a folder on a larger disk.",
        )

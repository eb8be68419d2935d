"""The embedded engine: a Llama on this machine, in a process of its own that is restarted when it dies."""

import asyncio
from collections import Counter
from collections.abc import AsyncGenerator, Iterator, Sequence
from contextlib import aclosing, contextmanager, suppress
from pathlib import Path

import msgspec
import structlog

from publius.errors import EngineFailed, EngineLost, EngineUnavailable
from publius.inference import weights
from publius.inference.catalog import CatalogModel
from publius.inference.connection import Connection, ConnectionLost
from publius.inference.engine import Finish, Health, Piece, Request
from publius.inference.load import Load
from publius.inference.process import EngineProcess, socket_path
from publius.inference.suspects import Suspects, fingerprint, suspects_file
from publius.inference.waiting import WaitingLimits
from publius.inference.worker_config import WorkerConfig

_FIRST_START = 180.0  # Seconds; a large model takes its time to load.
_RESTART = 60.0  # Seconds that a request waits for an engine that is being restarted.
_BETWEEN = 0.05
_PATIENCE = 120.0  # Seconds that a step may take: far more than the largest model's on the slowest machine.

log = structlog.get_logger("publius.inference")


class EmbeddedEngine:
    """Starts the engine process, or attaches to the one that already serves this home.

    Args:
        model: a chat model of the catalog.
        home: `settings.home`; weights are in `models`, the socket in `run`.
        cache_gb: memory for keys and values, in GB.
        limits: of the queue before the engine; those of the process that starts the engine hold.
        run_name: of its socket, lock and log, where it is not the engine that all agencies share.
    """

    def __init__(
        self,
        model: CatalogModel,
        home: Path,
        cache_gb: float,
        limits: WaitingLimits | None = None,
        run_name: str = "engine",
    ) -> None:
        self.name = model.name
        self.weights = model.weights
        self.context = model.context
        self.grounded_tokens = model.grounded_tokens
        self._model = model
        self._home = home
        self._cache_gb = cache_gb
        self._limits = limits or WaitingLimits()
        self._run_name = run_name
        self._process: EngineProcess | None = None
        self._connection: Connection | None = None
        self._connecting = asyncio.Lock()
        self._recovery: asyncio.Task[None] | None = None
        self._suspects = Suspects(suspects_file(home))
        self._under_way: Counter[str] = Counter()  # digests of the requests in the engine
        self._served_by: set[str] = set()  # instances of the engine process that welcomed us

    @property
    def pid(self) -> int | None:
        """Of the engine process that serves us."""
        return self._connection.welcome.pid if self._connection else None

    async def start(self) -> None:
        """Verify the weights, then start or attach. Of one that was started before, wait until it is up.

        Raises:
            WeightsMissing, DigestMismatch: see `weights.verify`; EngineUnavailable: it did not come up.
        """
        if self._process:
            await self._connected()
            return
        await asyncio.to_thread(weights.verify, self._home / "models", self._model)
        self._process = self._process or self.process()
        await self._connected(_FIRST_START)

    def process(self) -> EngineProcess:
        """The engine process of this home and name, not started."""
        config = WorkerConfig(
            name=self._model.name,
            weights=str(weights.folder(self._home / "models", self._model) / self._model.files[0].name),
            sha256=self._model.weights,
            template=self._model.template or "",
            context=self._model.context,
            cache_gb=self._cache_gb,
            socket=str(socket_path(self._home / "run", self._run_name)),
            patience=_PATIENCE,
            limits=self._limits,
        )
        return EngineProcess(config)

    async def stop(self) -> None:
        """Hang up, and end the engine process if this process started it."""
        process, self._process = self._process, None
        if self._recovery:
            self._recovery.cancel()
            await asyncio.wait([self._recovery])
        if self._connection:
            await self._connection.close()
            self._connection = None
        if process:
            await asyncio.to_thread(process.stop)

    async def health(self) -> Health:
        """Asks the engine; not ready if it does not answer within two seconds."""
        connection = self._connection
        if not connection or not connection.alive:
            trouble = self._process.trouble if self._process else ""
            return Health(False, trouble or "The engine is starting.")
        try:
            async with asyncio.timeout(2):
                pong = await connection.ping()
        except (TimeoutError, ConnectionLost, EngineFailed):
            return Health(False, "The engine does not answer.")
        return Health(True, f"The engine runs {self.name} in {pong.memory >> 20} MB.", pong.running)

    async def load(self) -> Load:
        """What the engine process says; of one that does not answer within two seconds, how often it was replaced."""
        restarts = max(len(self._served_by) - 1, 0)
        connection = self._connection
        if connection and connection.alive:
            with suppress(TimeoutError, ConnectionLost, EngineFailed):
                async with asyncio.timeout(2):
                    pong = await connection.ping()
                return msgspec.structs.replace(pong.load, memory=pong.memory or None, restarts=restarts)
        return Load(restarts=restarts)

    async def count(self, texts: Sequence[str]) -> list[int]:
        """Tokens in each text, by the model's own tokenizer."""
        for _ in range(2):
            try:
                return await (await self._connected()).count(texts)
            except ConnectionLost:
                continue
        raise EngineUnavailable("The engine stopped twice.")

    async def generate(self, request: Request) -> AsyncGenerator[Piece | Finish, None]:
        """See `Engine.generate`. Nothing is asked twice here: only the walk knows what of an answer has left."""
        digest = fingerprint(request)
        async with self._suspects.trying(digest):
            connection = await self._connected()
            try:
                with self._counted(digest):
                    async with aclosing(connection.generate(request)) as stream:
                        async for item in stream:
                            if isinstance(item, Finish):  # Who reads this may read no further.
                                self._suspects.cleared(digest)
                            yield item
            except ConnectionLost:
                raise EngineLost("The engine broke off in mid-answer.") from None

    @contextmanager
    def _counted(self, digest: str) -> Iterator[None]:
        self._under_way[digest] += 1
        try:
            yield
        finally:
            self._under_way[digest] -= 1
            self._under_way += Counter()  # forgets what is not under way any more

    async def _connected(self, limit: float = _RESTART) -> Connection:
        try:
            async with asyncio.timeout(limit), self._connecting:
                while not (self._connection and self._connection.alive):
                    self._connection = await self._connect()
                return self._connection
        except TimeoutError:
            raise EngineUnavailable(f"The engine did not come up within {limit:.0f} seconds.") from None

    async def _connect(self) -> Connection | None:
        process = self._process
        if not process:
            raise EngineUnavailable("The engine is not started.")
        if connection := await Connection.open(process.socket):
            await self._accept(connection)
            process.serves()
            return connection
        if process.claim():
            process.ensure_running()
        await asyncio.sleep(_BETWEEN)
        process.check()
        return None

    async def _accept(self, connection: Connection) -> None:
        welcome = connection.welcome
        if welcome.weights != self.weights:
            await connection.close()
            raise EngineUnavailable(
                f"The engine of this home runs {welcome.name}, not {self.name}.",
                cure="Stop the Publius that runs it, or set PUBLIUS_MODEL to the same model.",
            )
        self.context = welcome.context
        self._served_by.add(welcome.instance)
        connection.when_lost(lambda: self._lost(connection))

    def _lost(self, connection: Connection) -> None:
        if not connection.told_goodbye:
            log.warning("engine_lost", pid=connection.welcome.pid, under_way=self._under_way.total())
            self._suspects.died(connection.welcome.instance, self._under_way)
        # Begin at once, so that the engine is ready again before the next person asks.
        if self._process and self._process.pid:
            self._recovery = asyncio.create_task(self._recover(self._process))

    async def _recover(self, process: EngineProcess) -> None:
        """Bring the engine back, however often that fails."""
        while True:
            with suppress(EngineUnavailable):  # the process has logged why
                await self._connected()
                return
            await asyncio.sleep(process.pause or _BETWEEN)

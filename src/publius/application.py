"""Builds the rooms from the settings. The only place that chooses an implementation."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from uuid import UUID

from publius.errors import NotFound, SetupError
from publius.identity import Identity
from publius.inference.catalog import read_catalog
from publius.inference.echo import EchoEngine
from publius.inference.embedded import EmbeddedEngine
from publius.inference.embedding import Embedder
from publius.inference.engine import Engine
from publius.inference.exclusive import ExclusiveEngines, own_engine_name
from publius.inference.queued import QueuedEngine
from publius.inference.upstream import UpstreamEngine
from publius.inference.waiting import WaitingLimits
from publius.inference.writer import Writer
from publius.ledger.ledger import Ledger, Watcher
from publius.missions import Desk, Missions, Shelf, discover
from publius.missions.discovery import Found
from publius.policy import Policy
from publius.retrieval.jobs import Jobs, Worker
from publius.retrieval.library import Library
from publius.retrieval.querying.asking import Tables
from publius.retrieval.querying.sandbox import Queries
from publius.retrieval.reading.sandbox import Reader
from publius.retrieval.sources import S3, Ckan, Folder, Kind, Run, Source, Sources, Web
from publius.retrieval.sources.guard import Reach, names_of
from publius.settings import Settings
from publius.storage import Database, Storage
from publius.storage.secret import derive, server_key
from publius.types import Agency, Evidence, Grant, Principal, Question, Role
from publius.verification import Verifier

EMBEDDING_MODEL = "minilm-l6"


@dataclass(frozen=True)
class Application:
    """The open building: every room, ready. Doors are handed this and nothing else."""

    settings: Settings
    database: Database
    identity: Identity
    policy: Policy
    missions: Missions
    desk: Desk
    retrieval: Library
    tables: Tables
    worker: Worker  # of jobs; at work where somebody has it run: in a server
    engine: Engine
    embedder: Embedder
    inference: Writer
    verification: Verifier
    ledger: Ledger
    secret: bytes  # for the doors' own signatures, such as form tokens

    @property
    def jobs(self) -> Jobs:
        return self.worker.jobs

    @property
    def sources(self) -> Sources:
        """Where documents come from again and again."""
        return Sources(self.database, self.jobs, _kinds(self.settings), self.ledger.act)

    async def run_source(self, agency: Agency, source: Source) -> Run:
        """Run a source, and remove what vanished there if it says so; what it hands over is read as a job.

        Raises:
            InvalidRequest: the source cannot be read any more; nothing was removed.
        """
        run = await self.sources.run(agency, source)
        if source.removes:
            by = Principal(source.added_by, source.name, agency, Role.ADMINISTRATOR)
            for document, _ in run.vanished:
                with contextlib.suppress(NotFound):  # somebody removed it meanwhile
                    await self.remove_document(by, document)
        return run

    async def remove_source(self, by: Principal, name: str, *, documents: bool = False) -> None:
        """Forget a source. Its documents stay, or are removed each like any other, with what of it waits to be read.

        Raises:
            NotFound: the agency has no such source.
            LedgerUnavailable: it could not be recorded; the source, or the documents that are left, stay.
        """
        await self.sources.remove(by.agency, by.id, name, documents=documents)
        if documents:  # of which there are no more, once nothing hands them over and nothing of them waits
            await self.jobs.withdraw(by.agency, name)
            for document in await self.sources.documents(by.agency, name):
                with contextlib.suppress(NotFound):  # somebody removed it meanwhile
                    await self.remove_document(by, document)

    async def gather(self, grant: Grant, question: Question) -> Evidence:
        """What an answer may rest on: the agency's documents, a query of them, or a mission's tools and sources."""
        if not grant.model.mission:
            if question.call is not None:
                return await self.tables.evidence(grant, question)
            return await self.tables.instead(grant, question, await self.retrieval.gather(grant, question))
        pack = self.missions.seen_by(grant.agency)[grant.model.mission]
        return await self.desk.evidence(pack, self.missions.tools(pack), grant, question)

    async def remove_document(self, by: Principal, document_id: UUID) -> None:
        """Remove a document, whatever was answered from it, and what the ledger kept of both; the log stays whole.

        The ledger comes first, so that the document stays where that cannot be written, and once more at the end, for
        what an answer on its way recorded meanwhile.

        Raises:
            NotFound: the agency has no such document.
            LedgerUnavailable: the removal could not be recorded.
        """
        documents = await self.retrieval.with_parts(by.agency, document_id)
        await self.ledger.forget(by.agency, by, documents)
        await self.retrieval.remove(by.agency, document_id)
        await self.ledger.forget(by.agency, by, documents)


@contextlib.asynccontextmanager
async def open_application(
    settings: Settings,
    storage: Storage,
    *,
    engine: Engine | None = None,
    embedder: Embedder | None = None,
    start_engine: bool = True,
    packs: Found | None = None,
) -> AsyncIterator[Application]:
    """Open every room over a database that is ready, and close them afterwards.

    Args:
        engine: instead of the one that the settings choose; for tests.
        embedder: one that is loaded already; for tests, which open a building each.
        packs: the missions, instead of those that are found; to try one out.
        start_engine: False leaves Llama down, for work that does not need it.

    Raises:
        SetupError: a setting names something that is not there.
        StorageUnavailable: the database does not answer.
    """
    key, look = server_key(settings.home), partial(discover, settings)
    engine = engine or choose_engine(settings)
    async with contextlib.AsyncExitStack() as stack:
        database = await stack.enter_async_context(Database(storage.application))
        embedder = embedder or Embedder(settings.home / "models" / EMBEDDING_MODEL)
        library = _library(database, embedder, stack)
        missions = Missions(database, packs) if packs else Missions(database, look(), look)
        ledger = await _ledger(database, settings, stack)
        stack.push_async_callback(engine.stop)
        if start_engine:
            await engine.start()
        writer, secret = Writer(engine, derive(key, "cache salt")), derive(key, "doors")
        shelf = Shelf(embedder.embed, settings.home / "vectors" / EMBEDDING_MODEL)
        propose = writer.propose if proposes(settings) else None
        yield Application(
            settings=settings,
            database=database,
            identity=Identity(database, session_hours=settings.session_hours),
            policy=Policy(database, max_tokens=settings.max_tokens, missions=missions.models),
            missions=missions,
            desk=Desk(shelf, settings.url, secret, propose),
            retrieval=library,
            tables=Tables(library, Queries(), propose),
            worker=Worker(database, library),
            engine=engine,
            embedder=embedder,
            inference=writer,
            verification=Verifier(embedder.embed),
            ledger=ledger,
            secret=secret,
        )


def _kinds(settings: Settings) -> dict[str, Kind]:
    """The kinds of sources that there are, by name."""
    largest = settings.max_upload_mb * 1_000_000
    roots = tuple(Path(root) for root in settings.source_folders.split(":") if root.startswith("/"))
    reach = Reach(largest, names_of(settings.source_private_hosts), settings.public_url)
    return {
        "folder": Folder(roots, largest),
        "web": Web(reach),
        "ckan": Ckan(reach),
        "bucket": S3(reach, derive(server_key(settings.home), "secrets of sources")),
    }


def _library(database: Database, embedder: Embedder, stack: contextlib.AsyncExitStack) -> Library:
    """The library, whose processes that read files end with the building."""
    reader = Reader()
    stack.push_async_callback(reader.close)
    return Library(database, embedder.embed, reader)


async def _ledger(database: Database, settings: Settings, stack: contextlib.AsyncExitStack) -> Ledger:
    ledger = Ledger(database, settings.home, _watchers(settings, stack))
    stack.push_async_callback(ledger.close)
    await ledger.start()
    return ledger


def _watchers(settings: Settings, stack: contextlib.AsyncExitStack) -> list[Watcher]:
    """Who is told of every walk that is over: the traces, where they are wanted."""
    if not settings.traces:
        return []
    # Imported here and nowhere else: OpenTelemetry costs every process 0.2 s and 12 MB, wanted or not.
    from publius.traces import Traces

    traces = Traces(settings.traces)
    stack.push_async_callback(asyncio.to_thread, traces.close)
    return [traces.walked]


def choose_engine(settings: Settings) -> Engine:
    """The engine that PUBLIUS_ENGINE names.

    Raises:
        SetupError: it names none, or a limit of the queue before it cannot hold.
    """
    kind, _, url = settings.engine.partition(":")
    limits = _waiting_limits(settings)
    match kind:
        case "embedded":
            model = read_catalog(settings.catalog).model(settings.model)
            embedded = partial(EmbeddedEngine, model, settings.home, settings.engine_cache_gb, limits)
            return ExclusiveEngines(embedded(), lambda agency: embedded(run_name=own_engine_name(agency)))
        case "echo":
            return EchoEngine()
        case "openai" if url:
            return QueuedEngine(UpstreamEngine(url, settings.model, settings.engine_key), settings.engine_slots, limits)
    raise SetupError(
        f"PUBLIUS_ENGINE={settings.engine!r} is no engine.",
        cure="Set it to embedded, echo, or openai:http://host:port/v1.",
    )


def proposes(settings: Settings) -> bool:
    """Whether Llama is asked which of a mission's tools is meant: as PUBLIUS_PROPOSALS says, or the catalog.

    Raises:
        SetupError: the setting is neither.
    """
    if settings.proposals:
        if settings.proposals not in ("on", "off"):
            raise SetupError(
                f"PUBLIUS_PROPOSALS={settings.proposals!r} is neither on nor off.",
                cure="Set it to one of them, or unset it to do as the catalog says.",
            )
        return settings.proposals == "on"
    return settings.engine == "embedded" and read_catalog(settings.catalog).model(settings.model).chooses_tools


def _waiting_limits(settings: Settings) -> WaitingLimits:
    if not 0 < settings.queue_seconds <= settings.answer_seconds:
        raise SetupError(
            f"PUBLIUS_QUEUE_SECONDS={settings.queue_seconds:g} is not between 0 and "
            f"PUBLIUS_ANSWER_SECONDS={settings.answer_seconds:g}, which counts the waiting too.",
            cure="Set PUBLIUS_QUEUE_SECONDS to fewer seconds, or PUBLIUS_ANSWER_SECONDS to more.",
        )
    if not 0 < settings.queue_per_agency <= settings.queue:
        raise SetupError(
            f"PUBLIUS_QUEUE_PER_AGENCY={settings.queue_per_agency} is not between 1 and "
            f"PUBLIUS_QUEUE={settings.queue}.",
            cure="Let one agency have at least one place in the queue, and no more than there are.",
        )
    return WaitingLimits(
        most=settings.queue,
        most_of_one=settings.queue_per_agency,
        wait=settings.queue_seconds,
        answer=settings.answer_seconds,
    )

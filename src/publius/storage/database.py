"""The one way in to the database for the rooms: a transaction, with one agency's walls around it or with none."""

import contextlib
import secrets
import select
from collections.abc import AsyncIterator
from typing import Any

import psycopg
from psycopg import sql
from psycopg.conninfo import make_conninfo
from psycopg.rows import namedtuple_row
from psycopg_pool import AsyncConnectionPool, PoolTimeout

from publius.errors import NotFound, StorageUnavailable
from publius.storage.labels import labels_of
from publius.storage.migrate import role_name
from publius.types import Agency

PLATFORM = "platform"  # slug of the reserved agency of operators
WAIT = 5.0  # seconds for a connection before the caller hears that the database is busy

Connection = psycopg.AsyncConnection[Any]


class Database:
    """A pool of connections as the application's role, which owns nothing and sees one agency at a time."""

    def __init__(self, address: str, *, size: int = 16) -> None:
        self._pool: AsyncConnectionPool[Connection] = AsyncConnectionPool(
            address,
            connection_class=psycopg.AsyncConnection[Any],
            kwargs={"row_factory": namedtuple_row, "autocommit": True},
            min_size=1,
            max_size=size,
            timeout=WAIT,
            check=_still_there,  # a restarted server costs nobody an error
            open=False,
        )

    @classmethod
    def application(cls, owner: str, password: str, *, size: int = 16) -> "Database":
        """The database at the owner's address, as the application's role."""
        name = psycopg.conninfo.conninfo_to_dict(owner).get("dbname") or "postgres"
        return cls(make_conninfo(owner, user=role_name(str(name)), password=password), size=size)

    async def __aenter__(self) -> "Database":
        with _answering():
            await self._pool.open(wait=True, timeout=WAIT * 2)
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._pool.close()

    @contextlib.asynccontextmanager
    async def agency(self, agency: Agency) -> AsyncIterator[Connection]:
        """One transaction behind `agency`'s walls and under its ceiling; rows are namedtuples.

        Commits on exit, rolls back on an exception.

        Raises:
            StorageUnavailable: the database does not answer or breaks off.
        """
        with _answering():
            async with self._pool.connection() as connection:  # which commits or rolls back at its end
                # In one message, because each costs a turn of the event loop and of the database.
                await connection.execute(
                    b"BEGIN; SELECT set_config('publius.agency', '%d', true), set_config('publius.ceiling', '%d', true)"
                    % (agency.id, agency.ceiling)
                )
                yield connection

    @contextlib.asynccontextmanager
    async def platform(self) -> AsyncIterator[Connection]:
        """One transaction with no agency set: it sees the list of agencies, and no row behind any wall."""
        with _answering():
            async with self._pool.connection() as connection, connection.transaction():
                yield connection

    async def agencies(self) -> list[Agency]:
        """Every agency by slug, the platform's own left out."""
        async with self.platform() as connection:
            rows = await connection.execute("SELECT * FROM agencies WHERE slug <> %s ORDER BY slug", [PLATFORM])
            return [_agency(row) for row in await rows.fetchall()]

    async def agencies_with_work(self) -> list[Agency]:
        """The agencies that have files waiting to be read, or being read, by id; the platform's own has none."""
        return await self._agencies("agencies_with_work")

    async def agencies_with_sources_due(self) -> list[Agency]:
        """The agencies that have a source whose time has come, by id."""
        return await self._agencies("agencies_with_sources_due")

    async def _agencies(self, function: str) -> list[Agency]:
        query = sql.SQL("SELECT * FROM agencies WHERE id = ANY(ARRAY(SELECT {}())) ORDER BY id")
        async with self.platform() as connection:
            rows = await connection.execute(query.format(sql.Identifier(function)))
            return [_agency(row) for row in await rows.fetchall()]

    @contextlib.asynccontextmanager
    async def presence(self, kind: str) -> AsyncIterator["Presence"]:
        """Be there for as long as this is open: a number that others see live, and see gone when this process is.

        Takes one connection of the pool for itself.

        Raises:
            StorageUnavailable: the database does not answer or breaks off.
        """
        with _answering():
            async with self._pool.connection() as connection:
                number = secrets.randbelow(2**31)
                try:
                    await connection.execute("SELECT pg_advisory_lock(hashtext(%s), %s)", [kind, number])
                    yield Presence(connection, kind, number)
                finally:
                    with contextlib.suppress(psycopg.Error):  # a connection that broke holds no lock any more
                        await connection.execute("SELECT pg_advisory_unlock(hashtext(%s), %s)", [kind, number])

    async def agency_by_slug(self, slug: str) -> Agency:
        """The agency of that slug.

        Raises:
            NotFound: there is none.
        """
        async with self.platform() as connection:
            found = await connection.execute("SELECT * FROM agencies WHERE slug = %s", [slug])
            row = await found.fetchone()
        if row is None:
            raise NotFound(f"There is no agency {slug!r}.", cure="'publius agency list' shows those there are.")
        return _agency(row)


class Presence:
    """One of the living of its kind, by an advisory lock that PostgreSQL drops with its connection."""

    def __init__(self, connection: Connection, kind: str, number: int) -> None:
        self.number = number
        self._connection = connection
        self._kind = kind

    async def living(self) -> list[int]:
        """The numbers of all that live, its own among them.

        Raises:
            StorageUnavailable: its connection broke, and with it its lock: others may take it for dead.
        """
        with _answering():
            rows = await self._connection.execute(
                # Of an advisory lock with two keys, these columns hold the keys, as numbers without a sign.
                "SELECT objid::bigint AS number FROM pg_locks WHERE locktype = 'advisory' AND granted AND objsubid = 2"
                " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
                " AND classid = (hashtext(%s)::bigint & 4294967295)::oid",
                [self._kind],
            )
            return [row.number for row in await rows.fetchall()]


def _agency(row: Any) -> Agency:
    return Agency(row.id, row.slug, row.name, labels_of(row))


async def _still_there(connection: Connection) -> None:
    """Ask the server only where its silence ended: an idle one that is well has nothing to say."""
    silent = select.poll()
    silent.register(connection.fileno(), select.POLLIN)
    if silent.poll(0):
        await AsyncConnectionPool.check_connection(connection)


@contextlib.contextmanager
def _answering() -> Any:
    try:
        yield
    except (psycopg.OperationalError, psycopg.InterfaceError, PoolTimeout) as error:
        raise StorageUnavailable("The database does not answer.") from error

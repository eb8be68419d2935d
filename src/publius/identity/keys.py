"""API keys: for programs, with a name, a role, perhaps narrower scopes, and perhaps an end."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from msgspec import Struct

from publius.errors import InvalidRequest, NotFound
from publius.identity.ceilings import check_within, given, seen_by
from publius.identity.credentials import Credential, Kind, mint
from publius.identity.roles import checked_role
from publius.storage import Database
from publius.storage.grouping import Grouping
from publius.types import Agency, Permission, Principal, Role


class Key(Struct, frozen=True, kw_only=True):
    """A key as lists show it. `prefix` is the part after `pb-<agency>-` that tells keys apart."""

    id: UUID
    name: str
    prefix: str
    role: Role
    scopes: frozenset[Permission] | None
    ceiling: int | None  # None: its role's
    created_at: datetime
    expires_at: datetime | None
    last_used_at: datetime | None
    revoked_at: datetime | None


class Keys:
    """The keys of every agency, each behind its agency's walls."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._resolving = Grouping(self._resolve)

    async def create(
        self,
        agency: Agency,
        name: str,
        role: Role = Role.MEMBER,
        *,
        scopes: Iterable[Permission] | None = None,
        expires_at: datetime | None = None,
        ceiling: str | None = None,
    ) -> tuple[str, Key]:
        """Make a key; the token is returned here and never again. `ceiling` is a label; its role's without one.

        Raises:
            InvalidRequest: the name is empty or over 100 characters, the role does not fit the agency, `expires_at`
                has no time zone, or there is no such label up to the agency's ceiling.
        """
        if not 1 <= len(name.strip()) <= 100 or "\0" in name:
            raise InvalidRequest("A key needs a name of 1 to 100 characters.", param="name")
        if expires_at is not None and expires_at.tzinfo is None:
            raise InvalidRequest("The expiry needs a time zone.", cure="Write it as 2027-01-31T00:00:00Z.")
        token, stored = mint(Kind.KEY, agency.slug)
        wanted = None if scopes is None else sorted(set(scopes))
        level = given(agency, role, ceiling)
        async with self._database.agency(agency) as connection:
            cursor = await connection.execute(
                "INSERT INTO keys (name, role, scopes, ceiling, prefix, hash, expires_at)"
                " VALUES (%s, %s, %s, %s, %s, %s, %s) RETURNING *",
                [name.strip(), checked_role(agency, role), wanted, level, stored.prefix, stored.hash, expires_at],
            )
            return token, _key(await cursor.fetchone())

    async def list(self, agency: Agency) -> list[Key]:
        """Every key of the agency, newest first, revoked ones included."""
        async with self._database.agency(agency) as connection:
            cursor = await connection.execute("SELECT * FROM keys ORDER BY created_at DESC, id")
            return [_key(row) for row in await cursor.fetchall()]

    async def revoke(self, agency: Agency, id: UUID) -> Key:
        """End a key: the next request with it is refused, in every process. Doing it twice changes nothing.

        Raises:
            NotFound: the agency has no such key.
        """
        async with self._database.agency(agency) as connection:
            cursor = await connection.execute(
                "UPDATE keys SET revoked_at = coalesce(revoked_at, now()) WHERE id = %s RETURNING *", [id]
            )
            row = await cursor.fetchone()
        if row is None:
            raise NotFound(f"There is no key {id}.")
        return _key(row)

    async def set_ceiling(self, agency: Agency, id: UUID, label: str | None) -> Key:
        """Give a key another ceiling from its next request on; without a label its role's.

        Raises:
            NotFound: the agency has no such key.
            InvalidRequest: there is no such label up to the agency's ceiling.
            Forbidden: the key's ceiling is above the agency's.
        """
        async with self._database.agency(agency) as connection:
            row = await (await connection.execute("SELECT * FROM keys WHERE id = %s FOR UPDATE", [id])).fetchone()
            if row is None:
                raise NotFound(f"There is no key {id}.")
            check_within(agency, row)
            level = given(agency, Role(row.role), label)
            done = await connection.execute("UPDATE keys SET ceiling = %s WHERE id = %s RETURNING *", [level, id])
            return _key(await done.fetchone())

    async def resolve(self, agency: Agency, credential: Credential) -> Principal | None:
        """The key's principal; None if it is unknown, wrong, revoked or expired.

        Its row is read after this was called, every time; keys that come at once are looked up at once.
        """
        return await self._resolving.ask(agency, credential)

    async def _resolve(self, agency: Agency, credentials: Sequence[Credential]) -> Sequence[Principal | None]:
        async with self._database.agency(agency) as connection:
            cursor = await connection.execute(
                "SELECT keys.id, keys.name, role, scopes, ceiling, prefix, hash, labels, default_level, model_ceilings,"
                " coalesce(last_used_at < now() - interval '1 minute', true) AS unmarked"
                " FROM keys JOIN agencies ON agencies.id = agency_id"
                " WHERE prefix = ANY(%s) AND revoked_at IS NULL AND (expires_at IS NULL OR expires_at > now())",
                [list({credential.prefix for credential in credentials})],
            )
            rows: dict[str, Any] = {row.prefix: row for row in await cursor.fetchall()}
            found = [_matching(rows.get(credential.prefix), credential) for credential in credentials]
            if used := {row.id for row in found if row and row.unmarked}:
                await connection.execute("UPDATE keys SET last_used_at = now() WHERE id = ANY(%s)", [list(used)])
        return [
            row and Principal(f"key:{row.id}", row.name, seen_by(agency, row), Role(row.role), _scopes(row.scopes))
            for row in found
        ]


def _matching(row: Any, credential: Credential) -> Any:
    return row if credential.matches(row and row.hash) else None


def _key(row: Any) -> Key:
    return msgspec.convert(row._asdict(), Key)


def _scopes(stored: Iterable[str] | None) -> frozenset[Permission] | None:
    return None if stored is None else frozenset(map(Permission, stored))

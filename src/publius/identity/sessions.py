"""Signing in and out: by password or one-time link into a session that ends by itself."""

from datetime import timedelta
from uuid import UUID

from publius.errors import NotFound, RateLimited, Unauthenticated
from publius.identity import passwords
from publius.identity.ceilings import check_within, seen_by
from publius.identity.credentials import Credential, Kind, mint
from publius.identity.users import folded
from publius.storage import Database
from publius.types import Agency, Principal, Role

LINK_LIFE = timedelta(minutes=15)
ATTEMPTS = 10  # passwords tried for one name in one agency …
WINDOW = timedelta(minutes=15)  # … before the name must wait


class Sessions:
    """The sessions of every agency; `hours` is how long one lasts."""

    def __init__(self, database: Database, hours: int) -> None:
        self._database = database
        self._life = timedelta(hours=hours)

    async def sign_in(self, agency: Agency | None, username: str, password: str) -> str:
        """Open a session with a password and return its token; None as agency is one that does not exist.

        Raises:
            Unauthenticated: agency, name or password is wrong; never says which.
            RateLimited: ten tries for this name in fifteen minutes.
        """
        name = folded(username)
        stored = user = None
        if agency and name:
            await self._count_attempt(agency, name)
            async with self._database.agency(agency) as connection:
                cursor = await connection.execute(
                    "SELECT id, password_hash FROM users WHERE username = %s AND disabled_at IS NULL", [name]
                )
                user = await cursor.fetchone()
            stored = user.password_hash if user else None
        if not await passwords.matches(password, stored) or agency is None or user is None:
            raise Unauthenticated(
                "Agency, username and password do not fit together.",
                cure="Check all three, or ask an administrator of your agency for a sign-in link.",
            )
        async with self._database.agency(agency) as connection:
            await connection.execute("DELETE FROM sign_in_attempts WHERE username = %s", [name])
        return await self.open(agency, user.id)

    async def open(self, agency: Agency, user: UUID) -> str:
        """Open a session for somebody who has already shown who they are; returns the token."""
        token, stored = mint(Kind.SESSION, agency.slug)
        async with self._database.agency(agency) as connection:
            await connection.execute("DELETE FROM sessions WHERE expires_at < now()")
            await connection.execute(
                "INSERT INTO sessions (user_id, prefix, hash, expires_at) VALUES (%s, %s, %s, now() + %s)",
                [user, stored.prefix, stored.hash, self._life],
            )
        return token

    async def resolve(self, agency: Agency, credential: Credential) -> Principal | None:
        """The session's person; None if it is unknown, over or theirs no more. Reads the rows every time."""
        async with self._database.agency(agency) as connection:
            cursor = await connection.execute(
                "SELECT hash, users.id, users.name, users.role, users.ceiling, labels, default_level, model_ceilings"
                " FROM sessions JOIN users ON users.id = user_id JOIN agencies ON agencies.id = sessions.agency_id"
                " WHERE prefix = %s AND expires_at > now() AND disabled_at IS NULL",
                [credential.prefix],
            )
            row = await cursor.fetchone()
        if not credential.matches(row and row.hash) or row is None:
            return None
        return Principal(f"user:{row.id}", row.name, seen_by(agency, row), Role(row.role))

    async def close(self, agency: Agency, credential: Credential) -> None:
        """End the session of this token; any other token ends nothing."""
        async with self._database.agency(agency) as connection:
            await connection.execute("DELETE FROM sessions WHERE hash = %s", [credential.hash])

    async def link(self, agency: Agency, user: UUID, life: timedelta = LINK_LIFE) -> str:
        """Make a one-time token that signs `user` in, for a link; it works once, within `life`.

        Raises:
            NotFound: there is no such person in this agency, or they are disabled.
            Forbidden: their ceiling is above the agency's, which is whoever wants the link.
        """
        token, stored = mint(Kind.LINK, agency.slug)
        async with self._database.agency(agency) as connection:
            await connection.execute("DELETE FROM sign_in_links WHERE expires_at < now()")
            found = await connection.execute(
                "SELECT role, ceiling FROM users WHERE id = %s AND disabled_at IS NULL FOR SHARE", [user]
            )
            row = await found.fetchone()
            if row is None:
                raise NotFound("There is no such user in this agency.")
            check_within(agency, row)
            await connection.execute(
                "INSERT INTO sign_in_links (user_id, prefix, hash, expires_at) VALUES (%s, %s, %s, now() + %s)",
                [user, stored.prefix, stored.hash, life],
            )
        return token

    async def redeem(self, agency: Agency, credential: Credential) -> str | None:
        """Turn a link's token into a session's; None if it is unknown, used or too old. Two at once: one wins."""
        async with self._database.agency(agency) as connection:
            cursor = await connection.execute(
                "DELETE FROM sign_in_links USING users WHERE prefix = %s AND hash = %s AND expires_at > now()"
                " AND users.id = user_id AND disabled_at IS NULL RETURNING user_id",
                [credential.prefix, credential.hash],
            )
            row = await cursor.fetchone()
        return None if row is None else await self.open(agency, row.user_id)

    async def _count_attempt(self, agency: Agency, name: str) -> None:
        """Count before the password is looked at, so that a thousand tries at once are still only ten."""
        async with self._database.agency(agency) as connection:
            await connection.execute("DELETE FROM sign_in_attempts WHERE window_ends < now()")
            cursor = await connection.execute(
                "INSERT INTO sign_in_attempts AS tries (username, attempts, window_ends) VALUES (%s, 1, now() + %s)"
                " ON CONFLICT (agency_id, username) DO UPDATE SET attempts = tries.attempts + 1"
                " RETURNING attempts, ceil(extract(epoch FROM window_ends - now()))::integer AS wait",
                [name, WINDOW],
            )
            tries = await cursor.fetchone()
        assert tries is not None  # an upsert always returns its row
        if tries.attempts > ATTEMPTS:
            raise RateLimited(
                "Too many sign-in attempts for this name.",
                retry_after=max(tries.wait, 1),
                cure="Wait, or ask an administrator of your agency for a sign-in link.",
            )

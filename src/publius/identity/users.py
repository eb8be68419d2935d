"""People: who can sign in to an agency, as what, and with which password if any."""

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
import psycopg
from msgspec import Struct

from publius.errors import Conflict, InvalidRequest, NotFound
from publius.identity import passwords
from publius.identity.ceilings import check_within, given
from publius.identity.credentials import read
from publius.identity.roles import checked_role
from publius.storage import Database
from publius.types import Agency, Role


class User(Struct, frozen=True, kw_only=True):
    """A person as lists show them."""

    id: UUID
    username: str
    name: str
    role: Role
    ceiling: int | None  # None: their role's
    has_password: bool
    created_at: datetime
    disabled_at: datetime | None


class Users:
    """The people of every agency, each behind its agency's walls."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def create(
        self,
        agency: Agency,
        username: str,
        *,
        name: str = "",
        role: Role = Role.MEMBER,
        password: str | None = None,
        ceiling: str | None = None,
    ) -> User:
        """Add a person; without a password they sign in by one-time link. `ceiling` is a label; their role's without.

        Raises:
            InvalidRequest: the username or password cannot be one, the role does not fit the agency, or there is no
                such label up to the agency's ceiling.
            Conflict: the username is taken in this agency.
        """
        known = folded(username)
        if known is None:
            raise InvalidRequest(
                "A username has 1 to 100 characters and no spaces or control characters.", param="username"
            )
        level = given(agency, role, ceiling)
        hash = None if password is None else await passwords.hashed(password)
        async with self._database.agency(agency) as connection:
            try:
                cursor = await connection.execute(
                    "INSERT INTO users (username, name, role, password_hash, ceiling) VALUES (%s, %s, %s, %s, %s)"
                    " RETURNING *",
                    [known, name.strip() or username, checked_role(agency, role), hash, level],
                )
            except psycopg.errors.UniqueViolation:
                raise Conflict(f"There is already a user {known!r} in this agency.") from None
            return _user(await cursor.fetchone())

    async def list(self, agency: Agency) -> list[User]:
        """Everybody in the agency by username, disabled ones included."""
        async with self._database.agency(agency) as connection:
            cursor = await connection.execute("SELECT * FROM users ORDER BY username")
            return [_user(row) for row in await cursor.fetchall()]

    async def find(self, agency: Agency, username: str) -> User:
        """The person of that username.

        Raises:
            NotFound: there is none in this agency.
        """
        async with self._database.agency(agency) as connection:
            cursor = await connection.execute("SELECT * FROM users WHERE username = %s", [folded(username) or ""])
            row = await cursor.fetchone()
        if row is None:
            raise NotFound("There is no such user in this agency.")
        return _user(row)

    async def set_password(self, agency: Agency, id: UUID, password: str, *, keep: str | None = None) -> None:
        """Give somebody a new password; ends their sessions (but the one of the token `keep`) and open links.

        Raises:
            InvalidRequest: the password is too short or too long.
            NotFound: there is no such person in this agency.
        """
        hash = await passwords.hashed(password)
        kept = read(keep)
        async with self._database.agency(agency) as connection:
            done = await connection.execute("UPDATE users SET password_hash = %s WHERE id = %s", [hash, id])
            if not done.rowcount:
                raise NotFound("There is no such user in this agency.")
            await _end_all(connection, id, kept.hash if kept else b"")

    async def change_password(self, agency: Agency, id: UUID, current: str, new: str, *, keep: str | None) -> None:
        """Somebody changes their own password, and must know the present one if they have one.

        Raises:
            InvalidRequest: the present password is wrong, or the new one cannot be one.
        """
        async with self._database.agency(agency) as connection:
            cursor = await connection.execute("SELECT password_hash FROM users WHERE id = %s", [id])
            row = await cursor.fetchone()
        if row and row.password_hash and not await passwords.matches(current, row.password_hash):
            raise InvalidRequest("The present password is wrong.", cure="Type it again.", param="current")
        await self.set_password(agency, id, new, keep=keep)

    async def set_ceiling(self, agency: Agency, id: UUID, label: str | None) -> User:
        """Give somebody another ceiling from their next request on; without a label their role's.

        Raises:
            NotFound: there is no such person in this agency.
            InvalidRequest: there is no such label up to the agency's ceiling.
            Forbidden: their ceiling is above the agency's.
        """
        async with self._database.agency(agency) as connection:
            row = await (await connection.execute("SELECT * FROM users WHERE id = %s FOR UPDATE", [id])).fetchone()
            if row is None:
                raise NotFound("There is no such user in this agency.")
            check_within(agency, row)
            level = given(agency, Role(row.role), label)
            done = await connection.execute("UPDATE users SET ceiling = %s WHERE id = %s RETURNING *", [level, id])
            return _user(await done.fetchone())

    async def end_sessions(self, agency: Agency, id: UUID) -> None:
        """End every session and open link of somebody; they can sign in again."""
        async with self._database.agency(agency) as connection:
            await _end_all(connection, id, b"")

    async def disable(self, agency: Agency, id: UUID) -> None:
        """Lock somebody out at once: every session and open link of theirs ends.

        Raises:
            NotFound: there is no such person in this agency.
        """
        async with self._database.agency(agency) as connection:
            done = await connection.execute(
                "UPDATE users SET disabled_at = coalesce(disabled_at, now()) WHERE id = %s", [id]
            )
            if not done.rowcount:
                raise NotFound("There is no such user in this agency.")
            await _end_all(connection, id, b"")


def folded(username: str) -> str | None:
    """The form in which usernames are stored and compared; None for what cannot be one."""
    name = username.strip().casefold()
    return name if 1 <= len(name) <= 100 and name.isprintable() and " " not in name else None


async def _end_all(connection: "psycopg.AsyncConnection[Any]", user: UUID, kept: bytes) -> None:
    await connection.execute("DELETE FROM sessions WHERE user_id = %s AND hash <> %s", [user, kept])
    await connection.execute("DELETE FROM sign_in_links WHERE user_id = %s", [user])


def _user(row: Any) -> User:
    return msgspec.convert({**row._asdict(), "has_password": row.password_hash is not None}, User)

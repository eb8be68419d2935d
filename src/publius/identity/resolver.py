"""The one resolver: whatever a door was shown, this says whose it is."""

from publius.errors import NotFound, Unauthenticated
from publius.identity.credentials import Credential, Kind, read
from publius.identity.keys import Keys
from publius.identity.sessions import Sessions
from publius.identity.users import Users
from publius.storage import Database
from publius.types import Agency, Principal

_NOWHERE = Agency(0, "", "")  # no agency has this id, so behind its walls there is nothing


class Identity:
    """Who is asking, for which agency."""

    def __init__(self, database: Database, *, session_hours: int) -> None:
        self.keys = Keys(database)
        self.users = Users(database)
        self.sessions = Sessions(database, session_hours)
        self._database = database
        self._agencies: dict[str, Agency] = {}

    async def authenticate(self, credential: str | Principal | None) -> Principal:
        """Turn a key, a session's token or an already resolved principal into a principal.

        The row is read each time, so what was revoked a moment ago is refused now, in every process.
        An agency that does not exist is searched for the key as any other, and takes as long.

        Raises:
            Unauthenticated: no credential, or one that is unknown, revoked, expired or malformed.
        """
        if isinstance(credential, Principal):
            return credential
        known = read(credential)
        if known is None or known.kind is Kind.LINK:
            raise _refused(credential)
        principal = await self._resolve(self.keys if known.kind is Kind.KEY else self.sessions, known)
        if principal is None:
            raise _refused(credential)
        return principal

    async def sign_in(self, slug: str, username: str, password: str) -> str:
        """Open a session by password; returns its token, for a cookie.

        Raises:
            Unauthenticated: agency, name or password is wrong; never says which.
            RateLimited: too many tries for this name.
        """
        agency = await self._agency(slug) if slug.isalnum() else None
        return await self.sessions.sign_in(agency, username, password)

    async def redeem(self, link: str) -> str:
        """Open a session by the token of a one-time link; returns the session's token, for a cookie.

        Raises:
            Unauthenticated: the link is unknown, used or too old.
        """
        known = read(link)
        session = None
        if known and known.kind is Kind.LINK:
            session = await self.sessions.redeem(await self._agency(known.slug) or _NOWHERE, known)
        if session is None:
            raise Unauthenticated(
                "This sign-in link does not work: it was used, is too old or was cut short.",
                cure="Sign in with your password, or ask an administrator of your agency for a new link.",
            )
        return session

    async def sign_out(self, token: str) -> None:
        """End the session of this token, everywhere and at once; anything else ends nothing."""
        known = read(token)
        agency = await self._agency(known.slug) if known else None
        if known and agency:
            await self.sessions.close(agency, known)

    async def _resolve(self, rows: Keys | Sessions, known: Credential) -> Principal | None:
        """Search behind the remembered agency's walls; only if that fails, see whether the agency was made anew."""
        remembered = self._agencies.get(known.slug)
        principal = await rows.resolve(remembered, known) if remembered else None
        if principal is None:
            agency = await self._agency(known.slug) or _NOWHERE
            if agency != remembered:
                principal = await rows.resolve(agency, known)
        return principal

    async def _agency(self, slug: str) -> Agency | None:
        try:
            agency = await self._database.agency_by_slug(slug)
        except NotFound:
            self._agencies.pop(slug, None)
            return None
        self._agencies[slug] = agency
        return agency


def _refused(credential: str | None) -> Unauthenticated:
    return Unauthenticated("This credential is not valid." if credential else "No credential was sent.")

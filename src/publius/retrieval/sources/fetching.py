"""The one client that sources are read with over HTTP. It reaches the allowed hosts at checked addresses, and no other.

A name is looked up once for each connection; every address that it has is checked, and a connection is made to one of
those and to nothing else, so that a name that means something different a moment later leads nowhere. Redirects are
followed by hand, each as if it had been asked for. No proxy, cookie, or credential of the environment is used.
"""

import asyncio
import contextlib
import socket
import time
import zlib
from collections import defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping
from types import MappingProxyType
from typing import Any

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult
from aiohttp.http_exceptions import HttpProcessingError
from msgspec import Struct
from yarl import URL

from publius import __version__
from publius.errors import NotFetched
from publius.retrieval.sources.guard import Hosts

MOST_REDIRECTS = 5
TIMES = aiohttp.ClientTimeout(total=120, connect=15, sock_read=30)  # seconds
PATIENCE = 30.0  # most seconds to wait where a server asks to come back later
LONGEST_PAUSE = 300.0  # seconds between two requests to a host, whatever it asks for
MOST_SECONDS = 6 * 3600.0  # of one run
MOST_BYTES = 20 << 30  # likewise
SPENT = "The time or size of one run was over. The next run goes on from here."
_MOVED = (301, 302, 303, 307, 308)
_LATER = (429, 503)
_PIECE = 1 << 12  # bytes that are unpacked at once


class Fetched(Struct, frozen=True):
    """An answer: its status, its headers by small letters (of several, a line each), and its body, unpacked."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class _Shut(OSError):
    """A connection that may not be made; as the transport's own error, so that it comes through the library whole."""

    def __init__(self, refusal: NotFetched) -> None:
        super().__init__(refusal.message)
        self.refusal = refusal


class Client:
    """Open one for each run of a source: `async with client_for(…) as client`."""

    def __init__(self, session: aiohttp.ClientSession, hosts: Hosts, pause: float) -> None:
        self._bytes = 0  # that came, packed as they came
        self._ends = time.monotonic() + MOST_SECONDS
        self._session = session
        self._hosts = hosts
        self._pause = pause
        self._pauses: dict[str, float] = defaultdict(lambda: pause)
        self._next: dict[str, float] = {}

    @property
    def is_spent(self) -> bool:
        """Whether this run took as long, or read as much, as one may."""
        return time.monotonic() > self._ends or self._bytes > MOST_BYTES

    async def get(
        self,
        address: str | URL,
        *,
        largest: int,
        headers: Mapping[str, str] = MappingProxyType({}),
        faults: int = 0,
        check: Callable[[str], Awaitable[None]] | None = None,
    ) -> Fetched:
        """What is at an address, after redirects.

        Args:
            largest: most bytes of the body, packed and unpacked.
            faults: bytes of a refusal that are told; by itself none, since an error page is nobody's document.
            check: called with each address before it is asked, the first and those redirected to.

        Raises:
            NotFetched: it, or where it redirects to, may not be reached, does not answer, or is too large.
        """
        url = self._hosts.url(address)
        for _ in range(MOST_REDIRECTS + 1):
            if check:
                await check(str(url))
            answer = await self._patiently(url, largest, headers, faults)
            target = answer.headers.get("location", "") if answer.status in _MOVED else ""
            if not target:
                return answer
            url = self._redirected(url, target)
        raise NotFetched(f"It redirects more than {MOST_REDIRECTS} times.")

    def allowed(self, address: str) -> URL:
        """The address, if it may be asked for.

        Raises:
            NotFetched: it may not.
        """
        return self._hosts.url(address)

    def slow_down(self, url: URL, seconds: float) -> None:
        """Wait at least so long between two requests to this host."""
        self._pauses[url.raw_authority] = max(self._pause, min(seconds, LONGEST_PAUSE))

    def _redirected(self, url: URL, target: str) -> URL:
        try:
            to = self._hosts.url(str(url.join(URL(target))))
        except ValueError:
            raise NotFetched("It redirects to what is no address.") from None
        except NotFetched as error:
            raise NotFetched(f"It redirects elsewhere. {error.message}", cure=error.next_step) from None
        if url.scheme == "https" and to.scheme == "http":
            raise NotFetched("It redirects from https to http, where anybody on the way could change it.")
        return to

    async def _patiently(self, url: URL, largest: int, headers: Mapping[str, str], faults: int) -> Fetched:
        answer = await self._once(url, largest, headers, faults)
        wait = answer.headers.get("retry-after", "")
        if answer.status in _LATER and wait.isdecimal() and int(wait) <= PATIENCE:
            await asyncio.sleep(int(wait))
            return await self._once(url, largest, headers, faults)
        return answer

    async def _once(self, url: URL, largest: int, headers: Mapping[str, str], faults: int) -> Fetched:
        await self._turn(url)
        try:
            # Cancelled as a whole: a server that sends a byte now and then would keep every other limit.
            async with self._session.get(url, headers=dict(headers), allow_redirects=False) as response:
                body = await self._body(response, largest, faults)
                told = {name.lower(): "\n".join(response.headers.getall(name)) for name in response.headers}
        except (aiohttp.ClientError, HttpProcessingError, OSError, ValueError) as error:
            raise _refusal(error) from error
        packing = told.get("content-encoding", "identity").strip().lower()
        if packing in ("gzip", "x-gzip") and body:
            body = await asyncio.to_thread(unpacked, body, largest)
        elif packing not in ("identity", "", "gzip", "x-gzip"):
            raise NotFetched(f"It is packed in a way that was not asked for: {packing[:30]!r}.")
        return Fetched(response.status, told, body)

    async def _body(self, response: aiohttp.ClientResponse, largest: int, faults: int) -> bytes:
        if response.status not in (200, 203):
            return (await response.content.read(faults))[:faults] if faults else b""
        if (response.content_length or 0) > largest:
            raise _too_large(largest)
        body = bytearray()
        async for chunk in response.content.iter_chunked(1 << 16):
            self._bytes += len(chunk)
            body += chunk
            if len(body) > largest:
                raise _too_large(largest)
        return bytes(body)

    async def _turn(self, url: URL) -> None:
        """Wait until the host may be asked again."""
        host = url.raw_authority
        now = time.monotonic()
        at = max(now, self._next.get(host, now))
        self._next[host] = at + self._pauses[host]
        await asyncio.sleep(at - now)


class _Checked(AbstractResolver):
    """Looks names up, and lets through only what may be reached."""

    def __init__(self, hosts: Hosts) -> None:
        self._hosts = hosts
        self._passed: set[str] = set()

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        found = await look_up(host, port, family)
        for address in found:
            self._passed.add(self._check(host, address["host"]))
        return found

    def socket(self, info: tuple[Any, ...]) -> socket.socket:
        """A socket for one address, which is one that was checked: nothing can come between."""
        family, kind, protocol, _, place = info
        if place[0] not in self._passed:
            self._check(place[0], place[0])
        return socket.socket(family, kind, protocol)

    def _check(self, host: str, address: str) -> str:
        try:
            self._hosts.check(host, address)
        except NotFetched as refusal:
            raise _Shut(refusal) from None
        return address

    async def close(self) -> None: ...


async def look_up(host: str, port: int, family: socket.AddressFamily) -> list[ResolveResult]:
    """Every address of a name, as the system knows it.

    Raises:
        OSError: it has none.
    """
    infos = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM, family=family)
    return [
        ResolveResult(
            hostname=host, host=str(place[0]), port=port, family=kind, proto=protocol, flags=socket.AI_NUMERICHOST
        )
        for kind, _, protocol, _, place in infos
    ]


@contextlib.asynccontextmanager
async def client_for(
    hosts: Iterable[str], private: frozenset[str], *, pause: float, contact: str = ""
) -> AsyncIterator[Client]:
    """A client for these hosts.

    Args:
        hosts: as `Hosts` takes them.
        private: likewise, those that may be on a private network.
        pause: seconds between two requests to one host.
        contact: where whoever runs the site can read who asks.

    Raises:
        NotFetched: one of the hosts is none.
    """
    allowed = Hosts(hosts, private)
    resolver = _Checked(allowed)
    connector = aiohttp.TCPConnector(
        resolver=resolver, socket_factory=resolver.socket, use_dns_cache=False, limit_per_host=1, keepalive_timeout=15
    )
    agent = f"Publius/{__version__} (+{contact})" if contact else f"Publius/{__version__}"
    async with aiohttp.ClientSession(
        connector=connector,
        cookie_jar=aiohttp.DummyCookieJar(),
        headers={"User-Agent": agent, "Accept-Encoding": "gzip"},
        auto_decompress=False,  # which would unpack without end
        trust_env=False,
        timeout=TIMES,
    ) as session:
        yield Client(session, allowed, pause)


def unpacked(data: bytes, largest: int) -> bytes:
    """The contents of gzip data, of one or several members.

    Raises:
        NotFetched: damaged, or larger than that.
    """
    out = bytearray()
    at, member = 0, None
    try:
        while at < len(data):
            # By pieces, since what is left of one is copied for each member, and there can be a million.
            piece, at = data[at : at + _PIECE], at + _PIECE
            while piece:
                member = member or zlib.decompressobj(wbits=31)
                out += member.decompress(piece, largest + 1 - len(out))
                if len(out) > largest:
                    raise _too_large(largest)
                piece = member.unused_data
                member = None if member.eof else member
    except zlib.error:
        raise NotFetched("It is packed, and damaged.") from None
    if member is not None:
        raise NotFetched("It is packed, and cut short.")
    return bytes(out)


def _too_large(largest: int) -> NotFetched:
    return NotFetched(f"It is larger than {largest / 1_000_000:g} MB.")


def _refusal(error: Exception) -> NotFetched:
    """What went wrong with a connection, as a person can use it."""
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, _Shut):
            return cause.refusal
        cause = cause.__cause__ or cause.__context__
    match error:
        case asyncio.TimeoutError():
            said = "It did not answer in time."
        case aiohttp.ClientConnectorCertificateError() | aiohttp.ClientSSLError():
            said = "Its certificate cannot be verified."
        case aiohttp.ClientConnectorDNSError():
            said = "Its host has no address."
        case aiohttp.ClientConnectorError():
            said = "Its host does not take the connection."
        case _:
            said = f"The connection broke off ({type(error).__name__})."
    return NotFetched(said, cure="Try again later.")

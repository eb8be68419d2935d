"""A bucket of an S3-compatible store as a source: its objects, or those whose keys begin with a prefix."""

import asyncio
from collections.abc import AsyncGenerator, Mapping
from typing import Annotated, Any, Literal
from urllib.parse import quote

import msgspec
from msgspec import Meta, Struct, structs
from yarl import URL

from publius.errors import InvalidRequest, NotFetched
from publius.retrieval.origin import Origin
from publius.retrieval.sources import listing
from publius.retrieval.sources.fetching import SPENT, Client, client_for
from publius.retrieval.sources.guard import Hosts, Reach, host_of
from publius.retrieval.sources.kind import Found, Settings, path, settings_as
from publius.retrieval.sources.listing import Object, Part
from publius.retrieval.sources.sealing import opened, seal
from publius.retrieval.sources.signing import Keys, signed

MOST_OBJECTS = 200_000  # of one run
_GONE = 404


class Bucket(Struct, frozen=True, forbid_unknown_fields=True):
    """Settings of a bucket.

    Without `key` and `secret` it is asked as anybody may ask. The secret is sealed before it is kept. `style` is where
    the bucket's name stands in a request: in the `path`, as most servers of one's own want it, or in the `host`, as in
    `BUCKET.s3.us-east-1.amazonaws.com`.
    """

    key: Annotated[str, Meta(max_length=200, pattern=r"^[!-~]*$")] = ""
    secret: Annotated[str, Meta(max_length=500)] = ""
    region: Annotated[str, Meta(pattern=r"^[a-z0-9-]{1,40}$")] = "us-east-1"
    style: Literal["path", "host"] = "path"


class S3:
    """Buckets as a kind of source; the address is `https://SERVER/BUCKET/PREFIX`."""

    def __init__(self, reach: Reach, sealing: bytes) -> None:
        """
        Args:
            sealing: the key that secrets are sealed with, 32 bytes.
        """
        self._reach = reach
        self._sealing = sealing

    def accept(self, address: str, settings: Settings) -> tuple[str, dict[str, Any]]:
        """The address, and the settings the secret in them sealed. Nothing is asked of the bucket yet."""
        bucket = settings_as(Bucket, settings)
        place = Place.of(address, bucket, self._reach.private)
        if bool(bucket.key) != bool(bucket.secret):
            raise InvalidRequest(
                "An access key and its secret belong together.", cure="Give both, or neither.", param="secret"
            )
        kept = place.address
        if bucket.key:
            sealed = seal(self._sealing, bucket.secret, _use(kept, bucket))
            bucket = structs.replace(bucket, secret=sealed)
        return kept, msgspec.to_builtins(bucket)

    async def look(
        self, address: str, settings: Settings, known: Mapping[str, Origin | None]
    ) -> AsyncGenerator[Found, None]:
        """Every object, in the order of the keys; one that the list tells of as before is not read again."""
        bucket = settings_as(Bucket, settings)
        place = Place.of(address, bucket, self._reach.private)
        keys = None
        if bucket.key:
            keys = Keys(bucket.key, opened(self._sealing, bucket.secret, _use(address, bucket)), bucket.region)
        async with client_for(
            [host_of(place.root)], self._reach.private, pause=0, contact=self._reach.contact
        ) as client:
            async for found in _Visit(client, place, keys, known, self._reach.largest).all():
                yield found


class Place(Struct, frozen=True):
    """Where the objects are: the address to keep, the one that keys are added to, and what the keys begin with."""

    address: str
    root: str
    prefix: str

    @classmethod
    def of(cls, address: str, bucket: Bucket, private: frozenset[str]) -> "Place":
        """
        Raises:
            NotFetched: it is no address, or one of a network that is shut.
            InvalidRequest: it names no bucket.
        """
        url = Hosts([host_of(address)], private).url(address).with_query(None)
        name, _, prefix = url.path.lstrip("/").partition("/")
        if not name or (bucket.style == "host" and ":" in (url.host or "")):
            raise InvalidRequest(
                "The address names no bucket.",
                cure="Give it as https://SERVER/BUCKET, or https://SERVER/BUCKET/PREFIX/.",
                param="address",
            )
        root = url.origin() / name if bucket.style == "path" else url.origin().with_host(f"{name}.{url.host}")
        if bucket.style == "host":
            Hosts([host_of(str(root))], private).url(str(root))
        return cls(str(url), str(root).rstrip("/"), prefix)

    def list(self, token: str) -> URL:
        """The address of a part of the list; written strictly, as some servers check the signature of the writing."""
        asked = {"list-type": "2", "prefix": self.prefix, **({"continuation-token": token} if token else {})}
        told = "&".join(f"{name}={quote(value, safe='')}" for name, value in sorted(asked.items()))
        return URL(f"{self.root}/?encoding-type=url&{told}", encoded=True)

    def object(self, key: str) -> URL:
        """The address of an object."""
        return URL(f"{self.root}/{quote(key, safe='/')}", encoded=True)

    def name(self, key: str) -> str:
        """An object's path within the source: without the folders of the prefix."""
        return key.removeprefix(self.prefix[: self.prefix.rfind("/") + 1])


class _Visit:
    """One run through one bucket."""

    def __init__(
        self, client: Client, place: Place, keys: Keys | None, known: Mapping[str, Origin | None], largest: int
    ) -> None:
        self._client = client
        self._place = place
        self._keys = keys
        self._known = known
        self._largest = largest
        self._met: set[str] = set()

    async def all(self) -> AsyncGenerator[Found, None]:
        token, met = "", 0
        while not self._client.is_spent and met < MOST_OBJECTS:
            part = await self._list(token)
            if part.next and (part.next == token or not part.objects):
                raise NotFetched("The server's list goes on without end.")
            for object in part.objects:
                if object.key.endswith("/"):
                    continue  # what some programs make in place of a folder
                if self._client.is_spent:
                    break
                yield await self._object(object)
            met, token = met + len(part.objects), part.next
            if not token and not self._client.is_spent:
                return
        many = f"There are more than {MOST_OBJECTS:,} objects. Give a prefix."
        yield Found(self._place.address, reason=SPENT if self._client.is_spent else many, gone=True)
        for name in self._known.keys() - self._met:  # nothing is gone that was only not seen
            yield Found(name)

    async def _list(self, token: str) -> Part:
        address = self._place.list(token)
        answer = await self._client.get(
            address, largest=listing.LARGEST, faults=listing.LARGEST_FAULT, headers=self._headers(address)
        )
        if answer.status != 200:
            raise listing.fault(answer)
        return await asyncio.to_thread(listing.read, answer.body)

    async def _object(self, object: Object) -> Found:
        name = self._place.name(object.key)
        try:
            kept = path(name)
            if kept in self._met:
                return Found(name, reason="Another object has the same name, but for what no document's name may have.")
            self._met.add(kept)
            return await self._read(name, object, self._known.get(kept))
        except (NotFetched, InvalidRequest) as error:
            return Found(name, reason=str(error))

    async def _read(self, name: str, object: Object, before: Origin | None) -> Found:
        if any(part in (".", "..") for part in object.key.split("/")):
            return Found(name, reason="Its key cannot be asked for: it has a part that is . or .. only.")
        if object.size > self._largest:
            return Found(name, reason=f"It is larger than {self._largest / 1_000_000:g} MB.")
        if before and before.mark == object.mark:
            return Found(name)
        address = self._place.object(object.key)
        answer = await self._client.get(
            address, largest=self._largest, faults=listing.LARGEST_FAULT, headers=self._headers(address)
        )
        if answer.status == _GONE:
            return Found(name, reason="It was removed while the bucket was being read.", gone=True)
        if answer.status != 200:
            return Found(name, reason=str(listing.fault(answer)))
        return Found(name, answer.body, origin=Origin(address=str(address), mark=object.mark))

    def _headers(self, address: URL) -> dict[str, str]:
        return signed(address, self._keys) if self._keys else {}


def _use(address: str, bucket: Bucket) -> str:
    """What a secret is sealed for: it opens for no other server and no other key."""
    return f"{bucket.style} {address} {bucket.key}"

"""A CKAN catalogue of open data as a source: the files of the datasets that its action API finds."""

from collections.abc import AsyncGenerator, Mapping
from typing import Annotated, Any, TypeVar

import msgspec
from msgspec import Meta, Struct
from yarl import URL

from publius.errors import InvalidRequest, NotFetched
from publius.retrieval.origin import Origin
from publius.retrieval.sources.fetching import SPENT, Client, client_for
from publius.retrieval.sources.guard import Hosts, Reach, host_of
from publius.retrieval.sources.kind import Found, Settings, path, settings_as
from publius.retrieval.sources.marks import mark_of

ROWS = 50  # datasets that are asked for at once
MOST_DATASETS = 20_000  # of one run
LARGEST = 50 << 20  # bytes of one answer of the API
READ = ("csv", "tsv", "xlsx", "parquet", "pdf", "docx", "pptx", "html", "txt", "md")
_SPELLED = {"plain": "txt", "text": "txt", "markdown": "md", "htm": "html", "tab-separated-values": "tsv",
            "vnd.openxmlformats-officedocument.spreadsheetml.sheet": "xlsx",
            "vnd.openxmlformats-officedocument.wordprocessingml.document": "docx"}  # fmt: skip
_REFUSALS = {
    400: "does not understand the question",
    403: "lets only those read it who sign in",
    404: "has no such dataset, or is no CKAN catalogue",
    409: "does not understand the question",
}

Text = Annotated[str, Meta(max_length=500)]
Result = TypeVar("Result")


class Catalogue(Struct, frozen=True, forbid_unknown_fields=True):
    """Settings of a catalogue: which datasets, all that is given holding together, and which of their files.

    `query` is in the catalogue's own language (Solr's); `*:*` asks for everything. `datasets` are taken by name, beside
    what is searched for. `hosts` are those beside the catalogue's own that files may be on.
    """

    query: Text = ""
    organization: Text = ""
    group: Text = ""
    tags: Annotated[tuple[Text, ...], Meta(max_length=20)] = ()
    datasets: Annotated[tuple[Text, ...], Meta(max_length=500)] = ()
    formats: Annotated[tuple[Text, ...], Meta(max_length=30)] = READ
    hosts: Annotated[tuple[str, ...], Meta(max_length=50)] = ()
    resources: Annotated[int, Meta(ge=1, le=20_000)] = 1_000
    pause: Annotated[float, Meta(ge=0, le=60)] = 0.5

    @property
    def searches(self) -> bool:
        """Whether anything is searched for, and not only taken by name."""
        return bool(self.query or self.organization or self.group or self.tags)


class _Resource(Struct, frozen=True):
    """A file of a dataset, as the API tells of it."""

    id: str
    url: str | None = ""
    name: str | None = ""
    format: str | None = ""
    mimetype: str | None = ""
    state: str | None = "active"
    url_type: str | None = ""
    last_modified: str | None = ""
    hash: str | None = ""

    @property
    def kind(self) -> str:
        """Its format as an extension: what the catalogue says, or else how its address ends."""
        said = (self.format or self.mimetype or _last(self.url).rpartition(".")[2]).strip().lower()
        said = said.rpartition("/")[2].lstrip(".")
        return _SPELLED.get(said, said)

    @property
    def changed(self) -> str:
        """What tells versions apart of a file that the catalogue keeps itself; of others it does not know."""
        return f"{self.last_modified or ''} {self.hash or ''}".strip() if self.url_type == "upload" else ""


class _Body(Struct, frozen=True):
    title: str | None = ""
    name: str | None = ""


class _Dataset(Struct, frozen=True):
    """A dataset, which CKAN calls a package."""

    name: str
    resources: list[_Resource] = []
    organization: _Body | None = None
    author: str | None = ""
    license_title: str | None = ""
    license_id: str | None = ""
    state: str | None = "active"

    @property
    def publisher(self) -> str:
        body = self.organization or _Body()
        return body.title or body.name or self.author or ""


class _Hits(Struct, frozen=True):
    count: int
    results: list[_Dataset]


class _Answer(Struct, frozen=True):
    success: bool
    result: msgspec.Raw = msgspec.Raw(b"null")


class Ckan:
    """Catalogues as a kind of source; the address is the catalogue's, without `/api`."""

    def __init__(self, reach: Reach) -> None:
        self._reach = reach

    def accept(self, address: str, settings: Settings) -> tuple[str, dict[str, Any]]:
        """The catalogue's address; something of it must be asked for. Nothing is asked of it yet."""
        wanted = settings_as(Catalogue, settings)
        if not (wanted.searches or wanted.datasets):
            raise InvalidRequest(
                "Nothing of the catalogue is asked for, and all of it may be hundreds of thousands of files.",
                cure="Give a query, an organization, a group, a tag or names of datasets; the query *:* is everything.",
                param="query",
            )
        url = Hosts((host_of(address), *wanted.hosts), self._reach.private).url(address).with_query(None)
        if "/api" in url.path:
            url = url.with_path(url.path[: url.path.index("/api")])
        return str(url), msgspec.to_builtins(wanted)

    async def look(
        self, address: str, settings: Settings, known: Mapping[str, Origin | None]
    ) -> AsyncGenerator[Found, None]:
        """Every file that is asked for; those that were never read come first, then those asked longest ago."""
        wanted = settings_as(Catalogue, settings)
        hosts = (host_of(address), *wanted.hosts)
        async with client_for(hosts, self._reach.private, pause=wanted.pause, contact=self._reach.contact) as client:
            async for found in _Visit(client, wanted, URL(address), known, self._reach.largest).all():
                yield found


class _Visit:
    """One run through one catalogue."""

    def __init__(
        self, client: Client, wanted: Catalogue, address: URL, known: Mapping[str, Origin | None], largest: int
    ) -> None:
        self._client = client
        self._wanted = wanted
        self._address = address
        self._known = known
        self._largest = largest
        self._formats = {name.strip().lower().lstrip(".") for name in wanted.formats}
        self._files: dict[str, tuple[_Dataset, _Resource]] = {}
        self._refused: list[Found] = []
        self._whole = True  # whether all that is asked for was seen, so that what is not named is gone

    async def all(self) -> AsyncGenerator[Found, None]:
        await self._search()
        await self._by_name()
        if not self._files and not self._refused:
            raise NotFetched(
                "The catalogue finds no such file.",
                cure="Check what is asked for, and the formats.",
            )
        for told in self._refused:
            yield told
        met = set()
        for name in sorted(self._files, key=lambda name: mark_of(self._known.get(name)).asked):
            if self._client.is_spent:
                self._whole = False
                yield Found(name, reason=SPENT, gone=True)
                break
            met.add(name)
            yield await self._file(name, *self._files[name])
        if not self._whole:  # nothing is gone that was only not seen
            for name in self._known.keys() - met:
                yield Found(name)

    async def _search(self) -> None:
        at, count = 0, int(self._wanted.searches)
        while at < count and self._whole and not self._client.is_spent:
            hits = await self._ask("package_search", _Hits, q=self._wanted.query or "*:*", fq=_filters(self._wanted),
                                   rows=str(ROWS), start=str(at), sort="name asc")  # fmt: skip
            for dataset in hits.results:
                self._take(dataset)
            at, count = at + ROWS, hits.count if hits.results else 0
            if at >= MOST_DATASETS:
                self._incomplete(f"There are more than {MOST_DATASETS:,} datasets. Ask for fewer.")

    async def _by_name(self) -> None:
        for name in self._wanted.datasets:
            try:
                self._take(await self._ask("package_show", _Dataset, id=name))
            except NotFetched as error:
                # It may be back in the next run; until then its files stay.
                self._whole = False
                self._refused.append(Found(name, reason=str(error), gone=True))

    def _take(self, dataset: _Dataset) -> None:
        for resource in dataset.resources if dataset.state != "deleted" else ():
            if len(self._files) >= self._wanted.resources:
                return self._incomplete(f"There are more than {self._wanted.resources:,} files. Ask for fewer.")
            if resource.url and resource.state != "deleted" and resource.kind in self._formats:
                self._files[path(_name(dataset, resource))] = (dataset, resource)
        return None

    async def _file(self, name: str, dataset: _Dataset, resource: _Resource) -> Found:
        mark = mark_of(self._known.get(name))
        if resource.changed and resource.changed == mark.changed:
            return Found(name)
        try:
            answer = await self._client.get(resource.url or "", largest=self._largest, headers=mark.conditions)
        except NotFetched as error:
            return Found(name, reason=str(error))
        if answer.status == 304 and mark.conditions:
            return Found(name, origin=_origin(dataset, resource, mark.after(answer, resource.changed)))
        if answer.status != 200:
            return Found(name, reason=f"Its host answers {answer.status}. It is tried again in the next run.")
        if resource.kind != "html" and answer.headers.get("content-type", "").startswith("text/html"):
            return Found(name, reason=f"Its address leads to a page, not to the file ({resource.kind}).")
        return Found(name, answer.body, origin=_origin(dataset, resource, mark.after(answer, resource.changed)))

    async def _ask(self, action: str, kind: type[Result], **question: str) -> Result:
        address = self._address.joinpath("api", "3", "action", action).with_query(question)
        answer = await self._client.get(str(address), largest=LARGEST)
        if answer.status != 200:
            said = _REFUSALS.get(answer.status, f"answers {answer.status}")
            subject = f" for {question['id']!r}" if "id" in question else ""
            raise NotFetched(f"The catalogue {said} ({action}{subject}).", cure="Check the address and what is asked.")
        try:
            told = msgspec.json.decode(answer.body, type=_Answer)
            return msgspec.json.decode(told.result, type=kind)
        except (msgspec.DecodeError, msgspec.ValidationError):
            raise NotFetched(
                f"What answers at {self._address} is no CKAN catalogue.", cure="Give its address without /api."
            ) from None

    def _incomplete(self, reason: str) -> None:
        if self._whole:
            self._whole = False
            self._refused.append(Found(str(self._address), reason=reason, gone=True))


def _filters(wanted: Catalogue) -> str:
    """In Solr's language, each value in quotes, so that none is more than a value."""
    pairs = [("organization", wanted.organization), ("groups", wanted.group), *(("tags", tag) for tag in wanted.tags)]
    quoted = ((field, value.replace("\\", "\\\\").replace('"', '\\"')) for field, value in pairs if value)
    return " AND ".join(f'{field}:"{value}"' for field, value in quoted)


def _name(dataset: _Dataset, resource: _Resource) -> str:
    """A file's path: its dataset, its id, which nothing else has, and what the catalogue calls it."""
    called = (resource.name or _last(resource.url) or dataset.name).replace("/", "-").strip()
    ending = f".{resource.kind}"
    return f"{dataset.name}/{resource.id[:8]}/{called.removesuffix(ending)}{ending}"


def _last(address: str | None) -> str:
    """The last part of an address's path; of one that a person typed, so that it may be anything."""
    return (address or "").partition("?")[0].partition("#")[0].rstrip("/").rpartition("/")[2]


def _origin(dataset: _Dataset, resource: _Resource, mark: str) -> Origin:
    licence = dataset.license_title or dataset.license_id or ""
    told = [_shown(each) for each in (resource.url or "", dataset.publisher, licence)]
    return Origin(address=told[0], publisher=told[1][:200], licence=told[2][:200], mark=mark)


def _shown(text: str) -> str:
    """Without what a page cannot show and the database cannot keep."""
    return "".join(each for each in text if each.isprintable())

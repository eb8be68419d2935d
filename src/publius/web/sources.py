"""For administrators: where documents come from again and again; added, run, paused, removed."""

import re
from typing import Any, Literal, NamedTuple

from litestar import Response, get, post
from litestar.params import FromPath

from publius.errors import Conflict, NotFound, PubliusError
from publius.types import Permission
from publius.web.pages import go, page
from publius.web.visitor import AnyRequest, plain, site_of, viewer

HERE = "/manage"
LIST = "/manage/sources"
MANAGE = {"permission": Permission.MANAGE_AGENCY}


class Field(NamedTuple):
    """A field of the form for one setting; `many` takes several, with spaces or commas between.

    `choices` are what can be chosen, with the words for each; the first is what stands without a choice.
    """

    name: str
    label: str
    hint: str = ""
    many: bool = False
    secret: bool = False
    choices: tuple[tuple[str, str], ...] = ()


class Form(NamedTuple):
    """What is asked for of one kind of source."""

    title: str
    address: str
    hint: str
    fields: tuple[Field, ...] = ()


HOSTS = Field("hosts", "Further hosts", "Others that its files may be on, with spaces between.", many=True)
STYLES = (
    ("path", "Behind the server's: SERVER/BUCKET, as most servers of one's own want it"),
    ("host", "Before the server's: BUCKET.SERVER, as Amazon wants it of newer buckets"),
)
FORMS = {
    "folder": Form("a folder", "Folder", "In one that the operator allows. Links in it are not followed."),
    "web": Form(
        "a web site",
        "Address",
        "The site, or a part of it, as in https://www.agency.gov/rules/. The pages that its sitemap names are read.",
        (HOSTS, Field("sitemap", "Sitemap", "Its address, where robots.txt does not name it.")),
    ),
    "ckan": Form(
        "an open-data catalogue",
        "Address of the catalogue",
        "One that runs CKAN, as in https://catalog.data.gov. Say what of it is wanted: all that you give must fit.",
        (
            Field("query", "Words to search for", "*:* is everything."),
            Field("organization", "Organization", "By its name in addresses, as in ed-gov."),
            Field("group", "Group"),
            Field("tags", "Tags", "With spaces between.", many=True),
            Field("datasets", "Datasets by name", "With spaces between; taken beside what is searched for.", many=True),
            HOSTS,
        ),
    ),
    "bucket": Form(
        "a bucket",
        "Address",
        "Of an S3-compatible store: https://SERVER/BUCKET, or https://SERVER/BUCKET/PREFIX/ for a part of it.",
        (
            Field("key", "Access key", "Without one, the bucket is asked as anybody may ask."),
            Field("secret", "Secret of the key", "It is sealed, and never shown again.", secret=True),
            Field("region", "Region", "us-east-1, unless you give another."),
            Field("style", "Where the bucket's name stands in its addresses", choices=STYLES),
        ),
    ),
}  # fmt: skip
PERIODS = {"": "Only by hand", "60": "Every hour", "1440": "Every day", "10080": "Every week"}


@get(LIST, opt=MANAGE)
async def list_sources(request: AnyRequest) -> Response[Any]:
    """Every source with what came of its last run, and what waits or is under way."""
    found = await site_of(request).app.sources.list(viewer(request).agency)
    moving = any(source.wanted or source.begun_at for source in found)
    return page(request, "source_list.html", here=HERE, sources=found, forms=FORMS, periods=PERIODS, moving=moving)


@get("/manage/sources/add/{kind:str}", opt=MANAGE)
async def add_page(request: AnyRequest, kind: FromPath[str]) -> Response[Any]:
    """The form for one kind of source."""
    return _form(request, kind, {}, {})


@post("/manage/sources/add/{kind:str}", status_code=200, opt=MANAGE)
async def add_source(request: AnyRequest, kind: FromPath[str]) -> Response[Any]:
    """Keep it, and show it in the list; what cannot be is told above the form, which keeps all but a secret."""
    wanted = _kind(kind)
    sent = {name: plain(value) for name, value in (await request.form()).items()}
    every = sent.get("every", "")
    try:
        await site_of(request).app.sources.add(
            viewer(request).agency,
            viewer(request).id,
            sent.get("name", ""),
            sent.get("address", ""),
            kind=kind,
            settings={each.name: _setting(each, sent[each.name]) for each in wanted.fields if sent.get(each.name)},
            label=sent.get("label") or None,
            removes="removes" in sent,
            every_minutes=int(every) if every in PERIODS and every else None,
        )
    except PubliusError as error:
        return _form(request, kind, sent, {_at(wanted, error): str(error)})
    return go(LIST)


@post("/manage/sources/{name:str}/{act:str}", opt=MANAGE)
async def change_source(
    request: AnyRequest, name: FromPath[str], act: FromPath[Literal["run", "pause", "resume"]]
) -> Response[Any]:
    """Have it run soon, or stop its clock, or let that go on."""
    sources = site_of(request).app.sources
    change = {"run": sources.want, "pause": sources.pause, "resume": sources.resume}[act]
    await change(viewer(request).agency, viewer(request).id, name)
    return go(LIST)


@get("/manage/sources/{name:str}/remove", opt=MANAGE)
async def confirm_removal(request: AnyRequest, name: FromPath[str]) -> Response[Any]:
    """Ask before it is forgotten, and what is to become of its documents."""
    sources, agency = site_of(request).app.sources, viewer(request).agency
    source, documents = await sources.open(agency, name), await sources.documents(agency, name)
    return page(request, "remove_source.html", here=HERE, source=source, documents=len(documents))


@post("/manage/sources/{name:str}/remove", opt=MANAGE)
async def remove_source(request: AnyRequest, name: FromPath[str]) -> Response[Any]:
    """Forget it, with its documents if that was chosen."""
    chosen = plain((await request.form()).get("documents")) == "remove"
    await site_of(request).app.remove_source(viewer(request), name, documents=chosen)
    return go(LIST)


def _form(request: AnyRequest, kind: str, sent: dict[str, str], problems: dict[str, str]) -> Response[Any]:
    return page(
        request,
        "add_source.html",
        status=422 if problems else 200,
        here=HERE,
        form=_kind(kind),
        sent=sent,
        problems=problems,
        periods=PERIODS,
    )


def _at(form: Form, error: PubliusError) -> str:
    """The field that an error is about: one that its kind knows by name, or the address, of which most is told."""
    named = {"name", "label", *(each.name for each in form.fields)}
    if isinstance(error, Conflict):
        return "name"
    return error.param if error.param in named else "address"


def _kind(name: str) -> Form:
    if name not in FORMS:
        raise NotFound("There is no such kind of source.", cure="Choose one on the page of sources.")
    return FORMS[name]


def _setting(field: Field, sent: str) -> str | list[str]:
    return re.split(r"[\s,]+", sent.strip(" ,")) if field.many else sent

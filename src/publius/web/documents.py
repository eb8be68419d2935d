"""The agency's documents: listed, added, opened at the cited words, removed."""

from typing import Any, NamedTuple
from urllib.parse import quote, urlencode
from uuid import UUID

from litestar import Response, get, post
from litestar.datastructures import UploadFile
from litestar.params import FromPath

from publius.errors import TooLarge
from publius.policy.roles import allowed
from publius.retrieval.documents import Opened, Progress
from publius.retrieval.querying.job import KINDS
from publius.retrieval.reading.drawing import DRAWN
from publius.retrieval.reading.places import Mark
from publius.types import Permission
from publius.web.pages import HEADERS, go, page, wants_json
from publius.web.rendering import sections
from publius.web.visitor import AnyRequest, plain, site_of, viewer

HERE = "/documents"
PER_PAGE = 50
MANY = 10  # files; more at once are read in the background
UPLOADS_AT_ONCE = 4  # files of the largest size that one form may carry
PART = 200_000  # characters of a long document on one page


@get(HERE, opt={"permission": Permission.LIST_DOCUMENTS})
async def list_documents(request: AnyRequest) -> Response[Any]:
    """The agency's documents by name, perhaps those with some words in their name or title."""
    return await _listing(request)


@get("/documents/add", opt={"permission": Permission.WRITE_DOCUMENTS})
async def add_page(request: AnyRequest) -> Response[Any]:
    """Where a reload of the page after an upload leads."""
    return go(f"{HERE}#add")


@post("/documents/add", status_code=200, opt={"permission": Permission.WRITE_DOCUMENTS})
async def add_documents(request: AnyRequest) -> Response[Any]:
    """Read the files that were sent; each is told about by name, or more than ten by the page of their job.

    A script of ours sends one at a time.
    """
    site, principal = site_of(request), viewer(request)
    form = await request.form()
    label = plain(form.get("label")) or None
    files = [file for file in form.getall("files", []) if isinstance(file, UploadFile) and file.filename]
    if len(files) > MANY:
        sent = [(file.filename, await file.read()) for file in files]
        job = await site.app.jobs.put(principal.agency, principal.id, "Page", sent, label=label)
        return go(f"/documents/jobs/{job.id}")
    outcomes: list[Progress] = []
    most = site.app.settings.max_upload_mb
    for file in files:
        data = await file.read(most * 1_000_000 + 1)
        if len(data) > most * 1_000_000:
            outcomes.append(Progress(name=file.filename, error=TooLarge(f"This file is larger than {most} MB.")))
            continue
        read = site.app.retrieval.add_many(principal.agency, principal.id, [(file.filename, data)], label=label)
        outcomes += [outcome async for outcome in read]
    if not wants_json(request):
        return await _listing(request, outcomes=outcomes, chose_none=not outcomes)
    words = site.templates.render("outcome.html", outcome=outcomes[0]) if outcomes else "No file came."
    good = bool(outcomes) and outcomes[0].error is None
    return Response({"ok": good, "words": words.strip()}, status_code=200, headers=HEADERS)


@get("/documents/{document:uuid}", opt={"permission": Permission.READ_DOCUMENTS})
async def open_document(request: AnyRequest, document: FromPath[UUID]) -> Response[Any]:
    """A document's text; with `start` and `end` those characters are highlighted. A long one comes in parts."""
    opened = await site_of(request).app.retrieval.open(viewer(request).agency, document, _number(request, "revision"))
    length = len(opened.text)
    start = min(_number(request, "start") or 0, length)
    end = min(max(_number(request, "end") or start, start), length)
    part = min(_number(request, "part") or start // PART, max(length - 1, 0) // PART)
    low, high = part * PART, max(min((part + 1) * PART, length), end if start // PART == part else 0)
    shown = [(first - low, last - low) for first, last in opened.pages if low <= first < high]
    numbers = [number for number, (first, _) in enumerate(opened.pages, 1) if low <= first < high]
    inside = low <= start < high
    cited_page = next((at for at, (first, last) in enumerate(opened.pages, 1) if first <= start < last), None)
    sheet = await _sheet(request, opened, start, end, cited_page)
    return page(
        request,
        "document.html",
        document=opened,
        sections=sections(opened.text[low:high], shown, start - low if inside else 0, end - low if inside else 0),
        first_page=numbers[0] if numbers else 1,
        cited=end > start and inside,
        cited_page=cited_page,
        sheet=sheet,
        part=part,
        parts=max(length - 1, 0) // PART + 1,
        may_write=Permission.WRITE_DOCUMENTS in allowed(viewer(request)),
        was=_label(request),
        asks=opened.media_type in KINDS and Permission.ASK in allowed(viewer(request)),
    )


@post("/documents/{document:uuid}/label", opt={"permission": Permission.WRITE_DOCUMENTS})
async def label_document(request: AnyRequest, document: FromPath[UUID]) -> Response[Any]:
    """Give it another label, and show it with the label that it had, which undoes that."""
    label = plain((await request.form()).get("label"))
    was = await site_of(request).app.retrieval.label(viewer(request).agency, document, label)
    return go(f"/documents/{document}?{urlencode({'was': was})}")


@get("/documents/{document:uuid}/pages/{number:int}", opt={"permission": Permission.READ_DOCUMENTS})
async def show_page(request: AnyRequest, document: FromPath[UUID], number: FromPath[int]) -> Response[bytes]:
    """One page as it looks: drawn anew from the file, so that nothing in the file reaches the browser."""
    pages = site_of(request).app.retrieval.pages
    drawn = await pages.picture(viewer(request).agency, document, _number(request, "revision"), number)
    return Response(drawn, media_type="image/png", headers=HEADERS)


@get("/documents/{document:uuid}/file", opt={"permission": Permission.READ_DOCUMENTS})
async def download_document(request: AnyRequest, document: FromPath[UUID]) -> Response[bytes]:
    """The file as it was added. Always saved, never shown: a page inside it would run as one of ours."""
    library = site_of(request).app.retrieval
    original = await library.original(viewer(request).agency, document, _number(request, "revision"))
    saved = quote(original.name.rsplit("/", 1)[-1])
    headers = {**HEADERS, "Content-Disposition": f"attachment; filename*=UTF-8''{saved}"}
    return Response(original.data, media_type="application/octet-stream", headers=headers)


@get("/documents/{document:uuid}/remove", opt={"permission": Permission.WRITE_DOCUMENTS})
async def confirm_removal(request: AnyRequest, document: FromPath[UUID]) -> Response[Any]:
    """Ask before it is gone."""
    opened = await site_of(request).app.retrieval.open(viewer(request).agency, document)
    return page(request, "remove_document.html", here=HERE, document=opened)


@post("/documents/{document:uuid}/remove", opt={"permission": Permission.WRITE_DOCUMENTS})
async def remove_document(request: AnyRequest, document: FromPath[UUID]) -> Response[Any]:
    """Take it out of the library, with what was answered from it."""
    await site_of(request).app.remove_document(viewer(request), document)
    return go(HERE)


class Shown(NamedTuple):
    """A page that is shown as it looks: its number, how many there are, and the marks over the cited words."""

    number: int
    of: int
    marks: list[Mark]
    query: str  # of the address of this view, without the page


async def _sheet(request: AnyRequest, opened: Opened, start: int, end: int, cited: int | None) -> Shown | None:
    """The page to show as it looks: the one asked for, or else the cited one, or else the first."""
    if opened.media_type not in DRAWN or not opened.pages:
        return None
    number = min(max(_number(request, "page") or cited or 1, 1), len(opened.pages))
    marks: list[Mark] = []
    if end > start:
        pages = site_of(request).app.retrieval.pages
        marks = await pages.marks(viewer(request).agency, opened.id, opened.revision, number, start, end)
    query = urlencode({"revision": opened.revision, "start": start, "end": end})
    return Shown(number, len(opened.pages), marks, query)


async def _listing(
    request: AnyRequest, *, outcomes: list[Progress] | None = None, chose_none: bool = False
) -> Response[Any]:
    site, principal = site_of(request), viewer(request)
    may = allowed(principal)
    search = plain(request.query_params.get("search"))[:200]
    at = _number(request, "page") or 1
    found = await site.app.retrieval.list(principal.agency, matching=search, limit=PER_PAGE, offset=(at - 1) * PER_PAGE)
    return page(
        request,
        "documents.html",
        here=HERE,
        listing=found,
        search=search,
        at=at,
        pages=-(-found.total // PER_PAGE),
        may_write=Permission.WRITE_DOCUMENTS in may,
        may_read=Permission.READ_DOCUMENTS in may,
        outcomes=outcomes or [],
        problems={"files": "Choose at least one file."} if chose_none else {},
        limit=site.app.settings.max_upload_mb,
        together=site.app.settings.max_upload_mb * 1_000_000 * UPLOADS_AT_ONCE,
    )


def _label(request: AnyRequest) -> str:
    """The label that a document had, from the address that setting another leads to; nothing else counts as one."""
    was = request.query_params.get("was", "")
    return was if was in viewer(request).agency.visible_labels else ""


def _number(request: AnyRequest, name: str) -> int | None:
    """A number from the address; nonsense counts as none, because addresses get cut and mangled."""
    sent = request.query_params.get(name, "")
    return int(sent) if sent.isascii() and sent.isdigit() and len(sent) < 10 else None

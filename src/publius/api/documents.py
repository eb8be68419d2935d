"""`/v1/documents`: what an agency's answers may rest on; listed, added, opened, removed."""

from typing import Annotated, Any
from urllib.parse import quote
from uuid import UUID

import msgspec
from litestar import Request, Response, delete, get, patch, post
from litestar.datastructures import UploadFile
from litestar.params import FromPath, FromQuery, QueryParameter

from publius.api.admission import building, may, principal_of
from publius.api.body import read
from publius.errors import InvalidRequest
from publius.types import Agency, Permission

Web = Request[Any, Any, Any]


class Relabelling(msgspec.Struct, forbid_unknown_fields=True):
    """What can be changed of a document."""

    label: str


Revision = Annotated[int | None, QueryParameter(ge=1, le=2**31 - 1)]


@get("/v1/documents", opt=may(Permission.LIST_DOCUMENTS))
async def list_documents(
    request: Web,
    matching: FromQuery[str] = "",
    limit: Annotated[int, QueryParameter(ge=1, le=1000)] = 50,
    offset: Annotated[int, QueryParameter(ge=0, le=2**31 - 1)] = 0,
) -> dict[str, Any]:
    """A page of the agency's documents by name; `matching` is part of a name or title."""
    agency = principal_of(request).agency
    found = await building(request).retrieval.list(agency, matching=matching, limit=limit, offset=offset)
    return {"object": "list", "data": [_shown(each, agency) for each in found.documents], "total": found.total}


@post("/v1/documents", opt=may(Permission.WRITE_DOCUMENTS))
async def add_document(request: Web) -> Response[dict[str, Any]]:
    """Read the uploaded `file` into the library; when this answers, it can be found.

    `label` names the document's label; without it a new document has the agency's default.
    """
    form = await request.form()
    file, label = form.get("file"), form.get("label")
    if not isinstance(file, UploadFile):
        raise InvalidRequest(
            "There is no file in the request.",
            cure="Send it as multipart/form-data in the field 'file'.",
            param="file",
        )
    principal = principal_of(request)
    name, data = file.filename, await file.read()
    await file.close()
    added = await building(request).retrieval.add(
        principal.agency, principal.id, name, data, label=str(label) if label else None
    )
    shown = msgspec.to_builtins(added)
    label = principal.agency.labels.name(shown.pop("level"))
    shown = {"id": shown.pop("document_id"), "object": "document", **shown, "label": label}
    return Response(shown, status_code=200 if added.status == "unchanged" else 201)


@get("/v1/documents/{id:uuid}", opt=may(Permission.READ_DOCUMENTS))
async def open_document(
    request: Web,
    id: FromPath[UUID],
    revision: Revision = None,
    start: Annotated[int, QueryParameter(ge=0)] = 0,
    end: Annotated[int | None, QueryParameter(ge=0)] = None,
) -> dict[str, Any]:
    """One revision with its text, or with `text[start:end]` alone, as a citation counts it."""
    agency = principal_of(request).agency
    opened = await building(request).retrieval.open(agency, id, revision)
    length = len(opened.text)
    start, end = min(start, length), length if end is None else min(end, length)
    return _shown(opened, agency) | {"text": opened.text[start:end], "start": start, "end": end, "length": length}


@get("/v1/documents/{id:uuid}/original", opt=may(Permission.READ_DOCUMENTS))
async def original(request: Web, id: FromPath[UUID], revision: Revision = None) -> Response[bytes]:
    """The file as it was added, always as a download, so that no browser runs what is in it."""
    agency = principal_of(request).agency
    found = await building(request).retrieval.original(agency, id, revision)
    headers = {"Content-Disposition": f"attachment; filename*=UTF-8''{quote(found.name.rsplit('/', 1)[-1], safe='')}"}
    return Response(found.data, media_type=found.media_type, headers=headers)


@delete("/v1/documents/{id:uuid}", status_code=200, opt=may(Permission.WRITE_DOCUMENTS))
async def remove_document(request: Web, id: FromPath[UUID]) -> dict[str, Any]:
    """Take a document out of the library; once this answers, nothing holds it, or what was answered from it."""
    await building(request).remove_document(principal_of(request), id)
    return {"id": id, "object": "document", "deleted": True}


@patch("/v1/documents/{id:uuid}", status_code=200, opt=may(Permission.WRITE_DOCUMENTS))
async def label_document(request: Web, id: FromPath[UUID]) -> dict[str, Any]:
    """Give a document another label; `was` is the one that it had, which undoes it."""
    wanted, agency = read(await request.body(), Relabelling), principal_of(request).agency
    library = building(request).retrieval
    before = await library.label(agency, id, wanted.label)
    return _shown(await library.open(agency, id), agency, "text", "pages") | {"was": before}


def _shown(document: Any, agency: Agency, *without: str) -> dict[str, Any]:
    shown = {"object": "document", **msgspec.structs.asdict(document), "label": agency.labels.name(document.level)}
    return {name: value for name, value in shown.items() if name not in ("level", *without)}

"""`/v1/jobs`: many files at once, read in the background; watched, paused, resumed, cancelled, tried again."""

from collections.abc import AsyncIterator
from typing import Annotated, Any, Literal
from uuid import UUID

import msgspec
from litestar import Request, delete, get, post
from litestar.datastructures import UploadFile
from litestar.params import FromPath, FromQuery, QueryParameter

from publius.api.admission import building, may, principal_of
from publius.retrieval.jobs import Job, State
from publius.retrieval.jobs.queue import STATES
from publius.types import Permission

Web = Request[Any, Any, Any]
TITLE = "API"


@get("/v1/jobs", opt=may(Permission.WRITE_DOCUMENTS))
async def list_jobs(request: Web) -> dict[str, Any]:
    """The agency's jobs, newest first."""
    found = await building(request).jobs.list(principal_of(request).agency)
    return {"object": "list", "data": [_shown(job) for job in found]}


@post("/v1/jobs", status_code=202, opt=may(Permission.WRITE_DOCUMENTS))
async def create_job(request: Web) -> dict[str, Any]:
    """Accept the uploaded `files`; when this answers they are kept, and will be read."""
    return await _put(request, None)


@post("/v1/jobs/{id:uuid}/files", status_code=202, opt=may(Permission.WRITE_DOCUMENTS))
async def add_files(request: Web, id: FromPath[UUID]) -> dict[str, Any]:
    """Accept more files into a job, which may be more in all than one request can carry."""
    return await _put(request, id)


@get("/v1/jobs/{id:uuid}", opt=may(Permission.WRITE_DOCUMENTS))
async def open_job(request: Web, id: FromPath[UUID]) -> dict[str, Any]:
    """How far a job is."""
    return _shown(await building(request).jobs.open(principal_of(request).agency, id))


@get("/v1/jobs/{id:uuid}/files", opt=may(Permission.WRITE_DOCUMENTS))
async def list_files(
    request: Web,
    id: FromPath[UUID],
    status: FromQuery[State | None] = None,
    limit: Annotated[int, QueryParameter(ge=1, le=1000)] = 100,
    offset: Annotated[int, QueryParameter(ge=0, le=2**31 - 1)] = 0,
) -> dict[str, Any]:
    """The files of a job in the order in which they came, perhaps those in one state alone."""
    agency, jobs = principal_of(request).agency, building(request).jobs
    await jobs.open(agency, id)
    items = await jobs.items(agency, id, states=(status,) if status else STATES, limit=limit, offset=offset)
    return {"object": "list", "data": [{"object": "job.file", **msgspec.structs.asdict(item)} for item in items]}


@post("/v1/jobs/{id:uuid}/{act:str}", status_code=200, opt=may(Permission.WRITE_DOCUMENTS))
async def change_job(
    request: Web, id: FromPath[UUID], act: FromPath[Literal["pause", "resume", "cancel", "retry"]]
) -> dict[str, Any]:
    """Pause, resume or cancel a job, or try again what failed."""
    return _shown(await getattr(building(request).jobs, act)(principal_of(request).agency, id))


@delete("/v1/jobs/{id:uuid}", status_code=200, opt=may(Permission.WRITE_DOCUMENTS))
async def remove_job(request: Web, id: FromPath[UUID]) -> dict[str, Any]:
    """Take a job out of the list, and cancel what is left of it; what was read stays."""
    await building(request).jobs.remove(principal_of(request).agency, id)
    return {"id": id, "object": "job", "deleted": True}


async def _put(request: Web, job_id: UUID | None) -> dict[str, Any]:
    principal = principal_of(request)
    form = await request.form()
    files = [(file.filename, await file.read()) async for file in _uploaded(form.getall("files", []))]
    label = str(form.get("label") or "")
    jobs = building(request).jobs
    return _shown(await jobs.put(principal.agency, principal.id, TITLE, files, label=label or None, job_id=job_id))


async def _uploaded(sent: list[Any]) -> AsyncIterator[UploadFile]:
    for file in sent:
        if isinstance(file, UploadFile):
            yield file
            await file.close()


def _shown(job: Job) -> dict[str, Any]:
    return {"object": "job", "status": job.condition, **msgspec.structs.asdict(job)}

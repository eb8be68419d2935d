"""What is read in the background: every job, how far it is, and what can be done with it."""

from typing import Any, Literal
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath

from publius.retrieval.jobs import Job
from publius.types import Permission
from publius.web.pages import from_script, go, page, part
from publius.web.visitor import AnyRequest, site_of, viewer

HERE = "/documents"
MOST_SHOWN = 100  # files that failed or were read, on the page of a job

MAY = {"permission": Permission.WRITE_DOCUMENTS}


@get("/documents/jobs", opt=MAY)
async def list_jobs(request: AnyRequest) -> Response[Any]:
    """Every job, newest first."""
    jobs = await site_of(request).app.jobs.list(viewer(request).agency)
    return page(request, "jobs.html", here=HERE, jobs=jobs)


@get("/documents/jobs/{job:uuid}", opt=MAY)
async def open_job(request: AnyRequest, job: FromPath[UUID]) -> Response[Any]:
    """How far a job is; our script asks again every two seconds, and gets the part that changes."""
    jobs, agency = site_of(request).app.jobs, viewer(request).agency
    opened = await jobs.open(agency, job)
    told: dict[str, Any] = {
        "job": opened,
        "failed": await jobs.items(agency, job, states=("failed",), limit=MOST_SHOWN),
        "taken": await jobs.items(agency, job, states=("taken",), limit=MOST_SHOWN),
    }
    if from_script(request):
        return part(request, "job_progress.html", **told)
    return page(request, "job.html", here=HERE, **told)


@post("/documents/jobs/{job:uuid}/{act:str}", opt=MAY)
async def change_job(
    request: AnyRequest, job: FromPath[UUID], act: FromPath[Literal["pause", "resume", "cancel", "retry", "remove"]]
) -> Response[Any]:
    """Pause, resume, cancel or remove it, or try again what failed."""
    changed: Job | None = await getattr(site_of(request).app.jobs, act)(viewer(request).agency, job)
    return go(f"/documents/jobs/{job}" if changed else "/documents/jobs")

"""`publius documents jobs`: what is read in the background, by the server that runs."""

from collections.abc import Awaitable, Callable
from typing import Annotated, Any
from uuid import UUID

import msgspec
import typer

from publius.cli.terminal import AsJson, Inside, OfAgency, console, print_json, print_rows, with_agency
from publius.retrieval.jobs import Job, Jobs
from publius.types import Agency

app = typer.Typer(help="What is read in the background.", no_args_is_help=False)

JobId = Annotated[UUID, typer.Argument(help="Its id, as 'publius documents jobs' shows it.")]


@app.callback(invoke_without_command=True)
def jobs(
    context: typer.Context, agency: Annotated[str, typer.Option("--agency", "-a")] = "", json: AsJson = False
) -> None:
    """List an agency's jobs, newest first, with what became of their files.

    Example: `publius documents jobs --agency education`
    """
    if context.invoked_subcommand:
        return
    if not agency:
        raise typer.BadParameter("name the agency: --agency SLUG")
    found = with_agency(agency, lambda inside: Jobs(inside.database).list(inside.agency))
    empty = f"No job. Make one: publius documents add PATH --background --agency {agency}"
    print_rows([row(job) for job in found], as_json=json, empty=empty)


@app.command()
def show(job: JobId, agency: OfAgency, json: AsJson = False) -> None:
    """Show a job with the files that failed, and why.

    Example: `publius documents jobs show 5f0c… --agency education`
    """

    async def work(inside: Inside) -> tuple[Job, tuple[Any, ...]]:
        jobs = Jobs(inside.database)
        opened = await jobs.open(inside.agency, job)
        return opened, await jobs.items(inside.agency, job, states=("failed",), limit=10_000)

    opened, failed = with_agency(agency, work)
    if json:
        print_json(row(opened) | {"problems": [{"name": item.name, "reason": item.reason} for item in failed]})
        return
    print_rows([row(opened)], as_json=False, empty="")
    for item in failed:
        console.print(f"  {item.name}: {item.reason}", markup=False, soft_wrap=True)


@app.command()
def pause(job: JobId, agency: OfAgency) -> None:
    """Begin no further file of a job.

    Example: `publius documents jobs pause 5f0c… --agency education`
    """
    _change(agency, lambda jobs, where: jobs.pause(where, job))


@app.command()
def resume(job: JobId, agency: OfAgency) -> None:
    """Go on with a job that was paused.

    Example: `publius documents jobs resume 5f0c… --agency education`
    """
    _change(agency, lambda jobs, where: jobs.resume(where, job))


@app.command()
def cancel(job: JobId, agency: OfAgency) -> None:
    """Read nothing more of a job; what is read stays.

    Example: `publius documents jobs cancel 5f0c… --agency education`
    """
    _change(agency, lambda jobs, where: jobs.cancel(where, job))


@app.command()
def retry(job: JobId, agency: OfAgency) -> None:
    """Try again what failed.

    Example: `publius documents jobs retry 5f0c… --agency education`
    """
    _change(agency, lambda jobs, where: jobs.retry(where, job))


@app.command()
def remove(job: JobId, agency: OfAgency) -> None:
    """Take a job out of the list, and cancel what is left of it; what was read stays.

    Example: `publius documents jobs remove 5f0c… --agency education`
    """
    with_agency(agency, lambda inside: Jobs(inside.database).remove(inside.agency, job))
    console.print("Removed.")


def row(job: Job) -> dict[str, Any]:
    """A job as a list shows it."""
    shown = msgspec.structs.asdict(job)
    return {
        "id": job.id,
        "from": job.title,
        "status": job.condition,
        **{name: shown[name] for name in ("files", "waiting", "taken", "done", "failed", "cancelled")},
        "added": job.created_at,
    }


def _change(agency: str, act: Callable[[Jobs, Agency], Awaitable[Job]]) -> None:
    async def work(inside: Inside) -> Job:
        return await act(Jobs(inside.database), inside.agency)

    job = with_agency(agency, work)
    console.print(f"{job.condition.capitalize()}: {job.done} of {job.files} read, {job.failed} failed.")

"""The server: the API's routes, what surrounds every request, and whatever other doors bring along."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager, nullcontext
from typing import Any

from litestar import HttpMethod, Litestar, Request, Response, Router, route
from litestar.datastructures import State
from litestar.exceptions import NotFoundException
from litestar.params import FromPath
from litestar.types import ControllerRouterHandler

from publius.api import (
    assistants,
    chat,
    clock,
    documents,
    health,
    jobs,
    legacy,
    missions,
    models,
    querying,
    records,
    responses,
    sources,
)
from publius.api.admission import guard, may
from publius.api.entrance import Entrance
from publius.api.errors import respond
from publius.api.logs import configure
from publius.api.metrics import Metrics
from publius.application import Application
from publius.types import Permission

MEGABYTE = 1_000_000
ROUTES = [
    chat.chat,
    legacy.completions,
    responses.respond_to,
    models.list_models,
    models.one_model,
    models.embeddings,
    documents.open_document,
    documents.original,
    documents.remove_document,
    documents.label_document,
    jobs.open_job,
    jobs.change_job,
    jobs.remove_job,
    sources.list_sources,
    sources.add_source,
    sources.open_source,
    sources.change_source,
    sources.remove_source,
    querying.tables,
    querying.query,
    missions.list_missions,
    missions.list_tools,
    missions.call_tool,
    assistants.assistants,
    records.record,
    health.healthz,
    health.readyz,
]
# Paths on which files come, whose requests may be larger.
FILES = [
    documents.list_documents,
    documents.add_document,
    jobs.list_jobs,
    jobs.create_job,
    jobs.list_files,
    jobs.add_files,
]


def create_app(
    application: Application, *, extra_routes: Sequence[ControllerRouterHandler] = (), state: Mapping[str, Any] = {}
) -> Litestar:
    """Build the server.

    Args:
        application: the open building; whoever opened it closes it.
        extra_routes: routers of other doors, with their own guard and their own rendering of errors.
            Each of their routes states its permission in `opt["permission"]`.
        state: what those routers want to find in `app.state`.
    """
    metrics = Metrics(application)
    litestar = Litestar(
        [*_routers(application), *extra_routes],
        exception_handlers={Exception: respond},
        state=State({**state, "application": application, "metrics": metrics}),
        lifespan=[_running],
        openapi_config=None,
        logging_config=None,
        debug=False,
    )
    litestar.asgi_handler = Entrance(litestar.asgi_handler, application.settings, metrics)
    return litestar


def _routers(app: Application) -> list[Router]:
    common: dict[str, Any] = {"guards": [guard], "exception_handlers": {Exception: respond}}
    return [
        Router(
            "/",
            route_handlers=[*ROUTES, nowhere],
            request_max_body_size=app.settings.max_body_mb * MEGABYTE,
            **common,
        ),
        Router("/", route_handlers=FILES, request_max_body_size=app.settings.max_upload_mb * MEGABYTE, **common),
    ]


@route("/v1/{path:path}", http_method=list(HttpMethod), opt=may(Permission.NONE))
async def nowhere(request: Request[Any, Any, Any], path: FromPath[str]) -> Response[Any]:
    """Any other address of the API."""
    raise NotFoundException


@asynccontextmanager
async def _running(litestar: Litestar) -> AsyncIterator[None]:
    """What runs beside the routes: the log, the reader of jobs, the clock of sources, and the metrics on their port."""
    app: Application = litestar.state["application"]
    configure(app.settings.log_level, app.settings.home)
    port = app.settings.metrics_port
    with litestar.state["metrics"].served(port) if port else nullcontext():
        async with app.worker.running(), clock.running(app):
            yield

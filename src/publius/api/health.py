"""`/healthz`: this process lives. `/readyz`: it can answer a question now, and if not, what is missing."""

from typing import Any

from litestar import Request, Response, get

from publius.api.admission import building, may
from publius.application import Application
from publius.errors import ServiceError
from publius.types import Permission

AGAIN = 5  # seconds; about what an engine takes to come up


@get("/healthz", opt=may(Permission.NONE))
async def healthz() -> dict[str, str]:
    """Always well, as long as it answers."""
    return {"status": "ok"}


@get("/readyz", opt=may(Permission.NONE))
async def readyz(request: Request[Any, Any, Any]) -> Response[dict[str, Any]]:
    """200 when database, engine and ledger are ready, else 503; says which, and nothing about any agency."""
    checks = await _checks(building(request))
    ready = all(checks.values())
    body = {"status": "ready" if ready else "not ready", "checks": checks}
    return Response(body) if ready else Response(body, status_code=503, headers={"Retry-After": str(AGAIN)})


async def _checks(app: Application) -> dict[str, bool]:
    engine = await app.engine.health()
    try:
        async with app.database.platform() as connection:
            await connection.execute("SELECT 1")
        database = True
    except ServiceError:
        database = False
    return {"database": database, "engine": engine.ready, "ledger": database}

"""Proof: the receipt of one answer for whoever got it, and the whole ledger for the auditor."""

import tempfile
from pathlib import Path
from typing import Any
from uuid import UUID

import msgspec
from litestar import Response, get, post
from litestar.params import FromPath

from publius.errors import NotFound
from publius.ledger import body as bodies
from publius.ledger.acts import acts
from publius.ledger.inspection import export, latest_checkpoint, prove, verify_database
from publius.ledger.proof import Proof, check
from publius.ledger.verify import Report
from publius.retrieval.library import Now
from publius.types import Permission
from publius.web.missions.computing import receipt_seal
from publius.web.pages import HEADERS, page
from publius.web.visitor import AnyRequest, site_of, viewer

HERE = "/ledger"
ASK = {"permission": Permission.ASK}
READ = {"permission": Permission.READ_LEDGER}
MOST_ACTS = 100  # that the page shows, the newest
ACTS = {
    "source-added": "added",
    "source-wanted": "had run",
    "source-run": "ran",
    "source-paused": "paused",
    "source-resumed": "let go on",
    "source-removed": "removed",
}


@get("/receipts/{record:uuid}", opt=ASK)
async def receipt(request: AnyRequest, record: FromPath[UUID]) -> Response[Any]:
    """What the receipt of one's own answer proves, checked while the page is made."""
    proof = await _proof(request, record)
    key = site_of(request).app.ledger.key.public
    checkpoint = check(proof, key)
    body = bodies.read(proof.body.encode())
    kept = request.query_params.get("kept", "")
    rested = await _rested_on(request, body)
    return page(
        request, "receipt.html", proof=proof, body=body, checkpoint=checkpoint, key=key, kept=kept, rested=rested
    )


async def _rested_on(request: AnyRequest, body: bodies.Body) -> list[tuple[UUID, int, Now | None]]:
    """Each document of the library that the answer cites, in which revision, and what it is now."""
    # A mission's sources are its own and not the library's.
    library = isinstance(body, bodies.Walk) and not (body.model or "").startswith("mission:")
    cited = body.citations if isinstance(body, bodies.Walk) and library else ()
    revisions = dict.fromkeys((each.document, each.revision) for each in cited if each.document.int)
    now = await site_of(request).app.retrieval.now(viewer(request).agency, [document for document, _ in revisions])
    return [(document, revision, now.get(document)) for document, revision in revisions]


@get("/receipts/{record:uuid}/proof", opt=ASK)
async def download_proof(request: AnyRequest, record: FromPath[UUID]) -> Response[bytes]:
    """The proof as a file that can be checked anywhere, with the public key alone."""
    proof = await _proof(request, record)
    return _file(f"proof-{record}.json", msgspec.json.format(msgspec.json.encode(proof), indent=2))


@get(HERE, opt=READ)
async def ledger(request: AnyRequest) -> Response[Any]:
    """What the auditor comes for: the newest signed root, the proof of the whole log, and the log as a file."""
    return await _ledger(request, None)


@post(f"{HERE}/verify", status_code=200, opt=READ)
async def verify(request: AnyRequest) -> Response[Any]:
    """Prove the whole log now."""
    app, agency = site_of(request).app, viewer(request).agency
    outside = app.ledger.outside(agency)
    return await _ledger(request, await verify_database(app.database, agency, app.ledger.key.public, outside=outside))


@get(f"{HERE}/log", opt=READ)
async def download_log(request: AnyRequest) -> Response[bytes]:
    """The log without content, compressed, for proving it offline."""
    app, agency = site_of(request).app, viewer(request).agency
    with tempfile.TemporaryDirectory(prefix="publius-log-") as folder:
        path = Path(folder) / "log.jsonl.gz"
        await export(app.database, agency, app.ledger.key.public, path)
        return _file(f"ledger-{agency.slug}.jsonl.gz", path.read_bytes())


async def _ledger(request: AnyRequest, report: Report | None) -> Response[Any]:
    app, agency = site_of(request).app, viewer(request).agency
    return page(
        request,
        "ledger.html",
        here=HERE,
        report=report,
        checkpoint=await latest_checkpoint(app.database, agency),
        key=app.ledger.key.public.line(),
        acts=await acts(app.database, agency, limit=MOST_ACTS),
        names=await _names(request),
        words=ACTS,
    )


async def _names(request: AnyRequest) -> dict[str, str]:
    """Who did something, by the id that the log holds: it has no name of anybody."""
    identity, agency = site_of(request).app.identity, viewer(request).agency
    people = {f"user:{user.id}": user.name or user.username for user in await identity.users.list(agency)}
    keys = {f"key:{key.id}": f"the key {key.name}" for key in await identity.keys.list(agency)}
    return {"clock": "the clock", **people, **keys}


async def _proof(request: AnyRequest, record: UUID) -> Proof:
    site, principal = site_of(request), viewer(request)
    if sealed := request.query_params.get("kept"):
        receipt = receipt_seal(site.app.secret, principal.agency, principal.id).open(sealed).receipt
        if receipt is None or receipt.record != record:
            raise NotFound("There is no such receipt.", cure="Open it from the result that it is of.")
    else:
        receipt = await site.conversations.receipt(principal, record)
    return await prove(site.app.database, principal.agency, receipt)


def _file(name: str, data: bytes) -> Response[bytes]:
    headers = {**HEADERS, "Content-Disposition": f'attachment; filename="{name}"'}
    return Response(data, media_type="application/octet-stream", headers=headers)

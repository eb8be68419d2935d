"""`/v1/ledger/records`: the proof that a receipt's record is in the agency's signed log."""

from typing import Annotated, Any
from uuid import UUID

import msgspec
from litestar import Request, get
from litestar.params import FromPath, QueryParameter

from publius.api.admission import building, may, principal_of
from publius.errors import NotFound
from publius.ledger import body as bodies
from publius.ledger.inspection import prove
from publius.ledger.merkle import leaf_hash
from publius.ledger.proof import Proof
from publius.policy import allowed
from publius.types import Agency, Permission, Receipt


@get("/v1/ledger/records/{id:uuid}", opt=may(Permission.SIGN_IN))
async def record(
    request: Request[Any, Any, Any],
    id: FromPath[UUID],
    position: Annotated[int, QueryParameter(ge=0, le=2**63 - 1)],
) -> dict[str, Any]:
    """A record's body with its path to the newest signed root; `position` is in the receipt.

    For those who may read the ledger, and for whoever asked the question; not above their ceiling.
    """
    principal, app = principal_of(request), building(request)
    receipt = Receipt(record=id, agency=principal.agency.slug, leaf_hash="", position=position, tree_size=0)
    proof = await _proof(request, principal.agency, receipt)
    body = bodies.read(proof.body.encode())
    theirs = body.who == principal.id or Permission.READ_LEDGER in allowed(principal)
    if not theirs or _level(body, principal.agency) > principal.agency.ceiling:
        raise _not_there()
    return {
        "object": "ledger.record",
        "id": id,
        **msgspec.to_builtins(proof),
        "public_key": app.ledger.key.public.line(),
    }


async def _proof(request: Request[Any, Any, Any], agency: Agency, receipt: Receipt) -> Proof:
    try:
        proof = await prove(building(request).database, agency, receipt)
    except NotFound:
        raise _not_there() from None
    signed = building(request).ledger.key.public.open(proof.checkpoint)
    known = msgspec.structs.replace(receipt, leaf_hash=leaf_hash(proof.body.encode()).hex(), tree_size=signed.size)
    return msgspec.structs.replace(proof, receipt=known)


def _level(body: bodies.Body, agency: Agency) -> int:
    """The level of a record's label; of one that is no longer in the agency's list, the highest."""
    label = body.label if isinstance(body, bodies.Walk) else None
    if label is None:
        return 0
    return agency.labels.names.index(label) if label in agency.labels.names else agency.labels.highest


def _not_there() -> NotFound:
    return NotFound("There is no such record.", cure="The receipt of an answer has its record and position.")

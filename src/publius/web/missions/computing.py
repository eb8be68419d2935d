"""A tool computed for a person: as a walk through the whole building, with a receipt, and the same again for a look."""

from collections.abc import Mapping
from hashlib import sha256
from typing import Any, NamedTuple
from uuid import uuid4

import msgspec

from publius import flow
from publius.api.metrics import metrics_of
from publius.errors import InvalidInputs
from publius.kit import InvalidInput, Result, Tool
from publius.missions import Pack
from publius.missions.sealed import Kept, Seal
from publius.types import Agency, Door, Question, Receipt, ToolCall
from publius.web.visitor import AnyRequest, site_of, viewer


class Place(NamedTuple):
    """A mission that is on for the viewer's agency, with its tools by name."""

    pack: Pack
    tools: dict[str, Tool]


async def place_of(request: AnyRequest, mission: str) -> Place:
    """The mission of that id.

    Raises:
        NotFound: there is none, or it is not on for the viewer's agency: the two look the same.
    """
    missions = site_of(request).app.missions
    pack = await missions.pack(viewer(request).agency, mission)
    return Place(pack, {tool.name: tool for tool in missions.tools(pack)})


async def compute(
    request: AnyRequest, pack: Pack, tool: Tool, fields: Mapping[str, str], kept: Kept
) -> Kept | dict[str, str]:
    """Walk the building with these inputs: the same answers with the receipt, or what is wrong with the inputs."""
    app = site_of(request).app
    try:
        values = tool.read_form(fields, kept.language)
        result = tool(**values)
    except InvalidInput as error:
        return error.problems or {"": str(error)}
    call = ToolCall(str(uuid4()), tool.name, msgspec.json.encode(tool.plain(values)).decode())
    question = Question(
        id=uuid4(),
        door=Door.WEB,
        model=pack.model,
        messages=(),
        credential=viewer(request),
        call=call,
        language=kept.language,
    )
    try:
        answer = await flow.answer(question, app)
    except InvalidInputs as error:
        return error.problems
    metrics_of(request).answered(question.door, answer)
    return msgspec.structs.replace(kept, receipt=answer.receipt, digest=digest(result))


def computed_again(tool: Tool, fields: Mapping[str, str], kept: Kept) -> Result[Any] | None:
    """The result that the receipt was given for; None if these inputs make another one by now, or none."""
    try:
        result = tool(**tool.read_form(fields, kept.language))
    except InvalidInput:
        return None
    return result if kept.receipt is not None and digest(result) == kept.digest else None


def digest(result: Result[Any]) -> str:
    """What tells one derivation from another."""
    return sha256(msgspec.json.encode([list(line) for line in result.derivation.lines])).hexdigest()[:32]


def receipt_link(request: AnyRequest, receipt: Receipt) -> str:
    """Where the viewer sees what the receipt proves. The link is for this person: no list holds it."""
    principal = viewer(request)
    sealed = receipt_seal(site_of(request).app.secret, principal.agency, principal.id).close(Kept(receipt=receipt))
    return f"/receipts/{receipt.record}?kept={sealed}"


def receipt_seal(secret: bytes, agency: Agency, person: str) -> Seal:
    """What seals a person's receipts of computations, which no conversation keeps."""
    return Seal(secret, agency, f"receipt of {person}")

"""Asking: the first page, and a question's way to its answer, sentence by sentence or as a whole page."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

from litestar import Response, get, post

from publius import demonstration, flow
from publius.api.leaving import while_connected
from publius.api.metrics import metrics_of
from publius.api.streams import EventStream
from publius.errors import InvalidRequest, NotFound, PubliusError
from publius.policy.roles import allowed
from publius.retrieval.documents import Document
from publius.types import Door, Message, Permission, Principal, Question, Role
from publius.web.conversations import Conversation, Turn
from publius.web.pages import from_script, go, page
from publius.web.streaming import STOPPED, streamed
from publius.web.visitor import AnyRequest, plain, site_of, viewer

LONGEST = 20_000  # characters; the model's own limit is lower and says so itself
DEFAULT = "library"
SHOWN = 5  # documents named on the first page
EXAMPLES = 3  # questions to try
ABOUT_A_TITLE = (
    "What are the main points of “{}”?",
    "Who does “{}” apply to, and what must they do?",
    "Which amounts, limits or dates does “{}” set?",
)


@get("/", opt={"permission": Permission.SIGN_IN})
async def first_page(request: AnyRequest) -> Response[Any]:
    """Ask; or for somebody who does not ask, the page that their role is for."""
    principal = viewer(request)
    if principal.role is Role.AUDITOR:
        return go("/ledger")
    if principal.role is Role.OPERATOR:
        return go("/platform")
    return await asking(request, None)


@post("/ask", status_code=200, opt={"permission": Permission.ASK})
async def ask(request: AnyRequest) -> Response[Any]:
    """Answer a question: as a stream of sentences for our script, else as the conversation's page.

    Raises:
        NotFound: the conversation is not this person's, or there is no such model.
    """
    site, principal = site_of(request), viewer(request)
    form = await request.form()
    said = plain(form.get("example") or form.get("question"))
    model = plain(form.get("model")) or DEFAULT
    home = _id(form.get("conversation"))
    before = await site.conversations.open(principal, home) if home else None
    if not said or len(said) > LONGEST:
        problem = "Write a question first." if not said else f"Shorten the question to {LONGEST:,} characters."
        if from_script(request):
            raise InvalidRequest(problem, cure="Then ask again.")
        return await asking(request, before, model=model, question=said[:LONGEST], problems={"question": problem})
    turn = Turn(id=uuid4(), question=said, model=model, asked_at=datetime.now(UTC))
    await site.app.policy.model(principal, model)  # an unknown one must not become a turn
    conversation = await site.conversations.ask(principal, home, turn)
    question = _question(principal, turn, before)
    if from_script(request):
        return EventStream(streamed(request, question, turn, conversation))
    await while_connected(request.receive, _answered(request, question))
    return go(f"/conversations/{conversation}#turn-{turn.id}")


async def asking(
    request: AnyRequest,
    conversation: Conversation | None,
    *,
    model: str = "",
    question: str = "",
    problems: dict[str, str] | None = None,
) -> Response[Any]:
    """The page to ask on: the first page, or a conversation with its turns above the form."""
    site, principal = site_of(request), viewer(request)
    listing = await site.app.retrieval.list(principal.agency, limit=SHOWN * 4)
    return page(
        request,
        "ask.html",
        status=422 if problems else 200,
        here="" if conversation else "/",
        conversation=conversation,
        documents=listing.total,
        titles=listing.documents[:SHOWN],
        examples=_examples(principal, listing.documents),
        may_write=Permission.WRITE_DOCUMENTS in allowed(principal),
        models=sorted(await site.app.policy.models(principal), key=lambda one: (not one.grounded, bool(one.mission))),
        missions={id: pack.title() for id, pack in site.app.missions.seen_by(principal.agency).items()},
        model=model
        or request.query_params.get("model", "")[:80]
        or (conversation.turns[-1].model if conversation and conversation.turns else DEFAULT),
        question=question or request.query_params.get("question", "")[:LONGEST],
        problems=problems or {},
    )


async def _answered(request: AnyRequest, question: Question) -> None:
    """Walk the building, and keep what came of it: the answer, a refusal, or that the reader left."""
    site, principal = site_of(request), viewer(request)
    try:
        answer = await flow.answer(question, site.app)
    except PubliusError as error:
        await site.conversations.failed(principal, question.id, str(error))
    except asyncio.CancelledError:
        await site.conversations.failed(principal, question.id, STOPPED)
        raise
    else:
        await site.conversations.answered(principal, question.id, answer)
        metrics_of(request).answered(question.door, answer)


def _examples(principal: Principal, documents: Sequence[Document]) -> list[str]:
    """Questions to try: the demonstration's where its documents are here, else one about each of some titles."""
    names = {document.name for document in documents}
    ready = [each.text for each in demonstration.examples(principal.agency.slug) if each.document in names]
    titles = [document.title for document in documents if _reads_well(document.title)]
    return (ready or [f.format(title) for f, title in zip(ABOUT_A_TITLE, titles, strict=False)])[:EXAMPLES]


def _reads_well(title: str) -> bool:
    """Whether a question about this title reads like one: not a file's name, not in capitals throughout."""
    return " " in title and not title.isupper() and len(title) <= 90


def _question(principal: Principal, turn: Turn, before: Conversation | None) -> Question:
    said = before.messages() if before else ()
    return Question(
        id=turn.id,
        door=Door.WEB,
        model=turn.model,
        messages=(*said, Message("user", turn.question)),
        credential=principal,
        level=before.level if before else 0,
    )


def _id(sent: Any) -> UUID | None:
    if not sent:
        return None
    try:
        return UUID(str(sent))
    except ValueError:
        raise NotFound("There is no such conversation.") from None

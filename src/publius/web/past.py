"""Past conversations: found, opened, continued, renamed, deleted."""

from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath
from msgspec.structs import replace

from publius.types import Permission
from publius.web.asking import asking
from publius.web.pages import HEADERS, go, page
from publius.web.saving import saved
from publius.web.visitor import AnyRequest, plain, site_of, viewer

ASK = {"permission": Permission.ASK}
HERE = "/conversations"


@get(HERE, opt=ASK)
async def list_conversations(request: AnyRequest) -> Response[Any]:
    """The person's conversations, newest first, perhaps those that hold some words."""
    search = plain(request.query_params.get("search"))[:200]
    found = await site_of(request).conversations.list(viewer(request), search)
    return page(request, "conversations.html", here=HERE, conversations=found, search=search)


@get("/conversations/{conversation:uuid}", opt=ASK)
async def open_conversation(request: AnyRequest, conversation: FromPath[UUID]) -> Response[Any]:
    """One conversation, to read and to continue."""
    opened = await site_of(request).conversations.open(viewer(request), conversation)
    cited = [document for turn in opened.turns for document in turn.cited()]
    now = await site_of(request).app.retrieval.now(viewer(request).agency, cited)
    return await asking(request, replace(opened, turns=tuple(replace(turn, now=now) for turn in opened.turns)))


@get("/conversations/{conversation:uuid}/file", opt=ASK)
async def save_conversation(request: AnyRequest, conversation: FromPath[UUID]) -> Response[bytes]:
    """One conversation as a text file, with its label first and last."""
    principal = viewer(request)
    opened = await site_of(request).conversations.open(principal, conversation)
    headers = {**HEADERS, "Content-Disposition": f'attachment; filename="conversation-{conversation}.md"'}
    text = saved(opened, principal.agency)
    return Response(text.encode(), media_type="application/octet-stream", headers=headers)


@post("/conversations/{conversation:uuid}/rename", opt=ASK)
async def rename_conversation(request: AnyRequest, conversation: FromPath[UUID]) -> Response[Any]:
    """Give it another title; an empty one changes nothing."""
    title = plain((await request.form()).get("title"))
    if title:
        await site_of(request).conversations.rename(viewer(request), conversation, title)
    return go(HERE)


@get("/conversations/{conversation:uuid}/delete", opt=ASK)
async def confirm_deletion(request: AnyRequest, conversation: FromPath[UUID]) -> Response[Any]:
    """Ask before it is gone."""
    opened = await site_of(request).conversations.open(viewer(request), conversation)
    return page(request, "delete_conversation.html", here=HERE, conversation=opened)


@post("/conversations/{conversation:uuid}/delete", opt=ASK)
async def delete_conversation(request: AnyRequest, conversation: FromPath[UUID]) -> Response[Any]:
    """Delete it for good."""
    await site_of(request).conversations.delete(viewer(request), conversation)
    return go(HERE)

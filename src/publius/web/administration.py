"""For administrators: who may come in, with which keys, and what was used. For operators: health, and no content."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath

from publius.errors import Forbidden, NotFound, PubliusError
from publius.identity import Key, User, ceiling_of
from publius.types import Permission, Role
from publius.web.pages import go, page
from publius.web.visitor import AnyRequest, plain, site_of, viewer

HERE = "/manage"
MANAGE = {"permission": Permission.MANAGE_AGENCY}
ROLES = [Role.MEMBER, Role.ADMINISTRATOR, Role.AUDITOR]
LIVES = {"30": "30 days", "90": "90 days", "365": "One year", "": "Until it is revoked"}


@get(HERE, opt=MANAGE)
async def overview(request: AnyRequest) -> Response[Any]:
    """The agency at a glance: documents, people, keys, and what was used today."""
    app, agency = site_of(request).app, viewer(request).agency
    people = [one for one in await app.identity.users.list(agency) if one.disabled_at is None]
    working = [one for one in await app.identity.keys.list(agency) if _works(one)]
    return page(
        request,
        "manage.html",
        here=HERE,
        usage=await app.policy.usage(viewer(request)),
        people=len(people),
        keys=len(working),
        documents=(await app.retrieval.list(agency, limit=1)).total,
    )


@get("/manage/members", opt=MANAGE)
async def members(request: AnyRequest) -> Response[Any]:
    """Everybody who can sign in."""
    return await _members(request)


@post("/manage/members", status_code=200, opt=MANAGE)
async def add_member(request: AnyRequest) -> Response[Any]:
    """Add somebody, and show the one-time link for them."""
    app, agency = site_of(request).app, viewer(request).agency
    form = await request.form()
    username, name = plain(form.get("username")), plain(form.get("name"))
    role, ceiling = _role(form.get("role")), plain(form.get("ceiling"))
    try:
        user = await app.identity.users.create(agency, username, name=name, role=role, ceiling=ceiling)
    except PubliusError as error:
        return await _members(request, problems={"username": str(error)}, username=username, name=name)
    return await _members(request, link=await _link(request, user), linked=user)


@post("/manage/members/{user:uuid}/link", status_code=200, opt=MANAGE)
async def send_link(request: AnyRequest, user: FromPath[UUID]) -> Response[Any]:
    """A new one-time link for somebody who lost their password, or never had one."""
    found = await _user(request, user)
    return await _members(request, link=await _link(request, found), linked=found)


@post("/manage/members/{user:uuid}/ceiling", opt=MANAGE)
async def set_ceiling(request: AnyRequest, user: FromPath[UUID]) -> Response[Any]:
    """How high somebody sees, from their next page on."""
    ceiling = plain((await request.form()).get("ceiling"))
    await site_of(request).app.identity.users.set_ceiling(viewer(request).agency, user, ceiling)
    return go("/manage/members")


@get("/manage/members/{user:uuid}/lock", opt=MANAGE)
async def confirm_lock(request: AnyRequest, user: FromPath[UUID]) -> Response[Any]:
    """Ask before somebody is locked out."""
    return page(request, "lock_member.html", here=HERE, member=await _user(request, user))


@post("/manage/members/{user:uuid}/lock", opt=MANAGE)
async def lock_member(request: AnyRequest, user: FromPath[UUID]) -> Response[Any]:
    """Lock somebody out at once; nobody can do it to themselves and be left without a way back."""
    found = await _user(request, user)
    if viewer(request).id == f"user:{found.id}":
        raise Forbidden("You cannot lock yourself out.", cure="Ask another administrator of your agency.")
    await site_of(request).app.identity.users.disable(viewer(request).agency, found.id)
    return go("/manage/members")


@get("/manage/keys", opt=MANAGE)
async def keys(request: AnyRequest) -> Response[Any]:
    """The agency's keys for programs."""
    return await _keys(request)


@post("/manage/keys", status_code=200, opt=MANAGE)
async def create_key(request: AnyRequest) -> Response[Any]:
    """Make a key and show it, this once."""
    form = await request.form()
    days = plain(form.get("days"))
    ends = datetime.now(UTC) + timedelta(days=int(days)) if days in LIVES and days else None
    name = plain(form.get("name"))
    try:
        made, _ = await site_of(request).app.identity.keys.create(
            viewer(request).agency,
            name,
            _role(form.get("role")),
            expires_at=ends,
            ceiling=plain(form.get("ceiling")),
        )
    except PubliusError as error:
        return await _keys(request, problems={"name": str(error)}, name=name)
    return await _keys(request, made=made)


@post("/manage/keys/{key:uuid}/ceiling", opt=MANAGE)
async def set_key_ceiling(request: AnyRequest, key: FromPath[UUID]) -> Response[Any]:
    """How high a key sees, from its next request on."""
    ceiling = plain((await request.form()).get("ceiling"))
    await site_of(request).app.identity.keys.set_ceiling(viewer(request).agency, key, ceiling)
    return go("/manage/keys")


@get("/manage/keys/{key:uuid}/revoke", opt=MANAGE)
async def confirm_revocation(request: AnyRequest, key: FromPath[UUID]) -> Response[Any]:
    """Ask before a program loses its way in."""
    found = await site_of(request).app.identity.keys.list(viewer(request).agency)
    for one in found:
        if one.id == key:
            return page(request, "revoke_key.html", here=HERE, key=one)
    raise NotFound("There is no such key.")


@post("/manage/keys/{key:uuid}/revoke", opt=MANAGE)
async def revoke_key(request: AnyRequest, key: FromPath[UUID]) -> Response[Any]:
    """End a key, everywhere and at once."""
    await site_of(request).app.identity.keys.revoke(viewer(request).agency, key)
    return go("/manage/keys")


@get("/platform", opt={"permission": Permission.SIGN_IN})
async def platform(request: AnyRequest) -> Response[Any]:
    """The operator's page: whether everything runs, and which agencies there are. Nothing of what is in them."""
    if viewer(request).role is not Role.OPERATOR:
        raise NotFound("There is no such page.", cure="Start from the first page.")
    app = site_of(request).app
    agencies = await app.database.agencies()
    return page(request, "platform.html", here="/platform", engine=await app.engine.health(), agencies=agencies)


async def _members(
    request: AnyRequest,
    *,
    problems: dict[str, str] | None = None,
    username: str = "",
    name: str = "",
    link: str = "",
    linked: User | None = None,
) -> Response[Any]:
    found = await site_of(request).app.identity.users.list(viewer(request).agency)
    return page(
        request,
        "members.html",
        status=422 if problems else 200,
        here=HERE,
        members=[(one, _ceiling(request, one)) for one in found],
        roles=ROLES,
        problems=problems or {},
        username=username,
        name=name,
        link=link,
        linked=linked,
    )


async def _keys(
    request: AnyRequest, *, problems: dict[str, str] | None = None, name: str = "", made: str = ""
) -> Response[Any]:
    found = await site_of(request).app.identity.keys.list(viewer(request).agency)
    return page(
        request,
        "keys.html",
        status=422 if problems else 200,
        here=HERE,
        keys=[(one, _works(one), _ceiling(request, one)) for one in found],
        roles=ROLES,
        lives=LIVES,
        problems=problems or {},
        name=name,
        made=made,
        address=site_of(request).app.settings.url + "/v1",
    )


async def _user(request: AnyRequest, id: UUID) -> User:
    for one in await site_of(request).app.identity.users.list(viewer(request).agency):
        if one.id == id:
            return one
    raise NotFound("There is no such person in your agency.")


async def _link(request: AnyRequest, user: User) -> str:
    site = site_of(request)
    token = await site.app.identity.sessions.link(viewer(request).agency, user.id)
    return f"{site.app.settings.url}/sign-in/{token}"


def _ceiling(request: AnyRequest, one: User | Key) -> str:
    """The highest label that a person or key sees, by their own ceiling or their role's."""
    agency = viewer(request).agency
    return agency.labels.name(ceiling_of(agency, one.role, one.ceiling))


def _role(sent: Any) -> Role:
    return next((role for role in ROLES if role == sent), Role.MEMBER)


def _works(key: Key) -> bool:
    return key.revoked_at is None and (key.expires_at is None or key.expires_at > datetime.now(UTC))

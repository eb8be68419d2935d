"""People: passwords, one-time links, sessions, and the throttle on guesses."""

import asyncio
from datetime import timedelta

import pytest

from publius.errors import Conflict, InvalidRequest, NotFound, RateLimited, Unauthenticated
from publius.identity import Identity
from publius.identity.sessions import ATTEMPTS
from publius.storage import Database
from publius.types import Agency, Role

PASSWORD = "four plain words here"


@pytest.fixture
def identity(database: Database) -> Identity:
    return Identity(database, session_hours=12)


async def is_out(identity: Identity, session: str) -> bool:
    try:
        await identity.authenticate(session)
    except Unauthenticated:
        return True
    return False


async def test_a_password_opens_a_session_and_signing_out_ends_it(identity: Identity, education: Agency) -> None:
    user = await identity.users.create(education, "Pat", name="Pat Doe", role=Role.AUDITOR, password=PASSWORD)
    session = await identity.sign_in("education", "pAT ", PASSWORD)
    principal = await identity.authenticate(session)
    assert (principal.id, principal.name, principal.role) == (f"user:{user.id}", "Pat Doe", Role.AUDITOR)
    await identity.sign_out(session)
    assert await is_out(identity, session)


WRONG = [
    ("education", "pat", "four plain words her"),
    ("education", "sam", PASSWORD),
    ("education", "linked", ""),
    ("nowhere", "pat", PASSWORD),
    ("state", "pat", PASSWORD),
    ("education\0", "pat", PASSWORD),
    ("education", "p\0at", PASSWORD),
    ("education", "pat", "x" * 1_000_000),
]


async def test_wrong_sign_ins_read_alike(identity: Identity, education: Agency, state: Agency) -> None:
    await identity.users.create(education, "pat", password=PASSWORD)
    await identity.users.create(education, "linked")
    for slug, username, password in WRONG:
        with pytest.raises(Unauthenticated, match="Agency, username and password do not fit together"):
            await identity.sign_in(slug, username, password)


async def test_a_thousand_guesses_at_once_are_ten(identity: Identity, education: Agency) -> None:
    await identity.users.create(education, "pat", password=PASSWORD)
    tries = [identity.sign_in("education", "pat", "a wrong password") for _ in range(ATTEMPTS + 8)]
    said = await asyncio.gather(*tries, return_exceptions=True)
    assert sum(isinstance(error, RateLimited) for error in said) == 8
    with pytest.raises(RateLimited) as limited:  # not even the right one, until the window ends
        await identity.sign_in("education", "pat", PASSWORD)
    assert 0 < (limited.value.retry_after or 0) <= 15 * 60


async def test_the_throttle_is_one_names_in_one_agency(identity: Identity, education: Agency, state: Agency) -> None:
    for agency in (education, state):
        await identity.users.create(agency, "pat", password=PASSWORD)
    for _ in range(ATTEMPTS):
        with pytest.raises(Unauthenticated):
            await identity.sign_in("education", "pat", "x" * 300)
    assert await identity.sign_in("state", "pat", PASSWORD)


async def test_signing_in_clears_the_count(identity: Identity, education: Agency) -> None:
    await identity.users.create(education, "pat", password=PASSWORD)
    for _ in range(2):
        for _ in range(ATTEMPTS - 1):
            with pytest.raises(Unauthenticated):
                await identity.sign_in("education", "pat", "x" * 300)
        assert await identity.sign_in("education", "pat", PASSWORD)


async def test_a_link_works_once_however_many_click_it(identity: Identity, education: Agency) -> None:
    user = await identity.users.create(education, "pat")
    link = await identity.sessions.link(education, user.id)
    assert link.startswith("pl-education-")
    assert await is_out(identity, link), "a link is not a session"
    opened = await asyncio.gather(*(identity.redeem(link) for _ in range(8)), return_exceptions=True)
    sessions = [session for session in opened if isinstance(session, str)]
    assert len(sessions) == 1
    assert (await identity.authenticate(sessions[0])).id == f"user:{user.id}"


async def test_a_link_that_is_old_cut_or_of_nobody_does_not_work(
    identity: Identity, education: Agency, state: Agency
) -> None:
    user = await identity.users.create(education, "pat")
    old = await identity.sessions.link(education, user.id, timedelta(seconds=-1))
    cut = (await identity.sessions.link(education, user.id))[:-1]
    other = (await identity.sessions.link(education, user.id)).replace("education", "state")
    session = await identity.sessions.open(education, user.id)
    for link in (old, cut, other, session, "", "\0"):
        with pytest.raises(Unauthenticated):
            await identity.redeem(link)
    with pytest.raises(NotFound):
        await identity.sessions.link(state, user.id)


async def test_a_session_ends_by_itself(database: Database, education: Agency) -> None:
    identity = Identity(database, session_hours=0)
    user = await identity.users.create(education, "pat")
    assert await is_out(identity, await identity.sessions.open(education, user.id))


async def test_changing_the_password_ends_the_other_sessions(identity: Identity, education: Agency) -> None:
    user = await identity.users.create(education, "pat", password=PASSWORD)
    mine, other = [await identity.sessions.open(education, user.id) for _ in range(2)]
    link = await identity.sessions.link(education, user.id)
    with pytest.raises(InvalidRequest):
        await identity.users.change_password(education, user.id, "not the present one", "a new long one", keep=mine)
    await identity.users.change_password(education, user.id, PASSWORD, "another long one", keep=mine)
    assert not await is_out(identity, mine)
    assert await is_out(identity, other)
    with pytest.raises(Unauthenticated):
        await identity.redeem(link)
    with pytest.raises(Unauthenticated):
        await identity.sign_in("education", "pat", PASSWORD)


async def test_a_disabled_person_is_out_at_once(identity: Identity, education: Agency) -> None:
    user = await identity.users.create(education, "pat", password=PASSWORD)
    session, link = (
        await identity.sign_in("education", "pat", PASSWORD),
        await identity.sessions.link(education, user.id),
    )
    await identity.users.disable(education, user.id)
    assert await is_out(identity, session)
    with pytest.raises(Unauthenticated):
        await identity.redeem(link)
    with pytest.raises(Unauthenticated):
        await identity.sign_in("education", "pat", PASSWORD)


async def test_names_and_passwords_have_limits(identity: Identity, education: Agency) -> None:
    await identity.users.create(education, "pat")
    with pytest.raises(Conflict):
        await identity.users.create(education, "PAT")
    for username in ("", "  ", "a b", "a\0b", "x" * 101):
        with pytest.raises(InvalidRequest):
            await identity.users.create(education, username)
    for password in ("elevenchars", "x" * 257):
        with pytest.raises(InvalidRequest):
            await identity.users.create(education, "sam", password=password)


async def test_people_of_one_agency_are_unknown_to_another(
    identity: Identity, education: Agency, state: Agency
) -> None:
    user = await identity.users.create(education, "pat", password=PASSWORD)
    session = await identity.sessions.open(education, user.id)
    assert await identity.users.list(state) == []
    for attempt in (
        identity.users.find(state, "pat"),
        identity.users.disable(state, user.id),
        identity.users.set_password(state, user.id, "a password of another"),
    ):
        with pytest.raises(NotFound):
            await attempt
    assert not await is_out(identity, session)

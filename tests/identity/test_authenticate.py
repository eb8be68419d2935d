"""The one resolver: what it accepts, and everything that it must refuse without a hint."""

import asyncio
from datetime import UTC, datetime, timedelta

import psycopg
import pytest

from publius.errors import InvalidRequest, NotFound, Unauthenticated
from publius.identity import Identity
from publius.storage import Database, Owner
from publius.types import Agency, Permission, Principal, Role


@pytest.fixture
def identity(database: Database) -> Identity:
    return Identity(database, session_hours=12)


async def refusal(identity: Identity, credential: str | None) -> str:
    with pytest.raises(Unauthenticated) as refused:
        await identity.authenticate(credential)
    return str(refused.value)


async def test_a_key_is_its_principal(identity: Identity, education: Agency) -> None:
    token, key = await identity.keys.create(education, "Budget desk", scopes=[Permission.ASK])
    principal = await identity.authenticate(token)
    assert principal == Principal(
        f"key:{key.id}", "Budget desk", education.under(1), Role.MEMBER, frozenset({Permission.ASK})
    )
    assert token.startswith(f"pb-education-{key.prefix}")
    assert await identity.authenticate(principal) is principal


async def test_only_a_hash_is_stored(identity: Identity, education: Agency, owner_address: str) -> None:
    token, _ = await identity.keys.create(education, "Budget desk")
    user = await identity.users.create(education, "pat", password="correct horse battery")
    session = await identity.sessions.open(education, user.id)
    link = await identity.sessions.link(education, user.id)
    with psycopg.connect(owner_address) as connection:
        connection.execute("SELECT set_config('publius.agency', %s, true)", [str(education.id)])
        rows = [
            str(row)
            for table in ("keys", "users", "sessions", "sign_in_links")
            for row in connection.execute(f"SELECT t::text FROM {table} t").fetchall()  # type: ignore[arg-type]
        ]
    assert len(rows) == 4
    for secret in (token, session, link, "correct horse battery"):
        assert not any(secret[-40:] in row for row in rows)


async def test_every_bad_credential_is_refused_alike(identity: Identity, education: Agency, state: Agency) -> None:
    token, key = await identity.keys.create(education, "Budget desk")
    expired, _ = await identity.keys.create(education, "Old", expires_at=datetime.now(UTC) - timedelta(seconds=1))
    revoked, gone = await identity.keys.create(education, "Gone")
    await identity.keys.revoke(education, gone.id)
    bad = {
        "revoked": revoked,
        "expired": expired,
        "truncated": token[:-1],
        "lengthened": token + "A",
        "last letter changed": token[:-1] + ("A" if token[-1] != "A" else "B"),
        "another agency's slug": token.replace("education", "state"),
        "no such agency": token.replace("education", "nowhere"),
        "upper case": token.upper(),
        "surrounding space": f" {token}",
        "trailing newline": f"{token}\n",
        "NUL": f"{token[:-1]}\0",
        "other digits": token[:-1] + "٣",
        "oversized": "pb-education-" + "A" * 10_000_000,
        "wrong kind": f"ps{token[2:]}",
        "SQL": "pb-education-' OR 1=1 --",
        "prefix alone": key.prefix,
        "not a token": "sk-1234",
    }
    said = {name: await refusal(identity, credential) for name, credential in bad.items()}
    assert len(set(said.values())) == 1, said
    assert "pb-…" in await refusal(identity, "") == await refusal(identity, None)


async def test_revoking_holds_at_once_in_every_process(database: Database, education: Agency) -> None:
    here, there = Identity(database, session_hours=1), Identity(database, session_hours=1)
    token, key = await here.keys.create(education, "Budget desk")
    await there.authenticate(token)
    await here.keys.revoke(education, key.id)
    await refusal(there, token)


async def test_an_agency_made_anew_under_the_same_name_is_another(
    identity: Identity, owner: Owner, database: Database
) -> None:
    first = owner.create_agency("energy", "Energy", rate_per_minute=10, tokens_per_day=10)
    old, _ = await identity.keys.create(first, "old")
    await identity.authenticate(old)
    owner.delete_agency("energy")
    await refusal(identity, old)
    second = owner.create_agency("energy", "Energy", rate_per_minute=10, tokens_per_day=10)
    new, _ = await Identity(database, session_hours=1).keys.create(second, "new")
    assert (await identity.authenticate(new)).agency == second.under(1)
    await refusal(identity, old)


async def test_use_is_noted_at_most_once_a_minute(identity: Identity, education: Agency) -> None:
    token, key = await identity.keys.create(education, "Budget desk")
    assert key.last_used_at is None
    await identity.authenticate(token)
    [first] = await identity.keys.list(education)
    await asyncio.gather(*(identity.authenticate(token) for _ in range(5)))
    [second] = await identity.keys.list(education)
    assert first.last_used_at is not None
    assert second.last_used_at == first.last_used_at


async def test_another_agencys_key_can_be_neither_listed_nor_revoked(
    identity: Identity, education: Agency, state: Agency
) -> None:
    token, key = await identity.keys.create(education, "Budget desk")
    assert await identity.keys.list(state) == []
    with pytest.raises(NotFound):
        await identity.keys.revoke(state, key.id)
    await identity.authenticate(token)


@pytest.mark.parametrize(("slug", "role"), [("education", Role.OPERATOR), ("platform", Role.ADMINISTRATOR)])
async def test_operators_live_in_the_platforms_agency_alone(
    identity: Identity, database: Database, education: Agency, slug: str, role: Role
) -> None:
    agency = await database.agency_by_slug(slug)
    with pytest.raises(InvalidRequest):
        await identity.keys.create(agency, "wrong", role)
    with pytest.raises(InvalidRequest):
        await identity.users.create(agency, "wrong", role=role)


async def test_of_keys_shown_at_once_each_is_judged_by_itself(
    education: Agency, state: Agency, database: Database
) -> None:
    identity, elsewhere = Identity(database, session_hours=1), Identity(database, session_hours=1)
    made = [await identity.keys.create(agency, "many") for agency in (education, education, state)]
    (good, _), (gone, revoked), (other, _) = made
    forged = good[:-1] + ("a" if good[-1] != "a" else "b")
    shown = [good, gone, forged, other] * 10
    await identity.authenticate(good)  # the agency is known, so that they are looked up together
    await elsewhere.keys.revoke(education, revoked.id)
    said = await asyncio.gather(*map(identity.authenticate, shown), return_exceptions=True)
    for token, each in zip(shown, said, strict=True):
        if token in (good, other):
            assert isinstance(each, Principal)
            assert each.agency == (education if token == good else state).under(1)
        else:
            assert isinstance(each, Unauthenticated)

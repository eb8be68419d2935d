"""Limits hold for an agency as a whole, in every process, and say when to come back."""

import asyncio
import sys
from uuid import uuid4

import psycopg
import pytest
from psycopg.conninfo import make_conninfo

from publius.errors import BudgetSpent, RateLimited
from publius.policy import Policy
from publius.storage import Database, Owner
from publius.types import Agency, Door, Grant, Message, Principal, Question, Role, Share, Usage

ONE_PROCESS = """
import asyncio, sys
from publius.errors import RateLimited
from publius.policy import Policy
from publius.storage import Database
from publius.types import Principal, Role, Share

async def main():
    passed = 0
    async with Database(sys.argv[1], size=4) as database:
        principal = Principal("key:x", "x", await database.agency_by_slug("small"), Role.MEMBER)
        policy = Policy(database, max_tokens=10)
        for said in await asyncio.gather(*(policy.admit(principal) for _ in range(30)), return_exceptions=True):
            assert isinstance(said, Share | RateLimited), said
            passed += isinstance(said, Share)
    print(passed)

asyncio.run(main())
"""


def principal(agency: Agency) -> Principal:
    return Principal("key:x", "x", agency, Role.MEMBER)


def question() -> Question:
    return Question(id=uuid4(), door=Door.API, model="llama", messages=(Message("user", "Hello"),))


@pytest.fixture
def small(owner: Owner) -> Agency:
    return owner.create_agency("small", "Small", rate_per_minute=20, tokens_per_day=1000)


async def test_a_rate_holds_across_processes(small: Agency, owner_address: str, database: Database) -> None:
    with psycopg.connect(owner_address) as connection:
        password = "for-tests-alone"
        user = connection.execute("SELECT app_role()").fetchone()
    address = make_conninfo(owner_address, user=user[0], password=password)
    processes = [
        await asyncio.create_subprocess_exec(sys.executable, "-c", ONE_PROCESS, address, stdout=asyncio.subprocess.PIPE)
        for _ in range(2)
    ]
    passed = [int((await process.communicate())[0]) for process in processes]
    assert 20 <= sum(passed) <= 22, "a minute's allowance, and what trickled back in the meantime (one in 3 s)"


async def test_retry_after_is_when_the_next_one_passes(owner: Owner, database: Database) -> None:
    agency = owner.create_agency("quick", "Quick", rate_per_minute=30, tokens_per_day=1000)
    policy = Policy(database, max_tokens=10)
    for _ in range(30):
        await policy.admit(principal(agency))
    with pytest.raises(RateLimited) as limited:
        await policy.admit(principal(agency))
    assert limited.value.retry_after in (1, 2)  # one in two seconds comes back
    await asyncio.sleep(limited.value.retry_after)
    await policy.admit(principal(agency))


async def test_one_agencys_rush_is_not_anothers(small: Agency, education: Agency, database: Database) -> None:
    policy = Policy(database, max_tokens=10)
    said = await asyncio.gather(*(policy.admit(principal(small)) for _ in range(30)), return_exceptions=True)
    assert any(isinstance(error, RateLimited) for error in said)
    await policy.admit(principal(education))


async def test_tokens_of_a_day_run_out_until_midnight(small: Agency, education: Agency, database: Database) -> None:
    policy = Policy(database, max_tokens=10)
    grant = await policy.authorize(principal(small), question())
    await policy.settle(grant, Usage(900, 99))
    grant = await policy.authorize(principal(small), question())
    await asyncio.gather(*(policy.settle(grant, Usage(0, 1)) for _ in range(5)))
    with pytest.raises(BudgetSpent) as spent:
        await policy.authorize(principal(small), question())
    assert 0 < (spent.value.retry_after or 0) <= 86_400
    await policy.authorize(principal(education), question())


async def test_what_is_refused_is_not_counted(small: Agency, database: Database) -> None:
    policy = Policy(database, max_tokens=10)
    for _ in range(20):
        await policy.admit(principal(small))
    waits = []
    for _ in range(10):
        with pytest.raises(RateLimited) as limited:
            await policy.admit(principal(small))
        waits.append(limited.value.retry_after)
    assert max(waits) <= 3, "being refused does not push the next chance away"


async def test_a_grant_names_model_and_tokens(education: Agency, database: Database) -> None:
    grant = await Policy(database, max_tokens=10).authorize(principal(education), question())
    assert (grant.agency, grant.model.id, grant.max_tokens) == (education, "llama", 10)
    assert isinstance(grant, Grant)


async def test_a_grant_carries_the_agencys_share_of_the_engine(
    owner: Owner, education: Agency, database: Database
) -> None:
    policy = Policy(database, max_tokens=10)
    assert (await policy.authorize(principal(education), question())).share == Share(1.0, False)
    owner.set_limits(education.slug, weight=2.5)
    owner.set_limits(education.slug, exclusive_engine=True)
    assert (await policy.authorize(principal(education), question())).share == Share(2.5, True)


def test_a_share_of_nothing_is_refused_by_the_database_too(owner: Owner, education: Agency) -> None:
    for weight in (0.0, -1.0, float("inf"), float("nan")):
        with pytest.raises(psycopg.errors.CheckViolation):
            owner.set_limits(education.slug, weight=weight)


async def test_of_many_that_come_at_once_as_many_pass_as_the_rate_allows(owner: Owner, database: Database) -> None:
    agency = owner.create_agency("rush", "Rush", rate_per_minute=7, tokens_per_day=1000)
    policy = Policy(database, max_tokens=10)
    said = []
    for _ in range(3):
        said += await asyncio.gather(*(policy.admit(principal(agency)) for _ in range(30)), return_exceptions=True)
    assert sum(isinstance(each, Share) for each in said) == 7
    assert all(isinstance(each, Share) or each.retry_after in (8, 9) for each in said)


async def test_what_is_spent_at_once_is_all_counted(education: Agency, database: Database) -> None:
    policy = Policy(database, max_tokens=10)
    spends = [asyncio.ensure_future(policy.spend(principal(education), tokens)) for tokens in range(1, 101)]
    await asyncio.sleep(0)
    spends[50].cancel()  # its caller leaves; what it spent stays spent
    await asyncio.gather(*spends, return_exceptions=True)
    await policy.spend(principal(education), 1)
    assert (await policy.usage(principal(education))).tokens == 5051

"""How much an agency may use: requests a minute and tokens a day, counted in the database for all processes."""

import math
from datetime import UTC, datetime, timedelta
from typing import Any

from msgspec import Struct

from publius.errors import BudgetSpent, PubliusError, RateLimited
from publius.storage import Database
from publius.storage.grouping import Grouping
from publius.types import Agency, Share

# One statement. The rate is kept as the moment when the allowance is whole again: each request moves
# it on by its share of a minute, and is refused if that would be more than a minute away. So a burst
# of a whole minute's requests passes, then they pass evenly. Somebody refused moves nothing. Requests that
# come at once are counted at once: as many pass as would have one after the other.
_TAKE = """
WITH limits AS (
    SELECT now() AS now, greatest(interval '1 minute' / rate_per_minute, interval '1 microsecond') AS share,
           rate_per_minute, tokens_per_day, weight, exclusive_engine, %s::integer AS wanted,
           coalesce((SELECT tokens FROM tokens_spent WHERE day = (now() AT TIME ZONE 'UTC')::date), 0) AS spent
    FROM agencies WHERE id = current_agency()
), taken AS (
    INSERT INTO request_rates AS rate (whole_at)
    SELECT now + share * least(wanted, rate_per_minute) FROM limits WHERE spent < tokens_per_day
    ON CONFLICT (agency_id) DO UPDATE SET whole_at = (
        SELECT greatest(rate.whole_at, now) + share * greatest(0, least(wanted, floor(
            rate_per_minute * extract(epoch FROM now + interval '1 minute' - greatest(rate.whole_at, now)) / 60)))
        FROM limits)
    RETURNING old.whole_at AS before, new.whole_at AS after
)
SELECT now, share, rate_per_minute, tokens_per_day, spent, before, after, weight, exclusive_engine
FROM limits LEFT JOIN taken ON true
"""
# The day's sum may lose its last instant in a crash, which is worth not waiting for the disk.
_SPEND = """
WITH quick AS (SELECT set_config('synchronous_commit', 'off', true))
INSERT INTO tokens_spent AS spent (day, tokens) SELECT (now() AT TIME ZONE 'UTC')::date, %s FROM quick
ON CONFLICT (agency_id, day) DO UPDATE SET tokens = spent.tokens + excluded.tokens
"""
_USED = """
SELECT coalesce((SELECT tokens FROM tokens_spent WHERE day = (now() AT TIME ZONE 'UTC')::date), 0) AS tokens,
       tokens_per_day, rate_per_minute FROM agencies WHERE id = current_agency()
"""
_MINUTE = timedelta(minutes=1)


class Used(Struct, frozen=True):
    """What an agency used today (UTC), and what it may."""

    tokens: int
    tokens_per_day: int
    rate_per_minute: int


class Limits:
    """The counters of every agency, each behind its agency's walls."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._takes = Grouping(self._take)
        self._spends = Grouping(self._spend)

    async def take(self, agency: Agency) -> Share:
        """Count one request; returns the agency's share of the engine.

        Answers under way are not yet in the day's sum, so it can be passed by what they still write.

        Raises:
            RateLimited: the agency sent too many in the last minute; `retry_after` is when the next one passes.
            BudgetSpent: the day's tokens are used up; `retry_after` reaches to midnight UTC.
        """
        return await self._takes.ask(agency, None)

    async def _take(self, agency: Agency, requests: list[None]) -> list[Share | PubliusError]:
        wanted = len(requests)
        async with self._database.agency(agency) as connection:
            state: Any = await (await connection.execute(_TAKE, [wanted])).fetchone()
        if state is None:  # the agency was removed after its principal was resolved
            return [BudgetSpent("This agency has no budget any more.", retry_after=86_400) for _ in requests]
        if state.spent >= state.tokens_per_day:
            said = f"The agency has used its {state.tokens_per_day:,} tokens of today."
            return [BudgetSpent(said, retry_after=_until_midnight(state.now)) for _ in requests]
        passed = _passed(state, wanted)
        said = f"The agency sent more than its {state.rate_per_minute:,} requests a minute."
        refused = [RateLimited(said, retry_after=_wait(state)) for _ in range(wanted - passed)]
        return [*[Share(state.weight, state.exclusive_engine)] * passed, *refused]

    async def spend(self, agency: Agency, tokens: int) -> None:
        """Add tokens to the agency's sum of today (UTC)."""
        await self._spends.ask(agency, tokens)

    async def _spend(self, agency: Agency, tokens: list[int]) -> list[None]:
        async with self._database.agency(agency) as connection:
            await connection.execute(_SPEND, [sum(tokens)])
        return [None] * len(tokens)

    async def used(self, agency: Agency) -> Used:
        """How far the agency has come today."""
        async with self._database.agency(agency) as connection:
            row: Any = await (await connection.execute(_USED)).fetchone()
        return Used(*row)


def _passed(state: Any, wanted: int) -> int:
    """How many of the requests the rate let through, told by how far they moved it."""
    if state.before is None:
        return int(min(wanted, state.rate_per_minute))
    moved: timedelta = state.after - max(state.before, state.now)
    share: timedelta = state.share
    return round(moved / share)


def _wait(state: Any) -> int:
    """Whole seconds until the next request passes."""
    wait: timedelta = state.after + state.share - _MINUTE - state.now
    return max(math.ceil(wait.total_seconds()), 1)


def _until_midnight(now: datetime) -> int:
    here = now.astimezone(UTC)
    midnight = here.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
    return math.ceil((midnight - here).total_seconds())

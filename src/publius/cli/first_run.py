"""The demonstration that a first run starts with, and the line that says where to go."""

from datetime import UTC, datetime, timedelta

from publius import demonstration
from publius.application import Application
from publius.cli.terminal import console, local_principal, progress
from publius.errors import NotFound
from publius.identity import User
from publius.settings import Settings
from publius.storage import Owner
from publius.types import Agency, Role

FIRST = "education"  # the agency that the first sign-in link and key are for
PERSON = "demo"
LIFE = timedelta(hours=24)  # of the link and key that a start prints


def make_agencies(owner: Owner, settings: Settings) -> bool:
    """Make the demonstration's agencies where there is no agency at all; whether it did."""
    if owner.agencies():
        return False
    for slug, name in demonstration.AGENCIES.items():
        owner.create_agency(
            slug, name, rate_per_minute=settings.rate_per_minute, tokens_per_day=settings.tokens_per_day
        )
    return True


async def turn_on_missions(app: Application) -> None:
    """Turn on what the demonstration shows, as far as it is installed. What is turned off later stays off."""
    for slug, missions in demonstration.MISSIONS.items():
        agency = await app.database.agency_by_slug(slug)
        who = local_principal(agency, Role.ADMINISTRATOR)
        for id in missions:
            if id in app.missions.packs:
                await app.missions.turn(agency, id, True, who.id)


async def read_documents(app: Application) -> None:
    """Read the demonstration's documents into those of its agencies that have none."""
    waiting = []
    for agency in await app.database.agencies():
        if demonstration.documents(agency.slug) and not (await app.retrieval.list(agency, limit=1)).total:
            waiting += [(agency, path) for path in demonstration.documents(agency.slug)]
    if not waiting:
        return
    with progress() as bar:
        task = bar.add_task("Reading the demonstration", total=len(waiting), note="")
        for agency, path in waiting:
            who = local_principal(agency, Role.ADMINISTRATOR)
            await app.retrieval.add(agency, who.id, path.name, path.read_bytes())
            bar.update(task, advance=1, note=agency.slug)


async def welcome(app: Application) -> None:
    """Say in one line where to go, with a one-time sign-in link and a key that works for a day."""
    try:
        agency = await app.database.agency_by_slug(FIRST)
    except NotFound:
        console.print(f"Publius is ready on {app.settings.url}", soft_wrap=True)
        return
    user = await _person(app, agency)
    link = await app.identity.sessions.link(agency, user.id, LIFE)
    key, _ = await app.identity.keys.create(
        agency, f"printed at start, {datetime.now(UTC):%Y-%m-%d %H:%M}", expires_at=datetime.now(UTC) + LIFE
    )
    url = app.settings.url
    print(f"Publius is ready: {url}   sign in once: {url}/sign-in/{link}   API key for a day: {key}", flush=True)


async def _person(app: Application, agency: Agency) -> User:
    try:
        return await app.identity.users.find(agency, PERSON)
    except NotFound:
        return await app.identity.users.create(agency, PERSON, name="Demonstration", role=Role.ADMINISTRATOR)

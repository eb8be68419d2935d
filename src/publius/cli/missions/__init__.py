"""`publius missions`: what there is, what is on for an agency, and whether a pack is as it must be."""

from typing import Annotated, Any

import typer

from publius.cli.missions import checking
from publius.cli.terminal import (
    AsJson,
    Inside,
    OfAgency,
    console,
    local_principal,
    print_rows,
    with_agency,
)
from publius.missions import Missions, discover
from publius.missions.discovery import Found
from publius.settings import read
from publius.types import Role

app = typer.Typer(help="What there is, what is on for an agency, and whether a pack is sound.", no_args_is_help=True)

Id = Annotated[str, typer.Argument(help="Id of the mission, as 'publius missions list' shows it.")]
MaybeAgency = Annotated[str | None, typer.Option("--agency", "-a", help="Slug of the agency.", show_default=False)]


@app.command("list")
def list_(agency: MaybeAgency = None, json: AsJson = False) -> None:
    """List the missions; with an agency those that it sees, and which are on. A broken one says what is wrong.

    Example: `publius missions list --agency education --json`
    """
    rows = with_agency(agency, _rows_of) if agency else _rows(discover(read()))
    folder = read().home / "missions" / (agency or "AGENCY") / "ID"
    print_rows(rows, as_json=json, empty=f"There is no mission. Install a pack, or put one into {folder}.")


@app.command()
def on(id: Id, agency: OfAgency) -> None:
    """Turn a mission on for an agency. It is a model from the next request on, also of a server that runs.

    Example: `publius missions on bus_fare --agency transit`
    """
    _turn(id, agency, on=True)
    console.print(
        f'{id} is on for {agency}. Ask it: publius ask "…" --agency {agency} --model mission:{id}', soft_wrap=True
    )


@app.command()
def off(id: Id, agency: OfAgency) -> None:
    """Turn a mission off for an agency. What was answered stays in its ledger.

    Example: `publius missions off bus_fare --agency transit`
    """
    _turn(id, agency, on=False)
    console.print(f"{id} is off for {agency}. On again: publius missions on {id} --agency {agency}", soft_wrap=True)


app.command("check")(checking.check_)
app.command("run")(checking.run_)
app.command("new")(checking.new)


def _turn(id: str, agency: str, *, on: bool) -> None:
    async def work(inside: Inside) -> None:
        missions = Missions(inside.database, discover(inside.settings))
        who = local_principal(inside.agency, Role.ADMINISTRATOR)
        await missions.turn(inside.agency, id, on, who.id)

    with_agency(agency, work)


def _rows(found: Found) -> list[dict[str, Any]]:
    packs = [*found.installed.values(), *(pack for own in found.own.values() for pack in own.values())]
    rows = [
        {
            "id": pack.id,
            "title": pack.card.title,
            "owner": pack.card.owner,
            "review_by": pack.card.review_by.isoformat(),
            "agency": pack.agency or None,
            "problem": None,
        }
        for pack in packs
    ]
    rows += [
        {"id": id, "title": None, "owner": None, "review_by": None, "agency": agency or None, "problem": error.message}
        for id, agency, _, _, error in found.broken
    ]
    return rows


async def _rows_of(inside: Inside) -> list[dict[str, Any]]:
    missions = Missions(inside.database, discover(inside.settings))
    since = await missions.turned_on(inside.agency)
    wrong = {broken.id: broken.error.message for broken in missions.broken if broken.agency in ("", inside.agency.slug)}
    seen = missions.seen_by(inside.agency)
    ids = sorted({*seen, *wrong, *since})
    return [
        {
            "id": id,
            "title": seen[id].card.title if id in seen else None,
            "on": id in since,
            "since": since[id].at if id in since else None,
            "by": since[id].by if id in since else None,
            "problem": wrong.get(id) if id in wrong or id in seen else "The pack is not there any more.",
        }
        for id in ids
    ]

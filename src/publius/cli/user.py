"""`publius user`: the people of an agency and their sign-in links."""

from datetime import timedelta
from typing import Annotated

import typer

from publius.cli.address import address
from publius.cli.terminal import AsJson, Inside, OfAgency, Yes, confirm, console, print_rows, with_agency
from publius.identity import User, ceiling_of
from publius.settings import read
from publius.types import Agency, Role

app = typer.Typer(help="The people of an agency and their sign-in links.", no_args_is_help=True)

Username = Annotated[str, typer.Argument(help="The name they sign in with.")]
Ceiling = Annotated[str, typer.Option(help="A label: nothing above it is seen. The role's if left out.")]
Hours = Annotated[float, typer.Option(min=0.01, max=168, help="How long the link may be used.")]


@app.command()
def create(
    username: Username,
    agency: OfAgency,
    name: Annotated[str, typer.Option(help="As shown to others; the username if left out.")] = "",
    role: Annotated[Role, typer.Option(help="What they may do.")] = Role.MEMBER,
    ceiling: Ceiling = "",
    hours: Hours = 1,
) -> None:
    """Add a person and print a one-time sign-in link for them.

    Example: `publius user create ada --agency education --role administrator`
    """

    async def work(inside: Inside) -> str:
        user = await inside.identity.users.create(inside.agency, username, name=name, role=role, ceiling=ceiling)
        return await _link(inside, user, hours)

    _print_link(username, hours, with_agency(agency, work))


@app.command()
def link(username: Username, agency: OfAgency, hours: Hours = 1) -> None:
    """Print a one-time sign-in link.

    Example: `publius user link ada --agency education`
    """

    async def work(inside: Inside) -> str:
        return await _link(inside, await inside.identity.users.find(inside.agency, username), hours)

    _print_link(username, hours, with_agency(agency, work))


@app.command("list")
def list_(agency: OfAgency, json: AsJson = False) -> None:
    """List the people of an agency.

    Example: `publius user list --agency education`
    """

    async def work(inside: Inside) -> tuple[Agency, list[User]]:
        return inside.agency, await inside.identity.users.list(inside.agency)

    where, users = with_agency(agency, work)
    rows = [
        {
            "username": u.username,
            "name": u.name,
            "role": u.role,
            "ceiling": where.labels.name(ceiling_of(where, u.role, u.ceiling)),
            "created": u.created_at,
            "disabled": u.disabled_at,
        }
        for u in users
    ]
    print_rows(rows, as_json=json, empty=f"Nobody yet. Add someone: publius user create NAME --agency {agency}")


@app.command()
def ceiling(
    username: Username,
    agency: OfAgency,
    label: Annotated[str, typer.Argument(help="The highest label that they see; their role's if left out.")] = "",
) -> None:
    """Set how high a person sees. What is above does not exist for them, their own earlier conversations included.

    Example: `publius user ceiling ada CUI --agency education`
    """

    async def work(inside: Inside) -> str:
        user = await inside.identity.users.find(inside.agency, username)
        changed = await inside.identity.users.set_ceiling(inside.agency, user.id, label)
        return inside.agency.labels.name(ceiling_of(inside.agency, changed.role, changed.ceiling))

    console.print(f"{username} now sees up to {with_agency(agency, work)}.")


@app.command()
def disable(username: Username, agency: OfAgency, yes: Yes = False) -> None:
    """Keep a person out: their sessions and links end at once. What they did stays in the ledger.

    Example: `publius user disable ada --agency education`
    """
    confirm(f"End {username}'s access to {agency}?", yes=yes)

    async def work(inside: Inside) -> None:
        user = await inside.identity.users.find(inside.agency, username)
        await inside.identity.users.disable(inside.agency, user.id)

    with_agency(agency, work)
    console.print(f"{username} is out.")


async def _link(inside: Inside, user: User, hours: float) -> str:
    return await inside.identity.sessions.link(inside.agency, user.id, timedelta(hours=hours))


def _print_link(username: str, hours: float, token: str) -> None:
    console.print(f"{username} can sign in once, within {hours:g} h, at:")
    print(f"{address(read())}/sign-in/{token}")

"""`publius key`: API keys of an agency."""

from datetime import UTC, datetime, timedelta
from typing import Annotated
from uuid import UUID

import typer

from publius.cli.terminal import AsJson, Inside, OfAgency, console, print_json, print_rows, with_agency
from publius.identity import Key, ceiling_of
from publius.types import Agency, Permission, Role

KeyId = Annotated[UUID, typer.Argument(help="Its id, as 'publius key list' shows it.")]

app = typer.Typer(help="API keys of an agency.", no_args_is_help=True)


@app.command()
def create(
    name: Annotated[str, typer.Argument(help="What the key is for, as lists show it.")],
    agency: OfAgency,
    role: Annotated[Role, typer.Option(help="What the key may do.")] = Role.MEMBER,
    scope: Annotated[list[Permission] | None, typer.Option(help="Only this of what the role gives; repeat it.")] = None,
    ceiling: Annotated[str, typer.Option(help="A label: nothing above it is seen. The role's if left out.")] = "",
    days: Annotated[int | None, typer.Option(min=1, help="Days until it expires; never if left out.")] = None,
    json: AsJson = False,
) -> None:
    """Make a key and print it. It is shown this once: only its hash is kept.

    Example: `publius key create "intranet search" --agency education --days 90`
    """
    expires = datetime.now(UTC) + timedelta(days=days) if days else None

    async def work(inside: Inside) -> tuple[str, Key]:
        return await inside.identity.keys.create(
            inside.agency, name, role, scopes=scope, expires_at=expires, ceiling=ceiling
        )

    token, key = with_agency(agency, work)
    if json:
        print_json({"key": token, "id": key.id, "name": key.name, "role": key.role, "expires": key.expires_at})
    else:
        console.print("The key is shown this once:")
        print(token)


@app.command("list")
def list_(agency: OfAgency, json: AsJson = False) -> None:
    """List the keys of an agency, never the keys themselves.

    Example: `publius key list --agency education`
    """

    async def work(inside: Inside) -> tuple[Agency, list[Key]]:
        return inside.agency, await inside.identity.keys.list(inside.agency)

    where, keys = with_agency(agency, work)

    rows = [
        {
            "id": k.id,
            "name": k.name,
            "prefix": k.prefix,
            "role": k.role,
            "ceiling": where.labels.name(ceiling_of(where, k.role, k.ceiling)),
            "scopes": sorted(k.scopes) if k.scopes is not None else None,
            "created": k.created_at,
            "expires": k.expires_at,
            "last_used": k.last_used_at,
            "revoked": k.revoked_at,
        }
        for k in keys
    ]
    print_rows(rows, as_json=json, empty=f"No key yet. Make one: publius key create NAME --agency {agency}")


@app.command()
def ceiling(
    key: KeyId,
    agency: OfAgency,
    label: Annotated[str, typer.Argument(help="The highest label that it sees; its role's if left out.")] = "",
) -> None:
    """Set how high a key sees, from its next request on.

    Example: `publius key ceiling 5f0c… CUI --agency education`
    """

    async def work(inside: Inside) -> str:
        changed = await inside.identity.keys.set_ceiling(inside.agency, key, label)
        return f"{changed.name} now sees up to " + inside.agency.labels.name(
            ceiling_of(inside.agency, changed.role, changed.ceiling)
        )

    console.print(f"{with_agency(agency, work)}.")


@app.command()
def revoke(
    key: KeyId,
    agency: OfAgency,
) -> None:
    """Revoke a key; it stops working everywhere at once.

    Example: `publius key revoke 5f0c… --agency education`
    """

    async def work(inside: Inside) -> Key:
        return await inside.identity.keys.revoke(inside.agency, key)

    console.print(f"Revoked {with_agency(agency, work).name}.")

"""`publius agency`: make, list, change and remove agencies."""

from typing import Annotated

import msgspec
import typer

from publius.cli.terminal import AsJson, Yes, confirm, console, print_json, print_rows, with_owner
from publius.errors import InvalidRequest
from publius.ledger.keepsake import Keepsakes
from publius.settings import Settings
from publius.storage import Owner

_LEAST, _MOST = 0.01, 1000.0

app = typer.Typer(help="Make, list, change and remove agencies.", no_args_is_help=True)

Slug = Annotated[str, typer.Argument(help="Short name: 2 to 32 lower-case letters and digits.")]
Rate = Annotated[int | None, typer.Option("--rate", min=1, help="Requests a minute.")]
Tokens = Annotated[int | None, typer.Option("--tokens", min=1, help="Tokens a day.")]
Weight = Annotated[float | None, typer.Option(help="Share of the engine when agencies wait for it; 1 is usual.")]
Exclusive = Annotated[
    bool | None,
    typer.Option(
        "--exclusive-engine/--shared-engine",
        help="Whether it has an engine process of its own, taking as much memory again as the shared one.",
    ),
]


@app.command()
def create(slug: Slug, name: str, rate: Rate = None, tokens: Tokens = None, json: AsJson = False) -> None:
    """Make an agency.

    Example: `publius agency create water "Office of Water" --tokens 2000000`
    """
    agency = with_owner(
        lambda owner, settings: owner.create_agency(
            slug,
            name,
            rate_per_minute=rate or settings.rate_per_minute,
            tokens_per_day=tokens or settings.tokens_per_day,
        )
    )
    if json:
        print_json({"agency": agency.slug, "name": agency.name})
    else:
        console.print(f"Made {agency.slug}. Next: publius user create NAME --agency {agency.slug}")


@app.command("list")
def list_(json: AsJson = False) -> None:
    """List the agencies with their limits and shares of the engine.

    Example: `publius agency list --json`
    """
    rows = with_owner(lambda owner, _: owner.agencies())
    print_rows(rows, as_json=json, empty="There is no agency yet. Make one: publius agency create SLUG NAME")


@app.command("set")
def set_(
    slug: Slug, rate: Rate = None, tokens: Tokens = None, weight: Weight = None, exclusive_engine: Exclusive = None
) -> None:
    """Change an agency's limits and its share of the engine; they hold from the next request on.

    Example: `publius agency set education --rate 1200 --weight 2`
    """
    if weight is not None and not _LEAST <= weight <= _MOST:
        raise InvalidRequest(
            f"A weight is from {_LEAST} to {_MOST:,}; it was {weight}.", cure="1 is an equal share, 2 twice as much."
        )
    with_owner(
        lambda owner, _: owner.set_limits(
            slug, rate_per_minute=rate, tokens_per_day=tokens, weight=weight, exclusive_engine=exclusive_engine
        )
    )
    console.print(f"Changed {slug}.")


@app.command()
def labels(
    slug: Slug,
    set_: Annotated[
        str,
        typer.Option("--set", help="The labels, lowest first, with commas between; at least those in use."),
    ] = "",
    default: Annotated[str, typer.Option(help="Of documents that come without one, and the ceiling of members.")] = "",
    model: Annotated[
        list[str] | None, typer.Option(help="MODEL=LABEL: the highest that it may read; MODEL= for any. Repeat it.")
    ] = None,
    json: AsJson = False,
) -> None:
    """Show an agency's labels, lowest first, or change them.

    A document, an answer and a conversation keep their label by its name. What is above the ceiling of a person, a key
    or a model does not exist for them.

    Example: `publius agency labels water --set public,internal,CUI,sealed --model llama=internal`
    """
    names = set_.split(",") if set_ else None
    models = dict(_model_ceiling(each) for each in model or [])
    if names or default or models:
        with_owner(lambda owner, _: owner.set_labels(slug, names, default=default or None, models=models))
    rows = [msgspec.structs.asdict(row) for row in with_owner(lambda owner, _: owner.labels(slug))]
    print_rows(rows, as_json=json, empty="")


def _model_ceiling(given: str) -> tuple[str, str]:
    model, equals, label = given.partition("=")
    if not (model and equals):
        raise InvalidRequest(f"{given!r} is no ceiling of a model.", cure="Write MODEL=LABEL, as in llama=internal.")
    return model.strip(), label.strip()


@app.command()
def delete(slug: Slug, yes: Yes = False) -> None:
    """Remove an agency with all that is behind its walls. Export its ledger first.

    Example: `publius agency delete water`
    """
    confirm(f"Remove {slug} with its people, keys, documents, conversations and ledger? It cannot be undone.", yes=yes)

    def work(owner: Owner, settings: Settings) -> None:
        owner.delete_agency(slug)
        Keepsakes(settings.home).forget(slug)

    with_owner(work)
    console.print(f"Removed {slug}.")

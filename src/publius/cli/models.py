"""`publius models`: the catalog's weights on this machine."""

from typing import Annotated

import typer

from publius.cli import adopting
from publius.cli.terminal import NO, AsJson, console, print_rows, progress
from publius.errors import DigestMismatch, WeightsMissing
from publius.inference import weights
from publius.inference.catalog import CatalogModel, read_catalog
from publius.inference.hub import Hub
from publius.settings import Settings, read

app = typer.Typer(help="The catalog's weights on this machine.", no_args_is_help=True)

Names = Annotated[list[str] | None, typer.Argument(help="Names in the catalog; all of them if left out.")]


@app.command()
def fetch(
    names: Annotated[
        list[str] | None,
        typer.Argument(help="Names in the catalog, or one hf:OWNER/REPO@REVISION!PATH; the whole catalog if left out."),
    ] = None,
    sha256: Annotated[str, typer.Option(help="Of an hf: file: its SHA-256, as the repository's page shows it.")] = "",
    size: Annotated[int, typer.Option(help="Of an hf: file: its size in bytes.")] = 0,
    template: Annotated[str, typer.Option(help="Of an hf: file: llama3, llama3.2, llama4 or chatml.")] = "llama3.2",
) -> None:
    """Get the weights that are missing, and check each by its SHA-256. What broke off goes on from where it was.

    An hf: file that the catalog does not name is fetched too; what then goes into a catalog is printed.

    Example: `publius models fetch smollm2-135m`
    """
    settings = read()
    if names and names[0].startswith("hf:"):
        model = adopting.described(names, sha256, size, template)
        fetch_one(settings, model)
        print(adopting.entry(settings.home / "models", model))
        return
    for model in _chosen(settings, names):
        fetch_one(settings, model)


@app.command("list")
def list_(json: AsJson = False) -> None:
    """List the catalog: what each model is, where it comes from, and whether it is here.

    Example: `publius models list --json`
    """
    settings = read()
    rows = [
        {
            "name": model.name,
            "kind": model.kind,
            "licence": model.licence,
            "context": model.context,
            "mb": round(model.size / 1e6),
            "here": weights.present(settings.home / "models", model),
            "sha256": model.weights,
            "origin": model.origin,
        }
        for model in read_catalog(settings.catalog).models
    ]
    print_rows(rows, as_json=json, empty="The catalog is empty.")


@app.command()
def verify(names: Names = None, json: AsJson = False) -> None:
    """Hash the weights on this machine again. Exit code 3 if any is missing or not what the catalog says.

    Example: `publius models verify --json`
    """
    settings = read()
    rows = [{"name": m.name, "verdict": _verdict(settings, m)} for m in _chosen(settings, names)]
    print_rows(rows, as_json=json, empty="The catalog is empty.")
    if any(row["verdict"] != "ok" for row in rows):
        raise typer.Exit(NO)


def fetch_one(settings: Settings, model: CatalogModel) -> None:
    """Get one model's weights with a progress bar; says so if they are already here."""
    if weights.present(settings.home / "models", model):
        console.print(f"{model.name} is here.")
        return
    with progress() as bar:
        task = bar.add_task(f"Fetching {model.name}", total=None, note="")

        def show(done: int, total: int) -> None:
            bar.update(task, completed=done // 10**6, total=total // 10**6, note="MB")

        hub = Hub(endpoint=settings.hf_endpoint, token=settings.hf_token)
        weights.fetch(settings.home / "models", model, show, hub)


def _chosen(settings: Settings, names: list[str] | None) -> list[CatalogModel]:
    catalog = read_catalog(settings.catalog)
    return [catalog.model(name) for name in names] if names else list(catalog.models)


def _verdict(settings: Settings, model: CatalogModel) -> str:
    try:
        weights.verify(settings.home / "models", model)
    except WeightsMissing:
        return "missing"
    except DigestMismatch:
        return "digest differs"
    return "ok"

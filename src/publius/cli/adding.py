"""`publius sources add`: one command for each kind of source."""

import sys
from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Annotated, Any

import typer

from publius.application import Application
from publius.cli.terminal import AsJson, OfAgency, console, local_principal, print_json, with_application
from publius.retrieval.sources import Source
from publius.types import Role

app = typer.Typer(help="Keep a folder, or another place, as a source.", no_args_is_help=True)


class Style(StrEnum):
    """Where a bucket's name stands."""

    PATH = "path"
    HOST = "host"


Name = Annotated[str, typer.Argument(help="Its name: lower-case letters, digits and hyphens.")]
Every = Annotated[int | None, typer.Option(min=1, help="Minutes between runs; without it, only by hand.")]
Label = Annotated[str, typer.Option(help="Of what it brings; without it the agency's default.")]
Removes = Annotated[bool, typer.Option(help="Remove here what vanishes there.")]


@app.command()
def folder(
    name: Name,
    folder: Annotated[str, typer.Argument(help="A folder, in one that PUBLIUS_SOURCE_FOLDERS allows.")],
    agency: OfAgency,
    every: Every = None,
    label: Label = "",
    removes: Removes = False,
    json: AsJson = False,
) -> None:
    """Keep a folder as a source. Its documents are kept as NAME/path; links in it are not followed.

    Example: `PUBLIUS_SOURCE_FOLDERS=/srv/rules publius sources add folder rules /srv/rules --agency education`
    """
    _keep(agency, "folder", name, folder, every=every, label=label, removes=removes, json=json)


@app.command()
def web(
    name: Name,
    address: Annotated[str, typer.Argument(help="The site, or a part of it, as in https://www.agency.gov/rules/.")],
    agency: OfAgency,
    host: Annotated[list[str] | None, typer.Option(help="Another host that its pages may be on; repeatable.")] = None,
    sitemap: Annotated[str, typer.Option(help="Its sitemap, where robots.txt does not name it.")] = "",
    pages: Annotated[int, typer.Option(min=1, max=50_000, help="Most pages to read.")] = 10_000,
    pause: Annotated[float, typer.Option(min=0, max=60, help="Seconds between two requests to a host.")] = 0.5,
    every: Every = None,
    label: Label = "",
    removes: Removes = False,
    json: AsJson = False,
) -> None:
    """Keep a web site as a source: the pages that its sitemap names and its robots.txt allows.

    Its documents are kept as NAME/host/path. No link is followed beyond the sitemap.

    Example: `publius sources add web aid https://studentaid.gov/understand-aid/ --agency education --every 1440`
    """
    settings = {"hosts": host or [], "sitemap": sitemap, "pages": pages, "pause": pause}
    _keep(agency, "web", name, address, every=every, label=label, removes=removes, json=json, settings=settings)


@app.command()
def ckan(
    name: Name,
    address: Annotated[str, typer.Argument(help="The catalogue, as in https://catalog.data.gov.")],
    agency: OfAgency,
    query: Annotated[str, typer.Option(help="Words, as its search takes them; *:* is everything.")] = "",
    organization: Annotated[str, typer.Option(help="Name of the organization that publishes.")] = "",
    group: Annotated[str, typer.Option(help="Name of a group.")] = "",
    tag: Annotated[list[str] | None, typer.Option(help="A tag; repeatable, all hold together.")] = None,
    dataset: Annotated[list[str] | None, typer.Option(help="Name of a dataset to take besides; repeatable.")] = None,
    format: Annotated[list[str] | None, typer.Option(help="A format to take; repeatable. All that are read.")] = None,
    host: Annotated[list[str] | None, typer.Option(help="Another host that files may be on; repeatable.")] = None,
    resources: Annotated[int, typer.Option(min=1, max=20_000, help="Most files to take.")] = 1_000,
    pause: Annotated[float, typer.Option(min=0, max=60, help="Seconds between two requests to a host.")] = 0.5,
    every: Every = None,
    label: Label = "",
    removes: Removes = False,
    json: AsJson = False,
) -> None:
    """Keep a CKAN catalogue of open data as a source: the files of the datasets that it finds.

    Its documents are kept as NAME/dataset/id/file, with the publisher and licence that the catalogue names. Files are
    often on other hosts than the catalogue: those that are not allowed are named when it is run.

    Example: `publius sources add ckan water https://catalog.data.gov --tag water --format csv --agency education`
    """
    wanted = {
        "query": query,
        "organization": organization,
        "group": group,
        "tags": tag or [],
        "datasets": dataset or [],
    }
    settings = {**wanted, "hosts": host or [], "resources": resources, "pause": pause}
    if format:
        settings["formats"] = format
    _keep(agency, "ckan", name, address, every=every, label=label, removes=removes, json=json, settings=settings)


@app.command()
def bucket(
    name: Name,
    address: Annotated[
        str, typer.Argument(help="The bucket, as in https://SERVER/BUCKET or https://SERVER/BUCKET/PREFIX/.")
    ],
    agency: OfAgency,
    key: Annotated[str, typer.Option(help="Access key; without it, the bucket is asked as anybody may ask.")] = "",
    region: Annotated[str, typer.Option(help="The bucket's region.")] = "us-east-1",
    style: Annotated[Style, typer.Option(help="Where the bucket's name stands in requests.")] = Style.PATH,
    every: Every = None,
    label: Label = "",
    removes: Removes = False,
    json: AsJson = False,
) -> None:
    """Keep a bucket of an S3-compatible store as a source. The key's secret is asked for, or read from standard input.

    Its documents are kept as NAME/key, without the folders of the prefix. Only what changed is read again.

    Example: `publius sources add bucket rules https://minio.agency.gov:9000/rules/ --key reader --agency education`
    """
    secret = _secret() if key else ""
    settings = {"key": key, "secret": secret, "region": region, "style": style.value}
    _keep(agency, "bucket", name, address, every=every, label=label, removes=removes, json=json, settings=settings)


def _secret() -> str:
    if sys.stdin.isatty():
        return str(typer.prompt("Secret of the access key", hide_input=True))
    return sys.stdin.readline().strip()


def _keep(
    agency: str,
    kind: str,
    name: str,
    address: str,
    *,
    every: int | None,
    label: str,
    removes: bool,
    json: bool,
    settings: Mapping[str, Any] = MappingProxyType({}),
) -> None:
    async def work(application: Application) -> Source:
        where = await application.database.agency_by_slug(agency)
        who = local_principal(where, Role.ADMINISTRATOR)
        return await application.sources.add(
            where,
            who.id,
            name,
            address,
            kind=kind,
            settings=settings,
            label=label or None,
            removes=removes,
            every_minutes=every,
        )

    source = with_application(work)
    if json:
        print_json(source.shown)
        return
    console.print(f"Added. Run it now: publius sources run {source.name} --agency {agency}")

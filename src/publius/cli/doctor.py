"""`publius doctor`: is everything here that Publius needs, and what to do where it is not."""

import platform
import shutil
import socket
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import psycopg
import typer

from publius.cli.terminal import NO, AsJson, console, print_json
from publius.errors import PubliusError, SetupError
from publius.inference import weights
from publius.inference.catalog import read_catalog
from publius.inference.exclusive import CURE, UNKEPT
from publius.missions import discover
from publius.retrieval.reading import tesseract
from publius.settings import Settings, read
from publius.storage import Owner, storage_ready

ROOM_WANTED = 2 * 2**30  # bytes


def doctor(json: AsJson = False) -> None:
    """Check this machine and installation, and say what to do about what is amiss. Exit code 3 if anything is.

    Example: `publius doctor --json`
    """
    settings = read()
    rows = [_examine(name, look, settings) for name, look in CHECKS.items()]
    if json:
        print_json(rows)
    else:
        for row in rows:
            mark = "[green]✓[/]" if row["ok"] else "[red]✗[/]"
            console.print(f"{mark} {row['check']}: ", end="")
            console.print(row["found"], markup=False, soft_wrap=True)
    if not all(row["ok"] for row in rows):
        raise typer.Exit(NO)


def _examine(name: str, look: Callable[[Settings], str], settings: Settings) -> dict[str, Any]:
    try:
        return {"check": name, "ok": True, "found": look(settings)}
    except PubliusError as error:
        return {"check": name, "ok": False, "found": str(error)}


def _python(_: Settings) -> str:
    return f"{platform.python_version()} on {platform.system()} {platform.machine()}"


def _disk(settings: Settings) -> str:
    settings.home.mkdir(parents=True, exist_ok=True)
    free = shutil.disk_usage(settings.home).free
    if free < ROOM_WANTED:
        raise SetupError(f"{settings.home} has {free // 2**20} MB free.", cure="Free some room, or move PUBLIUS_HOME.")
    return f"{free / 2**30:.0f} GB free in {settings.home}"


def _port(settings: Settings) -> str:
    with socket.socket() as probe:
        probe.settimeout(1)
        answers = probe.connect_ex((settings.host, settings.port)) == 0
    return (
        f"{settings.host}:{settings.port} {'is answered (by Publius, or by another program)' if answers else 'is free'}"
    )


def _weights(settings: Settings) -> str:
    if settings.engine.startswith("openai:") or settings.engine == "echo":
        return f"not needed for {settings.engine}"
    model = read_catalog(settings.catalog).model(settings.model)
    weights.verify(settings.home / "models", model)
    return f"{model.name}, SHA-256 as in the catalog"


def _embeddings(settings: Settings) -> str:
    model = read_catalog().model("minilm-l6")
    weights.verify(settings.home / "models", model)
    return f"{model.name}, SHA-256 as in the catalog"


def _database(settings: Settings) -> str:
    with storage_ready(settings) as storage, psycopg.connect(storage.owner) as connection:
        row = connection.execute(
            "SELECT current_setting('server_version'), (SELECT extversion FROM pg_extension WHERE extname = 'vector'),"
            " (SELECT version_num FROM alembic_version)"
        ).fetchone()
    assert row is not None
    kind = "given" if settings.database_url else "embedded"
    return f"PostgreSQL {row[0]} ({kind}), pgvector {row[1]}, schema {row[2]}"


def _exclusive(settings: Settings) -> str:
    with storage_ready(settings) as storage:
        slugs = [row["slug"] for row in Owner(storage.owner).agencies() if row["exclusive_engine"]]
    if slugs and settings.engine != "embedded":
        raise SetupError(f"{', '.join(slugs)}: to have an engine of its own, and gets no answers. {UNKEPT}", cure=CURE)
    return f"own engines: {', '.join(slugs)}" if slugs else "shared by all agencies"


def _missions(settings: Settings) -> str:
    found = discover(settings)
    if found.broken:
        said = "; ".join(f"{each.folder.name}: {each.error.message.rstrip('.')}" for each in found.broken)
        raise SetupError(f"{said}.", cure="'publius missions check' shows all that is wrong with a pack.")
    names = [*found.installed, *(f"{slug}/{id}" for slug, packs in found.own.items() for id in packs)]
    return ", ".join(names) or "none"


def _metrics(settings: Settings) -> str:
    if not settings.metrics_port:
        return "turned off: PUBLIUS_METRICS_PORT is 0, and 'publius top' has nothing to show"
    return f"http://127.0.0.1:{settings.metrics_port}/metrics while Publius runs; 'publius top' shows them"


def _traces(settings: Settings) -> str:
    if not settings.traces:
        return "turned off"
    collector = urlsplit(settings.traces)
    port = collector.port or (443 if collector.scheme == "https" else 80)
    with socket.socket() as probe:
        probe.settimeout(1)
        try:
            probe.connect((collector.hostname or "", port))
        except OSError as error:
            raise SetupError(
                f"No collector answers on {collector.hostname}:{port}.",
                cure="Start it, or correct or unset PUBLIUS_TRACES. Publius runs without it, and drops the traces.",
            ) from error
    return f"sent to {collector.hostname}:{port}"


def _scans(_: Settings) -> str:
    try:
        return f"read by {tesseract.version()}"
    except SetupError as missing:
        return f"not read; everything else is. {missing}"  # nothing is broken: what needs it says so


CHECKS: dict[str, Callable[[Settings], str]] = {
    "python": _python,
    "disk": _disk,
    "port": _port,
    "llama": _weights,
    "embeddings": _embeddings,
    "database": _database,
    "engines": _exclusive,
    "missions": _missions,
    "scans": _scans,
    "metrics": _metrics,
    "traces": _traces,
}

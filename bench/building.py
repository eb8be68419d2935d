"""A whole building to measure: a home of its own, the real database and Llama, and documents to read."""

import contextlib
import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import msgspec

from publius import demonstration
from publius.application import Application, open_application
from publius.inference import weights
from publius.inference.catalog import read_catalog
from publius.settings import Settings, read
from publius.storage import Owner, storage_ready
from publius.types import Agency, Principal, Role

CORPUS = Path(__file__).parents[2] / "shared" / "data" / "corpus"
AGENCIES = ("education", "gsa", "nist", "state")


@contextlib.contextmanager
def fresh_home(kept: Path | None = None) -> Iterator[Settings]:
    """Settings with an empty home that shares this machine's weights; or with the one `kept`, which stays."""
    usual = read()
    for model in read_catalog(usual.catalog).models:
        weights.fetch(usual.home / "models", model)
    with contextlib.ExitStack() as stack:
        home = kept or Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="publius-bench-")))
        home.mkdir(parents=True, exist_ok=True)
        if not (home / "models").exists():
            (home / "models").symlink_to(usual.home / "models")
        yield read(home=home, metrics_port=0)


@contextlib.asynccontextmanager
async def building(settings: Settings, *, start_engine: bool = True) -> AsyncIterator[Application]:
    """The open building, with the corpus's agencies (or the demonstration's) and no limits in the way."""
    with storage_ready(settings) as storage:
        for slug in AGENCIES if CORPUS.exists() else demonstration.AGENCIES:
            Owner(storage.owner).create_agency(slug, slug, rate_per_minute=10**6, tokens_per_day=10**12)
        async with open_application(settings, storage, start_engine=start_engine) as app:
            yield app


def documents(slug: str) -> list[tuple[str, Path]]:
    """The documents of an agency: the corpus's, or without it the demonstration's."""
    if CORPUS.exists():
        folder = CORPUS / "docs" / slug
        return [(str(path.relative_to(folder)), path) for path in sorted(folder.rglob("*")) if path.is_file()]
    return [(path.name, path) for path in demonstration.documents(slug)]


def questions(most: int) -> list[tuple[str, str]]:
    """(agency, question) pairs, spread evenly over what there is."""
    if CORPUS.exists():
        lines = [msgspec.json.decode(line) for line in (CORPUS / "questions_dev.jsonl").read_bytes().splitlines()]
        pairs = [(line["agency"], line["question"]) for line in lines if line["answerable"]]
    else:
        pairs = [(slug, each.text) for slug in demonstration.AGENCIES for each in demonstration.examples(slug)]
    return pairs[:: max(1, len(pairs) // most)][:most]


def member(agency: Agency) -> Principal:
    """Somebody who may ask and add."""
    return Principal("user:bench", "Bench", agency, Role.ADMINISTRATOR)

"""The promise: a site is added, run, listed and forgotten at the terminal, and what is wrong is said in a sentence."""

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.building.sources.beside import beside
from tests.building.sources.site import Site
from tests.building.sources.store import Store, moto
from tests.cli.conftest import Program

__all__ = ["moto"]
pytestmark = pytest.mark.slow  # starts whole programs


@pytest.fixture
def site() -> Iterator[Site]:
    with beside() as site:
        yield site


def test_a_site_from_the_terminal(publius: Program, site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    site.html("/travel", "A trip is asked for ten days before.")
    address = f"http://localhost:{site.port}"
    site.map("/travel", "/missing", host=address)
    where = ("--agency", "education")
    publius("sources", "add", "web", "rules", "ftp://agency.gov", *where, code=1)
    assert "https://" in publius.said
    publius("sources", "add", "web", "rules", site.address, *where, code=1)
    assert "not public" in publius.said
    added = publius.json("sources", "add", "web", "rules", address, "--pause", "0", *where)
    assert added["kind"] == "web" and added["settings"]["pages"] == 10_000
    publius("sources", "run", "rules", *where, code=1)
    assert "not public" in publius.said and "PUBLIUS_SOURCE_PRIVATE_HOSTS" in publius.said and not site.asked
    monkeypatch.setitem(publius.environment, "PUBLIUS_SOURCE_PRIVATE_HOSTS", "localhost")
    run = publius.json("sources", "run", "rules", *where)
    assert (run["found"], run["changed"]) == (2, 1) and "404" in run["refused"][0]["reason"]
    publius("sources", "run", "rules", *where)
    assert "2 found" in publius.said and "404" in publius.said
    listed = publius.json("sources", "list", *where)
    assert [(each["name"], each["refused"], each["failure"]) for each in listed] == [("rules", 1, "")]
    publius("sources", "remove", "rules", *where)
    assert publius.json("sources", "list", *where) == []
    publius("sources", "add", "ckan", "data", "https://catalog.data.gov", *where, code=1)
    assert "*:*" in publius.said


def test_a_bucket_from_the_terminal_with_its_secret_from_standard_input(
    publius: Program, moto: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(publius.environment, "PUBLIUS_SOURCE_PRIVATE_HOSTS", "127.0.0.1")
    moto("empty")
    moto("put", "laws/a.md", "# A\n\nThe first law is short.")
    where, address = ("--agency", "education"), f"{moto.address}/rules/laws/"
    publius("sources", "add", "bucket", "laws", address, "--key", moto.key, *where, code=1)
    assert "belong together" in publius.said, "nothing came on standard input"
    publius("sources", "add", "bucket", "laws", address, "--style", "virtual", *where, code=2)
    assert "path" in publius.said and "host" in publius.said
    adding = ("sources", "add", "bucket", "laws", address, "--key", moto.key, "--every", "60", "--json", *where)
    with publius.start(*adding, stdin=subprocess.PIPE) as process:
        told, said = process.communicate(moto.secret + "\n", timeout=120)
    assert process.returncode == 0 and json.loads(told)["settings"]["key"] == moto.key
    assert moto.secret not in told + said
    assert publius.json("sources", "run", "laws", *where)["changed"] == 1

    publius("sources", "pause", "laws", *where)
    assert "Paused" in publius.said and publius.json("sources", "list", *where)[0]["paused"]
    publius("sources", "resume", "laws", *where)
    assert not publius.json("sources", "list", *where)[0]["paused"]
    for act in ("pause", "resume", "run", "remove"):
        publius("sources", act, "nothing", *where, code=1)
        assert "no source 'nothing'" in publius.said
    publius("sources", "remove", "laws", "--documents", *where)
    assert "with its documents" in publius.said and publius.json("sources", "list", *where) == []
    acts = publius.json("ledger", "acts", *where)
    assert [each["act"].removeprefix("source-") for each in acts][:5] == [
        "removed",
        "resumed",
        "paused",
        "run",
        "added",
    ]
    assert all(each["who"].startswith("local:") for each in acts) and moto.secret not in publius(
        "ledger", "acts", *where
    )
    assert acts[0]["details"] == {"name": "laws", "kind": "bucket", "address": address, "documents": True}


def test_what_a_source_brought_goes_with_it_where_that_is_said(
    publius: Program, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(publius.environment, "PUBLIUS_SOURCE_FOLDERS", str(home))
    (home / "a.md").write_text("# A\n\nThe first rule is short.")
    where = ("--agency", "education")

    def waiting() -> int:
        return [job["from"] for job in publius.json("documents", "jobs", *where)].count("Source handbook")

    for documents in ((), ("--documents",)):
        publius("sources", "add", "folder", "handbook", str(home), *where)
        publius("sources", "run", "handbook", *where)
        assert waiting() == 1
        publius("sources", "remove", "handbook", *documents, *where)
        assert waiting() == (0 if documents else 1), "what waits to be read goes with the rest"

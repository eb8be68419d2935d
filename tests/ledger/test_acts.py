"""The promise: what was done to a source is on record, shown, exported, and provable like an answer."""

import re
from base64 import b64decode
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest

from publius.errors import LedgerUnavailable
from publius.ledger.acts import acts
from publius.ledger.inspection import export
from publius.ledger.ledger import Ledger
from publius.ledger.verify import verify_file
from publius.storage import Database
from publius.types import Agency

from .walks import walk

ADDRESS = "https://agency.gov/rules/"


def contents(path: Path) -> bytes:
    return b"".join(b64decode(each) for each in re.findall(rb'"content":"([^"]*)"', path.read_bytes()))


async def test_an_act_is_listed_exported_and_proved(
    ledger: Ledger, database: Database, education: Agency, state: Agency, tmp_path: Path
) -> None:
    source = uuid4()
    await walk(ledger, education)
    await ledger.act(education, "user:1", "source-added", source, {"name": "rules", "address": ADDRESS})
    await ledger.act(education, "clock", "source-run", source, {"name": "rules"})
    found = await acts(database, education)
    assert [(each.position, each.who, each.act, each.subject) for each in found] == [
        (2, "clock", "source-run", source),
        (1, "user:1", "source-added", source),
    ]
    assert found[1].details == {"name": "rules", "address": ADDRESS}
    assert await acts(database, education, before=2) == found[1:] and await acts(database, state) == []

    path = tmp_path / "log.jsonl"
    await export(database, education, ledger.key.public, path, contents=True)
    assert verify_file(path, ledger.key.public).whole and ADDRESS.encode() in contents(path)
    await export(database, education, ledger.key.public, path)
    assert verify_file(path, ledger.key.public).records == 3 and b"agency.gov" not in path.read_bytes()
    path.write_text(path.read_text().replace("source-run", "source-ran"))
    assert verify_file(path, ledger.key.public).fault, "and no edit of it stays hidden"


async def test_what_cannot_be_recorded_is_said(ledger: Ledger, education: Agency, owner_address: str) -> None:
    with psycopg.connect(owner_address, autocommit=True) as connection:
        connection.execute("ALTER TABLE ledger_records ADD CHECK (position < 0) NOT VALID")
    with pytest.raises(LedgerUnavailable):
        await ledger.act(education, "user:1", "source-added", uuid4(), {})

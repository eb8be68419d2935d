"""An exported log and a single receipt are proved offline, with the public key alone, and nothing else proves."""

import asyncio
import gzip
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest

from publius.errors import InvalidRequest, NotFound
from publius.ledger.inspection import export, prove
from publius.ledger.ledger import Ledger
from publius.ledger.merkle import leaf_hash
from publius.ledger.proof import check
from publius.ledger.signing import SigningKey
from publius.ledger.verify import Outside, verify_file
from publius.storage import Database
from publius.types import Agency

from .conftest import SIZE
from .walks import walk


@pytest.mark.parametrize("name", ["log.jsonl", "log.jsonl.gz"])
@pytest.mark.parametrize("contents", [False, True])
async def test_an_exported_log_is_proved_with_the_file_and_the_key_alone(
    ledger: Ledger,
    database: Database,
    education: Agency,
    answers: list[Any],
    home: Path,
    monkeypatch: pytest.MonkeyPatch,
    name: str,
    contents: bool,
) -> None:
    monkeypatch.setattr("publius.ledger.inspection.BATCH", 3)
    monkeypatch.setattr("publius.ledger.log.BATCH", 4)
    file = home / name
    assert await export(database, education, ledger.key.public, file, contents=contents) == SIZE
    report = verify_file(file, ledger.key.public, outside=Outside(receipts=(answers[3].receipt,)))
    assert report.whole, report.fault
    assert (report.records, report.checkpoints, report.contents) == (SIZE, SIZE, SIZE * 4 if contents else 0)
    assert not verify_file(file, SigningKey.generate().public).whole
    text = (gzip.decompress(file.read_bytes()) if name.endswith("gz") else file.read_bytes()).decode()
    assert ("VGhlIGdyYW50IGlzICQ3LDM5NS4=" in text) == contents


@pytest.mark.parametrize(
    ("change", "kind", "position"),
    [
        (lambda lines: [*lines[:9], lines[9].replace(b"answered", b"refused!"), *lines[10:]], "edited", 4),
        (lambda lines: lines[:9] + lines[11:], "missing", 4),
        (lambda lines: [*lines[:9], lines[11], lines[10], lines[9], *lines[12:]], "missing", 4),
        (lambda lines: lines[:-4], "cut", 8),
        (lambda lines: lines[:-1], "unsigned", 9),
        (lambda lines: [*lines[:9], b"not json\n", *lines[10:]], "malformed", 0),
        (lambda lines: [*lines, lines[0]], "malformed", 0),
        (lambda lines: lines[:1], "cut", 0),
    ],
)
async def test_a_changed_file_does_not_prove(
    ledger: Ledger,
    database: Database,
    education: Agency,
    answers: list[Any],
    home: Path,
    change: Callable[[list[bytes]], list[bytes]],
    kind: str,
    position: int,
) -> None:
    file = home / "log.jsonl"
    await export(database, education, ledger.key.public, file)
    lines = file.read_bytes().splitlines(keepends=True)
    file.write_bytes(b"".join(change(lines)))
    fault = verify_file(file, ledger.key.public).fault
    assert fault is not None
    assert (fault.kind, fault.position) == (kind, position), fault.message


@pytest.mark.parametrize("content", [b"", b"{}\n", b"\x1f\x8b broken", b'{"type":"header","format":"else/9"}\n'])
def test_what_is_no_export_is_refused(home: Path, content: bytes) -> None:
    for name in ("log.jsonl", "log.jsonl.gz"):
        (home / name).write_bytes(content)
        with pytest.raises(InvalidRequest, match="not an exported ledger"):
            verify_file(home / name, SigningKey.generate().public)


async def test_a_compressed_file_that_breaks_off_does_not_prove(
    ledger: Ledger, database: Database, education: Agency, answers: list[Any], home: Path
) -> None:
    file = home / "log.jsonl.gz"
    await export(database, education, ledger.key.public, file)
    file.write_bytes(file.read_bytes()[:-400])
    fault = verify_file(file, ledger.key.public).fault
    assert fault is not None
    assert fault.kind == "malformed"


def test_the_offline_check_needs_no_database() -> None:
    code = (
        "import sys, publius.ledger.verify, publius.ledger.proof;"
        "sys.exit(any(name.startswith(('psycopg', 'publius.storage')) for name in sys.modules))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


@pytest.mark.parametrize("size", [1, 2, 255, 256, 257, 700])
async def test_a_receipt_is_proved_by_itself(
    ledger: Ledger, database: Database, education: Agency, state: Agency, size: int
) -> None:
    answers = await asyncio.gather(*(walk(ledger, education) for _ in range(size)))
    for answer in answers[:: max(1, size // 7)]:
        proof = await prove(database, education, answer.receipt)
        carried = msgspec.json.decode(msgspec.json.encode(proof), type=type(proof))
        assert check(carried, ledger.key.public).size == size
    with pytest.raises(NotFound):
        await prove(database, state, answers[0].receipt)


async def test_a_proof_does_not_hold_for_anything_else(
    ledger: Ledger, database: Database, education: Agency, answers: list[Any]
) -> None:
    proof = await prove(database, education, answers[3].receipt)
    other = await prove(database, education, answers[4].receipt)
    moved = msgspec.structs.replace(proof.receipt, position=2)
    edited = proof.body.replace("key:7d4c", "key:0000")
    rehashed = msgspec.structs.replace(proof.receipt, leaf_hash=leaf_hash(edited.encode()).hex())
    for changed in (
        {"receipt": other.receipt},
        {"receipt": moved},
        {"body": edited},
        {"body": edited, "receipt": rehashed},
        {"path": proof.path[::-1]},
        {"path": ()},
        {"checkpoint": proof.checkpoint.replace("10", "11", 1)},
    ):
        with pytest.raises(InvalidRequest):
            check(msgspec.structs.replace(proof, **changed), ledger.key.public)
    with pytest.raises(InvalidRequest):
        check(proof, SigningKey.generate().public)


async def test_the_check_in_the_documentation_proves_a_log_without_our_program(
    ledger: Ledger, database: Database, education: Agency, answers: list[Any], home: Path
) -> None:
    page = (Path(__file__).parents[2] / "docs" / "ledger.md").read_text(encoding="utf-8")
    (home / "check.py").write_text(page.split("```python\n")[1].split("```")[0], encoding="utf-8")
    file = home / "log.jsonl"
    await export(database, education, ledger.key.public, file)
    command = [sys.executable, "-I", home / "check.py", file, home / "keys" / "ledger.pub"]
    assert subprocess.run(command, capture_output=True, check=True).stdout == b"proved 10\n"
    file.write_bytes(file.read_bytes().replace(b"answered", b"refused", 1))
    assert subprocess.run(command, capture_output=True, check=False).returncode != 0

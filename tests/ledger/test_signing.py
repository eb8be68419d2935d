"""The key is its owner's alone, and a checkpoint opens under its own key only."""

import stat
from pathlib import Path

import pytest

from publius.errors import InvalidRequest, SetupError
from publius.ledger.signing import Checkpoint, PublicKey, SigningKey

KEY = SigningKey.generate()
CHECKPOINT = Checkpoint(KEY.public.origin("education"), 12, bytes(range(32)))


def test_the_key_is_made_once_and_is_for_its_owner_alone(home: Path) -> None:
    first = SigningKey.at(home / "keys")
    assert SigningKey.at(home / "keys").public.id == first.public.id
    assert stat.S_IMODE((home / "keys" / "ledger.key").stat().st_mode) == 0o600
    assert PublicKey.parse((home / "keys" / "ledger.pub").read_text()).raw == first.public.raw
    assert sorted(path.name for path in (home / "keys").iterdir()) == ["ledger.key", "ledger.pub"]


def test_a_file_that_is_no_key_stops_the_start(home: Path) -> None:
    (home / "ledger.key").write_text("not a key")
    with pytest.raises(SetupError, match="holds no Ed25519 key"):
        SigningKey.at(home)


def test_a_note_has_the_form_that_other_tools_read() -> None:
    note = KEY.sign(CHECKPOINT)
    origin, size, root, empty, signature = note.split("\n")[:-1]
    assert (origin, size, empty) == (f"publius/{KEY.public.id}/education", "12", "")
    assert root == "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="
    assert signature.startswith(f"— publius/{KEY.public.id} ")


def test_a_note_opens_under_its_key_alone() -> None:
    note = KEY.sign(CHECKPOINT)
    assert PublicKey.parse(KEY.public.line()).open(note) == CHECKPOINT
    with pytest.raises(InvalidRequest, match="not signed by the key"):
        SigningKey.generate().public.open(note)


@pytest.mark.parametrize("at", range(0, 200, 7))
def test_a_note_with_any_changed_byte_does_not_open(at: int) -> None:
    note = KEY.sign(CHECKPOINT)
    changed = note[: at % len(note)] + chr(ord(note[at % len(note)]) ^ 1) + note[at % len(note) + 1 :]
    with pytest.raises(InvalidRequest):
        KEY.public.open(changed)


@pytest.mark.parametrize(
    "line", ["", "publius/0+00+", "a+b+c", KEY.public.line()[:-3], KEY.public.line() + "x"], ids=range(5)
)
def test_what_is_no_key_is_refused(line: str) -> None:
    with pytest.raises(InvalidRequest, match="not a ledger's public key"):
        PublicKey.parse(line)

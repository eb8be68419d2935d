"""The ledger's key and its signed checkpoints, in the C2SP formats `signed-note` and `tlog-checkpoint`.

A checkpoint is three lines (origin, size, root in base64), an empty line and a signature line, so that
tools for other transparency logs read it too. The public key is one line, `name+hash+key`.
"""

import base64
import binascii
import contextlib
import os
import secrets
from hashlib import sha256
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)
from msgspec import Struct

from publius.errors import InvalidRequest, SetupError

_ED25519 = b"\x01"  # the signature type's byte in a signed note


class Checkpoint(Struct, frozen=True):
    """What is signed: which log (`origin`), how many leaves, and their root hash (32 bytes)."""

    origin: str
    size: int
    root: bytes

    def text(self) -> str:
        """The exact text under the signature."""
        return f"{self.origin}\n{self.size}\n{base64.b64encode(self.root).decode()}\n"


class PublicKey:
    """What an inspector holds. `id` is the fingerprint: the first 16 hex digits of SHA-256 of the key."""

    def __init__(self, raw: bytes) -> None:
        self._key = Ed25519PublicKey.from_public_bytes(raw)
        self.raw = raw
        self.id = sha256(raw).hexdigest()[:16]
        self.name = f"publius/{self.id}"
        self.hint = sha256(self.name.encode() + b"\n" + _ED25519 + raw).digest()[:4]

    def line(self) -> str:
        """The key as one line of text, as C2SP calls it a verifier key."""
        return f"{self.name}+{self.hint.hex()}+{base64.b64encode(_ED25519 + self.raw).decode()}"

    @classmethod
    def parse(cls, line: str) -> "PublicKey":
        """Read a key from its line.

        Raises:
            InvalidRequest: it is no such line, or its parts do not belong together.
        """
        with contextlib.suppress(ValueError, binascii.Error):
            coded = base64.b64decode(line.strip().split("+", 2)[-1], validate=True)
            key = cls(coded[1:])
            if key.line() == line.strip():
                return key
        raise InvalidRequest("This is not a ledger's public key.", cure="Use the file keys/ledger.pub of the platform.")

    def origin(self, slug: str) -> str:
        """The name of one agency's log under this key."""
        return f"{self.name}/{slug}"

    def open(self, note: str) -> Checkpoint:
        """The checkpoint in a signed note.

        Raises:
            InvalidRequest: the note is malformed, by another key, or its signature does not fit.
        """
        text, _, signatures = note.partition("\n\n")
        text += "\n"
        for line in signatures.splitlines():
            _, _, rest = line.partition("— ")
            name, _, coded = rest.partition(" ")
            if name == self.name:
                self._verify(coded, text)
                return _parse(text)
        raise InvalidRequest(f"The checkpoint is not signed by the key {self.id}.")

    def _verify(self, coded: str, text: str) -> None:
        with contextlib.suppress(ValueError, InvalidSignature):
            signature = base64.b64decode(coded, validate=True)
            if signature[:4] == self.hint:
                self._key.verify(signature[4:], text.encode())
                return
        raise InvalidRequest("The checkpoint's signature does not fit its text.")


def _parse(text: str) -> Checkpoint:
    with contextlib.suppress(ValueError):
        origin, size, root = text.splitlines()
        checkpoint = Checkpoint(origin, int(size), base64.b64decode(root, validate=True))
        if checkpoint.text() == text:
            return checkpoint
    raise InvalidRequest("The checkpoint is not three lines of origin, size and root.")


class SigningKey:
    """The private half. Whoever has it can write history, so its file is for its owner alone (0600)."""

    def __init__(self, key: Ed25519PrivateKey) -> None:
        self._key = key
        self.public = PublicKey(key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw))

    @classmethod
    def generate(cls) -> "SigningKey":
        """A new key, in memory only."""
        return cls(Ed25519PrivateKey.generate())

    @classmethod
    def at(cls, folder: Path) -> "SigningKey":
        """The key in `folder/ledger.key`, made at the first start; `ledger.pub` is written beside it.

        Raises:
            SetupError: the file is there but holds no such key.
        """
        path = folder / "ledger.key"
        if not path.exists():
            _create(path, cls.generate())
        try:
            key = load_pem_private_key(path.read_bytes(), password=None)
        except ValueError:
            key = None
        if not isinstance(key, Ed25519PrivateKey):
            raise SetupError(f"{path} holds no Ed25519 key.", cure="Put the ledger's key back from your backup.")
        made = cls(key)
        public = path.with_suffix(".pub")
        if not public.exists():
            public.write_text(made.public.line() + "\n")
        return made

    def sign(self, checkpoint: Checkpoint) -> str:
        """The checkpoint as a signed note."""
        text = checkpoint.text()
        signature = self.public.hint + self._key.sign(text.encode())
        return f"{text}\n— {self.public.name} {base64.b64encode(signature).decode()}\n"


def _create(path: Path, key: SigningKey) -> None:
    """Write a new key whole or not at all; of two processes that start at once, the first one's key stands."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    pem = key._key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(pem)
        file.flush()
        os.fsync(file.fileno())
    with contextlib.suppress(FileExistsError):
        os.link(draft, path)
    draft.unlink()

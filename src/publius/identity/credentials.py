"""Tokens as they travel: made from randomness, read with suspicion, stored only as a hash.

A token reads `pb-education-<51 letters and digits>`: what it is for, whose agency, and the secret.
The secret's first eight characters are its `prefix`, which finds the row and lets a person tell
keys apart in a list; the other 43 carry 256 bits. A hash without salt or stretching is enough for
so much randomness.
"""

import hmac
import re
import secrets
import string
from enum import StrEnum
from hashlib import sha256

from msgspec import Struct

_ALPHABET = string.digits + string.ascii_uppercase + string.ascii_lowercase
_PREFIX = 8
_SECRET = 43
_LONGEST = 128
_FORM = re.compile(r"(pb|ps|pl)-([a-z][a-z0-9]{1,31})-([0-9A-Za-z]{51})", re.ASCII)


class Kind(StrEnum):
    """What a token is for; its first two letters."""

    KEY = "pb"
    SESSION = "ps"
    LINK = "pl"


class Credential(Struct, frozen=True):
    """A well-formed token, of which the secret itself has already been forgotten."""

    kind: Kind
    slug: str
    prefix: str
    hash: bytes

    def matches(self, stored: bytes | None) -> bool:
        """Whether `stored` is this token's hash; takes the same time for none as for a wrong one."""
        return hmac.compare_digest(stored or bytes(32), self.hash)


def mint(kind: Kind, slug: str) -> tuple[str, Credential]:
    """Make a new token; returns it (show it once) and what may be stored of it."""
    secret = "".join(secrets.choice(_ALPHABET) for _ in range(_PREFIX + _SECRET))
    token = f"{kind}-{slug}-{secret}"
    return token, Credential(kind, slug, secret[:_PREFIX], _digest(token))


def read(token: str | None) -> Credential | None:
    """Read what somebody sent; None for anything that cannot be a token."""
    if not token or len(token) > _LONGEST:
        return None
    form = _FORM.fullmatch(token)
    if form is None:
        return None
    kind, slug, secret = form.groups()
    return Credential(Kind(kind), slug, secret[:_PREFIX], _digest(token))


def _digest(token: str) -> bytes:
    return sha256(token.encode()).digest()

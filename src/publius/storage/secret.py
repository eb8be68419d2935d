"""This installation's one secret, from which every other is derived."""

import hashlib
import hmac
import os
import secrets
from pathlib import Path


def server_key(home: Path) -> bytes:
    """This installation's secret, 32 bytes, made on first use. All others are derived from it."""
    path = home / "keys" / "server"
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_bytes()
    with os.fdopen(descriptor, "wb") as file:
        file.write(secrets.token_bytes(32))
    return path.read_bytes()


def derive(key: bytes, purpose: str) -> bytes:
    """A secret for one purpose, so that no two uses share one."""
    return hmac.digest(key, purpose.encode(), hashlib.sha256)

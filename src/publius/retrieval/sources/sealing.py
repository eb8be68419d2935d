"""Secrets of sources, sealed before they are kept: without the server's key, a copy of the database opens nothing."""

import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from publius.errors import InvalidRequest

_NONCE = 12  # bytes


def seal(key: bytes, secret: str, use: str) -> str:
    """The secret as it may be kept, for one use alone: under another it does not open.

    Args:
        key: 32 bytes.
    """
    nonce = secrets.token_bytes(_NONCE)
    return urlsafe_b64encode(nonce + AESGCM(key).encrypt(nonce, secret.encode(), use.encode())).decode()


def opened(key: bytes, sealed: str, use: str) -> str:
    """The secret again.

    Raises:
        InvalidRequest: it was sealed by another server's key or for another use.
    """
    try:
        kept = urlsafe_b64decode(sealed)
        return AESGCM(key).decrypt(kept[:_NONCE], kept[_NONCE:], use.encode()).decode()
    except (InvalidTag, ValueError):
        raise InvalidRequest(
            "The source's secret cannot be opened with this server's key.",
            cure="Remove the source, which keeps its documents, and add it again with its secret.",
        ) from None

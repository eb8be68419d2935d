"""What somebody has answered so far, sealed into an address: kept nowhere else, read and changed by nobody else.

The seal is AES-256-GCM under a key of this installation's own secret. It binds the answers to the agency and to the
page that they belong to, and it ends: a link that was forgotten in a browser's history opens nothing for ever.
"""

import base64
import binascii
import hashlib
import hmac
import os
import time
import zlib
from datetime import UTC, datetime
from typing import Any

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from msgspec import Struct, field
from msgspec.structs import replace

from publius.errors import InvalidRequest
from publius.types import Agency, Receipt

DAYS = 30  # for which a link can be come back to; each step gives a new one
LONGEST = 3_800  # characters: what a cookie holds, and what any browser and proxy passes on as an address
LARGEST = 200_000  # bytes unpacked
_NONCE = 12


class Typed(Struct, frozen=True, array_like=True):
    """What stands in a page's field and is no answer yet; `refused` once it was sent and could not be read."""

    page: str = ""
    text: str = ""
    refused: bool = False


class Kept(Struct, frozen=True, array_like=True):
    """All that a link carries: answers by the name of the field or page, the language, and once computed the receipt.

    `digest` is of the derivation that the receipt was given for: a result that comes out otherwise is not shown.
    """

    answers: dict[str, str] = field(default_factory=dict)
    language: str = "en"
    receipt: Receipt | None = None
    digest: str = ""
    until: int = 0  # seconds since 1970
    typed: Typed = Typed()

    def answering(self, answers: dict[str, str]) -> "Kept":
        """The same with other answers. A receipt is of the answers that it was given for, and falls away with them."""
        same = self if answers == self.answers else Kept(answers, self.language)
        return replace(same, typed=Typed())

    @property
    def ends(self) -> datetime:
        """When the link that it came by stops working."""
        return datetime.fromtimestamp(self.until, UTC)


class Seal:
    """Seals and opens the answers of one place (a tool or an interview) for one agency."""

    def __init__(self, secret: bytes, agency: Agency, place: str) -> None:
        self._cipher = AESGCM(hmac.digest(secret, b"answers in a link", hashlib.sha256))
        self._bound = f"{agency.id}:{place}".encode()

    def close(self, kept: Kept) -> str:
        """The text for an address; anew each time, and valid for `DAYS` from now.

        Raises:
            InvalidRequest: there is more than an address can carry.
        """
        ends = int(time.time()) + DAYS * 86_400
        packed = zlib.compress(msgspec.msgpack.encode(replace(kept, until=ends)), 9)
        nonce = os.urandom(_NONCE)
        sealed = base64.urlsafe_b64encode(nonce + self._cipher.encrypt(nonce, packed, self._bound)).decode().rstrip("=")
        if len(sealed) > LONGEST:
            raise InvalidRequest("These answers are more than a link can carry.", cure="Give fewer people at once.")
        return sealed

    def open(self, sealed: str) -> Kept:
        """What was sealed; nothing at all for an empty text.

        Raises:
            InvalidRequest: it was changed, cut, made for another agency or page, or it has ended.
        """
        if not sealed:
            return Kept()
        try:
            data = base64.b64decode(sealed[:LONGEST] + "=" * (-len(sealed) % 4), altchars=b"-_", validate=True)
            packed = self._cipher.decrypt(data[:_NONCE], data[_NONCE:], self._bound)
        except (binascii.Error, InvalidTag, ValueError):
            raise InvalidRequest(
                "This link does not open: it was cut short or changed, or it is not one of your agency's.",
                cure="Copy the whole link once more, or start anew.",
            ) from None
        kept = msgspec.msgpack.decode(zlib.decompressobj().decompress(packed, LARGEST), type=Kept)
        if kept.until < time.time():
            ended: Any = kept.ends.date()
            raise InvalidRequest(f"This link worked until {ended}, and its answers are gone.", cure="Start anew.")
        return kept

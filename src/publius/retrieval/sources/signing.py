"""Requests signed as S3 wants them: AWS Signature Version 4, of GET requests without a body, in headers.

The algorithm is published ("Authenticating Requests: Using the Authorization Header", Amazon S3 API Reference); every
S3-compatible server checks it. The secret itself goes nowhere.
"""

import hashlib
import hmac
from datetime import UTC, datetime
from urllib.parse import parse_qsl, quote, unquote

from msgspec import Struct
from yarl import URL

_EMPTY = hashlib.sha256(b"").hexdigest()
_UNRESERVED = "-_.~"


class Keys(Struct, frozen=True):
    """An access key with its secret, for one region."""

    id: str
    secret: str
    region: str

    def __repr__(self) -> str:  # so that no trace of an error tells it
        return f"Keys(id={self.id!r})"


def signed(url: URL, keys: Keys, now: datetime | None = None) -> dict[str, str]:
    """The headers that a GET of this address is sent with.

    The address is signed as the server will read it: each part decoded, and encoded again in the one strict way.
    """
    moment = (now or datetime.now(UTC)).strftime("%Y%m%dT%H%M%SZ")
    scope = f"{moment[:8]}/{keys.region}/s3/aws4_request"
    headers = {"host": url.host_port_subcomponent or "", "x-amz-content-sha256": _EMPTY, "x-amz-date": moment}
    names = ";".join(headers)
    asked = sorted(
        (quote(name, safe=_UNRESERVED), quote(value, safe=_UNRESERVED))
        for name, value in parse_qsl(url.raw_query_string, keep_blank_values=True)
    )
    request = "\n".join(
        [
            "GET",
            quote(unquote(url.raw_path), safe="/" + _UNRESERVED),
            "&".join(f"{name}={value}" for name, value in asked),
            *(f"{name}:{value}" for name, value in headers.items()),
            "",
            names,
            _EMPTY,
        ]
    )
    text = f"AWS4-HMAC-SHA256\n{moment}\n{scope}\n{hashlib.sha256(request.encode()).hexdigest()}"
    key = b"AWS4" + keys.secret.encode()
    for part in scope.split("/"):
        key = hmac.digest(key, part.encode(), hashlib.sha256)
    signature = hmac.digest(key, text.encode(), hashlib.sha256).hex()
    by = f"AWS4-HMAC-SHA256 Credential={keys.id}/{scope}, SignedHeaders={names}, Signature={signature}"
    return {**{name: value for name, value in headers.items() if name != "host"}, "authorization": by}

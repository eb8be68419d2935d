"""What an S3-compatible server says: the list of a bucket's objects, and why it refuses one."""

import re
from typing import NamedTuple
from urllib.parse import unquote_plus

from publius.errors import NotFetched
from publius.retrieval.sources.fetching import Fetched
from publius.retrieval.sources.markup import parts

LARGEST = 8 << 20  # bytes of one part of the list, which names at most 1,000 objects
LARGEST_FAULT = 1 << 16  # bytes of a refusal

# What happened and what to do, by the server's own code.
_FAULTS = {
    "InvalidAccessKeyId": ("The server does not know this access key.", "Check the access key."),
    "SignatureDoesNotMatch": ("The secret does not belong to this access key.", "Add the source again."),
    "NoSuchBucket": ("There is no such bucket.", "Check the address: https://SERVER/BUCKET/PREFIX."),
    "AccessDenied": (
        "The access key may not do this.",
        "Let it list the bucket and read its objects (s3:ListBucket, s3:GetObject).",
    ),
    "RequestTimeTooSkewed": (
        "This server's clock and the bucket's differ by too much.",
        "Have both keep the right time, for example by NTP.",
    ),
    "AuthorizationHeaderMalformed": ("The bucket is in another region.", "Give the bucket's region."),
    "PermanentRedirect": ("The bucket is at another address.", "Give the address of the bucket's own region."),
    "InvalidObjectState": ("It is archived, and has to be restored before it can be read.", "Restore it."),
    "SlowDown": ("The server asks for fewer requests.", "Try again later."),
}  # fmt: skip
_BY_STATUS = {403: "AccessDenied", 301: "PermanentRedirect", 307: "PermanentRedirect"}


class Object(NamedTuple):
    """One object as the list names it; `mark` tells one version of it from another."""

    key: str
    size: int
    mark: str


class Part(NamedTuple):
    """A part of the list, and how to ask for the next; empty where it was the last."""

    objects: list[Object]
    next: str


def read(data: bytes) -> Part:
    """Read a part of the list (ListObjectsV2, keys encoded as in addresses).

    Raises:
        NotFetched: it is none.
    """
    told = parts(data)
    try:
        name, _ = next(told)
        found = list(told) if name == "ListBucketResult" else None
    except NotFetched:
        found = None
    if found is None:
        raise NotFetched(
            "This is no S3-compatible bucket: its answer is no list of objects.",
            cure="Check the address: https://SERVER/BUCKET/PREFIX.",
        )
    flags = {kind: texts[""] for kind, texts in found if kind in ("IsTruncated", "NextContinuationToken")}
    more, token = flags.get("IsTruncated") == "true", flags.get("NextContinuationToken", "")
    if more and not token:  # taken for the end, all that the rest names would be taken for gone
        raise NotFetched("The server says that its list goes on, and not where.")
    return Part([_object(texts) for kind, texts in found if kind == "Contents"], token if more else "")


def fault(answer: Fetched) -> NotFetched:
    """Why the server refused, in our words: its own may quote what was asked."""
    found = re.search(rb"<Code>([A-Za-z]{1,60})</Code>", answer.body)
    code = found[1].decode() if found else _BY_STATUS.get(answer.status, "")
    if code in _FAULTS:
        said, cure = _FAULTS[code]
        return NotFetched(said, cure=cure)
    return NotFetched(f"The server answers {answer.status}{f' ({code})' if code else ''}.", cure="Try again later.")


def _object(texts: dict[str, str]) -> Object:
    size = texts.get("Size", "")
    told = (texts.get("ETag", "").strip('"'), size, texts.get("LastModified", ""))
    return Object(unquote_plus(texts.get("Key", "")), int(size) if size.isdecimal() else 0, " ".join(told)[:300])

"""What an S3-compatible server says: the list of a bucket's objects, and why it refuses one."""

import re
from typing import NamedTuple
from urllib.parse import unquote_plus

from lxml import etree

from publius.errors import NotFetched
from publius.retrieval.sources.fetching import Fetched

LARGEST = 16 << 20  # bytes of one part of the list, which names at most 1,000 objects
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
    # Entities stay unresolved and nothing is loaded, so that a small file cannot become a large one.
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        root = etree.fromstring(data, parser)
    except etree.XMLSyntaxError:
        root = None
    if root is None or etree.QName(root).localname != "ListBucketResult":
        raise NotFetched(
            "This is no S3-compatible bucket: its answer is no list of objects.",
            cure="Check the address: https://SERVER/BUCKET/PREFIX.",
        )
    objects = [_object(each) for each in root.iterfind("{*}Contents")]
    more = _said(root, "IsTruncated") == "true"
    return Part(objects, _said(root, "NextContinuationToken") if more else "")


def fault(answer: Fetched) -> NotFetched:
    """Why the server refused, in our words: its own may quote what was asked."""
    found = re.search(rb"<Code>([A-Za-z]{1,60})</Code>", answer.body)
    code = found[1].decode() if found else _BY_STATUS.get(answer.status, "")
    if code in _FAULTS:
        said, cure = _FAULTS[code]
        return NotFetched(said, cure=cure)
    return NotFetched(f"The server answers {answer.status}{f' ({code})' if code else ''}.", cure="Try again later.")


def _object(element: etree._Element) -> Object:
    size = _said(element, "Size")
    told = (_said(element, "ETag").strip('"'), size, _said(element, "LastModified"))
    return Object(unquote_plus(_said(element, "Key")), int(size) if size.isdecimal() else 0, " ".join(told)[:300])


def _said(element: etree._Element, name: str) -> str:
    return (element.findtext(f"{{*}}{name}") or "").strip()

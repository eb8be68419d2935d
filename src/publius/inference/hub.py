"""Files of a repository on Hugging Face, or on a mirror that speaks the same API, fetched so that nothing is lost.

What came before a break is kept in a `.part` file and gone on from, also by a later process. Beside it stands the
ETag of what it is a part of: a server that now holds another file must not be appended to it.
"""

import email.utils
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from http.client import HTTPException, HTTPResponse
from pathlib import Path
from typing import IO
from urllib.parse import quote, urljoin, urlsplit

from msgspec import Struct

from publius.errors import SetupError
from publius.inference.catalog import WeightsFile

Read = Callable[[int], None]  # bytes so far

_BLOCK = 1 << 20
_TRIES = 4  # In a row without a block of progress.
_HOPS = 5
_LONGEST_WAIT = 120.0  # Seconds; a server that asks for more is told of, not waited for.
_LOOPBACK = {"127.0.0.1", "::1", "localhost"}
_OFFLINE = "Check the network and run it again: it goes on from where it was."


class Hub(Struct, frozen=True, kw_only=True):
    """Where repositories are, the token for those that are gated, and the seconds of the first wait and of silence."""

    endpoint: str = "https://huggingface.co"
    token: str = ""
    pause: float = 1.0
    silence: float = 60.0

    def __post_init__(self) -> None:
        if not _safe(self.endpoint, self.endpoint):
            raise SetupError(
                f"PUBLIUS_HF_ENDPOINT={self.endpoint!r} is not an https address.",
                cure="Set it to one such as https://huggingface.co; http is for this machine's own addresses only.",
            )
        if not self.token.isascii() or not self.token.isprintable():
            raise SetupError("PUBLIUS_HF_TOKEN holds what no token does.", cure="Copy the token again, without breaks.")


class _Broken(Exception):
    """It broke off in a way that another try may mend, after `wait` seconds if the server named them."""

    def __init__(self, reason: object, wait: float | None = None) -> None:
        super().__init__(str(reason))
        self.wait = wait


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    # Redirects are followed by `_open`, which leaves the token behind where the host is another.
    def redirect_request(self, *args: object, **named: object) -> None:
        return None


_OPENER = urllib.request.build_opener(_NoRedirect)


def fetch(hub: Hub, file: WeightsFile, part: Path, read: Read) -> None:
    """Make `part` as long as the catalog says, going on from what it holds. The caller checks the digest.

    Raises:
        SetupError: it cannot be reached, refuses, keeps breaking off, or has a file of another size.
    """
    tries, before = 0, _length(part)
    while _length(part) != file.size:
        try:
            _advance(hub, file, part, read)
        except _Broken as broken:
            now = _length(part)
            tries, before = (1, now) if now >= before + _BLOCK else (tries + 1, before)
            wait = hub.pause * 2 ** (tries - 1) if broken.wait is None else broken.wait
            if tries >= _TRIES or wait > _LONGEST_WAIT:
                asked = f" It asks to wait {wait:.0f} seconds." if broken.wait else ""
                raise SetupError(f"{file.source} could not be fetched: {broken}.{asked}", cure=_OFFLINE) from None
            time.sleep(wait)
    read(file.size)


def forget(part: Path) -> None:
    """Remove a part and its ETag."""
    part.unlink(missing_ok=True)
    _mark(part).unlink(missing_ok=True)


def _advance(hub: Hub, file: WeightsFile, part: Path, read: Read) -> None:
    mark = _mark(part)
    etag = mark.read_text() if mark.is_file() else ""
    if not etag or _length(part) > file.size:
        forget(part)
    start = _length(part)
    headers = {"Range": f"bytes={start}-", "If-Range": etag} if start else {}
    with _open(hub, file, headers, part) as response:
        found = response.headers.get("ETag", "")
        if response.status == 206:
            first, total = _range(response.headers.get("Content-Range", ""))
            if first != start or (found and found != etag):
                forget(part)
                raise _Broken("the server gave another part than it was asked for")
        else:
            length = response.headers.get("Content-Length", "")
            start, total = 0, int(length) if length.isdecimal() else 0
            forget(part)
            # A weak ETag does not promise the same bytes, so nothing may be appended by it.
            if found and not found.startswith("W/"):
                mark.write_text(found)
        if total and total != file.size:
            forget(part)
            raise _other_size(file, total > file.size)
        with part.open("ab") as out:
            _append(response, out, start, file, read)
    if _length(part) < file.size:
        raise _Broken(f"it broke off after {_length(part)} of {file.size} bytes")


def _append(response: HTTPResponse, out: IO[bytes], done: int, file: WeightsFile, read: Read) -> None:
    while True:
        try:
            # `read1` gives what has arrived, so that little is lost when the connection or this process ends.
            block = response.read1(_BLOCK)
        except (HTTPException, OSError) as error:
            raise _Broken(error) from None
        if not block:
            return
        done += len(block)
        if done > file.size:
            raise _other_size(file, larger=True)
        out.write(block)
        read(done)


def _open(hub: Hub, file: WeightsFile, headers: dict[str, str], part: Path) -> HTTPResponse:
    repository, _, path = file.source.removeprefix("hf:").partition("!")
    repository, _, revision = repository.partition("@")
    url = f"{hub.endpoint.rstrip('/')}/{repository}/resolve/{revision}/{quote(path)}"
    for _hop in range(_HOPS + 1):
        ours = _origin(url) == _origin(hub.endpoint)
        secret = {"Authorization": f"Bearer {hub.token}"} if hub.token and ours else {}
        request = urllib.request.Request(url, headers=headers | secret)  # noqa: S310 (checked by `_safe`)
        try:
            response: HTTPResponse = _OPENER.open(request, timeout=hub.silence)
            return response
        except urllib.error.HTTPError as error:
            with error:
                if error.code not in (301, 302, 303, 307, 308):
                    raise _refusal(hub, file, error, ours, part) from None
                url = urljoin(url, error.headers.get("Location", ""))
        except (HTTPException, OSError) as error:
            raise _Broken(getattr(error, "reason", error)) from None
        if not _safe(url, hub.endpoint):
            raise SetupError(f"{file.source} leads to {_host(url)} without https.", cure="Do not use that source.")
    raise SetupError(f"{file.source} leads in circles.", cure="Correct PUBLIUS_HF_ENDPOINT or the catalog.")


def _refusal(hub: Hub, file: WeightsFile, error: urllib.error.HTTPError, ours: bool, part: Path) -> Exception:
    repository = file.source.removeprefix("hf:").partition("@")[0]
    if error.code == 416:  # What is there is longer than what the server has: it is of another file.
        forget(part)
        return _Broken("the server has no such part")
    if error.code in (401, 403) and ours:
        return SetupError(
            f"{repository} refuses to give {file.name} ({error.code}): it is gated, or the token may not read it.",
            cure=f"Accept its licence at {hub.endpoint}/{repository}, and set PUBLIUS_HF_TOKEN to a token that may.",
        )
    if error.code == 404:
        return SetupError(f"{file.source} is not there (404).", cure="Correct its source in the catalog.")
    # A storage server's 403 is a link that has run out; the next try is given a new one.
    if error.code in (403, 408, 429) or error.code >= 500:
        return _Broken(f"{_host(error.url)} answered {error.code}", _seconds(error.headers.get("Retry-After", "")))
    return SetupError(f"{file.source} could not be fetched: the server answered {error.code}.", cure=_OFFLINE)


def _seconds(retry_after: str) -> float | None:
    if retry_after.strip().isdecimal():
        return float(retry_after)
    try:
        return max(0.0, email.utils.parsedate_to_datetime(retry_after).timestamp() - time.time())
    except ValueError:
        return None


def _range(content_range: str) -> tuple[int, int]:
    """The first byte and the length of the whole of `bytes FIRST-LAST/WHOLE`; -1 and 0 if it is not that."""
    first, _, rest = content_range.removeprefix("bytes ").partition("-")
    whole = rest.partition("/")[2]
    return (int(first) if first.isdecimal() else -1), (int(whole) if whole.isdecimal() else 0)


def _other_size(file: WeightsFile, larger: bool) -> SetupError:
    word = "larger" if larger else "smaller"
    return SetupError(f"{file.name} is {word} than the catalog says.", cure="Do not use that source.")


def _safe(url: str, endpoint: str) -> bool:
    parts, home = urlsplit(url), urlsplit(endpoint)
    local = parts.hostname in _LOOPBACK and home.hostname in _LOOPBACK
    return bool(parts.hostname) and (parts.scheme == "https" or (parts.scheme == "http" and local))


def _origin(url: str) -> tuple[str, str]:
    parts = urlsplit(url)
    return parts.scheme, parts.netloc.lower()


def _host(url: str | None) -> str:
    return urlsplit(url or "").hostname or "the server"


def _length(part: Path) -> int:
    return part.stat().st_size if part.is_file() else 0


def _mark(part: Path) -> Path:
    return part.with_name(part.name + ".etag")

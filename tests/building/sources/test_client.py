"""The promise: who answers is who was meant, is asked no faster than it wants, and may answer anything without harm."""

import asyncio
import datetime
import ssl
import time
from pathlib import Path
from typing import Any

import aiohttp.connector
import pytest
from aiohttp import web
from aiohttp.abc import ResolveResult
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from tests.building.sources.site import Site, add, run

from publius.application import Application
from publius.errors import NotFetched
from publius.retrieval.sources import fetching
from publius.types import Agency

NAME = "rules.agency.test"
GARBAGE = [
    b"",
    b"hello\r\n\r\n",
    b"HTTP/1.1 abc OK\r\n\r\n",
    b"HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\n",
    b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nshort",
    b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
    b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 5\r\n\r\nplain",
    b"HTTP/1.1 200 OK\r\nContent-Encoding: br\r\nContent-Length: 5\r\n\r\nplain",
    b"HTTP/1.1 200 OK\r\nX: " + b"x" * 1_000_000 + b"\r\n\r\n",
    b"HTTP/1.1 301 Moved\r\nLocation: //[\r\nContent-Length: 0\r\n\r\n",
]


@pytest.mark.parametrize("answer", GARBAGE, ids=lambda answer: answer[:40].decode())
async def test_an_answer_that_is_none_is_a_sentence(answer: bytes) -> None:
    async def speak(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(answer)
        writer.close()

    async with await asyncio.start_server(speak, "127.0.0.1", 0) as server:
        host = f"127.0.0.1:{server.sockets[0].getsockname()[1]}"
        async with fetching.client_for([host], frozenset({"127.0.0.1"}), pause=0) as client:
            with pytest.raises(NotFetched):
                await client.get(f"http://{host}/", largest=1000)


async def test_a_site_is_asked_no_faster_than_it_wants(building: Application, education: Agency, site: Site) -> None:
    site.pages["/robots.txt"] = b"User-agent: publius\nCrawl-delay: 0.2\n"
    for page in ("/a", "/b"):
        site.html(page, f"This is {page}.")
    site.map("/a", "/b")
    await add(building, education, site.address)
    begun = time.monotonic()
    assert (await run(building, education)).changed == 2
    assert time.monotonic() - begun >= 0.4, "two pauses between the sitemap and the second page"


@pytest.fixture
def certified(tmp_path: Path) -> Path:
    """A certificate for NAME by itself, with its key."""
    key, name = ec.generate_private_key(ec.SECP256R1()), x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, NAME)])
    now = datetime.datetime.now(datetime.UTC)
    certificate = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
        .serial_number(1).not_valid_before(now - datetime.timedelta(1)).not_valid_after(now + datetime.timedelta(1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(NAME)]), critical=False)
        .sign(key, hashes.SHA256())
    )  # fmt: skip
    path = tmp_path / "certificate.pem"
    encoding = serialization.Encoding.PEM
    path.write_bytes(
        key.private_bytes(encoding, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        + certificate.public_bytes(encoding)
    )
    return path


async def test_a_certificate_must_be_the_name_s_although_the_connection_is_to_a_checked_address(
    certified: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def look_up(host: str, port: int, family: Any) -> list[ResolveResult]:
        return [ResolveResult(hostname=host, host="127.0.0.1", port=port, family=2, proto=0, flags=0)]

    async def answer(request: web.BaseRequest) -> web.Response:
        return web.Response(text=request.headers["Host"])

    asked: list[str | None] = []
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certified)
    context.sni_callback = lambda _, name, __: asked.append(name)
    server = await asyncio.get_running_loop().create_server(web.Server(answer), "127.0.0.1", 0, ssl=context)
    port = server.sockets[0].getsockname()[1]
    hosts, private = [f"{NAME}:{port}", f"other.test:{port}"], frozenset({NAME, "other.test"})
    monkeypatch.setattr(fetching, "look_up", look_up)

    async def get(host: str) -> bytes:
        async with fetching.client_for(hosts, private, pause=0) as client:
            return (await client.get(f"https://{host}:{port}/", largest=1000)).body

    with pytest.raises(NotFetched, match="certificate"):
        await get(NAME)  # nobody vouches for it
    trusted = ssl.create_default_context(cafile=str(certified))
    monkeypatch.setattr(aiohttp.connector, "_SSL_CONTEXT_VERIFIED", trusted)
    assert await get(NAME) == f"{NAME}:{port}".encode() and asked[-1] == NAME
    with pytest.raises(NotFetched, match="certificate"):
        await get("other.test")
    server.close()

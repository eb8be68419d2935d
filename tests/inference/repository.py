"""A server that speaks as Hugging Face's hub does, and misbehaves on demand.

`/OWNER/REPO/resolve/REVISION/PATH` answers with a redirect to a storage server at another port, which knows ranges
and ETags.
"""

import os
import re
import socket
import struct
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

DATA = os.urandom(3 << 20)
PATH = "/meta/llama/resolve/main/a/model.gguf"


class Storage(ThreadingHTTPServer):
    """What the storage server holds and how it misbehaves: one entry of `faults` a request, then none."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Storing)
        self.data, self.etag, self.ranges = DATA, '"one"', True
        self.faults: list[int | str] = []  # A status, or "reset" or "stall" after half of what was asked for.
        self.retry_after = "0"
        self.asked: list[dict[str, str]] = []
        self.stalled, self.go_on = threading.Event(), threading.Event()


class Storing(BaseHTTPRequestHandler):
    server: Storage

    def do_GET(self) -> None:
        here = self.server
        here.asked.append({name.lower(): value for name, value in self.headers.items()})
        fault = here.faults.pop(0) if here.faults else None
        if isinstance(fault, int):
            self.send_response(fault)
            self.send_header("Retry-After", here.retry_after)
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        wanted = re.fullmatch(r"bytes=(\d+)-", self.headers.get("Range", ""))
        start = int(wanted[1]) if wanted and here.ranges and self.headers.get("If-Range") == here.etag else None
        body = here.data[start or 0 :]
        self.send_response(200 if start is None else 206)
        if start is not None:
            self.send_header("Content-Range", f"bytes {start}-{len(here.data) - 1}/{len(here.data)}")
        self.send_header("ETag", here.etag)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if fault is None:
            self.wfile.write(body)
            return
        self.wfile.write(body[: len(body) // 2])
        here.stalled.set()
        if fault == "stall":
            here.go_on.wait(20)
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        time.sleep(0.05)  # A reset throws away what the client has not read yet.
        self.connection.close()

    def log_message(self, format: str, *args: object) -> None:
        """Quiet."""


class Front(ThreadingHTTPServer):
    """The hub: it redirects to the storage server, or answers with `status`."""

    daemon_threads = True

    def __init__(self, storage: Storage) -> None:
        super().__init__(("127.0.0.1", 0), Redirecting)
        self.status, self.target = 302, f"http://127.0.0.1:{storage.server_port}/blob"
        self.asked: list[str | None] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


class Redirecting(BaseHTTPRequestHandler):
    server: Front

    def do_GET(self) -> None:
        self.server.asked.append(self.headers.get("Authorization"))
        self.send_response(self.server.status if self.path == PATH else 404)
        self.send_header("Location", self.server.target)
        self.send_header("Content-Length", "0")
        self.end_headers()

    log_message = Storing.log_message  # type: ignore[assignment]


def storages() -> Iterator[Storage]:
    yield from _serving(Storage())


def fronts(storage: Storage) -> Iterator[Front]:
    yield from _serving(Front(storage))


def _serving(server):  # type: ignore[no-untyped-def]
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()

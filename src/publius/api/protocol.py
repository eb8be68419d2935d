"""uvicorn's HTTP protocol, with two ends that uvicorn does not set: to how long a request's head may be, and to how
long a caller may leave its answer unread."""

import asyncio

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

LONGEST_HEAD = 65_536  # bytes of request line and headers
LONGEST_STANDSTILL = 30.0  # seconds that what is written may wait for its reader


class BoundedProtocol(HttpToolsProtocol):
    """Given to uvicorn as `http`. A head that does not end in time is refused and the connection closed."""

    _in_head = False
    _head = 0
    _standstill: asyncio.TimerHandle | None = None

    def pause_writing(self) -> None:
        """The buffer towards the caller is full. One who takes nothing from it is dropped, and the work with it."""
        super().pause_writing()
        self._standstill = self.loop.call_later(LONGEST_STANDSTILL, self.transport.abort)

    def resume_writing(self) -> None:
        """The caller reads on."""
        self._reads()
        super().resume_writing()

    def connection_lost(self, exc: Exception | None) -> None:
        """The caller has gone, or was dropped."""
        self._reads()
        super().connection_lost(exc)

    def _reads(self) -> None:
        if self._standstill is not None:
            self._standstill.cancel()
            self._standstill = None

    def data_received(self, data: bytes) -> None:
        """Count what came in while a head has not ended yet; a body may begin in the same piece."""
        super().data_received(data)
        if self._in_head and not self.transport.is_closing():
            self._head += len(data)
            if self._head > LONGEST_HEAD:
                self.send_400_response("The request's headers are too large.")

    def on_message_begin(self) -> None:
        """A request begins."""
        self._in_head, self._head = True, 0
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        """Its head has ended; how long its body may be is the routes' own limit."""
        self._in_head = False
        super().on_headers_complete()

"""uvicorn's HTTP protocol, with an end to how long a request's head may be: uvicorn itself would read on for ever."""

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

LONGEST_HEAD = 65_536  # bytes of request line and headers


class BoundedProtocol(HttpToolsProtocol):
    """Given to uvicorn as `http`. A head that does not end in time is refused and the connection closed."""

    _in_head = False
    _head = 0

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

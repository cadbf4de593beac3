"""The wire: uvicorn's HTTP with what it leaves open, bounds on how long a request may take and how large it may be.

Nobody can hold a connection or our memory for longer than ``Wire.patience`` seconds, however little they send or read.
"""

import asyncio
from typing import Final

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

from bot.log import sparing

MOST_HEAD: Final = 64 * 1024  # bytes of a request's first line and headers; uvicorn has no limit with httptools
MOST_BYTES: Final = 2 << 20  # of a whole request as sent: a body of 1 MiB, its chunks and trailers
MOST_CONNECTIONS: Final = 2000  # more are answered 503, so that whoever matters comes again

log = sparing("confab.wire")


class Wire(HttpToolsProtocol):
    """Cuts what is too slow or too large. ``patience`` is the seconds from a request's begin until it is answered."""

    patience = 30.0
    _deadline: asyncio.TimerHandle | None = None
    _in_head = True
    _bytes = 0

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn has it
        super().connection_made(transport)
        self.logger = log  # anybody can provoke uvicorn's warnings
        self._begin()

    def connection_lost(self, exc: Exception | None) -> None:
        self._stop_waiting()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        self._bytes += len(data)
        super().data_received(data)
        if self._in_head and self._bytes > MOST_HEAD:
            self._refuse(b"431 Request Header Fields Too Large")
        elif self._bytes > MOST_BYTES:
            self._refuse(b"413 Content Too Large")

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self._in_head = True

    def on_headers_complete(self) -> None:
        super().on_headers_complete()
        self._in_head = False

    def on_response_complete(self) -> None:
        super().on_response_complete()
        if not self.transport.get_write_buffer_size():  # else nobody reads what we say, and the patience runs on
            self._begin()

    def timeout_keep_alive_handler(self) -> None:
        self._end()

    def _begin(self) -> None:
        self._bytes = 0
        self._stop_waiting()
        self._deadline = self.loop.call_later(self.patience, self._too_slow)

    def _stop_waiting(self) -> None:
        if self._deadline:
            self._deadline.cancel()

    def _too_slow(self) -> None:
        self._refuse(b"408 Request Timeout")

    def _refuse(self, status: bytes) -> None:
        """Close, and say why to whoever asked something and has no answer yet."""
        cycle: RequestResponseCycle | None = self.cycle  # uvicorn's own type leaves out that there is none at first
        unanswered = self._in_head or (cycle is not None and not cycle.response_started)
        if self._bytes and unanswered and not self.transport.is_closing():
            self.transport.write(b"HTTP/1.1 " + status + b"\r\nconnection: close\r\ncontent-length: 0\r\n\r\n")
        self._end()

    def _end(self) -> None:
        """Close; at once when the other side does not take what was said, for it would be waited for without end."""
        if self.transport.get_write_buffer_size():
            self.transport.abort()
        else:
            self.transport.close()

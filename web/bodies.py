"""The body of a request: read whole, up to a limit, and never much of it at once for strangers."""

from typing import Final

from starlette.requests import Request

MOST_BYTES: Final = 1 << 20
SMALL: Final = 64 * 1024  # bytes; what Telnyx and Slack send is smaller
MOST_LARGE: Final = 32  # larger bodies that are read at the same time, or strangers could fill the memory with theirs


class TooLargeError(Exception):
    """The body is over the limit."""


class TooManyError(Exception):
    """Too many large bodies are being read; the sender may come again."""


class Bodies:
    """Reads bodies; one for all doors."""

    def __init__(self) -> None:
        self._large = 0

    def check_length(self, request: Request) -> None:
        """Raise TooLargeError when the request itself says that it is over 1 MiB."""
        length = request.headers.get("content-length", "0")
        if length.isdigit() and int(length[:20]) > MOST_BYTES:
            raise TooLargeError

    async def read(self, request: Request) -> bytes:
        """The whole body. Raises TooLargeError as soon as it is known to be over 1 MiB, TooManyError."""
        self.check_length(request)
        body, large = bytearray(), False
        try:
            async for part in request.stream():
                body += part
                if len(body) > MOST_BYTES:
                    raise TooLargeError
                if len(body) > SMALL and not large:
                    self._take_place()
                    large = True
        finally:
            self._large -= large
        return bytes(body)

    def _take_place(self) -> None:
        if self._large >= MOST_LARGE:
            raise TooManyError
        self._large += 1

"""What stands around every route: safe headers, errors as JSON, and our own faults told by a reference alone."""

import logging
import secrets
from typing import Final

from starlette.datastructures import MutableHeaders
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

log = logging.getLogger("confab.web")

# Nothing that we answer is a page, belongs into a cache, or may be framed.
HEADERS: Final = {
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
}


class Guard:
    """Middleware; lets no exception out."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        begun = False

        async def send_safely(message: Message) -> None:
            nonlocal begun
            begun = True
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(HEADERS)
            await send(message)

        try:
            await self._app(scope, receive, send_safely)
        except ClientDisconnect:
            return  # nobody is left to answer
        except Exception as error:  # noqa: BLE001  # whatever broke, the caller is told where to ask
            answer = _broken(scope, error)
            if not begun:
                await answer(scope, receive, send_safely)


def _broken(scope: Scope, error: Exception) -> Response:
    reference = secrets.token_hex(3)
    where = getattr(scope.get("endpoint"), "__qualname__", "no route")
    log.error("could not answer (%s, reference %s)", where, reference, exc_info=error)
    return JSONResponse({"error": f"Something broke on our side, reference {reference}"}, 500)


async def not_here(_request: Request, error: Exception) -> Response:
    """Starlette's own refusals: no such path, no such method."""
    assert isinstance(error, HTTPException)
    return JSONResponse({"error": error.detail}, error.status_code, error.headers)

"""The two doors that providers knock on: Telnyx's webhooks and Slack's requests. Nothing is sent from here."""

import logging

from slack_sdk.signature import SignatureVerifier
from sqlalchemy.exc import SQLAlchemyError
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response

from bot.bootstrap import Program
from bot.store.db import StoreBusyError
from bot.telnyx import webhook
from web.health import Metrics

log = logging.getLogger("confab.hooks")

MOST_BYTES = 1 << 20


def _received() -> Response:
    """The tutorial's answer."""
    return Response(b'{"status":"received"}', media_type="application/json")


class TooLargeError(Exception):
    """The body is over the limit."""


async def body_of(request: Request) -> bytes:
    """The whole body; raises TooLargeError as soon as it is known to be over 1 MiB."""
    length = request.headers.get("content-length", "0")
    if length.isdigit() and int(length) > MOST_BYTES:
        raise TooLargeError
    parts, size = [], 0
    async for part in request.stream():
        size += len(part)
        if size > MOST_BYTES:
            raise TooLargeError
        parts.append(part)
    return b"".join(parts)


class TelnyxDoor:
    """``POST /webhooks/call-events``. 200 only after the commit; 503 makes Telnyx repeat, any other 4xx does not."""

    def __init__(self, program: Program, metrics: Metrics) -> None:
        self._program = program
        self._metrics = metrics
        self._taken = metrics.webhooks.labels("taken")

    async def receive(self, request: Request) -> Response:
        try:
            body = await body_of(request)
        except (TooLargeError, ClientDisconnect):
            return self._answer(413, "too large")
        try:
            self._verify(request, body)
            return await self._take(webhook.decode(body, self._program.settings.telnyx_connection_id))
        except webhook.BadSignature as bad:
            self._metrics.webhooks.labels("bad signature").inc()
            log.warning("a webhook was refused: %s", bad)
            return self._answer(403, "bad signature")
        except webhook.BadBody:
            self._metrics.webhooks.labels("bad body").inc()
            return self._answer(400, "not a webhook")
        except webhook.OldApi:
            self._metrics.webhooks.labels("old api").inc()
            self._program.note_old_api()
            return _received()

    def _verify(self, request: Request, body: bytes) -> None:
        for name in (webhook.SIGNATURE, webhook.TIMESTAMP):
            if len(request.headers.getlist(name)) > 1:
                raise webhook.BadSignature("header twice")
        self._program.verifier.check(request.headers, body, self._program.clock.now())

    async def _take(self, decoded: webhook.Decoded) -> Response:
        match decoded:
            case webhook.Ignored():
                self._metrics.webhooks.labels(decoded.why).inc()
            case webhook.News():
                self._program.note_webhook()
                try:
                    fresh = await self._program.service.take(decoded.delivery)
                except (StoreBusyError, SQLAlchemyError) as error:
                    log.error("a webhook could not be committed: %s", type(error).__name__)  # noqa: TRY400  # no trace
                    self._metrics.webhooks.labels("not committed").inc()
                    return self._answer(503, "not committed")
                (self._taken if fresh else self._metrics.webhooks.labels("duplicate")).inc()
        return _received()

    def _answer(self, status: int, why: str) -> Response:
        return JSONResponse({"error": why}, status)


class SlackDoor:
    """``POST /slack/events``: commands, events and interactivity, verified and handed to bolt."""

    def __init__(self, program: Program) -> None:
        self._program = program

    async def receive(self, request: Request) -> Response:
        try:
            request._body = await body_of(request)  # noqa: SLF001  # where Starlette keeps a body that was read
        except (TooLargeError, ClientDisconnect):
            return JSONResponse({"error": "too large"}, 413)
        if not self._is_signed(request, request._body):  # noqa: SLF001  # see above
            return JSONResponse({"error": "invalid request"}, 401)
        handler = self._program.slack_handler
        if handler is None:
            return JSONResponse({"error": "not connected to Slack yet"}, 503)
        try:
            return await handler.handle(request)
        except (ValueError, TypeError, AttributeError) as error:  # bolt's ways to fail on a body that it cannot read
            log.warning("what Slack signed could not be read: %s", type(error).__name__)
            return JSONResponse({"error": "not a request of Slack's"}, 400)

    def _is_signed(self, request: Request, body: bytes) -> bool:
        """Asked before bolt, which reads a body first and verifies it then. In Socket Mode nothing is signed."""
        secret = self._program.settings.slack_signing_secret.get_secret_value()
        try:
            return SignatureVerifier(secret).is_valid_request(body, dict(request.headers))
        except (ValueError, TypeError, OverflowError):  # no secret, no UTF-8, a header that is no number or no ASCII
            return False

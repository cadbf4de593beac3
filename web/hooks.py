"""The two doors that providers knock on: Telnyx's webhooks and Slack's requests. Nothing is sent from here."""

import logging
import re
import time

from slack_sdk.signature import SignatureVerifier
from sqlalchemy.exc import SQLAlchemyError
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from bot.bootstrap import Program
from bot.slack import odd
from bot.store.db import StoreBusyError
from bot.telnyx import webhook
from web.bodies import Bodies, TooLargeError, TooManyError
from web.health import Metrics
from web.refusals import Refusals

log = logging.getLogger("confab.hooks")

_SLACK_SIGNATURE = re.compile(r"v0=[0-9a-f]{64}")
TOLERANCE = 300  # seconds, both ways; as in Slack's own SDK


def _received() -> Response:
    """The tutorial's answer."""
    return Response(b'{"status":"received"}', media_type="application/json")


def _answer(status: int, why: str) -> Response:
    return JSONResponse({"error": why}, status)


class TelnyxDoor:
    """``POST /webhooks/call-events``. 200 only after the commit; 503 makes Telnyx repeat, any other 4xx does not."""

    def __init__(self, program: Program, metrics: Metrics, bodies: Bodies, refusals: Refusals) -> None:
        self._program = program
        self._metrics = metrics
        self._bodies = bodies
        self._refusals = refusals
        self._taken = metrics.webhooks.labels("taken")

    async def receive(self, request: Request) -> Response:
        try:
            body = await self._signed_body(request)
            return await self._take(webhook.decode(body, self._program.settings.telnyx_connection_id))
        except TooLargeError:
            return _answer(413, "too large")
        except TooManyError:
            return _answer(503, "too much at once")
        except webhook.BadSignature as bad:
            self._metrics.webhooks.labels("bad signature").inc()
            return self._refusals.answer(request, f"Telnyx's door ({bad})", 403, "bad signature")
        except webhook.BadBody:
            self._metrics.webhooks.labels("bad body").inc()
            return _answer(400, "not a webhook")
        except webhook.OldApi:
            self._metrics.webhooks.labels("old api").inc()
            self._program.note_old_api()
            return _received()

    async def _signed_body(self, request: Request) -> bytes:
        """The headers are looked at first, so that nobody's megabyte is read who has not even tried to sign it."""
        self._bodies.check_length(request)
        for name in (webhook.SIGNATURE, webhook.TIMESTAMP):
            if len(request.headers.getlist(name)) > 1:
                raise webhook.BadSignature("header twice")
        claim = webhook.claimed(request.headers, self._program.clock.now())
        body = await self._bodies.read(request)
        self._program.verifier.verify(claim, body)
        return body

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
                    return _answer(503, "not committed")
                (self._taken if fresh else self._metrics.webhooks.labels("duplicate")).inc()
        return _received()


class SlackDoor:
    """``POST /slack/events``: commands, events and interactivity, verified and handed to bolt."""

    def __init__(self, program: Program, bodies: Bodies, refusals: Refusals) -> None:
        self._program = program
        self._bodies = bodies
        self._refusals = refusals

    async def receive(self, request: Request) -> Response:
        try:
            self._bodies.check_length(request)
            body = await self._bodies.read(request) if _claims_to_be_slack(request) else None
        except TooLargeError:
            return _answer(413, "too large")
        except TooManyError:
            return _answer(503, "too much at once")
        if body is None or not self._is_signed(request, body):
            return self._refusals.answer(request, "Slack's door", 401, "invalid request")
        request._body = body  # noqa: SLF001  # where Starlette keeps a body that was read
        return await self._hand_on(request)

    async def _hand_on(self, request: Request) -> Response:
        handler = self._program.slack_handler
        if handler is None:
            return _answer(503, "not connected to Slack yet")
        try:
            return await handler.handle(request)
        except odd.SHAPE as error:  # a body that bolt cannot read
            odd.unreadable(error)
            return _answer(400, "not a request of Slack's")

    def _is_signed(self, request: Request, body: bytes) -> bool:
        """Asked before bolt, which reads a body first and verifies it then. In Socket Mode nothing is signed."""
        secret = self._program.settings.slack_signing_secret.get_secret_value()
        try:
            return SignatureVerifier(secret).is_valid_request(body, dict(request.headers))
        except (ValueError, TypeError, OverflowError):  # no secret, no UTF-8, a header that is no number or no ASCII
            return False


def _claims_to_be_slack(request: Request) -> bool:
    """Whether the headers alone could be Slack's, and fresh; only then is the body read."""
    signatures = request.headers.getlist("x-slack-signature")
    stamps = request.headers.getlist("x-slack-request-timestamp")
    if len(signatures) != 1 or len(stamps) != 1 or not _SLACK_SIGNATURE.fullmatch(signatures[0]):
        return False
    stamp = stamps[0]
    plain = stamp.isascii() and stamp.isdigit() and len(stamp) <= 12
    return plain and abs(time.time() - int(stamp)) <= TOLERANCE

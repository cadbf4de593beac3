"""Health, readiness and metrics."""

import math

from prometheus_client import CollectorRegistry, Counter, Gauge, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from sqlalchemy import Connection, select
from sqlalchemy.exc import SQLAlchemyError
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from bot.bootstrap import Program
from bot.store import budgets, outbox
from bot.store.tables import journal


def _look(connection: Connection) -> str:
    """Whether the database answers, and who has stopped all calls."""
    connection.execute(select(journal.c.id).limit(1)).first()
    return budgets.stopped_by(connection)


class Metrics:
    """What ``/metrics`` shows; one registry per program."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.webhooks = Counter(
            "confab_webhooks", "Telnyx webhooks by what became of them", ["result"], registry=self.registry
        )
        self.waiting = Gauge("confab_outbox_waiting", "Effects that are not done yet", registry=self.registry)
        self.oldest = Gauge(
            "confab_outbox_oldest_seconds", "Age of the oldest effect not done yet", registry=self.registry
        )


class Health:
    def __init__(self, program: Program, metrics: Metrics) -> None:
        self._program = program
        self._metrics = metrics

    async def alive(self, _request: Request) -> Response:
        """The tutorial's health check."""
        return JSONResponse({"status": "ok", "service": "confab"})

    async def ready(self, _request: Request) -> Response:
        """503 when we cannot work; trouble with Slack or Telnyx is told but leaves us ready."""
        try:
            stopped = await self._program.store.read(_look)
            database, calls = "ok", f"stopped by {stopped}" if stopped else "ok"
        except SQLAlchemyError as error:
            database, calls = type(error).__name__, "not known"
        connected = await self._program.socket_connected()
        ready = database == "ok" and connected
        told = {"database": database, "slack": self._program.slack_state(connected=connected)}
        told |= {"telnyx": self._program.telnyx_state, "calls": calls}
        return JSONResponse({"ready": ready, **told}, 200 if ready else 503)

    async def metrics(self, _request: Request) -> Response:
        waiting, age = await self._outbox()
        self._metrics.waiting.set(waiting)
        self._metrics.oldest.set(age)
        return Response(generate_latest(self._metrics.registry), media_type=CONTENT_TYPE_LATEST)

    async def _outbox(self) -> tuple[float, float]:
        """How many effects wait, and for how many seconds the oldest; NaN when the database does not say."""
        try:
            waiting, since = await self._program.store.read(outbox.depth)
        except SQLAlchemyError:
            return math.nan, math.nan  # the counters are worth showing all the same
        return waiting, self._program.clock.now() - since if since else 0.0

"""The Starlette application: which path leads where."""

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.routing import BaseRoute, Route

from bot.bootstrap import Program
from web.api import Api
from web.bodies import Bodies
from web.guard import Guard, not_here
from web.health import Health, Metrics
from web.hooks import SlackDoor, TelnyxDoor
from web.refusals import Refusals


def build(program: Program) -> Starlette:
    """The application around a running program. Slack's door is only there in HTTP mode, the API only with a token."""
    metrics, bodies, refusals = Metrics(), Bodies(), Refusals(program.clock.now)
    health = Health(program, metrics)
    routes: list[BaseRoute] = [
        Route("/", health.alive, methods=["GET"]),
        Route("/healthz", health.alive, methods=["GET"]),
        Route("/readyz", health.ready, methods=["GET"]),
        Route("/metrics", health.metrics, methods=["GET"]),
        Route("/webhooks/call-events", TelnyxDoor(program, metrics, bodies, refusals).receive, methods=["POST"]),
    ]
    if not program.settings.socket_mode:
        routes.append(Route("/slack/events", SlackDoor(program, bodies, refusals).receive, methods=["POST"]))
    if token := program.settings.confab_api_token.get_secret_value():
        routes += Api(program, token, bodies, refusals).routes()
    app = Starlette(routes=routes, middleware=[Middleware(Guard)], exception_handlers={HTTPException: not_here})
    app.router.redirect_slashes = False  # a redirect would name whatever host the request claims
    return app

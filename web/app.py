"""The Starlette application: which path leads where."""

from starlette.applications import Starlette
from starlette.routing import BaseRoute, Route

from bot.bootstrap import Program
from web import openapi
from web.api import Api
from web.health import Health, Metrics
from web.hooks import SlackDoor, TelnyxDoor


def build(program: Program) -> Starlette:
    """The application around a running program. Slack's door is only there in HTTP mode, the API only with a token."""
    metrics = Metrics()
    health = Health(program, metrics)
    routes: list[BaseRoute] = [
        Route("/", health.alive, methods=["GET"]),
        Route("/healthz", health.alive, methods=["GET"]),
        Route("/readyz", health.ready, methods=["GET"]),
        Route("/metrics", health.metrics, methods=["GET"]),
        Route("/openapi.json", openapi.serve, methods=["GET"]),
        Route("/webhooks/call-events", TelnyxDoor(program, metrics).receive, methods=["POST"]),
    ]
    if not program.settings.socket_mode:
        routes.append(Route("/slack/events", SlackDoor(program).receive, methods=["POST"]))
    if token := program.settings.confab_api_token.get_secret_value():
        routes += Api(program, token).routes()
    return Starlette(routes=routes)

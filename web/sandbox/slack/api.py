"""The Web API's front desk: reads arguments in every form, checks the token, makes trouble, and keeps the record."""

import asyncio
import json
import math
from collections.abc import Mapping
from typing import Any

from aiohttp import web

from web.sandbox.slack import calls, chat, files, reads, views
from web.sandbox.slack.records import Json, Refused, Request
from web.sandbox.slack.trouble import Trouble
from web.sandbox.slack.workspace import Workspace

METHODS = {**calls.METHODS, **chat.METHODS, **files.METHODS, **reads.METHODS, **views.METHODS}
BURST = 3  # messages a channel takes at once before the pace of one per second begins


async def read_args(request: web.Request) -> Json:
    """Arguments come in the query string, as a form or as JSON; Slack takes all three."""
    args: Json = dict(request.query)
    if request.content_type == "application/json":
        body = json.loads(await request.text() or "{}")
        return args | body if isinstance(body, dict) else args
    return args | dict(await request.post())


class WebApi:
    def __init__(self, ws: Workspace, trouble: Trouble, bot_token: str, app_token: str | None) -> None:
        self._ws = ws
        self._trouble = trouble
        self._bot_token = bot_token
        self._app_token = app_token
        self._ready: dict[str, float] = {}  # per channel: when its next message would be on pace
        self.requests: list[Request] = []
        self.closed = asyncio.Event()

    async def handle(self, http: web.Request) -> web.StreamResponse:
        method = http.match_info["method"]
        request = Request(self._ws.clock.now(), method, await read_args(http))
        self.requests.append(request)
        token = http.headers.get("Authorization", "").removeprefix("Bearer ") or str(request.args.pop("token", ""))
        answer, headers = await self._with_trouble(request, token)
        self._ws.changed()
        return web.json_response(answer, status=request.status or 200, headers=headers)

    async def _with_trouble(self, request: Request, token: str) -> tuple[Json, Mapping[str, str]]:
        trouble = self._trouble
        headers: Mapping[str, str] = {}
        if trouble.strikes("api_hang", request.method):
            await self._hang()
        try:
            self._refuse_early(request.method)
            request.answer = {"ok": True, **self._do(request, token)}
            request.status = 200
        except Refused as refused:
            request.answer, request.status, headers = refused.answer, refused.status, refused.headers
        if trouble.strikes("api_hang_after", request.method):
            await self._hang()
        if trouble.strikes("api_500_after", request.method):
            request.answer, request.status = {"ok": False, "error": "fatal_error"}, 500
        if request.method == "auth.test":
            headers = {**headers, "x-oauth-scopes": ",".join(sorted(self._ws.scopes))}
        return request.answer, headers

    async def _hang(self) -> None:
        """Keep the caller waiting until it goes away (which cancels this) or the stand-in closes."""
        self._ws.changed()
        await self.closed.wait()
        raise web.HTTPServiceUnavailable

    def _refuse_early(self, method: str) -> None:
        if self._trouble.strikes("api_429", method):
            raise self._ratelimited(self._trouble.retry_after)
        if self._trouble.strikes("api_500", method):
            raise Refused("internal_error", status=500)

    def _ratelimited(self, seconds: int) -> Refused:
        return Refused("ratelimited", status=429, headers={"Retry-After": str(seconds)})

    def _do(self, request: Request, token: str) -> Json:
        if request.method == "apps.connections.open":
            return self._open_socket(token)
        if request.method not in METHODS:
            raise Refused("unknown_method", req_method=request.method)
        if not token:
            raise Refused("not_authed")
        if token != self._bot_token or self._trouble.bad_token:
            raise Refused("invalid_auth")
        if request.method == "chat.postMessage" and self._trouble.pace:
            self._keep_pace(request.args)
        return METHODS[request.method](self._ws, request.args)

    def _open_socket(self, token: str) -> Json:
        if token != self._app_token or self._trouble.bad_token:
            raise Refused("not_allowed_token_type" if token == self._bot_token else "invalid_auth")
        ticket = self._ws.dice.randbytes(8).hex()
        return {"url": f"{self._ws.base.replace('http', 'ws', 1)}/link?ticket={ticket}&app_id={self._ws.app_id}"}

    def _keep_pace(self, args: Mapping[str, Any]) -> None:
        channel, now = str(args.get("channel")), self._ws.clock.now()
        due = max(self._ready.get(channel, 0.0), now - BURST + 1)
        if due > now:
            raise self._ratelimited(math.ceil(due - now))
        self._ready[channel] = due + 1

"""How a payload reaches the app: a signed HTTP request to its URL, or an envelope over its Socket Mode connection."""

import asyncio
import hashlib
import hmac
import json
import time
from collections.abc import Mapping
from urllib.parse import urlencode

import aiohttp
from aiohttp import web

from web.sandbox.slack.records import Delivered, Json
from web.sandbox.slack.workspace import Workspace

JSON = "application/json"
FORM = "application/x-www-form-urlencoded"


def encode(kind: str, payload: Json) -> tuple[bytes, str]:
    """The HTTP body and its content type."""
    if kind == "events_api":
        return json.dumps(payload).encode(), JSON
    form = payload if kind == "slash_commands" else {"payload": json.dumps(payload)}
    return urlencode(form).encode(), FORM


class HttpDoor:
    def __init__(self, ws: Workspace, signing_secret: str) -> None:
        self._ws = ws
        self._secret = signing_secret.encode()
        self._session: aiohttp.ClientSession | None = None
        self.url: str | None = None

    def sign(self, body: bytes, content_type: str, at: float | None = None) -> dict[str, str]:
        """Headers as Slack sends them. The time is the real one, since it is what the app compares with."""
        stamp = str(int(time.time() if at is None else at))
        digest = hmac.new(self._secret, f"v0:{stamp}:".encode() + body, hashlib.sha256).hexdigest()
        return {
            "Content-Type": content_type,
            "User-Agent": "Slackbot 1.0 (+https://api.slack.com/robots)",
            "X-Slack-Request-Timestamp": stamp,
            "X-Slack-Signature": f"v0={digest}",
        }

    async def send(self, kind: str, payload: Json, retry: int, reason: str) -> Delivered:
        body, content_type = encode(kind, payload)
        again = {"X-Slack-Retry-Num": str(retry), "X-Slack-Retry-Reason": reason} if retry else {}
        delivered = await self.post(body, self.sign(body, content_type) | again)
        delivered.kind, delivered.payload, delivered.retry = kind, payload, retry
        return delivered

    async def post(self, body: bytes, headers: Mapping[str, str]) -> Delivered:
        if self.url is None:
            raise AssertionError("app_url is not set: there is no HTTP door to knock at")
        if self._session is None:
            # A connection that is kept may be closed by the app at the very moment at which it is used again.
            connector = aiohttp.TCPConnector(force_close=True)
            timeout = aiohttp.ClientTimeout(total=self._ws.patience)
            self._session = aiohttp.ClientSession(connector=connector, timeout=timeout)
        try:
            async with self._session.post(self.url, data=body, headers=headers) as answer:
                text = await answer.text()
                status = answer.status
                reason = "" if answer.ok else "http_error"
                return Delivered(status=status, body=text, headers=answer.headers.copy(), reason=reason)
        except TimeoutError:
            return Delivered(reason="http_timeout")
        except aiohttp.ClientError:
            return Delivered(reason="connection_failed")

    async def close(self) -> None:
        if self._session:
            await self._session.close()


class SocketDoor:
    def __init__(self, ws: Workspace) -> None:
        self._ws = ws
        self._open: list[web.WebSocketResponse] = []
        self._acks: dict[str, asyncio.Future[str]] = {}
        self._opened = asyncio.Event()

    @property
    def connected(self) -> int:
        return len(self._open)

    async def handle(self, http: web.Request) -> web.StreamResponse:
        socket = web.WebSocketResponse()
        await socket.prepare(http)
        self._open.append(socket)
        info = {"type": "hello", "num_connections": len(self._open), "connection_info": {"app_id": self._ws.app_id}}
        await socket.send_json({**info, "debug_info": {"host": "sandbox", "approximate_connection_time": 18060}})
        self._opened.set()
        try:
            async for frame in socket:
                self._acknowledge(json.loads(frame.data))
        finally:
            self._open.remove(socket)
        return socket

    def _acknowledge(self, told: Json) -> None:
        waiting = self._acks.pop(str(told.get("envelope_id")), None)
        if waiting and not waiting.done():
            waiting.set_result(json.dumps(told["payload"]) if told.get("payload") else "")

    async def send(self, kind: str, payload: Json, retry: int, reason: str) -> Delivered:
        delivered = Delivered(kind=kind, payload=payload, retry=retry, reason="timeout")
        key = self._ws.dice.randbytes(16).hex()
        self._acks[key] = asyncio.get_running_loop().create_future()
        envelope = {
            "envelope_id": key,
            "type": kind,
            "payload": payload,
            "accepts_response_payload": kind != "events_api",
        }
        envelope |= {"retry_attempt": retry, "retry_reason": reason} if kind == "events_api" else {}
        try:
            async with asyncio.timeout(self._ws.patience):
                await (await self._any()).send_json(envelope)
                delivered.body = await self._acks[key]
        except (TimeoutError, ConnectionError):
            self._acks.pop(key, None)
            return delivered
        delivered.status, delivered.reason = 200, ""
        return delivered

    async def _any(self) -> web.WebSocketResponse:
        """One of the open connections; waits for the first when there is none."""
        while not self._open:
            self._opened.clear()
            await self._opened.wait()
        return self._ws.dice.choice(self._open)

    async def refresh(self) -> None:
        """Ask the app to reconnect, and return when it has."""
        old = list(self._open)
        for socket in old:
            await socket.send_json(
                {"type": "disconnect", "reason": "refresh_requested", "debug_info": {"host": "sandbox"}}
            )
        while not [socket for socket in self._open if socket not in old]:
            self._opened.clear()
            await self._opened.wait()

    async def close(self) -> None:
        for socket in list(self._open):
            await socket.close()

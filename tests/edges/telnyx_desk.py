"""The Telnyx stand-in on a real port, the real SDK against it, and somebody who takes its webhooks."""

import asyncio
import base64
import importlib.util
import json
import os
import socket
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType

import aiohttp
import pytest
import pytest_asyncio
import telnyx as sdk
import uvicorn
from nacl.exceptions import BadSignatureError
from nacl.signing import VerifyKey
from starlette.applications import Starlette
from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Mount, Route

from web.sandbox.clock import Clock
from web.sandbox.telnyx import Phone, Telnyx

KEY, APP, OURS = "KEY-sandbox", "1494404757140276705", "+12125550100"
ANA, BOB, CARL = "+12125550101", "+12125550102", "+12125550103"


class Inbox:
    """Takes webhooks. ``statuses`` are what it answers first, ``wait`` is awaited before it answers."""

    def __init__(self) -> None:
        self.key = VerifyKey(bytes(32))
        self.envelopes: list[dict[str, dict[str, object]]] = []
        self.statuses: list[int] = []
        self.wait: asyncio.Event | None = None
        self.on_receipt: Callable[[], None] = lambda: None
        self.expects_forgery = False

    async def take(self, request: Request) -> Response:
        body = await request.body()
        if not self._verify(request.headers, body):
            return Response(status_code=403)
        assert request.headers["user-agent"] == "telnyx-webhooks"
        self.envelopes.append(json.loads(body))
        self.on_receipt()
        if self.wait:
            await self.wait.wait()
        return Response(status_code=self.statuses.pop(0) if self.statuses else 200)

    def _verify(self, headers: Headers, body: bytes) -> bool:
        signature = base64.b64decode(headers["telnyx-signature-ed25519"], validate=True)
        try:
            self.key.verify(headers["telnyx-timestamp"].encode() + b"|" + body, signature)
        except BadSignatureError:
            assert self.expects_forgery
            return False
        return True

    def names(self) -> list[str]:
        return [str(envelope["data"]["event_type"]) for envelope in self.envelopes]

    def payloads(self, event_type: str) -> list[dict[str, object]]:
        chosen = [envelope["data"] for envelope in self.envelopes if envelope["data"]["event_type"] == event_type]
        return [data["payload"] for data in chosen if isinstance(data["payload"], dict)]

    def last(self, event_type: str) -> dict[str, object]:
        return self.payloads(event_type)[-1]


class Desk:
    def __init__(self) -> None:
        self.clock = Clock()
        self.telnyx = Telnyx(self.clock, api_key=KEY, connection_id=APP, numbers=[OURS], seed=7)
        self.inbox = Inbox()
        self.inbox.key = VerifyKey(base64.b64decode(self.telnyx.public_key))
        self.base = ""
        self.sdk: sdk.AsyncTelnyx
        self.validates = True

    def phone(self, number: str) -> Phone:
        return self.telnyx.phone(number)

    async def dial(self, to: str = BOB, **terms: object) -> str:
        answer = await self.sdk.calls.dial(connection_id=APP, from_=OURS, to=to, extra_body=terms)
        assert answer.data
        return answer.data.call_control_id

    async def reach(self, to: str = BOB, **terms: object) -> str:
        """Dial and let it be answered."""
        call = await self.dial(to, **terms)
        self.phone(to).answers()
        return call

    async def open_room(self, name: str = "room", *members: str) -> str:
        """A conference made from the first of ``members``, which the others join; answers its id."""
        first, *others = members or (ANA,)
        conference = await self.sdk.conferences.create(call_control_id=await self.reach(first), name=name)
        assert conference.data
        for number in others:
            await self.sdk.conferences.actions.join(name, call_control_id=await self.reach(number))
        return conference.data.id

    async def seen(self) -> list[str]:
        """The names of all events, when no more are on their way."""
        await self.telnyx.quiet()
        return self.inbox.names()

    async def received(self, attempts: int) -> None:
        await self.telnyx.until(lambda: sum(delivery.over for delivery in self.telnyx.deliveries) >= attempts)

    async def raw(self, method: str, path: str, body: object = None, key: str = KEY) -> tuple[int, str]:
        """Status and error code of a request that the SDK would not send."""
        headers = {"authorization": f"Bearer {key}"}
        async with (
            aiohttp.ClientSession() as session,
            session.request(method, f"{self.base}{path}", json=body, headers=headers) as response,
        ):
            return response.status, (await response.json())["errors"][0]["code"]


def state(text: str) -> str:
    """A client_state."""
    return base64.b64encode(text.encode()).decode()


@contextmanager
def refused(status: int, code: str, detail: str = "") -> Iterator[None]:
    with pytest.raises(sdk.APIStatusError) as caught:
        yield
    assert isinstance(caught.value.body, dict)
    error = caught.value.body["errors"][0]
    assert (caught.value.status_code, error["code"]) == (status, code)
    assert detail in error["detail"]


def validator() -> ModuleType | None:
    """The checker of requests and webhooks against Telnyx's specification, where there is one."""
    beside = Path(__file__).parents[2].parent.glob("*/telnyx/validate_telnyx.py")
    path = os.environ.get("TELNYX_VALIDATOR") or next(iter(beside), None)
    if path is None:
        return None
    spec = importlib.util.spec_from_file_location("validate_telnyx", path)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


VALIDATOR = validator()


def problems(desk: Desk) -> list[str]:
    """What the specification has against the traffic so far."""
    if VALIDATOR is None:
        return []
    found: list[str] = []
    for request in desk.telnyx.requests:
        if request.headers["user-agent"].startswith("AsyncTelnyx") and request.status == 200:
            found += VALIDATOR.request(request.method, request.path, request.body)
            found += VALIDATOR.response(request.method, request.path, request.status, request.answer)
    for delivery in desk.telnyx.deliveries:
        found += VALIDATOR.webhook(delivery.envelope)
    return found


@pytest_asyncio.fixture
async def desk() -> AsyncIterator[Desk]:
    desk = Desk()
    routes = [Route("/hooks", desk.inbox.take, methods=["POST"]), Mount("/", desk.telnyx.app)]
    # Named as TCP, or asyncio leaves Nagle's algorithm on and every answer takes 40 ms.
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.bind(("127.0.0.1", 0))
    listener.listen()
    host = f"http://127.0.0.1:{listener.getsockname()[1]}"
    config = uvicorn.Config(Starlette(routes=routes), lifespan="off", ws="none", log_level="critical")
    server = uvicorn.Server(config)
    serving = asyncio.create_task(server.serve(sockets=[listener]))
    desk.base, desk.telnyx.webhook_url = f"{host}/v2", f"{host}/hooks"
    async with sdk.AsyncTelnyx(api_key=KEY, base_url=desk.base, max_retries=0) as desk.sdk:
        yield desk
    await desk.telnyx.close()
    server.should_exit = True
    await serving
    if desk.validates:
        assert problems(desk) == []

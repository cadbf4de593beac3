"""A sender of signed webhooks that costs little itself: raw HTTP over kept-alive connections."""

import asyncio
import base64
import json
import time
import uuid
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import cast

from nacl.signing import SigningKey

from web.sandbox.house import CONNECTION


def webhook(event_type: str, call_control_id: str, **payload: str) -> bytes:
    """A webhook of one call, as Telnyx words it."""
    ids = {"call_control_id": call_control_id, "call_leg_id": call_control_id, "call_session_id": call_control_id}
    data = {
        "record_type": "event",
        "event_type": event_type,
        "id": str(uuid.uuid4()),
        "occurred_at": "2026-11-22T18:00:00.123456Z",
        "payload": {**ids, "connection_id": CONNECTION, "client_state": None, **payload},
    }
    return json.dumps({"data": data, "meta": {"attempt": 1, "delivered_to": "http://127.0.0.1/"}}).encode()


def signed(key: SigningKey, body: bytes) -> bytes:
    """The whole HTTP request."""
    stamp = str(int(time.time()))
    signature = base64.b64encode(key.sign(f"{stamp}|".encode() + body).signature).decode()
    head = (
        "POST /webhooks/call-events HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
        f"telnyx-timestamp: {stamp}\r\ntelnyx-signature-ed25519: {signature}\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


class _Connection(asyncio.Protocol):
    """Sends one request after the other; the next when the answer to the last is there."""

    def __init__(self, work: Iterator[bytes], took: list[float], done: asyncio.Future[None]) -> None:
        self._work = work
        self._took = took
        self._done = done
        self._sent = 0.0
        self._answer = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)  # uvloop's transports do not inherit it
        self._next()

    def data_received(self, data: bytes) -> None:
        self._answer += data
        if not self._answer.endswith(b"}"):
            return  # the head came alone
        assert self._answer.startswith(b"HTTP/1.1 200"), self._answer[:200]
        self._answer = b""
        self._took.append(time.perf_counter() - self._sent)
        self._next()

    def _next(self) -> None:
        request = next(self._work, None)
        if request is None:
            self._transport.close()
            self._done.set_result(None)
            return
        self._sent = time.perf_counter()
        self._transport.write(request)


async def flood(port: int, requests: Sequence[bytes], connections: int) -> tuple[float, list[float]]:
    """Send everything as fast as it is answered; seconds in all, and seconds of each."""
    loop = asyncio.get_running_loop()
    work, took = iter(requests), list[float]()
    begun = time.perf_counter()
    dones = [loop.create_future() for _ in range(connections)]
    for done in dones:
        await loop.create_connection(lambda done=done: _Connection(work, took, done), "127.0.0.1", port)  # type: ignore[misc]  # mypy cannot infer the default
    await asyncio.gather(*dones)
    return time.perf_counter() - begun, took


async def steadily(port: int, requests: Sequence[bytes], per_second: float) -> list[float]:
    """Send at an even rate, each over a connection that is free; seconds of each."""
    took: list[float] = []
    pending: list[asyncio.Task[None]] = []
    begun = time.perf_counter()
    for index, request in enumerate(islice(requests, None)):
        await asyncio.sleep(max(0.0, begun + index / per_second - time.perf_counter()))
        pending.append(asyncio.create_task(_one(port, request, took)))
    await asyncio.gather(*pending)
    return took


async def _one(port: int, request: bytes, took: list[float]) -> None:
    sent = time.perf_counter()
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(request)
    answer = await reader.readline()
    took.append(time.perf_counter() - sent)
    assert b"200" in answer
    writer.close()
    await writer.wait_closed()

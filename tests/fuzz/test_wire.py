"""Strangers on the wire: odd requests, slow ones, endless ones, and those who do not listen."""

import asyncio
import logging
import resource
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from aiohttp import ClientSession
from pydantic import SecretStr
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.log import MOST_WARNINGS
from tests.fuzz.sockets import Impatient, Line, ask, error_of, line_to, request, size
from tests.stories.api_client import TOKEN
from tests.stories.harness import PATIENCE, Stage, story
from tests.stories.test_webhook_door import envelope
from tests.stories.waiting import eventually
from web.guard import Guard
from web.sandbox.house import serving
from web.wire import Wire

BEARER = f"Authorization: Bearer {TOKEN}"
CREATE = f"POST /conferences/create HTTP/1.1\r\nHost: a\r\n{BEARER}\r\n".encode()
CHUNKED = CREATE + b"Transfer-Encoding: chunked\r\n\r\n"


@pytest.fixture
async def stage(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> AsyncIterator[Stage]:
    async with story(tmp_path, caplog, wire=Impatient, confab_api_token=SecretStr(TOKEN)) as stage:
        yield stage


ODD: dict[str, tuple[bytes, set[int]]] = {
    "HTTP/1.0": (b"GET / HTTP/1.0\r\n\r\n", {200}),
    "HTTP/2 begins": (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", {400}),
    "TLS begins": (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(500), {400}),
    "a target with a host": (b"GET http://evil.example/nowhere HTTP/1.1\r\nHost: a\r\n\r\n", {404}),
    "a target that is only a host": (b"GET http://evil.example HTTP/1.1\r\nHost: a\r\n\r\n", {400}),
    "OPTIONS *": (b"OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n", {404}),
    "CONNECT": (b"CONNECT evil.example:443 HTTP/1.1\r\nHost: a\r\n\r\n", {400}),
    "up the tree": (request("GET", "/../../etc/passwd"), {404}),
    "up the tree, encoded": (request("GET", "/%2e%2e/%2e%2e/etc/passwd"), {404}),
    "around a corner": (request("GET", "/healthz/../metrics"), {404}),
    "NUL in the path": (request("GET", "/%00"), {404}),
    "half an escape": (request("GET", "/%zz%"), {404}),
    "no UTF-8 in the path": (b"GET /\xff\xfe HTTP/1.1\r\nHost: a\r\n\r\n", {400}),
    "two targets": (b"GET / / HTTP/1.1\r\nHost: a\r\n\r\n", {400}),
    "a long target": (request("GET", "/" + "a" * 60_000), {404}),
    "a very long target": (request("GET", "/" + "a" * 400_000), {431}),
    "many headers": (request("GET", "/", *[f"x-{n}: y" for n in range(60_000)]), {431}),
    "a header of 400 kB": (request("GET", "/", f"x: {'y' * 400_000}"), {431}),
    "a header injected": (request("GET", "/%0d%0aSet-Cookie:%20a=b"), {404}),
    "a folded header": (b"GET / HTTP/1.1\r\nHost: a\r\nX: a\r\n b\r\n\r\n", {400}),
    "NUL in a header": (b"GET / HTTP/1.1\r\nHost: a\r\nX: \x00\r\n\r\n", {400}),
    "no colon": (b"GET / HTTP/1.1\r\nHost: a\r\nnocolon\r\n\r\n", {400}),
    "space before the colon": (b"GET / HTTP/1.1\r\nHost : a\r\n\r\n", {400}),
    "two lengths": (CREATE + b"Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}", {400}),
    "a length and chunks": (CREATE + b"Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", {400}),
    "chunks twice": (
        CREATE + b"Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        {400},
    ),
    "unknown encoding": (CREATE + b"Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n", {400}),
    "a length below nothing": (CREATE + b"Content-Length: -1\r\n\r\n{}", {400}),
    "a length with a plus": (CREATE + b"Content-Length: +2\r\n\r\n{}", {400}),
    "a length beyond all numbers": (CREATE + b"Content-Length: " + b"9" * 30 + b"\r\n\r\n{}", {400}),
    "a length that is never sent": (CREATE + b"Content-Length: 9999999999\r\n\r\n{}", {413}),
    "a length that is more than comes": (CREATE + b"Content-Length: 100\r\n\r\n{}", {408}),
    "a chunk that is no number": (CHUNKED + b"zz\r\n{}\r\n", {400}),
    "a chunk that never ends": (CHUNKED + b"ffffffffffffffff\r\n{}\r\n", {408}),
    "a chunk with a long note": (CHUNKED + b"2;a=" + b"b" * 3_000_000 + b"\r\n{}\r\n0\r\n\r\n", {413, 0}),
    "trailers without end": (CHUNKED + b"2\r\n{}\r\n0\r\n" + b"x: y\r\n" * 600_000 + b"\r\n", {413, 0}),
    "a websocket": (request("GET", "/", "Connection: Upgrade", "Upgrade: websocket"), {200}),
    "another protocol": (request("GET", "/", "Connection: Upgrade", "Upgrade: h2c"), {200}),
    "a method nobody knows": (request("BREW", "/"), {400}),
    "a method in small letters": (request("get", "/"), {400}),
    "TRACE": (request("TRACE", "/"), {405}),
    "PUT at Slack's door": (request("PUT", "/slack/events"), {405}),
    "DELETE at Telnyx's door": (request("DELETE", "/webhooks/call-events"), {405}),
    "may a page ask us": (
        request("OPTIONS", "/conferences/create", "Origin: https://a.example", "Access-Control-Request-Method: POST"),
        {405},
    ),
    "a slash too many": (request("POST", "/conferences/create/", BEARER), {404}),
    "two tokens": (request("POST", "/conferences/create", "Authorization: Bearer x", BEARER), {401}),
    "half a character": (request("POST", "/conferences/create", BEARER, body=rb'{"topic":"\ud800"}'), {400}),
    "deep lists": (request("POST", "/conferences/create", BEARER, body=b"[" * 100_000), {400}),
    "deep objects": (request("POST", "/conferences/create", BEARER, body=b'{"a":' * 100_000), {400}),
    "no number": (request("POST", "/conferences/create", BEARER, body=b'{"topic":NaN}'), {400}),
    "too much of a number": (
        request("POST", "/conferences/create", BEARER, body=b'{"a":' + b"9" * 9_000 + b"}"),
        {400},
    ),
    "no UTF-8": (request("POST", "/conferences/create", BEARER, body=b'{"topic":"\xff"}'), {400}),
    "a long key": (request("POST", "/conferences/create", BEARER, f"Idempotency-Key: {'k' * 300}"), {400}),
    "NUL for an id": (request("GET", "/conferences/%00/status", BEARER), {404}),
    "half a character for an id": (request("GET", "/conferences/%ED%A0%80/status", BEARER), {404}),
    "a long id": (request("GET", f"/conferences/{'x' * 50_000}/status", BEARER), {404}),
}


async def test_odd_requests_are_refused_and_leave_nothing_behind(
    stage: Stage, caplog: pytest.LogCaptureFixture
) -> None:
    before = await size(stage)
    for name, (data, expected) in ODD.items():
        status, _ = await ask(stage, data)
        assert status in expected, (name, status)
    assert await size(stage) == before
    assert "Traceback" not in caplog.text
    await ring(stage)


async def ring(stage: Stage) -> None:
    """The program still works; on a slow machine the stand-in's time-out may pass before."""
    async with asyncio.timeout(PATIENCE):
        while not (status := await stage.house.telnyx.send(envelope("call.teleported", {}))):
            pass
    assert status == 200


DEEP = [900, 990, 995, 1_000, 5_000]  # around the depth at which Python gives up


@pytest.mark.parametrize("depth", DEEP)
async def test_no_depth_of_json_breaks_a_door(stage: Stage, depth: int) -> None:
    body = b'{"topic":"x","to":"+1","a":' + b"[" * depth + b"]" * depth + b"}"
    status, _ = await ask(stage, request("POST", "/conferences/create", BEARER, body=body))
    assert status in {200, 400}
    slack = stage.house.slack
    for content_type, said in (("application/json", body), ("application/x-www-form-urlencoded", b"payload=" + body)):
        async with asyncio.timeout(PATIENCE):
            while (done := await slack.raw(said, slack.sign(said, content_type))).status is None:
                pass  # not in Slack's three seconds
        assert done.status in {200, 400, 404}


async def test_several_requests_at_once_are_answered_in_their_order(stage: Stage) -> None:
    async with line_to(stage) as line:
        await line.say(request("GET", "/") * 2 + request("GET", "/nowhere") + request("GET", "/healthz"))
        assert [(await line.answer())[0] for _ in range(4)] == [200, 200, 404, 200]


async def test_the_body_of_one_request_is_not_taken_for_the_next(stage: Stage) -> None:
    """A body that was refused unread must not be read as a request."""
    inner = request("POST", "/conferences/create", BEARER)
    async with line_to(stage) as line:
        await line.say(request("POST", "/slack/events", body=inner) + request("GET", "/healthz"))
        assert [(await line.answer())[0] for _ in range(2)] == [401, 200]
    assert (await size(stage))["conference"] == 0


async def says_nothing(line: Line) -> None:
    await line.rest()


async def drips_headers(line: Line) -> None:
    await line.say(b"POST /webhooks/call-events HTTP/1.1\r\n")
    await line.drips(b"x: y\r\n")


async def drips_a_body(line: Line) -> None:
    await line.say(CREATE + b"Content-Length: 1000000\r\n\r\n{")
    await line.drips(b" ")


async def drips_chunks(line: Line) -> None:
    await line.say(CHUNKED)
    await line.drips(b"1\r\n \r\n")


async def goes_on_after_the_answer(line: Line) -> None:
    await line.say(request("POST", "/slack/events", "Content-Length: 1000000"))
    assert await line.status() == 401
    await line.drips(b"x")


async def never_reads(line: Line) -> None:
    await line.drips(request("GET", "/metrics") * 100, 0)


SLOW = [says_nothing, drips_headers, drips_a_body, drips_chunks, goes_on_after_the_answer, never_reads]


async def test_the_slow_do_not_keep_their_connection(stage: Stage, caplog: pytest.LogCaptureFixture) -> None:
    """And meanwhile everybody else is served."""
    await ring(stage)  # this connection is kept
    async with asyncio.TaskGroup() as slow:
        for one in SLOW:
            slow.create_task(_with_line(stage, one))
        for _ in range(20):
            assert (await ask(stage, request("GET", "/healthz")))[0] == 200
            await ring(stage)
    assert "Traceback" not in caplog.text


async def _with_line(stage: Stage, one: object) -> None:
    async with line_to(stage) as line:
        assert callable(one)
        await one(line)
        await line.rest()


async def test_without_an_end_headers_and_bodies_are_cut_off(stage: Stage) -> None:
    """As fast as they can: the memory they take is bounded, whatever the time."""
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    for begin, more in (
        (b"GET / HTTP/1.1\r\n", b"x: " + b"y" * 8_000 + b"\r\n"),
        (b"GET /", b"y" * 8_000),
        (CHUNKED, b"1f40\r\n" + b" " * 8_000 + b"\r\n"),
        (CHUNKED, b"1;" + b"x" * 8_000 + b"\r\n \r\n"),
    ):
        async with line_to(stage) as line:
            await line.say(begin)
            await line.drips(more, 0)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 200_000  # kB
    await ring(stage)


async def test_many_large_bodies_at_once_do_not_fill_the_memory(stage: Stage) -> None:
    """Forged headers get a body read, but not everybody's at the same time; small ones are always read."""
    stamp = int(stage.house.clock.now())
    head = f"telnyx-timestamp: {stamp}", f"telnyx-signature-ed25519: {'A' * 86}==", "Content-Length: 1000000"
    async with asyncio.TaskGroup() as senders:
        answers = [
            senders.create_task(_large(stage, request("POST", "/webhooks/call-events", *head))) for _ in range(60)
        ]
        await ring(stage)
    statuses = [one.result() for one in answers]
    assert statuses.count(503) == 60 - 32
    assert set(statuses) == {503, 408}


async def _large(stage: Stage, head: bytes) -> int:
    async with line_to(stage) as line:
        await line.say(head + b"x" * 100_000)
        return await line.status()


async def test_nobody_floods_the_log(stage: Stage, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.WARNING)
    for _ in range(5 * MOST_WARNINGS):
        assert (await ask(stage, b"nonsense\r\n\r\n"))[0] == 400
        assert (await ask(stage, request("POST", "/slack/events")))[0] in {401, 429}
        assert (await ask(stage, request("GET", "/", "Connection: Upgrade", "Upgrade: x")))[0] == 200
    strangers = [one for one in caplog.records if one.name in {"confab.wire", "confab.refused"}]
    assert len(strangers) <= 4 * MOST_WARNINGS  # of 300: two loggers, and a minute may begin meanwhile


async def test_every_answer_says_how_it_may_be_used(stage: Stage) -> None:
    for target in ("/", "/nowhere", "/metrics", "/readyz", "/openapi.json", "/conferences/create", "/slack/events"):
        async with line_to(stage) as line:
            await line.say(request("GET", target, "Connection: close"))
            head = (await line.rest()).lower()
        assert b"x-content-type-options: nosniff" in head, target
        assert b"cache-control: no-store" in head, target
        assert b"frame-ancestors 'none'" in head, target
        assert b"access-control-" not in head, target
        assert b"\r\nserver:" not in head, target


async def test_errors_are_json(stage: Stage) -> None:
    for method, target, status in (("GET", "/nowhere", 404), ("GET", "/slack/events", 405), ("PUT", "/", 405)):
        got, body = await ask(stage, request(method, target))
        assert (got, bool(error_of(body))) == (status, True)


async def test_what_is_open_to_all_tells_no_secrets(stage: Stage) -> None:
    ana = stage.person("Ana", "+12125550111")
    await ana.types("create payments down +12125550199", stage.channel)
    await stage.thread("payments down")
    secrets = [value for value in stage.house.settings.model_dump().values() if isinstance(value, SecretStr)]
    words = [one.get_secret_value() for one in secrets if one.get_secret_value()]
    for target in ("/", "/healthz", "/readyz", "/metrics", "/openapi.json"):
        _, body = await ask(stage, request("GET", target))
        assert body
        for word in (*words, "5550111", "5550199", "Ana", "payments", ana.user.id, stage.channel.id):
            assert word.encode() not in body, (target, word)
    await eventually(lambda: stage.house.telnyx.phone("+12125550199").state == "ringing", "the phone rings")


async def test_a_fault_of_ours_is_told_by_a_reference_that_stands_in_the_log(caplog: pytest.LogCaptureFixture) -> None:
    async def breaks(_request: Request) -> Response:
        raise KeyError("secret detail")

    app = Starlette(routes=[Route("/", breaks)], middleware=[Middleware(Guard)])
    async with (
        serving(app, wire=Wire) as port,
        ClientSession() as session,
        session.get(f"http://127.0.0.1:{port}/") as answer,
    ):
        status, told = answer.status, await answer.read()
    reference = error_of(told).rpartition(" ")[2]
    assert status == 500
    assert b"secret" not in told
    (record,) = [one for one in caplog.records if one.levelno == logging.ERROR]
    assert f"reference {reference}" in record.getMessage()

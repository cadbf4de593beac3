"""Where a recording is fetched from: only what Telnyx's own link names, by TLS, and no more than is wanted."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response, StreamingResponse
from starlette.routing import Route

from bot.ports import Later, Never
from bot.telnyx.client import TelnyxPhone
from web.sandbox.clock import Clock
from web.sandbox.house import serving

asked: list[str] = []


async def sound(request: Request) -> Response:
    asked.append(request.headers.get("authorization", "none"))
    return Response(b"x" * 1000)


async def elsewhere(_request: Request) -> Response:
    return RedirectResponse("http://169.254.169.254/latest/meta-data/")


async def endless(_request: Request) -> Response:
    async def drops() -> AsyncIterator[bytes]:
        while True:
            yield b"x" * 10_000
            await asyncio.sleep(0)

    return StreamingResponse(drops())


@pytest.fixture
async def where() -> AsyncIterator[tuple[TelnyxPhone, str]]:
    """The phone, and the address at which it reaches Telnyx."""
    app = Starlette(routes=[Route("/sound", sound), Route("/elsewhere", elsewhere), Route("/endless", endless)])
    async with serving(app) as port:
        base = f"http://127.0.0.1:{port}"
        phone = TelnyxPhone("KEYsecret", f"{base}/v2", "1", "+12125550100", clock=Clock())
        yield phone, base
        await phone.close()


async def test_the_file_comes_without_our_key(where: tuple[TelnyxPhone, str]) -> None:
    phone, base = where
    assert await phone.fetch(f"{base}/sound", 1000) == b"x" * 1000
    assert asked[-1] == "none"


async def test_more_than_is_wanted_is_cut_off(where: tuple[TelnyxPhone, str]) -> None:
    phone, base = where
    for name in ("sound", "endless"):
        with pytest.raises(Never, match="too large"):
            await phone.fetch(f"{base}/{name}", 999)


async def test_nobody_leads_us_elsewhere(where: tuple[TelnyxPhone, str]) -> None:
    phone, base = where
    with pytest.raises(Later, match="answered 307"):
        await phone.fetch(f"{base}/elsewhere", 1000)


UNSAFE = [
    *("", "x", "http://files.example/x.mp3", "file:///etc/passwd", "ftp://files.example/x", "//files.example/x"),
    *("https://127.0.0.1/x", "https://[::1]/x", "https://[::1/x", "https://localhost/x", "https://10.0.0.1:8443/x"),
    *("https://2130706433/x", "https://0x7f.1/x", "https://metadata/x", "https://ana:secret@files.example/x"),
    *("https://files.example@127.0.0.1/x", "https://files.example:22/x", "http://127.0.0.1:1/x"),
]


@pytest.mark.parametrize("url", UNSAFE)
async def test_a_link_that_is_not_safe_is_not_followed(where: tuple[TelnyxPhone, str], url: str) -> None:
    with pytest.raises(Never, match="not safe"):
        await where[0].fetch(url, 1000)

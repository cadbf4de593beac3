"""A client that may say anything over TCP, and somebody who looks whether the program has grown."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from urllib.parse import urlsplit

from sqlalchemy import func, select
from sqlmodel import SQLModel

from tests.stories.harness import Stage
from web.wire import Wire

PATIENCE = 60.0  # real seconds until a test gives up


class Impatient(Wire):
    patience = 3.0


class Line:
    """One connection."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer

    async def say(self, data: bytes) -> None:
        self._writer.write(data)
        await self._writer.drain()

    async def status(self) -> int:
        """Of the next answer; 0 when the connection was closed without one."""
        try:
            async with asyncio.timeout(PATIENCE):
                line = await self._reader.readline()
        except ConnectionError:
            return 0
        return int(line.split()[1]) if line else 0

    async def rest(self) -> bytes:
        """All that comes until the other side closes."""
        try:
            async with asyncio.timeout(PATIENCE):
                return await self._reader.read()
        except ConnectionError:
            return b""

    async def drips(self, data: bytes, pause: float = 0.01) -> None:
        """Send the same again and again, slowly, until the other side has had enough."""
        with suppress(ConnectionError):
            async with asyncio.timeout(PATIENCE):
                while not self._reader.at_eof():
                    await self.say(data)
                    await asyncio.sleep(pause)

    async def answer(self) -> tuple[int, bytes]:
        """Status and body of the next answer."""
        status = await self.status()
        try:
            async with asyncio.timeout(PATIENCE):
                head = (await self._reader.readuntil(b"\r\n\r\n")).lower().split(b"\r\n")
                length = next((int(one.split(b":")[1]) for one in head if one.startswith(b"content-length")), 0)
                return status, await self._reader.readexactly(length)
        except (ConnectionError, asyncio.IncompleteReadError):
            return status, b""


@asynccontextmanager
async def line_to(stage: Stage) -> AsyncIterator[Line]:
    where = urlsplit(stage.url)
    reader, writer = await asyncio.open_connection(where.hostname, where.port, limit=1 << 20)
    yield Line(reader, writer)
    writer.transport.abort()


async def ask(stage: Stage, data: bytes) -> tuple[int, bytes]:
    """Send it on a connection of its own; the status of the first answer, and the body that came with it."""
    async with line_to(stage) as line:
        with suppress(ConnectionError):
            await line.say(data)
        return await line.answer()


async def size(stage: Stage) -> dict[str, int]:
    """What must not grow by what was refused: rows, tasks, connections, labels."""
    rows = await stage.program.store.read(
        lambda connection: {
            table.name: connection.execute(select(func.count()).select_from(table)).scalar_one()
            for table in SQLModel.metadata.sorted_tables
        }
    )
    _, metrics = await ask(stage, b"GET /metrics HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
    series = [one for one in metrics.decode().splitlines() if one and not one.startswith("#")]
    return {**rows, "series": len(series)}


def request(method: str, target: str, *headers: str, body: bytes = b"") -> bytes:
    lines = [f"{method} {target} HTTP/1.1", "Host: confab.test", *headers]
    if body:
        lines.append(f"Content-Length: {len(body)}")
    return "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n" + body


def error_of(body: bytes) -> str:
    """Errors are JSON with one text."""
    told = json.loads(body)
    assert set(told) == {"error"}, told
    return str(told["error"])

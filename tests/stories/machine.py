"""The program as a process of its own, as `confab serve` starts it."""

import asyncio
import contextlib
import os
import signal
import socket
import sys
import weakref
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp

from web.sandbox.house import House, stand_ins

PATIENCE = 60.0  # real seconds until a start counts as failed


def port_for(owner: object) -> int:
    """A port on which the program may listen again and again, and that nobody else is given while ``owner`` lives."""
    kept = socket.socket()
    kept.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    kept.bind(("127.0.0.1", 0))
    weakref.finalize(owner, kept.close)
    return int(kept.getsockname()[1])


class Machine:
    """The program as a process of its own, which can be killed and started again."""

    def __init__(self, house: House, folder: Path) -> None:
        self._house = house
        self._folder = folder
        self._process: asyncio.subprocess.Process | None = None
        self.port = port_for(self)
        house.open_doors(self.port)

    async def start(self) -> None:
        log = (self._folder / "log").open("ab")
        self._process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "web", "serve", env=self._environment(), stderr=log
        )
        log.close()
        async with aiohttp.ClientSession() as session, asyncio.timeout(PATIENCE):
            while not await self._is_ready(session):
                assert self._process.returncode is None, (self._folder / "log").read_text()
                await asyncio.sleep(0.05)

    @property
    def pid(self) -> int:
        assert self._process
        return self._process.pid

    async def kill(self) -> None:
        assert self._process
        self._process.send_signal(signal.SIGKILL)
        await self._process.wait()

    async def stop(self) -> None:
        assert self._process
        self._process.terminate()
        await asyncio.wait_for(self._process.wait(), PATIENCE)

    async def _is_ready(self, session: aiohttp.ClientSession) -> bool:
        with contextlib.suppress(aiohttp.ClientError):
            async with session.get(f"http://127.0.0.1:{self.port}/readyz") as answer:
                return answer.status == 200 and (await answer.json())["slack"] == "ok"
        return False

    def _environment(self) -> dict[str, str]:
        given = self._house.settings.model_dump()
        secrets = {
            name: value.get_secret_value() for name, value in given.items() if hasattr(value, "get_secret_value")
        }
        plain = {name: str(value) for name, value in given.items() if isinstance(value, str)}
        values = {name.upper(): value for name, value in (plain | secrets).items() if value}
        return os.environ | values | {"PORT": str(self.port)}


@contextlib.asynccontextmanager
async def machine(folder: Path) -> AsyncIterator[tuple[House, Machine]]:
    async with stand_ins(folder) as house:
        one = Machine(house, folder)
        await one.start()
        yield house, one
        await one.stop()
        assert "Traceback" not in (folder / "log").read_text()

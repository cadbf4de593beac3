"""The program in processes that can be killed at any moment, and started again."""

import asyncio
import contextlib
import json
import os
import resource
import signal
import struct
import sys
import time
from pathlib import Path

import aiohttp

from tests.stories.machine import port_for
from web.sandbox.house import House

PATIENCE = 60.0  # real seconds until a start or a stop counts as failed


class Nursery:
    """Starts processes that are the program; see ``served.py``."""

    def __init__(self) -> None:
        self._process: asyncio.subprocess.Process | None = None
        self._turn = asyncio.Lock()

    async def open(self) -> None:
        pipe = asyncio.subprocess.PIPE
        self._process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "tests.chaos.served", stdin=pipe, stdout=pipe, env=_environment()
        )
        assert await self._said() == "ready"

    async def start(self, order: dict[str, str]) -> int:
        """The process id of a new program."""
        assert self._process
        assert self._process.stdin
        async with self._turn:
            self._process.stdin.write(json.dumps(order).encode() + b"\n")
            return int(await self._said())

    async def close(self) -> None:
        if self._process and self._process.stdin:
            self._process.stdin.close()
            await self._process.wait()

    async def _said(self) -> str:
        assert self._process
        assert self._process.stdout
        return (await asyncio.wait_for(self._process.stdout.readline(), PATIENCE)).decode().strip()


class Hands:
    """The clock's hands as the programs see them; ``skew`` is how wrong their machine's clock is."""

    def __init__(self, house: House, path: Path) -> None:
        self._house = house
        self.path = path
        self.skew = 0.0
        self.show()

    def skip(self, seconds: float) -> None:
        self._house.clock.skip(seconds=seconds)
        self.show()

    def show(self) -> None:
        skipped = self._house.clock.now() - time.time()
        ahead = struct.pack("dd", skipped + self.skew, skipped)
        if self.path.exists():
            with self.path.open("r+b") as file:
                file.write(ahead)
        else:
            self.path.write_bytes(ahead)

    def now(self) -> float:
        return self._house.clock.now() + self.skew


class Machine:
    """One process of the program, or none for the moment."""

    def __init__(self, nursery: Nursery, house: House, hands: Hands, folder: Path, at: int) -> None:
        self._nursery = nursery
        self._house = house
        self._hands = hands
        self._log = folder / f"log{at}"
        self.pid = 0
        self.port = port_for(self)

    async def start(self) -> None:
        self.pid = await self._nursery.start(self._order())

    async def ready(self) -> None:
        async with aiohttp.ClientSession() as session, asyncio.timeout(PATIENCE):
            while not await self._is_ready(session):
                if not self.up:  # what it needs at its start is out of order just now
                    await asyncio.sleep(0.2)
                    await self.start()
                await asyncio.sleep(0.03)

    @property
    def up(self) -> bool:
        if self.pid:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.pid, 0)
                return True
        return False

    async def kill(self) -> None:
        await self._end(signal.SIGKILL)

    async def stop(self) -> None:
        await self._end(signal.SIGTERM)

    async def explain(self) -> None:
        """Let it write into its log where it is: first its threads, then what goes on in its loop, if that turns."""
        if self.up:
            os.kill(self.pid, signal.SIGUSR1)
            os.kill(self.pid, signal.SIGUSR2)
            await asyncio.sleep(1)

    def limit_files(self, most: int) -> None:
        """Let the process write no file beyond this many bytes; -1 = as it likes. Like a disk that is full."""
        if self.up:
            resource.prlimit(self.pid, resource.RLIMIT_FSIZE, (most, resource.RLIM_INFINITY))

    @property
    def said(self) -> str:
        return self._log.read_text(errors="replace") if self._log.exists() else ""

    async def _end(self, number: signal.Signals) -> None:
        if self.pid <= 0:  # 0 would be this process and all its kin
            return
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.pid, number)
        async with asyncio.timeout(PATIENCE):
            while self.up:  # noqa: ASYNC110  # it is another's child
                await asyncio.sleep(0.01)
        self.pid = 0

    async def _is_ready(self, session: aiohttp.ClientSession) -> bool:
        with contextlib.suppress(aiohttp.ClientError):
            async with session.get(f"http://127.0.0.1:{self.port}/readyz") as answer:
                return answer.status == 200 and (await answer.json())["slack"] == "ok"
        return False

    def _order(self) -> dict[str, str]:
        given = self._house.settings.model_dump()
        opened = {name: one.get_secret_value() for name, one in given.items() if hasattr(one, "get_secret_value")}
        plain = {name: str(value) for name, value in given.items() if isinstance(value, str | int)}
        values = {name.upper(): value for name, value in (plain | opened).items() if value}
        return {**values, "PORT": str(self.port), "clock": str(self._hands.path), "log": str(self._log)}


def _environment() -> dict[str, str]:
    return {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ} | {"PYTHONPATH": "."}

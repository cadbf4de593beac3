"""`confab demo` as a process of its own: how it begins, ends and refuses."""

import asyncio
import os
import re
import signal
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
import pytest

PATIENCE = 60  # real seconds until a process counts as stuck
PAGE = re.compile(rb"http://127\.0\.0\.1:\d+/")


@asynccontextmanager
async def demo(folder: Path, *words: str, **environment: str) -> AsyncIterator[asyncio.subprocess.Process]:
    """Started in an empty folder, so that no ``.env`` is read but the one that a test puts there."""
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(Path(__file__).parents[2])} | environment
    command = [sys.executable, "-m", "web", "demo", "--no-open", *words]
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(*command, cwd=folder, env=environment, stdout=pipe, stderr=pipe)
    try:
        async with asyncio.timeout(PATIENCE):
            yield process
    finally:
        if process.returncode is None:
            process.kill()
            await process.communicate()


async def refusal(process: asyncio.subprocess.Process) -> str:
    """What a demo that does not start says: one line."""
    _, said = await process.communicate()
    (line,) = said.decode().splitlines()
    assert process.returncode == 2
    return line


@pytest.mark.parametrize("name", ["SLACK_BOT_TOKEN", "SLACK_APP_TOKEN", "TELNYX_API_KEY"])
async def test_it_does_not_start_where_a_real_token_is_set(tmp_path: Path, name: str) -> None:
    async with demo(tmp_path, **{name: "real"}) as process:
        assert f"{name} is set" in await refusal(process)


async def test_a_token_in_the_settings_file_counts_as_well(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("TELNYX_API_KEY=real\n")
    async with demo(tmp_path) as process:
        assert str(tmp_path / ".env") in await refusal(process)


async def test_a_taken_port_is_said_in_one_line(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        async with demo(tmp_path, "--port", str(port)) as process:
            assert f"cannot listen on 127.0.0.1:{port}" in await refusal(process)


async def test_it_ends_at_once_and_quietly_although_a_page_is_open(tmp_path: Path) -> None:
    async with demo(tmp_path, "--port", "0") as process, aiohttp.ClientSession() as session:
        assert process.stdout
        page = PAGE.search(await process.stdout.readline())
        assert page
        async with session.get(f"{page[0].decode()}events") as events:
            assert await events.content.readline() == b"event: state\n"
            process.send_signal(signal.SIGINT)
            said = await process.communicate()
            assert b"Traceback" not in said[1]
            assert said[1] == b""
            assert process.returncode == 0

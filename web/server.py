"""Serves the program over HTTP until it is told to stop."""

import asyncio
import contextlib
import logging
import signal
import socket
from collections.abc import Iterator

import uvicorn
from starlette.applications import Starlette

from bot.bootstrap import RefusedError, running
from bot.config import Settings
from web.app import build

log = logging.getLogger("confab")


class Server(uvicorn.Server):
    """uvicorn without its own signal handling, which would end the process before the courier has finished."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


def server(app: Starlette) -> Server:
    """A server for this application; ``serve(sockets=[…])`` runs it until ``should_exit`` is set."""
    config = uvicorn.Config(
        app, log_config=None, access_log=False, server_header=False, proxy_headers=False, timeout_graceful_shutdown=5
    )
    return Server(config)


def listen(host: str, port: int) -> socket.socket:
    """Bind before anything else starts, so that a taken port is said at once. Raises RefusedError."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # asyncio only switches Nagle's delay off on sockets that say that they are TCP.
    listening = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((host, port))
        listening.listen(2048)
    except OSError as error:
        listening.close()
        raise RefusedError(f"cannot listen on {host}:{port}: {error.strerror}") from None
    return listening


async def serve(settings: Settings) -> None:
    """Run the whole program until SIGTERM or SIGINT, then finish what is in hand."""
    listening = listen(settings.host, settings.port)
    async with running(settings) as program:
        web = server(build(program))
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, _stop, web)
        log.info("ready on http://%s:%s", settings.host, listening.getsockname()[1])
        await web.serve(sockets=[listening])


def _stop(web: Server) -> None:
    web.should_exit = True

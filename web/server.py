"""Serves the program over HTTP until it is told to stop."""

import asyncio
import contextlib
import logging
import resource
import signal
import socket
from collections.abc import Iterator

import uvicorn
from starlette.applications import Starlette

from bot.bootstrap import RefusedError, running
from bot.config import Settings
from bot.ports import Clock
from web.app import build
from web.wire import MOST_CONNECTIONS, Wire

log = logging.getLogger("confab")


class Server(uvicorn.Server):
    """uvicorn without its own signal handling, which would end the process before the courier has finished."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


def server(app: Starlette, wire: type[Wire] | None = None) -> Server:
    """A server for this application; ``serve(sockets=[…])`` runs it until ``should_exit`` is set.

    With a ``wire`` it stands strangers; without one, answers may take as long as they like.
    """
    config = uvicorn.Config(
        app,
        log_config=None,
        access_log=False,
        server_header=False,
        # Who is behind a proxy is not asked: an address decides nothing here, and the header could be forged.
        proxy_headers=False,
        timeout_graceful_shutdown=5,
        ws="none" if wire else "auto",
        http=wire or "auto",
        limit_concurrency=MOST_CONNECTIONS if wire else None,
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


async def serve(settings: Settings, clock: Clock | None = None, **timeouts: float) -> None:
    """Run the whole program until SIGTERM or SIGINT, then finish what is in hand. ``timeouts`` are those of
    ``running``, the system's clock is the default.
    """
    listening = listen(settings.host, settings.port)
    _allow_many_files()
    async with running(settings, clock, **timeouts) as program:
        web = server(build(program), Wire)
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, _stop, web)
        log.info("ready on http://%s:%s", settings.host, listening.getsockname()[1])
        await web.serve(sockets=[listening])


def _allow_many_files() -> None:
    """Each connection is a file, and many systems begin with 1024."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = 2 * MOST_CONNECTIONS
    if soft != resource.RLIM_INFINITY and soft < wanted:
        most = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))


def _stop(web: Server) -> None:
    web.should_exit = True

"""Waiting for what nobody announces: a request that was answered, an effect that was tried."""

import asyncio
from collections.abc import Callable

from sqlalchemy import Connection, func, select

from bot.bootstrap import Program
from bot.store import tables

PATIENCE = 60.0  # real seconds


async def eventually(condition: Callable[[], object], what: str) -> None:
    try:
        async with asyncio.timeout(PATIENCE):
            while not condition():  # noqa: ASYNC110  # nobody sets an event for it
                await asyncio.sleep(0.01)
    except TimeoutError:
        raise AssertionError(f"{what}: not within {PATIENCE:g} s") from None


async def tried(program: Program, times: int) -> None:
    """Wait until an effect has been tried so often, and now waits for its next try."""
    async with asyncio.timeout(PATIENCE):
        while await program.store.read(_most_tries) < times:  # noqa: ASYNC110  # nobody sets an event for it
            await asyncio.sleep(0.01)


def _most_tries(connection: Connection) -> int:
    return connection.execute(select(func.max(tables.outbox.c.tries))).scalar() or 0

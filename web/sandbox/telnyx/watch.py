"""Telling those who watch that something changed, and waiting until something is so."""

import asyncio
from collections.abc import Callable
from contextlib import suppress

LOOK_AGAIN = 0.1  # seconds; a condition may be about more than what tells of its changes


class Watch:
    def __init__(self) -> None:
        self._callbacks: list[Callable[[], None]] = []
        self._pulse = asyncio.Event()

    def on_change(self, callback: Callable[[], None]) -> None:
        self._callbacks.append(callback)

    def changed(self) -> None:
        self._pulse.set()
        self._pulse = asyncio.Event()
        for callback in self._callbacks:
            callback()

    async def until(self, condition: Callable[[], bool]) -> None:
        while not condition():
            with suppress(TimeoutError):
                await asyncio.wait_for(self._pulse.wait(), LOOK_AGAIN)

    async def insist(self, condition: Callable[[], bool], timeout: float, story: Callable[[], str]) -> None:  # noqa: ASYNC109 - part of the story tests' wording
        """Like ``until``, for ``timeout`` real seconds; after that an ``AssertionError`` that tells ``story``."""
        try:
            async with asyncio.timeout(timeout):
                await self.until(condition)
        except TimeoutError:
            raise AssertionError(f"not within {timeout:g} s: {story()}") from None

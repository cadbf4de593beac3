"""The sandbox's clock: real time plus whatever was skipped, so that five minutes can pass at once."""

import asyncio
import time


class Clock:
    def __init__(self) -> None:
        self._ahead = 0.0
        self._skipped = asyncio.Event()

    def now(self) -> float:
        """Unix seconds."""
        return time.time() + self._ahead

    def steady(self) -> float:
        return time.monotonic() + self._ahead

    async def until(self, when: float) -> None:
        """Return once ``now() >= when`` (unix seconds), by waiting or because time was skipped."""
        while (left := when - self.now()) > 0:
            skipped = self._skipped
            try:
                await asyncio.wait_for(skipped.wait(), left)
            except TimeoutError:
                continue

    async def sleep(self, seconds: float) -> None:
        await self.until(self.now() + seconds)

    def skip(self, *, seconds: float = 0, minutes: float = 0, hours: float = 0) -> None:
        """Move time forward and wake everybody who waits for a moment that has now come."""
        self._ahead += seconds + 60 * minutes + 3600 * hours
        self._skipped.set()
        self._skipped = asyncio.Event()

"""The machine's clock, and noticing that somebody sets it back."""

import asyncio
import time

from bot.ports import Clock

NOTICED = 0.5  # seconds; less is a clock that is being put right slowly


class SystemClock:
    def now(self) -> float:
        return time.time()

    def steady(self) -> float:
        return time.monotonic()

    async def until(self, when: float) -> None:
        while (left := when - self.now()) > 0:  # noqa: ASYNC110  # the wall clock may have been set back meanwhile
            await asyncio.sleep(left)


class ClockWatch:
    """Tells when something of up to ``age`` seconds ago may be older than it looks. Call ``look`` often."""

    def __init__(self, clock: Clock, age: float) -> None:
        self._clock = clock
        self._age = age
        self._ahead = self._how_far_ahead()
        self._until = clock.steady()
        self.was_set_back = False  # until whoever acts on it says otherwise

    def look(self) -> None:
        ahead = self._how_far_ahead()
        if (back := self._ahead - ahead) > NOTICED:
            self._until = max(self._until, self._clock.steady() + self._age + back)
            self.was_set_back = True
        self._ahead = ahead

    @property
    def distrusted(self) -> bool:
        self.look()
        return self._clock.steady() < self._until

    def _how_far_ahead(self) -> float:
        return self._clock.now() - self._clock.steady()

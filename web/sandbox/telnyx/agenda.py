"""Things that happen by themselves at a moment of the sandbox's clock, in the order of their moments."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from heapq import heappop, heappush
from itertools import count

from web.sandbox.clock import Clock


@dataclass
class Alarm:
    ring: Callable[[], None]
    off: bool = False


class Agenda:
    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._alarms: list[tuple[float, int, Alarm]] = []
        self._order = count()
        self._moment: float | None = None
        self._task: asyncio.Task[None] | None = None

    def now(self) -> float:
        """Unix seconds; while an alarm rings, the moment it was set for, so that skipped time passes in order."""
        return self._clock.now() if self._moment is None else self._moment

    @property
    def behind(self) -> bool:
        """Whether something should have happened by now: time was skipped a moment ago."""
        now = self._clock.now()
        return any(when <= now and not alarm.off for when, _, alarm in self._alarms)

    def after(self, seconds: float, ring: Callable[[], None]) -> Alarm:
        """Needs a running event loop. Set ``off`` on the answer to call it off."""
        alarm = Alarm(ring)
        heappush(self._alarms, (self.now() + seconds, next(self._order), alarm))
        if self._alarms[0][2] is alarm and self._moment is None:
            self.close()
            self._task = asyncio.get_running_loop().create_task(self._run())
        return alarm

    def close(self) -> None:
        if self._task is not None:
            self._task.cancel()

    async def _run(self) -> None:
        while self._alarms:
            await self._clock.until(self._alarms[0][0])
            self._ring_due()

    def _ring_due(self) -> None:
        while self._alarms and self._alarms[0][0] <= self._clock.now():
            self._moment, _, alarm = heappop(self._alarms)
            try:
                if not alarm.off:
                    alarm.ring()
            finally:
                self._moment = None

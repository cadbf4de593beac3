"""The courier looks at the outbox while it delivers: what it saw may be done by the time it reaches for it."""

import asyncio
from typing import TypeVar

from bot.bootstrap import Program
from bot.store.db import Store, Work
from tests.stories.harness import Stage, requests

T = TypeVar("T")


class SlowToTell:
    """A store whose reads are told only when everything that was in hand is done."""

    def __init__(self, store: Store, program: Program) -> None:
        self._store = store
        self._program = program
        self.poll, self.most_in_hand = store.poll, store.most_in_hand
        self.run, self.hold = store.run, store.hold
        self.ring, self.listen = store.ring, store.listen
        self.prepare, self.migrate, self.rotate, self.close = store.prepare, store.migrate, store.rotate, store.close

    async def read(self, work: Work[T]) -> T:
        found = await self._store.read(work)
        if tasks := self._program.courier._tasks:
            await asyncio.wait(tasks)
        return found


async def test_what_is_done_meanwhile_is_not_done_again(stage: Stage) -> None:
    stage.program.service.store = SlowToTell(stage.program.store, stage.program)
    ana, bo = stage.person("Ana", "+12125550111"), stage.person("Bo", "+12125550122")
    await ana.types("create payments @bo", stage.channel)
    await bo.comes_in()
    thread = await stage.thread("payments")
    await thread.shows("Bo joined")
    await ana.types("end", stage.channel)
    await thread.shows("Ended by Ana")
    await stage.quiet()
    assert len(bo.phone.heard) == 1
    assert len(requests(stage.house, "/calls")) == 1
    assert len(requests(stage.house, "/conferences")) == 1
    told = "\n".join(thread.lines)
    assert [told.count(word) for word in ("Ringing", "joined", "Ended")] == [1, 1, 1]

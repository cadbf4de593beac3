"""One run: a seed, a database, so many processes; people act, things break, processes are killed. Then the truth."""

import asyncio
import random
import time
from collections import Counter
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pydantic import SecretStr

from tests.chaos import truth
from tests.chaos.database import Database
from tests.chaos.deeds import People
from tests.chaos.faults import Faults
from tests.chaos.machines import Hands, Machine, Nursery
from tests.chaos.truth import Verdict
from tests.postgres import KEY
from web.sandbox.house import stand_ins

PATIENCE = 60.0  # real seconds until it counts as never coming to rest
STEPS = (18, 36)
MANY = 1000  # no limit stands in the way of what people do here


@dataclass
class Outcome:
    seed: int
    verdict: Verdict = field(default_factory=Verdict)
    faults: Counter[str] = field(default_factory=Counter)
    kills: int = 0
    seconds: float = 0.0
    said: list[str] = field(default_factory=list)  # by each machine, into its log


class Run:
    def __init__(self, seed: int, *, kill: bool) -> None:
        self.outcome = Outcome(seed)
        self._dice = random.Random(seed)
        self._kill = kill
        self._database_was_hurt = False

    def hurt(self, kind: str) -> None:
        """Something has happened to the database that all runs share."""
        self.outcome.faults[kind] += 1
        self._database_was_hurt = True

    async def play(self, nursery: Nursery, folder: Path, database: Database, processes: int) -> Outcome:
        begun = time.monotonic()
        async with AsyncExitStack() as stack:
            settings: dict[str, Any] = {"database_url": database.url, **_settings()}
            house = await stack.enter_async_context(stand_ins(folder, **settings))
            self._house, self._database = house, database
            self._hands = Hands(house, folder / "clock")
            self._machines = [Machine(nursery, house, self._hands, folder, at) for at in range(processes)]
            stack.push_async_callback(self._kill_all)
            self._people = People(self._dice, house)
            faults = Faults(self._dice, house, self._hands, database, self._machines)
            await self._start_all()
            try:
                await self._act(faults)
                await self._come_to_an_end(faults)
            except (AssertionError, TimeoutError) as error:
                self.outcome.verdict.find(f"{type(error).__name__}: {error}")
            self.outcome.said = [machine.said for machine in self._machines]
            excused = self._database_was_hurt or faults.database_was_hurt
            truth.check_logs(self.outcome.said, excused=excused, verdict=self.outcome.verdict)
        self.outcome.faults += faults.done
        self.outcome.seconds = time.monotonic() - begun
        return self.outcome

    async def _act(self, faults: Faults) -> None:
        steps = self._dice.randint(*STEPS)
        deaths = {self._dice.randrange(2, steps) for _ in range(self._dice.randint(1, 3))} if self._kill else set[int]()
        for step in range(steps):
            self._knock()
            if self._dice.random() < 0.4:
                await faults.strike()
            else:
                await faults.ease()
            acting = asyncio.create_task(self._people.act())
            if step in deaths:
                await asyncio.sleep(self._dice.uniform(0, 0.3))
                await self._die(faults)
            await acting
            await asyncio.sleep(self._dice.uniform(0, 0.25))
            if self._dice.random() < 0.35:
                self._hands.skip(self._dice.uniform(1, 45))

    async def _die(self, faults: Faults) -> None:
        """One process is killed, and started again at once or after a while."""
        machine = self._dice.choice(self._machines)
        await machine.kill()
        self.outcome.kills += 1
        self._knock()
        if self._dice.random() < 0.5:
            for _ in range(self._dice.randint(1, 3)):
                await self._people.act()
                self._hands.skip(self._dice.uniform(1, 120))
        await faults.mend(also_clock=False)  # a start wants its database
        await machine.start()
        await machine.ready()

    def _knock(self) -> None:
        """The door at which providers knock: any process that is up."""
        up = [machine for machine in self._machines if machine.up] or self._machines
        self._house.open_doors(self._dice.choice(up).port)

    async def _come_to_an_end(self, faults: Faults) -> None:
        await faults.mend()
        for machine in self._machines:
            await machine.ready()
        self._knock()
        self._people.give_up_unanswered()
        await self._pass(3, 3)
        await self._pass(31, 3)
        await truth.check_middle(self._house, self._database, self.outcome.verdict)
        await self._people.end_all()
        for seconds, times in ((3, 2), (31, 2), (330, 2), (3600, 1), (31, 1)):
            await self._pass(seconds, times)
            await self._people.end_all()
        await self._rest()
        for machine in self._machines:
            await machine.stop()
        state = await truth.kept(self._database, KEY)
        truth.check_end(self._house, state, self._people.said, self._people.channels, self.outcome.verdict)

    async def _pass(self, seconds: float, times: int) -> None:
        for _ in range(times):
            await self._rest()
            self._hands.skip(seconds)
        await self._rest()

    async def _rest(self) -> None:
        """Until nothing is under way, seen twice."""
        seen, give_up = 0, time.monotonic() + PATIENCE
        while seen < 2:
            due = await self._database.due(self._hands.now())
            quiet = self._house.telnyx.is_quiet
            seen = seen + 1 if quiet and not due else 0
            if time.monotonic() > give_up:
                for machine in self._machines:
                    await machine.explain()
                waiting = await self._database.ask("SELECT kind, lane, due, tries FROM outbox")
                raise AssertionError(f"no rest: quiet {quiet}, due {due}, {self._hands.now()}: {waiting}")
            await asyncio.sleep(0.06)

    async def _start_all(self) -> None:
        for machine in self._machines:
            await machine.start()
        for machine in self._machines:
            await machine.ready()

    async def _kill_all(self) -> None:
        for machine in self._machines:
            await machine.kill()


def _settings() -> dict[str, object]:
    limits = ("dials_per_user", "dials_per_number", "legs")
    files = {"confab_recordings": "slack", "confab_transcripts": True}
    return {f"confab_max_{name}": MANY for name in limits} | files | {"confab_secret_key": SecretStr(KEY)}

"""What goes wrong, by seed. Everything is mended by ``mend``; what was done is counted by kind."""

import random
from collections import Counter
from collections.abc import Awaitable, Callable, Iterable
from contextlib import AsyncExitStack

from tests.chaos.database import Database
from tests.chaos.machines import Hands, Machine
from web.sandbox.house import House

TELNYX_COUNTS = ("api_429", "api_500", "api_500_after", "api_hang", "api_hang_after")
SLACK_COUNTS = TELNYX_COUNTS
SLACK_METHODS = ("chat.", "chat.", "chat.", "files.", "conversations.")
WEBHOOKS = ("twice", "shuffled", "late", "dropped", "odd", "no recording")


class Faults:
    def __init__(
        self, dice: random.Random, house: House, hands: Hands, database: Database, machines: list[Machine]
    ) -> None:
        self.done: Counter[str] = Counter()
        self.database_was_hurt = False
        self._dice = dice
        self._house = house
        self._hands = hands
        self._database = database
        self._machines = machines
        self._gone = AsyncExitStack()

    async def strike(self) -> None:
        """One fault more."""
        kinds: list[tuple[int, Callable[[], Awaitable[str]]]] = [
            (4, self._webhooks),
            (4, self._telnyx),
            (4, self._slack),
            (1, self._database_locked),
            (1, self._database_full),
            (1, self._database_gone),
            (2, self._clock),
        ]
        chosen = self._dice.choices([one for _, one in kinds], [weight for weight, _ in kinds])[0]
        self.done[await chosen()] += 1

    async def ease(self) -> None:
        """Things get better by themselves now and then."""
        if self._dice.random() < 0.3:
            await self.mend(also_clock=False)

    async def mend(self, *, also_clock: bool = True) -> None:
        telnyx, slack = self._house.telnyx.trouble, self._house.slack.trouble
        telnyx.twice = telnyx.shuffled = telnyx.before_answer = telnyx.unknown_events = slack.twice = False
        telnyx.recording_saved_lost = False
        telnyx.late = telnyx.dropped = 0.0
        telnyx.mute_does_not_take = 0
        for name in TELNYX_COUNTS:
            setattr(telnyx, name, 0)
            setattr(slack, name, 0)
        await self._gone.aclose()
        self._each(lambda machine: machine.limit_files(-1))
        if also_clock:
            self._hands.skew = 0.0
            self._hands.show()

    async def _webhooks(self) -> str:
        trouble, kind = self._house.telnyx.trouble, self._dice.choice(WEBHOOKS)
        match kind:
            case "twice":
                trouble.twice = True
            case "shuffled":
                trouble.shuffled = True
            case "late":
                trouble.late = self._dice.uniform(1, 40)
            case "dropped":
                trouble.dropped = self._dice.uniform(0.2, 1.0)
            case "no recording":
                trouble.recording_saved_lost = True
            case _:
                trouble.before_answer = trouble.unknown_events = True
        return f"webhooks {kind}"

    async def _telnyx(self) -> str:
        name = self._dice.choice((*TELNYX_COUNTS, "mute_does_not_take"))
        setattr(self._house.telnyx.trouble, name, self._dice.randint(1, 4))
        return f"Telnyx {name.removeprefix('api_')}"

    async def _slack(self) -> str:
        trouble, name = self._house.slack.trouble, self._dice.choice((*SLACK_COUNTS, "twice"))
        trouble.methods = self._dice.choice(SLACK_METHODS)
        setattr(trouble, name, True if name == "twice" else self._dice.randint(1, 4))
        return f"Slack {name.removeprefix('api_')}"

    async def _database_locked(self) -> str:
        self.database_was_hurt = True
        self._database.lock(self._dice.uniform(0.5, 6.5))
        return "database locked"

    async def _database_full(self) -> str:
        self.database_was_hurt = True
        if self._database.postgres:
            await self._database.cut()
            return "database cut off"
        most = self._database.size
        self._each(lambda machine: machine.limit_files(most))
        return "database full"

    async def _database_gone(self) -> str:
        self.database_was_hurt = True
        await self._gone.aclose()
        await self._gone.enter_async_context(self._database.without_outbox())
        return "database gone"

    async def _clock(self) -> str:
        self._hands.skew = self._dice.uniform(-90, 90)
        self._hands.show()
        return "clock jumped"

    def _each(self, work: Callable[[Machine], None]) -> None:
        for machine in self._machines:
            work(machine)


def added(counters: Iterable[Counter[str]]) -> Counter[str]:
    total: Counter[str] = Counter()
    for one in counters:
        total += one
    return total

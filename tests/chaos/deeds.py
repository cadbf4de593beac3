"""What people do, by seed: whoever can do something at a moment may do it."""

import random
import re
from collections.abc import Awaitable, Callable

from web.sandbox.house import NUMBER, House
from web.sandbox.slack import Channel, Delivered, User
from web.sandbox.telnyx import Phone

NAMES = ("Ana", "Bo", "Cleo", "Dev")
GUEST = "+12125550199"
CALLER = "+12125550188"
SPOKEN = (
    ("invite {who}", 6),
    ("redial", 2),
    ("skip {who}", 1),
    ("mute {who}", 2),
    ("unmute {who}", 1),
    ("hold {who}", 1),
    ("unhold {who}", 1),
    ("kick {who}", 2),
    ("lock", 1),
    ("unlock", 2),
    ("status", 1),
    ("say hello", 1),
    ("say hello --to {who}", 1),
    ("play https://example.com/tone.mp3", 1),
    ("play stop", 1),
    ("dtmf {who} 12#", 1),
    ("record start", 6),
    ("record pause", 1),
    ("record resume", 1),
    ("record stop", 1),
    ("recording", 1),
    ("join", 1),
    ('rename {who} as "Somebody"', 1),
    ("details {who}", 1),
    ("carry", 1),
    ("pin", 2),
    ("end now", 1),
)


class People:
    """Two channels, four people and two strangers with phones."""

    def __init__(self, dice: random.Random, house: House) -> None:
        self._dice = dice
        self._house = house
        self.channels = [house.channel("payments"), house.channel("support")]
        self.users = [house.person(name, f"+1212555012{at}") for at, name in enumerate(NAMES)]
        for channel in self.channels:
            channel.members += [user.id for user in self.users]
        self.phones = [house.phone(user) for user in self.users] + [
            house.telnyx.phone(GUEST),
            house.telnyx.phone(CALLER),
        ]
        self.said: list[Delivered] = []
        self._topics = 0
        self._words = 0

    async def act(self) -> None:
        """One deed that is possible now."""
        can: list[tuple[int, Callable[[], Awaitable[None]]]] = [(6, self._speak)]
        can += [(5, self._create)] if not self._topics else [(1, self._create)]
        ringing = [phone for phone in self.phones if phone.state == "ringing"]
        talking = [phone for phone in self.phones if phone.state == "talking" and phone.call and phone.call.answered_at]
        if ringing:
            can.append((8, lambda: self._take_up(self._dice.choice(ringing))))
        if talking:
            can += [
                (8, lambda: self._press(self._dice.choice(talking))),
                (2, lambda: self._on_line(self._dice.choice(talking))),
                (3, lambda: self._talk(self._dice.choice(talking))),
            ]
        if self.phones[-1].state == "idle":
            can.append((1, self._dial_in))
        await self._dice.choices([deed for _, deed in can], [weight for weight, _ in can])[0]()

    def give_up_unanswered(self) -> None:
        """Nobody listens for ever to a number that does not answer; the news of such a call may be lost for good."""
        for phone in self.phones:
            if phone.call and phone.call.incoming and not phone.call.answered_at:
                phone.hangs_up()

    async def end_all(self) -> None:
        for channel in self.channels:
            await self.say("end now", channel)

    async def say(self, text: str, channel: Channel) -> None:
        self.said.append(await self._house.slack.command(self.users[0], channel, text))

    async def _create(self) -> None:
        self._topics += 1
        channel = self.channels[self._topics % 2]
        who = " ".join(sorted({self._who() for _ in range(self._dice.randint(1, 3))}))
        options = self._dice.choice(("", "", " --redial 2x30s", " --ring 15s", " --redial off", " --muted"))
        await self.say(f"create topic {self._topics} {who}{options}", channel)

    async def _speak(self) -> None:
        words = self._dice.choices([words for words, _ in SPOKEN], [weight for _, weight in SPOKEN])[0]
        await self.say(words.format(who=self._who()), self._dice.choice(self.channels))

    async def _take_up(self, phone: Phone) -> None:
        if self._dice.random() < 0.85:
            phone.answers()
        else:
            phone.declines()

    async def _press(self, phone: Phone) -> None:
        pins = re.findall(r"enter (\d{6})", " ".join(one.text for one in self._house.slack.ephemerals(self.users[0])))
        asked = bool(phone.heard) and "six digits" in phone.heard[-1]
        keys = (
            self._dice.choice(pins or ["123456"])
            if asked
            else self._dice.choice(("1", "1", "1", "1", "2", "9", "*6", "*1"))
        )
        phone.presses(keys)

    async def _on_line(self, phone: Phone) -> None:
        {0: phone.hangs_up, 1: phone.holds, 2: phone.unholds, 3: phone.hangs_up}[self._dice.randint(0, 3)]()

    async def _talk(self, phone: Phone) -> None:
        self._words += 1
        phone.speaks(f"word {self._words}")

    async def _dial_in(self) -> None:
        self.phones[-1].dials(NUMBER)

    def _who(self) -> str:
        names = [f"@{user.name}" for user in self.users[1:]]
        return self._dice.choice([*names, *names, "+1 212 555 0199"])


def real_names(users: list[User]) -> list[str]:
    return [user.real_name for user in users]

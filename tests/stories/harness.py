"""Words in which stories are told: people who type and pick up phones, threads with lines, cards with states."""

import asyncio
import json
import re
import time
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from pydantic import SecretStr
from sqlalchemy import Connection, select

from bot.bootstrap import Program
from bot.config import Settings
from bot.ports import Clock
from bot.store import db, outbox
from bot.store.db import is_postgres
from bot.store.ledger import HEARD
from bot.store.tables import attempt, conference, journal
from tests.postgres import KEY
from tests.stories.checks import (
    assert_clean_log,
    assert_nothing_waits,
    assert_private_addresses,
    assert_private_log,
    assert_sealed,
    assert_specified,
    listen_in,
)
from web.sandbox.house import House, program_in, stand_ins
from web.sandbox.slack import Channel, Delivered, Message, User
from web.sandbox.telnyx import Phone

PATIENCE = 60.0  # real seconds until a story gives up waiting; far more than anything takes on a busy machine


@dataclass(frozen=True)
class Actor:
    house: House
    user: User

    @property
    def phone(self) -> Phone:
        return self.house.phone(self.user)

    async def types(self, text: str, channel: Channel, **more: Any) -> Delivered:
        """``/conf …`` in a channel."""
        return await self.house.slack.command(self.user, channel, text, **more)

    async def says(self, text: str, channel: Channel, thread: "Thread | None" = None) -> Delivered:
        """``@confab …`` as a message."""
        return await self.house.slack.mention(self.user, channel, text, thread_ts=thread.ts if thread else None)

    async def clicks(self, message: Message, label: str) -> Delivered:
        action_id, value = button(message, label)
        return await self.house.slack.click(self.user, message, action_id, value=value)

    async def is_told(self, fragment: str, channel: Channel | None = None) -> Message:
        """Waits until a private message with this fragment is there."""

        def seen() -> Message | None:
            found = self.house.slack.ephemerals(self.user, channel)
            return next((one for one in reversed(found) if fragment in shown(one)), None)

        return await self.house.slack.until(seen, PATIENCE, f"{self.user.name} is told {fragment!r}")

    async def writes(self, text: str) -> Delivered:
        """A direct message to the bot."""
        return await self.house.slack.direct_message(self.user, text)

    async def reads(self, fragment: str) -> Message:
        """Waits for a direct message from the bot with this fragment, in a thread or not."""
        slack = self.house.slack

        def seen() -> Message | None:
            found = [one for one in slack.direct(self.user).messages if one.user == slack.bot_user_id]
            return next((one for one in reversed(found) if fragment in shown(one)), None)

        return await slack.until(seen, PATIENCE, f"{self.user.name} reads {fragment!r}")

    async def fills_in(self, people: "tuple[Actor, ...]" = (), numbers: str = "") -> Delivered:
        """Waits for the Invite form, fills it in and sends it."""
        slack = self.house.slack
        (view,) = await slack.until(lambda: slack.views(self.user), PATIENCE, f"{self.user.name} sees a form")
        chosen = {"people": {"selected_users": [one.user.id for one in people]}}
        return await slack.submit(self.user, view.id, {"people": chosen, "numbers": {"numbers": {"value": numbers}}})

    @property
    def private(self) -> list[str]:
        """Texts that only this person sees in channels, oldest first."""
        return [one.text for one in self.house.slack.ephemerals(self.user)]

    async def comes_in(self) -> None:
        """Waits for the phone, answers, and presses 1."""
        await self.phone.rings(PATIENCE)
        before = len(self.phone.heard)
        self.phone.answers()
        await self.house.telnyx.until(
            lambda: any("Press 1" in said for said in self.phone.heard[before:]), PATIENCE, f"{self.user.name}'s gate"
        )
        self.phone.presses("1")
        await self.phone.in_room(PATIENCE)


@dataclass(frozen=True)
class Thread:
    house: House
    channel: Channel
    ts: str

    @property
    def lines(self) -> list[str]:
        return [one.text for one in self.house.slack.messages(self.channel, thread_ts=self.ts) if one.ts != self.ts]

    @property
    def card(self) -> Message:
        return next(one for one in self.house.slack.messages(self.channel) if one.ts == self.ts)

    async def shows(self, fragment: str) -> None:
        """Waits until a line with this fragment is there."""
        await self.house.slack.until(
            lambda: any(fragment in line for line in self.lines), PATIENCE, f"a line with {fragment!r}"
        )

    async def card_shows(self, *fragments: str) -> None:
        await self.house.slack.until(
            lambda: all(fragment in shown(self.card) for fragment in fragments), PATIENCE, f"the card with {fragments}"
        )


@dataclass
class Stage:
    """A house, the program in it, and a channel."""

    house: House
    program: Program
    channel: Channel

    def person(self, name: str, number: str, **facts: Any) -> Actor:
        user = self.house.person(name, number, **facts)
        self.channel.members.append(user.id)
        return Actor(self.house, user)

    @property
    def url(self) -> str:
        """Where the program listens."""
        return str(self.house.telnyx.webhook_url).removesuffix("/webhooks/call-events")

    async def thread(self, topic: str) -> Thread:
        """Waits for the card of this conference, and until the program has noted which message it is."""

        def card() -> Message | None:
            ours = [one for one in self.house.slack.messages(self.channel) if one.user == self.house.slack.bot_user_id]
            return next((one for one in ours if topic in shown(one)), None)

        message = await self.house.slack.until(card, PATIENCE, f"a card about {topic!r}")
        async with asyncio.timeout(PATIENCE):
            while not await self.program.store.read(partial(_is_noted, ts=message.ts)):  # noqa: ASYNC110  # nobody sets an event for it
                await asyncio.sleep(0.01)
        return Thread(self.house, self.channel, message.ts)

    async def quiet(self) -> None:
        """Waits until nothing is under way: no sentence, no webhook, no due effect. Each may bring about another."""
        telnyx = self.house.telnyx
        while True:
            await telnyx.quiet()
            delivered = len(telnyx.deliveries)
            await settled(self.program)
            # What came in while the database was asked may not be in its answer.
            if telnyx.is_quiet and len(telnyx.deliveries) == delivered:
                return

    async def passes(self, *, seconds: float = 0, minutes: float = 0) -> None:
        """Let time pass at once, and everything happen that this brings."""
        await self.quiet()
        self.house.clock.skip(seconds=seconds, minutes=minutes)
        await self.quiet()


@asynccontextmanager
async def story(
    folder: Path,
    caplog: Any,
    *,
    expect: tuple[str, ...] = (),
    knowing: Callable[[House], dict[str, Any]] | None = None,
    clock_of: Callable[[House], Clock] | None = None,
    **settings: Any,
) -> AsyncIterator[Stage]:
    """A whole program on its stage. At the end nothing may wait, and nothing may have been logged as an error.

    ``expect`` names what the story itself provokes in the log. ``knowing`` gives settings that need ids of people or
    channels, which it may make. ``clock_of`` gives the program's own clock, which may be wrong.
    """
    timeouts = {name: settings.pop(name) for name in ("telnyx_timeout", "slack_timeout", "wire") if name in settings}
    if is_postgres(str(settings.get("database_url", ""))):
        settings.setdefault("confab_secret_key", SecretStr(KEY))
    listen_in(caplog)
    async with AsyncExitStack() as stack:
        house = await stack.enter_async_context(stand_ins(folder, **settings))
        channel = house.channel("payments")
        if knowing:
            house.settings = Settings.model_validate(house.settings.model_dump() | knowing(house))
        program = await stack.enter_async_context(program_in(house, clock=clock_of and clock_of(house), **timeouts))
        stage = Stage(house, program, channel)
        yield stage
        await stage.passes(seconds=5)
        await assert_nothing_waits(program)
        assert_sealed(house)
    assert_clean_log(caplog, expect)
    assert_private_log(caplog, house)
    assert_private_addresses(house)
    assert_specified(house)


async def settled(program: Program) -> None:
    """Waits until all is answered, the courier has nothing in hand, and no effect could start and no timer fire now."""
    give_up = time.monotonic() + PATIENCE
    while True:
        assert time.monotonic() < give_up, "the courier does not come to rest"
        now = program.clock.now()
        busy, soon, timer = await program.store.read(partial(_ahead, now=now))
        at_rest = not busy and not program.answering and program.courier.idle and (timer is None or timer > now)
        if at_rest and (soon is None or soon > now + 3):
            return
        await program.clock.until(min(soon or now + 0.05, now + 0.05))


def _is_noted(connection: Connection, ts: str) -> bool:
    return connection.execute(select(conference.c.id).where(conference.c.card_ts == ts)).first() is not None


def _ahead(connection: Connection, now: float) -> tuple[bool, float | None, float | None]:
    """Whether a sentence waits for its answer or an effect could start or may be under way now, when the next effect
    may start, and when the next timer fires: all of one moment.
    """
    busy = (
        select(journal.c.id).where(journal.c.ref == HEARD, ~journal.c.done),
        outbox.startable(now),  # also what the courier looks at right now
        select(attempt.c.outbox_id).where(attempt.c.begun > db.clock() - outbox.UNDER_WAY),
    )
    found = any(connection.execute(one.limit(1)).first() is not None for one in busy)
    return found, outbox.next_due(connection, now), outbox.next_timer(connection)


def shown(message: Message) -> str:
    """Everything a message shows, as text."""
    return message.text + "\n" + json.dumps(message.blocks, ensure_ascii=False)


def buttons(message: Message) -> dict[str, tuple[str, str]]:
    """Labels of the message's buttons with their action id and value."""
    found: dict[str, tuple[str, str]] = {}
    for block in message.blocks:
        elements = [*block.get("elements", []), *filter(None, [block.get("accessory")])]
        for element in elements:
            if element.get("type") == "button":
                found[element["text"]["text"]] = element["action_id"], element.get("value", "")
    return found


async def chooses(stage: Stage, who: Actor, thread: Thread, row: str, label: str) -> None:
    """From the menu of the row with this name."""
    await thread.card_shows(f'"text": "{label}"')
    for block in thread.card.blocks:
        menu = block.get("accessory", {})
        if menu.get("type") == "overflow" and f"*{row}*" in block["text"]["text"]:
            value = next(one["value"] for one in menu["options"] if one["text"]["text"] == label)
            await stage.house.slack.click(who.user, thread.card, menu["action_id"], value=value)
            return
    raise AssertionError(f"no menu for {row} on {json.dumps(thread.card.blocks, ensure_ascii=False)}")


def button(message: Message, label: str) -> tuple[str, str]:
    found = buttons(message)
    matching = [key for key in found if re.search(re.escape(label), key)]
    assert matching, f"no button {label!r} among {sorted(found)}"
    return found[matching[0]]


def requests(house: House, path: str) -> list[dict[str, Any]]:
    """Bodies of what was asked of Telnyx at paths that end so."""
    return [one.body or {} for one in house.telnyx.requests if one.method == "POST" and one.path.endswith(path)]

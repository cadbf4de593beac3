"""The brake: an admin stops all calls at once, and nobody is rung until an admin lets it."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
import pytest

from tests.stories import checks
from tests.stories.harness import PATIENCE, Actor, Stage, Thread, requests
from tests.stories.machine import Machine, machine
from tests.stories.test_restart import house, run
from web.sandbox.house import NUMBER, House
from web.sandbox.slack import Channel

PEOPLE = (("Ana", "+12125550111"), ("Bo", "+12125550122"), ("Cy", "+12125550133"))
STOPPED = "Zoe has stopped all calls; nobody is rung until an admin says `/conf stop-all off`."


def cast(stage: Stage) -> tuple[Actor, Actor, Actor, Actor]:
    """Ana, Bo and Cy, and Zoe, who is an admin of the workspace."""
    ana, bo, cy = (stage.person(name, number) for name, number in PEOPLE)
    zoe = stage.person("Zoe", "+12125550199")
    zoe.user.is_admin = True
    return ana, bo, cy, zoe


async def stop(stage: Stage, zoe: Actor) -> None:
    await zoe.types("stop-all", stage.channel)
    await zoe.clicks(await zoe.is_told("Do it?"), "Stop everything")
    await zoe.is_told("All calls are stopped")


def rings(stage: Stage) -> int:
    return len(requests(stage.house, "/calls"))


async def answered(stage: Stage, who: Actor, sentence: str) -> None:
    before = len(who.private)
    await who.types(sentence, stage.channel)
    await stage.house.slack.until(lambda: len(who.private) > before, PATIENCE, sentence)


async def calls_of(url: str) -> str:
    async with aiohttp.ClientSession() as session, session.get(f"{url}/readyz") as answer:
        assert answer.status == 200
        return str((await answer.json())["calls"])


async def test_every_conference_ends_everybody_is_hung_up_and_nobody_is_rung(stage: Stage) -> None:
    ana, bo, cy, zoe = cast(stage)
    cy.phone.mood = "busy"
    await ana.types("create payments @ana @cy --redial 5x60s", stage.channel)
    await bo.types("create search @bo", stage.channel)
    await ana.comes_in()
    await bo.phone.rings()
    threads = [await stage.thread("payments"), await stage.thread("search")]
    await threads[0].shows("Cy: rung again")
    asked = "That ends every conference at once (2 now), hangs up everybody (2 phones)"
    await zoe.types("stop-all", stage.channel)
    await zoe.is_told(asked)
    assert ana.phone.room, "nothing is done before the answer"
    await stop(stage, zoe)
    for thread in threads:
        await thread.shows("Ended by Zoe")
        await thread.card_shows("ENDED", "by Zoe")
        assert "all calls were stopped" in thread.lines[-1]
    for one in (ana, bo):
        await one.phone.idle()
    before = rings(stage)
    for sentence in ("create payments", "create payments @ana", "join", "number verify"):
        await answered(stage, ana, sentence)
    await ana.is_told(STOPPED)
    await ana.types("status", stage.channel)
    await ana.is_told(f"There is no live conference here. {STOPPED}")
    assert await calls_of(stage.url) == "stopped by Zoe"
    await stage.passes(minutes=10)
    assert rings(stage) == before
    await zoe.types("stop-all off", stage.channel)
    await zoe.is_told("People can be rung again. What was ended stays ended.")
    assert await calls_of(stage.url) == "ok"
    await ana.types("create later @bo", stage.channel)
    await bo.phone.rings()
    assert rings(stage) == before + 1


async def test_only_an_admin_may(stage: Stage) -> None:
    ana, bo, _, zoe = cast(stage)
    await ana.types("create payments @bo", stage.channel)
    await bo.phone.rings()
    await ana.types("stop-all now", stage.channel)
    await ana.is_told("“stop-all” is for admins of Confab")
    assert bo.phone.state == "ringing"
    await stop(stage, zoe)
    await bo.phone.idle()
    await ana.types("stop-all off", stage.channel)
    await stage.house.slack.until(lambda: sum("is for admins" in told for told in ana.private) == 2, PATIENCE)
    await ana.types("create payments @bo", stage.channel)
    await ana.is_told(STOPPED)


async def test_what_waits_to_be_dialled_is_not(stage: Stage) -> None:
    ana, bo, cy, zoe = cast(stage)
    await ana.types("number +12125550111", stage.channel)
    await ana.is_told("Noted")
    stage.house.telnyx.trouble.api_429 = 10_000
    await ana.types("create payments @bo @cy", stage.channel)
    await ana.is_told("Ringing Bo")
    await ana.types("number verify", stage.channel)
    await ana.is_told("Ringing …0111")
    await stop(stage, zoe)
    thread = await stage.thread("payments")
    await thread.shows("Ended by Zoe")  # a try that was under way is over by now
    stage.house.telnyx.trouble.api_429 = 0
    await stage.passes(minutes=10)
    assert [one.phone.ring_count for one in (ana, bo, cy)] == [0, 0, 0]


async def test_who_calls_in_is_cut_off_and_refused(stage: Stage) -> None:
    ana, _, _, zoe = cast(stage)
    await answered(stage, ana, "create payments")
    await ana.types("pin", stage.channel)
    pin = re.findall(r"enter (\d{6})", (await ana.is_told("Only you see this")).text)[0]
    inside, asked = (stage.house.telnyx.phone(f"+1212555019{n}") for n in (7, 8))
    for phone in (inside, asked):
        phone.dials(NUMBER)
        await phone.hears("Enter the six digits")
    inside.presses(pin)
    await inside.in_room()
    await stop(stage, zoe)
    await inside.idle()
    await asked.idle()
    assert len(asked.heard) == 1, "hung up at once, not when the digits did not come"
    asked.dials(NUMBER)
    await asked.idle()
    assert asked.calls[-1].answered_at is None


async def test_it_stays_stopped_over_a_restart(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, database_url: str
) -> None:
    async with house(tmp_path, caplog, database_url) as one:
        async with run(one) as stage:
            ana, bo, _, zoe = cast(stage)
            await stop(stage, zoe)
        async with run(one) as stage:
            await ana.types("create payments @bo", stage.channel)
            await ana.is_told(STOPPED)
            await zoe.types("stop-all off", stage.channel)
            await zoe.is_told("People can be rung again.")
            await zoe.types("stop-all off", stage.channel)
            await zoe.is_told("Nothing is stopped.")
            await ana.types("create payments @bo", stage.channel)
            await bo.phone.rings()
            await ana.types("end now", stage.channel)
            await stage.passes(seconds=3)
            await checks.assert_nothing_waits(stage.program)


async def card_of(one: House, channel: Channel, topic: str) -> str:
    def found() -> str:
        return next((message.ts for message in one.slack.messages(channel) if topic in message.text), "")

    return await one.slack.until(found, PATIENCE, f"the card of {topic}")


@asynccontextmanager
async def conferences(folder: Path) -> AsyncIterator[tuple[House, Machine, list[Actor], list[Thread]]]:
    """A program of its own, which can be killed; three conferences, each with somebody in it."""
    async with machine(folder) as (one, program):
        people = [Actor(one, one.person(name, number)) for name, number in PEOPLE]
        channel = one.channel("payments")
        threads = []
        for actor, topic in zip(people, ("first", "second", "third"), strict=True):
            await actor.types(f"create {topic} @{actor.user.name}", channel)
            await actor.comes_in()
            threads.append(Thread(one, channel, await card_of(one, channel, topic)))
        yield one, program, people, threads


@pytest.mark.parametrize("times", [1, 3])
async def test_killed_in_the_middle_all_ends_nevertheless(tmp_path: Path, times: int) -> None:
    async with conferences(tmp_path) as (one, program, people, threads):
        zoe = Actor(one, one.person("Zoe", "+12125550199"))
        zoe.user.is_admin = True
        channel = threads[0].channel
        await zoe.types("stop-all", channel)
        await zoe.clicks(await zoe.is_told("Do it?"), "Stop everything")
        for _ in range(times):
            await program.kill()
            await program.start()
        for actor, thread in zip(people, threads, strict=True):
            await actor.phone.idle(PATIENCE)
            await thread.shows("all calls were stopped")
            assert sum("Ended by Zoe" in line for line in thread.lines) == 1
        assert [actor.phone.ring_count for actor in people] == [1, 1, 1]
        assert await calls_of(f"http://127.0.0.1:{program.port}") == "stopped by Zoe"

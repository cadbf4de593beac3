"""SIGKILL between any two steps, and a new start: nothing is lost, nothing is doubled, no phone rings twice."""

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.stories.harness import PATIENCE, Actor, Thread, requests, shown
from tests.stories.machine import Machine, machine
from web.sandbox.house import House

STEPS = ("typed", "dialled", "rings", "answered", "asked", "pressed", "seated", "told", "ended", "over")
PEOPLE = (("Ana", "+12125550111"), ("Bo", "+12125550122"))


@pytest.mark.parametrize("after", STEPS)
async def test_killed_after_any_step(tmp_path: Path, after: str) -> None:
    async with machine(tmp_path) as (house, program):
        await _tell(house, program, {after})


async def test_killed_after_every_step(tmp_path: Path) -> None:
    async with machine(tmp_path) as (house, program):
        await _tell(house, program, set(STEPS))


async def _tell(house: House, program: Machine, kills: set[str]) -> None:
    async def done(step: str) -> None:
        if step in kills:
            await program.kill()
            await program.start()

    ana, bo = (Actor(house, house.person(name, number)) for name, number in PEOPLE)
    channel = house.channel("payments")
    assert (await ana.types("create payments down @bo", channel)).status == 200
    await done("typed")
    await _until(lambda: bool(requests(house, "/calls")))
    await done("dialled")
    await bo.phone.rings(PATIENCE)
    await done("rings")
    bo.phone.answers()
    await done("answered")
    await bo.phone.hears("Press 1", PATIENCE)
    await done("asked")
    bo.phone.presses("1")
    await done("pressed")
    await bo.phone.in_room(PATIENCE)
    await done("seated")
    card = await house.slack.until(lambda: next(iter(house.slack.messages(channel)), None), PATIENCE, "the card")
    thread = Thread(house, channel, card.ts)
    await thread.shows("Bo joined")
    await done("told")
    await ana.types("end", channel)
    await done("ended")
    await bo.phone.idle(PATIENCE)
    await done("over")
    await thread.shows("Ended by Ana")
    await thread.card_shows("ended")

    assert bo.phone.ring_count == 1
    text = "\n".join(thread.lines)
    assert [text.count(word) for word in ("Bo joined", "Ended by Ana")] == [1, 1], text
    assert text.count("Ringing Bo") <= 1, text  # not told when the first news after the start is that Bo answered
    assert len([one for one in house.slack.messages(channel) if "payments down" in shown(one)]) == 1


async def _until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(PATIENCE):
        while not condition():  # noqa: ASYNC110  # as soon as the request is seen, before its answer is
            await asyncio.sleep(0.005)

"""Many people: the card folds, and stays within Slack's limits."""

import time
from pathlib import Path
from typing import Any

import pytest

from bot.store import outbox
from tests.stories.harness import PATIENCE, Stage, requests, shown, story
from web.sandbox.slack.blocks import check_blocks, letters


async def drained(stage: Stage) -> None:
    """Slack takes a message a second, so what 800 people make takes long to be told: let the time pass."""
    give_up = time.monotonic() + 120
    while True:
        await stage.house.telnyx.quiet()
        waiting, _ = await stage.program.store.read(outbox.depth)
        if not waiting and stage.program.courier.idle:
            return
        assert time.monotonic() < give_up, f"{waiting} effects still wait"
        stage.house.clock.skip(seconds=1)
        await stage.program.clock.until(stage.program.clock.now() + 0.05)


async def test_fifty_people_are_rung_and_the_card_folds(stage: Stage) -> None:
    ana = stage.person("Ana", "+12125550111")
    await ana.types("create payments @ana", stage.channel)
    await ana.comes_in()
    thread = await stage.thread("payments")
    numbers = [f"+1212555{1000 + n}" for n in range(50)]
    for number in numbers[40:]:
        stage.house.telnyx.phone(number).mood = "busy"
    for start in range(0, 50, 10):
        await ana.types(f"invite {' '.join(numbers[start : start + 10])} --redial off --ring 120s", stage.channel)
    for number in numbers[:40]:
        phone = stage.house.telnyx.phone(number)
        await phone.rings()
        phone.answers()
        await phone.hears("Press 1")
        phone.presses("1")
    for number in numbers[:40]:
        await stage.house.telnyx.phone(number).in_room()
    await stage.passes(seconds=5)
    await thread.card_shows("41 in, 10 missed", "… and 39 more: 29 in, 10 missed", "Show all")
    assert check_blocks(thread.card.blocks) == []
    await ana.clicks(thread.card, "Show all")
    await ana.is_told("more: ")
    await ana.types("mute others", stage.channel)
    phones = stage.house.telnyx.phones.values()
    await stage.house.telnyx.until(lambda: sum(phone.muted for phone in phones) == 40, PATIENCE, "forty are muted")
    assert all(len(body["call_control_ids"]) == 1 for body in requests(stage.house, "/mute"))
    await ana.types("end now", stage.channel)
    await thread.shows("Ended")
    await stage.passes(seconds=5)
    assert all(phone.state == "idle" for phone in stage.house.telnyx.phones.values())


async def test_eight_hundred_legs(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    unlimited: dict[str, Any] = {
        "confab_max_dials_per_user": 1000,
        "confab_max_legs": 1000,
        "confab_max_participants": 800,
    }
    async with story(tmp_path, caplog, confab_gate="none", **unlimited) as stage:
        ana = stage.person("Ana", "+12125550111")
        await ana.types("create payments", stage.channel)
        thread = await stage.thread("payments")
        numbers = [f"+1212555{1000 + n}" for n in range(800)]
        for number in numbers:
            stage.house.telnyx.phone(number).mood = "voicemail"  # answers by itself
        for start in range(0, 800, 10):
            await ana.types(f"invite {' '.join(numbers[start : start + 10])}", stage.channel)
        await stage.house.telnyx.until(
            lambda: sum(len(room.seats) for room in stage.house.telnyx.rooms.values()) == 800, 240, "800 in the room"
        )
        await drained(stage)
        await thread.card_shows("800 in", "… and 788 more")
        assert check_blocks(thread.card.blocks) == []
        assert letters(thread.card.blocks) <= 13_200
        assert len(stage.house.telnyx.rooms) == 1
        assert "payments: live. 800 in." in shown(thread.card)
        await ana.types("end now", stage.channel)
        await stage.house.telnyx.until(
            lambda: all(phone.state == "idle" for phone in stage.house.telnyx.phones.values()), 120, "all phones idle"
        )
        await drained(stage)
        await thread.shows("Ended")

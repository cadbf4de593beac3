"""Dialling in: the conference's PIN opens it, and nothing else does."""

import json
import re
from pathlib import Path

import pytest

from bot.store.tables import journal
from tests.stories.harness import PATIENCE, Actor, Stage, Thread, requests, story
from web.sandbox.house import NUMBER


async def begun(stage: Stage) -> tuple[Actor, Thread, str]:
    """A conference that Ana is in, and its PIN."""
    ana = stage.person("Ana", "+12125550111")
    await ana.types("create payments @ana", stage.channel)
    await ana.comes_in()
    thread = await stage.thread("payments")
    return ana, thread, await pin_of(stage, ana)


async def pin_of(stage: Stage, ana: Actor, word: str = "show") -> str:
    before = len(ana.private)
    await ana.types(f"pin {word}", stage.channel)

    def told() -> str:
        found = re.search(r"enter (\d{6})\. Only you see this", " ".join(ana.private[before:]))
        return found[1] if found else ""

    return await stage.house.slack.until(told, PATIENCE, "the PIN")


async def test_the_pin_lets_in_and_the_thread_says_so(stage: Stage) -> None:
    ana, thread, pin = await begun(stage)
    caller = stage.house.telnyx.phone("+12125550199")
    caller.dials(NUMBER)
    await caller.hears("Enter the six digits of the conference.")
    rooms = [caller.room]
    caller.presses(pin)
    await caller.in_room()
    assert [*rooms, caller.room] == [None, ana.phone.room]
    await thread.shows("📲 …0199 dialed in")
    await thread.shows("…0199 joined")
    await thread.card_shows("…0199", "in since")
    assert pin not in json.dumps([thread.lines, thread.card.blocks])
    await ana.types("mute 0199", stage.channel)
    await stage.house.telnyx.until(lambda: caller.muted, what="the caller is muted")
    for _ in range(3):
        await stage.passes(seconds=31)
    assert caller.room
    caller.hangs_up()
    await thread.shows("…0199 left")


async def test_the_third_wrong_pin_ends_the_call(stage: Stage) -> None:
    _, _, pin = await begun(stage)
    wrong = "111111" if pin != "111111" else "222222"
    caller = stage.house.telnyx.phone("+12125550199")
    caller.dials(NUMBER)
    await caller.hears("Enter the six digits")
    for times in range(1, 4):
        caller.presses(wrong)
        await stage.house.telnyx.until(lambda: len(caller.heard) == times + 1, what="an answer")  # noqa: B023  # awaited at once
    await caller.hears("Ask somebody who is in it for the digits. Goodbye.")
    await caller.idle()
    assert len(stage.house.telnyx.rooms) == 1
    assert requests(stage.house, "/join") == []


async def test_without_a_conference_a_plain_sentence_is_said(stage: Stage) -> None:
    caller = stage.house.telnyx.phone("+12125550199")
    caller.dials(NUMBER)
    await caller.hears("There is no conference just now. Goodbye.")
    await caller.idle()
    assert requests(stage.house, "gather_using_speak") == []


async def test_the_pin_of_a_conference_that_is_over_opens_nothing(stage: Stage) -> None:
    ana, thread, pin = await begun(stage)
    await ana.types("end now", stage.channel)
    await thread.shows("Ended")
    await ana.types("create another", stage.channel)
    await stage.thread("another")
    caller = stage.house.telnyx.phone("+12125550199")
    caller.dials(NUMBER)
    await caller.hears("Enter the six digits")
    caller.presses(pin)
    await caller.hears("That is no conference.")
    assert caller.room is None


async def test_new_and_off(stage: Stage) -> None:
    ana, _, pin = await begun(stage)
    new = await pin_of(stage, ana, "new")
    caller = stage.house.telnyx.phone("+12125550199")
    caller.dials(NUMBER)
    await caller.hears("Enter the six digits")
    if new != pin:
        caller.presses(pin)
        await caller.hears("That is no conference.")
    caller.presses(new)
    await caller.in_room()
    await ana.types("pin off", stage.channel)
    await ana.is_told("Nobody can dial in any more.")
    late = stage.house.telnyx.phone("+12125550188")
    late.dials(NUMBER)
    await late.hears("There is no conference just now.")


async def test_who_was_invited_is_offered_their_conference_with_1(stage: Stage) -> None:
    ana, thread, _ = await begun(stage)
    bo = stage.person("Bo", "+12125550122")
    await ana.types("invite @bo --redial off", stage.channel)
    await bo.phone.rings()
    bo.phone.declines()
    await thread.shows("Bo: declined the call")
    bo.phone.dials(NUMBER)
    await bo.phone.hears("Press 1 and wait to join payments")
    bo.phone.presses("1")
    await stage.passes(seconds=6)
    await bo.phone.in_room()
    await thread.shows("Bo dialed in")
    await thread.shows("Bo joined")


async def test_1_is_nothing_for_somebody_who_was_not_invited(stage: Stage) -> None:
    await begun(stage)
    caller = stage.house.telnyx.phone("+12125550199")
    caller.dials(NUMBER)
    await caller.hears("Enter the six digits")
    caller.presses("1#")
    await caller.hears("That is no conference.")
    assert caller.room is None


async def test_a_locked_conference_stays_shut(stage: Stage) -> None:
    ana, thread, pin = await begun(stage)
    await ana.types("lock", stage.channel)
    await thread.shows("Locked")
    caller = stage.house.telnyx.phone("+12125550199")
    caller.dials(NUMBER)
    await caller.hears("Enter the six digits")
    caller.presses(pin)
    await caller.hears("This conference is locked")
    await caller.idle()
    assert caller.room is None


async def test_tries_are_limited_for_a_caller_over_several_calls(stage: Stage) -> None:
    _, _, pin = await begun(stage)
    wrong = "111111" if pin != "111111" else "222222"
    caller = stage.house.telnyx.phone("+12125550199")
    for _ in range(2):
        caller.dials(NUMBER)
        await stage.quiet()
        for _ in range(3):
            caller.presses(wrong)
            await stage.quiet()
        await caller.idle()
    before = len(caller.heard)
    caller.dials(NUMBER)
    await caller.idle()
    assert len(caller.heard) == before
    assert caller.calls[-1].ending is not None
    assert caller.calls[-1].ending.cause == "call_rejected"
    await stage.passes(minutes=61)
    caller.dials(NUMBER)
    await stage.house.telnyx.until(lambda: len(caller.heard) > before, what="the caller is asked again")


async def test_tries_are_limited_in_all(stage: Stage) -> None:
    _, _, pin = await begun(stage)
    wrong = "111111" if pin != "111111" else "222222"
    for number in range(20):
        caller = stage.house.telnyx.phone(f"+1212555{1000 + number}")
        caller.dials(NUMBER)
        await stage.quiet()
        for _ in range(3):
            caller.presses(wrong)
            await stage.quiet()
    fresh = stage.house.telnyx.phone("+12125550199")
    fresh.dials(NUMBER)
    await fresh.idle()
    assert fresh.heard == []


async def test_calls_that_began_together_share_the_limit(stage: Stage) -> None:
    _, _, pin = await begun(stage)
    wrong = "111111" if pin != "111111" else "222222"
    callers = [stage.house.telnyx.phone(f"+1212555{1000 + number}") for number in range(31)]
    for caller in callers:
        caller.dials(NUMBER)
    await stage.quiet()
    for _ in range(2):
        for caller in callers[:30]:
            caller.presses(wrong)
        await stage.quiet()
    last = callers[30]
    if last.state != "idle":  # no digits in time are told the same
        last.presses(pin)
    await last.hears("That is no conference either.")
    await last.idle()
    assert last.room is None


async def test_a_call_that_waits_for_nothing_is_ended(stage: Stage) -> None:
    await begun(stage)
    caller = stage.house.telnyx.phone("+12125550199")
    caller.dials(NUMBER)
    await caller.hears("Enter the six digits")
    await stage.passes(seconds=13)
    await stage.passes(seconds=13)
    await stage.passes(seconds=13)
    await caller.hears("Goodbye.")
    await caller.idle()


async def test_the_digits_are_kept_nowhere(stage: Stage, caplog: pytest.LogCaptureFixture) -> None:
    _, _, pin = await begun(stage)
    caller = stage.house.telnyx.phone("+12125550199")
    caller.dials(NUMBER)
    await caller.hears("Enter the six digits")
    caller.presses("918273")
    await caller.hears("That is no conference.")
    caller.presses(pin)
    await caller.in_room()
    await stage.quiet()
    rows = await stage.program.store.read(lambda connection: connection.execute(journal.select()).all())
    kept = json.dumps([[str(value) for value in row] for row in rows])
    assert "918273" not in kept
    assert pin not in kept
    ours = [record.getMessage() for record in caplog.records if record.name.startswith("confab")]
    assert not any(pin in line or "918273" in line for line in ours)


async def test_switched_off_every_call_is_refused(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    async with story(tmp_path, caplog, confab_dial_in=False) as stage:
        ana = stage.person("Ana", "+12125550111")
        await ana.types("create payments", stage.channel)
        await stage.thread("payments")
        caller = stage.house.telnyx.phone("+12125550199")
        caller.dials(NUMBER)
        await caller.idle()
        assert caller.heard == []
        await ana.types("pin", stage.channel)
        await ana.is_told("Dialling in is switched off here")

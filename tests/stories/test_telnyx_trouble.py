"""Telnyx at its worst: the same story is told, no phone rings twice, and what lasts is said."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from tests.stories.harness import Actor, Stage, Thread, requests, shown, story
from tests.stories.waiting import eventually, tried
from web.sandbox.house import House

TROUBLED = "Telnyx does not answer just now. Still trying."


async def tell(stage: Stage) -> tuple[Actor, Thread]:
    """The main job, with two people."""
    ana, bo, cleo = (stage.person(name, f"+1212555012{at}") for at, name in enumerate(("Ana", "Bo", "Cleo")))
    await ana.types("create payments @bo @cleo", stage.channel)
    for one in (bo, cleo):
        await one.comes_in()
    assert bo.phone.room == cleo.phone.room
    thread = await stage.thread("payments")
    await thread.card_shows("2 in")
    await ana.types("end now", stage.channel)
    for one in (bo, cleo):
        await one.phone.idle()
    await thread.card_shows("ENDED")
    assert (bo.phone.ring_count, cleo.phone.ring_count) == (1, 1)
    return bo, thread


@pytest.mark.parametrize("switch", ["twice", "shuffled", "before_answer", "unknown_events"])
async def test_webhooks_that_come_oddly_change_nothing(stage: Stage, switch: str) -> None:
    stage.house.telnyx.trouble.set(switch, value=True)
    _, thread = await tell(stage)
    await stage.quiet()
    said = "\n".join(thread.lines).splitlines()
    for sign in ("📞", "🟢"):
        told = " ".join(line for line in said if sign in line)
        assert (told.count("Bo"), told.count("Cleo")) == (1, 1)
    assert sum("Ended by Ana" in line for line in said) == 1


async def test_webhooks_that_come_late_change_nothing(stage: Stage) -> None:
    stage.house.telnyx.trouble.late = 0.5
    await tell(stage)


@pytest.mark.parametrize("switch", ["api_429", "api_500", "api_500_after", "api_hang", "api_hang_after"])
async def test_a_dial_that_fails_at_first_rings_the_phone_once(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, switch: str
) -> None:
    async with story(tmp_path, caplog, telnyx_timeout=0.3) as stage:
        ana, bo = stage.person("Ana", "+12125550111"), stage.person("Bo", "+12125550122")
        stage.house.telnyx.trouble.set(switch, 1)
        await ana.types("create payments @bo", stage.channel)
        await bo.comes_in()
        await (await stage.thread("payments")).shows("Bo joined")
        await stage.quiet()
        assert bo.phone.ring_count == 1


@pytest.mark.parametrize("switch", ["api_429", "api_500", "api_500_after"])
async def test_every_command_is_repeated_until_it_is_done(stage: Stage, switch: str) -> None:
    ana, bo = stage.person("Ana", "+12125550111"), stage.person("Bo", "+12125550122")
    trouble = stage.house.telnyx.trouble
    trouble.set(switch, 1)
    await ana.types("create payments @bo", stage.channel)
    await bo.phone.rings()
    await stage.quiet()
    trouble.set(switch, 1)
    bo.phone.answers()
    await bo.phone.hears("Press 1")
    await stage.quiet()
    trouble.set(switch, 1)
    bo.phone.presses("1")
    await bo.phone.in_room()
    await stage.quiet()
    trouble.set(switch, 1)
    await ana.types("end", stage.channel)
    await bo.phone.idle()
    assert bo.phone.ring_count == 1
    assert len(bo.phone.heard) == 1


async def test_trouble_that_lasts_is_on_the_card_until_it_is_over(stage: Stage) -> None:
    ana, bo = stage.person("Ana", "+12125550111"), stage.person("Bo", "+12125550122")
    await ana.types("create payments", stage.channel)
    thread = await stage.thread("payments")
    stage.house.telnyx.trouble.api_500 = 1_000_000
    asked = stage.house.clock.now()
    await ana.types("invite @bo", stage.channel)
    await tried(stage.program, 2)
    assert TROUBLED not in shown(thread.card) or stage.house.clock.now() > asked + 5
    stage.house.clock.skip(seconds=6)
    await thread.card_shows(TROUBLED)
    stage.house.telnyx.trouble.api_500 = 0
    stage.house.clock.skip(seconds=30)
    await bo.comes_in()
    await stage.quiet()
    assert TROUBLED not in shown(thread.card)
    assert bo.phone.ring_count == 1


async def test_a_silent_telnyx_is_on_the_card_too(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    async with story(tmp_path, caplog, telnyx_timeout=1.0) as stage:
        ana, bo = stage.person("Ana", "+12125550111"), stage.person("Bo", "+12125550122")
        await ana.types("create payments", stage.channel)
        thread = await stage.thread("payments")
        await stage.quiet()
        stage.house.telnyx.trouble.api_hang = 2
        await ana.types("invite @bo", stage.channel)
        await eventually(lambda: stage.house.telnyx.trouble.api_hang == 1, "Telnyx is asked")
        stage.house.clock.skip(seconds=6)
        await thread.card_shows(TROUBLED)
        await bo.comes_in()
        await stage.quiet()
        assert TROUBLED not in shown(thread.card)


async def test_after_two_minutes_it_is_given_up_and_said(stage: Stage) -> None:
    ana, bo = stage.person("Ana", "+12125550111"), stage.person("Bo", "+12125550122")
    stage.house.telnyx.trouble.api_500 = 1_000_000
    await ana.types("create payments @bo", stage.channel)
    thread = await stage.thread("payments")
    await tried(stage.program, 2)
    stage.house.clock.skip(seconds=121)
    await thread.shows("Bo: Telnyx could not be reached")
    await thread.card_shows("Telnyx could not be reached", "Ring again")
    stage.house.telnyx.trouble.api_500 = 0
    await stage.passes(seconds=31)
    assert TROUBLED not in shown(thread.card)
    assert bo.phone.ring_count == 0
    await ana.clicks(thread.card, "Ring again")
    await bo.comes_in()


async def rings_unknown(stage: Stage) -> Actor:
    """Bo's phone rings, and neither the answer to the dial nor any news of the call comes."""
    ana, bo = stage.person("Ana", "+12125550111"), stage.person("Bo", "+12125550122")
    stage.house.telnyx.trouble.dropped, stage.house.telnyx.trouble.api_500_after = 1.0, 1
    await ana.types("create payments @bo", stage.channel)
    await bo.phone.rings()
    return bo


async def test_after_a_minute_of_doubt_a_phone_is_not_rung_again(stage: Stage) -> None:
    """It rang, and neither the answer nor any news of it came; by now Telnyx would ring it anew."""
    bo, trouble = await rings_unknown(stage), stage.house.telnyx.trouble
    trouble.api_500 = 1_000_000
    stage.house.clock.skip(seconds=31)
    await bo.phone.idle()
    stage.house.clock.skip(seconds=30)
    trouble.dropped, trouble.api_500 = 0.0, 0
    await (await stage.thread("payments")).shows("Bo: Telnyx could not be reached")
    assert bo.phone.ring_count == 1


async def test_a_look_that_is_refused_leaves_the_doubt(stage: Stage) -> None:
    bo, trouble = await rings_unknown(stage), stage.house.telnyx.trouble
    trouble.api_429 = 2
    await eventually(lambda: trouble.api_429 == 0, "two looks are refused")
    trouble.dropped = 0.0
    await stage.quiet()
    await bo.comes_in()
    assert bo.phone.ring_count == 1
    assert len(requests(stage.house, "/calls")) == 1


class WrongClock:
    """The house's clock, and ``ahead`` of it by so many seconds."""

    def __init__(self, house: House, ahead: float) -> None:
        self.ahead = ahead
        self._right = house.clock

    def now(self) -> float:
        return self._right.now() + self.ahead

    def steady(self) -> float:
        return self._right.steady()

    async def until(self, when: float) -> None:
        while (left := when - self.now()) > 0:  # as the system's clock does it
            await self._right.until(self._right.now() + left)


@asynccontextmanager
async def ahead_of_time(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, ahead: float
) -> AsyncIterator[tuple[Stage, WrongClock]]:
    """A story whose program has a clock that is ``ahead`` seconds wrong."""
    clocks: list[WrongClock] = []

    def wrong(house: House) -> WrongClock:
        clocks.append(WrongClock(house, ahead))
        return clocks[0]

    async with story(tmp_path, caplog, clock_of=wrong) as stage:
        yield stage, clocks[0]


async def stays_unknown(stage: Stage) -> Actor:
    """The same, and the looks at Telnyx that follow are not answered either."""
    bo = await rings_unknown(stage)
    stage.house.telnyx.trouble.api_500 = 1_000_000
    await tried(stage.program, 2)
    return bo


@pytest.mark.parametrize("ahead", [40.0, 400.0])
async def test_doubt_is_not_made_young_by_a_clock_that_is_set_back(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, ahead: float
) -> None:
    async with ahead_of_time(tmp_path, caplog, ahead) as (stage, clock):
        bo, trouble = await stays_unknown(stage), stage.house.telnyx.trouble
        stage.house.clock.skip(seconds=31)
        await bo.phone.idle()
        clock.ahead = 0.0
        stage.house.clock.skip(seconds=30)
        trouble.dropped, trouble.api_500 = 0.0, 0
        await (await stage.thread("payments")).shows("Bo: Telnyx could not be reached")
        assert bo.phone.ring_count == 1


@pytest.mark.parametrize("ahead", [55.0, 400.0])
async def test_a_clock_that_is_set_back_keeps_no_effect_waiting(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, ahead: float
) -> None:
    """The courier rests until a moment that is suddenly far away, and so is that at which the next dial may start."""
    async with ahead_of_time(tmp_path, caplog, ahead) as (stage, clock):
        bo, trouble = await stays_unknown(stage), stage.house.telnyx.trouble
        clock.ahead, was = 0.0, clock.now()
        await tried(stage.program, 3)
        assert clock.now() < was
        trouble.dropped, trouble.api_500 = 0.0, 0
        await bo.comes_in()


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("D13", "the country is not enabled in the outbound voice profile (D13)"),
        ("D38", "the Telnyx application has no outbound voice profile (D38)"),
        ("D60", "a Telnyx trial account may only ring verified numbers (D60)"),
    ],
)
async def test_what_the_account_does_not_allow_is_said_as_a_matter_of_settings(
    stage: Stage, code: str, words: str
) -> None:
    ana, bo = stage.person("Ana", "+12125550111"), stage.person("Bo", "+12125550122")
    stage.house.telnyx.trouble.d_code = code
    await ana.types("create payments @bo", stage.channel)
    thread = await stage.thread("payments")
    await thread.shows(f"Bo: not rung: {words}")
    await thread.card_shows(words)
    assert len(requests(stage.house, "/calls")) == 1
    assert bo.phone.ring_count == 0


async def test_a_key_that_is_no_longer_accepted_is_said(stage: Stage) -> None:
    ana, bo = stage.person("Ana", "+12125550111"), stage.person("Bo", "+12125550122")
    stage.house.telnyx.trouble.bad_key = True
    await ana.types("create payments @bo", stage.channel)
    await (await stage.thread("payments")).shows("Bo: not rung: Telnyx refuses the API key (10009)")
    assert bo.phone.ring_count == 0


@pytest.mark.parametrize("lost", ["the ringing", "the joining"])
async def test_news_that_is_lost_leaves_nobody_on_the_line(stage: Stage, lost: str) -> None:
    ana, bo = stage.person("Ana", "+12125550111"), stage.person("Bo", "+12125550122")
    trouble = stage.house.telnyx.trouble
    trouble.dropped = 1.0 if lost == "the ringing" else 0.0
    await ana.types("create payments @bo", stage.channel)
    await bo.phone.rings()
    await (await stage.thread("payments")).shows("Ringing Bo")
    trouble.dropped = 0.0
    bo.phone.answers()
    await bo.phone.hears("Press 1")
    bo.phone.presses("1")
    trouble.dropped = 1.0 if lost == "the joining" else 0.0
    await bo.phone.in_room()
    await stage.quiet()
    trouble.dropped = 0.0
    await ana.types("end", stage.channel)
    await bo.phone.idle()


async def test_twenty_people_are_dialled_at_a_pace_that_telnyx_takes(stage: Stage) -> None:
    ana = stage.person("Ana", "+12125550111")
    numbers = [f"+1212555{last:04d}" for last in range(200, 220)]
    await ana.types(f"create all hands {' '.join(numbers)}", stage.channel)
    await ana.clicks(await ana.is_told("That rings 20 people"), "Ring them all")
    dials = stage.house.telnyx.requests
    await eventually(lambda: sum(one.operation == "POST calls" for one in dials) == 20, "all are dialled")
    at = [one.at for one in dials if one.operation == "POST calls"]
    assert max(len([other for other in at if 0 <= other - one < 1]) for one in at) < 30
    assert at[-1] - at[0] >= 19 / 30
    for number in numbers:
        await stage.house.telnyx.phone(number).rings()

"""One left alone, and the end of four hours."""

from pathlib import Path

import pytest

from tests.stories.harness import Actor, Stage, Thread, story


async def two(stage: Stage) -> tuple[Actor, Actor, Thread]:
    ana, bo = stage.person("Ana", "+12125550111"), stage.person("Bo", "+12125550122")
    await ana.types("create payments @ana @bo", stage.channel)
    await ana.comes_in()
    await bo.comes_in()
    thread = await stage.thread("payments")
    await thread.card_shows("2 in")
    return ana, bo, thread


async def test_one_left_alone_is_told_and_later_the_conference_ends(stage: Stage) -> None:
    ana, bo, thread = await two(stage)
    bo.phone.hangs_up()
    await thread.shows("Bo left")
    await stage.passes(seconds=61)
    await thread.shows("Ana is alone")
    await ana.phone.hears("You are alone in this conference")
    await stage.passes(minutes=8)
    assert ana.phone.room
    await stage.passes(minutes=1)
    await ana.phone.idle()
    await thread.shows("one person was left alone")


async def test_company_stops_the_countdown(stage: Stage) -> None:
    ana, bo, thread = await two(stage)
    bo.phone.hangs_up()
    await thread.shows("Bo left")
    await stage.passes(minutes=5)
    await bo.types("join", stage.channel)
    await bo.comes_in()
    await stage.passes(minutes=20)
    assert ana.phone.room
    assert bo.phone.room


async def test_who_waits_for_others_that_are_being_rung_is_not_called_alone(stage: Stage) -> None:
    ana = stage.person("Ana", "+12125550111")
    bo = stage.person("Bo", "+12125550122")
    bo.phone.mood = "busy"
    await ana.types("create payments @ana @bo --redial 5x120s", stage.channel)
    await ana.comes_in()
    thread = await stage.thread("payments")
    await stage.passes(minutes=5)
    assert not any("alone" in line for line in thread.lines)


async def test_the_minutes_are_the_operators(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    async with story(tmp_path, caplog, confab_alone_minutes=3) as stage:
        ana, bo, thread = await two(stage)
        bo.phone.hangs_up()
        await thread.shows("Bo left")
        await stage.passes(minutes=1.1)
        await stage.passes(minutes=2)
        await ana.phone.idle()


async def test_before_four_hours_are_over_everybody_is_carried_over(stage: Stage) -> None:
    ana, bo, thread = await two(stage)
    await stage.passes(minutes=224)
    assert not any("are left" in line for line in thread.lines)
    await stage.passes(minutes=2)
    await thread.shows("A conference ends after 4 h; ")
    await bo.phone.hears("ends in 14 minutes")
    slack = stage.house.slack
    warning = next(
        one for one in slack.messages(stage.channel, thread_ts=thread.ts) if "Carry everybody over" in str(one.blocks)
    )
    await ana.clicks(warning, "Carry everybody over")
    await thread.shows("Carried over by Ana")
    await bo.phone.hears("This line closes now")
    await stage.passes(seconds=7)
    for one in (ana, bo):
        await one.phone.idle()
    await thread.shows("Ended: it goes on in a fresh conference.")
    await stage.passes(seconds=8)
    for one in (ana, bo):
        await one.comes_in()
    assert ana.phone.room == bo.phone.room
    assert len(stage.house.telnyx.rooms) == 2

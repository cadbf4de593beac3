"""The gate: who answers hears the topic and who asks, and presses 1; what answers by itself is never in the room."""

from pathlib import Path

import pytest

from tests.stories.harness import Stage, requests, story


async def test_who_answers_hears_who_asks_and_about_what(stage: Stage) -> None:
    ana, bo = stage.person("Ana", "+12125550111"), stage.person("Bo", "+12125550122")
    await ana.types("create payments down @bo", stage.channel)
    await bo.phone.rings()
    assert bo.phone.heard == []
    bo.phone.answers()
    await bo.phone.hears("Ana asks you to join a conference: payments down. Press 1 to join")
    assert bo.phone.room is None
    thread = await stage.thread("payments down")
    await thread.card_shows("answered, asked to press 1")
    bo.phone.presses("1")
    await bo.phone.in_room()
    await thread.shows("Bo joined")


async def test_without_a_key_after_two_prompts_the_call_ends(stage: Stage) -> None:
    ana, bo = stage.person("Ana", "+12125550111"), stage.person("Bo", "+12125550122")
    bo.phone.mood = "voicemail"
    await ana.types("create payments down @bo", stage.channel)
    await bo.phone.hears("Press 1")
    await stage.passes(seconds=8)
    assert len(bo.phone.heard) == 2
    assert bo.phone.state == "talking"
    await stage.passes(seconds=8)
    await bo.phone.idle()

    thread = await stage.thread("payments down")
    await thread.shows("Bo: no key pressed (voicemail?)")
    await thread.card_shows("no key pressed (voicemail?)", "Ring again")
    assert stage.house.telnyx.rooms == {}
    assert requests(stage.house, "/conferences") == []


async def test_another_key_is_not_the_right_one(stage: Stage) -> None:
    ana, bo = stage.person("Ana", "+12125550111"), stage.person("Bo", "+12125550122")
    await ana.types("create payments down @bo", stage.channel)
    await bo.phone.rings()
    bo.phone.answers()
    await bo.phone.hears("Press 1")
    bo.phone.presses("5")
    await stage.quiet()
    assert bo.phone.room is None
    assert len(bo.phone.heard) == 2
    bo.phone.presses("1")
    await bo.phone.in_room()


async def test_hanging_up_at_the_gate_is_told_as_that(stage: Stage) -> None:
    ana, bo = stage.person("Ana", "+12125550111"), stage.person("Bo", "+12125550122")
    await ana.types("create payments down @bo", stage.channel)
    await bo.phone.rings()
    bo.phone.answers()
    await bo.phone.hears("Press 1")
    bo.phone.hangs_up()
    await (await stage.thread("payments down")).shows("Bo: hung up without pressing 1")


async def test_a_gate_whose_news_is_lost_does_not_stay_open_for_ever(stage: Stage) -> None:
    ana, bo = stage.person("Ana", "+12125550111"), stage.person("Bo", "+12125550122")
    await ana.types("create payments down @bo", stage.channel)
    await bo.phone.rings()
    bo.phone.answers()
    await bo.phone.hears("Press 1")
    await stage.quiet()
    stage.house.telnyx.trouble.dropped = 1.0
    bo.phone.presses("1")
    await stage.quiet()
    stage.house.telnyx.trouble.dropped = 0.0
    assert bo.phone.state == "talking"
    await stage.passes(seconds=61)
    await bo.phone.idle()
    await (await stage.thread("payments down")).shows("Bo: no key pressed (voicemail?)")


async def test_without_a_gate_who_answers_is_in(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    async with story(tmp_path, caplog, confab_gate="none") as stage:
        ana, bo = stage.person("Ana", "+12125550111"), stage.person("Bo", "+12125550122")
        await ana.types("create payments down @bo", stage.channel)
        await bo.phone.rings()
        bo.phone.answers()
        await bo.phone.in_room()
        assert bo.phone.heard == []
        await (await stage.thread("payments down")).shows("Bo joined")

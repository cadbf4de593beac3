"""Recordings with consent, where they are kept, and what was said, written down."""

import re
from pathlib import Path

import aiohttp
import pytest

from tests.stories.harness import PATIENCE, Actor, Stage, Thread, requests, shown, story
from web.sandbox.slack import Message


async def two(stage: Stage) -> tuple[Actor, Actor, Thread]:
    ana, bo = stage.person("Ana", "+12125550111"), stage.person("Bo", "+12125550122")
    await ana.types("create payments @ana @bo", stage.channel)
    await ana.comes_in()
    await bo.comes_in()
    thread = await stage.thread("payments")
    await thread.card_shows("2 in")
    return ana, bo, thread


async def test_everybody_is_told_before_and_who_comes_later_alone(stage: Stage) -> None:
    ana, bo, thread = await two(stage)
    await ana.types("record start", stage.channel)
    await thread.shows("Recording started by Ana; everybody was told")
    asked = [
        one.path.rsplit("/", 1)[1]
        for one in stage.house.telnyx.requests
        if one.path.endswith(("speak", "record_start"))
    ]
    assert asked[-2:] == ["speak", "record_start"]
    for one in (ana, bo):
        await one.phone.hears("This conference is being recorded.")
    await thread.card_shows("⏺️ recording since", "Stop recording")
    cy = stage.person("Cy", "+12125550133")
    await cy.types("join", stage.channel)
    await cy.comes_in()
    await cy.phone.hears("This conference is being recorded.")
    assert sum("recorded" in text for text in bo.phone.heard) == 1


async def test_what_cannot_be_announced_is_not_recorded(stage: Stage) -> None:
    ana, _, thread = await two(stage)
    await stage.quiet()
    stage.house.telnyx.trouble.set("api_500", 6)
    await ana.types("record start", stage.channel)
    await stage.quiet()
    for _ in range(6):
        await stage.passes(seconds=8)
    done = [
        one.path.rsplit("/", 1)[1]
        for one in stage.house.telnyx.requests
        if one.status == 200 and one.path.endswith(("speak", "record_start"))
    ]
    assert done[-2:] == ["speak", "record_start"]
    await ana.phone.hears("This conference is being recorded.")
    await thread.shows("Recording started by Ana; everybody was told")


async def test_pause_resume_stop_and_a_fresh_link_on_request(stage: Stage) -> None:
    ana, bo, thread = await two(stage)
    await ana.types("record", stage.channel)
    await thread.shows("Recording started")
    await ana.types("record pause", stage.channel)
    await thread.shows("Recording paused")
    await thread.card_shows("recording paused")
    await ana.types("record resume", stage.channel)
    await thread.shows("Recording resumed by Ana")
    await ana.types("record start", stage.channel)
    await ana.is_told("being recorded already")
    await stage.passes(minutes=2)
    await ana.types("record stop", stage.channel)
    await thread.shows("The recording is ready")
    await bo.phone.hears("The recording has stopped.")
    await ana.types("recording", stage.channel)
    told = await ana.is_told("These links work for ten minutes.")
    assert "/files/" in told.text or "/files/" in str(told.blocks)
    assert not any("/files/" in line for line in thread.lines)


async def test_a_link_dies_after_ten_minutes_and_another_is_given(stage: Stage) -> None:
    ana, _, thread = await two(stage)
    await ana.types("record start", stage.channel)
    await thread.shows("Recording started")
    await ana.types("record stop", stage.channel)
    await thread.shows("The recording is ready")
    await ana.types("recording", stage.channel)
    first = link_in(await ana.is_told("These links work for ten minutes."))
    async with aiohttp.ClientSession() as http:
        async with http.get(first) as answer:
            assert answer.status == 200
        stage.house.clock.skip(minutes=11)
        async with http.get(first) as answer:
            assert answer.status == 403


def link_in(message: Message) -> str:
    found = re.search(r"<(http[^|>]+)\|", shown(message).replace("&amp;", "&"))
    assert found
    return found[1]


async def test_the_link_is_there_after_the_end_too(stage: Stage) -> None:
    ana, _, thread = await two(stage)
    await ana.types("record start", stage.channel)
    await thread.shows("Recording started")
    await stage.passes(minutes=1)
    await ana.types("end now", stage.channel)
    await thread.shows("The recording is ready")
    await ana.types("recording", stage.channel)
    await ana.is_told("These links work for ten minutes.")


async def test_it_is_put_into_the_thread_where_that_is_wanted(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    async with story(tmp_path, caplog, confab_recordings="slack") as stage:
        ana, _, thread = await two(stage)
        await ana.types("record start", stage.channel)
        await thread.shows("Recording started")
        await stage.passes(minutes=1)
        await ana.types("record stop", stage.channel)
        await stage.house.slack.until(lambda: stage.house.slack.files, PATIENCE, "a file in the thread")
        file = stage.house.slack.files[0]
        assert file.name.endswith(".mp3")
        assert file.thread_ts == thread.ts
        assert len(file.data) > 1000


@pytest.mark.parametrize("switch", ["api_500", "api_500_after"])
async def test_it_is_put_into_the_thread_once_though_slack_does_not_say_so(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, switch: str
) -> None:
    async with story(tmp_path, caplog, confab_recordings="slack") as stage:
        ana, _, thread = await two(stage)
        trouble = stage.house.slack.trouble
        trouble.methods = "files.completeUploadExternal"
        trouble.set(switch, 1)
        await ana.types("record start", stage.channel)
        await thread.shows("Recording started")
        await ana.types("record stop", stage.channel)
        await stage.house.slack.until(lambda: stage.house.slack.files, PATIENCE, "a file in the thread")
        await stage.passes(seconds=5)
        assert len(stage.house.slack.files) == 1


async def test_a_recording_whose_news_was_lost_is_found(stage: Stage) -> None:
    ana, _, thread = await two(stage)
    stage.house.telnyx.trouble.set("recording_saved_lost", value=True)
    await ana.types("record start", stage.channel)
    await thread.shows("Recording started")
    await ana.types("record stop", stage.channel)
    await thread.shows("Recording stopped")
    assert not any("ready" in line for line in thread.lines)
    await stage.passes(seconds=125)
    await thread.shows("The recording is ready")
    assert sum("ready" in line for line in thread.lines) == 1


async def test_off_means_that_nothing_is_recorded(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    async with story(tmp_path, caplog, confab_recordings="off") as stage:
        ana, _, thread = await two(stage)
        await ana.types("record start", stage.channel)
        await ana.is_told("Recording is switched off here")
        assert requests(stage.house, "record_start") == []
        assert "Record" not in str(thread.card.blocks)


async def test_what_was_said_comes_as_one_file_at_the_end(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    async with story(tmp_path, caplog, confab_transcripts=True) as stage:
        ana, bo, thread = await two(stage)
        await bo.phone.hears("What is said is written down.")
        await stage.quiet()
        bo.phone.speaks("it is the database")
        ana.phone.speaks("then restart it")
        await stage.quiet()
        await ana.types("end now", stage.channel)
        await thread.shows("Ended")
        await stage.passes(seconds=20)
        await stage.house.slack.until(lambda: stage.house.slack.files, PATIENCE, "a file in the thread")
        text = stage.house.slack.files[0].data.decode()
        assert "Bo: it is the database" in text
        assert "Ana: then restart it" in text

"""What was said is never lost: after a stop or a crash it is answered at the next start, unless that is too late."""

from pathlib import Path

import pytest
from sqlalchemy import text

from bot.slack.private import TRIES
from bot.store import ledger
from bot.store.db import engine_of
from tests.stories.harness import PATIENCE, Actor, Stage, requests, shown, story
from tests.stories.machine import machine
from tests.stories.waiting import eventually
from web.sandbox.house import House, program_in, stand_ins

ANA, BO = ("Ana", "+12125550111"), ("Bo", "+12125550122")


def people(house: House) -> tuple[Actor, Actor]:
    ana, bo = (Actor(house, house.person(*one)) for one in (ANA, BO))
    return ana, bo


def hold_answers(house: House) -> None:
    """The next question to Slack of who somebody is stays unanswered, and so does who asked."""
    house.slack.trouble.methods, house.slack.trouble.api_hang = "users.", 1


async def held(house: House) -> None:
    await house.slack.until(lambda: not house.slack.trouble.api_hang, PATIENCE, "the question to Slack")


@pytest.mark.parametrize("door", ["command", "mention", "direct", "command where the bot is not"])
async def test_a_sentence_before_a_crash_is_answered_after_it(tmp_path: Path, door: str) -> None:
    async with machine(tmp_path) as (house, program):
        ana, bo = people(house)
        channel = house.channel("payments")
        hold_answers(house)
        if door == "command":
            delivered = await ana.types("create payments down @bo", channel)
        elif door == "mention":
            delivered = await ana.says("create payments down @bo", channel)
        elif door == "direct":
            delivered = await ana.writes("create payments down @bo")
        else:
            house.slack.remove_bot(channel)
            delivered = await ana.types("create payments down @bo", channel)
        assert delivered.status == 200
        await held(house)
        await program.kill()
        assert requests(house, "/calls") == []
        await program.start()
        await bo.comes_in()
        await (ana.is_told("Ringing Bo.") if door in {"command", "mention"} else ana.reads("Ringing Bo."))
        assert bo.phone.ring_count == 1


async def test_a_sentence_that_the_database_broke_under_is_answered_when_it_is_back(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with story(tmp_path, caplog, expect=("could not answer", "could not note"), slack_timeout=1.0) as stage:
        ana, bo = (stage.person(*one) for one in (ANA, BO))
        hold_answers(stage.house)
        await ana.types("create payments down @bo", stage.channel)
        await held(stage.house)
        engine = engine_of(stage.house.settings.database_url)
        with engine.begin() as connection:
            connection.execute(text("ALTER TABLE journal RENAME TO elsewhere"))
        await eventually(lambda: "no such table: journal" in caplog.text, "the answer breaks off")
        with engine.begin() as connection:
            connection.execute(text("ALTER TABLE elsewhere RENAME TO journal"))
        engine.dispose()
        await bo.comes_in()
        await ana.is_told("Ringing Bo.")
        await stage.quiet()
        assert bo.phone.ring_count == 1
        cards = [one for one in stage.channel.messages if one.thread_ts in {None, one.ts} and "payments" in shown(one)]
        assert len(cards) == 1


@pytest.mark.parametrize(
    ("words", "owed"), [("create payments @bo", "“create” was done."), ("help", "please say “help” again.")]
)
async def test_an_answer_that_did_not_reach_anybody_is_made_good(stage: Stage, words: str, owed: str) -> None:
    trouble = stage.house.slack.trouble
    ana, bo = (stage.person(*one) for one in (ANA, BO))
    trouble.methods, trouble.api_500 = "chat.postEphemeral", TRIES
    await ana.says(words, stage.channel)
    await stage.house.slack.until(lambda: not trouble.api_500, PATIENCE, "the last try")
    stage.house.clock.skip(seconds=121)
    await ana.reads(f"I cannot be sure that my last answer reached you: {owed}")
    await stage.quiet()
    assert ana.private == []
    assert bo.phone.ring_count == words.startswith("create")
    assert sum("I cannot be sure" in one.text for one in stage.house.slack.direct(ana.user).messages) == 1
    assert await stage.program.store.read(lambda connection: ledger.waiting(connection, ledger.OWED)) == []


async def test_what_is_being_answered_is_answered_before_a_stop(tmp_path: Path) -> None:
    async with stand_ins(tmp_path) as house:
        ana, bo = people(house)
        channel = house.channel("payments")
        async with program_in(house):
            house.slack.trouble.methods, house.slack.trouble.api_429 = "users.", 1
            await ana.types("create payments down @bo", channel)
        assert ana.private == ["Ringing Bo."]
        async with program_in(house) as program:
            await Stage(house, program, channel).quiet()
            await bo.comes_in()
        assert bo.phone.ring_count == 1


async def test_nobody_is_rung_by_a_sentence_of_an_hour_ago(tmp_path: Path) -> None:
    async with stand_ins(tmp_path) as house:
        ana, _ = people(house)
        channel = house.channel("payments")
        hold_answers(house)
        async with program_in(house):
            await ana.types("create payments down @bo", channel)
            await held(house)
        house.clock.skip(minutes=60)
        async with program_in(house):
            await ana.is_told("I was away when you asked me something here, so nothing was done.")
        assert requests(house, "/calls") == []

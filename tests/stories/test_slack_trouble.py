"""Slack says slower, breaks, forgets to answer, or takes the place away: the conference goes on and is told."""

from pathlib import Path

import pytest

from bot.slack.manifest import BOT_SCOPES
from tests.stories.harness import PATIENCE, Actor, Stage, Thread, requests, shown, story

LINES = ("Ringing Bo", "Bo joined", "Ended by Ana")


async def told_once(stage: Stage) -> Thread:
    """A small conference from begin to end, of which everything must be told exactly once."""
    ana, bo = stage.person("Ana", "+12125550111"), stage.person("Bo", "+12125550122")
    await ana.says("create payments down @bo", stage.channel)
    await bo.comes_in()
    await stage.house.telnyx.quiet()
    await ana.types("end", stage.channel)
    await bo.phone.idle()
    for _ in range(12):
        await stage.passes(seconds=5)
    thread = await stage.thread("payments down")
    await thread.shows("Ended by Ana")
    await thread.card_shows("ENDED")
    return thread


def counts(thread: Thread) -> list[int]:
    text = "\n".join(thread.lines)
    return [text.count(line) for line in LINES]


def cards(stage: Stage) -> int:
    return len([one for one in stage.house.slack.messages(stage.channel) if "End" in shown(one) or "END" in shown(one)])


async def test_when_slack_asks_to_slow_down_it_waits_that_long_and_loses_nothing(stage: Stage) -> None:
    slack = stage.house.slack
    slack.trouble.api_429, slack.trouble.retry_after = 6, 1
    thread = await told_once(stage)
    assert counts(thread) == [1, 1, 1]
    assert cards(stage) == 1
    await stage_is_told(stage, "Ringing Bo.")
    refused = [one for one in slack.requests if one.status == 429]
    assert len(refused) == 6
    for one in refused:
        after = [other for other in slack.requests if other.method == one.method and other.at > one.at]
        assert all(other.at >= one.at + 0.99 for other in after if other.args.get("channel") == one.args.get("channel"))


async def stage_is_told(stage: Stage, words: str) -> None:
    ana = next(user for user in stage.house.slack.users.values() if user.name == "ana")
    await Actor(stage.house, ana).is_told(words)


async def test_slacks_own_pace_loses_nothing(stage: Stage) -> None:
    stage.house.slack.trouble.pace = True
    thread = await told_once(stage)
    assert counts(thread) == [1, 1, 1]


async def test_when_slack_cannot_say_who_somebody_is_it_asks_again(stage: Stage) -> None:
    trouble = stage.house.slack.trouble
    trouble.methods, trouble.api_429 = "users.", 2
    ana, bo = stage.person("Ana", "+12125550111"), stage.person("Bo", "+12125550122")
    await ana.types("create payments down @bo", stage.channel)
    await bo.phone.rings()


async def test_when_slack_will_not_say_who_somebody_is_nothing_is_done(stage: Stage) -> None:
    trouble = stage.house.slack.trouble
    ana, _ = stage.person("Ana", "+12125550111"), stage.person("Bo", "+12125550122")
    trouble.methods, trouble.api_500 = "users.", 1
    await ana.types("create payments down @bo", stage.channel)
    await ana.is_told("Slack does not tell who or where this is just now, so nothing was done. Please try again.")
    assert requests(stage.house, "/calls") == []


async def test_when_slack_has_trouble_everything_is_told_once_it_is_over(stage: Stage) -> None:
    stage.house.slack.trouble.api_500 = 6
    thread = await told_once(stage)
    assert counts(thread) == [1, 1, 1]
    assert cards(stage) == 1


@pytest.mark.parametrize("trouble", ["api_500_after", "api_hang_after"])
async def test_a_message_of_unknown_fate_is_looked_up_where_we_may_look(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, trouble: str
) -> None:
    async with story(tmp_path, caplog, slack_timeout=1.0) as stage:
        slack = stage.house.slack
        slack.set_scopes(*BOT_SCOPES, "channels:history")
        slack.trouble.methods = "chat.postMessage"
        slack.trouble.set(trouble, 2)  # the card, and the first line
        thread = await told_once(stage)
        assert slack.trouble.snapshot()[trouble] == 0
        assert counts(thread) == [1, 1, 1]
        assert cards(stage) == 1


async def test_a_try_is_over_before_another_process_could_take_it_for_lost(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """Slack has the card and keeps silent for longer than a try may last, whatever the time-out of a request is."""
    async with story(tmp_path, caplog, slack_timeout=10 * PATIENCE) as stage:
        slack = stage.house.slack
        slack.set_scopes(*BOT_SCOPES, "channels:history")
        slack.trouble.methods, slack.trouble.api_hang_after = "chat.postMessage", 1
        thread = await told_once(stage)
        assert counts(thread) == [1, 1, 1]
        assert cards(stage) == 1


async def test_where_we_may_not_look_a_message_is_rather_doubled_than_lost(stage: Stage) -> None:
    slack = stage.house.slack
    slack.set_scopes(*BOT_SCOPES)
    slack.trouble.methods, slack.trouble.api_500_after = "chat.postMessage", 1
    ana, bo = stage.person("Ana", "+12125550111"), stage.person("Bo", "+12125550122")
    await ana.types("create payments down @bo", stage.channel)
    await bo.comes_in()
    await slack.until(lambda: len(slack.messages(stage.channel)) == 2, PATIENCE, "the card twice")
    first, second = slack.messages(stage.channel)
    thread = Thread(stage.house, stage.channel, second.ts)
    await thread.shows("Bo joined")
    await thread.card_shows("LIVE")
    assert first.edited == 0


async def leave(stage: Stage, how: str) -> None:
    if how == "archived":
        stage.house.slack.archive(stage.channel)
    else:
        stage.house.slack.remove_bot(stage.channel)


@pytest.mark.parametrize(
    ("how", "why"), [("archived", "the channel is archived"), ("removed", "I am not a member of that channel")]
)
async def test_a_channel_that_is_lost_ends_no_conference(stage: Stage, how: str, why: str) -> None:
    ana, bo = stage.person("Ana", "+12125550111"), stage.person("Bo", "+12125550122")
    await ana.types("create payments down @bo", stage.channel)
    await (await stage.thread("payments down")).shows("Ringing Bo")
    await stage.quiet()
    await leave(stage, how)
    await bo.comes_in()
    await ana.reads(f"I cannot post about payments down in its channel: {why}. The phone conference itself goes on.")
    assert bo.phone.room
    await ana.writes("invite +1 212 555 0199")
    await stage.house.telnyx.phone("+12125550199").rings()
    await ana.writes("end")
    await bo.phone.idle()
    told = [one for one in stage.house.slack.direct(ana.user).messages if "I cannot post" in one.text]
    assert len(told) == 1


async def test_a_channel_without_the_bot_is_said_to_the_host(stage: Stage) -> None:
    ana, bo = stage.person("Ana", "+12125550111"), stage.person("Bo", "+12125550122")
    elsewhere = stage.house.slack.add_channel("elsewhere", members=[ana.user, bo.user], bot_in=False)
    await ana.types("create payments down @bo", elsewhere)
    await bo.comes_in()
    await ana.reads("I am not a member of that channel")
    await ana.types("status", elsewhere)
    await ana.is_told("payments down: ", elsewhere)


async def test_a_mention_where_the_bot_was_removed_is_answered_by_a_direct_message(stage: Stage) -> None:
    ana = stage.person("Ana", "+12125550111")
    stage.house.slack.trouble.methods, stage.house.slack.trouble.api_429 = "users.", 1
    await ana.says("status", stage.channel)
    stage.house.slack.remove_bot(stage.channel)
    await ana.reads("There is no live conference here.")


async def test_a_card_that_was_drawn_unnoticed_is_drawn_again_though_all_is_as_before(stage: Stage) -> None:
    ana, bo = stage.person("Ana", "+12125550111"), stage.person("Bo", "+12125550122")
    await ana.types("create payments down @bo", stage.channel)
    await bo.comes_in()
    thread = await stage.thread("payments down")
    await thread.card_shows("1 in")
    await stage.passes(seconds=5)
    trouble = stage.house.slack.trouble
    trouble.methods, trouble.api_500_after = "chat.update", 1
    await ana.types("lock", stage.channel)
    await thread.card_shows("locked by Ana")
    trouble.api_500 = 2
    await ana.types("unlock", stage.channel)
    await thread.shows("Unlocked")
    for _ in range(6):
        await stage.passes(seconds=5)
    assert "locked by Ana" not in shown(thread.card)

"""Three doors and one handler: ``/conf``, mentions and direct messages, and buttons."""

import pytest

from tests.stories.harness import PATIENCE, Actor, Stage, requests, shown

DOORS = ("command", "mention", "thread", "direct")


async def say(actor: Actor, stage: Stage, door: str, text: str) -> None:
    """The same words, through one of the doors."""
    if door == "command":
        await actor.types(text, stage.channel)
    elif door == "mention":
        await actor.says(text, stage.channel)
    elif door == "thread":
        await actor.says(text, stage.channel, await stage.thread("payments down"))
    else:
        await actor.writes(text)


async def answer(actor: Actor, door: str, fragment: str) -> str:
    told = await (actor.reads(fragment) if door == "direct" else actor.is_told(fragment))
    return shown(told)


@pytest.mark.parametrize("door", DOORS)
async def test_every_door_does_the_same(stage: Stage, door: str) -> None:
    ana, bo = stage.person("Ana", "+12125550111"), stage.person("Bo", "+12125550122")
    await ana.types("create payments down", stage.channel)
    thread = await stage.thread("payments down")
    await say(ana, stage, door, "invite @bo +1 212 555 0199")
    await answer(ana, door, "Ringing Bo, …0199.")
    await bo.comes_in()
    await thread.shows("Bo joined")
    await say(ana, stage, door, "status")
    assert "*Bo*: in since" in await answer(ana, door, "payments down: live")
    await say(ana, stage, door, "join")
    await ana.comes_in()
    await thread.shows("Ana joined")
    await say(ana, stage, door, "end")
    await thread.shows("Ended by Ana")
    await answer(ana, door, "Ended payments down.")


@pytest.mark.parametrize("door", ["command", "mention", "direct"])
async def test_every_door_says_help_privately(stage: Stage, door: str) -> None:
    ana = stage.person("Ana", "+12125550111")
    await say(ana, stage, door, "help")
    assert "create [topic…] [who…]" in await answer(ana, door, "Confab rings people's phones")
    await say(ana, stage, door, "")
    await answer(ana, door, "These three do most of the work")
    assert not any(one.user == stage.house.slack.bot_user_id for one in stage.channel.messages)


async def test_a_mention_starts_a_conference(stage: Stage) -> None:
    ana, bo = stage.person("Ana", "+12125550111"), stage.person("Bo", "+12125550122")
    await ana.says("create payments down @bo", stage.channel)
    thread = await stage.thread("payments down")
    await bo.comes_in()
    await thread.shows("Bo joined")


async def test_a_mention_in_a_thread_puts_the_conference_into_that_thread(stage: Stage) -> None:
    ana, bo = stage.person("Ana", "+12125550111"), stage.person("Bo", "+12125550122")
    slack = stage.house.slack
    await ana.says("hello?", stage.channel)
    top = slack.messages(stage.channel)[0]
    await slack.mention(ana.user, stage.channel, "create payments down @bo", thread_ts=top.ts)
    await bo.comes_in()

    def told() -> bool:
        texts = [shown(one) for one in slack.messages(stage.channel, thread_ts=top.ts)]
        return any("LIVE" in text and "payments down" in text for text in texts) and any(
            "Bo joined" in t for t in texts
        )

    await slack.until(told, PATIENCE, "card and line in the thread")
    assert slack.messages(stage.channel) == [top]
    await slack.mention(ana.user, stage.channel, "end", thread_ts=top.ts)
    await bo.phone.idle()


async def test_a_conference_may_live_in_a_direct_message(stage: Stage) -> None:
    ana, bo = stage.person("Ana", "+12125550111"), stage.person("Bo", "+12125550122")
    await ana.writes("create payments down @bo")
    await bo.comes_in()
    await ana.reads("Bo joined")
    await ana.writes("end")
    await ana.reads("Ended by Ana")


async def test_a_direct_message_finds_my_conferences(stage: Stage) -> None:
    ana = stage.person("Ana", "+12125550111")
    await ana.types("create payments down", stage.channel)
    await stage.thread("payments down")
    await ana.writes("status")
    await ana.reads("payments down: open")
    bo = stage.person("Bo", "+12125550122")
    await bo.writes("status")
    await bo.reads("There is no live conference here.")


async def test_an_example_shows_names_rather_than_ids(stage: Stage) -> None:
    ana, _ = stage.person("Ana", "+12125550111"), stage.person("Bo", "+12125550122")
    await ana.says("inviet @bo", stage.channel)
    await ana.is_told("For example: `/conf invite @Bo`")


@pytest.mark.parametrize("door", DOORS)
async def test_an_unknown_verb_is_answered_with_the_nearest_and_an_example(stage: Stage, door: str) -> None:
    ana = stage.person("Ana", "+12125550111")
    await ana.types("create payments down", stage.channel)
    await stage.thread("payments down")
    written = len(stage.channel.messages)
    await say(ana, stage, door, "inviet +1 212 555 0199")
    told = await answer(ana, door, "I do not know the verb “inviet”; did you mean “invite”?")
    called = {
        "command": "`/conf ",
        "mention": "`/conf ",
        "thread": f"<@{stage.house.slack.bot_user_id}> `",
        "direct": "`/conf ",
    }
    assert f"For example: {called[door]}invite +1 212 555 0199`" in told
    await say(ana, stage, door, "abracadabra")
    assert "help`" in await answer(ana, door, "I do not know the verb “abracadabra”.")
    said = {"command": 0, "mention": 2, "thread": 2, "direct": 0}[door]  # what Ana wrote herself
    assert len(stage.channel.messages) == written + said
    assert requests(stage.house, "/calls") == []


async def test_the_answer_to_a_mention_stands_where_it_was_asked(stage: Stage) -> None:
    ana = stage.person("Ana", "+12125550111")
    await ana.types("create payments down", stage.channel)
    thread = await stage.thread("payments down")
    await ana.says("status", stage.channel, thread)
    assert (await ana.is_told("payments down: open")).thread_ts == thread.ts


@pytest.mark.parametrize("door", DOORS)
async def test_the_same_delivery_twice_does_nothing_new(stage: Stage, door: str) -> None:
    ana, bo = stage.person("Ana", "+12125550111"), stage.person("Bo", "+12125550122")
    stage.house.slack.trouble.twice = True
    await ana.types("create payments down", stage.channel)
    thread = await stage.thread("payments down")
    await say(ana, stage, door, "invite @bo")
    await bo.comes_in()
    await thread.shows("Bo joined")
    await say(ana, stage, door, "end")
    await thread.shows("Ended by Ana")
    await say(ana, stage, door if door != "thread" else "mention", "")
    await answer(ana, door, "do most of the work")
    await say(ana, stage, door, "stauts")
    await answer(ana, door, "did you mean")
    await stage.quiet()
    told = ana.private if door != "direct" else [m.text for m in stage.house.slack.direct(ana.user).messages]
    assert sum("do most of the work" in text for text in told) == 1
    assert sum("did you mean" in text for text in told) == 1
    assert sum("Ringing Bo" in text for text in told) == 1
    assert sum("Ended payments" in text for text in told) == 1
    assert bo.phone.ring_count == 1
    cards = [one for one in stage.house.slack.messages(stage.channel) if "payments down" in shown(one)]
    assert len(cards) == 1

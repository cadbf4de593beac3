"""The verbs, as people type them in a channel."""

from bot.core.options import TABLE
from bot.core.verbs import VERBS
from tests.stories.harness import Actor, Stage, Thread, requests, shown
from tests.stories.waiting import eventually


def people(stage: Stage) -> tuple[Actor, Actor]:
    return stage.person("Ana", "+12125550111"), stage.person("Bo", "+12125550122")


def rung(stage: Stage) -> list[str]:
    """Every number that Telnyx was ever asked to ring."""
    return [body["to"] for body in requests(stage.house, "/calls")]


async def test_create_takes_a_topic_and_people_in_any_order(stage: Stage) -> None:
    ana, bo = people(stage)
    await ana.types("create @bo payments +1 212 555 0199 down", stage.channel)
    thread = await stage.thread("payments down")
    await thread.card_shows("host Ana", "*Bo*", "*…0199*")
    await ana.is_told("Ringing Bo, …0199.")
    await bo.phone.rings()
    await stage.house.telnyx.phone("+12125550199").rings()


async def test_create_without_a_topic_is_called_after_its_host(stage: Stage) -> None:
    ana, bo = people(stage)
    await ana.types("create @bo", stage.channel)
    await (await stage.thread("conference")).shows("Ringing Bo")
    await bo.phone.rings()


async def test_create_without_people_says_what_to_do_next(stage: Stage) -> None:
    ana, _ = people(stage)
    await ana.types("create payments down", stage.channel)
    thread = await stage.thread("payments down")
    await thread.card_shows("OPEN", "Nobody is invited yet", "/conf invite")
    await ana.is_told("press *Ring me*")
    assert rung(stage) == []


async def test_invite_rings_more_people_into_it(stage: Stage) -> None:
    ana, bo = people(stage)
    await ana.types("create payments down", stage.channel)
    thread = await stage.thread("payments down")
    await ana.types("invite @bo", stage.channel)
    await bo.comes_in()
    await thread.shows("Bo joined")
    await ana.types("invite @bo", stage.channel)
    await ana.is_told("Already in or being rung: Bo.")
    assert bo.phone.ring_count == 1


async def test_join_rings_me(stage: Stage) -> None:
    ana, bo = people(stage)
    await ana.types("create payments down", stage.channel)
    thread = await stage.thread("payments down")
    await ana.types("join", stage.channel)
    await ana.comes_in()
    await thread.shows("Ana joined")
    await bo.types("me", stage.channel)
    await bo.comes_in()
    await thread.shows("Bo joined")


async def test_status_shows_the_roster_to_me_alone(stage: Stage) -> None:
    ana, bo = people(stage)
    await ana.types("create payments down @bo", stage.channel)
    await bo.comes_in()
    await (await stage.thread("payments down")).shows("Bo joined")
    before = len(stage.channel.messages)
    await bo.types("status", stage.channel)
    told = await bo.is_told("payments down: live")
    assert "*Bo*: in since" in shown(told)
    assert len(stage.channel.messages) == before
    assert not any("live" in text for text in ana.private)


async def test_end_ends_it_for_everybody(stage: Stage) -> None:
    ana, bo = people(stage)
    await ana.types("create payments down @bo", stage.channel)
    await bo.comes_in()
    thread = await stage.thread("payments down")
    await thread.shows("Bo joined")
    await ana.types("end", stage.channel)
    await bo.phone.idle()
    await thread.shows("Ended by Ana after")
    await thread.shows("On the line: Bo.")
    await thread.card_shows("ENDED", "by Ana")
    await ana.types("end", stage.channel)
    await ana.is_told("There is no live conference here.")


async def test_redial_rings_again_whoever_missed(stage: Stage) -> None:
    ana, bo = people(stage)
    await ana.types("create payments down @bo", stage.channel)
    thread = await stage.thread("payments down")
    await bo.phone.rings()
    bo.phone.declines()
    await thread.shows("Bo: declined the call")
    await ana.types("redial", stage.channel)
    await bo.comes_in()
    await thread.shows("Bo joined")
    await thread.card_shows("rung 2 times")
    await ana.types("redial", stage.channel)
    await ana.is_told("nobody to ring again")


async def test_help_shows_every_verb_and_more_about_one(stage: Stage) -> None:
    ana, _ = people(stage)
    await ana.types("help", stage.channel)
    for verb in VERBS:
        await ana.is_told(f"`/conf {verb}")
    await ana.types("help invite", stage.channel)
    told = await ana.is_told("Other words for it")
    assert "`add`" in told.text
    assert "`/conf invite @ana else @bo --ring 25s --redial 3x60s`" in told.text
    for option, _ in TABLE:
        assert f"`{option}`: " in told.text
    await ana.types("help mute", stage.channel)
    told = await ana.is_told("mute people")
    assert "--ring" not in told.text


async def test_every_synonym_does_the_same(stage: Stage) -> None:
    ana, bo = people(stage)
    for create, invite, status, end in (
        ("start", "add", "list", "stop"),
        ("new", "dial", "who", "close"),
        ("open", "ring", "roster", "bye"),
        ("OPEN", "call", "ls", "Stop"),
    ):
        await ana.types(f"{create} about {create}", stage.channel)
        thread = await stage.thread(f"about {create}")
        await ana.types(f"{invite} @bo", stage.channel)
        await bo.comes_in()
        await thread.shows("Bo joined")
        await ana.types(status, stage.channel)
        await ana.is_told(f"about {create}: live")
        await ana.types(end, stage.channel)
        await thread.shows("Ended by Ana")
        await bo.phone.idle()


async def test_alone_it_shows_the_conference_or_how_to_begin(stage: Stage) -> None:
    ana, _ = people(stage)
    await ana.types("", stage.channel)
    told = await ana.is_told("These three do most of the work")
    for sentence in ("`/conf create payments down @ana", "`/conf invite @ana", "`/conf join`"):
        assert sentence in told.text
    await ana.types("create payments down", stage.channel)
    await stage.thread("payments down")
    await ana.types("", stage.channel)
    await ana.is_told("payments down: open")


async def two(stage: Stage, ana: Actor) -> tuple[Thread, Thread]:
    await ana.types("create the first", stage.channel)
    await ana.types("create the second", stage.channel)
    return await stage.thread("the first"), await stage.thread("the second")


async def test_between_two_conferences_it_asks_which_one(stage: Stage) -> None:
    ana, bo = people(stage)
    first, second = await two(stage, ana)
    await ana.types("invite @bo", stage.channel)
    question = await ana.is_told("Which one do you mean?")
    row = next(block for block in question.blocks if "the first" in str(block) and "accessory" in block)
    await stage.house.slack.click(ana.user, question, row["accessory"]["action_id"])
    await bo.comes_in()
    await first.shows("Bo joined")
    assert second.lines == []
    await eventually(lambda: "Which one" not in question.text, "the answer takes the place of the question")


async def test_between_two_conferences_a_thread_says_which_one(stage: Stage) -> None:
    ana, bo = people(stage)
    first, second = await two(stage, ana)
    await ana.says("invite @bo", stage.channel, second)
    await bo.comes_in()
    await second.shows("Bo joined")
    assert first.lines == []


async def test_a_second_create_in_a_thread_offers_to_invite(stage: Stage) -> None:
    ana, bo = people(stage)
    await ana.types("create payments down", stage.channel)
    thread = await stage.thread("payments down")
    await ana.says("create something else @bo +1 212 555 0199", stage.channel, thread)
    offer = await ana.is_told("already has a live conference, payments down")
    assert rung(stage) == []
    await ana.clicks(offer, "Ring them")
    await bo.comes_in()
    await thread.shows("Bo joined")
    await stage.house.telnyx.phone("+12125550199").rings()


async def test_a_second_create_in_a_thread_without_people_points_to_the_first(stage: Stage) -> None:
    ana, _ = people(stage)
    await ana.types("create payments down", stage.channel)
    thread = await stage.thread("payments down")
    await ana.says("create something else", stage.channel, thread)
    await ana.is_told("already has a live conference, payments down")

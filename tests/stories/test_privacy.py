"""Who sees a number in full, what is forgotten on request, and what goes by itself."""

from pathlib import Path

import pytest
from sqlalchemy import Connection, select

from bot.store import retention
from bot.store.tables import conference, journal, leg, participant
from tests.stories.harness import Actor, Stage, shown, story
from tests.stories.waiting import eventually

GUEST = "+1 212 555 0199"


def ana_of(stage: Stage) -> Actor:
    return stage.person("Ana", "+12125550111")


def told(actor: Actor) -> str:
    return "\n".join(actor.private)


async def answer(stage: Stage, who: Actor, words: str) -> str:
    before = len(who.private)
    await who.types(words, stage.channel)
    await eventually(lambda: len(who.private) > before, f"an answer to {words!r}")
    return who.private[before]


async def ended(stage: Stage, ana: Actor, *people: Actor, topic: str = "payments") -> None:
    """A conference that is over."""
    await ana.types(f"create {topic} {' '.join(f'@{one.user.name}' for one in people)} {GUEST}", stage.channel)
    for one in people:
        await one.comes_in()
    await ana.types("end now", stage.channel)
    await (await stage.thread(topic)).shows("Ended by Ana")
    await stage.quiet()


def everything(connection: Connection) -> str:
    """All that the database knows of people, as the program sees it."""
    found = [str(row) for table in (participant, leg, conference) for row in connection.execute(select(table)).all()]
    return "\n".join([*found, *(str(one) for one in connection.execute(select(journal.c.body)).scalars())])


async def test_forget_me_asks_first_and_then_forgets(stage: Stage) -> None:
    ana, bo = ana_of(stage), stage.person("Bo", "+12125550122", profile=False)
    await bo.types("number +1 212 555 0122", stage.channel)
    await bo.is_told("Noted")
    await bo.types("contacts add plumber +1 212 555 0177", stage.channel)
    await bo.is_told("Noted: plumber")
    await ended(stage, ana, bo)
    await bo.types("forget me", stage.channel)
    asked = await bo.is_told(
        "This deletes your 1 number, your name and number in 1 past conference, your name on 1 entry"
    )
    assert bo.user.id in await stage.program.store.read(everything)
    await bo.clicks(asked, "Forget me")
    await bo.is_told("Done: deleted your 1 number")
    await bo.is_told("Telnyx's records of your calls")
    await stage.passes(minutes=8 * 24 * 60)
    left = await stage.program.store.read(everything)
    for word in (bo.user.id, "2125550122", "'Bo'"):
        assert word not in left
    assert "somebody" in left
    assert "Ana" in left
    await bo.types("number", stage.channel)
    await bo.is_told("I do not know a number for you.")
    await ana.types("contacts list", stage.channel)
    await ana.is_told("plumber: …0177")


async def test_what_is_live_is_not_forgotten_before_it_is_over(stage: Stage) -> None:
    ana, bo = ana_of(stage), stage.person("Bo", "+12125550122")
    await ended(stage, ana, bo)
    await ana.types("create outage @bo", stage.channel)
    await bo.comes_in()
    await bo.types("forget me now", stage.channel)
    await bo.is_told("Still live, and left as it is until you say it again: outage.")
    thread = await stage.thread("outage")
    await thread.card_shows("Bo")
    await ana.types("end now", stage.channel)
    await thread.shows("Ended by Ana")
    await stage.quiet()
    assert "Still live" not in await answer(stage, bo, "forget me now")
    await stage.passes(minutes=8 * 24 * 60)
    assert bo.user.id not in await stage.program.store.read(everything)


async def test_nobody_can_have_somebody_else_forgotten(stage: Stage) -> None:
    ana, bo = ana_of(stage), stage.person("Bo", "+12125550122")
    await ended(stage, ana, bo)
    for words in ("forget @bo", "forget", "forget everybody now", "forget +1 212 555 0122"):
        assert "I can only forget the one who asks" in await answer(stage, ana, words)
    assert bo.user.id in await stage.program.store.read(everything)


async def test_numbers_go_by_themselves_after_a_while(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    async with story(tmp_path, caplog, confab_retention_days=2) as stage:
        ana, bo = ana_of(stage), stage.person("Bo", "+12125550122")
        await ended(stage, ana, bo)
        await ended(stage, ana, bo, topic="outage")
        await stage.passes(minutes=24 * 60)
        assert "2125550122" in await stage.program.store.read(everything)
        await stage.passes(minutes=25 * 60)
        await stage.passes(seconds=retention.NEXT_LOOK)
        left = await stage.program.store.read(everything)
        for number in ("2125550122", "2125550199", "2125550111"):
            assert number not in left
        assert "Bo" in left
        assert "…0199" in left
        assert "invite" not in left
        await ana.types("status", stage.channel)  # the program lives well with what is left
        home = await stage.program.service.home(ana.user.id)
        assert [one.topic for one in home[1]] == ["outage", "payments"]
        await ended(stage, ana, bo, topic="again")


async def test_only_operators_and_the_owner_see_a_number_in_full(stage: Stage) -> None:
    ana, bo = ana_of(stage), stage.person("Bo", "+12125550122")
    root = Actor(stage.house, stage.house.slack.add_user("root", real_name="Root", is_admin=True))
    stage.channel.members.append(root.user.id)
    await ana.types(f"contacts add vendor {GUEST}", stage.channel)
    await ana.is_told("vendor")
    await ana.types(f"create payments @bo {GUEST}", stage.channel)
    await bo.comes_in()
    for who, sees in ((ana, False), (bo, True), (root, True)):
        await who.types("details bo", stage.channel)
        await who.is_told("+12125550122" if sees else "…0122")
    for who, sees in ((bo, False), (root, True)):
        await who.types("contacts list", stage.channel)
        await who.is_told("vendor: +12125550199" if sees else "vendor: …0199")
    assert "2125550122" not in told(ana)
    assert "2125550199" not in told(ana) + told(bo)
    thread = await stage.thread("payments")
    assert "2125550" not in "".join([shown(thread.card), *thread.lines])

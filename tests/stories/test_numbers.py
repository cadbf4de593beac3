"""Whom a sentence names: numbers in any writing, Slack users, several at once; and what is refused."""

from pathlib import Path

import pytest

from tests.stories.harness import Actor, Stage, requests, shown, story


def ana_of(stage: Stage) -> Actor:
    return stage.person("Ana", "+12125550111")


def rung(stage: Stage) -> list[str]:
    return [body["to"] for body in requests(stage.house, "/calls")]


async def live(stage: Stage, ana: Actor) -> None:
    await ana.types("create payments down", stage.channel)
    await stage.thread("payments down")


@pytest.mark.parametrize(
    "written",
    [
        "+1 212 555 0199",
        "(212) 555-0199",
        "212.555.0199",
        "2125550199",
        "001 212 555 0199",
        "+1-212-555-0199",
        "1 212 555 0199",
    ],
)
async def test_a_number_is_read_as_people_write_it(stage: Stage, written: str) -> None:
    ana = ana_of(stage)
    await live(stage, ana)
    await ana.types(f"invite {written}", stage.channel)
    await stage.house.telnyx.phone("+12125550199").rings()
    assert rung(stage) == ["+12125550199"]


async def test_a_number_that_slack_made_a_link_of(stage: Stage) -> None:
    ana = ana_of(stage)
    await live(stage, ana)
    delivered = await ana.says("invite +1 212 555 0199", stage.channel)
    assert "<tel:+12125550199|" in delivered.payload["event"]["text"]
    await stage.house.telnyx.phone("+12125550199").rings()


async def test_several_people_at_once(stage: Stage) -> None:
    ana, bo, cleo = ana_of(stage), stage.person("Bo", "+12125550122"), stage.person("Cleo", "+12125550133")
    await ana.types("create payments @bo, @cleo and +1 212 555 0199, 646-555-0123", stage.channel)
    for phone in (bo.phone, cleo.phone, *map(stage.house.telnyx.phone, ("+12125550199", "+16465550123"))):
        await phone.rings()
    assert len(rung(stage)) == 4


async def test_at_most_twenty_people_are_rung_by_one_sentence(stage: Stage) -> None:
    ana = ana_of(stage)
    await live(stage, ana)
    numbers = [f"+1212555{n:04}" for n in range(200, 221)]
    await ana.types(f"invite {' '.join(numbers)}", stage.channel)
    await ana.is_told("That names 21 people; at most 20 can be named at once.")
    assert rung(stage) == []
    await ana.types(f"invite {' '.join(numbers[1:])}", stage.channel)
    await ana.clicks(await ana.is_told("That rings 20 people"), "Ring them all")
    for number in numbers[1:]:
        await stage.house.telnyx.phone(number).rings()
    assert len(rung(stage)) == 20


async def test_the_number_in_the_profile_rings_until_another_is_registered(stage: Stage) -> None:
    ana, bo = ana_of(stage), stage.person("Bo", "+12125550122")
    await bo.types("number", stage.channel)
    await bo.is_told("You are rung at +12125550122.")
    await bo.types("number (646) 555-0123", stage.channel)
    await bo.is_told("Noted: you are rung at +16465550123.")
    await ana.types("create payments down @bo", stage.channel)
    await stage.house.telnyx.phone("+16465550123").rings()
    await bo.types("number forget", stage.channel)
    await bo.is_told("Forgotten. If your Slack profile has a number, that one rings you now.")
    await bo.types("number", stage.channel)
    await bo.is_told("You are rung at +12125550122.")
    assert rung(stage) == ["+16465550123"]
    assert not any("6465550123" in shown(message) for message in stage.channel.messages)


@pytest.mark.parametrize("who", ["@bo +1 212 555 0122", "+1 212 555 0122 @bo"])
async def test_a_phone_that_is_named_in_two_ways_rings_once(stage: Stage, who: str) -> None:
    ana, bo = ana_of(stage), stage.person("Bo", "+12125550122")
    await ana.types(f"create payments down {who}", stage.channel)
    await bo.comes_in()
    await ana.is_told("Already in or being rung")
    assert rung(stage) == ["+12125550122"]


async def test_somebody_without_a_number_is_said_and_nothing_else_is_done(stage: Stage) -> None:
    ana, cleo = ana_of(stage), stage.person("Cleo", "+12125550133", profile=False)
    await live(stage, ana)
    await ana.types("invite +1 212 555 0199 @cleo", stage.channel)
    told = await ana.is_told("I have no number for Cleo, so nobody was rung.")
    assert "`/conf number +1 212 555 0199`" in told.text
    await cleo.types("join", stage.channel)
    await cleo.is_told("I do not know your number yet.")
    await cleo.types("number +1 212 555 0133", stage.channel)
    await cleo.is_told("Noted")
    assert rung(stage) == []
    await cleo.types("join", stage.channel)
    await cleo.phone.rings()


async def test_a_number_in_the_profile_that_cannot_be_one_counts_as_none(stage: Stage) -> None:
    ana, cleo = ana_of(stage), stage.person("Cleo", "+12125550133")
    cleo.user.phone = "ask me"
    await live(stage, ana)
    await ana.types("invite @cleo", stage.channel)
    await ana.is_told("I have no number for Cleo")


@pytest.mark.parametrize("sentence", ["invite @nobody", "create payments @nobody +1 212 555 0199"])
async def test_a_name_that_slack_does_not_know_is_said_and_nothing_is_done(stage: Stage, sentence: str) -> None:
    ana = ana_of(stage)
    await live(stage, ana)
    await ana.types(sentence, stage.channel)
    await ana.is_told("“nobody” is nobody to ring: give a mention, a number")
    assert rung(stage) == []
    assert len(stage.channel.messages) == 1


async def test_somebody_who_is_here_no_more_is_said(stage: Stage) -> None:
    ana = ana_of(stage)
    stage.house.slack.add_user("zoe", deleted=True)
    await live(stage, ana)
    await ana.types("invite @zoe", stage.channel)
    await ana.is_told("I do not know zoe here. Nobody was rung.")


async def test_an_app_has_no_phone(stage: Stage) -> None:
    ana = ana_of(stage)
    await live(stage, ana)
    await ana.types("invite @confab", stage.channel)
    await ana.is_told("is an app and has no phone")


@pytest.mark.parametrize(
    ("number", "why"),
    [
        ("503", "“503” cannot be a telephone number: as a number of US, it is too short."),
        ("+1 212 555", "“+1 212 555” cannot be a telephone number: it is too short."),
        ("+1 212 555 01999", "it is too long."),
        ("+999 212 555 0199", "no country has that calling code."),
        ("abc", "“abc” is nobody to ring: give a mention, a number"),
        ("911", "“911” is an emergency number; dial it on your own phone."),
        ("112", "“112” is an emergency number"),
        ("+1 900 555 0199", "…0199 is a premium-rate number, and those are not rung."),
        ("+1 212 555 0199 x5", "extensions are not dialled"),
        ("+870 773 111 632", "…1632 is a satellite number"),
    ],
)
async def test_what_cannot_be_rung_is_said_with_the_reason(stage: Stage, number: str, why: str) -> None:
    ana = ana_of(stage)
    await live(stage, ana)
    await ana.types(f"invite +1 212 555 0188 {number}", stage.channel)
    await ana.is_told(why)
    assert rung(stage) == []
    assert len(stage.channel.messages) == 1


@pytest.mark.parametrize(
    ("number", "why"),
    [
        ("abc", "“abc” cannot be a telephone number"),
        ("503", "it is too short"),
        ("+1 900 555 0199", "Nothing was noted. …0199 is a premium-rate number"),
        ("@bo", "Everybody registers their own number"),
    ],
)
async def test_a_number_that_cannot_be_mine_is_not_noted(stage: Stage, number: str, why: str) -> None:
    ana, bo = ana_of(stage), stage.person("Bo", "+12125550122")
    await ana.types(f"number {number}", stage.channel)
    told = await ana.is_told(why)
    assert bo.phone.number not in told.text
    await ana.types("number", stage.channel)
    await ana.is_told("You are rung at +12125550111.")


async def test_only_numbers_of_allowed_countries_are_rung(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    async with story(tmp_path, caplog, confab_allowed_countries="US,GB") as stage:
        ana = ana_of(stage)
        await ana.types("create payments down +1 212 555 0199 +49 30 901820", stage.channel)
        await ana.is_told("Nobody was rung. …1820 is a number in DE; only these countries are rung: GB, US.")
        assert rung(stage) == []
        await ana.types("create payments down +44 20 7946 0958", stage.channel)
        await ana.clicks(await ana.is_told("Abroad, which costs more: …0958."), "Ring")
        await stage.house.telnyx.phone("+442079460958").rings()
        german = stage.person("Gerd", "+4930901820")
        await german.types("join", stage.channel)
        await german.is_told("…1820 is a number in DE")


async def test_without_a_setting_only_the_default_region_is_rung(stage: Stage) -> None:
    ana = ana_of(stage)
    await ana.types("create payments down +44 20 7946 0958", stage.channel)
    await ana.is_told("…0958 is a number in GB; only these countries are rung: US.")
    assert stage.channel.messages == []


async def test_a_number_is_never_shown_in_full_in_the_channel(stage: Stage) -> None:
    ana = ana_of(stage)
    guest = stage.house.telnyx.phone("+12125550199")
    await ana.types("create payments down +1 212 555 0199", stage.channel)
    thread = await stage.thread("payments down")
    await guest.rings()
    guest.declines()
    await thread.shows("…0199: declined")
    await ana.types("status", stage.channel)
    await ana.is_told("…0199")
    everything = [*stage.channel.messages, *stage.house.slack.ephemerals(ana.user)]
    assert not any("5550199" in shown(message) for message in everything)

"""Who can be rung: groups, channels, names of the phone book, several numbers; and how to see it before it happens."""

import re
from pathlib import Path

import pytest

from tests.stories.harness import Actor, Stage, requests, story


def rung(stage: Stage) -> list[str]:
    return sorted(str(body["to"]) for body in requests(stage.house, "/v2/calls"))


def ana_and_bo(stage: Stage) -> tuple[Actor, Actor]:
    return stage.person("Ana", "+12125550111"), stage.person("Bo", "+12125550122")


async def test_a_group_is_rung_without_its_bots_and_guests(stage: Stage) -> None:
    ana, bo = ana_and_bo(stage)
    gil = Actor(stage.house, stage.house.person("Gil", "+12125550155", guest=True))
    dee = stage.person("Dee", "+12125550144", profile=False)
    robot = stage.house.slack.add_user("robot", is_bot=True)
    stage.house.slack.add_group("oncall", [bo.user, gil.user, dee.user, robot])
    await ana.types("create payments @oncall @bo", stage.channel)
    await bo.phone.rings()
    told = await ana.is_told("Not rung: Gil (a guest), Dee (no number).")
    assert "Ringing Bo." in told.text
    assert rung(stage) == ["+12125550122"]


async def test_everybody_in_this_channel_is_asked_about_first(stage: Stage) -> None:
    ana, bo = ana_and_bo(stage)
    await ana.types("create payments", stage.channel)
    await stage.thread("payments")
    await ana.types("invite @here", stage.channel)
    question = await ana.is_told("That rings 2 people: Ana, Bo. Do it?")
    assert rung(stage) == []
    await ana.clicks(question, "Ring them all")
    await bo.phone.rings()
    await ana.phone.rings()


async def test_a_channel_too_large_is_refused(stage: Stage) -> None:
    ana, _ = ana_and_bo(stage)
    for number in range(25):
        stage.person(f"P{number}", f"+1212555{1000 + number}")
    await ana.types("create payments", stage.channel)
    await stage.thread("payments")
    await ana.types("invite @channel", stage.channel)
    await ana.is_told("at most 20 can be rung with one sentence")
    assert rung(stage) == []


async def test_the_phone_book_rings_by_name(stage: Stage) -> None:
    ana, _ = ana_and_bo(stage)
    await ana.types("contacts add vendor-bridge +1 212 555 0199 +1 212 555 0188", stage.channel)
    await ana.is_told("Noted: vendor-bridge is rung at …0199, then …0188.")
    await ana.types("contacts", stage.channel)
    await ana.is_told("vendor-bridge: …0199, then …0188")
    first, second = (stage.house.telnyx.phone(number) for number in ("+12125550199", "+12125550188"))
    first.mood = "unknown"
    await ana.types("create payments", stage.channel)
    thread = await stage.thread("payments")
    await ana.types("invite vendor-bridge", stage.channel)
    await thread.shows("vendor-bridge: the number is not in service")
    await stage.passes(seconds=4)
    await second.rings()
    await ana.types("contacts rm vendor-bridge", stage.channel)
    await ana.is_told("Removed vendor-bridge")
    await ana.types("invite vendor-bridge", stage.channel)
    await ana.is_told("“vendor-bridge” is nobody to ring")


@pytest.mark.parametrize(
    ("sentence", "why"),
    [
        ("contacts add all +1 212 555 0199", "cannot be a name"),
        ("contacts add mute +1 212 555 0199", "cannot be a name"),
        ("contacts add x-1", "Give at least one number."),
        ("contacts add vendor +1 900 555 0199", "premium-rate"),
        ("contacts add vendor bridge +1 212 555 0199", "“bridge” is no number"),
        ("contacts rm nobody", "is not in the phone book"),
        ("contacts dance", "I do not know “contacts dance”"),
    ],
)
async def test_what_cannot_stand_in_the_phone_book_is_refused(stage: Stage, sentence: str, why: str) -> None:
    ana, _ = ana_and_bo(stage)
    await ana.types(sentence, stage.channel)
    await ana.is_told(why)
    await ana.types("contacts list", stage.channel)
    await ana.is_told("The phone book is empty.")


async def test_whoami_tells_the_numbers_and_what_they_are_worth(stage: Stage) -> None:
    ana, _ = ana_and_bo(stage)
    await ana.types("whoami", stage.channel)
    await ana.is_told("You are rung at +12125550111, from your Slack profile. It is not checked.")
    await ana.types("number +1 212 555 0112 +1 212 555 0113", stage.channel)
    await ana.is_told("then +12125550113")
    await ana.types("whoami", stage.channel)
    told = await ana.is_told("You are rung at +12125550112 (not verified")
    assert "If you do not answer there: +12125550113." in told.text


async def test_a_number_is_checked_by_a_call(stage: Stage) -> None:
    ana, _ = ana_and_bo(stage)
    await ana.types("number verify", stage.channel)
    await ana.is_told("Tell me your number first")
    await ana.types("number +1 212 555 0111", stage.channel)
    await ana.is_told("Noted")  # sentences of the same moment have no order
    await ana.types("number verify", stage.channel)
    await ana.is_told("Ringing …0111: a code is read to you.")
    await ana.phone.rings()
    ana.phone.answers()
    await ana.phone.hears("Your code for the switchboard is")
    await ana.phone.idle()
    code = "".join(re.findall(r"\d", ana.phone.heard[-1]))[:6]
    wrong = "111111" if code != "111111" else "222222"
    await ana.types(f"number verify {wrong}", stage.channel)
    await ana.is_told("That is not the code")
    await ana.types(f"number verify {code}", stage.channel)
    await ana.is_told("Verified: +12125550111 is yours.")
    await ana.types("whoami", stage.channel)
    await ana.is_told("(verified by a call)")
    await ana.types(f"number verify {code}", stage.channel)
    await ana.is_told("That is not the code")


async def test_a_dry_run_says_all_and_rings_nobody(stage: Stage) -> None:
    ana, bo = ana_and_bo(stage)
    await bo.types("number +1 212 555 0122 +1 212 555 0123", stage.channel)
    await bo.is_told("Noted")
    sentence = "create payments @bo else @ana +1 212 555 0199 --dry-run --ring 20s --redial 2x30s"
    await ana.types(sentence, stage.channel)
    told = await ana.is_told("A dry run, nobody was rung.")
    assert "Each phone would ring 20 s, again 2 times after 30 s, and be asked for a key." in told.text
    assert "The conference would be called “payments”." in told.text
    assert "Bo at …0122, then …0123 (registered); else Ana at …0111" in told.text
    assert "…0199 at …0199 (as typed)" in told.text
    await ana.types("invite +1 900 555 0199 --dry-run", stage.channel)
    await ana.is_told("premium-rate number, and those are not rung")
    await stage.quiet()
    assert rung(stage) == []
    assert stage.channel.messages == [
        one for one in stage.channel.messages if one.user != stage.house.slack.bot_user_id
    ]


async def test_a_dry_run_tells_what_would_be_refused_and_who_is_on_the_line(stage: Stage) -> None:
    ana, bo = ana_and_bo(stage)
    await ana.types("invite @bo --dry-run", stage.channel)
    await ana.is_told("There is no live conference here.")
    await ana.types("create payments @ana", stage.channel)
    await ana.comes_in()
    await ana.types("invite @ana @bo --dry-run", stage.channel)
    told = await ana.is_told("A dry run, nobody was rung.")
    assert "Already in or being rung: Ana." in told.text
    await ana.types("lock", stage.channel)
    await (await stage.thread("payments")).shows("Locked by Ana")
    await ana.types("invite @bo --dry-run", stage.channel)
    await ana.is_told("The conference is locked by Ana")
    await stage.quiet()
    assert rung(stage) == ["+12125550111"]
    assert bo.phone.ring_count == 0


async def test_a_sip_address_needs_an_allowed_domain_and_no_gate(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with story(tmp_path, caplog, confab_sip_domains="rooms.example.com") as stage:
        ana, _ = ana_and_bo(stage)
        await ana.types("create payments", stage.channel)
        await stage.thread("payments")
        await ana.types("invite sip:board@elsewhere.example.com --no-gate", stage.channel)
        await ana.is_told("elsewhere.example.com is not among the allowed domains")
        await ana.types("invite sip:board@rooms.example.com", stage.channel)
        await ana.is_told("add --no-gate")
        assert rung(stage) == []


@pytest.mark.parametrize(
    ("option", "why"),
    [
        ("--ring 2s", "2 seconds of ringing is not possible: 5 to 120."),
        ("--redial 99x60s", "99 redials is not possible"),
        ("--ring", "Say how many seconds"),
        ("--mutd", "did you mean “--muted”?"),
        ("--fast", "I do not know “--fast”"),
    ],
)
async def test_an_option_that_cannot_be_is_refused(stage: Stage, option: str, why: str) -> None:
    ana, _ = ana_and_bo(stage)
    await ana.types("create payments", stage.channel)
    await stage.thread("payments")
    await ana.types(f"invite @bo {option}", stage.channel)
    await ana.is_told(why)
    assert rung(stage) == []

"""What would ring many people, or somebody abroad, is asked about first, privately and with a button."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.stories.api_client import api
from tests.stories.harness import Actor, Stage, requests, story

MANY = [f"+1212555{n:04}" for n in range(200, 211)]
LONDON = "+44 20 7946 0958"


def rung(stage: Stage) -> list[str]:
    return [body["to"] for body in requests(stage.house, "/calls")]


@pytest.fixture
async def wide(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> AsyncIterator[Stage]:
    """A stage from which Britain may be rung as well."""
    async with story(tmp_path, caplog, confab_allowed_countries="US,GB") as one:
        yield one


def ana_of(stage: Stage) -> Actor:
    return stage.person("Ana", "+12125550111")


async def test_eleven_people_are_asked_about_and_ten_are_not(stage: Stage) -> None:
    ana = ana_of(stage)
    await ana.types(f"create payments {' '.join(MANY)} --ring 20s", stage.channel)
    question = await ana.is_told("That rings 11 people: …0200, …0201")
    assert rung(stage) == []
    assert stage.channel.messages == []
    await ana.clicks(question, "Ring them all")
    await stage.house.telnyx.until(lambda: len(rung(stage)) == 11, what="all are rung")
    assert {body["timeout_secs"] for body in requests(stage.house, "/calls")} == {20}
    await ana.types(f"create other {' '.join(number.replace('555', '556') for number in MANY[:10])}", stage.channel)
    await stage.house.telnyx.until(lambda: len(rung(stage)) == 21, what="ten more are rung")


async def test_so_is_ringing_so_many_again(stage: Stage) -> None:
    ana = ana_of(stage)
    for number in MANY:
        stage.house.telnyx.phone(number).mood = "declines"
    await ana.types("create payments", stage.channel)
    thread = await stage.thread("payments")
    for some in (MANY[:6], MANY[6:]):
        await ana.types(f"invite {' '.join(some)}", stage.channel)
    await thread.card_shows("11 missed")
    await ana.types("redial", stage.channel)
    question = await ana.is_told("That rings 11 people")
    assert len(rung(stage)) == 11
    await ana.clicks(question, "Ring them all")
    await stage.house.telnyx.until(lambda: len(rung(stage)) == 22, what="all are rung again")
    await thread.card_shows("11 missed", "rung 2 times")
    await ana.clicks(thread.card, "Ring again")
    await stage.house.telnyx.until(lambda: len(rung(stage)) == 33, what="the button on the card does not ask")


@pytest.mark.parametrize("sentence", [f"create payments {LONDON}", f"create payments @bo else {LONDON}"])
async def test_somebody_abroad_is_asked_about_also_as_a_deputy(wide: Stage, sentence: str) -> None:
    ana, bo = ana_of(wide), wide.person("Bo", "+12125550122")
    bo.phone.mood = "declines"
    await ana.types(sentence, wide.channel)
    question = await ana.is_told("Abroad, which costs more: …0958. Do it?")
    assert "That rings one person" in question.text
    assert rung(wide) == []
    await ana.clicks(question, "Ring")
    await wide.thread("payments")
    await wide.passes(seconds=5)
    await wide.house.telnyx.phone("+442079460958").rings()


async def test_a_second_number_abroad_is_asked_about_and_a_form_asks_too(wide: Stage) -> None:
    ana, bo = ana_of(wide), wide.person("Bo", "+12125550122")
    await bo.types(f"number +12125550122 {LONDON}", wide.channel)
    await bo.is_told("Noted")
    await ana.types("create payments", wide.channel)
    thread = await wide.thread("payments")
    await ana.clicks(thread.card, "Invite")
    await ana.fills_in((bo,))
    question = await ana.is_told("That rings one person: Bo. Abroad, which costs more: Bo.")
    assert rung(wide) == []
    await ana.clicks(question, "Ring")
    await bo.phone.rings()


async def test_a_dry_run_asks_nothing(wide: Stage) -> None:
    ana = ana_of(wide)
    await ana.types(f"create payments {LONDON} --dry-run", wide.channel)
    await ana.is_told("A dry run, nobody was rung.")
    assert rung(wide) == []


async def test_the_api_does_not_ask(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    async with api(tmp_path, caplog, confab_allowed_countries="US,GB") as client:
        assert (await client.invite(await client.create(), "+442079460958")).status == 200

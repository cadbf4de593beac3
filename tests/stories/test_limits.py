"""How much may be rung: limits on dials, legs and people, on every way that rings; and the last look before a dial."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from tests.stories.api_client import api
from tests.stories.harness import PATIENCE, Actor, Stage, requests, story
from tests.stories.test_dial_in import pin_of
from tests.stories.test_restart import house, run
from web.sandbox.house import NUMBER

ANA, BO, CY = ("Ana", "+12125550111"), ("Bo", "+12125550122"), ("Cy", "+12125550133")
RAISE = "Who runs Confab can raise that"


def rung(stage: Stage) -> list[str]:
    return [body["to"] for body in requests(stage.house, "/calls")]


def people(stage: Stage) -> tuple[Actor, Actor, Actor]:
    return stage.person(*ANA), stage.person(*BO), stage.person(*CY)


async def test_a_person_rings_so_many_phones_an_hour_and_then_again(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with story(tmp_path, caplog, confab_max_dials_per_user=2) as stage:
        ana, bo, cy = people(stage)
        await ana.types("create payments @bo @cy --redial off", stage.channel)
        await cy.phone.rings()
        bo.phone.declines()
        await stage.quiet()
        await ana.types("redial bo", stage.channel)
        told = await ana.is_told("At most 2 phones are rung for one person within an hour")
        assert "Nobody was rung." in told.text
        assert f"in 1 h. {RAISE} (CONFAB_MAX_DIALS_PER_USER)." in told.text
        await bo.types("invite @ana", stage.channel)
        await ana.phone.rings()
        await ana.types("create other @bo", stage.channel)
        await stage.quiet()
        assert rung(stage) == [BO[1], CY[1], ANA[1]]
        await stage.passes(minutes=61)
        await ana.types("create later @bo", stage.channel)
        await bo.phone.rings()


async def test_a_number_is_not_harassed_by_redials_or_from_several_conferences(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with story(tmp_path, caplog, confab_max_dials_per_number=3) as stage:
        ana, bo, cy = people(stage)
        bo.phone.mood = "busy"
        await ana.types("create payments @bo --redial 5x60s", stage.channel)
        thread = await stage.thread("payments")
        for times in (2, 3):
            await stage.passes(seconds=61)
            assert bo.phone.ring_count == times
        await stage.passes(seconds=61)
        await thread.shows("⛔ Bo: not rung by itself. At most 3 calls go to …0122 within an hour")
        await cy.types("create other @bo", stage.channel)
        await cy.is_told("At most 3 calls go to …0122 within an hour")
        await bo.types("number verify", stage.channel)
        await bo.is_told("Tell me your number first")
        await bo.types(f"number {BO[1]}", stage.channel)
        await bo.is_told("Noted")
        await bo.types("number verify", stage.channel)
        await bo.is_told("At most 3 calls go to …0122 within an hour")
        assert rung(stage) == [BO[1]] * 3


async def test_checks_of_a_number_are_counted(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    async with story(tmp_path, caplog, confab_max_dials_per_number=2) as stage:
        ana = stage.person(*ANA)
        await ana.types(f"number {ANA[1]}", stage.channel)
        await ana.is_told("Noted")
        for _ in range(2):
            await ana.types("number verify", stage.channel)
            await ana.phone.rings()
            ana.phone.declines()
            await stage.quiet()
        await ana.types("number verify", stage.channel)
        await ana.is_told("CONFAB_MAX_DIALS_PER_NUMBER")
        await ana.types("create payments @ana", stage.channel)
        await stage.quiet()
        assert rung(stage) == [ANA[1]] * 2


async def test_many_sentences_at_the_same_moment_cannot_all_have_the_last_dial(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, database_url: str
) -> None:
    async with story(tmp_path, caplog, database_url=database_url, confab_max_legs=1) as stage:
        ana = stage.person(*ANA)
        said = (ana.types(f"create topic {n} +1212555020{n}", stage.channel) for n in range(8))
        await asyncio.gather(*said)

        def refused() -> int:
            return sum("CONFAB_MAX_LEGS" in told for told in ana.private)

        await stage.house.slack.until(lambda: refused() == 7, PATIENCE, "all but one are refused")
        await stage.quiet()
        assert (len(rung(stage)), refused()) == (1, 7)


async def test_a_conference_takes_so_many_people_also_of_those_who_dial_in(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with story(tmp_path, caplog, confab_max_participants=2) as stage:
        ana, bo, _ = people(stage)
        await ana.types("create payments @ana @bo @cy", stage.channel)
        await ana.is_told("At most 2 people can be in one conference")
        await ana.types("create payments @ana @bo", stage.channel)
        await ana.comes_in()
        pin = await pin_of(stage, ana)
        stranger = stage.house.telnyx.phone("+12125550199")
        stranger.dials(NUMBER)
        await stranger.hears("Enter the six digits")
        stranger.presses(pin)
        await stranger.hears("This conference is full.")
        await stranger.idle()
        bo.phone.declines()
        bo.phone.dials(NUMBER)
        await bo.phone.hears("or enter the six digits")
        bo.phone.presses(pin)
        await bo.phone.in_room()
        await ana.types("invite @cy", stage.channel)
        await stage.quiet()
        assert rung(stage) == [ANA[1], BO[1]]


async def test_who_is_at_the_pin_counts_and_when_all_is_full_nobody_is_answered(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with story(tmp_path, caplog, confab_max_legs=2) as stage:
        ana, bo, _ = people(stage)
        await ana.types("create payments @ana", stage.channel)
        await ana.comes_in()
        pin = await pin_of(stage, ana)
        first, second = (stage.house.telnyx.phone(f"+1212555019{number}") for number in range(2))
        first.dials(NUMBER)
        await first.hears("Enter the six digits")
        await stage.quiet()
        await ana.types("invite @bo", stage.channel)
        await ana.is_told("At most 2 phones are on the line or ringing at once")
        second.dials(NUMBER)
        await second.idle()
        assert second.heard == []
        assert second.calls[-1].answered_at is None
        first.presses(pin)
        await first.in_room()
        first.hangs_up()
        await stage.quiet()
        second.dials(NUMBER)
        await second.hears("Enter the six digits")
        assert bo.phone.ring_count == 0


async def test_a_deputy_and_carrying_over_count_too(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    async with story(tmp_path, caplog, confab_max_dials_per_user=2) as stage:
        ana, bo, cy = people(stage)
        bo.phone.mood = "unknown"
        await ana.types("create payments @ana", stage.channel)
        await ana.comes_in()
        thread = await stage.thread("payments")
        await ana.types("invite @bo else @cy", stage.channel)
        await stage.passes(seconds=5)
        await thread.shows("⛔ Bo: not rung by itself. At most 2 phones are rung for one person")
        assert cy.phone.ring_count == 0
        await ana.types("carry", stage.channel)
        await stage.passes(seconds=30)
        lines = [one.text for one in stage.channel.messages]
        assert any("⛔ Ana: not rung by itself." in line for line in lines), lines
        assert rung(stage) == [ANA[1], BO[1]]


async def test_the_api_obeys_the_limits_and_answers_429(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    async with api(tmp_path, caplog, confab_max_dials_per_user=1) as client:
        conference_id = await client.create()
        assert (await client.invite(conference_id, "+12125550199")).status == 200
        answer = await client.invite(conference_id, "+12125550198")
        assert answer.status == 429
        assert "CONFAB_MAX_DIALS_PER_USER" in answer.body["error"]
        assert (await client.invite(conference_id, "+19005550199")).status == 403
        assert rung(client.stage) == ["+12125550199"]


@pytest.mark.parametrize(
    "then",
    [
        pytest.param({"confab_allowed_countries": frozenset({"GB"})}, id="another country"),
        pytest.param({"confab_max_dials_per_number": 1}, id="another limit"),
    ],
)
async def test_what_was_planned_under_older_rules_is_not_rung_under_newer_ones(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, database_url: str, then: dict[str, Any]
) -> None:
    async with house(tmp_path, caplog, database_url) as one:
        async with run(one) as stage:
            ana, bo, _ = people(stage)
            bo.phone.mood = "busy"
            await ana.types("create payments @bo --redial 3x60s", stage.channel)
            thread = await stage.thread("payments")
            await thread.shows("Bo: rung again in 1 min")
        one.settings = one.settings.model_copy(update=then)
        async with run(one) as stage:
            await stage.passes(seconds=61)
            await thread.shows("not rung")
            await stage.passes(minutes=5)
            assert bo.phone.ring_count == 1
            await ana.types("end now", stage.channel)
            await stage.passes(seconds=3)


async def test_a_number_that_was_registered_under_older_rules_is_not_checked_by_a_call(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, database_url: str
) -> None:
    async with house(tmp_path, caplog, database_url) as one:
        async with run(one) as stage:
            ana, _, _ = people(stage)
            await ana.types(f"number {ANA[1]}", stage.channel)
            await ana.is_told("Noted")
        one.settings = one.settings.model_copy(update={"confab_allowed_countries": frozenset({"GB"})})
        async with run(one) as stage:
            await ana.types("number verify", stage.channel)
            await ana.is_told("is a number in US; only these countries are rung: GB.")
            await ana.types("join", stage.channel)
            await stage.passes(minutes=6)
            assert rung(stage) == []

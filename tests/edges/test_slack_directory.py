"""Who is who in Slack, and how often Slack is asked."""

import asyncio

import pytest

from bot.ports import Later
from bot.slack.directory import SlackDirectory, profile
from tests.edges.slack_api import World, world

__all__ = ["world"]  # fixtures, found by name


async def test_the_directory_tells_what_users_info_tells(world: World) -> None:
    people = SlackDirectory(world.api, world.clock)
    ana = await people.profile(world.ana.id)
    assert ana is not None
    assert (ana.user_id, ana.name, ana.team, ana.phone) == (world.ana.id, "Ana Ruiz", "T0SANDBOX", "+1 212 555 0199")
    assert [ana.bot, ana.deleted, ana.guest, ana.stranger] == [False] * 4


@pytest.mark.parametrize(
    ("fact", "told"),
    [
        ("is_bot", "bot"),
        ("deleted", "deleted"),
        ("is_restricted", "guest"),
        ("is_ultra_restricted", "guest"),
        ("is_stranger", "stranger"),
    ],
)
async def test_the_directory_tells_who_is_no_full_member(world: World, fact: str, told: str) -> None:
    odd = world.slack.add_user("odd", **{fact: True})  # type: ignore[arg-type]  # the keys are those of Facts
    profile = await SlackDirectory(world.api, world.clock).profile(odd.id)
    assert profile is not None
    assert [name for name in ("bot", "deleted", "guest", "stranger") if getattr(profile, name)] == [told]


async def test_an_unknown_user_is_none(world: World) -> None:
    assert await SlackDirectory(world.api, world.clock).profile("U0NOBODY") is None


async def test_all_who_wait_for_one_person_share_one_question(world: World) -> None:
    people = SlackDirectory(world.api, world.clock)
    profiles = await asyncio.gather(*(people.profile(world.ana.id) for _ in range(10)))
    assert len(set(profiles)) == 1
    assert world.calls("users.info") == 1


async def test_a_person_is_remembered_for_five_minutes(world: World) -> None:
    people = SlackDirectory(world.api, world.clock)
    await people.profile(world.ana.id)
    world.clock.skip(seconds=290)
    await people.profile(world.ana.id)
    assert world.calls("users.info") == 1
    world.clock.skip(seconds=20)
    await people.profile(world.ana.id)
    assert world.calls("users.info") == 2


async def test_a_failed_question_is_not_remembered(world: World) -> None:
    people = SlackDirectory(world.api, world.clock)
    world.slack.trouble.methods, world.slack.trouble.api_500 = "users.", 1
    with pytest.raises(Later):
        await people.profile(world.ana.id)
    assert await people.profile(world.ana.id) is not None


async def test_one_who_stops_waiting_does_not_stop_the_others(world: World) -> None:
    people = SlackDirectory(world.api, world.clock)
    first, second = (asyncio.create_task(people.profile(world.ana.id)) for _ in range(2))
    await world.slack.until(lambda: world.calls("users.info"))
    first.cancel()
    assert await second is not None


async def test_a_directory_that_is_switched_off_is_later(world: World) -> None:
    world.slack.trouble.bad_token = True
    with pytest.raises(Later, match="does not tell us about people"):
        await SlackDirectory(world.api, world.clock).profile(world.ana.id)


@pytest.mark.parametrize(
    ("about", "name"),
    [
        ({"display_name": "ana", "real_name": "Ana Ruiz"}, "ana"),
        ({"display_name": "", "real_name": "Ana Ruiz"}, "Ana Ruiz"),
        ({}, "ana.ruiz"),
    ],
)
def test_people_go_by_the_name_they_chose(about: dict[str, str], name: str) -> None:
    assert profile({"id": "U1", "name": "ana.ruiz", "profile": about}).name == name

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


async def test_a_person_is_remembered_for_half_a_minute(world: World) -> None:
    """A power must not outlive its role for long."""
    people = SlackDirectory(world.api, world.clock)
    await people.profile(world.ana.id)
    world.clock.skip(seconds=25)
    await people.profile(world.ana.id)
    assert world.calls("users.info") == 1
    world.ana.deleted = True
    world.clock.skip(seconds=6)
    known = await people.profile(world.ana.id)
    assert known is not None
    assert known.deleted
    assert world.calls("users.info") == 2


async def test_groups_and_channels_are_asked_once_for_all_who_wait(world: World) -> None:
    """usergroups.users.list allows twenty a minute."""
    people = SlackDirectory(world.api, world.clock)
    group = world.slack.add_group("oncall", [world.ana])
    told = await asyncio.gather(*(people.group(group.id) for _ in range(10)))
    assert set(told) == {(world.ana.id,)}
    await asyncio.gather(*(people.channel(world.ops.id) for _ in range(10)))
    assert world.calls("usergroups.users.list") == world.calls("conversations.members") == 1
    group.users.clear()
    world.clock.skip(seconds=31)
    assert await people.group(group.id) == ()


async def test_a_group_that_is_gone_or_hidden_has_nobody_in_it(world: World) -> None:
    people = SlackDirectory(world.api, world.clock)
    assert await people.group("S0NOBODY") is None
    hidden = world.slack.add_channel("hidden", members=[world.ana], bot_in=False, is_private=True)
    assert await people.channel(hidden.id) is None


async def test_all_people_of_a_large_channel_are_known(world: World) -> None:
    world.ops.members.extend(f"U{number:08d}" for number in range(2000))
    assert len(await SlackDirectory(world.api, world.clock).channel(world.ops.id) or ()) == 2002


@pytest.mark.parametrize(
    ("facts", "place"),
    [
        ({}, ("ops-2", False)),
        ({"is_ext_shared": True}, ("ops-2", True)),
        ({"is_private": True}, ("", False)),
        ({"is_private": True, "bot_in": False}, ("", None)),
    ],
)
async def test_whether_a_channel_is_shared(world: World, facts: dict[str, bool], place: tuple[str, bool]) -> None:
    channel = world.slack.add_channel("ops-2", **facts)  # type: ignore[arg-type]  # a channel's own keys
    told = await SlackDirectory(world.api, world.clock).place(channel.id)
    assert (told.name, told.shared) == place


async def test_a_channel_to_which_another_company_is_invited_is_shared(world: World) -> None:
    world.ops.is_pending_ext_shared = True
    assert (await SlackDirectory(world.api, world.clock).place(world.ops.id)).shared is True


async def test_a_direct_message_is_never_shared(world: World) -> None:
    told = await SlackDirectory(world.api, world.clock).place("D0123456")
    assert told.shared is False
    assert world.calls("conversations.info") == 0


async def test_a_channel_is_not_known_to_be_ours_without_the_scope(world: World) -> None:
    world.slack.set_scopes("users:read")
    assert (await SlackDirectory(world.api, world.clock).place(world.ops.id)).shared is None


def test_slackbot_and_the_invited_are_no_members() -> None:
    assert profile({"id": "USLACKBOT", "is_bot": False}).bot
    assert profile({"id": "U1", "is_workflow_bot": True}).bot
    assert profile({"id": "U1", "is_invited_user": True}).stranger


@pytest.mark.parametrize("fact", ["is_admin", "is_owner", "is_primary_owner"])
def test_admins_and_owners_are_told(fact: str) -> None:
    assert profile({"id": "U1", fact: True}).admin
    assert not profile({"id": "U1", fact: False}).admin


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

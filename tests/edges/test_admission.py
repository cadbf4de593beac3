"""What somebody is just now, as Slack tells it; and ids in the settings that look wrong."""

import asyncio
from dataclasses import replace
from typing import Any

import pytest

from bot.admission import Admission
from bot.core.policy import Rules
from bot.core.replies import Refusal
from bot.core.roles import Role
from bot.ports import Later
from bot.slack.directory import SlackDirectory
from tests.edges.slack_api import World, world

__all__ = ["world"]  # fixtures, found by name

TEAM = "T0SANDBOX"
RULES = Rules(TEAM, frozenset({"US"}), "US")


def admission(world: World, **rules: str) -> Admission:
    named: dict[str, Any] = {name: frozenset(ids.split()) for name, ids in rules.items()}
    return Admission(SlackDirectory(world.api, world.clock), replace(RULES, **named))


async def test_roles_by_user_group_and_channel(world: World) -> None:
    bo, cy = world.slack.add_user("bo"), world.slack.add_user("cy")
    group, room = world.slack.add_group("oncall", [bo]), world.slack.add_channel("room", members=[cy])
    asked = admission(world, operators=f"{group.id} {room.id}", admins=world.ana.id)
    assert (await asked.of(world.ana.id, TEAM)).role is Role.ADMIN
    assert (await asked.of(bo.id, TEAM)).role is Role.OPERATOR
    assert (await asked.of(cy.id, TEAM)).role is Role.OPERATOR
    dee = world.slack.add_user("dee")
    assert (await asked.of(dee.id, TEAM)).role is Role.MEMBER


async def test_a_guest_in_a_group_of_operators_stays_a_guest(world: World) -> None:
    guest = world.slack.add_user("gil", is_restricted=True)
    asked = admission(world, operators=world.slack.add_group("oncall", [guest]).id, people=guest.id)
    with pytest.raises(Refusal, match="Guests cannot"):
        await asked.of(guest.id, TEAM)


async def test_a_list_that_slack_does_not_tell_gives_nobody_power(world: World) -> None:
    group = world.slack.add_group("oncall", [world.ana])
    world.slack.trouble.methods, world.slack.trouble.api_500 = "usergroups.", 1
    asked = admission(world, operators=group.id)
    first = await asked.of(world.ana.id, TEAM)
    assert (first.role, first.sure) == (Role.MEMBER, False)
    second = await asked.of(world.ana.id, TEAM)
    assert (second.role, second.sure) == (Role.OPERATOR, True)


async def test_who_slack_does_not_tell_is_not_let_in(world: World) -> None:
    world.slack.trouble.methods, world.slack.trouble.api_500 = "users.", 1
    with pytest.raises(Later):
        await admission(world).of(world.ana.id, TEAM)


async def test_many_clicks_ask_slack_once(world: World) -> None:
    asked = admission(world, operators=world.slack.add_group("oncall", [world.ana]).id)
    await asyncio.gather(*(asked.of(world.ana.id, TEAM) for _ in range(30)))
    assert world.calls("usergroups.users.list") == world.calls("users.info") == 1


async def test_ids_that_look_wrong_are_named(world: World) -> None:
    gone = world.slack.add_user("old", deleted=True)
    safe = world.slack.add_channel("ops-room", is_private=True)
    good = world.slack.add_group("oncall", [world.ana])
    asked = admission(
        world,
        admins=f"{world.ops.id} {world.ana.id}",
        operators=f"{good.id} {safe.id} S0NOWHERE",
        people=gone.id,
        channels=f"{world.ops.id} C0NOWHERE",
    )
    assert await asked.doubts() == [
        "CONFAB_ADMINS names #ops, a public channel: whoever joins it has that role.",
        "CONFAB_OPERATORS names S0NOWHERE, which Slack does not know or does not show us.",
        f"CONFAB_ALLOW_PEOPLE names {gone.id}, which Slack does not know or does not show us.",
        "CONFAB_ALLOW_CHANNELS names C0NOWHERE, which Slack does not know or does not show us.",
    ]


async def test_without_such_settings_slack_is_asked_nothing(world: World) -> None:
    assert await admission(world).doubts() == []
    assert world.slack.requests == []

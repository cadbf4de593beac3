"""Who may use it: full members of the installed workspace, and nobody else, through no door."""

from typing import Any
from urllib.parse import urlencode

import pytest

from tests.stories.harness import PATIENCE, Actor, Stage, Thread, requests
from web.sandbox.slack import User

OUTSIDERS: dict[str, dict[str, Any]] = {
    "a guest of several channels": {"is_restricted": True},
    "a guest of one channel": {"is_ultra_restricted": True},
    "a stranger": {"is_stranger": True},
    "somebody of another team": {"team_id": "T0OTHER"},
    "a stranger of another team": {"team_id": "T0OTHER", "is_stranger": True},
    "an app": {"is_bot": True},
    "somebody who was removed": {"deleted": True},
}


def outsider(stage: Stage, who: str) -> Actor:
    user: User = stage.house.slack.add_user("gil", phone="+12125550155", **OUTSIDERS[who])
    stage.house.numbers[user.id] = user.phone
    stage.channel.members.append(user.id)
    return Actor(stage.house, user)


async def begin(stage: Stage) -> Thread:
    ana = stage.person("Ana", "+12125550111")
    stage.person("Bo", "+12125550122")
    await ana.types("create payments down", stage.channel)
    return await stage.thread("payments down")


REFUSED = "only members of this one can use Confab", "Guests cannot use Confab", "Only people of this workspace"


async def assert_refused(stage: Stage, actor: Actor, thread: Thread, times: int = 1) -> None:
    def told() -> bool:
        return sum(words in text for text in actor.private for words in REFUSED) == times

    await stage.house.slack.until(told, PATIENCE, f"{actor.user} is refused")
    await stage.quiet()
    assert requests(stage.house, "/calls") == []
    assert thread.lines == [line for line in thread.lines if line.startswith("<@")]
    assert "OPEN" in str(thread.card.blocks)


SENTENCES = (
    "create something",
    "invite @bo +1 212 555 0199",
    "join",
    "status",
    "number +1 212 555 0199",
    "end now",
    "",
)


@pytest.mark.parametrize("who", OUTSIDERS)
async def test_every_command_is_refused(stage: Stage, who: str) -> None:
    thread = await begin(stage)
    actor = outsider(stage, who)
    for sentence in SENTENCES:
        await actor.types(sentence, stage.channel)
    await assert_refused(stage, actor, thread, len(SENTENCES))
    assert len(stage.house.slack.messages(stage.channel)) == 1


@pytest.mark.parametrize("who", OUTSIDERS)
async def test_a_mention_is_refused(stage: Stage, who: str) -> None:
    thread = await begin(stage)
    actor = outsider(stage, who)
    await actor.says("join", stage.channel, thread)
    await assert_refused(stage, actor, thread)


@pytest.mark.parametrize("who", OUTSIDERS)
async def test_every_click_is_refused(stage: Stage, who: str) -> None:
    thread = await begin(stage)
    actor = outsider(stage, who)
    await actor.clicks(thread.card, "Ring me")
    await actor.clicks(thread.card, "End…")
    await assert_refused(stage, actor, thread, 2)


@pytest.mark.parametrize("who", OUTSIDERS)
async def test_the_form_is_not_shown(stage: Stage, who: str) -> None:
    thread = await begin(stage)
    actor = outsider(stage, who)
    await actor.clicks(thread.card, "Invite…")
    (view,) = await stage.house.slack.until(lambda: stage.house.slack.views(actor.user), PATIENCE, "a modal")
    assert any(words in str(view.blocks) for words in REFUSED)
    assert not view.raw.get("submit")


@pytest.mark.parametrize("who", OUTSIDERS)
async def test_a_form_from_before_is_refused(stage: Stage, who: str) -> None:
    """Whoever was a member when it was opened, and is none when it is sent."""
    thread = await begin(stage)
    actor = stage.person("Gil", "+12125550155")
    await actor.clicks(thread.card, "Invite…")
    await stage.house.slack.until(lambda: stage.house.slack.views(actor.user), PATIENCE, "a form")
    for fact, value in OUTSIDERS[who].items():
        setattr(actor.user, fact, value)
    await stage.passes(seconds=31)
    await actor.fills_in(numbers="+1 212 555 0199")
    await assert_refused(stage, actor, thread)


@pytest.mark.parametrize("team", ["", "T0OTHER"])
async def test_a_member_whose_payload_names_another_workspace_or_none_is_refused(stage: Stage, team: str) -> None:
    thread = await begin(stage)
    cleo = stage.person("Cleo", "+12125550133")
    slack = stage.house.slack
    fields = {
        "command": "/conf",
        "text": "join",
        "team_id": team,
        "user_id": cleo.user.id,
        "channel_id": stage.channel.id,
        "trigger_id": slack.new_trigger(cleo.user),
        "response_url": slack.new_response_url(cleo.user, stage.channel),
    }
    body = urlencode(fields).encode()
    await slack.raw(body, slack.sign(body, "application/x-www-form-urlencoded"))
    await assert_refused(stage, cleo, thread)


async def test_a_guest_is_told_why(stage: Stage) -> None:
    await begin(stage)
    guest = stage.person("Gil", "+12125550155", guest=True)
    await guest.types("join", stage.channel)
    await guest.is_told("Guests cannot use Confab: every call costs money. Ask a full member.")


async def test_a_guest_may_be_rung_by_a_member(stage: Stage) -> None:
    thread = await begin(stage)
    cleo, guest = stage.person("Cleo", "+12125550133"), stage.person("Gil", "+12125550155", guest=True)
    await cleo.types("invite @gil", stage.channel)
    await guest.comes_in()
    await thread.shows("Gil joined")


async def test_a_conference_goes_on_when_its_channel_becomes_shared_for_our_own_people_alone(stage: Stage) -> None:
    thread = await begin(stage)
    zoe = outsider(stage, "a stranger of another team")
    stage.channel.is_ext_shared = True
    await stage.passes(seconds=31)
    await zoe.says("join", stage.channel, thread)
    await zoe.is_told("You belong to another workspace", stage.channel)
    cleo = stage.person("Cleo", "+12125550133")
    await cleo.says("join", stage.channel, thread)
    await cleo.comes_in()
    await thread.shows("Cleo joined")

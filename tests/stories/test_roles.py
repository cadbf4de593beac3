"""Who may do what: host, participants, operators, admins; at the moment of the click, and all in the journal."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, Row, select

from bot.store.tables import journal
from tests.stories.harness import PATIENCE, Actor, Stage, Thread, chooses, requests, shown, story
from web.sandbox.house import House
from web.sandbox.slack import Channel, User, View

FORGOTTEN = 31  # seconds after which Slack is asked again who somebody is


async def in_call(stage: Stage) -> tuple[Actor, Actor, Actor, Thread]:
    """Ana hosts; she and Bo are in the room, Cy is not invited."""
    ana, bo = stage.person("Ana", "+12125550111"), stage.person("Bo", "+12125550122")
    cy = stage.person("Cy", "+12125550133")
    await ana.types("create payments @ana @bo", stage.channel)
    await ana.comes_in()
    await bo.comes_in()
    thread = await stage.thread("payments")
    await thread.card_shows("2 in")
    return ana, bo, cy, thread


async def entries(stage: Stage, who: Actor) -> list[tuple[str, str]]:
    """What the journal says that somebody asked for, and what came of it."""

    def read(connection: Connection) -> list[Row[Any]]:
        return list(connection.execute(select(journal).order_by(journal.c.id)).all())

    rows = await stage.program.store.read(read)
    mine = [row for row in rows if row.body.get("by") == who.user.id]
    return [(row.kind, row.answer.get("code") or row.answer["kind"]) for row in mine]


async def test_what_is_the_hosts_is_refused_to_others(stage: Stage) -> None:
    _, bo, cy, thread = await in_call(stage)
    for sentence in ("end now", "kick ana", "hold ana", "lock", "host bo", "carry", "pin new", "mute all"):
        await bo.types(sentence, stage.channel)
    await bo.clicks(thread.card, "End…")
    await bo.clicks(thread.card, "Lock")
    await chooses(stage, bo, thread, "Ana", "Remove")
    told = await bo.is_told("“mute all” is for the host. Ask Ana to do it, or to make you the host.")
    assert "/conf host @Bo" in shown(told)
    await stage.house.slack.until(lambda: len(bo.private) == 11, PATIENCE, "eleven refusals")
    await cy.types("say hello", stage.channel)
    await cy.is_told("“say” is for people of this conference, and you are not in it. Join first.")
    await stage.quiet()
    verbs = ("end", "kick", "hold", "lock", "host", "carry", "pin", "mute", "end", "lock", "kick")
    assert await entries(stage, bo) == [(verb, "forbidden") for verb in verbs]
    assert await entries(stage, cy) == [("say", "forbidden")]
    assert "2 in" in shown(thread.card)
    assert not [line for line in thread.lines if "by Bo" in line]


async def test_people_in_the_call_may_do_what_helps_it(stage: Stage) -> None:
    _, bo, cy, thread = await in_call(stage)
    await bo.types("mute ana", stage.channel)
    await thread.shows("Ana was muted by Bo")
    await bo.types("unmute ana", stage.channel)
    await thread.shows("Ana was unmuted by Bo")
    await bo.types("say two more minutes", stage.channel)
    await thread.shows("two more minutes")
    await bo.types("record start", stage.channel)
    await thread.shows("Recording started by Bo")
    await cy.types("join", stage.channel)
    await cy.comes_in()
    await cy.types("mute bo", stage.channel)
    await thread.shows("Bo was muted by Cy")
    assert await entries(stage, cy) == [("join", "Told"), ("mute", "Told")]


async def test_when_the_host_has_left_those_who_are_in_carry_on(stage: Stage) -> None:
    ana, bo, cy, thread = await in_call(stage)
    ana.phone.hangs_up()
    await thread.shows("Ana left")
    await cy.types("end", stage.channel)
    told = await cy.is_told("“end” is for the host (Ana), who is not in the call, so for everybody who is. Join first.")
    assert "/conf join" in shown(told)
    await bo.types("host me", stage.channel)
    await thread.shows("Bo is the host now")
    await thread.card_shows("host Bo")
    await ana.types("end", stage.channel)
    await ana.is_told("“end” is for the host. Ask Bo to do it")
    await bo.types("end", stage.channel)
    await thread.shows("Ended by Bo")


async def test_a_host_whose_account_was_closed_leaves_nobody_stuck(stage: Stage) -> None:
    ana, bo, _, thread = await in_call(stage)
    await bo.types("lock", stage.channel)
    await bo.is_told("“lock” is for the host. Ask Ana")
    ana.user.deleted = True
    await stage.passes(seconds=FORGOTTEN)
    await bo.types("lock", stage.channel)
    await thread.shows("Locked by Bo")


async def test_who_was_removed_says_nothing_more(stage: Stage) -> None:
    ana, bo, _, thread = await in_call(stage)
    await ana.types("kick bo", stage.channel)
    await thread.shows("Bo was removed by Ana")
    await bo.types("say haha", stage.channel)
    await bo.is_told("“say” is for people of this conference, and you are not in it.")


async def test_who_is_in_may_all_while_the_host_never_came(stage: Stage) -> None:
    ana, bo = stage.person("Ana", "+12125550111"), stage.person("Bo", "+12125550122")
    await ana.types("create payments @bo", stage.channel)
    await bo.comes_in()
    thread = await stage.thread("payments")
    await thread.shows("Bo joined")
    await bo.types("lock", stage.channel)
    await thread.shows("Locked by Bo")
    await ana.types("unlock", stage.channel)
    await thread.shows("Unlocked by Ana")


async def test_an_admin_of_the_workspace_may_do_everything(stage: Stage) -> None:
    _, _, _, thread = await in_call(stage)
    user = stage.house.slack.add_user("root", real_name="Root", is_admin=True)
    stage.channel.members.append(user.id)
    root = Actor(stage.house, user)
    await root.types("whoami", stage.channel)
    await root.is_told("an admin: you may do everything here")
    await root.clicks(thread.card, "End…")
    await thread.shows("Ended by Root")


def somebody(house: House, name: str, number: str) -> User:
    return house.person(name, number)


async def test_operators_are_found_in_groups_and_channels_and_lose_it_at_once(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    made: dict[str, Any] = {}

    def knowing(house: House) -> dict[str, Any]:
        made["ops"] = house.slack.add_group("oncall", [somebody(house, "Opal", "+12125550144")])
        made["admins"] = house.slack.add_channel("admins", members=[somebody(house, "Ada", "+12125550155")])
        made["named"] = somebody(house, "Ned", "+12125550166")
        return {"confab_operators": f"{made['ops'].id}, {made['named'].id}", "confab_admins": made["admins"].id}

    async with story(tmp_path, caplog, knowing=knowing) as stage:
        _, _, _, thread = await in_call(stage)
        opal, ada, ned = (
            Actor(stage.house, next(one for one in stage.house.slack.users.values() if one.real_name == name))
            for name in ("Opal", "Ada", "Ned")
        )
        for who, standing in ((opal, "an operator"), (ada, "an admin"), (ned, "an operator")):
            await who.types("whoami", stage.channel)
            await who.is_told(standing)
        await opal.clicks(thread.card, "Lock")
        await thread.shows("Locked by Opal")
        made["ops"].users.clear()
        made["admins"].members.remove(ada.user.id)
        await stage.passes(seconds=FORGOTTEN)
        for who in (opal, ada):
            await who.clicks(thread.card, "Unlock")
            await who.is_told("“unlock” is for the host. Ask Ana")
        await ned.clicks(thread.card, "Unlock")
        await thread.shows("Unlocked by Ned")


async def test_who_was_let_in_before_is_judged_anew_at_each_click(stage: Stage) -> None:
    _, bo, _, thread = await in_call(stage)
    await bo.clicks(thread.card, "Record")
    await thread.shows("Recording started by Bo")
    changes: tuple[tuple[str, str], ...] = (
        ("deleted", "Only people of this workspace"),
        ("is_restricted", "Guests cannot use Confab"),
    )
    for fact, why in changes:
        setattr(bo.user, fact, True)
        await stage.passes(seconds=FORGOTTEN)
        await bo.clicks(thread.card, "Stop recording")
        await bo.is_told(why)
        setattr(bo.user, fact, False)
    assert (await entries(stage, bo))[-2:] == [("record", "forbidden")] * 2
    assert "Stop recording" in shown(thread.card)


async def modal(stage: Stage, who: Actor, fragment: str) -> View:
    slack = stage.house.slack

    def seen() -> View | None:
        return next((view for view in slack.views(who.user) if fragment in str(view.raw)), None)

    return await slack.until(seen, PATIENCE, f"a modal with {fragment!r}")


async def test_a_guest_is_shown_no_form(stage: Stage) -> None:
    ana, _, _, thread = await in_call(stage)
    await stage.house.slack.say(ana.user, stage.channel, "it is down")
    about = stage.channel.messages[-1]
    openings: tuple[Callable[[Actor], Any], ...] = (
        lambda gil: gil.clicks(thread.card, "Invite…"),
        lambda gil: stage.house.slack.shortcut(gil.user, "conf_create"),
        lambda gil: stage.house.slack.message_shortcut(gil.user, "conf_create_from_message", about),
    )
    for at, opens in enumerate(openings):
        gil = stage.person(f"Gil{at}", f"+1212555016{at}", guest=True)
        await opens(gil)
        view = await modal(stage, gil, "Guests cannot use Confab")
        assert "submit" not in {key for key, value in view.raw.items() if value}
        assert await entries(stage, gil) == [("invite" if at == 0 else "create", "forbidden")]


async def test_a_guest_is_refused_in_private_messages_too(stage: Stage) -> None:
    gil = stage.person("Gil", "+12125550155", guest=True)
    await gil.writes("create payments +1 212 555 0199")
    await gil.reads("Guests cannot use Confab")
    assert await entries(stage, gil) == [("create", "forbidden")]


async def test_a_guest_at_home_is_in_the_journal(stage: Stage) -> None:
    gil = stage.person("Gil", "+12125550155", guest=True)
    await stage.house.slack.home_opened(gil.user)
    await stage.house.slack.until(lambda: stage.house.slack.home(gil.user), PATIENCE, "a Home tab")
    assert await entries(stage, gil) == [("home", "forbidden")]


async def test_a_name_of_the_phone_book_belongs_to_who_noted_it(stage: Stage) -> None:
    """Or somebody could quietly have everybody who rings the vendor ring them."""
    ana, bo = stage.person("Ana", "+12125550111"), stage.person("Bo", "+12125550122")
    await ana.types("contacts add vendor +1 212 555 0199", stage.channel)
    await ana.is_told("Noted: vendor")
    for sentence in ("contacts add vendor +1 212 555 0122", "contacts rm vendor"):
        await bo.types(sentence, stage.channel)
    await stage.house.slack.until(lambda: len(bo.private) == 2, PATIENCE, "two refusals")
    assert await entries(stage, bo) == [("contacts", "forbidden")] * 2
    await bo.types("contacts", stage.channel)
    await bo.is_told("vendor: …0199")
    await ana.types("contacts rm vendor", stage.channel)
    await ana.is_told("Removed vendor")


async def test_the_home_tab_ends_only_ones_own(stage: Stage) -> None:
    _, bo, _, thread = await in_call(stage)
    await stage.house.slack.home_opened(bo.user)
    home = await stage.house.slack.until(lambda: stage.house.slack.home(bo.user), PATIENCE, "a Home tab")
    await stage.house.slack.click(bo.user, home, "conf:end")
    await bo.reads("“end” is for the host. Ask Ana")
    assert "2 in" in shown(thread.card)


def shared(stage: Stage, *people: Actor) -> Channel:
    users = [one.user for one in people]
    return stage.house.slack.add_channel("with-acme", members=users, is_ext_shared=True)


FILLED: dict[str, Any] = {
    "topic": {"topic": {"value": "payments"}},
    "people": {"people": {"selected_users": []}},
    "numbers": {"numbers": {"value": "+1 212 555 0199"}},
}


async def test_nothing_is_started_where_another_company_reads_along(stage: Stage) -> None:
    ana = stage.person("Ana", "+12125550111")
    place = shared(stage, ana)
    await ana.types("create payments +1 212 555 0199", place)
    told = await ana.is_told("People of another company are in this channel", place)
    assert "/conf create payments down @ana" in shown(told)
    await ana.says("create payments +1 212 555 0199", place)
    await stage.house.slack.until(lambda: len(ana.private) == 2, PATIENCE, "two refusals")
    await stage.house.slack.say(ana.user, place, "it is down")
    await stage.house.slack.message_shortcut(ana.user, "conf_create_from_message", place.messages[-1])
    view = await modal(stage, ana, "People of another company")
    await stage.house.slack.close_view(ana.user, view.id)
    await stage.quiet()
    assert requests(stage.house, "/v2/calls") == []
    assert await entries(stage, ana) == [("create", "forbidden")] * 3


async def test_a_form_is_judged_again_when_it_is_sent(stage: Stage) -> None:
    ana = stage.person("Ana", "+12125550111")
    await stage.house.slack.say(ana.user, stage.channel, "it is down")
    await stage.house.slack.message_shortcut(ana.user, "conf_create_from_message", stage.channel.messages[-1])
    view = await modal(stage, ana, "What is it about?")
    stage.channel.is_ext_shared = True
    await stage.passes(seconds=FORGOTTEN)
    await stage.house.slack.submit(ana.user, view.id, FILLED)
    await ana.is_told("People of another company are in this channel")
    await stage.quiet()
    assert requests(stage.house, "/v2/calls") == []
    assert await entries(stage, ana) == [("create", "forbidden")]


async def test_numbers_tried_in_a_form_are_in_the_journal(stage: Stage) -> None:
    ana, _, _, thread = await in_call(stage)
    await ana.clicks(thread.card, "Invite…")
    view = await modal(stage, ana, "They are rung at once")
    for number in ("+1 900 555 0199", "+44 20 7946 0000"):
        values: dict[str, Any] = {
            "numbers": {"numbers": {"value": number}},
            "people": {"people": {"selected_users": []}},
        }
        await stage.house.slack.submit(ana.user, view.id, values)
    assert (await entries(stage, ana))[-2:] == [("invite", "forbidden")] * 2


async def test_a_shared_channel_can_be_allowed(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    made: dict[str, Channel] = {}

    def knowing(house: House) -> dict[str, Any]:
        made["place"] = house.slack.add_channel("with-acme", is_ext_shared=True)
        return {"confab_allow_shared_channels": made["place"].id}

    async with story(tmp_path, caplog, knowing=knowing) as stage:
        ana, zoe = stage.person("Ana", "+12125550111"), stage.house.slack.add_user("zoe", team_id="T0OTHER")
        made["place"].members += [ana.user.id, zoe.id]
        await ana.types("create payments @ana", made["place"])
        await ana.phone.rings()
        await Actor(stage.house, zoe).types("join", made["place"])
        await Actor(stage.house, zoe).is_told("You belong to another workspace")


async def test_a_channel_that_cannot_be_seen_is_refused_for_now(stage: Stage) -> None:
    ana = stage.person("Ana", "+12125550111")
    hidden = stage.house.slack.add_channel("hidden", members=[ana.user], bot_in=False, is_private=True)
    await ana.types("create payments @ana", hidden)
    told = await ana.is_told("I cannot see whether this channel is shared", hidden)
    assert "/invite @confab" in shown(told)
    assert await entries(stage, ana) == [("create", "later")]
    hidden.members.append(stage.house.slack.bot_user_id)
    await stage.passes(seconds=FORGOTTEN)
    await ana.types("create payments @ana", hidden)
    await ana.phone.rings()


async def test_people_and_channels_can_be_named(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    made: dict[str, Any] = {}

    def knowing(house: House) -> dict[str, Any]:
        ana = somebody(house, "Ana", "+12125550111")
        made["ana"], made["place"] = Actor(house, ana), house.slack.add_channel("incidents", members=[ana])
        group = house.slack.add_group("callers", [ana])
        return {"confab_allow_people": group.id, "confab_allow_channels": made["place"].id}

    async with story(tmp_path, caplog, knowing=knowing) as stage:
        bo = stage.person("Bo", "+12125550122")
        await made["ana"].types("create payments @ana", stage.channel)
        await made["ana"].is_told("Conferences are not started in this channel, but in #incidents")
        await made["ana"].types("create payments @ana", made["place"])
        await made["ana"].phone.rings()
        await bo.types("status", made["place"])
        await bo.is_told("Confab is for some people of this workspace only")
        assert await entries(stage, bo) == [("status", "forbidden")]


async def test_when_slack_cannot_tell_nothing_is_allowed_for_now(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    def knowing(house: House) -> dict[str, Any]:
        house.slack.add_group("oncall", [])
        return {"confab_operators": house.slack.add_group("ops", []).id}

    async with story(tmp_path, caplog, knowing=knowing) as stage:
        ana, bo, _, thread = await in_call(stage)
        await stage.passes(seconds=FORGOTTEN)
        stage.house.slack.trouble.methods, stage.house.slack.trouble.api_500 = "usergroups.", 1
        await bo.clicks(thread.card, "Lock")
        await bo.is_told("Slack does not say just now whether you may do that. Please try again.")
        stage.house.slack.trouble.methods, stage.house.slack.trouble.api_500 = "conversations.info", 1
        await ana.types("create another @bo", stage.channel)
        await ana.is_told("Please try again.")
        assert (await entries(stage, bo))[-1] == ("lock", "later")
        assert (await entries(stage, ana))[-1] == ("create", "later")
        stage.house.slack.trouble.methods = ""
        await ana.clicks(thread.card, "Lock")
        await thread.shows("Locked by Ana")


async def test_help_says_who_may(stage: Stage) -> None:
    ana = stage.person("Ana", "+12125550111")
    await ana.types("help end", stage.channel)
    await ana.is_told("Who may: the host (while the host is not in the call, everybody who is in it)")
    assert await entries(stage, ana) == [("help", "HelpOn")]

"""Shortcuts, forms and the Home tab: other ways to say the same sentences."""

from typing import Any

from tests.stories.harness import PATIENCE, Actor, Stage, requests, shown
from web.sandbox.slack import View


async def form(stage: Stage, who: Actor) -> View:
    slack = stage.house.slack
    (view,) = await slack.until(lambda: slack.views(who.user), PATIENCE, "a form")
    return view


def filled(
    *, people: tuple[Actor, ...] = (), topic: str | None = None, numbers: str = "", **more: Any
) -> dict[str, Any]:
    values: dict[str, Any] = {
        "people": {"people": {"selected_users": [one.user.id for one in people]}},
        "numbers": {"numbers": {"value": numbers}},
        **more,
    }
    return values | ({} if topic is None else {"topic": {"topic": {"value": topic}}})


async def test_the_global_shortcut_opens_a_form_that_starts_a_conference(stage: Stage) -> None:
    ana, bo = stage.person("Ana", "+12125550111"), stage.person("Bo", "+12125550122")
    await stage.house.slack.shortcut(ana.user, "conf_create")
    view = await form(stage, ana)
    options = {"selected_options": [{"value": "--muted"}]}
    values = filled(
        people=(bo,),
        topic='payments "down" since 12:30, call +1 212 555 0100',
        channel={"channel": {"selected_conversation": stage.channel.id}},
        options={"options": options},
        ring={"ring": {"selected_option": {"value": "45"}}},
        redial={"redial": {"selected_option": {"value": "3x60s"}}},
    )
    await stage.house.slack.submit(ana.user, view.id, values)
    thread = await stage.thread("payments 'down' since 12:30, call +1 212 555 0100")
    for times in (1, 2):
        await bo.phone.rings()
        await stage.passes(seconds=46)
        await thread.shows("Bo: rung again in 1 min")
        await stage.passes(seconds=61)
        await stage.house.telnyx.until(lambda: bo.phone.ring_count == times + 1, what="rung again")  # noqa: B023  # awaited at once
    await bo.comes_in()
    await bo.phone.hears("You are muted")
    await thread.card_shows("host Ana")
    dial = requests(stage.house, "/v2/calls")[0]
    assert (dial["to"], dial["timeout_secs"]) == ("+12125550122", 45)


async def test_a_conference_about_a_message_lives_in_its_thread(stage: Stage) -> None:
    ana, bo = stage.person("Ana", "+12125550111"), stage.person("Bo", "+12125550122")
    await stage.house.slack.say(bo.user, stage.channel, "the payments page is down\nsince noon")
    message = stage.channel.messages[-1]
    await stage.house.slack.message_shortcut(ana.user, "conf_create_from_message", message)
    view = await form(stage, ana)
    assert "the payments page is down" in str(view.blocks)
    values = filled(people=(bo,), topic="the payments page is down")
    await stage.house.slack.submit(ana.user, view.id, values)
    await bo.phone.rings()

    def card_is_there() -> bool:
        replies = stage.house.slack.messages(stage.channel, thread_ts=message.ts)
        return any("the payments page is down: open" in one.text for one in replies)

    await stage.house.slack.until(card_is_there, PATIENCE, "the card in the thread of the message")


async def test_the_invite_form_has_the_options_too(stage: Stage) -> None:
    ana, bo = stage.person("Ana", "+12125550111"), stage.person("Bo", "+12125550122")
    await ana.types("create payments", stage.channel)
    thread = await stage.thread("payments")
    await ana.clicks(thread.card, "Invite…")
    view = await form(stage, ana)
    values = filled(people=(bo,), options={"options": {"selected_options": [{"value": "--dry-run"}]}})
    await stage.house.slack.submit(ana.user, view.id, values)
    await ana.is_told("A dry run, nobody was rung.")
    assert bo.phone.ring_count == 0


async def home(stage: Stage, who: Actor, fragment: str) -> View:
    slack = stage.house.slack

    def seen() -> View | None:
        view = slack.home(who.user)
        return view if view and fragment in str(view.blocks) else None

    return await slack.until(seen, PATIENCE, f"a Home tab with {fragment!r}")


async def test_the_home_tab_shows_my_conferences_and_controls_them(stage: Stage) -> None:
    ana, bo = stage.person("Ana", "+12125550111"), stage.person("Bo", "+12125550122")
    await stage.house.slack.home_opened(ana.user)
    view = await home(stage, ana, "You are in no live conference.")
    assert "You are rung at +12125550111" in str(view.blocks)
    await ana.types("create checkout @bo", stage.channel)
    await bo.phone.rings()
    await stage.house.slack.home_opened(bo.user)
    await home(stage, bo, "checkout")
    await stage.house.slack.home_opened(ana.user)
    view = await home(stage, ana, "checkout")
    await stage.house.slack.click(ana.user, view, "conf:join")
    await ana.comes_in()
    await (await stage.thread("checkout")).card_shows("1 in")
    await stage.house.slack.home_opened(ana.user)
    view = await home(stage, ana, "1 in")
    await stage.house.slack.click(ana.user, view, "conf:end")
    await ana.reads("Ended checkout.")
    await home(stage, ana, "Lately")


async def test_the_home_tab_starts_one(stage: Stage) -> None:
    ana = stage.person("Ana", "+12125550111")
    await stage.house.slack.home_opened(ana.user)
    view = await home(stage, ana, "Start a conference")
    await stage.house.slack.click(ana.user, view, "conf:create_form")
    opened = await form(stage, ana)
    channel = {"channel": {"selected_conversation": stage.channel.id}}
    await stage.house.slack.submit(ana.user, opened.id, filled(topic="from home", channel=channel))
    await stage.thread("from home")


async def test_a_guest_sees_one_sentence_at_home(stage: Stage) -> None:
    gil = stage.person("Gil", "+12125550155", guest=True)
    await stage.house.slack.home_opened(gil.user)
    view = await home(stage, gil, "Guests cannot use Confab")
    assert len(view.blocks) == 1


async def test_everything_said_in_a_form_is_refused_with_a_reason(stage: Stage) -> None:
    ana = stage.person("Ana", "+12125550111")
    await stage.house.slack.shortcut(ana.user, "conf_create")
    view = await form(stage, ana)
    channel = {"channel": {"selected_conversation": stage.channel.id}}
    values = filled(topic="payments", numbers="+1 900 555 0199", channel=channel)
    await stage.house.slack.submit(ana.user, view.id, values)
    assert "premium-rate" in view.errors["numbers"]
    assert not any("payments" in shown(one) for one in stage.channel.messages)

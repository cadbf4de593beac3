"""Slack's doors: what they hear, what they acknowledge and when, and what they say back and to whom."""

import asyncio
import json
import logging
import re
from typing import Any
from urllib.parse import urlencode

import pytest

from bot.core.inputs import Heard, Where
from bot.core.replies import Nothing, Refused, Told
from bot.slack import answers
from tests.edges.slack_doors import World, both, over_http, world
from web.sandbox.slack import Delivered

__all__ = ["both", "world"]  # fixtures, found by name


async def test_a_command_is_heard_and_answered_privately(both: World) -> None:
    done = await both.slack.command(both.ana, both.ops, "create A&B @bo +1 212 555 0199", trigger_id="9.9")
    assert done.status == 200
    assert await both.private() == ["Done."]
    where = Where(team="T0SANDBOX", channel=both.ops.id)
    text = f"create A&amp;B <@{both.bo.id}|bo> +1 212 555 0199"
    assert both.desk.answered == [Heard("slack:9.9", both.ana.id, where, text, "slash")]
    assert both.slack.messages(both.ops) == []


async def test_a_mention_in_a_thread_is_heard_and_answered_there_privately(both: World) -> None:
    card = await both.card()
    await both.slack.mention(both.ana, both.ops, "status", thread_ts=card.ts, event_id="Ev1")
    assert await both.private() == ["Done."]
    where = Where(team="T0SANDBOX", channel=both.ops.id, thread_ts=card.ts)
    assert both.desk.answered == [Heard("slack:Ev1", both.ana.id, where, "status", "mention")]
    assert both.slack.ephemerals(both.ana)[0].thread_ts == card.ts


async def test_a_mention_outside_of_a_thread_has_none(world: World) -> None:
    await world.slack.mention(world.ana, world.ops, "hello, please status")
    await world.private()
    assert world.desk.answered[0].where.thread_ts == ""
    assert world.slack.ephemerals(world.ana)[0].thread_ts is None


async def test_a_direct_message_is_answered_by_one(both: World) -> None:
    await both.slack.direct_message(both.ana, "status", event_id="Ev2")
    channel = both.slack.direct(both.ana)
    said = await both.slack.until(lambda: both.slack.messages(channel)[1:])
    assert [message.text for message in said] == ["Done."]
    where = Where(team="T0SANDBOX", channel=channel.id, direct=True)
    assert both.desk.answered == [Heard("slack:Ev2", both.ana.id, where, "status", "direct")]


async def test_a_button_is_a_sentence(both: World) -> None:
    card = await both.card()
    await both.slack.click(both.ana, card, "conf:end")
    assert await both.private() == ["Done."]
    (heard,) = both.desk.answered
    assert (heard.text, heard.door, heard.user_id) == ("end now", "button", both.ana.id)
    assert heard.where == Where("T0SANDBOX", both.ops.id, "", "c1")
    assert heard.key.startswith("slack:")
    assert not card.deleted
    assert card.edited == 0


async def test_a_button_in_a_thread_is_answered_in_that_thread(world: World) -> None:
    top = await world.client.chat_postMessage(channel=world.ops.id, text="help!")
    card = await world.card(top["ts"])
    await world.slack.click(world.ana, card, "conf:join")
    await world.private()
    assert world.desk.answered[0].where.thread_ts == top["ts"]
    assert world.slack.ephemerals(world.ana)[0].thread_ts == top["ts"]


async def test_two_clicks_are_two_sentences(world: World) -> None:
    card = await world.card()
    await world.slack.click(world.ana, card, "conf:join")
    await world.slack.click(world.ana, card, "conf:join")
    await world.private(2)
    assert len(world.desk.answered) == 2


async def test_the_answer_takes_the_place_of_a_private_question(world: World) -> None:
    question = await world.question()
    world.desk.reply = Told(("Ended Payments.",))
    await world.slack.click(world.ana, question, "conf:end")
    await world.slack.until(lambda: question.edited)
    assert await world.private() == ["Ended Payments."]
    assert world.desk.answered[0].text == "end now"
    assert world.desk.answered[0].where.conference_id == "c1"


async def test_a_question_that_needs_no_answer_goes_away(world: World) -> None:
    question = await world.question()
    world.desk.reply = Nothing()
    await world.slack.click(world.ana, question, "conf:end")
    await world.slack.until(lambda: question.deleted)


async def test_the_invite_button_opens_a_form_and_the_form_is_a_sentence(both: World) -> None:
    card = await both.card()
    await both.slack.click(both.ana, card, "conf:invite_form")
    (view,) = await both.slack.until(lambda: both.slack.views(both.ana))
    assert both.desk.heard == []
    assert "Payments &amp; co" in json.dumps(view.blocks)
    chosen = {"type": "multi_users_select", "selected_users": [both.bo.id]}
    typed = {"type": "plain_text_input", "value": "+1 212 555 0199"}
    await both.slack.submit(both.ana, view.id, {"people": {"people": chosen}, "numbers": {"numbers": typed}})
    assert await both.private() == ["Done."]
    (heard,) = both.desk.answered
    assert heard.text == f"invite <@{both.bo.id}> +1 212 555 0199"
    assert (heard.where, heard.door) == (Where("T0SANDBOX", both.ops.id, "", "c1"), "modal")
    assert view.closed


async def test_a_form_that_names_nobody_is_not_taken(world: World) -> None:
    card = await world.card()
    await world.slack.click(world.ana, card, "conf:invite_form")
    (view,) = await world.slack.until(lambda: world.slack.views(world.ana))
    await world.slack.submit(world.ana, view.id, {})
    assert list(view.errors) == ["people"]
    assert not view.closed
    assert world.desk.heard == []


async def test_a_form_with_a_wrong_number_stays_open_and_says_why(world: World) -> None:
    card = await world.card()
    await world.slack.click(world.ana, card, "conf:invite_form")
    (view,) = await world.slack.until(lambda: world.slack.views(world.ana))
    world.desk.wrong = "That is too short."
    await world.slack.submit(world.ana, view.id, {"numbers": {"numbers": {"value": "12"}}})
    assert view.errors == {"numbers": "That is too short."}
    assert not view.closed
    assert world.desk.heard == []


async def test_a_form_that_cannot_open_is_told(world: World) -> None:
    card = await world.card()
    world.slack.trouble.methods, world.slack.trouble.api_500 = "views.", 1
    done = await world.slack.click(world.ana, card, "conf:invite_form")
    assert done.status == 200
    assert await world.private() == [answers.FORM_LATE]


async def say(world: World, door: str) -> Delivered:
    """The same thing said at one of the doors."""
    if door == "command":
        return await world.slack.command(world.ana, world.ops, "status")
    if door == "mention":
        return await world.slack.mention(world.ana, world.ops, "status")
    if door == "direct":
        return await world.slack.direct_message(world.ana, "status")
    return await world.slack.click(world.ana, await world.card(), "conf:join")


DOORS = ["command", "mention", "direct", "button"]


@pytest.mark.parametrize("door", DOORS)
async def test_nothing_is_acknowledged_before_it_is_kept(both: World, door: str) -> None:
    both.desk.may_hear.clear()
    delivery = asyncio.create_task(say(both, door))
    await both.desk.listening.wait()
    done, _ = await asyncio.wait({delivery}, timeout=0.2)
    assert not done
    both.desk.may_hear.set()
    assert (await delivery).status == 200
    assert len(both.desk.heard) == 1


@pytest.mark.parametrize("door", DOORS)
async def test_a_slow_answer_does_not_hold_back_the_acknowledgement(world: World, door: str) -> None:
    world.desk.may_answer.clear()
    assert (await say(world, door)).status == 200
    await world.desk.thinking.wait()
    assert world.desk.answered == []
    world.desk.may_answer.set()
    await world.slack.until(lambda: "Done." in json.dumps(world.slack.snapshot()))


@pytest.mark.parametrize("door", DOORS)
async def test_what_comes_twice_is_answered_once(world: World, door: str) -> None:
    world.slack.trouble.twice = True
    delivered = await say(world, door)
    assert delivered.copy is not None
    assert (delivered.status, delivered.copy.status) == (200, 200)
    await world.slack.until(lambda: len(world.desk.heard) == 2 and world.desk.answered)
    assert len(world.desk.answered) == 1


@pytest.mark.parametrize("door", DOORS)
async def test_a_lost_database_is_told_and_nothing_is_done(world: World, door: str) -> None:
    world.desk.broken_hearing = True
    assert (await say(world, door)).status == 200
    await world.slack.until(lambda: answers.NOT_HEARD in json.dumps(world.slack.snapshot()))
    assert world.desk.answered == []


async def test_a_form_stays_open_when_the_database_is_lost(world: World) -> None:
    card = await world.card()
    await world.slack.click(world.ana, card, "conf:invite_form")
    (view,) = await world.slack.until(lambda: world.slack.views(world.ana))
    world.desk.broken_hearing = True
    await world.slack.submit(world.ana, view.id, {"numbers": {"numbers": {"value": "+12125550199"}}})
    assert view.errors == {"people": answers.NOT_HEARD}


@pytest.mark.parametrize("door", ["command", "mention", "button"])
async def test_a_bug_is_told_with_the_reference_that_is_logged(
    world: World, door: str, caplog: pytest.LogCaptureFixture
) -> None:
    world.desk.broken_answering = True
    assert (await say(world, door)).status == 200
    (text,) = await world.private()
    reference = re.search(r"reference ([0-9a-f]{6})", text)
    assert reference is not None
    (record,) = [record for record in caplog.records if record.name == "confab.slack"]
    assert reference[1] in record.getMessage()
    assert record.exc_info is not None


class Noticing(logging.Handler):
    """Sets ``noticed`` at the first record."""

    def __init__(self) -> None:
        super().__init__()
        self.noticed = asyncio.Event()

    def emit(self, record: logging.LogRecord) -> None:
        self.noticed.set()
        self.words = record.getMessage()


async def test_an_answer_that_cannot_be_told_is_only_logged(world: World) -> None:
    log, handler = logging.getLogger("confab.slack"), Noticing()
    log.addHandler(handler)
    world.desk.may_answer.clear()
    await world.slack.command(world.ana, world.ops, "status")
    await world.desk.thinking.wait()
    world.clock.skip(minutes=31)
    world.desk.may_answer.set()
    await asyncio.wait_for(handler.noticed.wait(), 60)
    log.removeHandler(handler)
    assert handler.words.startswith("could not tell the answer (slash, reference ")
    assert world.slack.ephemerals(world.ana) == []
    assert world.desk.reached == []


async def test_that_an_answer_has_reached_somebody_is_noted(world: World) -> None:
    await world.slack.command(world.ana, world.ops, "status")
    assert await world.private() == ["Done."]
    await world.slack.until(lambda: world.desk.reached)
    assert world.desk.reached == world.desk.answered


async def test_nothing_to_say_says_nothing(world: World) -> None:
    world.desk.reply = Nothing()
    await world.slack.command(world.ana, world.ops, "status")
    await world.slack.until(lambda: world.desk.answered)
    world.desk.reply = Refused("No.")
    await world.slack.command(world.ana, world.ops, "status")
    assert await world.private() == ["No."]


async def test_events_nobody_asked_for_are_taken(both: World) -> None:
    done = await both.slack.home_opened(both.ana)
    assert (done.status, done.retry) == (200, 0)
    assert both.desk.heard == []


async def test_what_the_bot_says_is_not_heard(world: World) -> None:
    event = {"type": "message", "channel_type": "im", "user": world.slack.bot_user_id, "bot_id": "B1", "text": "Done."}
    done = await world.slack.raw(*signed(world, {"type": "event_callback", "event_id": "Ev1", "event": event}))
    assert done.status == 200
    assert world.desk.heard == []


def signed(world: World, body: dict[str, Any]) -> tuple[bytes, dict[str, str]]:
    raw = json.dumps(body).encode()
    return raw, world.slack.sign(raw, "application/json")


async def test_a_bad_signature_is_refused_and_its_body_is_not_logged(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    raw, headers = signed(world, {"type": "event_callback", "secret": "+12125550199"})
    with caplog.at_level(logging.INFO):
        done = await world.slack.raw(raw, headers | {"X-Slack-Signature": "v0=00"})
    assert done.status == 401
    assert "+12125550199" not in caplog.text
    assert world.desk.heard == []


async def test_without_a_signing_secret_nothing_is_taken_over_http() -> None:
    world = World()
    world.connect(await world.slack.start(), None)
    async with over_http(world):
        body = {"type": "event_callback", "event_id": "Ev1", "event": {"type": "app_mention", "user": "U1"}}
        done = await world.slack.raw(*signed(world, body))
    await world.slack.close()
    assert done.status == 400
    assert world.desk.heard == []


@pytest.mark.parametrize(
    "spoilt",
    [
        {"user": None},
        {"user": {"id": "U\x00"}},
        {"trigger_id": "t" * 300},
        {"trigger_id": None},
        {"actions": [[]]},
        {"container": []},
        {"channel": "C1"},
        {"message": "x"},
    ],
    ids=str,
)
@pytest.mark.parametrize("action", ["conf:status", "conf:invite_form", "conf:create_form"])
async def test_a_click_of_another_shape_is_not_heard(
    world: World, caplog: pytest.LogCaptureFixture, action: str, spoilt: dict[str, Any]
) -> None:
    """And is answered at once: bolt must not wait for an acknowledgement that it has lost."""
    click = {
        "type": "block_actions",
        "user": {"id": world.ana.id, "team_id": "T0SANDBOX"},
        "channel": {"id": world.ops.id},
        "trigger_id": "1.2.a",
        "response_url": world.slack.new_response_url(world.ana, world.ops),
        "actions": [{"action_id": action, "value": "c1|x", "type": "button", "action_ts": "1.1"}],
    }
    raw = urlencode({"payload": json.dumps(click | spoilt)}).encode()
    done = await world.slack.raw(raw, world.slack.sign(raw, "application/x-www-form-urlencoded"))
    assert done.status in {200, 400, 404}
    assert "Traceback" not in caplog.text
    assert not [one for one in world.desk.heard if not one.user_id.isalnum()]


async def test_half_a_character_is_heard_as_what_can_be_kept(world: World) -> None:
    event = {"type": "app_mention", "user": world.ana.id, "channel": world.ops.id, "ts": "1.1"}
    text = f"<@{world.slack.bot_user_id}> create \ud800\x00" + "x" * 20_000
    body = {"type": "event_callback", "event_id": "Ev1", "team_id": "T0SANDBOX", "event": event | {"text": text}}
    assert (await world.slack.raw(*signed(world, body))).status == 200
    (heard,) = world.desk.heard
    assert heard.text.startswith("create ?\ufffdxxx")
    assert len(heard.text) == 10_000


async def test_no_request_waits_for_slack_to_say_who_we_are(world: World) -> None:
    await world.slack.command(world.ana, world.ops, "status")
    await world.private()
    assert "auth.test" not in [request.method for request in world.slack.requests]


async def test_somebody_of_another_company_is_named_so(world: World) -> None:
    stranger = world.slack.add_user("zoe", team_id="T0OTHER")
    shared = world.slack.add_channel("shared", members=[stranger], is_ext_shared=True)
    await world.slack.mention(stranger, shared, "status")
    await world.slack.until(lambda: world.desk.answered)
    assert world.desk.answered[0].where.team == "T0OTHER"


async def test_a_form_is_not_opened_for_whom_it_is_not(world: World) -> None:
    world.desk.not_for_you = "Guests cannot <use> Confab."
    await world.slack.click(world.ana, await world.card(), "conf:invite_form")
    (view,) = await world.slack.until(lambda: world.slack.views(world.ana))
    assert "Guests cannot &lt;use&gt; Confab." in str(view.blocks)
    assert not view.raw.get("submit")
    (asked,) = world.desk.asked_for_forms
    assert (asked.user_id, asked.where.team, asked.where.channel) == (world.ana.id, "T0SANDBOX", world.ops.id)
    assert (asked.text, asked.where.conference_id) == ("invite", "c1")

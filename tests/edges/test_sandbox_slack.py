"""The Slack stand-in against a real Bolt app, over signed HTTP and over Socket Mode."""

import asyncio
import contextlib
import json
import socket
from collections.abc import AsyncIterator
from typing import Any

import pytest
import uvicorn
from slack_bolt.adapter.socket_mode.async_handler import AsyncSocketModeHandler
from slack_bolt.adapter.starlette.async_handler import AsyncSlackRequestHandler
from slack_bolt.async_app import AsyncAck, AsyncApp, AsyncRespond, AsyncSay
from slack_sdk.web.async_client import AsyncWebClient
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from web.sandbox.clock import Clock
from web.sandbox.slack import Channel, Slack, User

Body = dict[str, Any]

ROWS = [
    {"type": "section", "text": {"type": "mrkdwn", "text": name}, "accessory": {
        "type": "button", "action_id": "mute", "text": {"type": "plain_text", "text": "Mute"}, "value": name}}
    for name in ("Ana", "Bob")
]  # fmt: skip
MODAL = {
    "type": "modal",
    "callback_id": "new",
    "title": {"type": "plain_text", "text": "New"},
    "submit": {"type": "plain_text", "text": "Go"},
    "blocks": [
        {
            "type": "input",
            "block_id": "title",
            "label": {"type": "plain_text", "text": "Title"},
            "element": {"type": "plain_text_input", "action_id": "text"},
        }
    ],
}


async def conf(ack: AsyncAck, body: Body, say: AsyncSay, respond: AsyncRespond, client: AsyncWebClient) -> None:
    verb = body["text"].partition(" ")[0]
    await ack("no such verb" if verb == "what" else "")
    if verb == "create":
        await say(text="card", blocks=ROWS)
    elif verb == "respond":
        await respond("later")
    elif verb == "new":
        await client.views_open(trigger_id=body["trigger_id"], view=MODAL)


async def mentioned(event: Body, say: AsyncSay) -> None:
    await say(text="yes?", thread_ts=event.get("thread_ts", event["ts"]))


async def direct(event: Body, say: AsyncSay) -> None:
    await say(text=f"you said {event['text']}")


async def mute(ack: AsyncAck, body: Body, respond: AsyncRespond) -> None:
    await ack()
    await respond(f"muted {body['actions'][0]['value']}", replace_original=body["container"]["is_ephemeral"])


async def new(ack: AsyncAck, view: Body) -> None:
    title = view["state"]["values"]["title"]["text"]["value"]
    if title == "bad":
        await ack(response_action="errors", errors={"title": "another, please"})
    else:
        await ack()


async def home(event: Body, client: AsyncWebClient) -> None:
    await client.views_publish(user_id=event["user"], view={"type": "home", "blocks": [{"type": "divider"}]})


class World:
    """The stand-in, an app that listens, and what it heard."""

    def __init__(self) -> None:
        self.clock = Clock()
        self.slack = Slack(self.clock, bot_token="xoxb-1", signing_secret="shh", app_token="xapp-1")
        self.ana: User = self.slack.add_user("ana", phone="+12125550199")
        self.bob: User = self.slack.add_user("bob")
        self.ops: Channel = self.slack.add_channel("ops", members=[self.ana, self.bob])
        self.heard: list[Body] = []
        self.retries: list[str | None] = []

    def bolt(self, base_url: str) -> AsyncApp:
        client = AsyncWebClient(token="xoxb-1", base_url=base_url)
        app = AsyncApp(client=client, signing_secret="shh", raise_error_for_unhandled_request=False)

        @app.middleware
        async def listen(req: Any, body: Body, next_: Any) -> None:
            self.heard.append(body)
            self.retries.append(req.headers.get("x-slack-retry-num", [None])[0])
            await next_()

        app.command("/conf")(conf)
        app.event("app_mention")(mentioned)
        app.event("message")(direct)
        app.event("app_home_opened")(home)
        app.action("mute")(mute)
        app.view("new")(new)
        return app


@contextlib.asynccontextmanager
async def over_http(world: World, base_url: str) -> AsyncIterator[None]:
    handler = AsyncSlackRequestHandler(world.bolt(base_url))

    async def events(request: Request) -> Response:
        return await handler.handle(request)

    door = socket.create_server(("127.0.0.1", 0))
    app = Starlette(routes=[Route("/slack/events", events, methods=["POST"])])
    server = uvicorn.Server(uvicorn.Config(app, log_level="error", lifespan="off"))
    serving = asyncio.create_task(server.serve(sockets=[door]))
    world.slack.app_url = f"http://127.0.0.1:{door.getsockname()[1]}/slack/events"
    yield
    server.should_exit = True
    await serving


@contextlib.asynccontextmanager
async def over_socket(world: World, base_url: str) -> AsyncIterator[None]:
    handler = AsyncSocketModeHandler(world.bolt(base_url), "xapp-1")
    await handler.connect_async()  # type: ignore[no-untyped-call] # Bolt leaves it without types
    yield
    await handler.close_async()  # type: ignore[no-untyped-call] # Bolt leaves it without types


@pytest.fixture(params=["http", "socket"])
async def world(request: pytest.FixtureRequest) -> AsyncIterator[World]:
    world = World()
    base_url = await world.slack.start()
    async with over_http(world, base_url) if request.param == "http" else over_socket(world, base_url):
        yield world
    await world.slack.close()


@pytest.fixture
async def http() -> AsyncIterator[World]:
    world = World()
    base_url = await world.slack.start()
    async with over_http(world, base_url):
        yield world
    await world.slack.close()


async def card(world: World) -> Any:
    await world.slack.command(world.ana, world.ops, "/conf create")
    return (await world.slack.until(lambda: world.slack.messages(world.ops), what="the card"))[0]


async def test_command_arrives_escaped_and_its_card_is_shown(world: World) -> None:
    done = await world.slack.command(world.ana, world.ops, "/conf create A&B <x> @bob #ops @nobody")
    assert done.status == 200
    told = world.heard[0]
    assert told["text"] == f"create A&amp;B &lt;x&gt; <@{world.bob.id}|bob> <#{world.ops.id}|ops> @nobody"
    assert (told["user_id"], told["channel_name"], told["command"]) == (world.ana.id, "ops", "/conf")
    [message] = await world.slack.until(lambda: world.slack.messages(world.ops))
    assert (message.text, message.user, len(message.blocks)) == ("card", world.slack.bot_user_id, 2)


async def test_acknowledgement_with_a_text_is_seen_by_one_person_only(world: World) -> None:
    await world.slack.command(world.ana, world.ops, "what")
    assert [m.text for m in world.slack.ephemerals(world.ana)] == ["no such verb"]
    assert world.slack.ephemerals(world.bob) == world.slack.messages(world.ops) == []


async def test_response_url_speaks_privately(world: World) -> None:
    await world.slack.command(world.ana, world.ops, "respond")
    [message] = await world.slack.until(lambda: world.slack.ephemerals(world.ana, world.ops))
    assert message.text == "later"


async def test_mention_is_written_and_answered_in_its_thread(world: World) -> None:
    top = await card(world)
    await world.slack.mention(world.ana, world.ops, "@confbot invite @bob +1 212 555 0199", thread_ts=top.ts)
    event = world.heard[-1]["event"]
    tel = "<tel:+12125550199|+1 212 555 0199>"
    assert event["text"] == f"<@{world.slack.bot_user_id}> invite <@{world.bob.id}> {tel}"
    assert (event["type"], event["thread_ts"]) == ("app_mention", top.ts)
    thread = await world.slack.until(lambda: world.slack.messages(world.ops, thread_ts=top.ts)[2:])
    assert [m.text for m in thread] == ["yes?"]
    assert [m.text for m in world.slack.messages(world.ops)] == ["card"]


async def test_direct_message_is_heard(world: World) -> None:
    await world.slack.direct_message(world.ana, "help")
    assert world.heard[-1]["event"]["channel_type"] == "im"
    await world.slack.until(lambda: world.slack.messages(world.slack.direct(world.ana))[1:])
    assert world.slack.messages(world.slack.direct(world.ana))[1].text == "you said help"


async def test_click_sends_the_button_that_was_meant(world: World) -> None:
    top = await card(world)
    await world.slack.click(world.bob, top, "mute", row="Bob")
    body = world.heard[-1]
    assert body["container"] == {
        "type": "message", "message_ts": top.ts, "channel_id": world.ops.id, "is_ephemeral": False,
    }  # fmt: skip
    assert (body["actions"][0]["value"], body["user"]["id"]) == ("Bob", world.bob.id)
    [answer] = await world.slack.until(lambda: world.slack.ephemerals(world.bob))
    assert answer.text == "muted Bob"


async def test_what_is_not_shown_cannot_be_clicked(world: World) -> None:
    top = await card(world)
    before = len(world.heard)
    for wanted in ({"action_id": "hold"}, {"action_id": "mute"}, {"action_id": "mute", "value": "Cleo"}):
        with pytest.raises(AssertionError, match="places fit"):
            await world.slack.click(world.bob, top, **wanted)
    world.slack.delete(top)
    with pytest.raises(AssertionError, match="cannot see"):
        await world.slack.click(world.bob, top, "mute", value="Ana")
    assert len(world.heard) == before


async def test_ephemeral_message_is_replaced_by_its_own_button(world: World) -> None:
    await card(world)
    client = AsyncWebClient(token="xoxb-1", base_url=world.slack.base_url)
    await client.chat_postEphemeral(channel=world.ops.id, user=world.ana.id, text="sure?", blocks=ROWS)
    [question] = world.slack.ephemerals(world.ana)
    with pytest.raises(AssertionError, match="cannot see"):
        await world.slack.click(world.bob, question, "mute", value="Ana")
    await world.slack.click(world.ana, question, "mute", value="Ana")
    assert "message" not in world.heard[-1]
    await world.slack.until(lambda: question.edited)
    assert [m.text for m in world.slack.ephemerals(world.ana)] == ["muted Ana"]


async def test_modal_is_opened_refused_and_submitted(world: World) -> None:
    await world.slack.command(world.ana, world.ops, "new")
    [view] = await world.slack.until(lambda: world.slack.views(world.ana))
    with pytest.raises(AssertionError, match="must be filled in"):
        await world.slack.submit(world.ana, view.id, {})
    await world.slack.submit(world.ana, view.id, {"title": {"text": {"value": "bad"}}})
    assert view.errors == {"title": "another, please"}
    assert not view.closed
    await world.slack.submit(world.ana, view.id, {"title": {"text": {"value": "good"}}})
    assert world.slack.views(world.ana) == []


async def test_home_is_published(world: World) -> None:
    await world.slack.home_opened(world.ana)
    home = await world.slack.until(lambda: world.slack.home(world.ana))
    assert home is not None
    assert [block["type"] for block in home.blocks] == ["divider"]


async def test_redelivery_repeats_the_same_payload(world: World) -> None:
    event = await world.slack.mention(world.ana, world.ops, "hello", event_id="Ev1")
    await world.slack.redeliver(event)
    command = await world.slack.command(world.ana, world.ops, "what", trigger_id="1.2.3")
    await world.slack.redeliver(command)
    assert [body.get("event_id") for body in world.heard[:2]] == ["Ev1", "Ev1"]
    assert world.heard[2] == world.heard[3]
    assert world.heard[2]["trigger_id"] == "1.2.3"
    assert [retry or "0" for retry in world.retries] == ["0", "1", "0", "0"]


async def test_everything_can_come_twice(world: World) -> None:
    world.slack.trouble.set("twice", "true")
    done = await world.slack.command(world.ana, world.ops, "what")
    assert done.copy is not None
    assert done.copy.status == 200
    assert world.heard[0] == world.heard[1]
    assert [m.text for m in world.slack.ephemerals(world.ana)] == ["no such verb", "no such verb"]


async def test_event_is_tried_three_more_times(http: World) -> None:
    assert http.slack.app_url is not None
    http.slack.app_url = http.slack.app_url.replace("events", "nowhere")
    done = await http.slack.mention(http.ana, http.ops, "hello")
    assert (done.status, done.retry, [d.status for d in done.earlier]) == (404, 3, [404, 404, 404])
    command = await http.slack.command(http.ana, http.ops, "create")
    assert command.earlier == []
    assert [m.text for m in http.slack.ephemerals(http.ana)] == ["/conf failed with the error “dispatch_failed”"]


async def test_signature_is_checked_by_the_real_verifier(http: World) -> None:
    body = json.dumps({"type": "url_verification", "challenge": "c"}).encode()
    good = http.slack.sign(body, "application/json")
    assert (await http.slack.raw(body, good)).status == 200
    assert (await http.slack.raw(body + b" ", good)).status == 401
    stale = http.slack.sign(body, "application/json", at=1_700_000_000)
    assert (await http.slack.raw(body, stale)).status == 401


async def test_bot_that_is_not_in_the_channel_hears_no_mention(http: World) -> None:
    http.slack.remove_bot(http.ops)
    done = await http.slack.mention(http.ana, http.ops, "hello")
    assert (done.status, http.heard) == (None, [])
    assert len(http.slack.messages(http.ops)) == 1


async def test_socket_is_refreshed_and_goes_on_hearing() -> None:
    world = World()
    async with over_socket(world, await world.slack.start()):
        await world.slack.refresh_socket()
        done = await world.slack.command(world.ana, world.ops, "what")
        assert (done.status, json.loads(done.body)) == (200, {"text": "no such verb"})
    await world.slack.close()


async def test_until_tells_what_was_there_instead(http: World) -> None:
    await http.slack.say(http.ana, http.ops, "good morning")
    with pytest.raises(AssertionError, match=r"the card(.|\n)*good morning"):
        await http.slack.until(lambda: None, timeout=0.01, what="the card")

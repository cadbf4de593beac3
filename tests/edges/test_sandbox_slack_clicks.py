"""The Slack stand-in's menus and modals, against an app that answers as each test tells it."""

import json
from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import parse_qs

import aiohttp
import pytest
from aiohttp import web
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from web.sandbox.clock import Clock
from web.sandbox.slack import Channel, Slack, User, View

Block = dict[str, Any]


def plain(text: str) -> Block:
    return {"type": "plain_text", "text": text}


def option(value: str) -> Block:
    return {"text": plain(value), "value": value}


def entry(block_id: str, kind: str, **more: Any) -> Block:
    element = {"type": kind, "action_id": "it", **more}
    return {"type": "input", "block_id": block_id, "label": plain(block_id), "element": element}


OPTIONS = [option("one"), option("two")]
MENUS = [
    {"type": "actions", "block_id": "menus", "elements": [
        {"type": "overflow", "action_id": "more", "options": OPTIONS},
        {"type": "static_select", "action_id": "pick", "options": OPTIONS},
        {"type": "multi_users_select", "action_id": "people"},
        {"type": "users_select", "action_id": "person"},
    ]},
]  # fmt: skip
BUTTON = {"type": "actions", "elements": [{"type": "button", "action_id": "add", "text": plain("Add")}]}
MODAL: Block = {
    "type": "modal",
    "title": plain("First"),
    "submit": plain("Go"),
    "notify_on_close": True,
    "blocks": [
        entry("name", "plain_text_input", initial_value="Ops"),
        entry("who", "multi_users_select") | {"optional": True},
        BUTTON,
    ],
}
SECOND: Block = {"type": "modal", "title": plain("Second"), "blocks": [{"type": "divider"}]}


class World:
    def __init__(self) -> None:
        self.slack = Slack(Clock(), bot_token="xoxb-1", signing_secret="shh")
        self.ana: User = self.slack.add_user("ana")
        self.ops: Channel = self.slack.add_channel("ops", members=[self.ana])
        self.client = AsyncWebClient(token="xoxb-1")
        self.answer: object = ""
        self.heard: list[Block] = []

    async def handle(self, request: web.Request) -> web.Response:
        form = parse_qs(await request.text())
        self.heard.append(json.loads(form["payload"][0]) if "payload" in form else {})
        return web.Response(text=self.answer) if isinstance(self.answer, str) else web.json_response(self.answer)

    async def open(self) -> View:
        await self.client.views_open(trigger_id=self.slack.new_trigger(self.ana), view=MODAL)
        return self.slack.views(self.ana)[-1]

    def titles(self) -> list[str]:
        return [view.raw["title"]["text"] for view in self.slack.views(self.ana)]


@pytest.fixture
async def world() -> AsyncIterator[World]:
    world = World()
    world.client.base_url = await world.slack.start()
    site = web.Application()
    site.router.add_post("/", world.handle)
    runner = web.AppRunner(site, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    world.slack.app_url = f"http://127.0.0.1:{runner.addresses[0][1]}/"
    yield world
    await world.slack.close()
    await runner.cleanup()


@pytest.mark.parametrize(
    ("action_id", "value", "key", "chosen"),
    [
        ("more", "two", "selected_option", option("two")),
        ("pick", "one", "selected_option", option("one")),
        ("person", "U1", "selected_user", "U1"),
        ("people", "U1", "selected_users", ["U1"]),
    ],
)
async def test_menu_sends_what_was_chosen(world: World, action_id: str, value: str, key: str, chosen: object) -> None:
    await world.client.chat_postMessage(channel=world.ops.id, text="x", blocks=MENUS)
    [card] = world.slack.messages(world.ops)
    await world.slack.click(world.ana, card, action_id, value=value, row="menus")
    [action] = world.heard[0]["actions"]
    assert (action["block_id"], action["action_id"], action[key]) == ("menus", action_id, chosen)
    assert world.heard[0]["message"]["ts"] == card.ts


async def test_option_that_is_not_there_cannot_be_chosen(world: World) -> None:
    await world.client.chat_postMessage(channel=world.ops.id, text="x", blocks=MENUS)
    [card] = world.slack.messages(world.ops)
    with pytest.raises(AssertionError, match="places fit"):
        await world.slack.click(world.ana, card, "more", value="three")
    assert world.heard == []


async def test_button_in_a_modal_tells_of_its_view(world: World) -> None:
    view = await world.open()
    await world.slack.click(world.ana, view, "add")
    assert world.heard[0]["container"] == {"type": "view", "view_id": view.id}
    assert world.heard[0]["view"]["title"] == plain("First")


async def test_submission_carries_first_values_and_empty_ones(world: World) -> None:
    view = await world.open()
    done = await world.slack.submit(world.ana, view.id, {})
    assert world.heard[0]["view"]["state"]["values"] == {
        "name": {"it": {"type": "plain_text_input", "value": "Ops"}},
        "who": {"it": {"type": "multi_users_select", "selected_users": []}},
    }
    assert done.ok
    assert view.closed


async def test_input_that_is_not_there_cannot_be_filled_in(world: World) -> None:
    view = await world.open()
    with pytest.raises(AssertionError, match="no input"):
        await world.slack.submit(world.ana, view.id, {"when": {"it": {"value": "now"}}})


@pytest.mark.parametrize(
    ("answer", "titles"),
    [
        ({"response_action": "update", "view": SECOND}, ["Second"]),
        ({"response_action": "push", "view": SECOND}, ["First", "Second"]),
        ({"response_action": "clear"}, []),
        ({}, []),
    ],
)
async def test_answer_to_a_submission_is_done(world: World, answer: object, titles: list[str]) -> None:
    view = await world.open()
    world.answer = answer
    await world.slack.submit(world.ana, view.id, {})
    assert world.titles() == titles


@pytest.mark.parametrize("answer", ["what?", [], {"response_action": "update", "view": {"type": "modal"}}])
async def test_answer_that_slack_cannot_use_leaves_the_modal_open(world: World, answer: object) -> None:
    view = await world.open()
    world.answer = answer
    await world.slack.submit(world.ana, view.id, {})
    assert world.titles() == ["First"]
    assert view.errors == {"": "We had some trouble connecting. Try again?"}


async def test_closing_is_told_when_it_was_asked_for(world: World) -> None:
    view = await world.open()
    await world.slack.close_view(world.ana, view.id)
    assert (world.heard[0]["type"], world.titles()) == ("view_closed", [])
    await world.client.views_open(trigger_id=world.slack.new_trigger(world.ana), view=SECOND)
    assert await world.slack.close_view(world.ana, world.slack.views(world.ana)[0].id) is None


async def test_old_hash_does_not_overwrite(world: World) -> None:
    view = await world.open()
    before = view.hash
    await world.client.views_update(view_id=view.id, hash=before, view=SECOND)
    with pytest.raises(SlackApiError, match="hash_conflict"):
        await world.client.views_update(view_id=view.id, hash=before, view=MODAL)
    assert world.titles() == ["Second"]


async def test_acknowledgement_slack_cannot_show_is_told_as_a_failure(world: World) -> None:
    world.answer = {"blocks": [{"type": "section"}]}
    await world.slack.command(world.ana, world.ops, "create")
    assert [m.text for m in world.slack.ephemerals(world.ana)] == ["/conf failed with the error “invalid_blocks”"]


async def test_response_url_deletes_the_message_it_came_from(world: World) -> None:
    await world.client.chat_postEphemeral(channel=world.ops.id, user=world.ana.id, text="sure?", blocks=[BUTTON])
    [question] = world.slack.ephemerals(world.ana)
    await world.slack.click(world.ana, question, "add")
    assert world.heard[0]["container"]["is_ephemeral"]
    async with (
        aiohttp.ClientSession() as session,
        session.post(world.heard[0]["response_url"], json={"delete_original": True}) as answer,
    ):
        assert answer.status == 200
    assert world.slack.ephemerals(world.ana) == []
    with pytest.raises(AssertionError, match="cannot see"):
        await world.slack.click(world.ana, question, "add")

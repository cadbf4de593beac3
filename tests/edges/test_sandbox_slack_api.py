"""The Slack stand-in's Web API against the real SDK client: what it does, what it refuses, and its troubles."""

import asyncio
import re
from collections.abc import AsyncIterator, Awaitable, Mapping
from typing import Any

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from web.sandbox.clock import Clock
from web.sandbox.slack import Channel, Message, Slack, User

Block = dict[str, Any]


class World:
    def __init__(self) -> None:
        self.clock = Clock()
        self.slack = Slack(self.clock, bot_token="xoxb-1", signing_secret="shh", app_token="xapp-1")
        self.ana: User = self.slack.add_user("ana", real_name="Ana Lima", phone="+12125550199")
        self.bob: User = self.slack.add_user("bob", is_restricted=True)
        self.ops: Channel = self.slack.add_channel("ops", members=[self.ana, self.bob])
        self.client = AsyncWebClient(token="xoxb-1", team_id=self.slack.users[self.ana.id].team_id, retry_handlers=[])

    async def post(self, text: str = "hello", **more: Any) -> Message:
        answer = await self.client.chat_postMessage(channel=self.ops.id, text=text, **more)
        message = self.slack.find(self.ops, answer["ts"])
        assert message is not None
        return message


@pytest.fixture
async def world() -> AsyncIterator[World]:
    world = World()
    world.client.base_url = await world.slack.start()
    yield world
    await world.slack.close()


async def refused(call: Awaitable[object]) -> tuple[int, Mapping[str, Any], Mapping[str, str]]:
    with pytest.raises(SlackApiError) as caught:
        await call
    answer = caught.value.response
    return answer.status_code, answer.data, answer.headers


async def error(call: Awaitable[object]) -> str:
    return str((await refused(call))[1]["error"])


def section(text: str) -> Block:
    return {"type": "section", "text": {"type": "mrkdwn", "text": text}}


TITLE: Block = {"type": "plain_text", "text": "T"}
MODAL: Block = {"type": "modal", "title": TITLE, "blocks": [{"type": "divider"}]}


async def test_ids_and_scopes_are_told(world: World) -> None:
    world.slack.set_scopes("chat:write", "commands")
    answer = await world.client.auth_test()
    assert (answer["user_id"], answer["bot_id"]) == (world.slack.bot_user_id, world.slack.bot_id)
    assert answer.headers["x-oauth-scopes"] == "chat:write,commands"
    status, data, _ = await refused(world.client.users_info(user=world.ana.id))
    assert (status, data["error"], data["needed"]) == (200, "missing_scope", "users:read")
    history = world.client.conversations_replies(channel=world.ops.id, ts="1.1")
    assert await error(history) == "missing_scope"


async def test_tokens_are_checked(world: World) -> None:
    assert await error(world.client.api_call("no.such")) == "unknown_method"
    world.client.token = "xoxb-2"
    assert await error(world.client.auth_test()) == "invalid_auth"
    world.client.token = ""
    assert await error(world.client.auth_test()) == "not_authed"
    world.client.token = "xoxb-1"
    assert await error(world.client.apps_connections_open(app_token="xoxb-1")) == "not_allowed_token_type"
    assert (await world.client.apps_connections_open(app_token="xapp-1"))["url"].startswith("ws://127.0.0.1:")
    world.slack.trouble.set("bad_token", value=True)
    assert await error(world.client.auth_test()) == "invalid_auth"


async def test_people_and_channels_are_told(world: World) -> None:
    told = (await world.client.users_info(user=world.ana.id))["user"]
    assert (told["real_name"], told["profile"]["phone"]) == ("Ana Lima", "+12125550199")
    assert (await world.client.users_info(user=world.bob.id))["user"]["is_restricted"]
    assert (await world.client.users_profile_get(user=world.ana.id))["profile"]["phone"] == "+12125550199"
    assert await error(world.client.users_info(user="U0")) == "user_not_found"
    assert (await world.client.conversations_info(channel=world.ops.id))["channel"]["is_member"]
    assert await error(world.client.conversations_info(channel="C0")) == "channel_not_found"
    group = world.slack.add_group("oncall", [world.ana])
    assert [g["handle"] for g in (await world.client.usergroups_list())["usergroups"]] == ["oncall"]
    assert (await world.client.usergroups_users_list(usergroup=group.id))["users"] == [world.ana.id]
    assert await error(world.client.usergroups_users_list(usergroup="S0")) == "no_such_subteam"


async def test_lists_come_in_pages(world: World) -> None:
    pages = [p["members"] async for p in await world.client.conversations_members(channel=world.ops.id, limit=2)]
    assert pages == [[world.ana.id, world.bob.id], [world.slack.bot_user_id]]
    people = [user["name"] async for p in await world.client.users_list(limit=3) for user in p["members"]]
    assert people == ["confbot", "slackbot", "ana", "bob"]


async def test_where_a_message_cannot_go(world: World) -> None:
    say = world.client.chat_postMessage
    shut = world.slack.add_channel("old", is_archived=True)
    away = world.slack.add_channel("away", bot_in=False)
    assert await error(say(channel="C0", text="x")) == "channel_not_found"
    assert await error(say(channel=shut.id, text="x")) == "is_archived"
    assert await error(say(channel=away.id, text="x")) == "not_in_channel"
    assert await error(world.client.api_call("chat.postMessage", params={"channel": world.ops.id})) == "no_text"
    assert await error(say(channel=world.ops.id, text="x" * 40_001)) == "msg_too_long"
    assert await error(say(channel=world.ops.id, text="x", thread_ts="1.1")) == "cannot_reply_to_message"
    private = world.client.chat_postEphemeral
    assert await error(private(channel=world.ops.id, user="U0", text="x")) == "user_not_in_channel"
    assert world.slack.messages(world.ops) == []


async def test_messages_have_names_that_rise_and_keep_their_thread(world: World) -> None:
    top = await world.post("top")
    first, second = await world.post("a", thread_ts=top.ts), await world.post("b", thread_ts=top.ts)
    assert top.ts < first.ts < second.ts
    assert re.fullmatch(r"\d{10}\.\d{6}", top.ts)
    assert [m.text for m in world.slack.messages(world.ops)] == ["top"]
    assert [m.text for m in world.slack.messages(world.ops, thread_ts=top.ts)] == ["top", "a", "b"]
    again = await world.post("loud", thread_ts=top.ts, reply_broadcast=True)
    assert world.slack.messages(world.ops)[-1] is again
    assert again.thread_ts == top.ts


async def test_update_without_blocks_removes_them(world: World) -> None:
    message = await world.post(blocks=[section("x")], metadata={"event_type": "e", "event_payload": {"id": "1"}})
    await world.client.chat_update(channel=world.ops.id, ts=message.ts, text="new", blocks=[section("y")])
    assert (message.text, message.blocks[0]["text"]["text"], message.marked) == ("new", "y", False)
    await world.client.chat_update(channel=world.ops.id, ts=message.ts, text="newer")
    assert (message.blocks, message.marked, message.edited) == ([], True, 2)
    assert message.history == ["hello", "new", "newer"]
    assert message.metadata is not None
    await world.client.chat_update(channel=world.ops.id, ts=message.ts, text="newest", metadata={})
    assert message.metadata is None


async def test_update_is_refused_in_slacks_words(world: World) -> None:
    message = await world.post()
    change = world.client.chat_update
    assert await error(change(channel=world.ops.id, ts="1.1", text="x")) == "message_not_found"
    assert await error(change(channel=world.ops.id, ts=message.ts, text="x" * 4001)) == "msg_too_long"
    await world.slack.say(world.ana, world.ops, "mine")
    theirs = world.slack.messages(world.ops)[-1]
    assert await error(change(channel=world.ops.id, ts=theirs.ts, text="x")) == "cant_update_message"
    assert await error(world.client.chat_delete(channel=world.ops.id, ts=theirs.ts)) == "cant_delete_message"
    await world.client.chat_delete(channel=world.ops.id, ts=message.ts)
    assert await error(change(channel=world.ops.id, ts=message.ts, text="x")) == "message_not_found"
    last = await world.post()
    world.slack.archive(world.ops)
    assert await error(change(channel=world.ops.id, ts=last.ts, text="x")) == "is_inactive"


async def test_history_tells_metadata_only_when_asked(world: World) -> None:
    metadata = {"event_type": "e", "event_payload": {"id": "1"}}
    top = await world.post("top")
    await world.post("line", thread_ts=top.ts, metadata=metadata)
    replies = world.client.conversations_replies
    plainly = (await replies(channel=world.ops.id, ts=top.ts))["messages"]
    fully = (await replies(channel=world.ops.id, ts=top.ts, include_all_metadata=True))["messages"]
    assert [m["text"] for m in plainly] == ["top", "line"]
    assert ("metadata" in plainly[1], fully[1]["metadata"]) == (False, metadata)
    assert plainly[0]["reply_count"] == 1
    await world.post("later")
    told = await world.client.conversations_history(channel=world.ops.id, limit=1)
    assert ([m["text"] for m in told["messages"]], told["has_more"]) == (["later"], True)
    assert await error(replies(channel=world.ops.id, ts="1.1")) == "thread_not_found"


async def test_links_reactions_and_direct_messages(world: World) -> None:
    top = await world.post()
    link = await world.client.chat_getPermalink(channel=world.ops.id, message_ts=top.ts)
    assert link["permalink"].endswith(f"/{world.ops.id}/p{top.ts.replace('.', '')}")
    react = world.client.reactions_add
    await react(channel=world.ops.id, timestamp=top.ts, name="telephone")
    assert await error(react(channel=world.ops.id, timestamp=top.ts, name="telephone")) == "already_reacted"
    opened = await world.client.conversations_open(users=[world.ana.id])
    await world.client.chat_postMessage(channel=opened["channel"]["id"], text="psst")
    await world.client.chat_postMessage(channel=world.ana.id, text="again")
    assert [m.text for m in world.slack.messages(world.slack.direct(world.ana))] == ["psst", "again"]


async def test_blocks_are_checked_and_named(world: World) -> None:
    say = world.client.chat_postMessage
    _, data, _ = await refused(say(channel=world.ops.id, text="x", blocks=[section("x" * 3001)]))
    assert data["error"] == "invalid_blocks"
    assert data["errors"] == ["must be less than 3001 characters [json-pointer:/blocks/0/text/text]"]
    assert data["response_metadata"]["messages"] == [f"[ERROR] {data['errors'][0]}"]
    many = [section("x" * 2900)] * 5
    assert await error(say(channel=world.ops.id, text="x", blocks=many)) == "msg_blocks_too_long"
    assert await error(say(channel=world.ops.id, text="x", blocks="{")) == "invalid_blocks_format"
    assert world.slack.messages(world.ops) == []
    message = await world.post(blocks=[section("a"), section("b") | {"block_id": "mine"}])
    assert message.blocks[0]["block_id"] != message.blocks[1]["block_id"] == "mine"


async def test_views_are_checked(world: World) -> None:
    view = MODAL | {"title": TITLE | {"text": "t" * 25}}
    call = world.client.views_open(trigger_id=world.slack.new_trigger(world.ana), view=view)
    assert await error(call) == "invalid_arguments"
    assert world.slack.views(world.ana) == []


async def test_trigger_is_good_once_and_for_three_seconds(world: World) -> None:
    assert await error(world.client.views_open(trigger_id="none", view=MODAL)) == "invalid_trigger_id"
    first, late = world.slack.new_trigger(world.ana), world.slack.new_trigger(world.ana)
    await world.client.views_open(trigger_id=first, view=MODAL)
    assert await error(world.client.views_open(trigger_id=first, view=MODAL)) == "exchanged_trigger_id"
    world.clock.skip(seconds=3)
    assert await error(world.client.views_open(trigger_id=late, view=MODAL)) == "expired_trigger_id"
    [view] = world.slack.views(world.ana)
    await world.client.views_update(view_id=view.id, view=MODAL | {"title": TITLE | {"text": "U"}})
    assert view.raw["title"]["text"] == "U"
    assert await error(world.client.views_update(view_id="V0", view=MODAL)) == "not_found"


async def test_response_url_works_five_times_in_thirty_minutes(world: World) -> None:
    url = world.slack.new_response_url(world.ana, world.ops)
    other = world.slack.new_response_url(world.ana, world.ops)
    async with aiohttp.ClientSession() as session:

        async def use(address: str, **body: object) -> int:
            async with session.post(address, json=body) as answer:
                return answer.status

        assert [await use(url, text=str(n)) for n in range(6)] == [200, 200, 200, 200, 200, 404]
        assert await use(other, text="all", response_type="in_channel") == 200
        world.clock.skip(minutes=31)
        assert await use(other, text="late") == 404
    assert [m.text for m in world.slack.ephemerals(world.ana)] == ["0", "1", "2", "3", "4"]
    assert [m.text for m in world.slack.messages(world.ops)] == ["/conf", "all"]


async def test_429_comes_before_the_work_and_names_its_wait(world: World) -> None:
    world.slack.trouble.set("api_429", "1")
    world.slack.trouble.set("retry_after", 7)
    await world.client.users_info(user=world.ana.id)
    status, data, headers = await refused(world.post())
    assert (status, data["error"], headers["Retry-After"]) == (429, "ratelimited", "7")
    await world.post("now")
    assert [m.text for m in world.slack.messages(world.ops)] == ["now"]
    assert [(r.method, r.status) for r in world.slack.requests][-2:] == [
        ("chat.postMessage", 429),
        ("chat.postMessage", 200),
    ]


async def test_500_before_or_after_the_work(world: World) -> None:
    world.slack.trouble.set("api_500", 1)
    assert (await refused(world.post("lost")))[0] == 500
    world.slack.trouble.set("api_500_after", 1)
    assert (await refused(world.post("doubtful")))[0] == 500
    assert [m.text for m in world.slack.messages(world.ops)] == ["doubtful"]


@pytest.mark.parametrize(("name", "texts"), [("api_hang", []), ("api_hang_after", ["hello"])])
async def test_hanging_call_is_never_answered(world: World, name: str, texts: list[str]) -> None:
    world.slack.trouble.set(name, 1)
    calling = asyncio.create_task(world.post())
    await world.slack.until(lambda: world.slack.requests and not world.slack.trouble.snapshot()[name])
    assert not calling.done()
    assert [m.text for m in world.slack.messages(world.ops)] == texts
    calling.cancel()
    await asyncio.wait([calling])


async def test_pace_allows_a_burst_and_then_one_a_second(world: World) -> None:
    world.slack.trouble.set("pace", value=True)
    for _ in range(3):
        await world.post()
    assert (await refused(world.post()))[2]["Retry-After"] == "1"
    world.clock.skip(seconds=1)
    await world.post()


async def test_unknown_trouble_is_an_error(world: World) -> None:
    with pytest.raises(ValueError, match="no trouble called"):
        world.slack.trouble.set("rain", value=True)


async def test_snapshot_is_json_with_threads_and_private_messages(world: World) -> None:
    top = await world.post("top", blocks=[section("x")])
    reply = await world.post("line", thread_ts=top.ts)
    await world.client.chat_postEphemeral(channel=world.ops.id, user=world.ana.id, text="psst", thread_ts=top.ts)
    told: Any = world.slack.snapshot()
    [shown] = told["channels"][0]["messages"]
    assert (shown["text"], shown["user"], [r["ts"] for r in shown["replies"]]) == (
        "top",
        world.slack.bot_user_id,
        [reply.ts],
    )
    assert "metadata" not in shown
    [private] = told["ephemerals"]
    assert (private["user"], private["thread_ts"], private["text"]) == (world.ana.id, top.ts, "psst")
    world.slack.delete(top)
    gone: Any = world.slack.snapshot()
    stone = gone["channels"][0]["messages"][0]
    assert (stone["deleted"], stone["blocks"], stone["text"]) == (True, [], "This message was deleted.")

"""The Slack client and the start check, against the stand-in over loopback."""

import asyncio
import logging
import socket
from dataclasses import replace

import aiohttp
import pytest

from bot.core.effects import Line, Says
from bot.ports import Later, Never
from bot.slack.client import check
from bot.slack.errors import MAY_STILL_COME
from bot.slack.manifest import BOT_SCOPES
from tests.edges.slack_api import JOINED, World, world

__all__ = ["world"]  # fixtures, found by name


async def test_a_card_is_posted_with_its_token_and_its_fingerprint(world: World) -> None:
    card = await world.chat.post_card(world.picture(), "t1")
    (message,) = world.slack.messages(world.ops)
    assert (message.ts, message.thread_ts) == (card.ts, None)
    assert message.text.startswith("Payments: open")
    assert message.metadata == {"event_type": "confab", "event_payload": {"token": "t1"}}
    assert len(card.fingerprint) == 16


async def test_a_conference_in_somebodys_thread_has_its_card_there(world: World) -> None:
    elsewhere = await world.api.chat_postMessage(channel=world.ops.id, text="a thread")
    await world.chat.post_card(world.picture(thread_ts=elsewhere["ts"]), "t1")
    assert len(world.slack.messages(world.ops)) == 1
    assert len(world.slack.messages(world.ops, thread_ts=elsewhere["ts"])) == 2


async def test_a_card_that_looks_as_before_is_left_alone(world: World) -> None:
    picture = await world.posted()
    assert await world.chat.draw_card(picture) == picture.conference.card_print
    assert world.calls("chat.update") == 0


async def test_a_changed_card_is_drawn_anew(world: World) -> None:
    picture = await world.posted()
    changed = replace(picture, conference=replace(picture.conference, trouble="Telnyx is slow"))
    drawn = await world.chat.draw_card(changed)
    assert drawn not in {None, picture.conference.card_print}
    (message,) = world.slack.messages(world.ops)
    assert "Telnyx is slow" in message.text
    assert message.metadata is not None
    assert message.blocks


async def test_a_deleted_card_is_told(world: World) -> None:
    picture = await world.posted()
    world.slack.delete(world.slack.messages(world.ops)[0])
    assert await world.chat.draw_card(replace(picture, rows=())) is None


async def test_a_card_that_may_not_be_drawn_is_never(world: World) -> None:
    picture = await world.posted()
    world.slack.archive(world.ops)
    with pytest.raises(Never):
        await world.chat.draw_card(replace(picture, rows=()))


async def test_lines_go_into_the_thread_and_ping_nobody(world: World) -> None:
    conference = (await world.posted()).conference
    await world.chat.post_lines(conference, [*JOINED, Line("c1", Says.LEFT, ("Bo",), seconds=120)], "t2")
    reply = world.slack.messages(world.ops, thread_ts=conference.thread_ts)[-1]
    assert reply.text == "🟢 Ana joined\n⚪ Bo left after 2 min"
    assert "<@" not in reply.text
    request = world.slack.requests[-1].args
    assert str(request["unfurl_links"]).lower() in {"false", "0"}


async def test_our_message_is_found_by_its_token(world: World) -> None:
    since = world.clock.now()
    conference = (await world.posted()).conference
    await world.chat.post_lines(conference, JOINED, "t2")
    line = world.slack.messages(world.ops, thread_ts=conference.thread_ts)[-1]
    assert await world.chat.find(conference, "t2", since) == line.ts
    assert await world.chat.find(conference, "t9", since) is None


async def test_a_card_without_a_thread_is_found_in_the_channel(world: World) -> None:
    card = await world.chat.post_card(world.picture(), "t1")
    assert await world.chat.find(world.picture().conference, "t1", world.clock.now()) == card.ts


@pytest.mark.parametrize("ahead", [-250, 250])
async def test_our_message_is_found_though_our_clock_is_wrong(world: World, ahead: float) -> None:
    since = world.clock.now() + ahead
    card = await world.chat.post_card(world.picture(), "t1")
    assert await world.chat.find(world.picture().conference, "t1", since) == card.ts


async def test_a_message_is_found_behind_many_others(world: World) -> None:
    conference = (await world.posted()).conference
    since = world.clock.now()
    await world.chat.post_lines(conference, JOINED, "first")
    wanted = world.slack.messages(world.ops, thread_ts=conference.thread_ts)[-1].ts
    for number in range(201):
        await world.chat.post_lines(conference, JOINED, f"later-{number}")
    assert await world.chat.find(conference, "first", since) == wanted
    assert await world.chat.find(conference, "later-200", since) is not None


async def test_without_the_history_scope_nothing_is_found(world: World) -> None:
    conference = (await world.posted()).conference
    world.slack.set_scopes(*BOT_SCOPES)
    assert await world.chat.find(conference, "t1", 0) is None


async def test_looking_waits_when_slack_says_so(world: World) -> None:
    conference = (await world.posted()).conference
    world.slack.trouble.methods, world.slack.trouble.api_429 = "conversations.", 1
    with pytest.raises(Later):
        await world.chat.find(conference, "t1", 0)


async def test_the_host_is_told_in_a_direct_message(world: World) -> None:
    conference, since = world.picture().conference, world.clock.now()
    await world.chat.tell_host(conference, "the channel is archived", "t3", None)
    await world.chat.tell_host(conference, "the channel is archived", "t3", since)
    (message,) = world.slack.messages(world.slack.direct(world.ana))
    assert "Payments" in message.text
    assert "the channel is archived" in message.text


async def test_too_fast_is_later_with_slacks_own_wish(world: World) -> None:
    world.slack.trouble.api_429, world.slack.trouble.retry_after = 1, 7
    with pytest.raises(Later) as later:
        await world.chat.post_card(world.picture(), "t1")
    assert (later.value.after, later.value.done) == (7.0, False)
    assert world.calls("chat.postMessage") == 1


@pytest.mark.parametrize(("trouble", "shown"), [("api_500", 0), ("api_500_after", 1)])
async def test_after_slacks_own_trouble_nobody_knows_and_nothing_is_repeated(
    world: World, trouble: str, shown: int
) -> None:
    world.slack.trouble.set(trouble, 1)
    with pytest.raises(Later) as later:
        await world.chat.post_card(world.picture(), "t1")
    assert (later.value.after, later.value.done) == (None, None)
    assert len(world.slack.messages(world.ops)) == shown
    assert world.calls("chat.postMessage") == 1


async def test_silence_is_later_and_unsure(world: World) -> None:
    world.slack.trouble.api_hang = 1
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=0.3)) as hasty:
        world.api.session = hasty
        with pytest.raises(Later) as later:
            await world.chat.post_card(world.picture(), "t1")
    assert later.value.done is None


async def test_a_refused_connection_surely_did_nothing(world: World) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    world.api.base_url = f"http://127.0.0.1:{port}/api/"
    with pytest.raises(Later) as later:
        await world.chat.post_card(world.picture(), "t1")
    assert later.value.done is False


async def test_an_archived_channel_is_never(world: World) -> None:
    world.slack.archive(world.ops)
    with pytest.raises(Never) as never:
        await world.chat.post_card(world.picture(), "t1")
    assert (never.value.code, never.value.reason) == ("is_archived", "the channel is archived")


async def test_a_removed_bot_is_never(world: World) -> None:
    world.slack.remove_bot(world.ops)
    world.slack.set_scopes(*BOT_SCOPES)
    with pytest.raises(Never) as never:
        await world.chat.post_lines(world.picture().conference, JOINED, "t1")
    assert never.value.code == "not_in_channel"


async def answering(answer: bytes) -> asyncio.Server:
    """A server that gives the same HTTP answer to everything."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(answer)
        await writer.drain()
        writer.close()

    return await asyncio.start_server(serve, "127.0.0.1", 0)


def http(status: str, kind: str, body: str) -> bytes:
    head = f"HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n"
    return (head + body).encode()


LATER = [
    (http("200 OK", "application/json", '{"ok": false, "error": "ratelimited"}'), False),
    (http("200 OK", "application/json", '{"ok": false, "error": "message_limit_exceeded"}'), False),
    (http("200 OK", "application/json", '{"ok": false, "error": "internal_error"}'), None),
    (http("200 OK", "application/json", '{"ok": false, "error": "service_unavailable"}'), None),
    (http("200 OK", "text/html", "<html>a proxy</html>"), None),
    (b"HTTP/1.1 429 Slow\r\nRetry-After: soon\r\nContent-Length: 0\r\n\r\n", False),
    (http("502 Bad Gateway", "text/plain", "oops"), None),
    (http("503 Service Unavailable", "application/json", "not json"), None),
    (b"", None),
]


@pytest.mark.parametrize(("answer", "done"), LATER)
async def test_odd_answers_are_later(world: World, answer: bytes, done: bool | None) -> None:
    async with await answering(answer) as odd:
        world.api.base_url = f"http://127.0.0.1:{odd.sockets[0].getsockname()[1]}/api/"
        with pytest.raises(Later) as later:
            await world.chat.post_card(world.picture(), "t1")
    assert later.value.done is done
    silence = None if answer else MAY_STILL_COME
    assert later.value.after == (1.0 if done is False else silence)


@pytest.mark.parametrize("word", ["restricted_action_thread_locked", "token_revoked", "some_new_word"])
async def test_other_words_of_slack_are_never(world: World, word: str) -> None:
    async with await answering(http("200 OK", "application/json", f'{{"ok": false, "error": "{word}"}}')) as odd:
        world.api.base_url = f"http://127.0.0.1:{odd.sockets[0].getsockname()[1]}/api/"
        with pytest.raises(Never) as never:
            await world.chat.post_card(world.picture(), "t1")
    assert never.value.code == word


async def test_refused_blocks_are_logged_with_slacks_pointers(world: World, caplog: pytest.LogCaptureFixture) -> None:
    pointer = "no more than 50 items allowed [json-pointer:/blocks]"
    body = f'{{"ok": false, "error": "invalid_blocks", "errors": ["{pointer}"]}}'
    async with await answering(http("200 OK", "application/json", body)) as odd:
        world.api.base_url = f"http://127.0.0.1:{odd.sockets[0].getsockname()[1]}/api/"
        with caplog.at_level(logging.ERROR), pytest.raises(Never):
            await world.chat.post_card(world.picture(), "t1")
    assert pointer in caplog.text


async def test_the_start_check_says_who_we_are(world: World) -> None:
    me = await check(world.api, "xapp-1")
    assert (me.user_id, me.bot_id, me.team_id) == (world.slack.bot_user_id, world.slack.bot_id, "T0SANDBOX")
    assert set(BOT_SCOPES) <= me.scopes


async def test_a_wrong_bot_token_is_told_in_one_line(world: World) -> None:
    world.slack.trouble.bad_token = True
    with pytest.raises(Never, match=r"^Slack refuses the bot token \(SLACK_BOT_TOKEN\): invalid_auth\.$"):
        await check(world.api)


async def test_a_wrong_app_token_is_told_in_one_line(world: World) -> None:
    with pytest.raises(Never, match=r"^Slack refuses the app token \(SLACK_APP_TOKEN\): invalid_auth\.$"):
        await check(world.api, "xapp-wrong")


async def test_a_silent_slack_is_told_with_its_address(world: World) -> None:
    world.slack.trouble.methods, world.slack.trouble.api_500 = "auth.", 1
    with pytest.raises(Later, match=r"at http://127\.0\.0\.1:"):
        await check(world.api)


async def test_a_missing_scope_is_named(world: World) -> None:
    world.slack.set_scopes(*set(BOT_SCOPES) - {"im:write"})
    with pytest.raises(Never, match="lacks im:write: update it"):
        await check(world.api)

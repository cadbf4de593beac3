"""The page's server over loopback, between two tiny fakes."""

import asyncio
import json
import re
import socket
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest
import uvicorn

from bot.slack import words as slack_words
from tests.edges.page_visit import ANA, NUMBER, ROOM, SOON, Answer, Events, FakeSlack, FakeTelnyx, Visit
from web.sandbox.clock import Clock
from web.sandbox.site import PAGE, site
from web.sandbox.slack import Slack
from web.sandbox.telnyx import Telnyx


@pytest.fixture
async def visit() -> AsyncIterator[Visit]:
    slack, telnyx, clock = FakeSlack(), FakeTelnyx(), Clock()
    app = site(slack, telnyx, clock, labels={NUMBER: "Ana Ruiz"}, me=[ANA])
    server = uvicorn.Server(uvicorn.Config(app, log_level="warning", lifespan="off"))
    door = socket.create_server(("127.0.0.1", 0))
    running = asyncio.create_task(server.serve(sockets=[door]))
    async with aiohttp.ClientSession(f"http://127.0.0.1:{door.getsockname()[1]}") as http:
        yield Visit(slack, telnyx, clock, app.state.feed, http)
        app.state.feed.close()
        server.should_exit = True
        await asyncio.wait_for(running, SOON)


def test_the_real_stand_ins_fit() -> None:
    clock = Clock()
    slack = Slack(clock, bot_token="xoxb-1", signing_secret="secret")
    telnyx = Telnyx(clock, api_key="KEY1", connection_id="1", numbers=[])
    assert site(slack, telnyx, clock, labels={}, me=[]).routes


async def test_a_page_that_opens_is_sent_the_state(visit: Visit) -> None:
    async with visit.http.get("/events") as response:
        state = await Events(response).state()
    assert response.content_type == "text/event-stream"
    assert state["slack"] == {"done": 0, "trouble": {"twice": False}}
    assert state["me"] == [ANA]
    assert state["app"] == {"ready": True}


async def test_named_phones_come_first(visit: Visit) -> None:
    async with visit.http.get("/events") as response:
        phones = (await Events(response).state())["telnyx"]["phones"]
    assert [(phone["number"], phone["label"]) for phone in phones] == [(NUMBER, "Ana Ruiz"), ("+15550000000", "")]


async def test_a_change_on_either_side_is_sent(visit: Visit) -> None:
    async with visit.http.get("/events") as response:
        events = Events(response)
        await events.state()
        visit.slack.did.append(("something",))
        visit.slack.changed()
        assert (await events.state())["slack"]["done"] == 1
        visit.telnyx.phones[NUMBER].mood = "busy"
        visit.telnyx.changed()
        assert (await events.state())["telnyx"]["phones"][0]["mood"] == "busy"


async def test_a_burst_of_changes_is_sent_as_one(visit: Visit) -> None:
    async with visit.http.get("/events") as response:
        events = Events(response)
        await events.state()
        for _ in range(50):
            visit.slack.did.append(("something",))
            visit.slack.changed()
        assert (await events.state())["slack"]["done"] == 50


async def test_an_open_page_ends_with_the_feed(visit: Visit) -> None:
    async with visit.http.get("/events") as response:
        events = Events(response)
        await events.state()
        visit.feed.close()
        assert await events.over()
    async with visit.http.get("/events") as response:
        assert await Events(response).over()


async def test_a_command_is_typed(visit: Visit) -> None:
    assert await visit.do("command", user=ANA, channel=ROOM, text="/conf create") == {"ok": True}
    assert visit.slack.did == [("command", "ana", "incidents", "/conf create")]


async def test_words_are_said_in_a_thread_or_to_the_bot(visit: Visit) -> None:
    await visit.do("say", user=ANA, channel=ROOM, thread_ts="1.0", text="@confbot status")
    await visit.do("say", user=ANA, channel="direct", thread_ts=None, text="hello")
    assert visit.slack.did == [
        ("say", "ana", "incidents", "@confbot status", "1.0"),
        ("say", "ana", "direct messages of ana", "hello", None),
    ]


async def test_a_button_is_pressed_in_a_message_and_in_a_modal(visit: Visit) -> None:
    button = {"action_id": "conf:end", "value": "c1|", "block_id": "b1"}
    await visit.do("click", user=ANA, channel=ROOM, ts="1.0", **button)
    await visit.do("click", user=ANA, channel=None, ts=None, view_id="V1", **button)
    assert visit.slack.did == [
        ("click", "ana", "1.0 in incidents", "conf:end", "c1|", "b1"),
        ("click", "ana", "the view", "conf:end", "c1|", "b1"),
    ]


async def test_a_button_of_a_message_that_was_edited_meanwhile_is_pressed(visit: Visit) -> None:
    button = {"action_id": "conf:end", "value": "c1|", "block_id": "of before the edit"}
    assert await visit.do("click", user=ANA, channel=ROOM, ts="1.0", **button) == {"ok": True}
    assert visit.slack.did == [("click", "ana", "1.0 in incidents", "conf:end", "c1|", None)]


async def test_a_button_of_a_message_that_is_gone_is_refused(visit: Visit) -> None:
    answer = await visit.do("click", user=ANA, channel=ROOM, ts="2.0", action_id="conf:end", value=None, block_id=None)
    assert answer == {"ok": False, "error": "that message is gone"}


async def test_a_modal_is_submitted_and_closed(visit: Visit) -> None:
    values = {"who": {"people": {"selected_users": ["U2"]}}}
    assert await visit.do("submit", user=ANA, view_id="V1", values=values) == {"ok": True}
    assert await visit.do("close_view", user=ANA, view_id="V1") == {"ok": True}
    assert visit.slack.did == [("submit", "ana", "V1", values), ("close_view", "ana", "V1")]


@pytest.mark.parametrize(("status", "words"), [(None, "the bot did not answer"), (500, "the bot answered 500")])
async def test_a_bot_that_fails_is_told_of(visit: Visit, status: int | None, words: str) -> None:
    visit.slack.answer = Answer(status)
    answer = await visit.do("say", user=ANA, channel=ROOM, thread_ts=None, text="@confbot status")
    assert answer == {"ok": False, "error": words}


async def test_phones_are_used(visit: Visit) -> None:
    phone = visit.telnyx.phones[NUMBER]
    deeds = (
        ("press", "1"),
        ("decline", ""),
        ("hang_up", ""),
        ("hold", ""),
        ("unhold", ""),
        ("speak", "hi"),
        ("call_in", ""),
    )
    for what, digits in deeds:
        assert await visit.do("phone", number=NUMBER, what=what, digits=digits) == {"ok": True}
    assert await visit.do("mood", number=NUMBER, mood="voicemail") == {"ok": True}
    assert phone.did == ["1", "declined", "hung up", "held", "took back", "said hi", "dialled +15559999999"]
    assert phone.mood == "voicemail"


async def test_shortcuts_and_the_home_tab_are_used(visit: Visit) -> None:
    assert await visit.do("shortcut", user=ANA, channel=ROOM, callback_id="start") == {"ok": True}
    assert await visit.do("about", user=ANA, channel=ROOM, ts="1.0", callback_id="about") == {"ok": True}
    assert await visit.do("home", user=ANA) == {"ok": True}
    assert [what[0] for what in visit.slack.did] == ["shortcut", "about", "home"]


async def test_a_file_is_given_to_be_saved_under_its_name(visit: Visit) -> None:
    async with visit.http.get("/file/F1") as response:
        assert await response.read() == b"hello"
        assert response.headers["content-disposition"] == "attachment; filename*=UTF-8''caf%C3%A9.txt"
        assert response.content_type == "application/octet-stream"
    async with visit.http.get("/file/F2") as response:
        assert response.status == 404


async def test_what_a_phone_cannot_do_is_told(visit: Visit) -> None:
    answer = await visit.do("phone", number=NUMBER, what="answer", digits="")
    assert answer == {"ok": False, "error": "cannot answer: it is idle"}


async def test_trouble_is_switched_on_its_own_side(visit: Visit) -> None:
    assert await visit.do("trouble", side="telnyx", name="twice", value=True) == {"ok": True}
    assert visit.telnyx.trouble.all == {"twice": True}
    assert visit.slack.trouble.all == {"twice": False}
    answer = await visit.do("trouble", side="slack", name="earthquake", value=True)
    assert answer == {"ok": False, "error": "there is no trouble called 'earthquake'"}


async def test_the_clock_is_skipped_and_shown(visit: Visit) -> None:
    async with visit.http.get("/events") as response:
        events = Events(response)
        assert (await events.state())["clock"]["ahead"] < 60
        assert await visit.do("clock", seconds=60) == {"ok": True}
        assert (await events.state())["clock"]["ahead"] >= 60


@pytest.mark.parametrize("seconds", [-1, 0, 100_000, "soon"])
async def test_the_clock_skips_no_nonsense(visit: Visit, seconds: object) -> None:
    assert (await visit.do("clock", seconds=seconds))["ok"] is False


@pytest.mark.parametrize("body", [{}, {"user": "U9", "channel": ROOM, "text": "x"}, {"user": ANA, "channel": "C9"}])
async def test_an_incomplete_or_unknown_request_is_refused(visit: Visit, body: dict[str, object]) -> None:
    assert (await visit.do("command", **body))["ok"] is False
    assert visit.slack.did == []


COMMAND = json.dumps({"user": ANA, "channel": ROOM, "text": "end"})


async def post(visit: Visit, path: str = "/do/command", **headers: str) -> int:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    async with visit.http.post(path, data=COMMAND, headers={"content-type": "application/json"} | named) as response:
        assert (await response.text()) != ""
        return response.status


async def test_the_own_page_may_post(visit: Visit) -> None:
    own = str(visit.http._base_url).rstrip("/")
    assert await post(visit, origin=own) == 200
    assert len(visit.slack.did) == 1


@pytest.mark.parametrize("origin", ["https://example.com", "null", "http://127.0.0.1:1", "http://localhost"])
async def test_other_pages_may_not_post(visit: Visit, origin: str) -> None:
    assert await post(visit, origin=origin) == 403
    assert visit.slack.did == []


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "application/jsonx"])
async def test_only_json_is_taken(visit: Visit, kind: str) -> None:
    assert await post(visit, content_type=kind) == 415
    assert visit.slack.did == []


@pytest.mark.parametrize("path", ["/do/command", "/events", "/"])
async def test_a_foreign_host_name_is_refused(visit: Visit, path: str) -> None:
    method = "POST" if path.startswith("/do") else "GET"
    async with visit.http.request(method, path, headers={"host": "evil.example"}) as response:
        assert response.status == 400


async def test_an_unknown_deed_is_refused(visit: Visit) -> None:
    assert await post(visit, "/do/format_disk") == 404


async def test_each_file_of_the_page_is_served_fresh(visit: Visit) -> None:
    for path in PAGE.iterdir():
        async with visit.http.get(f"/page/{path.name}") as response:
            assert await response.read() == path.read_bytes()
            assert response.headers["cache-control"] == "no-store"
            assert "default-src 'none'" in response.headers["content-security-policy"]


async def test_the_page_asks_nothing_of_other_machines(visit: Visit) -> None:
    async with visit.http.get("/") as response:
        text = await response.text()
    for path in PAGE.iterdir():
        text += path.read_text()
    kept = text.replace("http://www.w3.org/2000/svg", "").replace("https://link|", "")
    assert "http://" not in kept
    assert "https://" not in kept
    assert "innerHTML" not in kept


def test_every_sign_that_the_bot_writes_is_drawn_by_the_page() -> None:
    """Not every machine has a font with them."""
    drawn = (PAGE / "emoji.js").read_text("utf-8").split("const SAME")[1].split("};")[0]
    words = "".join(page.read_text("utf-8") for page in Path(slack_words.__file__).parent.glob("*.py"))
    signs = set(re.findall("[\u2190-\u21ff\u2300-\u27bf\U0001f300-\U0001faff]", words))
    assert {"🟢", "💰", "✋"} <= signs
    assert {sign for sign in signs if f'"{sign}"' not in drawn} == set()

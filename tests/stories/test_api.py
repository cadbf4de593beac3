"""The tutorial's HTTP API, for real."""

import asyncio
from collections.abc import AsyncIterator
from datetime import datetime
from io import BytesIO
from pathlib import Path

import aiohttp
import pytest
from sqlalchemy import select

from bot.store.tables import journal
from tests.stories.api_client import Client, api
from tests.stories.breaking import without_table
from tests.stories.harness import story

NUMBER = "+15551234567"  # the tutorial's


@pytest.fixture
async def client(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> AsyncIterator[Client]:
    async with api(tmp_path, caplog) as one:
        yield one


async def test_a_conference_from_create_to_hangup(client: Client) -> None:
    conference_id = await client.create()
    phone = client.stage.house.telnyx.phone(NUMBER)

    invited = await client.invite(conference_id, NUMBER)
    await phone.rings()
    assert phone.call
    assert invited.status == 200
    assert invited.body == {
        "call_control_id": phone.call.id,
        "to": NUMBER,
        "conference_id": conference_id,
        "status": "initiated",
    }
    phone.answers()
    await phone.hears("You are asked to join a conference: payments. Press 1 to join")
    phone.presses("1")
    await phone.in_room()
    await client.stage.quiet()

    status = (await client.status(conference_id)).body
    assert datetime.fromisoformat(status.pop("created_at")).tzinfo
    row = {"name": "…4567", "phase": "joined", "why": None, "call_control_id": phone.call.id}
    assert status == {
        "conference_id": conference_id,
        "participants": [phone.call.id],
        "participant_count": 1,
        "joined_count": 1,
        "phase": "live",
        "roster": [row],
    }
    hung_up = {"conference_id": conference_id, "disconnected_participants": 1, "status": "conference_ended"}
    assert (await client.hangup(conference_id)).body == hung_up
    await phone.idle()
    assert (await client.hangup(conference_id)).body == hung_up | {"disconnected_participants": 0}
    await client.stage.quiet()
    after = (await client.status(conference_id)).body
    assert (after["participants"], after["phase"], after["roster"][0]["why"]) == ([], "ended", "left")


async def test_without_the_token_nothing_is_told_or_done(client: Client) -> None:
    conference_id = await client.create()
    for token in ("", "wrong", "é"):
        client.token = token
        for answer in (await client.status(conference_id), await client.invite(conference_id, NUMBER)):
            assert (answer.status, answer.body) == (401, {"error": "Missing or wrong bearer token"})
            assert answer.headers["WWW-Authenticate"] == "Bearer"
    assert client.stage.house.telnyx.phone(NUMBER).ring_count == 0


async def test_what_cannot_be_read_is_said(client: Client) -> None:
    conference_id = await client.create()
    path = f"/conferences/{conference_id}/invite"
    assert (await client.call(path, {})).body == {"error": "Missing required field: 'to'"}
    for to in ("5551234567", "+1555", "+1555123456789012", "tomorrow", 15551234567, ["+15551234567"]):
        answer = await client.invite(conference_id, to)
        assert answer.status == 400
        assert answer.body["error"].startswith("Phone number must be in E.164 format (e.g., +15551234567)")
    assert (await client.call(path, data=BytesIO(b"{"))).body == {"error": "The body is not JSON"}
    assert (await client.call(path, ["to"])).body == {"error": "The body must be a JSON object"}
    assert (await client.call("/conferences/create", {"topic": 7})).status == 400
    assert (await client.call(path, data=BytesIO(bytes((1 << 20) + 1)))).status == 413
    assert len(client.stage.house.telnyx.phones) == 0


async def test_numbers_that_may_not_be_rung_are_refused_with_the_reason(client: Client) -> None:
    conference_id = await client.create()
    foreign = await client.invite(conference_id, "+442079460958")
    premium = await client.invite(conference_id, "+19002345678")
    assert (foreign.status, premium.status) == (403, 403)
    assert "only these countries are rung: US" in foreign.body["error"]
    assert "premium-rate" in premium.body["error"]
    assert client.stage.house.telnyx.requests[-1].operation != "POST calls"
    assert await journal_of(client) == [("create", "Told"), ("invite", "forbidden"), ("invite", "forbidden")]


async def journal_of(client: Client) -> list[tuple[str, str]]:
    """What the journal says that the API asked for, and what came of it."""
    wanted = select(journal).order_by(journal.c.id)
    rows = await client.stage.program.store.read(lambda connection: connection.execute(wanted).all())
    mine = [row for row in rows if row.body.get("by") == "the API"]
    return [(row.kind, row.answer.get("code") or row.answer["kind"]) for row in mine]


async def test_an_unknown_conference_is_404_everywhere(client: Client) -> None:
    for answer in (
        await client.invite("conf_0", NUMBER),
        await client.status("conf_0"),
        await client.hangup("conf_0"),
    ):
        assert (answer.status, answer.body) == (404, {"error": "Conference not found"})


async def test_nobody_is_rung_into_a_conference_that_is_over(client: Client) -> None:
    conference_id = await client.create()
    await client.hangup(conference_id)
    answer = await client.invite(conference_id, NUMBER)
    assert (answer.status, answer.body) == (409, {"error": "payments is already over."})


async def test_what_telnyx_refuses_is_passed_on(client: Client) -> None:
    conference_id = await client.create()
    trouble = client.stage.house.telnyx.trouble
    trouble.d_code = "D13"
    refused = await client.invite(conference_id, NUMBER)
    assert refused.status == 403
    assert refused.body["status_code"] == 403
    assert "the country is not enabled in the outbound voice profile (D13)" in refused.body["error"]
    trouble.d_code, trouble.bad_key = None, True
    unauthorised = await client.invite(conference_id, NUMBER)
    assert (unauthorised.status, unauthorised.body) == (401, {"error": "Invalid API key"})


async def test_while_telnyx_has_not_answered_the_answer_is_202(client: Client) -> None:
    conference_id = await client.create()
    client.stage.house.telnyx.trouble.api_500 = 1_000_000
    answer = await client.invite(conference_id, NUMBER)
    assert answer.status == 202
    assert (answer.body["call_control_id"], answer.body["status"]) == (None, "queued")
    client.stage.house.telnyx.trouble.api_500 = 0
    client.stage.house.clock.skip(seconds=20)
    await client.stage.house.telnyx.phone(NUMBER).rings()


async def test_the_same_key_rings_once_and_gets_the_same_answer(client: Client) -> None:
    first, again = await asyncio.gather(client.create(key="c"), client.create(key="c"))
    assert first == again
    one, other = await asyncio.gather(client.invite(first, NUMBER, "i"), client.invite(first, NUMBER, "i"))
    assert one.body == other.body
    phone = client.stage.house.telnyx.phone(NUMBER)
    phone.declines()
    await client.stage.quiet()
    assert (await client.invite(first, NUMBER, "i")).body == one.body
    assert phone.ring_count == 1

    redialled = await client.invite(first, NUMBER, "j")
    assert redialled.body["call_control_id"] != one.body["call_control_id"]
    assert (await client.invite(first, NUMBER, "i")).body == one.body
    assert phone.ring_count == 2

    ended = await client.hangup(first, "h")
    assert ended.body["disconnected_participants"] == 1
    await client.stage.quiet()
    assert (await client.hangup(first, "h")).body == ended.body


async def test_the_same_key_for_something_else_is_refused(client: Client) -> None:
    conference_id = await client.create(key="k")
    answer = await client.call("/conferences/create", {"topic": "another"}, key="k")
    assert answer.status == 422
    await client.invite(conference_id, NUMBER, "k")
    assert (await client.invite(conference_id, "+15551234568", "k")).status == 422
    assert client.stage.house.telnyx.phone("+15551234568").ring_count == 0


async def test_inviting_somebody_who_is_rung_already_rings_nobody(client: Client) -> None:
    conference_id = await client.create()
    one, again = await client.invite(conference_id, NUMBER), await client.invite(conference_id, NUMBER)
    assert one.body == again.body
    assert client.stage.house.telnyx.phone(NUMBER).ring_count == 1


async def test_while_the_database_is_broken_the_answer_is_503(client: Client) -> None:
    conference_id = await client.create()
    with without_table(client.stage.house.settings.database_url, "leg"):
        for answer in (await client.status(conference_id), await client.invite(conference_id, NUMBER)):
            assert (answer.status, answer.body) == (503, {"error": "The database cannot be reached just now"})
    assert (await client.invite(conference_id, NUMBER)).status == 200


async def test_without_a_token_there_is_no_api(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    async with story(tmp_path, caplog) as stage, aiohttp.ClientSession() as session:
        headers = {"Authorization": "Bearer "}
        async with session.post(f"{stage.url}/conferences/create", headers=headers) as answer:
            assert answer.status == 404


async def test_the_tutorials_calls_work_as_printed(client: Client) -> None:
    """The curl calls of the README: create without a body or its type."""
    bearer = f"Authorization: Bearer {client.token}"
    create = await curl("-X", "POST", f"{client.stage.url}/conferences/create", "-H", bearer)
    conference_id = create.split('"conference_id":"')[1].split('"')[0]
    base = f"{client.stage.url}/conferences/{conference_id}"
    invite = ("-H", "Content-Type: application/json", "-d", f'{{"to": "{NUMBER}"}}')
    assert '"status":"initiated"' in await curl("-X", "POST", f"{base}/invite", "-H", bearer, *invite)
    assert '"participant_count":1' in await curl(f"{base}/status", "-H", bearer)
    assert '"disconnected_participants":1' in await curl("-X", "POST", f"{base}/hangup", "-H", bearer)
    assert await curl(f"{client.stage.url}/") == '{"status":"ok","service":"confab"}'


async def curl(*arguments: str) -> str:
    process = await asyncio.create_subprocess_exec("curl", "-s", *arguments, stdout=asyncio.subprocess.PIPE)
    said, _ = await process.communicate()
    assert process.returncode == 0
    return said.decode()


@pytest.mark.parametrize("told", [True, False])
async def test_a_default_channel_sees_it_and_without_one_nobody_does(client: Client, *, told: bool) -> None:
    stage = client.stage
    stage.house.settings.slack_default_channel = stage.channel.id if told else ""
    conference_id = await client.create("from a program")
    await client.invite(conference_id, NUMBER)
    await stage.house.telnyx.phone(NUMBER).rings()
    await stage.quiet()
    if told:
        thread = await stage.thread("from a program")
        await thread.card_shows("host the API", "…4567")
        await thread.shows("Ringing …4567")
        await client.hangup(conference_id)
        await thread.shows("Ended by the API")
    else:
        assert stage.house.slack.messages(stage.channel) == []

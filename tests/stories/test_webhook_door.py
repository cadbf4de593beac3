"""The door for Telnyx's webhooks: who is let in, what each is answered, and that nothing is lost."""

import asyncio
import base64
import io
from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from tests.stories.breaking import locked, without_table
from tests.stories.harness import Actor, Stage, requests, story
from tests.stories.waiting import eventually

DOOR = "/webhooks/call-events"


def envelope(event_type: str, payload: Mapping[str, object], event_id: str = "made-up") -> dict[str, object]:
    return {"data": {"record_type": "event", "event_type": event_type, "id": event_id, "payload": payload}}


async def count(stage: Stage, result: str) -> float:
    """How many webhooks ``/metrics`` counts with this result."""
    async with aiohttp.ClientSession() as session, session.get(f"{stage.url}/metrics") as answer:
        lines = (await answer.text()).splitlines()
    found = [line for line in lines if line.startswith(f'confab_webhooks_total{{result="{result}"}}')]
    return float(found[0].split()[-1]) if found else 0.0


async def knock(stage: Stage, body: bytes | AsyncIterator[bytes], *, forged: bool = False) -> int:
    """Post anything, as anybody could; ``forged``: with headers that only the body's verification shows to be wrong."""
    sent = io.BytesIO(body) if isinstance(body, bytes) else body
    headers = {"telnyx-timestamp": str(int(stage.house.clock.now())), "telnyx-signature-ed25519": "A" * 86 + "=="}
    async with (
        aiohttp.ClientSession(headers=headers if forged else {}) as session,
        session.post(f"{stage.url}{DOOR}", data=sent) as answer,
    ):
        return answer.status


async def ringing(stage: Stage) -> Actor:
    ana, bo = stage.person("Ana", "+12125550111"), stage.person("Bo", "+12125550122")
    await ana.types("create payments @bo", stage.channel)
    await bo.phone.rings()
    await stage.quiet()
    return bo


async def test_only_what_telnyx_signed_within_five_minutes_is_let_in(stage: Stage) -> None:
    bo = await ringing(stage)
    telnyx, now = stage.house.telnyx, stage.house.clock.now()
    assert bo.phone.call
    forged = envelope("call.hangup", {**bo.phone.call.ids(), "hangup_cause": "user_busy"})
    assert await telnyx.send(forged, signature=base64.b64encode(bytes(64)).decode()) == 403
    assert await telnyx.send(forged, signature="no base64") == 403
    assert await telnyx.send(forged, at=now - 301) == 403
    assert await telnyx.send(forged, at=now + 302) == 403
    assert await knock(stage, b"{}") == 403
    assert await count(stage, "bad signature") == 5
    await (await stage.thread("payments")).card_shows("ringing")
    assert await telnyx.send(forged) == 200
    await (await stage.thread("payments")).shows("Bo: busy")
    stage.house.telnyx.phone("+12125550122").declines()


async def test_nonsense_is_refused_and_telnyx_does_not_repeat_it(stage: Stage) -> None:
    assert await stage.house.telnyx.send({"data": {"event_type": "call.answered", "id": "x", "payload": 7}}) == 400
    assert await stage.house.telnyx.send({"data": {"event_type": ["call.answered"], "id": "x"}}) == 400
    assert await stage.house.telnyx.send({}) == 400
    assert await count(stage, "bad body") == 3


async def test_a_body_over_one_mebibyte_is_refused_before_it_is_read(stage: Stage) -> None:
    assert await knock(stage, b"x" * (1 << 20)) == 403
    assert await knock(stage, b"x" * ((1 << 20) + 1)) == 413

    async def drops() -> AsyncIterator[bytes]:
        for _ in range(17):
            yield b"x" * (1 << 16)

    assert await knock(stage, drops(), forged=True) == 413
    assert await knock(stage, b"x" * (1 << 20), forged=True) == 403


async def test_the_body_of_who_has_not_signed_is_not_read(stage: Stage) -> None:
    async def endless() -> AsyncIterator[bytes]:
        while True:
            yield b"x" * (1 << 16)
            await asyncio.sleep(0)

    assert await knock(stage, endless()) == 403


async def test_what_is_not_for_us_is_taken_and_counted(stage: Stage) -> None:
    bo = await ringing(stage)
    call = bo.phone.call
    assert call
    telnyx = stage.house.telnyx
    assert await telnyx.send(envelope("call.teleported", call.ids())) == 200
    assert await telnyx.send(envelope("call.hangup", call.ids() | {"connection_id": "another"})) == 200
    counted = [await count(stage, why) for why in ("unknown", "foreign")]
    assert counted == [1, 1]
    assert bo.phone.state == "ringing"


async def test_a_call_of_ours_does_not_come_in_whatever_the_news_says(stage: Stage) -> None:
    bo = await ringing(stage)
    call = bo.phone.call
    assert call
    said = call.ids() | {"direction": "incoming", "from": "+12125550133", "to": "+12125550100"}
    assert await stage.house.telnyx.send(envelope("call.initiated", said)) == 200
    await stage.quiet()
    assert bo.phone.state == "ringing"
    assert requests(stage.house, "/actions/answer") == []


async def test_the_same_news_twice_is_one_news(stage: Stage) -> None:
    bo = await ringing(stage)
    assert bo.phone.call
    answered = envelope("call.answered", bo.phone.call.ids())
    bo.phone.answers()
    statuses = await asyncio.gather(*(stage.house.telnyx.send(answered) for _ in range(5)))
    assert statuses == [200] * 5
    assert await count(stage, "duplicate") == 4
    await stage.quiet()
    assert len(bo.phone.heard) == 1


async def test_news_that_comes_before_the_answer_to_the_dial_is_kept(stage: Stage) -> None:
    """Even when it does not carry our own mark, as the news of a conference does not."""
    stage.house.telnyx.trouble.before_answer = True
    bo = await ringing(stage)
    await bo.comes_in()
    await (await stage.thread("payments")).shows("Bo joined")


async def test_news_of_a_call_that_we_learn_of_later_is_kept_until_then(stage: Stage) -> None:
    ana, bo = stage.person("Ana", "+12125550111"), stage.person("Bo", "+12125550122")
    telnyx = stage.house.telnyx
    telnyx.trouble.dropped, telnyx.trouble.api_500_after = 1.0, 1
    await ana.types("create payments @bo", stage.channel)
    await bo.phone.rings()
    assert bo.phone.call
    anonymous = bo.phone.call.ids() | {"client_state": None}
    bo.phone.answers()
    assert await telnyx.send(envelope("call.answered", anonymous)) == 200
    telnyx.trouble.dropped = 0.0
    await bo.phone.hears("Press 1")
    bo.phone.presses("1")
    await bo.phone.in_room()
    assert bo.phone.ring_count == 1


async def test_webhooks_of_the_old_api_are_said_in_the_log_and_in_readyz(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with story(tmp_path, caplog, expect=("API v1",)) as stage:
        old = {"record_type": "event", "event_type": "call_hangup", "id": "x", "payload": {}}
        assert await stage.house.telnyx.send(old) == 200
        assert await stage.house.telnyx.send(old) == 200
        assert [record.getMessage() for record in caplog.records].count(
            "webhooks come in API v1; set the Call Control application's webhook_api_version to 2"
        ) == 1
        assert "webhook_api_version" in (await ready(stage))["telnyx"]
        await ringing(stage)
        assert (await ready(stage))["telnyx"] == "ok"


async def ready(stage: Stage) -> dict[str, Any]:
    async with aiohttp.ClientSession() as session, session.get(f"{stage.url}/readyz") as answer:
        told: dict[str, Any] = await answer.json()
        return told | {"status": answer.status}


async def test_while_the_database_is_broken_telnyx_is_asked_to_repeat(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, database_url: str
) -> None:
    async with story(tmp_path, caplog, database_url=database_url, expect=("could not be committed",)) as stage:
        bo = await ringing(stage)
        with without_table(database_url, "journal"):
            bo.phone.answers()
            await eventually(
                lambda: [one.status for one in stage.house.telnyx.deliveries][-1] == 503, "the webhook is answered 503"
            )
            assert await count(stage, "not committed") >= 1
        stage.house.clock.skip(seconds=10)
        await bo.phone.hears("Press 1")
        bo.phone.presses("1")
        await bo.phone.in_room()
        await (await stage.thread("payments")).shows("Bo joined")


async def test_while_the_database_is_locked_nothing_is_lost(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, database_url: str
) -> None:
    async with story(
        tmp_path, caplog, database_url=database_url, expect=("could not be committed", "the courier stumbled")
    ) as stage:
        bo = await ringing(stage)
        with locked(database_url):
            bo.phone.answers()
            bo.phone.hangs_up()
            await eventually(lambda: len(stage.house.telnyx.deliveries) >= 2, "Telnyx tells")
            assert (await ready(stage))["status"] == 200
        stage.house.clock.skip(seconds=30)
        thread = await stage.thread("payments")
        await thread.shows("Bo: hung up")
        await thread.card_shows("hung up without pressing 1")

"""Whatever Telnyx signs, the door answers 200 or 400; nothing breaks, and the conference can be shown and ended."""

import asyncio
import base64
import json
from typing import Any

import aiohttp
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.conftest import need
from tests.edges.telnyx_desk import VALIDATOR
from tests.fuzz.profile import tries
from tests.fuzz.sockets import size
from tests.fuzz.strategies import spoilt, values
from tests.fuzz.webhooks import all_events
from tests.stories.harness import Stage
from web.sandbox.house import CONNECTION

EXTREME: list[Any] = [
    *("", "\x00", "\ud800", "x" * 1_000, "x" * 1_001, "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59.999999-14:00"),
    *("2026-11-22", "20261122T180000Z", "+" + "9" * 900, "sip:" + "a" * 900, "****", "１", "-0", "NaN"),  # noqa: RUF001  # a digit of its own kind
    *(None, 0, -1, 10**400, 1e308, float("nan"), float("-inf"), True, [], {}, [[]], {"": ""}),
]


def by_hand(ids: dict[str, Any]) -> list[dict[str, Any]]:
    """The events that we act on, where Telnyx's description is not there."""
    names = ["call.initiated", "call.answered", "call.hangup", "call.gather.ended", "call.dtmf.received"]
    names += ["call.hold", "conference.participant.joined", "conference.participant.left", "conference.ended"]
    more = {"digits": "1", "digit": "5", "status": "valid", "direction": "outgoing", "hangup_cause": "user_busy"}
    data = {"record_type": "event", "id": "{key}", "occurred_at": "2026-11-22T18:00:00Z", "payload": {**ids, **more}}
    return [{"data": {**data, "event_type": name}} for name in names]


@st.composite
def extreme(draw: st.DrawFn, shapes: list[Any]) -> Any:
    """A right webhook but for one field of it, or of its payload."""
    shape = json.loads(json.dumps(draw(st.sampled_from(shapes))))
    inside = draw(st.sampled_from([shape["data"], shape["data"]["payload"]]))
    inside[draw(st.sampled_from(sorted(inside)))] = draw(st.sampled_from(EXTREME))
    return shape


async def test_whatever_telnyx_signs_is_answered_and_breaks_nothing(
    stage: Stage, caplog: pytest.LogCaptureFixture
) -> None:
    ana, bo = stage.person("Ana", "+12125550111"), stage.person("Bo", "+12125550122")
    await ana.types("create payments @bo", stage.channel)
    await bo.phone.rings()
    await stage.quiet()
    assert bo.phone.call
    ids = {**bo.phone.call.ids(), "connection_id": CONNECTION, "conference_id": "room-1"}
    shapes = [*by_hand(ids), *all_events(ids)]
    telnyx, loop, sent = stage.house.telnyx, asyncio.get_running_loop(), 0

    async def knock(shape: Any) -> None:
        nonlocal sent
        sent += 1
        body = json.dumps(shape).replace("{key}", f"event-{sent}").encode()
        now = int(stage.house.clock.now())
        signature = base64.b64encode(telnyx.signing_key.sign(f"{now}|".encode() + body).signature).decode()
        headers = {"telnyx-timestamp": str(now), "telnyx-signature-ed25519": signature}
        async with session.post(f"{stage.url}/webhooks/call-events", data=body, headers=headers) as answer:
            assert answer.status in {200, 400}, (answer.status, body)

    @given(extreme(shapes) | spoilt(shapes) | st.sampled_from(shapes) | values)
    @tries(300)
    def all_of_them(shape: Any) -> None:
        asyncio.run_coroutine_threadsafe(knock(shape), loop).result(60)

    before, tasks = await size(stage), len(asyncio.all_tasks())
    async with aiohttp.ClientSession() as session:
        await asyncio.to_thread(all_of_them)
    await stage.quiet()
    after = await size(stage)
    assert after.pop("series") <= before.pop("series") + 2 * 9, "two for each thing that can become of a webhook"
    for name in after:
        assert after[name] <= before[name] + sent + 10, name
    assert len(asyncio.all_tasks()) <= tasks + 5
    assert "Traceback" not in caplog.text
    await (await stage.thread("payments")).card_shows("Bo")
    await ana.types("end now", stage.channel)
    await stage.passes(minutes=5)


def test_every_event_of_telnyxs_description_is_tried() -> None:
    need(VALIDATOR is not None, "Telnyx's description of its API (CONFAB_TELNYX_SPEC)")
    names = {one["data"]["event_type"] for one in all_events({})}
    assert {"call.initiated", "call.hangup", "conference.participant.joined"} <= names
    assert len(names) > 50

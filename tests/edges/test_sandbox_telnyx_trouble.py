import asyncio

import pytest
import telnyx as sdk

from tests.edges.telnyx_desk import ANA, APP, BOB, CARL, OURS, Desk, desk, refused
from web.sandbox.clock import Clock
from web.sandbox.telnyx import Telnyx, Trouble

__all__ = ["desk"]
ENVELOPE = {"data": {"event_type": "anything", "note": "tschüß"}}


async def test_a_failed_webhook_is_tried_again_as_the_same_event(desk: Desk) -> None:
    desk.inbox.statuses = [503, 429, 200]
    await desk.dial(timeout_secs=600)
    for attempts in (2, 3):
        await desk.received(attempts - 1)
        desk.clock.skip(seconds=16)
        await desk.received(attempts)
    await desk.telnyx.quiet()
    assert [envelope["meta"]["attempt"] for envelope in desk.inbox.envelopes] == [1, 2, 3]
    assert len({str(envelope["data"]["id"]) for envelope in desk.inbox.envelopes}) == 1
    assert [delivery.status for delivery in desk.telnyx.deliveries] == [503, 429, 200]


async def test_a_webhook_is_given_up_after_five_more_attempts(desk: Desk) -> None:
    desk.inbox.statuses = [500] * 10
    await desk.dial(timeout_secs=600)
    for attempt in range(1, 6):
        await desk.received(attempt)
        desk.clock.skip(seconds=16)
    await desk.received(6)
    desk.clock.skip(minutes=1)
    await desk.telnyx.quiet()
    assert len(desk.inbox.envelopes) == 6


async def test_a_refused_webhook_is_not_tried_again(desk: Desk) -> None:
    desk.inbox.statuses = [403]
    await desk.dial()
    assert await desk.seen() == ["call.initiated"]


async def test_a_webhook_without_an_answer_is_tried_again(desk: Desk) -> None:
    desk.inbox.wait = asyncio.Event()
    await desk.dial(timeout_secs=600)
    await desk.received(1)
    await desk.telnyx.until(lambda: desk.telnyx.deliveries[0].over)
    assert desk.telnyx.deliveries[0].status is None
    desk.inbox.wait.set()
    desk.clock.skip(seconds=16)
    await desk.telnyx.quiet()
    assert [delivery.status for delivery in desk.telnyx.deliveries] == [None, 200]


async def test_nothing_is_delivered_without_an_address(desk: Desk) -> None:
    desk.telnyx.webhook_url = None
    await desk.dial()
    await desk.telnyx.quiet()
    assert desk.telnyx.deliveries == []


async def test_anything_can_be_sent_rightly_or_wrongly_signed(desk: Desk) -> None:
    desk.validates = False
    assert await desk.telnyx.send(ENVELOPE) == 200
    assert desk.inbox.envelopes == [ENVELOPE]
    assert await desk.telnyx.send(ENVELOPE, at=12) == 200
    assert desk.telnyx.deliveries[-1].headers["telnyx-timestamp"] == "12"
    desk.inbox.expects_forgery = True
    assert await desk.telnyx.send(ENVELOPE, signature="A" * 86 + "==") == 403


async def test_twice(desk: Desk) -> None:
    desk.telnyx.trouble.twice = True
    await desk.dial()
    assert await desk.seen() == ["call.initiated"] * 2
    assert len({str(envelope["data"]["id"]) for envelope in desk.inbox.envelopes}) == 1
    assert {envelope["meta"]["attempt"] for envelope in desk.inbox.envelopes} == {1, 2}


async def test_late(desk: Desk) -> None:
    desk.telnyx.trouble.late = 3600
    await desk.reach()
    await desk.telnyx.send({"data": {"event_type": "call.answered"}})
    assert len(desk.inbox.envelopes) == 1
    desk.validates = False
    desk.clock.skip(hours=1)
    assert sorted(await desk.seen())[1:] == ["call.answered", "call.initiated"]


async def test_shuffled(desk: Desk) -> None:
    desk.telnyx.trouble.shuffled = True
    call = await desk.reach()
    for number in range(9):
        await desk.sdk.calls.actions.speak(call, payload=str(number), voice="female")
    names = await desk.seen()
    assert len(names) == 20
    assert names != sorted(names, key=["call.initiated", "call.answered"].__contains__, reverse=True)
    spoken = [name for name in names if name.startswith("call.speak")]
    assert spoken != ["call.speak.started", "call.speak.ended"] * 9


async def test_dropped(desk: Desk) -> None:
    desk.telnyx.trouble.dropped = 1
    await desk.reach()
    assert await desk.seen() == []
    desk.telnyx.trouble.dropped = 0
    desk.phone(BOB).hangs_up()
    assert await desk.seen() == ["call.hangup"]


async def test_unknown_events(desk: Desk) -> None:
    desk.validates = False
    desk.telnyx.trouble.unknown_events = True
    await desk.open_room("room", ANA)
    desk.phone(ANA).hangs_up()
    names = await desk.seen()
    assert "call.sandbox.novelty" in names
    assert desk.inbox.last("call.hangup")["hangup_cause"] == "moved_to_another_planet"
    assert desk.inbox.last("conference.ended")["reason"] == "ended_via_api"
    assert "sandbox_novelty" in desk.inbox.last("call.answered")
    assert all("occurred_at" in envelope["data"] for envelope in desk.inbox.envelopes)


async def test_before_answer(desk: Desk) -> None:
    desk.telnyx.trouble.before_answer = True
    answered: list[int | None] = []
    desk.inbox.on_receipt = lambda: answered.append(desk.telnyx.requests[-1].status)
    await desk.dial()
    assert answered == [None]


async def test_too_many_requests(desk: Desk) -> None:
    desk.telnyx.trouble.api_429 = 1
    with pytest.raises(sdk.RateLimitError) as caught:
        await desk.dial()
    assert caught.value.response.headers["x-ratelimit-remaining"] == "0"
    assert caught.value.response.headers["retry-after"] == "1"
    assert desk.phone(BOB).calls == []
    await desk.dial()


async def test_a_failure_before_it_is_done(desk: Desk) -> None:
    desk.telnyx.trouble.api_500 = 1
    with refused(500, "10007"):
        await desk.dial()
    assert desk.phone(BOB).calls == []


async def test_a_failure_after_it_is_done(desk: Desk) -> None:
    desk.telnyx.trouble.api_500_after = 1
    with refused(500, "10007"):
        await desk.dial(command_id="once")
    await desk.phone(BOB).rings()
    await desk.dial(command_id="once")
    assert desk.phone(BOB).ring_count == 1


@pytest.mark.parametrize(("switch", "rung"), [("api_hang", 0), ("api_hang_after", 1)])
async def test_no_answer_at_all(desk: Desk, switch: str, rung: int) -> None:
    desk.telnyx.trouble.set(switch, 1)
    with pytest.raises(sdk.APITimeoutError):
        await desk.sdk.with_options(timeout=0.2).calls.dial(connection_id=APP, from_=OURS, to=BOB)
    assert desk.phone(BOB).ring_count == rung
    assert desk.telnyx.requests[0].status is None
    await desk.dial(CARL)


async def test_closing_lets_go_of_held_requests(desk: Desk) -> None:
    desk.telnyx.trouble.api_hang = 1
    dialling = asyncio.create_task(desk.dial())
    await desk.telnyx.until(lambda: desk.telnyx.trouble.api_hang == 0)
    await desk.telnyx.close()
    with pytest.raises(sdk.InternalServerError):
        await dialling


async def test_a_carrier_refusal(desk: Desk) -> None:
    desk.telnyx.trouble.d_code = "D13"
    with refused(403, "10010", "D13"):
        await desk.dial()
    assert desk.phone(BOB).calls == []


async def test_a_bad_key(desk: Desk) -> None:
    desk.telnyx.trouble.bad_key = True
    with refused(401, "10009"):
        await desk.dial()


@pytest.mark.parametrize(
    ("name", "value"),
    [("twice", 1), ("late", "soon"), ("api_429", -1), ("api_429", True), ("d_code", 5), ("gremlins", True)],
)
def test_a_switch_takes_what_fits(name: str, value: object) -> None:
    trouble = Trouble()
    with pytest.raises(ValueError, match=name):
        trouble.set(name, value)
    assert trouble == Trouble()


def test_switches_are_set_by_name_and_watched() -> None:
    changes: list[int] = []
    trouble = Trouble()
    trouble.on_change(lambda: changes.append(1))
    for name, value in (("twice", True), ("late", 3), ("api_429", 2), ("d_code", "D1")):
        trouble.set(name, value)
        assert trouble.snapshot()[name] == value
    assert len(changes) == 4
    trouble.set("d_code", "")
    assert trouble == Trouble(twice=True, late=3.0, api_429=2)


def test_the_same_seed_gives_the_same_stand_in() -> None:
    keys = [Telnyx(Clock(), api_key="k", connection_id="1", numbers=[], seed=seed).public_key for seed in (1, 1, 2)]
    assert keys[0] == keys[1] != keys[2]

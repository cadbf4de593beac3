import pytest

from tests.edges.telnyx_desk import ANA, APP, BOB, OURS, VALIDATOR, Desk, desk, refused, state
from web.sandbox.telnyx import Mood

__all__ = ["desk"]
GATHER = {"payload": "Press 1 to join.", "voice": "female", "valid_digits": "1", "maximum_digits": 1}


@pytest.mark.skipif(VALIDATOR is None, reason="Telnyx's specification is not here (set TELNYX_VALIDATOR)")
def test_the_validator_is_able_to_refuse() -> None:
    assert VALIDATOR
    assert VALIDATOR.webhook({"data": {"event_type": "call.answered"}})
    assert VALIDATOR.request("POST", "/v2/calls", {"to": BOB})


async def test_a_dial_rings_and_is_answered(desk: Desk) -> None:
    answer = await desk.sdk.calls.dial(connection_id=APP, from_=OURS, to=BOB, client_state=state("p1"))
    assert answer.data
    assert answer.data.is_alive is False
    await desk.phone(BOB).rings()
    desk.phone(BOB).answers()
    assert await desk.seen() == ["call.initiated", "call.answered"]
    payload = desk.inbox.last("call.answered")
    assert payload["call_control_id"] == answer.data.call_control_id
    assert payload["connection_id"] == APP
    assert payload["client_state"] == state("p1")
    assert (payload["from"], payload["to"]) == (OURS, BOB)


async def test_an_application_that_asked_for_it_is_told_what_a_call_cost(desk: Desk) -> None:
    desk.telnyx.application["call_cost_in_webhooks"] = True
    await desk.reach(BOB)
    desk.clock.skip(seconds=61)
    desk.phone(BOB).hangs_up()
    await desk.telnyx.quiet()
    desk.clock.skip(seconds=2)
    await desk.telnyx.until(lambda: "call.cost" in desk.inbox.names())
    await desk.telnyx.quiet()
    cost = desk.inbox.last("call.cost")
    assert (cost["status"], cost["total_cost"], cost["billed_duration_secs"]) == ("success", "0.0140", 120)
    assert desk.inbox.names().index("call.hangup") < desk.inbox.names().index("call.cost")


async def test_nothing_is_told_of_the_cost_by_default_or_of_a_call_that_nobody_answered(desk: Desk) -> None:
    await desk.reach(BOB)
    desk.phone(BOB).hangs_up()
    desk.telnyx.application["call_cost_in_webhooks"] = False
    await desk.dial(ANA)
    desk.phone(ANA).declines()
    await desk.telnyx.quiet()
    desk.clock.skip(seconds=5)
    await desk.telnyx.quiet()
    assert "call.cost" not in desk.inbox.names()


async def test_nobody_picks_up_until_the_ring_time_out(desk: Desk) -> None:
    await desk.dial(BOB, timeout_secs=30)
    desk.clock.skip(seconds=29)
    assert desk.phone(BOB).state == "ringing"
    desk.clock.skip(seconds=1)
    await desk.phone(BOB).idle()
    await desk.telnyx.quiet()
    assert desk.inbox.last("call.hangup")["hangup_cause"] == "timeout"


async def test_a_single_attempt_ends_as_no_answer(desk: Desk) -> None:
    await desk.dial(BOB, retry_on_timeout=False)
    desk.clock.skip(seconds=30)
    await desk.phone(BOB).idle()
    await desk.telnyx.quiet()
    assert desk.inbox.last("call.hangup")["hangup_cause"] == "no_answer"


async def test_the_time_limit_ends_an_answered_call(desk: Desk) -> None:
    await desk.reach(BOB, time_limit_secs=60)
    desk.clock.skip(seconds=60)
    await desk.phone(BOB).idle()
    await desk.telnyx.quiet()
    assert desk.inbox.last("call.hangup")["hangup_cause"] == "time_limit"


@pytest.mark.parametrize(
    ("mood", "cause", "sip"),
    [
        ("busy", "user_busy", "486"),
        ("declines", "call_rejected", "603"),
        ("unknown", "not_found", "404"),
        ("carrier", "unspecified", "503"),
    ],
)
async def test_a_mood_ends_the_call_by_itself(desk: Desk, mood: Mood, cause: str, sip: str) -> None:
    desk.phone(BOB).mood = mood
    await desk.dial(BOB)
    assert await desk.seen() == ["call.initiated", "call.hangup"]
    payload = desk.inbox.last("call.hangup")
    assert (payload["hangup_cause"], payload["sip_hangup_cause"]) == (cause, sip)


async def test_voicemail_answers_and_presses_nothing(desk: Desk) -> None:
    desk.phone(BOB).mood = "voicemail"
    call = await desk.dial(BOB)
    assert await desk.seen() == ["call.initiated", "call.answered"]
    await desk.sdk.calls.actions.gather_using_speak(call, payload="Hi", voice="female", maximum_tries=1)
    desk.clock.skip(seconds=60)
    assert (await desk.seen())[-1] == "call.gather.ended"
    assert desk.inbox.last("call.gather.ended")["status"] == "timeout"


async def test_a_second_call_to_the_same_phone_finds_it_busy(desk: Desk) -> None:
    await desk.dial(BOB)
    await desk.dial(BOB)
    assert desk.phone(BOB).ring_count == 2
    await desk.telnyx.quiet()
    assert [payload["hangup_cause"] for payload in desk.inbox.payloads("call.hangup")] == ["user_busy"]


async def test_hanging_up_while_it_rings_cancels_it(desk: Desk) -> None:
    await desk.sdk.calls.actions.hangup(await desk.dial(BOB))
    await desk.telnyx.quiet()
    assert desk.inbox.last("call.hangup")["hangup_cause"] == "originator_cancel"


async def test_who_hangs_up_is_told(desk: Desk) -> None:
    await desk.sdk.calls.actions.hangup(await desk.reach(BOB))
    await desk.telnyx.quiet()
    assert desk.inbox.last("call.hangup")["hangup_source"] == "caller"
    await desk.reach(BOB)
    desk.phone(BOB).hangs_up()
    await desk.telnyx.quiet()
    assert desk.inbox.last("call.hangup")["hangup_source"] == "callee"


async def test_an_incoming_call_is_answered_or_rejected(desk: Desk) -> None:
    call = desk.phone(ANA).dials(OURS)
    await desk.telnyx.quiet()
    payload = desk.inbox.last("call.initiated")
    assert (payload["direction"], payload["state"], payload["from"]) == ("incoming", "parked", ANA)
    await desk.sdk.calls.actions.answer(call.id, client_state=state("in"))
    await desk.telnyx.quiet()
    assert desk.inbox.last("call.answered")["client_state"] == state("in")
    rejected = desk.phone(BOB).dials(OURS)
    await desk.sdk.calls.actions.reject(rejected.id, cause="USER_BUSY")
    await desk.telnyx.quiet()
    assert desk.inbox.last("call.hangup")["hangup_cause"] == "user_busy"


async def test_only_incoming_calls_can_be_answered(desk: Desk) -> None:
    call = await desk.dial(BOB)
    with refused(422, "90102"):
        await desk.sdk.calls.actions.answer(call)


async def test_what_is_spoken_is_heard(desk: Desk) -> None:
    call = await desk.reach(BOB)
    await desk.sdk.calls.actions.speak(call, payload="Hello", voice="female")
    await desk.phone(BOB).hears("Hello")
    await desk.sdk.calls.actions.start_playback(call, audio_url="https://example.com/a.mp3")
    await desk.phone(BOB).hears("a.mp3")
    await desk.sdk.calls.actions.stop_playback(call)
    await desk.sdk.calls.actions.send_dtmf(call, digits="12#")
    await desk.phone(BOB).hears("12#")
    names = await desk.seen()
    assert names[2:] == [
        "call.speak.started",
        "call.speak.ended",
        "call.playback.started",
        "call.playback.ended",
    ]


async def test_a_missing_sound_tells_what_was_heard(desk: Desk) -> None:
    desk.phone(BOB).hear("something else")
    with pytest.raises(AssertionError, match="something else"):
        await desk.phone(BOB).hears("Hello", timeout=0)


async def test_a_call_can_be_asked_for_until_ten_minutes_after_its_end(desk: Desk) -> None:
    call = await desk.reach(BOB)
    status = await desk.sdk.calls.retrieve_status(call)
    assert status.data
    assert status.data.is_alive is True
    desk.phone(BOB).hangs_up()
    desk.clock.skip(minutes=9)
    status = await desk.sdk.calls.retrieve_status(call)
    assert status.data
    assert status.data.is_alive is False
    desk.clock.skip(minutes=2)
    with refused(422, "90015"):
        await desk.sdk.calls.retrieve_status(call)


async def test_active_calls_are_all_that_have_not_ended(desk: Desk) -> None:
    await desk.dial(ANA)
    desk.phone(ANA).declines()
    calls = {await desk.dial(f"+121255502{number:02}", client_state=state("x")) for number in range(23)}
    first = await desk.sdk.connections.list_active_calls(APP)
    assert first.meta
    told = first.meta.model_extra or {}
    assert (len(first.data), told["total_items"]) == (20, 23)
    rest = await desk.sdk.connections.list_active_calls(APP, extra_query={"page[after]": told["cursors"]["after"]})
    assert {row.call_control_id for row in (*first.data, *rest.data)} == calls
    assert {row.client_state for row in first.data} == {state("x")}


async def test_ids_may_be_percent_encoded(desk: Desk) -> None:
    call = await desk.dial(BOB)
    status, code = await desk.raw("POST", f"/calls/{call.replace(':', '%3A').replace('=', '%3D')}/actions/speak")
    assert (status, code) == (422, "10004")
    assert desk.telnyx.requests[-1].operation == "POST calls/*/actions/speak"


async def test_the_right_key_ends_a_gather(desk: Desk) -> None:
    call = await desk.reach(BOB)
    await desk.sdk.calls.actions.gather_using_speak(call, **GATHER)  # type: ignore[arg-type]  # one dict of many types
    await desk.phone(BOB).hears("Press 1")
    desk.phone(BOB).presses("1")
    assert (await desk.seen())[2:] == ["call.dtmf.received", "call.gather.ended"]
    assert desk.inbox.last("call.dtmf.received")["digit"] == "1"
    payload = desk.inbox.last("call.gather.ended")
    assert (payload["status"], payload["digits"]) == ("valid", "1")


async def test_wrong_keys_use_up_the_tries(desk: Desk) -> None:
    call = await desk.reach(BOB)
    terms = {**GATHER, "invalid_payload": "That was not 1."}
    await desk.sdk.calls.actions.gather_using_speak(call, **terms)  # type: ignore[arg-type]  # one dict of many types
    desk.phone(BOB).presses("23")
    assert desk.phone(BOB).heard == ["Press 1 to join.", "That was not 1.", "That was not 1."]
    desk.phone(BOB).presses("4")
    await desk.telnyx.quiet()
    payload = desk.inbox.last("call.gather.ended")
    assert (payload["status"], payload["digits"]) == ("invalid", "4")


async def test_silence_uses_up_the_tries(desk: Desk) -> None:
    call = await desk.reach(BOB)
    terms = {**GATHER, "timeout_millis": 10_000, "maximum_tries": 2}
    await desk.sdk.calls.actions.gather_using_speak(call, **terms)  # type: ignore[arg-type]  # one dict of many types
    desk.clock.skip(seconds=10)
    await desk.telnyx.quiet()
    assert "call.gather.ended" not in desk.inbox.names()
    desk.clock.skip(seconds=10)
    await desk.telnyx.quiet()
    assert desk.phone(BOB).heard == ["Press 1 to join."] * 2
    assert desk.inbox.last("call.gather.ended")["status"] == "timeout"


@pytest.mark.parametrize("how", ["hang up", "stop"])
async def test_a_gather_ends_with_what_was_pressed_so_far(desk: Desk, how: str) -> None:
    call = await desk.reach(BOB)
    await desk.sdk.calls.actions.gather(call, maximum_digits=4)
    desk.phone(BOB).presses("12")
    if how == "stop":
        await desk.sdk.calls.actions.stop_gather(call)
    else:
        desk.phone(BOB).hangs_up()
    await desk.telnyx.quiet()
    payload = desk.inbox.last("call.gather.ended")
    assert (payload["status"], payload["digits"]) == ("cancelled" if how == "stop" else "call_hangup", "12")


async def test_the_terminator_ends_a_gather_and_is_not_part_of_it(desk: Desk) -> None:
    await desk.sdk.calls.actions.gather(await desk.reach(BOB), maximum_digits=10)
    desk.phone(BOB).presses("123#")
    await desk.telnyx.quiet()
    assert desk.inbox.last("call.gather.ended")["digits"] == "123"


@pytest.mark.parametrize(("minimum", "status"), [(2, "valid"), (3, "invalid")])
async def test_a_pause_between_keys_ends_a_gather(desk: Desk, minimum: int, status: str) -> None:
    call = await desk.reach(BOB)
    await desk.sdk.calls.actions.gather(call, minimum_digits=minimum, inter_digit_timeout_millis=3000)
    desk.phone(BOB).presses("12")
    desk.clock.skip(seconds=3)
    await desk.telnyx.quiet()
    assert desk.inbox.last("call.gather.ended")["status"] == status


async def test_what_cannot_be_done_with_a_phone_says_why(desk: Desk) -> None:
    for act in (desk.phone(BOB).answers, desk.phone(BOB).hangs_up):
        with pytest.raises(AssertionError, match="idle"):
            act()
    with pytest.raises(AssertionError, match="should ring"):
        await desk.phone(BOB).rings(timeout=0)

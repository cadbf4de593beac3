import pytest

from tests.edges.telnyx_desk import ANA, APP, BOB, OURS, Desk, desk, refused

__all__ = ["desk"]
DIAL = {"connection_id": APP, "from": OURS, "to": BOB}
LONG_AGO = "v3:nobody"


async def test_only_the_right_key_opens(desk: Desk) -> None:
    assert await desk.raw("GET", "/balance", key="KEY-other") == (401, "10009")


async def test_an_unknown_operation_is_not_found(desk: Desk) -> None:
    call = await desk.dial()
    assert await desk.raw("POST", f"/calls/{call}/actions/join_conference", {}) == (404, "10005")
    assert await desk.raw("GET", "/call_control_applications/1") == (404, "10005")


@pytest.mark.parametrize(
    ("change", "status", "code"),
    [
        ({"to": None}, 422, "10004"),
        ({"to": 5}, 422, "10026"),
        ({"to": "12125550102"}, 422, "10016"),
        ({"from": "bob"}, 422, "10016"),
        ({"from": ANA}, 403, "10010"),
        ({"to": OURS}, 403, "10010"),
        ({"connection_id": "7"}, 422, "10015"),
        ({"timeout_secs": 4}, 422, "10033"),
        ({"timeout_secs": "30"}, 422, "10026"),
        ({"time_limit_secs": 14401}, 422, "10033"),
        ({"client_state": "{}"}, 422, "90017"),
        ({"conference_config": {"conference_name": "x"}}, 422, "99999"),
    ],
)
async def test_a_wrong_dial_is_refused_and_rings_nobody(
    desk: Desk, change: dict[str, object], status: int, code: str
) -> None:
    assert await desk.raw("POST", "/calls", {**DIAL, **change}) == (status, code)
    assert desk.phone(BOB).calls == []


async def test_a_wrong_choice_is_refused(desk: Desk) -> None:
    call = await desk.reach()
    body = {"call_control_id": call, "name": "room", "beep_enabled": "sometimes"}
    assert await desk.raw("POST", "/conferences", body) == (422, "10032")
    assert await desk.raw("POST", "/calls", ["not", "an", "object"]) == (400, "10015")
    assert await desk.raw("POST", f"/calls/{call}/actions/speak", {"voice": "v", "payload": "x" * 3001}) == (
        422,
        "10033",
    )
    assert await desk.raw("POST", f"/calls/{call}/actions/send_dtmf", {"digits": "xyz"}) == (422, "10015")
    assert await desk.raw("POST", f"/calls/{call}/actions/playback_start", {}) == (422, "10004")


async def test_an_unanswered_call_takes_no_commands_but_hangup(desk: Desk) -> None:
    call = await desk.dial()
    with refused(422, "90034"):
        await desk.sdk.calls.actions.speak(call, payload="Hi", voice="female")
    with refused(422, "90034"):
        await desk.sdk.calls.actions.gather_using_speak(call, payload="Hi", voice="female")
    with refused(422, "90034"):
        await desk.sdk.conferences.create(call_control_id=call, name="room")


async def test_an_ended_call_takes_no_commands(desk: Desk) -> None:
    await desk.open_room("room", ANA)
    call = await desk.reach()
    desk.phone(BOB).hangs_up()
    with refused(422, "90018"):
        await desk.sdk.calls.actions.hangup(call)
    with refused(422, "90018"):
        await desk.sdk.conferences.actions.join("room", call_control_id=call)


async def test_an_unknown_call_is_refused(desk: Desk) -> None:
    with refused(422, "90015"):
        await desk.sdk.calls.actions.hangup(LONG_AGO)
    with refused(422, "90015"):
        await desk.sdk.conferences.create(call_control_id=LONG_AGO, name="room")


async def test_the_name_of_an_active_conference_is_taken(desk: Desk) -> None:
    room = await desk.open_room("room", ANA)
    call = await desk.reach()
    with refused(422, "90033", "Conference with given name already exists and it's active."):
        await desk.sdk.conferences.create(call_control_id=call, name="room")
    assert desk.phone(BOB).state == "talking"
    await desk.sdk.conferences.actions.end_conference(room)
    await desk.sdk.conferences.create(call_control_id=call, name="room")


async def test_nobody_joins_twice(desk: Desk) -> None:
    room = await desk.open_room("room", ANA)
    with refused(422, "90044"):
        await desk.sdk.conferences.actions.join(room, call_control_id=desk.phone(ANA).calls[0].id)


async def test_a_full_conference_takes_nobody(desk: Desk) -> None:
    first = await desk.reach(ANA)
    await desk.sdk.conferences.create(call_control_id=first, name="room", max_participants=2)
    await desk.sdk.conferences.actions.join("room", call_control_id=await desk.reach(BOB))
    with refused(422, "90032"):
        await desk.sdk.conferences.actions.join("room", call_control_id=await desk.reach("+12125550199"))


async def test_an_ended_conference_takes_no_commands(desk: Desk) -> None:
    room = await desk.open_room("room", ANA)
    await desk.sdk.conferences.actions.end_conference(room)
    with refused(422, "90019"):
        await desk.sdk.conferences.actions.end_conference(room)
    with refused(422, "90019"):
        await desk.sdk.conferences.actions.join("room", call_control_id=await desk.reach())


async def test_an_unknown_conference_is_refused(desk: Desk) -> None:
    call = await desk.reach()
    with refused(404, "90058"):
        await desk.sdk.conferences.actions.join("nowhere", call_control_id=call)


async def test_ending_and_asking_need_the_id(desk: Desk) -> None:
    await desk.open_room("room", ANA)
    with refused(404, "90058"):
        await desk.sdk.conferences.actions.end_conference("room")
    with refused(404, "90058"):
        await desk.sdk.conferences.retrieve("room")
    with refused(404, "90058"):
        await desk.sdk.conferences.list_participants("room")
    assert desk.phone(ANA).room == "room"


async def test_unhold_needs_names(desk: Desk) -> None:
    room = await desk.open_room("room", ANA)
    assert await desk.raw("POST", f"/conferences/{room}/actions/unhold", {}) == (422, "10004")


async def test_leaving_and_muting_need_a_member(desk: Desk) -> None:
    room = await desk.open_room("room", ANA)
    call = await desk.reach(BOB)
    with refused(422, "90015"):
        await desk.sdk.conferences.actions.leave(room, call_control_id=call)
    with refused(422, "90015"):
        await desk.sdk.conferences.actions.mute(room, call_control_ids=[call])


async def test_a_repeated_dial_is_ignored_for_a_minute_and_not_after(desk: Desk) -> None:
    first = await desk.dial(BOB, command_id="b:dial:1")
    assert await desk.dial(BOB, command_id="b:dial:1") == first
    assert desk.phone(BOB).ring_count == 1
    desk.phone(BOB).declines()
    desk.clock.skip(seconds=61)
    assert await desk.dial(BOB, command_id="b:dial:1") != first
    assert desk.phone(BOB).ring_count == 2


async def test_a_repeated_command_is_ignored_per_call(desk: Desk) -> None:
    ana, bob = await desk.reach(ANA), await desk.reach(BOB)
    for call in (ana, ana, bob):
        await desk.sdk.calls.actions.speak(call, payload="Hello", voice="female", command_id="say")
    assert (desk.phone(ANA).heard, desk.phone(BOB).heard) == (["Hello"], ["Hello"])
    await desk.sdk.calls.actions.hangup(ana, command_id="bye")
    await desk.sdk.calls.actions.hangup(ana, command_id="bye")


async def test_a_refused_command_may_be_repeated_with_its_id(desk: Desk) -> None:
    call = await desk.dial()
    with refused(422, "90034"):
        await desk.sdk.calls.actions.speak(call, payload="Hello", voice="female", command_id="say")
    desk.phone(BOB).answers()
    await desk.sdk.calls.actions.speak(call, payload="Hello", voice="female", command_id="say")
    assert desk.phone(BOB).heard == ["Hello"]

import pytest

from tests.edges.telnyx_desk import ANA, APP, BOB, CARL, Desk, desk, state

__all__ = ["desk"]


async def test_a_conference_begins_with_its_first_member(desk: Desk) -> None:
    call = await desk.reach(ANA)
    answer = await desk.sdk.conferences.create(call_control_id=call, name="room", client_state=state("c"))
    assert answer.data
    assert (await desk.seen())[2:] == ["conference.created", "conference.participant.joined"]
    joined = desk.inbox.last("conference.participant.joined")
    assert (joined["conference_id"], joined["call_control_id"]) == (answer.data.id, call)
    created = desk.inbox.last("conference.created")
    assert "occurred_at" in created
    assert created["client_state"] == state("c")
    assert desk.phone(ANA).room == "room"


async def test_conferences_are_found_by_name_and_status(desk: Desk) -> None:
    room = await desk.open_room("one", ANA)
    await desk.open_room("two", BOB)
    await desk.sdk.conferences.actions.end_conference(room)
    found = [row.name async for row in desk.sdk.conferences.list(filter={"status": "in_progress"})]
    assert found == ["two"]
    named = [row.id async for row in desk.sdk.conferences.list(filter={"name": "one"})]
    assert named == [room]
    one = await desk.sdk.conferences.retrieve(room)
    assert one.data
    assert (one.data.status, one.data.end_reason) == ("completed", "ended_via_api")


async def test_muting_nobody_by_name_mutes_everybody(desk: Desk) -> None:
    room = await desk.open_room("room", ANA, BOB)
    await desk.sdk.conferences.actions.mute("room")
    assert {row.muted async for row in desk.sdk.conferences.list_participants(room)} == {True}
    bob = desk.phone(BOB).calls[0].id
    await desk.sdk.conferences.actions.unmute("room", call_control_ids=[bob])
    await desk.sdk.conferences.actions.hold(room, call_control_ids=[bob])
    rows = {row.call_control_id: row async for row in desk.sdk.conferences.list_participants(room)}
    assert (rows[bob].muted, rows[bob].on_hold) == (False, True)
    await desk.sdk.conferences.actions.unhold(room, call_control_ids=[bob])
    held = [row async for row in desk.sdk.conferences.list_participants(room, filter={"on_hold": True})]
    assert held == []


async def test_somebody_can_join_muted(desk: Desk) -> None:
    await desk.open_room("room", ANA)
    await desk.sdk.conferences.actions.join("room", call_control_id=await desk.reach(BOB), mute=True)
    phones = desk.telnyx.snapshot()["phones"]
    assert isinstance(phones, list)
    assert [(phone["number"], phone["muted"], phone["room"]) for phone in phones] == [
        (ANA, False, "room"),
        (BOB, True, "room"),
    ]


async def test_speech_in_a_conference_reaches_all_but_the_held(desk: Desk) -> None:
    room = await desk.open_room("room", ANA, BOB, CARL)
    bob, carl = (desk.phone(number).calls[0].id for number in (BOB, CARL))
    await desk.sdk.conferences.actions.hold(room, call_control_ids=[carl])
    await desk.sdk.conferences.actions.speak(room, payload="Hear ye", voice="female")
    await desk.sdk.conferences.actions.speak(room, payload="Bob only", voice="female", call_control_ids=[bob])
    await desk.sdk.conferences.actions.play(room, audio_url="https://example.com/gong.mp3", call_control_ids=[bob])
    await desk.sdk.conferences.actions.stop(room)
    assert desk.phone(ANA).heard == ["Hear ye"]
    assert desk.phone(BOB).heard == ["Hear ye", "Bob only", "[plays https://example.com/gong.mp3]"]
    assert desk.phone(CARL).heard == []
    names = await desk.seen()
    assert names.count("conference.speak.started") == 1
    assert names.count("conference.participant.speak.ended") == 1
    assert names.count("conference.participant.playback.ended") == 1


async def test_leaving_keeps_the_call_and_the_last_one_ends_the_conference(desk: Desk) -> None:
    room = await desk.open_room("room", ANA, BOB)
    await desk.sdk.conferences.actions.leave(room, call_control_id=desk.phone(BOB).calls[0].id)
    assert desk.phone(BOB).state == "talking"
    desk.phone(ANA).hangs_up()
    await desk.telnyx.quiet()
    assert desk.inbox.last("conference.ended")["reason"] == "all_left"
    assert len(desk.inbox.payloads("conference.participant.left")) == 2
    assert len(desk.inbox.payloads("call.hangup")) == 1
    assert desk.telnyx.rooms[room].status == "completed"


async def test_ending_hangs_up_everybody(desk: Desk) -> None:
    room = await desk.open_room("room", ANA, BOB)
    ringing = await desk.dial(CARL)
    await desk.sdk.conferences.actions.end_conference(room)
    names = await desk.seen()
    assert names.count("conference.participant.left") == 2
    assert names.count("call.hangup") == 2
    assert names.count("conference.ended") == 1
    assert desk.phone(CARL).calls[0].id == ringing
    assert desk.phone(CARL).state == "ringing"


async def test_ending_takes_the_creator_with_it_wherever_they_are(desk: Desk) -> None:
    room = await desk.open_room("room", ANA, BOB)
    await desk.open_room("other", CARL)
    await desk.sdk.conferences.actions.join("other", call_control_id=desk.phone(ANA).calls[0].id)
    assert desk.phone(ANA).room == "other"
    await desk.sdk.conferences.actions.end_conference(room)
    await desk.telnyx.quiet()
    assert desk.phone(ANA).state == "idle"
    causes = {payload["to"]: payload["hangup_cause"] for payload in desk.inbox.payloads("call.hangup")}
    assert causes == {ANA: "time_limit", BOB: "normal_clearing"}


@pytest.mark.parametrize(
    ("flag", "bob"), [("end_conference_on_exit", "idle"), ("soft_end_conference_on_exit", "talking")]
)
async def test_a_host_who_leaves_ends_the_conference(desk: Desk, flag: str, bob: str) -> None:
    room = await desk.open_room("room", BOB)
    await desk.sdk.conferences.actions.join(room, call_control_id=await desk.reach(ANA), extra_body={flag: True})
    desk.phone(ANA).hangs_up()
    await desk.telnyx.quiet()
    assert desk.inbox.last("conference.ended")["reason"] == "host_left"
    assert desk.phone(BOB).state == bob


async def test_nothing_outlives_four_hours(desk: Desk) -> None:
    room = await desk.open_room("room", ANA)
    desk.clock.skip(hours=4)
    await desk.phone(ANA).idle()
    await desk.telnyx.quiet()
    assert desk.telnyx.rooms[room].status == "completed"
    assert desk.inbox.names().count("conference.ended") == 1


async def test_a_shorter_life_can_be_asked_for(desk: Desk) -> None:
    call = await desk.reach(ANA)
    await desk.sdk.conferences.create(call_control_id=call, name="room", duration_minutes=5)
    desk.clock.skip(minutes=5)
    await desk.phone(ANA).idle()
    await desk.telnyx.quiet()
    assert desk.inbox.last("conference.ended")["reason"] == "time_exceeded"


async def test_the_account_can_be_looked_at(desk: Desk) -> None:
    balance = await desk.sdk.balance.retrieve()
    assert balance.data
    assert balance.data.currency == "USD"
    desk.telnyx.application["webhook_api_version"] = "1"
    application = await desk.sdk.call_control_applications.retrieve(APP)
    assert application.data
    assert application.data.webhook_api_version == "1"
    assert application.data.webhook_event_url == desk.telnyx.webhook_url


async def test_the_snapshot_shows_phones_and_rooms(desk: Desk) -> None:
    changes: list[int] = []
    desk.telnyx.on_change(lambda: changes.append(1))
    await desk.open_room("room", ANA)
    await desk.dial(BOB)
    picture = desk.telnyx.snapshot()
    room = {"name": "room", "status": "in_progress", "members": [ANA], "talking": None, "recording": None}
    assert picture["rooms"] == [room]
    assert isinstance(picture["phones"], list)
    assert set(picture["phones"][0]) == {
        "number",
        "label",
        "state",
        "since",
        "heard",
        "room",
        "mood",
        "muted",
        "held",
        "holds",
    }
    assert [phone["state"] for phone in picture["phones"]] == ["talking", "ringing"]
    assert picture["phones"][1]["since"] == desk.phone(BOB).calls[0].started_at
    assert changes

"""Who comes in finds the others: one room at a time, created once by its stored name, joined by that name."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.stories.harness import Actor, Stage, requests, story
from tests.stories.waiting import eventually, tried

CREATE, JOIN = "/conferences", "/actions/join"


async def people(stage: Stage, *names: str) -> list[Actor]:
    """Ana and the others; the others' phones ring about payments."""
    ana, *others = (stage.person(name, f"+1212555012{at}") for at, name in enumerate(("Ana", *names)))
    await ana.types("create payments " + " ".join(f"@{name}" for name in names), stage.channel)
    for one in others:
        await one.phone.rings()
    return [ana, *others]


async def reaches_the_gate(person: Actor) -> None:
    person.phone.answers()
    await person.phone.hears("Press 1")


async def test_the_first_opens_the_room_while_others_still_ring(stage: Stage) -> None:
    _, bo, cleo = await people(stage, "Bo", "Cleo")
    await bo.comes_in()
    assert cleo.phone.state == "ringing"
    await stage.quiet()
    await cleo.comes_in()
    assert bo.phone.room == cleo.phone.room
    [created] = requests(stage.house, CREATE)
    [joined] = [one for one in stage.house.telnyx.requests if one.path.endswith(JOIN)]
    assert joined.path == f"/v2/conferences/{created['name']}{JOIN}"
    thread = await stage.thread("payments")
    await thread.card_shows("2 in")


async def test_two_who_press_at_the_same_moment_meet_in_one_room(stage: Stage) -> None:
    _, bo, cleo, dev = await people(stage, "Bo", "Cleo", "Dev")
    for one in (bo, cleo, dev):
        await reaches_the_gate(one)
    await stage.quiet()
    for one in (bo, cleo, dev):
        one.phone.presses("1")
    for one in (bo, cleo, dev):
        await one.phone.in_room()
    assert len(stage.house.telnyx.rooms) == 1
    assert len(requests(stage.house, CREATE)) == 1


async def test_the_opener_hangs_up_before_the_room_exists(stage: Stage) -> None:
    _, bo, cleo = await people(stage, "Bo", "Cleo")
    for one in (bo, cleo):
        await reaches_the_gate(one)
    await stage.quiet()
    stage.house.telnyx.trouble.api_500 = 1  # the first create is not done
    bo.phone.presses("1")
    await eventually(lambda: requests(stage.house, CREATE), "Telnyx is asked for a room")
    bo.phone.hangs_up()
    cleo.phone.presses("1")
    await cleo.phone.in_room()
    thread = await stage.thread("payments")
    await thread.shows("Bo: hung up")
    await thread.shows("Cleo joined")
    assert len(stage.house.telnyx.rooms) == 1


async def test_an_opener_who_is_gone_opens_nothing(stage: Stage) -> None:
    """90018 on create, while the news of the hang-up is still on its way."""
    _, bo, cleo = await people(stage, "Bo", "Cleo")
    for one in (bo, cleo):
        await reaches_the_gate(one)
    await stage.quiet()
    bo.phone.presses("1")
    stage.house.telnyx.trouble.late = 30.0
    bo.phone.hangs_up()
    stage.house.telnyx.trouble.late = 0.0
    await refused(stage, "90018")
    cleo.phone.presses("1")
    await cleo.phone.in_room()
    stage.house.clock.skip(seconds=30)
    await (await stage.thread("payments")).shows("Bo: hung up")
    assert len(stage.house.telnyx.rooms) == 1


async def test_a_create_whose_answer_is_lost_makes_no_second_room(stage: Stage) -> None:
    """After Telnyx has forgotten the command: 90033 on create, 90044 on join, and both mean done."""
    ana, bo = await people(stage, "Bo")
    cleo = stage.person("Cleo", "+12125550133")
    await reaches_the_gate(bo)
    await stage.quiet()
    trouble = stage.house.telnyx.trouble
    bo.phone.presses("1")
    trouble.dropped, trouble.api_500_after = 1.0, 1_000_000  # with the news of the room, no answer would be missed
    await eventually(lambda: stage.house.telnyx.rooms, "Telnyx makes the room")
    await tried(stage.program, 1)
    stage.house.clock.skip(seconds=61)
    trouble.api_500_after = 0
    await stage.quiet()
    trouble.dropped = 0.0
    assert refusals(stage) == ["90033", "90044"]
    await ana.types("invite @cleo", stage.channel)
    await cleo.comes_in()
    assert bo.phone.room == cleo.phone.room
    assert len(stage.house.telnyx.rooms) == 1


async def test_a_room_that_has_ended_unnoticed_is_followed_by_the_next(stage: Stage) -> None:
    """90019 on join."""
    _, bo, cleo = await people(stage, "Bo", "Cleo")
    await bo.comes_in()
    await stage.quiet()
    stage.house.telnyx.trouble.dropped = 1.0
    bo.phone.hangs_up()
    stage.house.telnyx.trouble.dropped = 0.0
    await cleo.comes_in()
    assert refusals(stage) == ["90019"]
    assert room_numbers(stage) == ["1", "2"]


async def test_a_room_that_telnyx_does_not_know_yet_is_waited_for(stage: Stage) -> None:
    """90058 on join."""
    _, bo, cleo = await people(stage, "Bo", "Cleo")
    await bo.comes_in()
    await reaches_the_gate(cleo)
    await stage.quiet()
    with unknown_rooms(stage):
        cleo.phone.presses("1")
        await refused(stage, "90058")
    await cleo.phone.in_room()
    assert cleo.phone.room == bo.phone.room
    assert room_numbers(stage) == ["1"]


async def test_a_room_that_telnyx_does_not_know_for_long_is_followed_by_the_next(stage: Stage) -> None:
    _, bo, cleo = await people(stage, "Bo", "Cleo")
    await bo.comes_in()
    await reaches_the_gate(cleo)
    await stage.quiet()
    with unknown_rooms(stage):
        cleo.phone.presses("1")
        await refused(stage, "90058")
        stage.house.clock.skip(seconds=6)
        await cleo.phone.in_room()
    assert room_numbers(stage) == ["1", "2"]


async def test_a_call_that_is_not_answered_yet_is_asked_again(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """90034: the news of an answer was quicker than Telnyx itself."""
    async with story(tmp_path, caplog, confab_gate="none") as stage:
        _, bo = await people(stage, "Bo")
        await stage.quiet()
        call = bo.phone.call
        assert call
        await stage.house.telnyx.send(
            {"data": {"event_type": "call.answered", "id": "early", "payload": {**call.ids(), **call.from_to()}}}
        )
        await refused(stage, "90034")
        bo.phone.answers()
        await bo.phone.in_room()


@contextmanager
def unknown_rooms(stage: Stage) -> Iterator[None]:
    """Telnyx knows none of the rooms that it had."""
    rooms = stage.house.telnyx.rooms
    kept = dict(rooms)
    rooms.clear()
    yield
    rooms.update(kept)


async def refused(stage: Stage, code: str) -> None:
    await eventually(lambda: code in refusals(stage), f"Telnyx refuses a seat with {code}")


def refusals(stage: Stage) -> list[object]:
    """The codes with which Telnyx refused to seat somebody."""
    seating = [one for one in stage.house.telnyx.requests if one.path.endswith((CREATE, JOIN))]
    errors = [one.answer["errors"] for one in seating if one.status in {404, 422}]
    return [error["code"] for found in errors if isinstance(found, list) for error in found]


def room_numbers(stage: Stage) -> list[str]:
    """The ends of the names of all rooms asked for."""
    return [str(body["name"]).rsplit("-", 1)[1] for body in requests(stage.house, CREATE)]

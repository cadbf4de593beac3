"""How conferences end: by a word, at any moment, or by themselves; and nobody stays on the line."""

from copy import copy

from tests.stories.harness import Actor, Stage, requests
from tests.stories.waiting import eventually

CREATE = "/conferences"


async def two(stage: Stage) -> tuple[Actor, Actor]:
    """Ana asks, Bo's phone rings."""
    ana, bo = stage.person("Ana", "+12125550111"), stage.person("Bo", "+12125550122")
    await ana.types("create payments @bo", stage.channel)
    await bo.phone.rings()
    return ana, bo


async def test_ended_while_a_phone_rings(stage: Stage) -> None:
    ana, bo = await two(stage)
    await stage.quiet()
    await ana.types("end", stage.channel)
    await bo.phone.idle()
    assert bo.phone.calls[0].ending
    assert bo.phone.calls[0].ending.cause == "originator_cancel"
    thread = await stage.thread("payments")
    await thread.shows("Ended by Ana. Nobody had joined.")
    await thread.card_shows("ENDED*, nobody came, by Ana", "missed", "cancelled")
    assert "Ring again" not in str(thread.card.blocks)


async def test_ended_at_the_gate(stage: Stage) -> None:
    ana, bo = await two(stage)
    bo.phone.answers()
    await bo.phone.hears("Press 1")
    await ana.types("end", stage.channel)
    await bo.phone.idle()
    await (await stage.thread("payments")).shows("Ended by Ana. Nobody had joined.")
    assert requests(stage.house, CREATE) == []


async def test_ended_while_the_room_is_being_made(stage: Stage) -> None:
    """Telnyx makes the room and its answer is lost; nobody is left alone in it."""
    ana, bo = await two(stage)
    bo.phone.answers()
    await bo.phone.hears("Press 1")
    await stage.quiet()
    trouble = stage.house.telnyx.trouble
    bo.phone.presses("1")
    trouble.late, trouble.api_500_after = 20.0, 1  # the news of the room comes after the end
    await eventually(lambda: trouble.api_500_after == 0, "Telnyx makes the room")
    trouble.late = 0.0
    await ana.types("end", stage.channel)
    await bo.phone.idle()
    stage.house.clock.skip(seconds=20)
    await stage.quiet()
    assert [room.status for room in stage.house.telnyx.rooms.values()] == ["completed"]


async def test_the_room_ends_as_one_and_who_is_not_in_it_is_hung_up(stage: Stage) -> None:
    ana, bo = await two(stage)
    cleo, dev = stage.person("Cleo", "+12125550133"), stage.person("Dev", "+12125550144")
    await ana.types("invite @cleo @dev", stage.channel)
    for one in (bo, cleo):
        await one.comes_in()
    await dev.phone.rings()
    await stage.quiet()
    await ana.types("end", stage.channel)
    for one in (bo, cleo, dev):
        await one.phone.idle()
    await (await stage.thread("payments")).shows("On the line: Bo and Cleo.")
    assert len(requests(stage.house, "/actions/end")) == 1
    assert len(requests(stage.house, "/actions/hangup")) == 1


async def test_it_ends_by_itself_a_minute_after_the_last_one_left(stage: Stage) -> None:
    _, bo = await two(stage)
    await bo.comes_in()
    await stage.passes(minutes=9)
    bo.phone.hangs_up()
    thread = await stage.thread("payments")
    await thread.shows("Bo left after 9 min")
    await stage.passes(seconds=45)  # real seconds pass as well
    await thread.card_shows("LIVE")
    await stage.passes(seconds=16)
    await thread.shows("Ended after 10 min: nobody was on the line any more. On the line: Bo.")
    await thread.card_shows("ENDED")


async def test_somebody_who_is_rung_again_in_that_minute_keeps_it_alive(stage: Stage) -> None:
    ana, bo = await two(stage)
    await bo.comes_in()
    bo.phone.hangs_up()
    await stage.passes(seconds=50)
    await ana.types("invite @bo", stage.channel)
    await bo.comes_in()
    await stage.passes(minutes=5)
    await (await stage.thread("payments")).card_shows("LIVE")
    assert bo.phone.room


async def test_it_ends_after_half_an_hour_when_nobody_ever_came(stage: Stage) -> None:
    ana = stage.person("Ana", "+12125550111")
    await ana.types("create payments", stage.channel)
    thread = await stage.thread("payments")
    await stage.passes(minutes=29)
    await thread.card_shows("OPEN")
    await stage.passes(minutes=1.1)
    await thread.shows("Ended: nobody came.")
    await thread.card_shows("ENDED*, nobody came")


async def test_who_comes_in_after_everybody_has_left_opens_the_next_room(stage: Stage) -> None:
    ana, bo = await two(stage)
    cleo = stage.person("Cleo", "+12125550133")
    await bo.comes_in()
    await ana.types("invite @cleo", stage.channel)
    await cleo.phone.rings()
    bo.phone.hangs_up()
    await stage.quiet()
    await cleo.comes_in()
    first, second = (str(body["name"]) for body in requests(stage.house, CREATE))
    assert (first[-2:], second) == ("-1", f"{first[:-2]}-2")
    thread = await stage.thread("payments")
    await thread.shows("Cleo joined")
    await ana.types("end", stage.channel)
    await cleo.phone.idle()


async def test_a_word_about_a_conference_that_is_over_is_refused(stage: Stage) -> None:
    ana, bo = await two(stage)
    thread = await stage.thread("payments")
    before = copy(thread.card)  # a screen that lags behind
    await ana.types("end", stage.channel)
    await thread.card_shows("ENDED")
    await bo.phone.idle()
    await ana.clicks(before, "Ring me")
    await ana.is_told("payments is already over.")
    assert ana.phone.ring_count == 0

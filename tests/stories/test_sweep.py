"""News that never came is asked for."""

from tests.stories.harness import Stage

ANA, BO = "+12125550111", "+12125550122"


async def test_a_phone_that_went_away_unseen(stage: Stage) -> None:
    ana, bo = stage.person("Ana", ANA), stage.person("Bo", BO)
    await ana.types("create payments down @bo", stage.channel)
    await bo.comes_in()
    thread = await stage.thread("payments down")
    await thread.shows("Bo joined")
    stage.house.telnyx.trouble.set("dropped", 1.0)
    bo.phone.hangs_up()
    await stage.quiet()
    stage.house.telnyx.trouble.set("dropped", 0.0)
    await stage.passes(seconds=31)
    await thread.shows("Bo left")
    await thread.shows("put the list right")
    await thread.card_shows("Bo", "left")


async def test_somebody_who_answered_unseen_is_asked_for_the_key(stage: Stage) -> None:
    ana, bo = stage.person("Ana", ANA), stage.person("Bo", BO)
    await ana.types("create payments down @bo", stage.channel)
    await bo.phone.rings()
    thread = await stage.thread("payments down")
    await thread.shows("Ringing Bo")
    stage.house.telnyx.trouble.set("dropped", 1.0)
    bo.phone.answers()
    await stage.quiet()
    stage.house.telnyx.trouble.set("dropped", 0.0)
    await stage.passes(seconds=60)
    await stage.passes(seconds=60)
    await bo.phone.hears("Press 1")
    bo.phone.presses("1")
    await bo.phone.in_room()
    await thread.shows("Bo joined")


async def test_a_room_joined_unseen_shows_who_is_in(stage: Stage) -> None:
    ana, bo = stage.person("Ana", ANA), stage.person("Bo", BO)
    await ana.types("create payments down @bo", stage.channel)
    await bo.phone.rings()
    bo.phone.answers()
    await bo.phone.hears("Press 1")
    thread = await stage.thread("payments down")
    stage.house.telnyx.on_change(lambda: _drop_once_in(stage, bo.phone.room))
    bo.phone.presses("1")
    await bo.phone.in_room()
    await stage.quiet()
    stage.house.telnyx.trouble.set("dropped", 0.0)
    await stage.passes(seconds=31)
    await thread.shows("Bo joined")
    await thread.card_shows("Bo", "in since")


def _drop_once_in(stage: Stage, room: object) -> None:
    if room and not stage.house.telnyx.trouble.dropped:
        stage.house.telnyx.trouble.dropped = 1.0


async def test_what_is_well_is_left_alone(stage: Stage) -> None:
    ana, bo = stage.person("Ana", ANA), stage.person("Bo", BO)
    await ana.types("create payments down @bo", stage.channel)
    await bo.comes_in()
    thread = await stage.thread("payments down")
    await thread.shows("Bo joined")
    for _ in range(3):
        await stage.passes(seconds=31)
    assert not [line for line in thread.lines if "put the list right" in line]
    assert bo.phone.state == "talking"

"""Who is not reached is rung again, at the next number, or somebody else is rung instead."""

from tests.stories.harness import Actor, Stage, Thread


async def people(stage: Stage) -> tuple[Actor, Actor, Actor]:
    return (
        stage.person("Ana", "+12125550111"),
        stage.person("Bo", "+12125550122"),
        stage.person("Cy", "+12125550133"),
    )


async def rung_times(stage: Stage, who: Actor, times: int) -> None:
    await stage.house.telnyx.until(lambda: who.phone.ring_count == times, what=f"{times} rings")


async def begun(stage: Stage, ana: Actor, sentence: str) -> Thread:
    await ana.types(f"create payments {sentence}", stage.channel)
    return await stage.thread("payments")


async def test_who_is_busy_is_rung_once_more_after_a_minute(stage: Stage) -> None:
    ana, bo, _ = await people(stage)
    bo.phone.mood = "busy"
    thread = await begun(stage, ana, "@bo")
    await thread.shows("Bo: busy")
    await thread.shows("Bo: rung again in 1 min")
    await thread.card_shows("next: rung again", "Ring now", "Stop")
    await stage.passes(seconds=61)
    await rung_times(stage, bo, 2)
    await stage.passes(minutes=5)
    assert bo.phone.ring_count == 2


async def test_ring_and_redial_are_as_asked_for(stage: Stage) -> None:
    ana, bo, _ = await people(stage)
    bo.phone.mood = "deaf"
    thread = await begun(stage, ana, "@bo --ring 20s --redial 3x90s")
    for times in range(1, 5):
        await rung_times(stage, bo, times)
        await stage.passes(seconds=21)
        await stage.passes(seconds=91)
    await stage.passes(minutes=10)
    assert bo.phone.ring_count == 4
    await thread.card_shows("no answer", "rung 4 times")


async def test_redial_off_rings_once(stage: Stage) -> None:
    ana, bo, _ = await people(stage)
    bo.phone.mood = "busy"
    await begun(stage, ana, "@bo --redial off")
    await stage.passes(minutes=5)
    assert bo.phone.ring_count == 1


async def test_ring_now_and_stop_stand_on_the_card(stage: Stage) -> None:
    ana, bo, _ = await people(stage)
    bo.phone.mood = "busy"
    thread = await begun(stage, ana, "@bo --redial 5x600s")
    await thread.card_shows("next: rung again", "Ring now")
    await ana.clicks(thread.card, "Ring now")
    await rung_times(stage, bo, 2)
    await thread.card_shows("next: rung again", "Stop")
    await ana.clicks(thread.card, "Stop")
    await ana.is_told("Not rung any more: Bo.")
    await stage.passes(minutes=30)
    assert bo.phone.ring_count == 2


async def test_the_second_number_is_rung_and_then_the_deputy(stage: Stage) -> None:
    ana, bo, cy = await people(stage)
    await bo.types("number +1 212 555 0122 +1 212 555 0144", stage.channel)
    await bo.is_told("+12125550122, then +12125550144")
    bo.phone.mood = "unknown"
    second = stage.house.telnyx.phone("+12125550144")
    second.mood = "declines"
    thread = await begun(stage, ana, "@bo else @cy")
    await thread.shows("Bo: the next number is rung now")
    await stage.passes(seconds=5)
    await stage.house.telnyx.until(lambda: second.ring_count == 1, what="the second number rings")
    await thread.shows("Bo: Cy is rung instead")
    await stage.passes(seconds=5)
    await cy.comes_in()
    await thread.shows("Cy joined")


async def test_a_deputy_is_not_rung_when_the_first_comes(stage: Stage) -> None:
    ana, bo, cy = await people(stage)
    thread = await begun(stage, ana, "@bo else @cy")
    await thread.card_shows("else Cy")
    await bo.comes_in()
    await stage.passes(minutes=5)
    assert cy.phone.ring_count == 0


async def test_nobody_is_rung_after_the_end(stage: Stage) -> None:
    ana, bo, cy = await people(stage)
    bo.phone.mood = "busy"
    thread = await begun(stage, ana, "@bo else @cy")
    await thread.shows("rung again in 1 min")
    await ana.types("end", stage.channel)
    await thread.shows("Ended")
    await stage.passes(minutes=5)
    assert (bo.phone.ring_count, cy.phone.ring_count) == (1, 0)

"""Everybody who was missed is told with a plain reason, and can be rung again."""

from tests.stories.harness import Stage, requests
from web.sandbox.telnyx import Mood

MISSES: dict[Mood, str] = {
    "busy": "busy",
    "declines": "declined the call",
    "unknown": "the number is not in service",
    "carrier": "carrier trouble (SIP 503)",
    "deaf": "no answer",
}


async def test_every_miss_has_its_reason(stage: Stage) -> None:
    ana = stage.person("Ana", "+12125550110")
    people = [stage.person(mood, f"+1212555012{place}") for place, mood in enumerate(MISSES)]
    for person, mood in zip(people, MISSES, strict=True):
        person.phone.mood = mood
    await ana.types("create payments down @busy @declines @unknown @carrier @deaf", stage.channel)
    thread = await stage.thread("payments down")
    await stage.quiet()
    await stage.passes(seconds=31)
    for mood, reason in MISSES.items():
        await thread.shows(f"❌ {mood}: {reason}")
        await thread.card_shows(f"*{mood}*: missed at", reason)
    assert all(person.phone.call is None for person in people)


async def test_ring_again_rings_those_who_missed_with_a_new_leg(stage: Stage) -> None:
    ana, bo, cleo = (stage.person(name, f"+1212555012{at}") for at, name in enumerate(("Ana", "Bo", "Cleo")))
    bo.phone.mood = "busy"
    await ana.types("create payments down @bo @cleo", stage.channel)
    thread = await stage.thread("payments down")
    await cleo.comes_in()
    await thread.shows("Bo: busy")
    await thread.card_shows("Ring again")
    bo.phone.mood = "person"
    await ana.clicks(thread.card, "Ring again")
    await bo.comes_in()
    await thread.shows("Bo joined")
    await thread.card_shows("rung 2 times")
    assert cleo.phone.ring_count == 1
    assert len({dial["client_state"] for dial in requests(stage.house, "/calls")}) == 3
    assert len({cleo.phone.room, bo.phone.room}) == 1

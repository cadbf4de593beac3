"""The main job, end to end."""

from tests.stories.harness import Stage


async def test_a_conference_from_the_first_word_to_the_end(stage: Stage) -> None:
    ana = stage.person("Ana", "+12125550111")
    bo = stage.person("Bo", "+12125550122")
    guest = stage.house.telnyx.phone("+12125550199")

    await ana.types("create payments down @bo +1 212 555 0199", stage.channel)
    thread = await stage.thread("payments down")
    await thread.shows("Ringing")
    await bo.comes_in()
    await thread.shows("Bo joined")

    await guest.rings()
    guest.answers()
    await guest.hears("Press 1")
    guest.presses("1")
    await guest.in_room()
    await thread.shows("…0199 joined")
    await thread.card_shows("Bo", "…0199", "in")

    await ana.types("end", stage.channel)
    await thread.shows("Ended by Ana")
    await bo.phone.idle()
    await guest.idle()
    assert bo.phone.ring_count == 1

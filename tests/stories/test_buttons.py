"""The card's buttons: Ring me, Invite…, Ring again, End…; and the questions that have buttons of their own."""

from tests.stories.harness import Actor, Stage, Thread, buttons, requests, shown


async def begin(stage: Stage, sentence: str = "create payments down") -> tuple[Actor, Actor, Thread]:
    ana, bo = stage.person("Ana", "+12125550111"), stage.person("Bo", "+12125550122")
    await ana.types(sentence, stage.channel)
    return ana, bo, await stage.thread("payments down")


async def everybody_in(stage: Stage) -> tuple[Actor, list[Actor], Thread]:
    ana, bo, thread = await begin(stage)
    cleo = stage.person("Cleo", "+12125550133")
    await ana.types("invite @ana @bo @cleo", stage.channel)
    for actor in (ana, bo, cleo):
        await actor.comes_in()
        await thread.shows(f"{actor.user.real_name} joined")
    return ana, [ana, bo, cleo], thread


async def test_ring_me_rings_whoever_presses_it(stage: Stage) -> None:
    _, bo, thread = await begin(stage)
    await bo.clicks(thread.card, "Ring me")
    await bo.comes_in()
    await thread.shows("Bo joined")
    await bo.is_told("Ringing Bo.")


async def test_invite_opens_a_form_for_people_and_numbers(stage: Stage) -> None:
    ana, bo, thread = await begin(stage)
    await ana.clicks(thread.card, "Invite…")
    await ana.fills_in((bo,), "+1 212 555 0199, (646) 555-0123")
    for phone in (bo.phone, *map(stage.house.telnyx.phone, ("+12125550199", "+16465550123"))):
        await phone.rings()
    await ana.is_told("Ringing Bo, …0199, …0123.")
    await thread.shows("Ringing")
    assert stage.house.slack.views(ana.user) == []


async def test_a_form_that_names_nobody_says_so_and_stays_open(stage: Stage) -> None:
    ana, _, thread = await begin(stage)
    await ana.clicks(thread.card, "Invite…")
    await ana.fills_in()
    (view,) = stage.house.slack.views(ana.user)
    assert view.errors == {"people": "Choose somebody here, or type a number below."}
    assert requests(stage.house, "/calls") == []


async def test_a_form_with_a_bad_number_rings_nobody_and_says_why(stage: Stage) -> None:
    ana, bo, thread = await begin(stage)
    await ana.clicks(thread.card, "Invite…")
    await ana.fills_in((bo,), "911")
    (view,) = stage.house.slack.views(ana.user)
    assert "“911” is an emergency number" in view.errors["numbers"]
    assert requests(stage.house, "/calls") == []


async def test_a_form_with_a_number_that_may_not_be_rung_says_so_and_can_be_mended(stage: Stage) -> None:
    ana, bo, thread = await begin(stage)
    await ana.clicks(thread.card, "Invite…")
    await ana.fills_in((bo,), "+44 20 7946 0018")
    (view,) = stage.house.slack.views(ana.user)
    assert "only these countries are rung: US" in view.errors["numbers"]
    await ana.fills_in((bo,), "+1 212 555 0199")
    for phone in (bo.phone, stage.house.telnyx.phone("+12125550199")):
        await phone.rings()
    assert len(requests(stage.house, "/calls")) == 2


async def test_ring_again_is_there_when_somebody_missed_and_rings_them(stage: Stage) -> None:
    ana, bo, thread = await begin(stage)
    assert not any("Ring again" in label for label in buttons(thread.card))
    await ana.types("invite @bo @ana", stage.channel)
    await ana.comes_in()
    await bo.phone.rings()
    bo.phone.declines()
    await thread.card_shows("Ring again", "declined the call")
    await ana.clicks(thread.card, "Ring again")
    await bo.comes_in()
    await thread.card_shows("2 in")
    assert not any("Ring again" in label for label in buttons(thread.card))
    assert ana.phone.ring_count == 1


async def test_end_always_asks_first_and_then_ends(stage: Stage) -> None:
    ana, bo, thread = await begin(stage)
    await ana.types("invite @bo", stage.channel)
    await bo.comes_in()
    await thread.card_shows("1 in")
    (end,) = [e for block in thread.card.blocks for e in block.get("elements", []) if e.get("action_id") == "conf:end"]
    assert end["confirm"]["confirm"]["text"] == "End it"
    assert end["confirm"]["deny"]["text"] == "Keep it"
    await bo.clicks(thread.card, "End…")
    await thread.shows("Ended by Bo")
    await bo.phone.idle()
    await thread.card_shows("ENDED")
    assert buttons(thread.card) == {}


async def test_a_button_of_a_conference_that_is_over_says_so(stage: Stage) -> None:
    ana, bo, thread = await begin(stage)
    old = {label: pressed for label, pressed in buttons(thread.card).items() if label == "Ring me"}
    seen = stage.house.slack.find(stage.channel, thread.ts)
    assert seen is not None
    still_shown = list(seen.blocks)
    await ana.types("end", stage.channel)
    await thread.card_shows("ENDED")
    seen.blocks = still_shown  # Bo's screen is behind
    await stage.house.slack.click(bo.user, seen, *old["Ring me"][:1])
    await bo.is_told("payments down is already over.")
    assert requests(stage.house, "/calls") == []


async def test_typed_end_asks_privately_when_three_are_in(stage: Stage) -> None:
    ana, people, thread = await everybody_in(stage)
    await ana.types("end", stage.channel)
    question = await ana.is_told("3 people are in payments down. End it for all of them?")
    assert all(actor.phone.room for actor in people)
    assert not any("End it for all" in line for line in thread.lines)
    await ana.clicks(question, "End it")
    await thread.shows("Ended by Ana")
    for actor in people:
        await actor.phone.idle()
    assert "End it for all" not in shown(question)


async def test_end_now_does_not_ask(stage: Stage) -> None:
    ana, people, thread = await everybody_in(stage)
    await ana.types("end now", stage.channel)
    await thread.shows("Ended by Ana")
    for actor in people:
        await actor.phone.idle()
    assert not any("End it for all" in text for text in ana.private)


async def test_end_with_other_words_is_not_guessed_at(stage: Stage) -> None:
    ana, _, thread = await begin(stage)
    await ana.types("end tomorrow", stage.channel)
    await ana.is_told("I do not know how to end “tomorrow”")
    assert "OPEN" in shown(thread.card)


async def test_a_click_that_is_delivered_twice_rings_once(stage: Stage) -> None:
    _, bo, thread = await begin(stage)
    stage.house.slack.trouble.twice = True
    await bo.clicks(thread.card, "Ring me")
    await bo.comes_in()
    await thread.shows("Bo joined")
    assert bo.phone.ring_count == 1
    assert sum("Ringing Bo" in text for text in bo.private) == 1


async def test_an_impatient_second_click_rings_nobody_twice(stage: Stage) -> None:
    _, bo, thread = await begin(stage)
    await bo.clicks(thread.card, "Ring me")
    await bo.clicks(thread.card, "Ring me")
    await bo.is_told("Already in or being rung: Bo.")
    await bo.comes_in()
    assert bo.phone.ring_count == 1

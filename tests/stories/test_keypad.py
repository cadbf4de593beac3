"""The keys of a phone in the room; the answer is spoken to that phone alone."""

from tests.stories.harness import Actor, Stage, Thread


async def two(stage: Stage) -> tuple[Actor, Actor, Thread]:
    ana, bo = stage.person("Ana", "+12125550111"), stage.person("Bo", "+12125550122")
    await ana.types("create payments @ana @bo", stage.channel)
    await ana.comes_in()
    await bo.comes_in()
    thread = await stage.thread("payments")
    await thread.card_shows("2 in")
    return ana, bo, thread


async def test_star_6_mutes_and_unmutes_me(stage: Stage) -> None:
    ana, bo, thread = await two(stage)
    bo.phone.presses("*6")
    await bo.phone.hears("You are muted. Press star six")
    await thread.shows("Bo muted on the phone")
    await thread.card_shows("🔇 *Bo*")
    await stage.house.telnyx.until(lambda: bo.phone.muted, what="Bo is muted")
    assert not any("muted" in text for text in ana.phone.heard)
    bo.phone.presses("*6")
    await bo.phone.hears("You are unmuted.")
    await thread.shows("Bo unmuted on the phone")


async def test_star_6_unmutes_who_was_muted_by_somebody_else(stage: Stage) -> None:
    ana, bo, _ = await two(stage)
    await ana.types("mute bo", stage.channel)
    await bo.phone.hears("You are muted")
    bo.phone.presses("*6")
    await stage.house.telnyx.until(lambda: not bo.phone.muted, what="Bo is unmuted")


async def test_star_1_raises_and_lowers_a_hand(stage: Stage) -> None:
    _, bo, thread = await two(stage)
    bo.phone.presses("*1")
    await bo.phone.hears("Your hand is raised.")
    await thread.shows("Bo raised a hand")
    await thread.card_shows("✋ hand up")
    bo.phone.presses("*1")
    await bo.phone.hears("Your hand is down.")


async def test_star_2_counts_and_star_3_names(stage: Stage) -> None:
    ana, bo, _ = await two(stage)
    bo.phone.presses("*2")
    await bo.phone.hears("2 people are here.")
    bo.phone.presses("*3")
    await bo.phone.hears("Here are Ana, Bo.")
    assert not any("here." in text for text in ana.phone.heard)


async def test_star_0_calls_the_host_in_slack(stage: Stage) -> None:
    ana, bo, thread = await two(stage)
    bo.phone.presses("*0")
    await bo.phone.hears("I have called the host in Slack.")
    await thread.shows(f"Bo asks for the host: <@{ana.user.id}>")


async def test_star_hash_says_the_keys_again(stage: Stage) -> None:
    _, bo, _ = await two(stage)
    bo.phone.presses("*#")
    await bo.phone.hears("Star six mutes and unmutes you.")


async def test_a_key_without_a_star_does_nothing(stage: Stage) -> None:
    _, bo, thread = await two(stage)
    before = len(bo.phone.heard)
    bo.phone.presses("6")
    bo.phone.presses("*")
    await stage.passes(seconds=10)
    bo.phone.presses("6")
    await stage.quiet()
    assert len(bo.phone.heard) == before
    assert not any("muted" in line for line in thread.lines)

"""Every button of the card and every choice of a row's menu, pressed once."""

import pytest

from tests.stories.harness import PATIENCE, Actor, Stage, Thread, button, chooses, shown


async def begun(stage: Stage) -> tuple[Actor, Actor, Thread]:
    """Ana and Bo are in, Cy missed, Dee rings."""
    ana, bo = stage.person("Ana", "+12125550111"), stage.person("Bo", "+12125550122")
    cy, _ = stage.person("Cy", "+12125550133"), stage.person("Dee", "+12125550144")
    cy.phone.mood = "declines"
    await ana.types("create payments @ana @bo @cy", stage.channel)
    await ana.comes_in()
    await bo.comes_in()
    thread = await stage.thread("payments")
    await thread.shows("Cy: declined the call")
    await ana.types("invite @dee", stage.channel)
    await thread.shows("Ringing Dee")
    await thread.card_shows("2 in, 1 ringing, 1 missed")
    return ana, bo, thread


async def test_the_buttons_of_the_card(stage: Stage) -> None:
    ana, bo, thread = await begun(stage)
    for label, line in (
        ("Mute others", "Bo was muted by Ana"),
        ("Unmute all", "Bo was unmuted by Ana"),
        ("Record", "Recording started by Ana"),
        ("Stop recording", "Recording stopped by Ana"),
        ("Lock", "Locked by Ana"),
        ("Unlock", "Unlocked by Ana"),
        ("Ring again", "Cy: declined the call"),
    ):
        await thread.card_shows(f'"text": "{label}"')
        await ana.clicks(thread.card, label)
        await thread.shows(line)
    await thread.shows("The recording is ready")
    ready = next(
        one for one in stage.house.slack.messages(stage.channel, thread_ts=thread.ts) if "Get a link" in shown(one)
    )
    assert button(ready, "Get a link")
    await ana.clicks(ready, "Get a link")
    await ana.is_told("These links work for ten minutes.")
    eve = stage.person("Eve", "+12125550155")
    await eve.clicks(thread.card, "Ring me")
    await eve.comes_in()
    await ana.clicks(thread.card, "End…")
    await thread.shows("Ended by Ana")
    await bo.phone.idle()


@pytest.mark.parametrize(
    ("row", "label", "line"),
    [
        ("Bo", "Mute", "Bo was muted by Ana"),
        ("Bo", "Put on hold", "Bo was put on hold by Ana"),
        ("Bo", "Make host", "Bo is the host now"),
        ("Bo", "Remove", "Bo was removed by Ana"),
        ("Dee", "Stop ringing", "Dee: cancelled"),
    ],
)
async def test_the_choices_of_a_row(stage: Stage, row: str, label: str, line: str) -> None:
    ana, _, thread = await begun(stage)
    await chooses(stage, ana, thread, row, label)
    await thread.shows(line)


async def test_the_choices_that_undo(stage: Stage) -> None:
    ana, bo, thread = await begun(stage)
    await chooses(stage, ana, thread, "Bo", "Mute")
    await chooses(stage, ana, thread, "Bo", "Unmute")
    await thread.shows("Bo was unmuted by Ana")
    await chooses(stage, ana, thread, "Bo", "Put on hold")
    await chooses(stage, ana, thread, "Bo", "Take back from hold")
    await thread.shows("Bo was taken back from hold by Ana")
    await stage.house.telnyx.until(lambda: not bo.phone.held and not bo.phone.muted, PATIENCE, "Bo as before")


async def test_ring_again_and_details_of_a_row(stage: Stage) -> None:
    ana, _, thread = await begun(stage)
    stage.house.telnyx.phone("+12125550133").mood = "person"
    await chooses(stage, ana, thread, "Cy", "Ring again")
    await stage.house.telnyx.phone("+12125550133").rings()
    await chooses(stage, ana, thread, "Bo", "Details")
    told = await ana.is_told("rung once")
    assert "2125550122" not in told.text

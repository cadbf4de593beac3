"""Every verb, typed once in one evening; a verb without its sentence here fails."""

import re

from bot.core import verbs
from tests.stories.harness import Actor, Stage

# What Ana types, and what then stands in the thread (a line) or is told to her alone (in brackets).
EVENING = (
    ("skip dee", "(Not rung any more: Dee.)"),
    ("redial cy", "(Ringing again: Cy.)"),
    ("skip cy", "(Not rung any more: Cy.)"),
    ("status", "(*Ana* (host): in since)"),
    ("join", "(Already in or being rung: Ana.)"),
    ("mute bo", "Bo was muted by Ana"),
    ("unmute bo", "Bo was unmuted by Ana"),
    ("hold bo", "Bo was put on hold by Ana"),
    ("unhold bo", "Bo was taken back from hold by Ana"),
    ("say stand by", "Said to everybody by Ana: stand by"),
    ("play https://example.com/wait.mp3", "A sound was played by Ana"),
    ("record start", "Recording started by Ana; everybody was told"),
    ("record stop", "The recording is ready"),
    ("recording", "(These links work for ten minutes.)"),
    ("lock", "Locked by Ana"),
    ("unlock", "Unlocked by Ana"),
    ("dtmf bo 12#", "(Pressed into the line of Bo.)"),
    ("details bo", "(Invited by Ana.)"),
    ('rename bo as "Bo Chen"', "Bo is now shown as Bo Chen"),
    ("pin", "(Only you see this.)"),
    ("contacts add plumber +1 212 555 0199", "(Noted: plumber is rung at …0199.)"),
    ("number", "(You are rung at +12125550111.)"),
    ("whoami", "(You are Ana)"),
    ("forget me", "(It cannot be undone. Do it?)"),
    ("stop-all", "(is for admins of Confab)"),
    ("help redial", "(ring again now)"),
    ("stop-all", "(“stop-all” is for admins of Confab)"),
    ("kick bo", "Bo Chen was removed by Ana"),
    ("redial bo", "(Ringing again: Bo Chen.)"),
    ("host bo", "Bo Chen is the host now"),
)
BEGINNING, END = ("create", "invite"), ("carry", "end")


async def test_every_verb_is_said_and_does_what_it_says(stage: Stage) -> None:
    said = {sentence.split(" ")[0] for sentence, _ in EVENING}
    assert said | {*BEGINNING, *END} == set(verbs.VERBS)
    ana, bo = stage.person("Ana", "+12125550111"), stage.person("Bo", "+12125550122")
    cy, dee = stage.person("Cy", "+12125550133"), stage.person("Dee", "+12125550144")
    await ana.types("create payments @ana @bo @cy", stage.channel)
    thread = await stage.thread("payments")
    await ana.comes_in()
    await bo.comes_in()
    await cy.phone.rings()
    cy.phone.declines()
    await thread.shows("Cy: declined the call")
    await ana.types("invite @dee", stage.channel)
    await dee.phone.rings()
    for sentence, outcome in EVENING:
        await ana.types(sentence, stage.channel)
        if outcome.startswith("("):
            await ana.is_told(outcome[1:-1])
        else:
            await thread.shows(outcome)
        await stage.quiet()
    await bo.comes_in()
    assert cy.phone.ring_count == 2
    await carries_over(stage, bo)
    assert ana.phone.ring_count == 2
    await bo.types("end now", stage.channel)
    await thread.shows("Ended by Bo")
    await stage.quiet()
    assert all(one.phone.state == "idle" for one in (ana, bo, cy, dee))


async def carries_over(stage: Stage, host: Actor) -> None:
    await host.types("carry", stage.channel)
    told = await host.is_told("Going on in a fresh conference; ringing again: ")
    assert re.search(r"ringing again: (Ana, Bo Chen|Bo Chen, Ana)\.", told.text)
    await stage.passes(seconds=7)
    await stage.passes(seconds=7)
    await host.comes_in()

"""What everybody sees: the card, redrawn in place, and the thread, which tells what a person would say aloud."""

from itertools import pairwise

import pytest
from sqlalchemy import select

from bot.store.tables import journal
from tests.stories.harness import Actor, Stage, Thread, shown
from web.sandbox.telnyx.phones import Mood


def people(stage: Stage) -> tuple[Actor, Actor]:
    return stage.person("Ana", "+12125550111"), stage.person("Bo", "+12125550122")


def edits(stage: Stage, thread: Thread) -> list[float]:
    """When the card was redrawn, in seconds of the house's clock."""
    asked = [one for one in stage.house.slack.requests if one.method == "chat.update" and one.args["ts"] == thread.ts]
    return [one.at for one in asked]


async def test_the_whole_story_of_a_conference(stage: Stage) -> None:
    ana, bo = people(stage)
    await ana.types("create payments down @ana @bo", stage.channel)
    thread = await stage.thread("payments down")
    await thread.shows("Ringing Ana")  # and Bo, when both ring within the same second
    await thread.card_shows("OPEN", "host Ana", "since <!date^", "*Ana* (host): ringing", "*Bo*: ringing")
    await ana.comes_in()
    await thread.shows("Ana joined")
    await thread.card_shows("LIVE", "1 in, 1 ringing", "*Ana* (host): in since")
    await bo.comes_in()
    await thread.shows("Bo joined")
    await stage.passes(minutes=3)
    bo.phone.hangs_up()
    await thread.shows("Bo left after 3 min")
    await stage.passes(seconds=2)
    await thread.card_shows("*Bo*: left at", "after 3 min")
    await ana.types("end", stage.channel)
    await thread.shows("Ended by Ana after 3 min. On the line: Ana and Bo.")
    await thread.card_shows("ENDED* after 3 min, by Ana", "host Ana", "On the line: Ana and Bo.")
    assert len(stage.house.slack.messages(stage.channel)) == 1


MISSES: list[tuple[Mood, str]] = [
    ("busy", "busy"),
    ("declines", "declined the call"),
    ("unknown", "the number is not in service"),
    ("carrier", "carrier trouble (SIP 503)"),
    ("deaf", "no answer"),
    ("voicemail", "no key pressed (voicemail?)"),
]


@pytest.mark.parametrize(("mood", "reason"), MISSES)
async def test_every_miss_has_its_reason_in_thread_and_card(stage: Stage, mood: Mood, reason: str) -> None:
    ana, bo = people(stage)
    bo.phone.mood = mood
    await ana.types("create payments down @bo", stage.channel)
    thread = await stage.thread("payments down")
    await thread.shows("Ringing Bo")
    for _ in range(6):
        await stage.passes(seconds=20)
    await thread.shows(f"Bo: {reason}")
    await thread.card_shows("*Bo*: missed at <!date^", reason, "Ring again")


async def test_somebody_who_hangs_up_at_the_gate_is_said_so(stage: Stage) -> None:
    ana, bo = people(stage)
    await ana.types("create payments down @bo", stage.channel)
    thread = await stage.thread("payments down")
    await bo.phone.rings()
    bo.phone.answers()
    await thread.card_shows("*Bo*: answered, asked to press 1")
    await bo.phone.hears("Press 1")
    bo.phone.hangs_up()
    await thread.shows("Bo: hung up without pressing 1")


async def test_a_refused_call_is_told_with_the_code_of_telnyx(stage: Stage) -> None:
    ana, _ = people(stage)
    stage.house.telnyx.trouble.d_code = "D13"
    await ana.types("create payments down @bo", stage.channel)
    thread = await stage.thread("payments down")
    await thread.shows("Bo: not rung: the country is not enabled in the outbound voice profile (D13)")
    await thread.card_shows("(D13)")


async def test_lines_of_the_same_second_are_one_message(stage: Stage) -> None:
    ana, bo = people(stage)
    await ana.types("create payments down @ana @bo", stage.channel)
    thread = await stage.thread("payments down")
    await ana.phone.rings()
    await bo.phone.rings()
    await stage.passes(seconds=5)
    before = len(thread.lines)
    await stage.house.clock.until(int(stage.house.clock.now()) + 1)  # so that both mostly fall into one second
    ana.phone.declines()
    await stage.house.telnyx.quiet()
    bo.phone.declines()
    await thread.shows("declined the call")
    await stage.passes(seconds=5)
    told = "\n".join(thread.lines[before:])
    assert "Ana" in told
    assert "Bo" in told
    assert len(thread.lines) - before <= len(await seconds_of(stage, "HungUp"))


async def seconds_of(stage: Stage, kind: str) -> set[int]:
    """In which seconds such news came."""
    wanted = select(journal.c.at).where(journal.c.kind == kind)
    return {int(at) for at in await stage.program.store.read(lambda connection: connection.execute(wanted).scalars())}


async def test_card_edits_are_coalesced_and_the_last_state_is_always_drawn(stage: Stage) -> None:
    ana, _ = people(stage)
    began = stage.house.clock.now()
    numbers = [f"+1212555{n:04}" for n in range(200, 215)]
    await ana.types(f"create payments down {' '.join(numbers)}", stage.channel)
    await ana.clicks(await ana.is_told("That rings 15 people"), "Ring them all")
    thread = await stage.thread("payments down")
    for number in numbers:
        phone = stage.house.telnyx.phone(number)
        await phone.rings()
        phone.declines()
    await thread.card_shows("15 missed")
    lasted = stage.house.clock.now() - began
    assert 1 <= len(edits(stage, thread)) <= lasted / 2 + 1
    await stage.passes(seconds=3)
    before = len(edits(stage, thread))
    await stage.passes(minutes=1)
    assert len(edits(stage, thread)) == before


async def test_a_card_that_would_look_the_same_is_not_sent(stage: Stage) -> None:
    ana, bo = people(stage)
    await ana.types("create payments down @ana @bo", stage.channel)
    thread = await stage.thread("payments down")
    for actor in (ana, bo):
        await actor.comes_in()
    await thread.card_shows("2 in")
    for actor in (ana, bo):
        await stage.passes(seconds=5)
        actor.phone.hangs_up()  # the room tells of it and so does the call, one after the other
        await thread.card_shows(f"*{actor.user.real_name}*", "left at")
    await stage.passes(seconds=5)
    asked = [one.args for one in stage.house.slack.requests if one.method == "chat.update"]
    looks = [(str(one["text"]), str(one["blocks"])) for one in asked]
    assert all(a != b for a, b in pairwise(looks))


async def test_every_message_has_a_text_for_screen_readers(stage: Stage) -> None:
    ana, bo = people(stage)
    await ana.types("create payments down @bo", stage.channel)
    thread = await stage.thread("payments down")
    await bo.comes_in()
    for sentence in ("status", "help", "invite @bo", "invite 5", "end"):
        await ana.types(sentence, stage.channel)
    await thread.shows("Ended")
    await stage.quiet()
    posts = [one.args for one in stage.house.slack.requests if one.method in {"chat.postMessage", "chat.update"}]
    assert posts
    assert all(one["text"].strip() for one in posts)
    assert all(one.text.strip() for one in stage.house.slack.ephemerals(ana.user))
    assert any(one["text"].startswith("payments down: ended after") for one in posts)


async def test_everything_typed_is_escaped(stage: Stage) -> None:
    ana = stage.person("Ana <!channel> & Co", "+12125550111")
    topic = "<!here> & <@U0123|boss> <https://evil.example|click>"
    await ana.types(f"create {topic} +1 212 555 0199", stage.channel)
    thread = await stage.thread("click")
    await thread.shows("Ringing")
    await ana.types("status", stage.channel)
    await ana.is_told("&amp;")
    await ana.types("<!channel>", stage.channel)
    await ana.types("end", stage.channel)
    await thread.shows("Ended by Ana &lt;!channel&gt; &amp; Co")
    everything = [*stage.house.slack.messages(stage.channel, thread_ts=thread.ts)]
    everything += stage.house.slack.ephemerals(ana.user)
    for message in everything:
        for token in ("<!here", "<!channel", "<@U0123", "<https"):
            assert token not in shown(message), shown(message)


async def test_a_card_deleted_by_hand_is_posted_anew(stage: Stage) -> None:
    ana, bo = people(stage)
    await ana.types("create payments down @bo", stage.channel)
    first = await stage.thread("payments down")
    await first.shows("Ringing Bo")
    await stage.quiet()
    stage.house.slack.delete(first.card)
    await bo.comes_in()
    second = await stage.thread("payments down")
    await second.card_shows("LIVE", "*Bo*: in since")
    assert second.ts != first.ts
    await ana.types("end", stage.channel)
    await second.shows("Ended by Ana")
    await second.card_shows("ENDED")

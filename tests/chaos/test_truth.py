"""The judge of a chaos run: it sees what was lost, doubled or told in another order, and takes merged lines as told."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from bot.core.effects import Line, Says
from bot.slack import lines as thread
from tests.chaos.database import Database
from tests.chaos.truth import Kept, Verdict, check_end, check_thread, read
from tests.postgres import KEY
from tests.stories.harness import story
from web.sandbox.house import House
from web.sandbox.slack import Channel, Delivered, Message
from web.sandbox.telnyx import Phone

RINGING = Line("c", Says.RINGING, ("Ana",))
JOINED = Line("c", Says.JOINED, ("Ana",))
TROUBLE = Line("c", Says.TROUBLE, detail="it hangs")
LEFT = Line("c", Says.LEFT, ("Ana",), seconds=60.0)


@pytest.mark.parametrize(
    ("posts", "lost", "doubled", "problems"),
    [
        ([[RINGING], [JOINED], [TROUBLE, TROUBLE], [LEFT]], 0, 0, 0),
        ([[RINGING, JOINED, TROUBLE, TROUBLE, LEFT]], 0, 0, 0),
        ([[RINGING], [JOINED], [TROUBLE], [TROUBLE], [LEFT]], 0, 0, 0),
        ([[RINGING], [JOINED], [TROUBLE], [TROUBLE, LEFT]], 0, 0, 0),
        ([[RINGING], [RINGING], [JOINED], [TROUBLE, TROUBLE], [LEFT]], 0, 1, 1),
        ([[RINGING], [JOINED], [TROUBLE, TROUBLE], [JOINED], [LEFT]], 0, 1, 1),
        ([[RINGING], [JOINED], [TROUBLE, TROUBLE]], 1, 0, 1),
        ([[RINGING], [TROUBLE, TROUBLE], [LEFT]], 1, 0, 1),
        ([[JOINED], [RINGING], [TROUBLE, TROUBLE], [LEFT]], 1, 0, 1),
        ([], 5, 0, 1),
    ],
)
def test_a_thread_is_what_was_ordered_each_line_once(
    posts: list[list[Line]], lost: int, doubled: int, problems: int
) -> None:
    verdict, ordered = Verdict(), [RINGING, JOINED, TROUBLE, TROUBLE, LEFT]
    check_thread("c", ordered, [thread.lines(post).text for post in posts], verdict)
    assert (verdict.lost, verdict.doubled, len(verdict.problems)) == (lost, doubled, problems)


Changes = list[tuple[Any, str, Any]]  # of what, which attribute, to what


@dataclass
class Played:
    """A conference that is over, and all that is said of it."""

    house: House
    said: list[Delivered]
    channel: Channel
    state: Kept

    @property
    def lines(self) -> list[Message]:
        """The messages of the thread."""
        return [one for one in self.channel.messages if one.is_reply and not one.files]

    @property
    def card(self) -> Message:
        return next(one for one in self.channel.messages if not one.is_reply)

    @property
    def phone(self) -> Phone:
        return next(phone for phone in self.house.telnyx.phones.values() if phone.calls)

    def judged(self) -> Verdict:
        verdict = Verdict()
        check_end(self.house, self.state, self.said, [self.channel], verdict)
        return verdict

    def twice(self, message: Message) -> Changes:
        again = replace(message, ts=f"{float(message.ts) + 1000:.6f}")
        return [(self.channel, "messages", [*self.channel.messages, again])]

    def kept(self, **changes: Any) -> Changes:
        return [(self, "state", replace(self.state, **changes))]

    def swapped_lines(self) -> Changes:
        first, second = self.lines[:2]
        return [
            (one, name, getattr(other, name))
            for one, other in ((first, second), (second, first))
            for name in ("text", "metadata")
        ]

    def without(self, key: str) -> Changes:
        assert key in self.state.journal
        return self.kept(journal=self.state.journal - {key})

    def going_on(self) -> Changes:
        picture = self.state.pictures[0]
        return self.kept(pictures=[replace(picture, conference=replace(picture.conference, ended_at=None))])


@asynccontextmanager
async def played(folder: Path, caplog: pytest.LogCaptureFixture) -> AsyncIterator[Played]:
    secret = SecretStr(KEY)
    async with story(
        folder, caplog, confab_recordings="slack", confab_transcripts=True, confab_secret_key=secret
    ) as one:
        with closing(Database(one.house.settings.database_url)) as database:
            database.remember_orders()
            ana, bo = one.person("Ana", "+12125550111"), one.person("Bo", "+12125550122")
            said = [await ana.types("create payments @ana @bo", one.channel)]
            await ana.comes_in()
            await bo.comes_in()
            said.append(await ana.types("record start", one.channel))
            await (await one.thread("payments")).shows("Recording started")
            await one.quiet()
            bo.phone.speaks("it is the database")
            await one.quiet()
            said.append(await ana.types("end now", one.channel))
            for seconds in (5, 20, 330, 3600):
                await one.passes(seconds=seconds)
            yield Played(one.house, said, one.channel, await one.program.store.read(read))


async def test_what_went_well_is_found_well_and_whatever_is_wrong_is_seen(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with played(tmp_path, caplog) as one:
        found = one.judged()
        assert (found.problems, found.files) == ([], 2)
        phone, room = one.phone, next(iter(one.house.telnyx.rooms.values()))
        webhook = next(key for key in one.state.journal if key.startswith("telnyx:"))
        recording, transcript = one.house.slack.files
        wrongs: dict[str, tuple[Changes, int, int]] = {
            "two lines change places": (one.swapped_lines(), 1, 0),
            "a line is gone": ([(one.lines[0], "deleted", True)], 1, 0),
            "a line is there twice": (one.twice(one.lines[-1]), 0, 1),
            "a line is nobody's": ([(one.lines[-1], "metadata", None)], 1, 0),
            "a line is in another thread": ([(one.lines[-1], "thread_ts", "1.0")], 1, 0),
            "the card is there twice": (one.twice(one.card), 0, 1),
            "the card is gone": ([(one.card, "deleted", True)], 1, 0),
            "the card is another": ([(one.card, "blocks", one.card.blocks[1:])], 1, 0),
            "the recording is gone": ([(recording, "channel", "")], 1, 0),
            "the transcript is there twice": ([(recording, "name", transcript.name)], 1, 1),
            "no transcript of what was said": (
                [(transcript, "channel", ""), *one.kept(unposted={one.state.pictures[0].conference.id})],
                1,
                0,
            ),
            "a phone rang twice": ([(phone, "calls", [*phone.calls, replace(phone.calls[0], id="another")])], 0, 1),
            "somebody is on the line": ([(phone.calls[0], "phase", "answered")], 0, 0),
            "the room is open": ([(room, "status", "in_progress")], 0, 0),
            "a sentence is forgotten": (one.without(f"slack:{one.said[0].payload['trigger_id']}"), 1, 0),
            "a webhook is forgotten": (one.without(webhook), 1, 0),
            "a sentence has no answer": (one.kept(undone=["slash x"]), 1, 0),
            "something waits": (one.kept(waiting=["Line 1"]), 1, 0),
            "a timer is set": (one.kept(timers=["redial:x"]), 0, 0),
            "it has not ended": (one.going_on(), 1, 0),  # and its card tells otherwise
        }
        judged = {name: _judged_with(one, changes) for name, (changes, _, _) in wrongs.items()}
        assert all(verdict.problems for verdict in judged.values()), judged
        counted = {name: (verdict.lost, verdict.doubled) for name, verdict in judged.items()}
        assert counted == {name: (lost, doubled) for name, (_, lost, doubled) in wrongs.items()}
        assert one.judged().problems == []


def _judged_with(one: Played, changes: Changes) -> Verdict:
    before = [(what, name, getattr(what, name)) for what, name, _ in changes]
    for what, name, value in changes:
        setattr(what, name, value)
    verdict = one.judged()
    for what, name, value in before:
        setattr(what, name, value)
    return verdict

"""Two processes on one PostgreSQL: they share doors, outbox and timers, and nothing is done twice."""

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import pytest
from pydantic import SecretStr
from sqlalchemy import Connection

from bot.core.inputs import Heard, Where
from bot.store import codec, ledger
from tests.postgres import KEY, Cluster
from tests.stories import checks
from tests.stories.harness import PATIENCE, Actor, Stage, Thread, requests, settled, shown
from tests.stories.test_cli import confab, environment
from tests.stories.waiting import eventually
from web.sandbox.house import House, program_in, stand_ins
from web.sandbox.slack import Channel, Message

NAMES = ("Ana", "Bo", "Cleo", "Dev", "Eve", "Fay")


@dataclass
class Two:
    """Two programs, and a channel to speak in. Slack knocks at the first; Telnyx at whichever a story says."""

    house: House
    stages: tuple[Stage, Stage]
    doors: tuple[str, str]

    def telnyx_knocks_at(self, at: int) -> None:
        self.house.telnyx.webhook_url = self.doors[at]

    async def at_rest(self) -> None:
        for _ in range(2):  # what one does may give the other something to do
            for stage in self.stages:
                await self.house.telnyx.quiet()
                await settled(stage.program)


@asynccontextmanager
async def two(folder: Path, server: Cluster, caplog: pytest.LogCaptureFixture) -> AsyncIterator[Two]:
    checks.listen_in(caplog)
    async with AsyncExitStack() as stack:
        url = stack.enter_context(server.database())
        house = await stack.enter_async_context(stand_ins(folder, database_url=url, confab_secret_key=SecretStr(KEY)))
        channel = house.channel("payments")
        stages, doors = [], []
        for _ in range(2):
            stages.append(Stage(house, await stack.enter_async_context(program_in(house)), channel))
            doors.append(str(house.telnyx.webhook_url))
        both = Two(house, (stages[1], stages[0]), (doors[1], doors[0]))
        yield both
        await both.at_rest()
        house.clock.skip(seconds=5)
        await both.at_rest()
        await checks.assert_nothing_waits(stages[0].program)
    checks.assert_clean_log(caplog)
    checks.assert_private_log(caplog, house)
    checks.assert_specified(house)


def people(both: Two) -> list[Actor]:
    return [both.stages[0].person(name, f"+1212555012{at}") for at, name in enumerate(NAMES)]


def told(thread: Thread, who: Actor, what: str) -> int:
    """In how many lines of all posted this is told of somebody; several people may share one."""
    lines = [line for post in thread.lines for line in post.splitlines() if what in line]
    return sum(who.user.real_name in line for line in lines)


async def test_everybody_is_rung_once_and_told_of_once(
    tmp_path: Path, postgres: Cluster, caplog: pytest.LogCaptureFixture
) -> None:
    async with two(tmp_path, postgres, caplog) as both:
        all_of_them = people(both)
        ana, others = all_of_them[0], all_of_them[1:]
        await ana.types(f"create payments {' '.join(f'@{one.user.name}' for one in others)}", both.stages[0].channel)
        for at, one in enumerate(others):
            both.telnyx_knocks_at(at % 2)
            await one.comes_in()
        thread = await both.stages[0].thread("payments")
        await thread.card_shows("5 in")
        await ana.types("end now", both.stages[0].channel)
        for one in others:
            await one.phone.idle()
        await thread.shows("Ended by Ana")
        await both.at_rest()
        assert [one.phone.ring_count for one in others] == [1] * 5
        for one in others:
            assert [told(thread, one, what) for what in ("Ringing", "joined")] == [1, 1]
        assert len(requests(both.house, "/conferences")) == 1
        assert len(requests(both.house, "/calls")) == 5


async def test_the_same_news_at_both_doors_counts_once(
    tmp_path: Path, postgres: Cluster, caplog: pytest.LogCaptureFixture
) -> None:
    async with two(tmp_path, postgres, caplog) as both:
        ana, bo, *_ = people(both)
        await ana.types("create payments @bo", both.stages[0].channel)
        await bo.comes_in()
        thread = await both.stages[0].thread("payments")
        await thread.shows("Bo joined")
        sent = [one.envelope for one in both.house.telnyx.deliveries]
        both.telnyx_knocks_at(1)
        for envelope in sent:
            await both.house.telnyx.send(envelope)
        await both.at_rest()
        assert told(thread, bo, "joined") == 1
        await ana.types("end now", both.stages[0].channel)
        await bo.phone.idle()


async def test_a_timer_fires_in_one_of_them(
    tmp_path: Path, postgres: Cluster, caplog: pytest.LogCaptureFixture
) -> None:
    async with two(tmp_path, postgres, caplog) as both:
        ana, bo, *_ = people(both)
        bo.phone.mood = "busy"
        await ana.types("create payments @bo", both.stages[0].channel)
        thread = await both.stages[0].thread("payments")
        await thread.shows("Bo: rung again in 1 min")
        await both.at_rest()
        both.house.clock.skip(seconds=61)
        await eventually(lambda: bo.phone.ring_count == 2, "Bo is rung again")
        await both.at_rest()
        assert bo.phone.ring_count == 2
        await ana.types("end now", both.stages[0].channel)


async def test_what_a_process_heard_before_it_died_is_answered_by_the_other(
    tmp_path: Path, postgres: Cluster, caplog: pytest.LogCaptureFixture
) -> None:
    async with two(tmp_path, postgres, caplog) as both:
        ana, bo, *_ = people(both)
        stage = both.stages[0]
        where = Where(stage.program.team, stage.channel.id)
        heard = Heard("slash:left", ana.user.id, where, f"create payments <@{bo.user.id}>", "slash")

        await stage.program.store.run(partial(left, heard=heard, at=both.house.clock.now()))
        await bo.phone.rings()
        await ana.is_told("Ringing Bo", stage.channel)
        await both.at_rest()
        assert bo.phone.ring_count == 1
        await ana.types("end now", stage.channel)
        await bo.phone.idle()


async def test_what_was_heard_too_long_ago_is_refused_by_one_of_them(
    tmp_path: Path, postgres: Cluster, caplog: pytest.LogCaptureFixture
) -> None:
    async with two(tmp_path, postgres, caplog) as both:
        ana, bo, *_ = people(both)
        stage = both.stages[0]
        for at in range(5):
            heard = Heard(f"slash:{at}", ana.user.id, Where(stage.program.team, stage.channel.id), "redial", "slash")
            await stage.program.store.run(partial(left, heard=heard, at=both.house.clock.now() - 700))
        await stage.house.slack.until(lambda: len(ana.private) >= 5, PATIENCE, "all are refused")
        await both.at_rest()
        assert (
            ana.private
            == ["I was away when you asked me something here, so nothing was done. Please say it again."] * 5
        )
        assert bo.phone.ring_count == 0


def left(connection: Connection, heard: Heard, at: float) -> None:
    """As a door commits it, without anybody who goes on to answer."""
    ledger.remember(connection, heard.key, heard.door, at, codec.body(heard), ref=ledger.HEARD, done=False)


async def test_one_is_killed_and_the_other_goes_on(tmp_path: Path, postgres: Cluster) -> None:
    """Both are real processes. The one that is killed has rung somebody and not yet heard what came of it."""
    async with AsyncExitStack() as stack:
        url = stack.enter_context(postgres.database())
        house = await stack.enter_async_context(stand_ins(tmp_path, database_url=url, confab_secret_key=SecretStr(KEY)))
        channel = house.channel("payments")
        ana, bo = (Actor(house, house.person(name, f"+1212555012{at}")) for at, name in enumerate(NAMES[:2]))
        channel.members += [ana.user.id, bo.user.id]
        victim, port = await _serve(stack, house, tmp_path)
        house.open_doors(port)
        house.telnyx.trouble.api_hang_after = 1
        await ana.types("create payments @bo", channel)
        await bo.phone.rings()
        _, port = await _serve(stack, house, tmp_path)
        house.open_doors(port)
        victim.kill()
        await bo.comes_in()
        thread = await _thread(house, channel)
        await thread.card_shows("1 in")
        assert bo.phone.ring_count == 1
        await ana.types("end now", channel)
        await thread.shows("Ended by Ana")
        await bo.phone.idle()


async def _thread(house: House, channel: Channel) -> Thread:
    def card() -> Message | None:
        return next((one for one in house.slack.messages(channel) if "payments" in shown(one)), None)

    return Thread(house, channel, (await house.slack.until(card, PATIENCE, "a card")).ts)


async def test_serve_refuses_a_database_that_was_not_migrated(tmp_path: Path, postgres: Cluster) -> None:
    with postgres.database(migrated=False) as url:
        async with stand_ins(tmp_path, database_url=url, confab_secret_key=SecretStr(KEY)) as house:
            said = await confab(tmp_path, environment(house), "serve")
            assert (said.code, said.err[-1]) == (
                2,
                "confab: the database's schema is not up to date. First say: confab migrate",
            )
            assert (await confab(tmp_path, environment(house), "migrate")).code == 0
            assert await confab(tmp_path, environment(house), "export") == (0, [], [])


async def _serve(stack: AsyncExitStack, house: House, folder: Path) -> tuple[asyncio.subprocess.Process, int]:
    """A served program, killed at the end if it still runs, and its port."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "web", "serve", cwd=folder, env=environment(house), stderr=asyncio.subprocess.PIPE
    )
    stack.callback(_end, process)
    assert process.stderr
    said = ""
    while "ready on http://127.0.0.1:" not in said:
        said = (await asyncio.wait_for(process.stderr.readline(), 60)).decode()
        assert said, "it ended"
    return process, int(said.split("ready on http://127.0.0.1:")[1].split()[0].strip('"'))


def _end(process: asyncio.subprocess.Process) -> None:
    if process.returncode is None:
        process.kill()

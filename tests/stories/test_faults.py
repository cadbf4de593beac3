"""A fault of ours stays where it is."""

from pathlib import Path

import pytest

from bot.core.inputs import SeatRefused
from bot.core.scene import Timer
from bot.store import ledger
from tests.stories.harness import story


async def test_a_timer_that_cannot_be_handled_holds_up_nothing_else(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with story(tmp_path, caplog, expect=("failed by a fault of ours",)) as stage:
        ana, bo = stage.person("Ana", "+12125550111"), stage.person("Bo", "+12125550122")
        await ana.types("create payments down", stage.channel)
        thread = await stage.thread("payments down")
        now = stage.program.clock.now()
        [conference] = await stage.program.store.read(lambda connection: ledger.live_in(connection, stage.channel.id))
        nobody = SeatRefused(f"{conference.id}.99.1", now, 1, "failed")
        timers = [Timer("bad", now, nobody)]
        await stage.program.store.run(lambda connection: ledger.set_timers(connection, timers))
        await ana.types("invite @bo", stage.channel)
        await bo.comes_in()
        await thread.shows("Bo joined")
        assert "timer bad failed" in caplog.text
        await stage.program.store.run(lambda connection: ledger.set_timers(connection, [Timer("bad")]))

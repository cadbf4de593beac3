"""What those who watch the program see of it."""

import asyncio
import math
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from prometheus_client.parser import text_string_to_metric_families

from bot.store import db
from tests.stories.breaking import locked, without_table
from tests.stories.harness import PATIENCE, Stage, story
from tests.stories.waiting import tried


async def get(stage: Stage, path: str) -> tuple[int, str]:
    async with aiohttp.ClientSession() as session, session.get(stage.url + path) as answer:
        return answer.status, await answer.text()


async def ready(stage: Stage) -> tuple[int, dict[str, Any]]:
    async with aiohttp.ClientSession() as session, session.get(f"{stage.url}/readyz") as answer:
        return answer.status, await answer.json()


async def metrics(stage: Stage) -> dict[str, float]:
    """Every figure by its name and labels."""
    _, page = await get(stage, "/metrics")
    samples = [one for family in text_string_to_metric_families(page) for one in family.samples]
    return {" ".join([one.name, *one.labels.values()]): one.value for one in samples}


async def test_all_is_well(stage: Stage) -> None:
    alive = 200, '{"status":"ok","service":"confab"}'
    assert await get(stage, "/") == alive
    assert await get(stage, "/healthz") == alive
    assert await ready(stage) == (200, {"ready": True, "database": "ok", "slack": "ok", "telnyx": "ok", "calls": "ok"})


async def test_the_outbox_is_in_the_metrics(stage: Stage) -> None:
    ana = stage.person("Ana", "+12125550111")
    stage.house.telnyx.trouble.api_500 = 1_000_000
    await ana.types("create payments +1 212 555 0199", stage.channel)
    await tried(stage.program, 2)
    stage.house.clock.skip(seconds=20)
    figures = await metrics(stage)
    assert figures["confab_outbox_waiting"] >= 1
    assert figures["confab_outbox_oldest_seconds"] >= 20
    stage.house.telnyx.trouble.api_500 = 0
    await stage.house.telnyx.phone("+12125550199").rings()
    await stage.quiet()
    async with asyncio.timeout(PATIENCE):
        while (figures := await metrics(stage))["confab_outbox_waiting"]:  # noqa: ASYNC110  # a look at Telnyx, say
            await asyncio.sleep(0.01)
    assert figures["confab_webhooks_total taken"] == 1


async def test_a_broken_database_makes_us_unready_and_no_less_countable(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, database_url: str
) -> None:
    async with story(
        tmp_path, caplog, database_url=database_url, expect=("the database did not do its part",)
    ) as stage:
        with without_table(database_url, "outbox"):
            assert math.isnan((await metrics(stage))["confab_outbox_waiting"])
        with without_table(database_url, "journal"):
            status, told = await ready(stage)
            assert (status, told["ready"], told["database"]) == (
                503,
                False,
                "ProgrammingError" if db.is_postgres(database_url) else "OperationalError",
            )
            assert (await get(stage, "/healthz"))[0] == 200
        assert (await ready(stage))[0] == 200


async def test_a_busy_database_is_no_broken_one(stage: Stage) -> None:
    with locked(stage.house.settings.database_url):
        assert (await ready(stage))[0] == 200

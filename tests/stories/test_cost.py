"""What a conference costs, as its card and its thread tell it, and the ceilings that stop new calls."""

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tests.stories.harness import Actor, Stage, Thread, requests, story
from tests.stories.test_restart import house, run
from web.sandbox.house import NUMBER

ANA = "+12125550111"
RATES = 'currency = "USD"\ncall = 0\nconference = 0\nunknown = 500\n[countries]\nUS = 100\n'


async def talking(stage: Stage, *more: str) -> tuple[Actor, Actor, Thread]:
    """Ana and Bo are in."""
    ana, bo = stage.person("Ana", "+12125550111"), stage.person("Bo", "+12125550122")
    await ana.types(" ".join(("create payments @ana @bo", *more)), stage.channel)
    await ana.comes_in()
    await bo.comes_in()
    thread = await stage.thread("payments")
    await thread.card_shows("2 in")
    return ana, bo, thread


def prices(folder: Path) -> dict[str, Any]:
    """A dollar a minute."""
    table = folder / "rates.toml"
    table.write_text(RATES, "utf-8")
    return {"confab_rates": str(table)}


def redrawn(stage: Stage) -> int:
    return sum(one.method == "chat.update" for one in stage.house.slack.requests)


async def test_the_cost_stands_on_the_card_by_estimate_and_then_as_telnyx_says(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with story(tmp_path, caplog, **prices(tmp_path)) as stage:
        ana, bo, thread = await talking(stage)
        await thread.card_shows("💰 about 2.00 USD, by estimate")
        for _ in range(3):
            await stage.passes(seconds=31)
        await thread.card_shows("💰 about 4.00 USD, by estimate")
        bo.phone.hangs_up()
        await thread.shows("Bo left")
        await stage.passes(seconds=3)
        await thread.card_shows("partly by estimate")
        await ana.types("end now", stage.channel)
        await thread.shows("Cost: about 2.01 USD, partly by estimate.")
        await stage.passes(seconds=3)
        await thread.card_shows("ENDED", "💰 0.03 USD, as Telnyx says")


async def test_calls_that_never_come_in_count_to_the_day(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, database_url: str
) -> None:
    table = tmp_path / "rates.toml"
    table.write_text(RATES.replace("[countries]", "incoming = 100\n[countries]"), "utf-8")
    async with story(
        tmp_path, caplog, confab_rates=str(table), confab_max_cost_day=3, database_url=database_url
    ) as stage:
        ana, bo = stage.person("Ana", ANA), stage.person("Bo", "+12125550122")
        stage.house.telnyx.application["call_cost_in_webhooks"] = False
        await ana.types("create payments", stage.channel)
        await stage.thread("payments")
        for last in range(2):
            caller = stage.house.telnyx.phone(f"+1212555019{last}")
            caller.dials(NUMBER)
            await caller.hears("Enter the six digits")
            caller.hangs_up()
            await stage.quiet()
        await ana.types(f"number {ANA}", stage.channel)
        await ana.is_told("Noted")
        await ana.types("number verify", stage.channel)
        await ana.phone.rings()
        ana.phone.answers()
        await ana.phone.hears("Again:")
        await ana.phone.idle()
        await stage.quiet()
        await ana.types("invite @bo", stage.channel)
        await ana.is_told("About 3.00 USD were spent today, and 3.00 USD is the most")
        assert bo.phone.ring_count == 0


async def test_a_cost_that_comes_long_after_the_end_still_reaches_the_card(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, database_url: str
) -> None:
    async with house(tmp_path, caplog, database_url) as one:
        one.telnyx.application["call_cost_in_webhooks"] = False
        async with run(one) as stage:
            ana, bo, thread = await talking(stage)
            await ana.types("end now", stage.channel)
            await thread.shows("Cost: about 0.02 USD, by estimate.")
            await bo.phone.idle()
            await stage.passes(seconds=3)
            told = next(d for d in one.telnyx.deliveries if d.envelope["data"]["event_type"] == "call.hangup")  # type: ignore[index]  # JSON
            call = told.envelope["data"]["payload"]  # type: ignore[index]  # JSON
        async with run(one) as stage:
            await stage.passes(minutes=90)
            names = ("call_control_id", "call_leg_id", "call_session_id", "connection_id", "client_state")
            for again in ("1", "1", "2"):
                payload = {name: call[name] for name in names} | {"status": "success", "total_cost": "0.2500"}
                data = {"record_type": "event", "event_type": "call.cost", "id": f"late-{again}", "payload": payload}
                assert await one.telnyx.send({"data": data}) == 200
            await thread.card_shows("ENDED", "💰 about 0.26 USD, partly by estimate")
            await stage.passes(seconds=3)


async def test_a_card_is_not_redrawn_for_the_cost_more_than_once_a_minute(stage: Stage) -> None:
    _, _, thread = await talking(stage)
    await stage.passes(seconds=5)
    before, began = redrawn(stage), stage.house.clock.now()
    for _ in range(20):
        await stage.passes(seconds=30)
    assert redrawn(stage) - before <= (stage.house.clock.now() - began) / 60 + 1
    await thread.card_shows("about 0.2")


async def test_a_conference_is_warned_of_at_four_fifths_and_then_rings_nobody_more(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    ceiling: dict[str, Any] = {"confab_max_cost_conference": Decimal("10.00")}
    async with story(tmp_path, caplog, **prices(tmp_path), **ceiling) as stage:
        cy = stage.person("Cy", "+12125550133")
        cy.phone.mood = "busy"
        ana, bo, thread = await talking(stage, "@cy", "--redial 3x250s")
        await thread.shows("Cy: rung again")
        for _ in range(7):
            await stage.passes(seconds=31)
        warning = "💰 This conference has cost about 8.00 USD. From 10.00 USD on nobody else is rung; who is in stays"
        await thread.shows(warning)
        for _ in range(3):
            await stage.passes(seconds=31)
        await thread.shows(
            "⛔ This conference has cost about 10.00 USD, and 10.00 USD is the most, so nobody else is rung"
        )
        await thread.shows("⛔ Cy: not rung by itself. This conference has cost about")
        await bo.types("invite +1 212 555 0199", stage.channel)
        await bo.is_told("Nobody was rung. This conference has cost about")
        assert ana.phone.room == bo.phone.room
        assert ana.phone.room
        assert sum("From 10.00 USD on" in line for line in thread.lines) == 1
        assert sum("is the most, so nobody" in line for line in thread.lines) == 1
        assert len(requests(stage.house, "/calls")) == 3


async def test_a_day_has_a_ceiling_over_all_conferences_until_midnight(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with story(tmp_path, caplog, **prices(tmp_path), confab_max_cost_day=Decimal("3.00")) as stage:
        now = stage.house.clock.now()
        stage.house.clock.skip(seconds=86400 - now % 86400 + 3600)
        stage.house.telnyx.application["call_cost_in_webhooks"] = False
        ana, bo, thread = await talking(stage)
        for _ in range(3):
            await stage.passes(seconds=31)
        await thread.shows("⛔ All calls of today (UTC) cost about 4.00 USD, and 3.00 USD is the most")
        await ana.types("end now", stage.channel)
        await thread.shows("Ended")
        await bo.types("create other @ana", stage.channel)
        await bo.is_told("About 4.00 USD were spent today, and 3.00 USD is the most until midnight UTC, in 22 h")
        await stage.passes(minutes=60 * 23)
        await bo.types("create other @ana", stage.channel)
        await ana.phone.rings()


async def test_a_conference_ends_after_the_minutes_that_are_set_with_a_warning(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with story(tmp_path, caplog, confab_max_minutes=10) as stage:
        _, bo, thread = await talking(stage)
        await stage.passes(minutes=8.1)
        await thread.shows("⏳ A conference ends after 10 min; ")
        await bo.phone.hears("This conference ends in 2 minutes")
        await stage.passes(minutes=2)
        await thread.shows("it has lasted as long as a conference may")
        await bo.phone.idle()

"""Stopping and starting again on the same database: what was going on goes on."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import pytest
from pydantic import SecretStr

from bot.store.db import StoreInUseError, open_store
from bot.telnyx import client_state
from tests.postgres import KEY
from tests.stories import checks
from tests.stories.harness import Actor, Stage, requests, shown
from tests.stories.waiting import eventually, tried
from web.sandbox.house import House, program_in, stand_ins
from web.sandbox.telnyx import Phone


@asynccontextmanager
async def house(folder: Path, caplog: pytest.LogCaptureFixture, url: str) -> AsyncIterator[House]:
    """A house in which programs come and go."""
    checks.listen_in(caplog)
    async with stand_ins(folder, database_url=url, confab_secret_key=SecretStr(KEY)) as one:
        one.channel("payments")
        yield one
    checks.assert_clean_log(caplog)
    checks.assert_private_log(caplog, one)
    checks.assert_specified(one)


@asynccontextmanager
async def run(one: House, *, telnyx_timeout: float = 8.0, port: int = 0) -> AsyncIterator[Stage]:
    async with program_in(one, telnyx_timeout=telnyx_timeout, port=port) as program:
        yield Stage(one, program, next(iter(one.slack.channels.values())))
        one.telnyx.webhook_url = None


def people(stage: Stage) -> tuple[Actor, Actor, Actor]:
    ana, bo, cleo = (stage.person(name, f"+1212555012{at}") for at, name in enumerate(("Ana", "Bo", "Cleo")))
    return ana, bo, cleo


async def test_legs_the_card_and_the_thread_carry_on(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, database_url: str
) -> None:
    async with house(tmp_path, caplog, database_url) as one:
        async with run(one) as stage:
            ana, bo, cleo = people(stage)
            await ana.types("create payments @bo @cleo", stage.channel)
            await bo.comes_in()
            thread = await stage.thread("payments")
            await thread.shows("Bo joined")
            await cleo.phone.rings()
        async with run(one) as stage:
            await cleo.comes_in()
            assert cleo.phone.room == bo.phone.room
            await thread.shows("Cleo joined")
            await thread.card_shows("2 in")
            await ana.types("end now", stage.channel)
            await thread.shows("On the line: Bo and Cleo.")
            await thread.card_shows("ENDED")
            await bo.phone.idle()
            await stage.passes(seconds=3)
            await checks.assert_nothing_waits(stage.program)
        assert [bo.phone.ring_count, cleo.phone.ring_count] == [1, 1]
        assert len(one.telnyx.rooms) == 1
        assert len([card for card in one.slack.messages(stage.channel) if "payments" in shown(card)]) == 1


async def test_what_was_not_done_is_done_by_the_next_run(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, database_url: str
) -> None:
    async with house(tmp_path, caplog, database_url) as one:
        async with run(one) as stage:
            ana, bo, _ = people(stage)
            one.telnyx.trouble.api_500 = 1_000_000
            await ana.types("create payments @bo", stage.channel)
            await tried(stage.program, 2)
        one.telnyx.trouble.api_500 = 0
        async with run(one) as stage:
            await bo.comes_in()
            await stage.quiet()
        assert bo.phone.ring_count == 1


async def test_a_timer_that_was_due_meanwhile_fires_at_the_start(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, database_url: str
) -> None:
    async with house(tmp_path, caplog, database_url) as one:
        async with run(one) as stage:
            ana, *_ = people(stage)
            await ana.types("create payments", stage.channel)
            thread = await stage.thread("payments")
        one.clock.skip(minutes=31)
        async with run(one) as stage:
            await thread.shows("Ended: ")
            await thread.card_shows("ENDED")
            await stage.quiet()


async def test_a_stop_finishes_what_is_in_hand(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, database_url: str
) -> None:
    """Telnyx rings the phone and never answers; the stop waits for that, and the next run does not ring again."""
    async with house(tmp_path, caplog, database_url) as one:
        async with run(one, telnyx_timeout=1.0) as stage:
            ana, bo, _ = people(stage)
            one.telnyx.trouble.api_hang_after, one.telnyx.trouble.dropped = 1, 1.0
            await ana.types("create payments @bo", stage.channel)
            await bo.phone.rings()
        assert stage.program.courier.idle
        one.telnyx.trouble.dropped = 0.0
        async with run(one) as stage:
            await (await stage.thread("payments")).shows("Ringing Bo")
            await bo.comes_in()
            await stage.quiet()
        assert bo.phone.ring_count == 1
        assert len(requests(one, "/calls")) == 1


async def test_a_stop_takes_nothing_more_in_hand(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, database_url: str
) -> None:
    async with house(tmp_path, caplog, database_url) as one:
        numbers = [f"+1212555{last:04d}" for last in range(200, 260)]
        async with run(one) as stage:
            ana, *_ = people(stage)
            await ana.types("create all hands", stage.channel)
            await stage.thread("all hands")
            for start in range(0, len(numbers), 10):
                await ana.types(f"invite {' '.join(numbers[start : start + 10])}", stage.channel)
            await eventually(lambda: requests(one, "/calls"), "the first is dialled")
        stopped = len(requests(one, "/calls"))
        assert stopped < len(numbers)
        assert all(request.status for request in one.telnyx.requests)
        async with run(one) as stage:
            for number in numbers:
                await one.telnyx.phone(number).rings()
            await stage.quiet()
        assert len(requests(one, "/calls")) == len(numbers)


async def test_news_of_the_time_between_comes_in_when_telnyx_repeats_it(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, database_url: str
) -> None:
    async with house(tmp_path, caplog, database_url) as one:
        async with run(one) as stage:
            ana, bo, _ = people(stage)
            await ana.types("create payments @bo", stage.channel)
            await bo.phone.rings()
            await stage.quiet()
            where = str(one.telnyx.webhook_url)
        one.telnyx.webhook_url = where
        bo.phone.answers()
        await eventually(lambda: one.telnyx.deliveries[-1].over, "Telnyx finds nobody")
        async with run(one, port=int(where.split(":")[2].split("/", maxsplit=1)[0])) as stage:
            one.clock.skip(seconds=20)
            await bo.phone.hears("Press 1")
            bo.phone.presses("1")
            await bo.phone.in_room()
            await stage.quiet()


async def test_a_second_program_on_the_same_file_is_refused(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    async with house(tmp_path, caplog, f"sqlite:///{tmp_path / 'confab.db'}") as one, run(one):
        with pytest.raises(StoreInUseError, match=r"^another process is using .*confab\.db$"):
            open_store(one.settings.database_url)


async def test_a_start_without_telnyx_goes_on_and_catches_up(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, database_url: str
) -> None:
    async with house(tmp_path, caplog, database_url) as one:
        one.telnyx.trouble.api_500 = 1_000_000
        async with run(one) as stage:
            assert stage.program.telnyx_state == "Telnyx answered 500 10007"
            one.telnyx.trouble.api_500 = 0
            await eventually(lambda: stage.program.telnyx_state == "ok", "Telnyx is asked again")


async def test_what_happened_in_an_outage_of_an_hour_is_found_out(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, database_url: str
) -> None:
    async with house(tmp_path, caplog, database_url) as one:
        async with run(one) as stage:
            ana, bo, cleo = people(stage)
            await ana.types("create payments @bo @cleo", stage.channel)
            await bo.comes_in()
            await cleo.comes_in()
            thread = await stage.thread("payments")
            await thread.card_shows("2 in")
        bo.phone.hangs_up()
        one.clock.skip(hours=1)
        async with run(one) as stage:
            await thread.shows("Bo left")
            await thread.card_shows("1 in")
            await thread.shows("put the list right")
            assert cleo.phone.state == "talking"
            await ana.types("end now", stage.channel)
            await cleo.phone.idle()
            await stage.passes(seconds=3)


async def test_calls_that_a_restored_backup_does_not_know_are_hung_up_and_others_calls_are_not(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with house(tmp_path, caplog, f"sqlite:///{tmp_path / 'confab.db'}") as one:
        async with run(one) as stage:
            ana, bo, cleo = people(stage)
            await ana.types("create payments @bo", stage.channel)
            await bo.comes_in()
            thread = await stage.thread("payments")
            await thread.shows("Bo joined")
        backup = (tmp_path / "confab.db").read_bytes()
        async with run(one) as stage:
            await ana.types("invite @cleo", stage.channel)
            await cleo.comes_in()
            await ana.types("create another +12125550199", stage.channel)
            guest = one.telnyx.phone("+12125550199")
            await guest.rings()
            guest.answers()
            await guest.hears("Press 1")
        stranger = await _rung_by_another_confab(one)
        (tmp_path / "confab.db").write_bytes(backup)
        (tmp_path / "confab.db-wal").unlink(missing_ok=True)
        async with run(one) as stage:
            await stage.passes(seconds=35)
            assert [cleo.phone.state, guest.state, bo.phone.state, stranger.state] == [
                "idle",
                "idle",
                "talking",
                "ringing",
            ]
            await thread.shows("I hung it up")
            for _ in range(2):
                await stage.passes(minutes=6)
            assert "\n".join(thread.lines).count("I hung it up") == 1
            await ana.types("end now", stage.channel)
            await thread.shows("Ended")
            await stage.passes(seconds=3)


async def _rung_by_another_confab(one: House) -> Phone:
    """On the same connection, with the same key."""
    settings, phone = one.settings, one.telnyx.phone("+12125550188")
    async with httpx.AsyncClient(
        headers={"authorization": f"Bearer {settings.telnyx_api_key.get_secret_value()}"}
    ) as api:
        body = {
            "connection_id": settings.telnyx_connection_id,
            "from": settings.telnyx_phone_number,
            "to": phone.number,
            "client_state": client_state.pack("conf_000000000000.1.1", "another"),
            "timeout_secs": 600,
        }
        assert (await api.post(f"{settings.telnyx_base_url}/calls", json=body)).status_code == 200
    return phone


async def test_after_an_outage_of_an_hour_all_is_right_within_35_seconds(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, database_url: str
) -> None:
    """News lost, a call nobody waits for any more, and somebody who was dialling in; nobody is on the line in vain."""
    async with house(tmp_path, caplog, database_url) as one:
        async with run(one) as stage:
            ana, bo, cleo = people(stage)
            dev = stage.person("Dev", "+12125550144")
            await ana.types("create payments @bo @cleo", stage.channel)
            await bo.comes_in()
            await cleo.comes_in()
            thread = await stage.thread("payments")
            await thread.card_shows("2 in")
            await ana.types("create another @dev", stage.channel)
            await dev.phone.rings()
            another = await stage.thread("another")
            caller = one.telnyx.phone("+12125550199")
            caller.dials("+12125550100")
            await caller.hears("Enter the six digits")
            await stage.quiet()
        dev.phone.answers()
        bo.phone.hangs_up()
        one.clock.skip(hours=1)
        async with run(one) as stage:
            await dev.phone.hears("Press 1")
            dev.phone.presses("1")
            await another.shows("Dev joined")
            await stage.passes(seconds=35)
            await thread.shows("Bo left")
            await thread.card_shows("1 in")
            assert [caller.state, cleo.phone.state] == ["idle", "talking"]
            assert [bo.phone.ring_count, cleo.phone.ring_count, dev.phone.ring_count] == [1, 1, 1]
            await stage.passes(seconds=3)


async def test_a_redial_that_is_planned_survives(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, database_url: str
) -> None:
    async with house(tmp_path, caplog, database_url) as one:
        async with run(one) as stage:
            ana, bo, _ = people(stage)
            bo.phone.mood = "busy"
            await ana.types("create payments @bo", stage.channel)
            thread = await stage.thread("payments")
            await thread.shows("Bo: rung again in 1 min")
        bo.phone.mood = "person"
        one.clock.skip(seconds=70)
        async with run(one) as stage:
            await bo.comes_in()
            await thread.shows("Bo joined")
            assert bo.phone.ring_count == 2
            await ana.types("end now", stage.channel)
            await thread.shows("Ended")
            await stage.passes(seconds=3)


async def test_a_ladder_goes_on_after_a_restart_with_its_buttons(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, database_url: str
) -> None:
    async with house(tmp_path, caplog, database_url) as one:
        async with run(one) as stage:
            ana, bo, cleo = people(stage)
            await bo.types("number +1 212 555 0121 +1 212 555 0144", stage.channel)
            await bo.is_told("Noted")
            second = one.telnyx.phone("+12125550144")
            bo.phone.mood = second.mood = "busy"
            await ana.types("create payments @bo else @cleo --redial 1x600s", stage.channel)
            thread = await stage.thread("payments")
            await thread.card_shows("next: rung again", "Ring now", "Stop")
            await stage.quiet()
        async with run(one) as stage:
            await ana.clicks(thread.card, "Ring now")
            await thread.shows("the next number is rung now")
            await stage.passes(seconds=3)
            await one.telnyx.until(lambda: second.ring_count == 1, what="the second number rings")
            await thread.card_shows("next: rung again", "Stop")
            await stage.quiet()
        one.clock.skip(seconds=601)
        async with run(one) as stage:
            await thread.shows("Bo: Cleo is rung instead")
            await stage.passes(seconds=3)
            await cleo.comes_in()
            await thread.shows("Cleo joined")
            assert (bo.phone.ring_count, second.ring_count) == (2, 2)
            await ana.types("end now", stage.channel)
            await thread.shows("Ended")
            await stage.passes(seconds=3)


async def test_stop_is_still_a_stop_after_a_restart(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, database_url: str
) -> None:
    async with house(tmp_path, caplog, database_url) as one:
        async with run(one) as stage:
            ana, bo, cleo = people(stage)
            bo.phone.mood = "busy"
            await ana.types("create payments @bo else @cleo", stage.channel)
            thread = await stage.thread("payments")
            await thread.card_shows("next: rung again", "Stop")
            await stage.quiet()
        async with run(one) as stage:
            await ana.clicks(thread.card, "Stop")
            await ana.is_told("Not rung any more: Bo.")
            await stage.passes(minutes=10)
            assert (bo.phone.ring_count, cleo.phone.ring_count) == (1, 0)
            await ana.types("end now", stage.channel)
            await thread.shows("Ended")
            await stage.passes(seconds=3)


async def test_who_is_at_the_gate_is_not_let_in_by_a_restart(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, database_url: str
) -> None:
    async with house(tmp_path, caplog, database_url) as one:
        async with run(one) as stage:
            ana, bo, cleo = people(stage)
            await ana.types("create payments @bo @cleo", stage.channel)
            await cleo.comes_in()
            await bo.phone.rings()
            bo.phone.answers()
            await bo.phone.hears("Press 1")
            thread = await stage.thread("payments")
        async with run(one) as stage:
            await stage.passes(seconds=3)
            assert bo.phone.room is None
            for _ in range(3):
                await stage.passes(seconds=31)
            await bo.phone.idle()
            await thread.shows("Bo: no key pressed")
            assert len(requests(one, "/join")) == 0
            await ana.types("end now", stage.channel)
            await stage.passes(seconds=3)


async def test_somebody_who_dials_in_is_let_in_after_a_restart(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, database_url: str
) -> None:
    async with house(tmp_path, caplog, database_url) as one:
        async with run(one) as stage:
            ana, bo, _ = people(stage)
            await ana.types("create payments @bo", stage.channel)
            await bo.comes_in()
            await ana.types("pin", stage.channel)
            told = await ana.is_told("Only you see this.")
            pin = told.text.split("enter ")[1][:6]
            caller = one.telnyx.phone("+12125550199")
            caller.dials("+12125550100")
            await caller.hears("Enter the six digits")
        async with run(one) as stage:
            caller.presses(pin)
            await caller.in_room()
            thread = await stage.thread("payments")
            await thread.shows("…0199 dialed in")
            await ana.types("end now", stage.channel)
            await thread.shows("Ended")
            await stage.passes(seconds=3)

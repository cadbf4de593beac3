"""Puts the parts together: settings in, a running program out. The only place where everything meets."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from typing import Any

import aiohttp
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.adapter.starlette.async_handler import AsyncSlackRequestHandler
from slack_sdk.web.async_client import AsyncWebClient
from sqlalchemy.exc import SQLAlchemyError

from bot.admission import Admission
from bot.clock import SystemClock
from bot.config import Settings, SettingsError
from bot.core import verbs
from bot.core.budget import Limits
from bot.core.inputs import Heard
from bot.core.policy import Rules
from bot.core.replies import Reply
from bot.core.spoken import BadTextError, Texts, texts_of
from bot.core.tariff import UNIT, BadTariffError, Tariff, tariff_of
from bot.courier import Courier
from bot.desk import Desk
from bot.habits import Habits
from bot.ports import Clock, Later, Never
from bot.service import Service
from bot.slack import listeners
from bot.slack.client import Me, SlackChat, check
from bot.slack.directory import SlackDirectory
from bot.store.db import Store, StoreBusyError, open_store
from bot.telnyx.client import TelnyxPhone
from bot.telnyx.webhook import Verifier

log = logging.getLogger("confab")

TELNYX_TIMEOUT = 8.0
SLACK_TIMEOUT = 10.0
MEETING = 10.0  # seconds that a start waits for Slack and Telnyx before it goes on without them
RETRY_MEETING = 5.0
FAREWELL = 5.0  # seconds that a stop waits for answers to people; what is left is answered at the next start


class RefusedError(Exception):
    """Slack or Telnyx refuses our settings; one plain line says which."""


class Program:
    """Everything that runs, started and stopped by ``running``."""

    def __init__(
        self,
        settings: Settings,
        clock: Clock,
        store: Store,
        session: aiohttp.ClientSession,
        *,
        timeout: float,
        texts: Texts,
    ) -> None:
        self.settings = settings
        self.clock = clock
        self.store = store
        self.client = AsyncWebClient(
            token=settings.slack_bot_token.get_secret_value(),
            base_url=settings.slack_api_url,
            session=session,
            retry_handlers=[],  # the courier retries
        )
        self.rules = rules_of(settings)
        self.service = Service(store, clock, _habits(settings))
        self.chat = SlackChat(self.client)
        self.phone = TelnyxPhone(
            settings.telnyx_api_key.get_secret_value(),
            settings.telnyx_base_url,
            settings.telnyx_connection_id,
            settings.telnyx_phone_number,
            timeout=timeout,
            clock=clock,
            voice=settings.confab_voice,
            machine_detection=settings.confab_amd,
        )
        self.verifier = Verifier(settings.telnyx_public_key)
        self.courier = Courier(self.service, self.phone, self.chat, clock, texts, self.rules)
        self.service.wake = self._wake
        self.slack_handler: AsyncSlackRequestHandler | None = None
        self.telnyx_state = "not asked yet"
        self._slack_state = "not connected yet"
        self._socket: AsyncSocketModeHandler | None = None
        self._tasks: list[asyncio.Task[None]] = []
        self.answering: set[asyncio.Task[Any]] = set()  # who are about to answer somebody

    @property
    def team(self) -> str:
        """The Slack workspace we are installed in, "" until Slack has told us."""
        return self.rules.team

    async def start(self) -> None:
        """Meet Slack and Telnyx, then begin to deliver. Raises RefusedError when one of them refuses our settings."""
        self.phone.mark = await self.service.mark()
        self.phone.warm_up()  # holds everything up for a moment, so before anybody waits for an answer
        meeting = [asyncio.create_task(self._meet_slack()), asyncio.create_task(self._meet_telnyx())]
        self._tasks += meeting
        done, _ = await asyncio.wait(meeting, timeout=MEETING)
        for task in done:
            task.result()
        for task in meeting:
            task.add_done_callback(_report)
        await self.service.plan_upkeep()
        self.store.listen(self.courier.wake)
        await self.service.look_around()
        self._spawn(self.courier.run())

    async def stop(self) -> None:
        """Hear nothing more, finish what is in hand."""
        if self._socket:
            await self._socket.close_async()  # type: ignore[no-untyped-call]  # bolt leaves it untyped
        if self.answering:
            await asyncio.wait(self.answering, timeout=FAREWELL)
        await self.courier.stop()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self.phone.close()

    def _wake(self) -> None:
        """There is something to do, for this process or another."""
        self.courier.wake()
        self.store.ring()

    async def socket_connected(self) -> bool:
        """True in HTTP mode, where there is no socket."""
        if not self.settings.socket_mode:
            return True
        return self._socket is not None and await self._socket.client.is_connected()

    def slack_state(self, *, connected: bool) -> str:
        return self._slack_state if connected or not self._socket else "socket not connected"

    def note_old_api(self) -> None:
        """Telnyx sends webhooks of API v1, which carry nothing we can use."""
        if self.telnyx_state != OLD_API:
            log.error(OLD_API)
        self.telnyx_state = OLD_API

    def note_webhook(self) -> None:
        """Telnyx sends webhooks that we can read."""
        if self.telnyx_state == OLD_API:
            self.telnyx_state = "ok"

    async def _meet_slack(self) -> None:
        while True:
            try:
                me = await check(self.client, self.settings.slack_app_token.get_secret_value())
            except Never as never:
                raise RefusedError(never.reason) from None
            except Later as later:
                log.warning("Slack cannot be reached: %s", later.reason)
                self._slack_state = later.reason
                await asyncio.sleep(RETRY_MEETING)
            else:
                await self._open_slack(me)
                return

    async def _open_slack(self, me: Me) -> None:
        self.rules = replace(self.rules, team=me.team_id)
        directory = SlackDirectory(self.client, self.clock)
        desk = Desk(self.service, directory, self.rules, self.clock, self.phone)
        secret = None if self.settings.socket_mode else self.settings.slack_signing_secret.get_secret_value()
        app = listeners.build(
            self.client,
            secret,
            desk,
            bot_user_id=me.user_id,
            team_id=me.team_id,
            verbs=verbs.table(),
            in_hand=self.answering,
        )
        unanswered = await desk.unanswered()  # looked up before anything new can be heard
        if self.settings.socket_mode:
            self._socket = AsyncSocketModeHandler(app, self.settings.slack_app_token.get_secret_value())
            self._spawn(self._socket.connect_async())  # type: ignore[no-untyped-call]  # bolt leaves it untyped
        else:
            self.slack_handler = AsyncSlackRequestHandler(app)
        self._slack_state = "ok"
        self._spawn(_warn(Admission(directory, self.rules)))
        self._spawn(desk.catch_up(unanswered, self._tell_late))
        self._spawn(self._take_over(desk, self.store.poll))

    async def _take_over(self, desk: Desk, poll: float) -> None:
        """Answer what was heard and not answered, and tell what was answered in vain: its process died, or the database
        was away at that moment.
        """
        while True:
            await asyncio.sleep(poll)
            try:
                left = [(heard, at) for heard, at in await desk.unanswered() if at < self.clock.now() - poll]
                await desk.catch_up(left, self._tell_late)
                await desk.make_good(self._tell_late)
            except (SQLAlchemyError, StoreBusyError) as error:
                log.warning("the database did not say what is unanswered: %s", type(error).__name__)
            except Exception:
                log.exception("what was left unanswered cannot be looked for; it is tried again")

    async def _tell_late(self, heard: Heard, reply: Reply) -> None:
        await self.chat.whisper(heard, reply, verbs.table())

    async def _meet_telnyx(self) -> None:
        while True:
            try:
                problem = await self.phone.check()
            except Later as later:
                log.warning("Telnyx cannot be reached: %s", later.reason)
                self.telnyx_state = later.reason
                await asyncio.sleep(RETRY_MEETING)
            else:
                self.telnyx_state = problem or "ok"
                if problem:
                    raise RefusedError(problem)
                if self.phone.doubt:
                    log.warning("%s", self.phone.doubt)
                return

    def _spawn(self, work: object) -> None:
        assert asyncio.iscoroutine(work)
        task = asyncio.create_task(work)
        task.add_done_callback(_report)
        self._tasks.append(task)


def spoken_texts(settings: Settings) -> Texts:
    """What is said on the phone. Raises SettingsError when the operator's own texts cannot be used."""
    try:
        return texts_of(settings.texts)
    except BadTextError as error:
        raise SettingsError([f"CONFAB_TEXTS: {error}"]) from None


def tariff(settings: Settings) -> Tariff:
    """What calls cost by estimate. Raises SettingsError when the operator's own prices cannot be used."""
    try:
        return tariff_of(settings.rates)
    except BadTariffError as error:
        raise SettingsError([f"CONFAB_RATES: {error}"]) from None


def _limits(settings: Settings) -> Limits:
    return Limits(
        dials_per_user=settings.confab_max_dials_per_user,
        dials_per_number=settings.confab_max_dials_per_number,
        legs=settings.confab_max_legs,
        participants=settings.confab_max_participants,
        cost_conference=int(settings.confab_max_cost_conference * UNIT),
        cost_day=int(settings.confab_max_cost_day * UNIT),
    )


def _habits(settings: Settings) -> Habits:
    return Habits(
        gated=settings.confab_gate == "press1",
        alone_secs=60 * settings.confab_alone_minutes,
        recordings_in=settings.confab_recordings,
        transcribed=settings.confab_transcripts,
        dial_in=settings.telnyx_phone_number if settings.confab_dial_in else "",
        slack_call="wanted" if settings.confab_slack_calls else "",
        limits=_limits(settings),
        tariff=tariff(settings),
        most_secs=60 * settings.confab_max_minutes,
        retention_days=settings.confab_retention_days,
    )


OLD_API = "webhooks come in API v1; set the Call Control application's webhook_api_version to 2"


@asynccontextmanager
async def running(
    settings: Settings,
    clock: Clock | None = None,
    *,
    telnyx_timeout: float = TELNYX_TIMEOUT,
    slack_timeout: float = SLACK_TIMEOUT,
) -> AsyncIterator[Program]:
    """A running program; on leaving, it finishes what is in hand. Raises RefusedError, StoreError."""
    store = open_store(settings.database_url, settings.confab_secret_key.get_secret_value())
    try:
        store.prepare()
        async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=slack_timeout)) as session:
            program = Program(
                settings, clock or SystemClock(), store, session, timeout=telnyx_timeout, texts=spoken_texts(settings)
            )
            try:
                await program.start()
                yield program
            finally:
                await program.stop()
    finally:
        store.close()


async def _warn(admission: Admission) -> None:
    with suppress(Later):
        for doubt in await admission.doubts():
            log.warning(doubt)


def rules_of(settings: Settings) -> Rules:
    """The workspace is not known yet, so nobody is let in."""
    return Rules(
        "",
        settings.countries,
        settings.confab_default_region,
        settings.confab_sip_domains,
        admins=settings.confab_admins,
        operators=settings.confab_operators,
        people=settings.confab_allow_people,
        channels=settings.confab_allow_channels,
        shared_channels=settings.confab_allow_shared_channels,
    )


def _report(task: asyncio.Task[None]) -> None:
    """A background task that fails is our fault, and must not fail in silence."""
    with suppress(asyncio.CancelledError):
        if error := task.exception():
            log.error("a background task ended: %s", error, exc_info=error)

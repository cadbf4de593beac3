"""Delivers the outbox: takes the heads of lanes, carries them out through the ports, settles them. Only it retries."""

import asyncio
import logging
import uuid
from collections.abc import Coroutine
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, assert_never

from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError

from bot import errands
from bot.core import effects as e
from bot.core import inputs as i
from bot.errands import Errand
from bot.failures import GAVE_UP, fact_of_failure
from bot.ports import Chat, Clock, Later, Never, Phone
from bot.service import Service
from bot.store import ledger, outbox
from bot.store.outbox import Parcel

log = logging.getLogger("confab.courier")

MOST_IN_HAND = 64
DEDUPE_SECONDS = 55.0  # Telnyx ignores a repeated command_id for 60 s; after that a repeat may ring twice
TROUBLE_AFTER = 5.0  # seconds without success until the card says so
LONGEST_PAUSE = 30.0
FAULT_PAUSE = 60.0
ROOM_IN_THE_MAKING = 5.0  # seconds for which a room that Telnyx does not know may still come to be

# How long an effect is worth trying, in seconds from the first try.
PATIENCE: dict[type[e.Effect], float] = {
    e.Dial: 120.0,
    e.AskKey: 30.0,
    e.Seat: 60.0,
    e.HangUp: 3600.0,  # a leg that stays up costs money
    e.EndRoom: 3600.0,
    e.Sweep: 20.0,  # the next one comes soon
    e.PostCard: 86400.0,
    e.DrawCard: 86400.0,
    e.Line: 86400.0,
    e.TellHost: 3600.0,
}


class Courier:
    def __init__(self, service: Service, phone: Phone, chat: Chat, clock: Clock) -> None:
        self._service = service
        self._phone = phone
        self._chat = chat
        self._clock = clock
        self._bell = asyncio.Event()
        self._stopping = False
        self._lanes: set[str] = set()
        self._freed: set[str] = set()  # lanes let go since the last look at the outbox, which may be stale for them
        self._tasks: set[asyncio.Task[None]] = set()
        self._troubled: set[str] = set()
        self._over = asyncio.Event()
        self._over.set()

    def wake(self) -> None:
        self._bell.set()

    async def run(self) -> None:
        """Deliver until ``stop`` is called."""
        self._over.clear()
        while not self._stopping:
            self._bell.clear()
            try:
                await self._round()
            except Exception:
                log.exception("the courier stumbled; it goes on in a second")
                await asyncio.sleep(1)
        self._over.set()

    async def stop(self) -> None:
        """Take nothing more and finish what is in hand; every provider call ends by its own time-out."""
        self._stopping = True
        self.wake()
        await self._over.wait()
        if self._tasks:
            await asyncio.wait(self._tasks)

    @property
    def idle(self) -> bool:
        return not self._tasks

    async def _round(self) -> None:
        """Do what is due now; rest until the next moment only when nothing was."""
        now = self._clock.now()
        self._freed.clear()
        view = await self._service.store.read(partial(_look, now=now))
        for key, fact in view.timers:
            await self._fire(key, fact)
        taken = self._pick(view.heads)
        self._lanes |= {parcel.lane for parcel in taken}
        await asyncio.gather(*(self._begin(parcel, now) for parcel in taken))
        if not taken and not view.timers:
            await self._rest(view.next)

    async def _fire(self, key: str, fact: i.Fact) -> None:
        """A timer that fails by a fault of ours must not hold up everything else."""
        try:
            await self._service.fire(key, fact)
        except SQLAlchemyError:
            raise
        except Exception:
            log.exception("timer %s failed by a fault of ours; it is tried again later", key)
            await self._service.put_off(key, FAULT_PAUSE)

    def _pick(self, heads: list[Parcel]) -> list[Parcel]:
        """Heads of free lanes, at most one per pace."""
        paces: set[str] = set()
        picked: list[Parcel] = []
        taken = self._lanes | self._freed
        for parcel in heads:
            if parcel.lane in taken or parcel.pace in paces or len(self._lanes) + len(picked) >= MOST_IN_HAND:
                continue
            picked.append(parcel)
            if parcel.pace:
                paces.add(parcel.pace)
        return picked

    async def _begin(self, parcel: Parcel, now: float) -> None:
        """Set out with this parcel. Its lane is free again when it was dropped, or when that fails."""
        errand = None
        try:
            errand = await self._service.store.run(partial(errands.begin, parcel=parcel, now=now))
        finally:
            if errand is None:
                self._lanes.discard(parcel.lane)
        if errand:
            self._spawn(self._deliver(errand))

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _rest(self, due: float | None) -> None:
        waits: set[asyncio.Task[Any]] = {asyncio.create_task(self._bell.wait())}
        if due is not None:
            waits.add(asyncio.create_task(self._clock.until(due)))
        _, pending = await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        for task in pending:
            task.cancel()

    async def _deliver(self, errand: Errand) -> None:
        watch = asyncio.create_task(self._watch(errand)) if isinstance(errand.effect, e.PhoneEffect) else None
        try:
            await self._try(errand)
        except Exception:
            log.exception("effect %s could not be settled; it is tried again", errand.parcels[0].id)
        finally:
            if watch:
                watch.cancel()
            self._lanes.discard(errand.parcels[0].lane)
            self._freed.add(errand.parcels[0].lane)
            self.wake()

    async def _try(self, errand: Errand) -> None:
        try:
            fact = await self._perform(errand)
        except Later as later:
            await self._postpone(errand, later)
        except Never as never:
            await self._give_up(errand, never)
        except Exception as error:
            log.exception("effect %s failed by a fault of ours", errand.parcels[0].id)
            await self._postpone(errand, Later(f"fault: {type(error).__name__}"))
        else:
            await self._service.settle(errand.parcels, fact)
            await self._end_trouble(errand)

    async def _perform(self, errand: Errand) -> i.Fact | None:  # noqa: C901, PLR0911  # one arm per effect
        effect = errand.effect
        match effect:
            case e.Dial():
                return await self._dial(errand)
            case e.AskKey():
                return await self._phone.ask_key(errand.phone_leg, errand.prompt, _command_id(errand))
            case e.Seat():
                return await self._seat(errand, effect)
            case e.HangUp():
                return await self._hang_up(errand)
            case e.EndRoom():
                await self._phone.end_room(effect.room_id, _command_id(errand))
            case e.Sweep():
                return await self._sweep(errand)
            case e.PostCard():
                return await self._post_card(errand)
            case e.DrawCard():
                return await self._draw_card(errand)
            case e.Line():
                await self._post_lines(errand)
            case e.TellHost():
                await self._chat.tell_host(errand.conference, effect.reason, _token(errand))
            case _:
                assert_never(effect)
        return None

    async def _dial(self, errand: Errand) -> i.Fact:
        """Look before dialling again: an earlier try may have rung the phone without our knowing."""
        leg, now = errand.phone_leg, self._clock.now()
        if errand.doubt is not None:
            if call_control_id := await self._phone.find(leg):
                return i.Rang(i.Call(call_control_id, leg.id), now)
            if not errand.wanted:
                return i.DialRefused(leg.id, now, "cancelled", "")
            if now - errand.doubt > DEDUPE_SECONDS:
                return i.DialRefused(leg.id, now, "unreachable", "")
        return await self._phone.dial(leg, _command_id(errand))

    async def _seat(self, errand: Errand, effect: e.Seat) -> i.Fact:
        name = errand.conference.name_of_room(effect.room)
        command_id = _command_id(errand)
        try:
            fact = await self._phone.seat(
                errand.phone_leg, name, effect.room, opens=effect.opens, command_id=command_id
            )
        except Later as later:
            if later.code == "no room" and self._clock.now() - errand.started > ROOM_IN_THE_MAKING:
                return i.SeatRefused(errand.phone_leg.id, self._clock.now(), effect.room, "room_gone")
            raise
        if isinstance(fact, i.SeatRefused) and fact.reason == "not_answered":
            raise Later("not answered yet", after=1.0, done=False)
        return fact

    async def _hang_up(self, errand: Errand) -> i.Fact | None:
        leg = errand.phone_leg
        call_control_id = leg.call_control_id or await self._phone.find(leg)
        if call_control_id is None:
            return i.LegLost(leg.id, self._clock.now(), "")
        return await self._phone.hang_up(replace(leg, call_control_id=call_control_id), _command_id(errand))

    async def _sweep(self, errand: Errand) -> i.Fact:
        conference, now = errand.conference, self._clock.now()
        survey = await self._phone.survey(conference.id, conference.room_id)
        calls = sorted(survey.calls.items())
        legs, up = tuple(leg for leg, _ in calls), tuple(call for _, call in calls)
        return i.Swept(conference.id, now, legs, up, survey.members)

    async def _post_card(self, errand: Errand) -> i.Fact:
        ts = await self._found(errand)
        if ts is None:
            posted = await self._chat.post_card(errand.whole_picture, _token(errand))
            return i.CardPosted(errand.conference.id, self._clock.now(), posted.ts, posted.fingerprint)
        return i.CardPosted(errand.conference.id, self._clock.now(), ts, "")

    async def _draw_card(self, errand: Errand) -> i.Fact:
        now, conference_id = self._clock.now(), errand.conference.id
        fingerprint = await self._chat.draw_card(errand.whole_picture)
        return i.CardLost(conference_id, now) if fingerprint is None else i.CardDrawn(conference_id, now, fingerprint)

    async def _post_lines(self, errand: Errand) -> None:
        if await self._found(errand) is None:
            lines = [parcel.effect for parcel in errand.parcels if isinstance(parcel.effect, e.Line)]
            await self._chat.post_lines(errand.conference, lines, _token(errand))

    async def _found(self, errand: Errand) -> str | None:
        """The message of an earlier try whose fate was unknown, if it is there after all."""
        if errand.doubt is None:
            return None
        return await self._chat.find(errand.conference, _token(errand), errand.doubt)

    async def _postpone(self, errand: Errand, later: Later) -> None:
        head, now = errand.parcels[0], self._clock.now()
        if now - errand.started > PATIENCE[type(errand.effect)]:
            await self._give_up(errand, Never(later.reason, code=GAVE_UP))
            return
        pause = later.after if later.after is not None else min(0.5 * 2**head.tries, LONGEST_PAUSE)
        log.info(
            "effect %s (%s) is tried again in %.1f s: %s", head.id, type(head.effect).__name__, pause, later.reason
        )

        def keep(connection: Connection) -> None:
            outbox.postpone(connection, head, now + pause, errand.started)
            if later.done is False:
                outbox.clear_doubt(connection, head)
            if head.pace and later.after is not None:
                outbox.close_gate(connection, head.pace, now + pause)

        await self._service.store.run(keep)

    async def _give_up(self, errand: Errand, never: Never) -> None:
        log.warning("effect %s (%s) is given up: %s", errand.parcels[0].id, type(errand.effect).__name__, never.reason)
        await self._service.settle(errand.parcels, fact_of_failure(errand, never, self._clock.now()))
        await self._end_trouble(errand)

    async def _watch(self, errand: Errand) -> None:
        """Say on the card that Telnyx does not do what we ask, once that has lasted."""
        await self._clock.until(errand.started + TROUBLE_AFTER)
        self._troubled.add(errand.conference.id)
        trouble = "Telnyx does not answer just now. Still trying."
        await self._service.note(i.TroubleSeen(errand.conference.id, self._clock.now(), trouble))

    async def _end_trouble(self, errand: Errand) -> None:
        conference_id = errand.conference.id
        if isinstance(errand.effect, e.PhoneEffect) and (errand.conference.trouble or conference_id in self._troubled):
            self._troubled.discard(conference_id)
            await self._service.note(i.TroubleSeen(conference_id, self._clock.now(), ""))


def _command_id(errand: Errand) -> str:
    """The same as long as the fate of a try is unknown, a new one after a definite refusal."""
    return str(uuid.uuid5(uuid.NAMESPACE_OID, f"{_token(errand)}:{errand.first:.6f}"))


def _token(errand: Errand) -> str:
    """An opaque name for this effect, the same on every try."""
    return str(uuid.uuid5(uuid.NAMESPACE_OID, f"{errand.conference.id}:{errand.parcels[0].id}"))


@dataclass(frozen=True, slots=True)
class _View:
    """What there is to do at a moment, and the next moment at which there is more."""

    timers: list[tuple[str, i.Fact]]
    heads: list[Parcel]
    next: float | None


def _look(connection: Connection, now: float) -> _View:
    moments = [outbox.next_due(connection, now), outbox.next_timer(connection)]
    soonest = min((moment for moment in moments if moment is not None), default=None)
    return _View(ledger.due_timers(connection, now), outbox.heads(connection, now), soonest)

"""Delivers the outbox: takes the heads of lanes, carries them out through the ports, settles them. Only it retries."""

import asyncio
import logging
from collections.abc import Coroutine
from dataclasses import dataclass
from functools import partial
from typing import Any

from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError

from bot import errands
from bot.core import effects as e
from bot.core import inputs as i
from bot.core.policy import Rules
from bot.core.spoken import Texts
from bot.errands import Errand
from bot.failures import GAVE_UP, fact_of_failure
from bot.performing import Performer
from bot.ports import Chat, Clock, Later, Never, Phone
from bot.service import Service
from bot.store import ledger, outbox
from bot.store.db import Hold
from bot.store.outbox import Parcel

log = logging.getLogger("confab.courier")

TROUBLE_AFTER = 5.0  # seconds without success until the card says so
LONGEST_PAUSE = 30.0
FAULT_PAUSE = 60.0
LOOKS = 5

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
    e.Mute: 10.0,  # the next sweep asks whether it took
    e.Hold: 10.0,
    e.SayTo: 15.0,  # words come in time or not at all
    e.SayToAll: 15.0,
    e.Play: 10.0,
    e.StopSound: 10.0,
    e.SendKeys: 10.0,
    e.Record: 20.0,
    e.Transcribe: 60.0,
    e.FindRecordings: 3600.0,
    e.KeepRecording: 86400.0,
    e.PostTranscript: 86400.0,
    e.MirrorCall: 60.0,
    e.SideDial: 60.0,
    e.SideAnswer: 15.0,
    e.SideReject: 15.0,
    e.SideAsk: 15.0,
    e.SideSay: 15.0,
    e.SideHangUp: 3600.0,
    e.SweepAccount: 20.0,
    e.HangUpCall: 3600.0,
}


class Courier:
    def __init__(self, service: Service, phone: Phone, chat: Chat, clock: Clock, texts: Texts, rules: Rules) -> None:
        self._service = service
        self._performer = Performer(phone, chat, clock)
        self._texts = texts
        self._rules = rules
        self._clock = clock
        self._bell = asyncio.Event()
        self._stopping = False
        self._lanes: set[str] = set()
        self._freed: set[str] = set()  # lanes let go since the last look at the outbox, which may be stale for them
        self._tasks: set[asyncio.Task[None]] = set()
        self._troubled: set[str] = set()
        self._telling = asyncio.Lock()  # of trouble: the last word must be the true one
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
            except SQLAlchemyError as error:
                log.error("the database did not do its part: %s; asked again in a second", type(error).__name__)  # noqa: TRY400  # no trace
                await asyncio.sleep(1)
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
        return not self._lanes

    async def _round(self) -> None:
        """Do what is due now; rest until the next moment only when nothing was."""
        await self._look_at_clock()
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

    async def _look_at_clock(self) -> None:
        """Gates were closed until moments that are far away for a clock that was set back."""
        watch = self._performer.clock_watch
        watch.look()
        if watch.was_set_back:
            await self._service.store.run(outbox.open_gates)
            watch.was_set_back = False

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
        taken, most = self._lanes | self._freed, self._service.store.most_in_hand
        for parcel in heads:
            if parcel.lane in taken or parcel.pace in paces or len(self._lanes) + len(picked) >= most:
                continue
            picked.append(parcel)
            if parcel.pace:
                paces.add(parcel.pace)
        return picked

    async def _begin(self, parcel: Parcel, now: float) -> None:
        """Set out with this parcel. Its lane is free again when it was dropped, when another process was quicker, or
        when that fails.
        """
        store, errand, hold = self._service.store, None, None
        marked = asyncio.get_running_loop().time()  # or later
        try:
            begin = partial(errands.begin, parcel=parcel, now=now, texts=self._texts, rules=self._rules)
            errand = await store.run(begin)
            hold = await self._hold(parcel) if errand else None
            if errand and hold is None:
                await store.run(partial(outbox.tell_end, parcel=parcel))
        finally:
            if hold is None:
                self._lanes.discard(parcel.lane)
        if errand and hold:
            self._spawn(self._deliver(errand, hold, marked))

    async def _hold(self, parcel: Parcel) -> Hold | None:
        """Keep the effect that was just marked as tried. Another process may have a short look at it right now."""
        for _ in range(LOOKS):
            if hold := await self._service.store.hold(partial(outbox.is_free, parcel=parcel)):
                return hold
            await asyncio.sleep(0.02)
        return None

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _rest(self, due: float | None) -> None:
        waits: set[asyncio.Task[Any]] = {asyncio.create_task(self._bell.wait())}
        if due is not None:
            waits.add(asyncio.create_task(self._clock.until(due)))
        poll = self._service.store.poll
        _, pending = await asyncio.wait(waits, timeout=poll, return_when=asyncio.FIRST_COMPLETED)
        for task in pending:
            task.cancel()

    async def _deliver(self, errand: Errand, hold: Hold, marked: float) -> None:
        watch = asyncio.create_task(self._watch(errand)) if isinstance(errand.effect, e.PhoneEffect) else None
        try:
            await self._try(errand, hold, marked)
        except Exception:
            log.exception("effect %s could not be settled; it is tried again", errand.parcels[0].id)
        finally:
            if watch:
                watch.cancel()
            self._lanes.discard(errand.parcels[0].lane)
            self._freed.add(errand.parcels[0].lane)
            self.wake()

    async def _try(self, errand: Errand, hold: Hold, marked: float) -> None:
        try:
            fact = await self._in_time(errand, marked)
        except Later as later:
            await self._postpone(errand, hold, later)
        except Never as never:
            await self._give_up(errand, hold, never)
        except Exception as error:
            log.exception("effect %s failed by a fault of ours", errand.parcels[0].id)
            await self._postpone(errand, hold, Later(f"fault: {type(error).__name__}"))
        else:
            await self._service.settle(hold, errand.parcels, fact)
            await self._end_trouble(errand)

    async def _in_time(self, errand: Errand, marked: float) -> i.Fact | None:
        """A try is over while its mark still keeps others from it, however long the database took over the mark."""
        limit = outbox.longest_try(errand.effect)
        if limit is None:
            return await self._performer.perform(errand)
        last = marked + limit
        if asyncio.get_running_loop().time() >= last:
            nothing = False if errand.doubt is None else None
            raise Later("the database took too long", after=0.0, done=nothing)
        try:
            async with asyncio.timeout_at(last):
                return await self._performer.perform(errand)
        except TimeoutError:
            raise Later(f"not done in {limit:.0f} s") from None

    async def _postpone(self, errand: Errand, hold: Hold, later: Later) -> None:
        head, now = errand.parcels[0], self._clock.now()
        if now - errand.started > PATIENCE[type(errand.effect)]:
            await self._give_up(errand, hold, Never(later.reason, code=GAVE_UP))
            return
        pause = (
            min(later.after, outbox.FURTHEST) if later.after is not None else min(0.5 * 2**head.tries, LONGEST_PAUSE)
        )
        log.info(
            "effect %s (%s) is tried again in %.1f s: %s", head.id, type(head.effect).__name__, pause, later.reason
        )

        def keep(connection: Connection) -> None:
            outbox.postpone(connection, head, now + pause, errand.started)
            if later.done is False:
                outbox.clear_doubt(connection, head)
            if head.pace and later.after is not None:
                outbox.close_gate(connection, head.pace, now + pause)

        await hold.run(keep)

    async def _give_up(self, errand: Errand, hold: Hold, never: Never) -> None:
        log.warning("effect %s (%s) is given up: %s", errand.parcels[0].id, type(errand.effect).__name__, never.reason)
        await self._service.settle(hold, errand.parcels, fact_of_failure(errand, never, self._clock.now()))
        await self._end_trouble(errand)

    async def _watch(self, errand: Errand) -> None:
        """Say on the card that Telnyx does not do what we ask, once that has lasted."""
        await self._clock.until(errand.started + TROUBLE_AFTER)
        self._troubled.add(errand.conference.id)
        self._spawn(self._tell_trouble(errand.conference.id))

    async def _end_trouble(self, errand: Errand) -> None:
        conference_id = errand.conference.id
        if isinstance(errand.effect, e.PhoneEffect) and (errand.conference.trouble or conference_id in self._troubled):
            self._troubled.discard(conference_id)
            await self._tell_trouble(conference_id)

    async def _tell_trouble(self, conference_id: str) -> None:
        async with self._telling:
            trouble = "Telnyx does not answer just now. Still trying." if conference_id in self._troubled else ""
            await self._service.note(i.TroubleSeen(conference_id, self._clock.now(), trouble))


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
